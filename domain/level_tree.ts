/**
 * Level tree: the highest of many levels, and which of the first ones a price has reached.
 *
 * A complete binary tree over an array of levels; every node holds the highest level under it. A price that
 * reaches nothing is told so at the root; `k` reached levels cost O(k log n).
 *
 * @module
 */

/** Levels by position, 0 to `capacity − 1`. For "lowest", store and ask with negated values. */
export class LevelTree {
  readonly #nodes: Float64Array;

  /** @param capacity a power of two */
  constructor(readonly capacity: number) {
    this.#nodes = new Float64Array(2 * capacity).fill(-Infinity);
  }

  /** Sets the level at a position; −Infinity takes it away. */
  set(position: number, level: number): void {
    const nodes = this.#nodes;
    let node = this.capacity + position;
    nodes[node] = level;
    for (node >>= 1; node >= 1; node >>= 1) {
      nodes[node] = Math.max(nodes[2 * node]!, nodes[2 * node + 1]!);
    }
  }

  /** True when any level is at or above `price`. */
  reaches(price: number): boolean {
    return this.#nodes[1]! >= price;
  }

  /** Adds to `found`, ascending, the positions before `end` whose level is at or above `price`. */
  collect(end: number, price: number, found: number[]): void {
    this.#walk(1, 0, this.capacity, end, price, found);
  }

  #walk(node: number, start: number, width: number, end: number, price: number, found: number[]): void {
    if (start >= end || !(this.#nodes[node]! >= price)) return;
    if (width === 1) {
      found.push(start);
      return;
    }
    const half = width >> 1;
    this.#walk(2 * node, start, half, end, price, found);
    this.#walk(2 * node + 1, start + half, half, end, price, found);
  }
}
