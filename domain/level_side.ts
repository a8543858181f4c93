/**
 * Level side: the open signals of one direction, in order of signal time, with both their levels in trees.
 *
 * The order by signal time makes "which of the signals made until this tick's time does this price touch" one
 * walk over the front of a tree: a late tick, or one of a broker whose clock is behind, cannot touch a signal
 * that was not yet made.
 *
 * @module
 */
import type { Signal } from "../protocols/signal.ts";
import { LevelTree } from "./level_tree.ts";

/** One open signal with what happened around it. */
export interface OpenSignal {
  readonly signal: Signal;
  gap: boolean;
  feedChanged: boolean;
}

/** Open signals of one direction. */
export class LevelSide {
  /** Ascending by signal time; null where a signal has left. */
  #slots: (OpenSignal | null)[] = [];
  /** Signal time of each slot, also of those that were left. */
  #times: number[] = [];
  #size = 0;
  /** The lower level of each: stop of a BUY, target of a SELL. */
  #lower = new LevelTree(1);
  /** The upper level of each, negated. */
  #upper = new LevelTree(1);

  /** Number of open signals. */
  get size(): number {
    return this.#size;
  }

  /** The open signals in order of signal time. */
  *[Symbol.iterator](): Iterator<OpenSignal> {
    for (const open of this.#slots) if (open !== null) yield open;
  }

  /** Signal time of the oldest open one; Infinity when none is. */
  oldestMs(): number {
    for (const open of this.#slots) if (open !== null) return open.signal.signaledAtMs;
    return Infinity;
  }

  /** Takes a signal in; O(log n) when it is the youngest, O(n) otherwise. */
  insert(open: OpenSignal): void {
    const atMs = open.signal.signaledAtMs;
    const last = this.#times.at(-1);
    if (this.#slots.length < this.#lower.capacity && (last === undefined || last <= atMs)) {
      this.#place(this.#slots.length, open);
      this.#size++;
      return;
    }
    this.#rebuild([...this, open]);
  }

  /** Takes out and answers the signals made until `atMs` that a price at or beyond one of their levels ends. */
  takeTouched(price: number, atMs: number): OpenSignal[] {
    if (!this.#lower.reaches(price) && !this.#upper.reaches(-price)) return [];
    const end = this.#madeUntil(atMs);
    const found: number[] = [];
    this.#lower.collect(end, price, found);
    this.#upper.collect(end, -price, found);
    const touched = found.sort((a, b) => a - b).map((slot) => this.#take(slot)).filter((open) =>
      open !== null
    );
    this.#shrink();
    return touched;
  }

  /** Takes out the signals that `leaves` says yes to; visits all of them. */
  takeWhere(leaves: (open: OpenSignal) => boolean): OpenSignal[] {
    const taken: OpenSignal[] = [];
    this.#slots.forEach((open, slot) => {
      if (open !== null && leaves(open)) taken.push(this.#take(slot)!);
    });
    this.#shrink();
    return taken;
  }

  #madeUntil(atMs: number): number {
    let low = 0, high = this.#times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#times[middle]! <= atMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #place(slot: number, open: OpenSignal): void {
    const { signal } = open;
    const buy = signal.direction === "BUY";
    this.#slots[slot] = open;
    this.#times[slot] = signal.signaledAtMs;
    this.#lower.set(slot, buy ? signal.stopLoss : signal.takeProfit);
    this.#upper.set(slot, -(buy ? signal.takeProfit : signal.stopLoss));
  }

  /** Null when it was taken already: a price can be beyond both levels of a malformed signal. */
  #take(slot: number): OpenSignal | null {
    const open = this.#slots[slot] ?? null;
    if (open === null) return null;
    this.#slots[slot] = null;
    this.#lower.set(slot, -Infinity);
    this.#upper.set(slot, -Infinity);
    this.#size--;
    return open;
  }

  #shrink(): void {
    if (this.#slots.length > 16 && this.#size * 2 < this.#slots.length) this.#rebuild([...this]);
  }

  /** Room for as many again, so that the next rebuild is as many signals away. */
  #rebuild(open: OpenSignal[]): void {
    open.sort((a, b) => a.signal.signaledAtMs - b.signal.signaledAtMs);
    const capacity = 2 ** Math.ceil(Math.log2(Math.max(2, open.length * 2)));
    this.#lower = new LevelTree(capacity);
    this.#upper = new LevelTree(capacity);
    this.#slots = [];
    this.#times = [];
    this.#size = open.length;
    open.forEach((one, slot) => this.#place(slot, one));
  }
}
