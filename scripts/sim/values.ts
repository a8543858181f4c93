/**
 * The values of currencies and metals, each on a walk of its own.
 *
 * @module
 */
import { CURRENCIES, FACTORS } from "./currencies.ts";
import { Walk } from "./walk.ts";

/** One value as symbols read it. */
export interface ValueReader {
  /** In USD of the epoch. */
  value(): number;
  /** How lively it is now: about 1 on average. */
  heat(): number;
}

/** Walks of all values and factors that some symbols need. */
export class Values {
  readonly #walks: ReadonlyMap<string, Walk>;

  constructor(seed: number, currencies: readonly string[]) {
    const factors = currencies.flatMap((name) => Object.keys(CURRENCIES[name]!.factors));
    const movers = [...new Set([...currencies, ...factors])];
    this.#walks = new Map(
      movers.map((name) => [name, new Walk(streamOf(seed, name), CURRENCIES[name] ?? FACTORS[name]!)]),
    );
  }

  /** Every walk, in the same order always. */
  get walks(): Iterable<Walk> {
    return this.#walks.values();
  }

  /** The value of a currency. */
  readerOf(name: string): ValueReader {
    const currency = CURRENCIES[name]!;
    const own = this.#walks.get(name)!;
    const shared = Object.entries(currency.factors).map(([factor, weight]) => ({
      walk: this.#walks.get(factor)!,
      weight,
    }));
    return {
      value: () => {
        let log = own.log;
        for (const { walk, weight } of shared) log += walk.log * weight;
        return currency.value * Math.exp(log);
      },
      heat: () => own.heat,
    };
  }
}

/** A stream's seed: every name has its own, so that none shifts another (FNV-1a, 32 bit). */
export function streamOf(seed: number, name: string): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let index = 0; index < name.length; index++) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
