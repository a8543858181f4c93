/**
 * Charts: the continuous candles a pattern looks at, upright and upside down.
 *
 * A pattern is written once, for BUY. Its SELL is the BUY of the mirrored chart, in which every price is negated
 * and highs and lows have changed places: the two sides can never drift apart.
 *
 * @module
 */
import type { Candle } from "../../protocols/candle.ts";
import type { Direction, SymbolName } from "../../protocols/units.ts";
import { averageTrueRanges } from "../indicators.ts";

/** Most candles a chart holds: what happened before them changes no find. */
export const CHART_CANDLES = 200;

/** One candle of a chart; its prices are negative on a mirrored one. */
export interface ChartCandle {
  readonly openedAtMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly ticks: number;
}

/** Continuous candles seen in the direction of a trade: upwards is always profit. */
export interface Chart {
  readonly symbol: SymbolName;
  /** The trade that profits when this chart rises. */
  readonly direction: Direction;
  /** At most 200, oldest first; the last one is the candle that just closed. Neighbours all. */
  readonly candles: readonly ChartCandle[];
  /** ATR14 (Wilder) at each candle, in price units; NaN for the first 13. */
  readonly atrs: readonly number[];
  /** ATR14 at the last candle; NaN with fewer than 14. */
  readonly atr: number;
}

/** What a pattern's `detect` is handed. */
export interface PatternContext {
  readonly symbol: SymbolName;
  readonly upright: Chart;
  readonly mirrored: Chart;
}

/**
 * Context of the last candle: only the candles since the last gap, and of these at most 200.
 *
 * @param candles closed M5 candles of one symbol, oldest first.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { contextOf } from "./chart.ts";
 * import { symbolName } from "../../protocols/units.ts";
 *
 * assert.equal(contextOf(symbolName("EURUSD"), []).upright.candles.length, 0);
 * ```
 */
export function contextOf(symbol: SymbolName, candles: readonly Candle[]): PatternContext {
  const run = lastRun(candles);
  const atrs = averageTrueRanges(run);
  const shared = { symbol, atrs, atr: atrs.at(-1) ?? NaN };
  return {
    symbol,
    upright: { ...shared, direction: "BUY", candles: run },
    mirrored: { ...shared, direction: "SELL", candles: run.map(mirror) },
  };
}

/**
 * The candle `back` places before the last one; 0 is the last one.
 *
 * @throws when the chart is shorter: a pattern looked further back than its warm-up.
 */
export function candleAt(chart: Chart, back: number): ChartCandle {
  const candle = chart.candles[chart.candles.length - 1 - back];
  if (candle === undefined) {
    throw new RangeError(
      `Cannot look ${back} candles back as it must be < the chart's length: current value is ${chart.candles.length}`,
    );
  }
  return candle;
}

/** The candles from `from` back to `to` back, oldest first, both included; `from >= to`. */
export function candlesBack(chart: Chart, from: number, to: number): readonly ChartCandle[] {
  const end = chart.candles.length - to;
  return chart.candles.slice(Math.max(0, end - (from - to + 1)), end);
}

function lastRun(candles: readonly Candle[]): readonly Candle[] {
  const oldest = Math.max(0, candles.length - CHART_CANDLES);
  let start = candles.length - 1;
  while (start > oldest && candles[start]?.gapBefore === false) start--;
  return candles.slice(Math.max(0, start));
}

function mirror(candle: ChartCandle): ChartCandle {
  return {
    openedAtMs: candle.openedAtMs,
    open: -candle.open,
    high: -candle.low,
    low: -candle.high,
    close: -candle.close,
    ticks: candle.ticks,
  };
}
