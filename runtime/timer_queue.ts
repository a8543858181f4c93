/**
 * Deadlines in order: a binary heap that also takes a timer out of its middle.
 *
 * @module
 */
import type { Timer } from "./clock.ts";

/** One deadline and what is to be done then. */
export class Deadline implements Timer {
  /** Place in the heap; -1 when it is not in it. */
  place = -1;

  constructor(
    readonly dueMs: number,
    /** Orders deadlines of the same moment. */
    readonly tie: number,
    readonly number: number,
    readonly run: () => void,
    readonly queue: TimerQueue,
  ) {}

  cancel(): void {
    if (this.place >= 0) this.queue.remove(this);
  }
}

function isBefore(a: Deadline, b: Deadline): boolean {
  if (a.dueMs !== b.dueMs) return a.dueMs < b.dueMs;
  return a.tie !== b.tie ? a.tie < b.tie : a.number < b.number;
}

/** Deadlines by time; of one moment in the order they were added, unless ties are drawn. */
export class TimerQueue {
  readonly #heap: Deadline[] = [];
  #added = 0;

  /** `tie` draws the order of deadlines of one moment; `onEmpty` is told when the last one was taken back. */
  constructor(readonly tie: () => number = () => 0, readonly onEmpty: () => void = () => {}) {}

  /** How many were added so far. */
  get added(): number {
    return this.#added;
  }

  get size(): number {
    return this.#heap.length;
  }

  /** The next deadline, or undefined. */
  get first(): Deadline | undefined {
    return this.#heap[0];
  }

  add(dueMs: number, run: () => void): Deadline {
    const deadline = new Deadline(dueMs, this.tie(), this.#added++, run, this);
    this.#heap.push(deadline);
    this.#rise(deadline, this.#heap.length - 1);
    return deadline;
  }

  /** Takes the next deadline out; only when there is one. */
  pop(): Deadline {
    const first = this.#heap[0] as Deadline;
    this.#drop(first);
    return first;
  }

  /** Takes a deadline of this queue back. */
  remove(deadline: Deadline): void {
    this.#drop(deadline);
    if (this.#heap.length === 0) this.onEmpty();
  }

  #drop(deadline: Deadline): void {
    const place = deadline.place;
    const last = this.#heap.pop() as Deadline;
    deadline.place = -1;
    if (last === deadline) return;
    this.#rise(last, place);
    this.#sink(last, last.place);
  }

  #put(deadline: Deadline, place: number): void {
    this.#heap[place] = deadline;
    deadline.place = place;
  }

  #rise(deadline: Deadline, from: number): void {
    let place = from;
    while (place > 0) {
      const parent = this.#heap[(place - 1) >> 1] as Deadline;
      if (!isBefore(deadline, parent)) break;
      this.#put(parent, place);
      place = (place - 1) >> 1;
    }
    this.#put(deadline, place);
  }

  #sink(deadline: Deadline, from: number): void {
    let place = from;
    for (;;) {
      const left = 2 * place + 1;
      if (left >= this.#heap.length) break;
      const right = this.#heap[left + 1];
      const child = right !== undefined && isBefore(right, this.#heap[left] as Deadline) ? left + 1 : left;
      if (!isBefore(this.#heap[child] as Deadline, deadline)) break;
      this.#put(this.#heap[child] as Deadline, place);
      place = child;
    }
    this.#put(deadline, place);
  }
}

/** A timer that never fires. */
export const never: Timer = { cancel() {} };

/**
 * Checks a delay and answers it, at least 0.
 *
 * @throws {RangeError} when it is not a number
 */
export function checkedDelay(delayMs: number): number {
  if (Number.isNaN(delayMs)) {
    throw new RangeError("Cannot start a timer as its delay must be a number of ms: current value is NaN");
  }
  return Math.max(0, delayMs);
}
