/**
 * A table of values by a text of their own, made for very many and often new ones.
 *
 * @module
 */

/** Numbers in the smallest table. */
const SMALLEST_TABLE = 16;

/** FNV-1a, 32 bits: Fowler, Noll, Vo; http://www.isthe.com/chongo/tech/comp/fnv/. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash ^ (hash >>> 16);
}

/**
 * Values by a text of their own, in the order they came in: a hash table over one array of numbers.
 *
 * A `Map` by text has its host enter each new text into a table of all texts, and a lookup in a large `Map` waits
 * for memory three times over. Together that was a fifth of the start of an actor among many.
 */
export class Keyed<V extends object> {
  readonly #keyOf: (value: V) => string;
  readonly #hashOf: (key: string) => number;
  #size = 0;
  /** In the order they came in; undefined where one was deleted. */
  #values: (V | undefined)[] = [];
  /** Pairs of a hash and the number of its value, from 1; 0 where there is none. At most half of them are in use. */
  #table = new Int32Array(SMALLEST_TABLE);

  /** `hash` answers 32-bit integers, signed. */
  constructor(keyOf: (value: V) => string, hash: (key: string) => number = hashOf) {
    this.#keyOf = keyOf;
    this.#hashOf = hash;
  }

  get size(): number {
    return this.#size;
  }

  get(key: string): V | undefined {
    const number = this.#table[this.#placeOf(key, this.#hashOf(key)) + 1] as number;
    return number === 0 ? undefined : this.#values[number - 1];
  }

  has(key: string): boolean {
    return this.#table[this.#placeOf(key, this.#hashOf(key)) + 1] !== 0;
  }

  /** Puts a value in, as the last one; or in the place of the one that had its key. */
  set(value: V): void {
    const key = this.#keyOf(value);
    const hash = this.#hashOf(key);
    const place = this.#placeOf(key, hash);
    const number = this.#table[place + 1] as number;
    if (number !== 0) {
      this.#values[number - 1] = value;
      return;
    }
    this.#table[place] = hash;
    this.#table[place + 1] = this.#values.push(value);
    this.#size++;
    if (this.#values.length * 4 > this.#table.length) this.#rebuild();
  }

  delete(key: string): void {
    const place = this.#placeOf(key, this.#hashOf(key));
    const number = this.#table[place + 1] as number;
    if (number === 0) return;
    this.#values[number - 1] = undefined;
    this.#size--;
    this.#close(place);
    if (this.#values.length > SMALLEST_TABLE && this.#size * 4 < this.#values.length) this.#rebuild();
  }

  *[Symbol.iterator](): Iterator<V> {
    for (const value of this.#values) if (value !== undefined) yield value;
  }

  /** Where the key's pair is, or would be: at its hash, or as soon after as there is room. */
  #placeOf(key: string, hash: number): number {
    const table = this.#table;
    const mask = table.length - 1;
    for (let place = (hash << 1) & mask;; place = (place + 2) & mask) {
      const number = table[place + 1] as number;
      if (number === 0) return place;
      if (table[place] === hash && this.#keyOf(this.#values[number - 1] as V) === key) return place;
    }
  }

  /** Fills a place with the next pair that may stand there, and that one's place likewise: searches end at a gap. */
  #close(place: number): void {
    const table = this.#table;
    const mask = table.length - 1;
    let gap = place;
    for (let next = (gap + 2) & mask; table[next + 1] !== 0; next = (next + 2) & mask) {
      const home = ((table[next] as number) << 1) & mask;
      if (((next - home) & mask) < ((next - gap) & mask)) continue;
      table[gap] = table[next] as number;
      table[gap + 1] = table[next + 1] as number;
      gap = next;
    }
    table[gap + 1] = 0;
  }

  /** Makes room for half as many again, and forgets the places of the deleted ones. */
  #rebuild(): void {
    const before = this.#table;
    const numbers = this.#size === this.#values.length ? null : this.#compact();
    let length = SMALLEST_TABLE;
    while (length < this.#size * 6) length *= 2;
    const table = this.#table = new Int32Array(length);
    for (let from = 0; from < before.length; from += 2) {
      const known = before[from + 1] as number;
      const number = numbers === null ? known : numbers[known] as number;
      if (number === 0) continue;
      const hash = before[from] as number;
      let place = (hash << 1) & (length - 1);
      while (table[place + 1] !== 0) place = (place + 2) & (length - 1);
      table[place] = hash;
      table[place + 1] = number;
    }
  }

  /** Closes the gaps among the values and answers each one's new number by its old one; 0 for a deleted one. */
  #compact(): Int32Array {
    const before = this.#values;
    const values: V[] = [];
    const numbers = new Int32Array(before.length + 1);
    for (let i = 0; i < before.length; i++) {
      const value = before[i];
      if (value !== undefined) numbers[i + 1] = values.push(value);
    }
    this.#values = values;
    return numbers;
  }
}
