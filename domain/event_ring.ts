/**
 * Event ring: the last events in memory, from which everybody who is nearly up to date is served.
 *
 * @module
 */
import type { StoredEvent } from "../protocols/events.ts";

/** What a reader is handed, and where it then stands. */
export interface Taken {
  /** In order of seq; may be empty. */
  readonly batch: readonly StoredEvent[];
  /** Every event up to this seq is in the batch, or not wanted. */
  readonly seq: number;
}

/**
 * The last events, bounded.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { EventRing } from "./event_ring.ts";
 *
 * const ring = new EventRing(4096, 7);
 * assert.deepEqual(ring.take(7, () => true, 256), { batch: [], seq: 7 });
 * assert.equal(ring.take(3, () => true, 256), null); // 4 to 7 are older than the ring
 * ```
 */
export class EventRing {
  readonly #capacity: number;
  #events: StoredEvent[] = [];
  #oldest = 0;
  #after: number;
  #lastSeq: number;

  /** Empty, behind an event that is on disk already. `capacity`: whole number >= 1. */
  constructor(capacity: number, lastSeq: number) {
    this.#capacity = capacity;
    this.#after = lastSeq;
    this.#lastSeq = lastSeq;
  }

  /** The last event's seq, in the ring or before it. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** The ring holds every event behind this seq. */
  get after(): number {
    return this.#after;
  }

  /**
   * Takes events in order of seq; those it has passed are left out.
   *
   * A number left out between two commits may be an event that was never told: the ring begins behind it, so
   * that readers who stand before it look into the store.
   */
  add(events: readonly StoredEvent[]): void {
    for (const stored of events) {
      if (stored.seq <= this.#lastSeq) continue;
      if (stored.seq !== this.#lastSeq + 1) this.#beginAfter(stored.seq - 1);
      this.#events.push(stored);
      this.#lastSeq = stored.seq;
      if (this.#events.length - this.#oldest > this.#capacity) this.#dropOldest();
    }
  }

  /** At most `max` wanted events behind `seq`; null when the ring does not reach back so far. */
  take(seq: number, wants: (stored: StoredEvent) => boolean, max: number): Taken | null {
    if (seq < this.#after) return null;
    const batch: StoredEvent[] = [];
    for (let i = this.#indexBehind(seq); i < this.#events.length; i += 1) {
      const stored = this.#events[i]!;
      if (!wants(stored)) continue;
      batch.push(stored);
      if (batch.length === max) return { batch, seq: stored.seq };
    }
    return { batch, seq: Math.max(seq, this.#lastSeq) };
  }

  #beginAfter(seq: number): void {
    this.#events = [];
    this.#oldest = 0;
    this.#after = seq;
  }

  /** The array is shortened once in a while, not at each event. */
  #dropOldest(): void {
    this.#after = this.#events[this.#oldest]!.seq;
    this.#oldest += 1;
    if (this.#oldest < this.#capacity) return;
    this.#events = this.#events.slice(this.#oldest);
    this.#oldest = 0;
  }

  /** Without a gap inside, the place follows from the number. */
  #indexBehind(seq: number): number {
    return this.#oldest + Math.max(0, seq - this.#after);
  }
}
