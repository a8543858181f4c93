/**
 * Histories of M5 candles on which patterns fire, written by hand and stored as the minutes they are made of.
 *
 * @module
 */
import type { Candle } from "../../protocols/candle.ts";
import { price } from "../../protocols/units.ts";
import type { Ohlct } from "../kit/candles.ts";
import { QUIET, times } from "../kit/finds.ts";
import type { World } from "../kit/house.ts";
import { EURUSD, M5, MINUTE } from "./market_setup.ts";

const PIP = 0.0001;

/** Prices of hand-made candles, which lie around 1000, as prices of EURUSD: one unit is half a pip. */
export function toEurusd([open, high, low, close, ticks]: Ohlct): Ohlct {
  const at = (value: number) => Math.round((1.1 + (value - 1_000) * PIP / 2) * 1e5) / 1e5;
  return [at(open), at(high), at(low), at(close), ticks];
}

/** Stores M5 candles as the M1 candles they are made of, the last one ending at `endMs`. */
export function storeHistory(world: World, rows: readonly Ohlct[], endMs: number): void {
  const fromMs = endMs - rows.length * M5;
  const minutes = rows.flatMap((row, i) => minutesOf(row, fromMs + i * M5, i === 0));
  world.store.commit([minutes.map((row) => ({ put: "candles", row }) as const)]);
}

function minutesOf([open, high, low, close, ticks]: Ohlct, openedAtMs: number, first: boolean): Candle[] {
  return [0, 1, 2, 3, 4].map((minute) => ({
    symbol: EURUSD,
    timeframe: "M1" as const,
    openedAtMs: openedAtMs + minute * MINUTE,
    open: price(minute === 0 ? open : close),
    high: price(minute === 0 ? high : close),
    low: price(minute === 0 ? low : close),
    close: price(close),
    ticks: ticks / 5,
    spread: PIP,
    gapBefore: first && minute === 0,
  }));
}

/** Sixty calm candles, a fall to the lower band, and two rebuffs: each a find of BB_SCALP as it closes. */
export const CALM: readonly Ohlct[] = times(60, toEurusd(QUIET));
/** @see CALM */
export const FALL: Ohlct = toEurusd([1000, 1000, 986, 986, 100]);
/** @see CALM */
export const REBUFFS: readonly Ohlct[] = [
  [984, 988, 974, 987, 100] as const,
  [985, 987, 960, 984, 100] as const,
]
  .map(toEurusd);
