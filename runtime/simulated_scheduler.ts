/**
 * The scheduler of tests and simulations: who runs next is drawn by a seed.
 *
 * @module
 */
import { afterHostTurn, soon } from "./host.ts";
import { seededRandom } from "./random.ts";
import type { Runnable, Scheduler } from "./scheduler.ts";

/** A scheduler that can tell what it did. */
export interface SimulatedScheduler extends Scheduler {
  readonly seed: number;
  /** Hash of the whole trace so far, 8 hex digits: equal for equal seeds and equal work. */
  readonly trace: string;
  /** Gives one turn, to whom the seed draws; false when nobody waits. For a `manual` scheduler alone. */
  step(): boolean;
}

/** What may be watched. */
export interface SimulatedSchedulerOptions {
  /** Told before each turn who has it. */
  readonly onTurn?: (path: string, turn: number) => void;
  /** True: nobody has a turn but by `step`, so that a world can let its own events fall between two turns. */
  readonly manual?: boolean;
}

/** Turns after which the host gets one, so that a test that never settles can be stopped. */
const BREATH = 1_024;

/** FNV-1a, 32 bits: Fowler, Noll, Vo; http://www.isthe.com/chongo/tech/comp/fnv/. */
function hashed(hash: number, text: string): number {
  let h = hash;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return Math.imul(h ^ 0x2f, 0x01000193) >>> 0;
}

class DrawingScheduler implements SimulatedScheduler {
  turns = 0;
  readonly #ready: Runnable[] = [];
  readonly #random;
  readonly #onTurn: ((path: string, turn: number) => void) | undefined;
  readonly #manual: boolean;
  #awake = false;
  #hash = 0x811c9dc5;

  constructor(readonly seed: number, options: SimulatedSchedulerOptions) {
    this.#random = seededRandom(seed);
    this.#onTurn = options.onTurn;
    this.#manual = options.manual ?? false;
  }

  get idle(): boolean {
    return this.#manual ? this.#ready.length === 0 : !this.#awake;
  }

  get trace(): string {
    return this.#hash.toString(16).padStart(8, "0");
  }

  ready(runnable: Runnable): void {
    this.#ready.push(runnable);
    if (this.#awake || this.#manual) return;
    this.#awake = true;
    soon(this.#pump);
  }

  step(): boolean {
    if (this.#ready.length === 0) return false;
    const chosen = this.#draw();
    this.turns++;
    this.#hash = hashed(this.#hash, chosen.path);
    this.#onTurn?.(chosen.path, this.turns);
    chosen.turn(1 + this.#random.whole(4));
    return true;
  }

  /** One turn per microtask, so that promise chains run between turns as they do in a live house. */
  readonly #pump = (): void => {
    this.#awake = this.step();
    if (!this.#awake) return;
    if (this.turns % BREATH === 0) afterHostTurn(this.#pump);
    else soon(this.#pump);
  };

  #draw(): Runnable {
    const place = this.#random.whole(this.#ready.length);
    const chosen = this.#ready[place] as Runnable;
    this.#ready[place] = this.#ready[this.#ready.length - 1] as Runnable;
    this.#ready.pop();
    return chosen;
  }
}

/** Gives every turn, and the number of messages it may take, by the seed's draw. */
export function simulatedScheduler(
  seed: number,
  options: SimulatedSchedulerOptions = {},
): SimulatedScheduler {
  return new DrawingScheduler(seed, options);
}
