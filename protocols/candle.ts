/**
 * Candles: open, high, low and close of one timeframe, built from bid by tick time.
 *
 * @module
 */
import type { Price, SymbolName } from "./units.ts";

/** The timeframes of the house. M1 is built from ticks, the others from M1. */
export type Timeframe = "M1" | "M5" | "M15" | "H1";

/** Length of each timeframe in ms. */
export const TIMEFRAME_MS: Readonly<Record<Timeframe, number>> = {
  M1: 60_000,
  M5: 300_000,
  M15: 900_000,
  H1: 3_600_000,
};

/** One candle. `openedAtMs` is a multiple of the timeframe's length, UTC. */
export interface Candle {
  readonly symbol: SymbolName;
  readonly timeframe: Timeframe;
  readonly openedAtMs: number;
  /** Bid prices; `low <= open, close <= high`. */
  readonly open: Price;
  readonly high: Price;
  readonly low: Price;
  readonly close: Price;
  /** Number of distinct ticks; the house's volume. */
  readonly ticks: number;
  /** Median spread over the candle's ticks, in price units. */
  readonly spread: number;
  /** True when this candle is not a neighbour of the one before (market closed, or > 15 min without a tick). */
  readonly gapBefore: boolean;
}
