/**
 * Fact book: what analytics remembers of each signal, in order of signal time, so that a short time frame costs
 * only its own signals.
 *
 * @module
 */
import type { SignalId } from "../protocols/units.ts";
import type { Fact } from "./analytics.ts";

/** Signals by id and by time. */
export class FactBook {
  readonly #byId = new Map<SignalId, { fact: Fact }>();
  /** Ascending by signal time. */
  readonly #ordered: { fact: Fact }[] = [];

  /** Number of signals. */
  get size(): number {
    return this.#ordered.length;
  }

  /** Takes in a signal, or what is newly known of one. A resolved one never becomes open again. */
  put(fact: Fact): void {
    const known = this.#byId.get(fact.id);
    if (known !== undefined) {
      if (fact.outcome !== null) known.fact = fact;
      return;
    }
    const entry = { fact };
    this.#byId.set(fact.id, entry);
    this.#ordered.splice(this.#firstAfter(fact.signaledAtMs), 0, entry);
  }

  /** The signals made after `afterMs`, newest first. */
  *since(afterMs: number): Iterable<Fact> {
    for (let at = this.#ordered.length - 1; at >= 0; at--) {
      const { fact } = this.#ordered[at]!;
      if (fact.signaledAtMs <= afterMs) return;
      yield fact;
    }
  }

  /** Forgets the signals made until `untilMs`. */
  forget(untilMs: number): void {
    for (const { fact } of this.#ordered.splice(0, this.#firstAfter(untilMs))) this.#byId.delete(fact.id);
  }

  #firstAfter(atMs: number): number {
    let low = 0, high = this.#ordered.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#ordered[middle]!.fact.signaledAtMs <= atMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
