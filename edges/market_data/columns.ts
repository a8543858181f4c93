/**
 * Columns: rows of numbers kept as columns, cut into batches.
 *
 * @module
 */

/** Gathers rows of a fixed width; a full batch is set aside and never touched again. */
export class Columns {
  readonly #width: number;
  readonly #capacity: number;
  #open: Float64Array[];
  #rows = 0;
  #full: Float64Array[][] = [];

  /**
   * @param width numbers in a row
   * @param capacity rows in a full batch, > 0
   */
  constructor(width: number, capacity: number) {
    this.#width = width;
    this.#capacity = capacity;
    this.#open = this.#make();
  }

  /** The columns into which the next row is written at {@link next}. */
  get open(): readonly Float64Array[] {
    return this.#open;
  }

  /** Where the next row is written. */
  get next(): number {
    return this.#rows;
  }

  /** Keeps the row written at {@link next}. */
  keep(): void {
    if (++this.#rows < this.#capacity) return;
    this.#full.push(this.#open);
    this.#open = this.#make();
    this.#rows = 0;
  }

  /** Takes the full batches. */
  takeFull(): Float64Array[][] {
    const full = this.#full;
    if (full.length > 0) this.#full = [];
    return full;
  }

  /** Takes what is left when there are no more rows. */
  takeRest(): Float64Array[][] {
    if (this.#rows === 0) return [];
    const rest = this.#open.map((column) => column.slice(0, this.#rows));
    this.#rows = 0;
    return [rest];
  }

  #make(): Float64Array[] {
    return Array.from({ length: this.#width }, () => new Float64Array(this.#capacity));
  }
}
