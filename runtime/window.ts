/**
 * The restart window: how often, lately.
 *
 * @module
 */
import type { Intensity } from "./supervisor.ts";

/** Elixir's default limit; OTP's own, 1 in 5 s, surprises people. */
export const DEFAULT_INTENSITY: Intensity = { restarts: 3, withinMs: 5_000 };

/** Counts restarts in a sliding window; the cost does not grow with their number: only the oldest is compared. */
export class RestartWindow {
  readonly #times: number[] = [];
  #oldest = 0;

  constructor(readonly intensity: Intensity) {}

  /** Notes a restart at `nowMs`. False: it was one too many, and is not noted. One exactly a window ago counts. */
  admits(nowMs: number): boolean {
    const { restarts, withinMs } = this.intensity;
    if (this.#times.length < restarts) {
      this.#times.push(nowMs);
      return true;
    }
    const oldest = this.#times[this.#oldest];
    if (oldest === undefined || nowMs - oldest <= withinMs) return false;
    this.#times[this.#oldest] = nowMs;
    this.#oldest = (this.#oldest + 1) % restarts;
    return true;
  }

  /** Forgets every restart. */
  clear(): void {
    this.#times.length = 0;
    this.#oldest = 0;
  }
}
