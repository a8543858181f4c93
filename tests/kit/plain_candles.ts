/**
 * Plain candles: the slowest and plainest way from ticks to candles, to hold the house's own way against.
 *
 * @module
 */
import { type Candle, type Timeframe, TIMEFRAME_MS } from "../../protocols/candle.ts";
import { price, type SymbolName } from "../../protocols/units.ts";
import { isOpen } from "../../domain/calendar.ts";
import type { RawTick } from "./data.ts";

const GAP_MS = 15 * 60_000;

/** True when some minute from one tick to the next was closed, or the silence was longer than 15 min. */
function apart(symbol: SymbolName, from: RawTick | undefined, to: RawTick): boolean {
  if (from === undefined || to.atMs - from.atMs > GAP_MS) return true;
  for (let atMs = from.atMs; atMs < to.atMs; atMs += 1_000) if (!isOpen(symbol, atMs)) return true;
  return false;
}

function middle(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** Candles of one timeframe from all ticks at once, sorted by time and grouped; each is whole. */
export function plainCandles(
  symbol: SymbolName,
  ticks: readonly RawTick[],
  timeframe: Timeframe,
): Omit<Candle, "spread">[] {
  return groupsOf(ticks, timeframe).map(({ openedAtMs, group, gapBefore }) => ({
    symbol,
    timeframe,
    openedAtMs,
    open: price(group[0]!.bid),
    high: price(group.reduce((high, tick) => Math.max(high, tick.bid), -Infinity)),
    low: price(group.reduce((low, tick) => Math.min(low, tick.bid), Infinity)),
    close: price(group.at(-1)!.bid),
    ticks: group.length,
    gapBefore: gapBefore(symbol),
  }));
}

/** The median spread of each M1 candle, in the order of `plainCandles`. */
export function plainSpreads(ticks: readonly RawTick[]): number[] {
  return groupsOf(ticks, "M1").map(({ group }) => middle(group.map((tick) => tick.ask - tick.bid)));
}

function groupsOf(ticks: readonly RawTick[], timeframe: Timeframe) {
  const sorted = ticks.toSorted((a, b) => a.atMs - b.atMs);
  const length = TIMEFRAME_MS[timeframe];
  const starts = [...new Set(sorted.map((tick) => tick.atMs - tick.atMs % length))];
  let from = 0;
  return starts.map((openedAtMs) => {
    const first = from;
    while (from < sorted.length && sorted[from]!.atMs < openedAtMs + length) from++;
    const group = sorted.slice(first, from);
    const gapBefore = (symbol: SymbolName) =>
      group.some((tick, i) => isNewMinute(sorted, first + i) && apart(symbol, sorted[first + i - 1], tick));
    return { openedAtMs, group, gapBefore };
  });
}

function isNewMinute(sorted: readonly RawTick[], at: number): boolean {
  const minute = (tick: RawTick | undefined) => Math.floor((tick?.atMs ?? -1) / 60_000);
  return minute(sorted[at - 1]) !== minute(sorted[at]);
}
