/**
 * What holds many things: a queue on a ring that doubles as it fills and lets go of the room it no longer needs,
 * and a table of values by key.
 *
 * @module
 */

/** Slots of an empty ring. */
const SMALLEST = 4;
/** A ring larger than this is dropped once it has run empty, so that one burst does not hold memory for ever. */
const KEPT = 4_096;

/** First in, first out; every operation in constant time except `removeAt`. */
export class Ring<T> {
  /** How many wait. Read it, never write it. */
  size = 0;
  #slots: (T | undefined)[] = [undefined, undefined, undefined, undefined];
  #head = 0;

  push(item: T): void {
    if (this.size === this.#slots.length) this.#grow();
    this.#slots[(this.#head + this.size) & (this.#slots.length - 1)] = item;
    this.size++;
  }

  /** Puts an item before all others. */
  unshift(item: T): void {
    if (this.size === this.#slots.length) this.#grow();
    this.#head = (this.#head - 1) & (this.#slots.length - 1);
    this.#slots[this.#head] = item;
    this.size++;
  }

  /** Takes the first item; only when `size` > 0. */
  shift(): T {
    const slots = this.#slots;
    const item = slots[this.#head] as T;
    slots[this.#head] = undefined;
    this.#head = (this.#head + 1) & (slots.length - 1);
    if (--this.size === 0 && slots.length > KEPT) this.#reset();
    return item;
  }

  /** The item at a place, 0 being the first; `place` < `size`. */
  at(place: number): T {
    return this.#slots[(this.#head + place) & (this.#slots.length - 1)] as T;
  }

  /** Takes the item at a place out; those before it move up, so the cost is the place. */
  removeAt(place: number): T {
    const mask = this.#slots.length - 1;
    const item = this.at(place);
    for (let i = place; i > 0; i--) {
      this.#slots[(this.#head + i) & mask] = this.#slots[(this.#head + i - 1) & mask];
    }
    this.shift();
    return item;
  }

  #reset(): void {
    this.#slots = new Array(SMALLEST).fill(undefined);
    this.#head = 0;
  }

  #grow(): void {
    const length = this.#slots.length;
    const slots: (T | undefined)[] = new Array(length * 2).fill(undefined);
    for (let i = 0; i < this.size; i++) slots[i] = this.at(i);
    this.#slots = slots;
    this.#head = 0;
  }
}

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
    const values: V[] = [];
    const numbers = new Int32Array(this.#values.length + 1);
    for (const [i, value] of this.#values.entries()) {
      if (value !== undefined) numbers[i + 1] = values.push(value);
    }
    let length = SMALLEST_TABLE;
    while (length < this.#size * 6) length *= 2;
    this.#values = values;
    this.#table = new Int32Array(length);
    for (let place = 0; place < before.length; place += 2) {
      const number = numbers[before[place + 1] as number] as number;
      if (number !== 0) this.#enter(before[place] as number, number);
    }
  }

  /** Puts a pair in that is not there yet. */
  #enter(hash: number, number: number): void {
    const table = this.#table;
    const mask = table.length - 1;
    let place = (hash << 1) & mask;
    while (table[place + 1] !== 0) place = (place + 2) & mask;
    table[place] = hash;
    table[place + 1] = number;
  }
}
