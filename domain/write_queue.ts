/**
 * Write queue: what one actor has to store, in order, one commit in flight, kept until the store has it.
 *
 * @module
 */
import type { CommitResult, Write } from "../protocols/store.ts";

/** Writes that belong together. */
export interface WriteGroup {
  readonly writes: readonly Write[];
  /** Pointless after this moment (market clock), if it is not stored by then; null: never. */
  readonly staleAtMs: number | null;
}

/** A commit to be made. */
export interface Flight {
  /** Rises by one; to be named with the answer. */
  readonly number: number;
  readonly writes: readonly Write[];
}

/** What became of the commit in flight. */
export interface Landing {
  /** True: the store could not; ask `next` again after a while. */
  readonly retry: boolean;
  /** Groups given up: in the store already, or stale. */
  readonly dropped: readonly WriteGroup[];
}

const NOTHING: Landing = { retry: false, dropped: [] };

/**
 * Groups on their way to the store. A group is tried until it is stored, is found there already, or is stale.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { WriteQueue } from "./write_queue.ts";
 *
 * const queue = new WriteQueue();
 * queue.add({ writes: [{ remove: "cursors", where: { name: "a" } }], staleAtMs: null });
 * const flight = queue.next();
 * assert.equal(queue.land(flight!.number, { ok: false, fault: "failed", message: "disk" }, 0).retry, true);
 * assert.equal(queue.size, 1);
 * ```
 */
export class WriteQueue {
  #waiting: WriteGroup[] = [];
  #flying: WriteGroup[] = [];
  #flight = 0;
  /** So many groups go one by one: a conflict, or a yes that was lost, must speak of one group alone. */
  #alone = 0;

  /** Writes not yet known to be stored. */
  get size(): number {
    return this.rest().length;
  }

  /** True while a commit is in flight. */
  get busy(): boolean {
    return this.#flying.length > 0;
  }

  /** Adds a group behind all others. */
  add(group: WriteGroup): void {
    this.#waiting.push(group);
  }

  /** The commit to make now, or null when nothing waits or one is in flight. */
  next(): Flight | null {
    if (this.busy || this.#waiting.length === 0) return null;
    this.#flying = this.#waiting.splice(0, this.#alone > 0 ? 1 : this.#waiting.length);
    this.#flight++;
    return { number: this.#flight, writes: this.#flying.flatMap((group) => group.writes) };
  }

  /** Says how a commit went; null: nobody knows whether it is on disk. An answer to an older flight is ignored. */
  land(flight: number, result: CommitResult | null, nowMs: number): Landing {
    if (flight !== this.#flight || !this.busy) return NOTHING;
    const flown = this.#flying;
    this.#flying = [];
    if (result !== null && (result.ok || (result.fault === "conflict" && flown.length === 1))) {
      if (this.#alone > 0) this.#alone--;
      return result.ok ? NOTHING : { retry: false, dropped: flown };
    }
    this.#waiting.unshift(...flown);
    this.#alone = this.#waiting.length;
    return result?.fault === "conflict" ? NOTHING : this.#dropStale(nowMs);
  }

  /** The answer to the commit in flight will not come: its groups wait again. */
  giveUp(): void {
    this.land(this.#flight, null, -Infinity);
  }

  /** Every write that is not known to be stored, oldest first. */
  rest(): readonly Write[] {
    return [...this.#flying, ...this.#waiting].flatMap((group) => group.writes);
  }

  #dropStale(nowMs: number): Landing {
    const isStale = (group: WriteGroup) => group.staleAtMs !== null && group.staleAtMs <= nowMs;
    const dropped = this.#waiting.filter(isStale);
    this.#waiting = this.#waiting.filter((group) => !isStale(group));
    return { retry: this.#waiting.length > 0, dropped };
  }
}
