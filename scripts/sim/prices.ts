/**
 * Where a simulated broker's prices come from.
 *
 * @module
 */

/** One change of a symbol's bid or ask. */
export interface MarketTick {
  /** Canonical name. */
  readonly symbol: string;
  readonly bid: number;
  readonly ask: number;
  /** UTC ms. */
  readonly atMs: number;
}

/** Ticks in step with a clock. */
export interface PriceSource {
  /** The symbols it has prices of, canonical. */
  readonly symbols: readonly string[];
  /** Ticks after those of the last call, up to and including `toMs`, in order of time. */
  until(toMs: number): Promise<readonly MarketTick[]>;
  /** The last tick of each symbol that has had one, up to the last call's time. */
  latest(): readonly MarketTick[];
  close(): Promise<void>;
}
