/**
 * An incarnation's timers: messages it tells itself later.
 *
 * @module
 */
import type { Clock, Timer } from "./clock.ts";
import { Own } from "./envelope.ts";
import type { Life } from "./life.ts";

/** A message to itself at a time, once or again and again. */
export class OwnTimer implements Timer {
  readonly #clock: Clock;
  readonly #periodMs: number | null;
  readonly #own: Own;
  readonly #life: Life;
  #dueMs: number;
  #timer: Timer | null = null;

  constructor(life: Life, message: unknown, clock: Clock, delayMs: number, periodMs: number | null) {
    this.#life = life;
    this.#clock = clock;
    this.#periodMs = periodMs;
    this.#own = new Own(life, message, null);
    this.#dueMs = clock.nowMs() + delayMs;
    if (!life.alive) return;
    this.#timer = clock.after(delayMs, this.#fire);
    life.timers().add(this);
  }

  cancel(): void {
    this.#own.calledOff = true;
    this.#timer?.cancel();
    this.#life.timers().delete(this);
  }

  /** A tick whose forerunner still waits in the mailbox is left out: a slow actor must not drown in its clock. */
  readonly #fire = (): void => {
    if (!this.#own.waiting) this.#life.post(this.#own);
    if (this.#periodMs === null) this.#life.timers().delete(this);
    else this.#again(this.#periodMs);
  };

  /** The next whole period from the first tick on; periods that went by unseen are left out. */
  #again(periodMs: number): void {
    const now = this.#clock.nowMs();
    this.#dueMs += periodMs * Math.max(1, Math.floor((now - this.#dueMs) / periodMs) + 1);
    this.#timer = this.#clock.after(this.#dueMs - now, this.#fire);
  }
}
