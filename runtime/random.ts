/**
 * Randomness by seed: the same seed gives the same numbers on every machine.
 *
 * @module
 */

/** Draws numbers; equal seeds draw equal numbers. */
export interface Random {
  /** A number >= 0 and < 1, in steps of 2^-32. */
  next(): number;
  /** A whole number >= 0 and < `below`; `below` is a whole number >= 1. */
  whole(below: number): number;
  /** True with the given probability, 0 to 1. */
  chance(probability: number): boolean;
  /** A generator of its own, whose draws do not shift this one's. */
  fork(): Random;
}

/** Spreads a 32-bit seed over the generator's state. SplitMix32: G. Steele, D. Lea, C. Flood, OOPSLA 2014. */
function splitMix(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
}

const rotate = (x: number, by: number): number => (x << by) | (x >>> (32 - by));

/** Xoshiro128** 1.1: D. Blackman and S. Vigna, https://prng.di.unimi.it (public domain). Not for secrets. */
class Xoshiro implements Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor(seed: number) {
    const mix = splitMix(seed);
    this.#a = mix();
    this.#b = mix();
    this.#c = mix();
    this.#d = mix() | 1;
  }

  #draw(): number {
    const result = Math.imul(rotate(Math.imul(this.#b, 5), 7), 9) >>> 0;
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = rotate(this.#d, 11);
    return result;
  }

  next(): number {
    return this.#draw() / 2 ** 32;
  }

  whole(below: number): number {
    return Math.floor(this.next() * below);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  fork(): Random {
    return new Xoshiro(this.#draw());
  }
}

/**
 * Makes a generator from a seed (its lowest 32 bits count).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { seededRandom } from "./random.ts";
 *
 * assert.equal(seededRandom(7).next(), seededRandom(7).next());
 * ```
 */
export function seededRandom(seed: number): Random {
  return new Xoshiro(seed);
}
