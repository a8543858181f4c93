/**
 * First come, first served, turn by turn: the scheduler of worlds that are compared with each other.
 *
 * Nothing in it is drawn, so that what more one world does shifts nobody else's order.
 *
 * @module
 */
import type { Runnable, Scheduler } from "../../runtime/mod.ts";
import { Ring } from "../../runtime/ring.ts";

/** Messages of one turn. */
const BUDGET = 4;

/** A queue that gives one turn when it is told to. */
export class FairScheduler implements Scheduler {
  turns = 0;
  readonly #queue = new Ring<Runnable>();
  readonly #onTurn: (path: string) => void;

  constructor(onTurn: (path: string) => void) {
    this.#onTurn = onTurn;
  }

  get idle(): boolean {
    return this.#queue.size === 0;
  }

  ready(runnable: Runnable): void {
    this.#queue.push(runnable);
  }

  /** Gives one turn; false when nobody waits. */
  step(): boolean {
    if (this.#queue.size === 0) return false;
    const next = this.#queue.shift();
    this.turns++;
    this.#onTurn(next.path);
    next.turn(BUDGET);
    return true;
  }
}
