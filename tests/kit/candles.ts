/**
 * Candles for tests: written by hand, or walked at random from a seed.
 *
 * @module
 */
import { gunzipSync } from "node:zlib";
import { readFileSync } from "node:fs";
import { type Candle, type Timeframe, TIMEFRAME_MS } from "../../protocols/candle.ts";
import { price, type SymbolName, symbolName } from "../../protocols/units.ts";

/** 2026-01-06 00:00 UTC, a Tuesday. */
export const CANDLES_FROM_MS = Date.UTC(2026, 0, 6);

/** Silence that parts two candles. */
const GAP_MS = 900_000;

/** Open, high, low, close and ticks of one candle. */
export type Ohlct = readonly [open: number, high: number, low: number, close: number, ticks: number];

/** Neighbouring closed M5 candles of EURUSD, the first after a gap. */
export function candlesOf(rows: readonly Ohlct[], symbol: SymbolName = symbolName("EURUSD")): Candle[] {
  return rows.map(([open, high, low, close, ticks], i) => ({
    symbol,
    timeframe: "M5",
    openedAtMs: CANDLES_FROM_MS + i * TIMEFRAME_MS.M5,
    open: price(open),
    high: price(high),
    low: price(low),
    close: price(close),
    ticks,
    spread: 0,
    gapBefore: i === 0,
  }));
}

/** The unit of `walk`: prices are whole multiples, exact in binary, so that mirroring them is exact too. */
export const WALK_POINT = 2 ** -16;

/**
 * A random walk of candles around 1.17 whose volatility and drift change every few dozen candles, as calm, trend and
 * burst do, with a spike now and then; the same seed gives the same walk.
 */
export function walk(seed: number, count: number): Candle[] {
  const random = mulberry32(seed);
  const rows: Ohlct[] = [];
  let at = Math.round(1.17 / WALK_POINT);
  let size = 3;
  let drift = 0;
  for (let i = 0; i < count; i++) {
    if (random() < 0.04) size = 1 + 9 * random() ** 2;
    if (random() < 0.06) drift = (random() - 0.5) * 0.6;
    const burst = random() < 0.03 ? 4 : 1;
    const spike = random() < 0.08 ? Math.round((random() < 0.5 ? -1 : 1) * size * (5 + 10 * random())) : 0;
    const path = [at, at + spike, at];
    for (let step = 0; step < 12; step++) {
      path.push(Math.round((path.at(-1) ?? at) + burst * size * (drift + gaussian(random))));
    }
    const ticks = Math.max(1, Math.round(20 * burst * size * (0.5 + random())));
    const close = path.at(-1) ?? at;
    const row = [at, Math.max(...path), Math.min(...path), close].map((value) => value * WALK_POINT);
    rows.push([row[0]!, row[1]!, row[2]!, row[3]!, ticks]);
    at = close;
  }
  return candlesOf(rows);
}

/**
 * Reads a gzipped candle file (`timestamp_ms,open,high,low,close,volume`) as candles of a symbol. A bar whose open
 * or close lies outside low..high is widened to contain it; more than 15 min without a bar is a gap.
 */
export function readCandles(path: string, symbol: SymbolName, timeframe: Timeframe): Candle[] {
  const lines = gunzipSync(readFileSync(path)).toString("utf8").trimEnd().split("\n").slice(1);
  let endedAtMs = -Infinity;
  return lines.map((line) => {
    const [openedAtMs = NaN, open = NaN, high = NaN, low = NaN, close = NaN, ticks = NaN] = line.split(",")
      .map(Number);
    const gapBefore = openedAtMs - endedAtMs >= GAP_MS;
    endedAtMs = openedAtMs + TIMEFRAME_MS[timeframe];
    return {
      symbol,
      timeframe,
      openedAtMs,
      open: price(open),
      high: price(Math.max(open, high, close)),
      low: price(Math.min(open, low, close)),
      close: price(close),
      ticks,
      spread: 0,
      gapBefore,
    };
  });
}

/** Uniform in [0, 1): T. Ettinger's mulberry32. */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** About normal, variance 1: the sum of 12 uniforms less 6. */
function gaussian(random: () => number): number {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += random();
  return sum;
}
