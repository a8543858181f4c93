/**
 * Requests to a supervisor: done in turn, and answered whatever becomes of it.
 *
 * @module
 */
import type { Serial } from "./serial.ts";

/** No supervisor lives there (`noproc`), or it ended before it could answer (`shutdown`). */
export interface Refusal {
  readonly ok: false;
  readonly reason: "noproc" | "shutdown";
}

/** Requests without an answer yet. */
export class Requests {
  readonly #open = new Set<(refusal: Refusal) => void>();

  /** Does the job when its turn comes; without a list of jobs it waits to be refused. */
  add<T>(job: () => Promise<T> | T, serial: Serial | null): Promise<T | Refusal> {
    return new Promise((resolve) => {
      this.#open.add(resolve);
      serial?.run(async () => {
        const answer = await job();
        if (this.#open.delete(resolve)) resolve(answer);
      });
    });
  }

  /** Refuses all of them: their supervisor is gone. */
  refuse(): void {
    for (const resolve of this.#open) resolve({ ok: false, reason: "shutdown" });
    this.#open.clear();
  }
}
