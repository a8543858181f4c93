/**
 * Rollup: one longer candle as the sum of the M1 candles in it.
 *
 * @module
 */
import { type Candle, type Timeframe, TIMEFRAME_MS } from "../protocols/candle.ts";
import type { Price, SymbolName } from "../protocols/units.ts";
import { weightedMedian } from "./median.ts";

/**
 * The open M5, M15 or H1 candle of one symbol. Made from M1 alone, so that candles rebuilt from stored rows equal
 * those built live; its spread is the tick-weighted median of the minutes' medians.
 */
export class Rollup {
  readonly timeframe: Timeframe;
  readonly #symbol: SymbolName;
  #minutes: Candle[] = [];
  #endMs = Infinity;

  constructor(symbol: SymbolName, timeframe: Timeframe) {
    this.#symbol = symbol;
    this.timeframe = timeframe;
  }

  /** End of the open candle; Infinity when none is open. */
  get endMs(): number {
    return this.#endMs;
  }

  /**
   * Takes the next M1 candle.
   *
   * @throws {Error} when the open candle should have been closed before it
   */
  add(m1: Candle): void {
    if (m1.openedAtMs >= this.#endMs) {
      throw new Error(
        `Cannot add to ${this.timeframe} as openedAtMs must be < ${this.#endMs}: current value is ${m1.openedAtMs}`,
      );
    }
    if (this.#minutes.length === 0) {
      const length = TIMEFRAME_MS[this.timeframe];
      this.#endMs = (Math.floor(m1.openedAtMs / length) + 1) * length;
    }
    this.#minutes.push(m1);
  }

  /**
   * Closes the open candle and forgets it.
   *
   * @throws {Error} when none is open
   */
  close(): Candle {
    const minutes = this.#minutes;
    const openedAtMs = this.#endMs - TIMEFRAME_MS[this.timeframe];
    this.#minutes = [];
    this.#endMs = Infinity;
    return rollUp(this.#symbol, this.timeframe, openedAtMs, minutes);
  }
}

/**
 * One candle from the M1 candles inside it, oldest first. A gap before any of them is a gap before the whole:
 * what lies across it is not continuous.
 *
 * @throws {Error} when there is no minute
 */
export function rollUp(
  symbol: SymbolName,
  timeframe: Timeframe,
  openedAtMs: number,
  minutes: readonly Candle[],
): Candle {
  const first = minutes[0];
  const last = minutes.at(-1);
  if (first === undefined || last === undefined) {
    throw new Error(`Cannot roll up ${symbol} ${timeframe} as minutes must be >= 1: current value is 0`);
  }
  return {
    symbol,
    timeframe,
    openedAtMs,
    open: first.open,
    high: Math.max(...minutes.map((minute) => minute.high)) as Price,
    low: Math.min(...minutes.map((minute) => minute.low)) as Price,
    close: last.close,
    ticks: minutes.reduce((sum, minute) => sum + minute.ticks, 0),
    spread: weightedMedian(
      minutes.map((minute) => ({ value: minute.spread, weight: Math.max(1, minute.ticks) })),
    ),
    gapBefore: minutes.some((minute) => minute.gapBefore),
  };
}

/**
 * Longer candles from M1 candles, oldest first; the last one may still be growing.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { aggregate } from "./rollup.ts";
 *
 * assert.deepEqual(aggregate([], "M5"), []);
 * ```
 */
export function aggregate(m1: readonly Candle[], timeframe: Timeframe): Candle[] {
  const out: Candle[] = [];
  const length = TIMEFRAME_MS[timeframe];
  let from = 0;
  for (let to = 1; to <= m1.length; to++) {
    const start = Math.floor((m1[from] as Candle).openedAtMs / length);
    const next = m1[to];
    if (next !== undefined && Math.floor(next.openedAtMs / length) === start) continue;
    const minutes = m1.slice(from, to);
    out.push(rollUp((m1[from] as Candle).symbol, timeframe, start * length, minutes));
    from = to;
  }
  return out;
}
