/**
 * A queue on a ring that doubles as it fills and lets go of the room it no longer needs.
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
