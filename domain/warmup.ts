/**
 * Warm-up: imported M1 bars made into candles of the house, so that patterns need not wait a day for their history.
 *
 * Written into the table `candles` before the start, they are found by each symbol actor's `init` as if the house had
 * built them. 3,000 minutes a symbol are looked at; 2,000 fill the 400 M5 candles that a scan sees.
 *
 * @module
 */
import { type Candle, TIMEFRAME_MS } from "../protocols/candle.ts";
import { type Price, type SymbolName } from "../protocols/units.ts";
import { candleStart, isGap, widenCandle } from "./candle.ts";

/** One M1 bar from elsewhere. */
export interface ImportedBar {
  /** Open time, UTC ms. */
  readonly openedAtMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Number of ticks; 0 when the source does not say. */
  readonly ticks: number;
  /** Usual spread in price units; 0 when the source does not say. */
  readonly spread: number;
}

/** What became of imported bars. */
export interface Warmup {
  /** M1, oldest first. */
  readonly candles: readonly Candle[];
  /** Bars whose open or close lay outside low..high and were widened to contain it. */
  readonly widened: number;
  /** Bars left out: off the minute, not newer than the one before, or with a price that is none. */
  readonly refused: number;
}

/**
 * Makes candles of imported bars, oldest first. The last tick of a bar is taken to have come at its end.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { symbolName } from "../protocols/units.ts";
 * import { warmupCandles } from "./warmup.ts";
 *
 * const bar = { openedAtMs: Date.UTC(2026, 6, 7), open: 1.2, high: 1.15, low: 1.1, close: 1.1, ticks: 0, spread: 0 };
 * const { candles, widened } = warmupCandles(symbolName("EURUSD"), [bar]);
 * assert.deepEqual([candles[0]?.high, widened], [1.2, 1]);
 * ```
 */
export function warmupCandles(symbol: SymbolName, bars: Iterable<ImportedBar>): Warmup {
  const candles: Candle[] = [];
  let widened = 0;
  let refused = 0;
  let endMs = -Infinity;
  for (const bar of bars) {
    if (bar.openedAtMs < endMs || !isSound(bar)) {
      refused++;
      continue;
    }
    const raw = candleOf(symbol, bar, isGap(symbol, endMs - 1, bar.openedAtMs));
    const candle = widenCandle(raw);
    if (candle !== raw) widened++;
    candles.push(candle);
    endMs = bar.openedAtMs + TIMEFRAME_MS.M1;
  }
  return { candles, widened, refused };
}

function isSound(bar: ImportedBar): boolean {
  const { openedAtMs, open, high, low, close } = bar;
  return candleStart(openedAtMs, "M1") === openedAtMs &&
    [open, high, low, close].every((value) => Number.isFinite(value) && value > 0);
}

function candleOf(symbol: SymbolName, bar: ImportedBar, gapBefore: boolean): Candle {
  return {
    symbol,
    timeframe: "M1",
    openedAtMs: bar.openedAtMs,
    open: bar.open as Price,
    high: bar.high as Price,
    low: bar.low as Price,
    close: bar.close as Price,
    ticks: bar.ticks,
    spread: bar.spread,
    gapBefore,
  };
}
