/**
 * Running maximum: the highest value since any moment, without asking every tick.
 *
 * Kept as a staircase: a value stays only while nothing later is as high, so times rise and values fall, and
 * the first step at or after a moment is the highest value since then. A late tick finds its place by its own
 * time, which makes the answer independent of the order of arrival.
 *
 * @module
 */

/** The highest value since any moment. For a lowest value, add and read negated ones. */
export class RunningMax {
  readonly #times: number[] = [];
  readonly #values: number[] = [];

  /** Number of steps kept. */
  get size(): number {
    return this.#times.length;
  }

  /** Takes in one value; O(1) amortised in order of time, O(size) for a late one. */
  add(atMs: number, value: number): void {
    const at = this.#firstAtOrAfter(atMs);
    if (at < this.#times.length && this.#values[at]! >= value) return;
    let from = at;
    while (from > 0 && this.#values[from - 1]! <= value) from--;
    const to = this.#times[at] === atMs ? at + 1 : at;
    this.#replace(from, to, atMs, value);
  }

  /** The highest value with `atMs >= sinceMs`; −Infinity when there is none. O(log size). */
  since(sinceMs: number): number {
    return this.#values[this.#firstAtOrAfter(sinceMs)] ?? -Infinity;
  }

  /** Forgets what is older than `beforeMs`. */
  forget(beforeMs: number): void {
    const keepFrom = this.#firstAtOrAfter(beforeMs);
    this.#times.splice(0, keepFrom);
    this.#values.splice(0, keepFrom);
  }

  #replace(from: number, to: number, atMs: number, value: number): void {
    if (to === this.#times.length) {
      // The usual case, without the garbage that splice returns.
      this.#times.length = from;
      this.#values.length = from;
      this.#times.push(atMs);
      this.#values.push(value);
      return;
    }
    this.#times.splice(from, to - from, atMs);
    this.#values.splice(from, to - from, value);
  }

  #firstAtOrAfter(atMs: number): number {
    const times = this.#times;
    let low = 0, high = times.length;
    // Nearly every question is about now.
    if (high === 0 || times[high - 1]! < atMs) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (times[middle]! < atMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
