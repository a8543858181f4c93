/**
 * Candles: built from bid by tick time, M1 from ticks and M5, M15 and H1 from M1; a closed one is never rewritten.
 *
 * @module
 */
import { type Candle, type Timeframe, TIMEFRAME_MS } from "../protocols/candle.ts";
import { type Price, type SymbolName } from "../protocols/units.ts";
import { closedBetween } from "./calendar.ts";
import { Rollup } from "./rollup.ts";
import { median } from "./median.ts";

/** A silence longer than this parts two candles: they are no neighbours. */
export const GAP_MS = 15 * 60_000;

const NONE: readonly Candle[] = [];
const ROLLED: readonly Timeframe[] = ["M5", "M15", "H1"];

/** Open time of the candle that holds a moment. */
export function candleStart(atMs: number, timeframe: Timeframe): number {
  const length = TIMEFRAME_MS[timeframe];
  return Math.floor(atMs / length) * length;
}

/** First moment after a candle. */
export function candleEnd(candle: Candle): number {
  return candle.openedAtMs + TIMEFRAME_MS[candle.timeframe];
}

/** True when ticks at `fromMs` and `toMs`, with none between, belong to candles that are no neighbours. */
export function isGap(symbol: SymbolName, fromMs: number, toMs: number): boolean {
  return toMs - fromMs > GAP_MS || closedBetween(symbol, fromMs, toMs);
}

/** A candle whose high and low contain its open and close; the same object when they did already. */
export function widenCandle(candle: Candle): Candle {
  const high = Math.max(candle.high, candle.open, candle.close) as Price;
  const low = Math.min(candle.low, candle.open, candle.close) as Price;
  return high === candle.high && low === candle.low ? candle : { ...candle, high, low };
}

/** The M1 candle that takes ticks now. Kept as numbers: one is filled per minute, thousands of ticks go in. */
class OpenMinute {
  readonly openedAtMs: number;
  #open = 0;
  #high = -Infinity;
  #low = Infinity;
  #close = 0;
  #firstAtMs = Infinity;
  #lastAtMs = -Infinity;
  #ticks = 0;
  #spreads: Float64Array<ArrayBuffer>;

  constructor(openedAtMs: number, spreads: Float64Array<ArrayBuffer>) {
    this.openedAtMs = openedAtMs;
    this.#spreads = spreads;
  }

  get lastAtMs(): number {
    return this.#lastAtMs;
  }

  get spreads(): Float64Array<ArrayBuffer> {
    return this.#spreads;
  }

  add(atMs: number, bid: number, ask: number): void {
    if (bid > this.#high) this.#high = bid;
    if (bid < this.#low) this.#low = bid;
    // Ticks may overtake each other within the minute: their own time says which was first and which last.
    if (atMs < this.#firstAtMs) {
      this.#firstAtMs = atMs;
      this.#open = bid;
    }
    if (atMs >= this.#lastAtMs) {
      this.#lastAtMs = atMs;
      this.#close = bid;
    }
    if (this.#ticks === this.#spreads.length) this.#grow();
    this.#spreads[this.#ticks++] = ask - bid;
  }

  /** @param formerAtMs time of the last tick before this minute */
  candle(symbol: SymbolName, formerAtMs: number): Candle {
    return {
      symbol,
      timeframe: "M1",
      openedAtMs: this.openedAtMs,
      open: this.#open as Price,
      high: this.#high as Price,
      low: this.#low as Price,
      close: this.#close as Price,
      ticks: this.#ticks,
      spread: median(this.#spreads.subarray(0, this.#ticks)),
      gapBefore: isGap(symbol, formerAtMs, this.#firstAtMs),
    };
  }

  #grow(): void {
    const larger = new Float64Array(this.#spreads.length * 2);
    larger.set(this.#spreads);
    this.#spreads = larger;
  }
}

/**
 * Builds the candles of one symbol. It has no clock: the same ticks and the same `advance` calls give the same
 * candles, and candles restored from M1 rows equal those that were built live.
 *
 * One owner may hold it; it changes in place, since a tick is too frequent to copy what it touches.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { symbolName } from "../protocols/units.ts";
 * import { CandleBuilder } from "./candle.ts";
 *
 * const monday = Date.UTC(2026, 6, 6, 12, 0);
 * const builder = new CandleBuilder(symbolName("EURUSD"));
 * builder.tick(monday + 1_000, 1.1, 1.1001);
 * builder.tick(monday + 2_000, 1.2, 1.2001);
 * const [closed] = builder.tick(monday + 60_000, 1.15, 1.1501);
 *
 * assert.deepEqual([closed?.open, closed?.high, closed?.close, closed?.ticks], [1.1, 1.2, 1.2, 2]);
 * ```
 */
export class CandleBuilder {
  readonly symbol: SymbolName;
  readonly #rollups: readonly Rollup[];
  #minute: OpenMinute | null = null;
  #minuteEndMs = 0;
  #lastTickAtMs = -Infinity;
  #closedThroughMs = -Infinity;
  #lateTicks = 0;
  #spreads = new Float64Array(256);

  constructor(symbol: SymbolName) {
    this.symbol = symbol;
    this.#rollups = ROLLED.map((timeframe) => new Rollup(symbol, timeframe));
  }

  /** Ticks that came after their candle was closed; counted, in no candle. */
  get lateTicks(): number {
    return this.#lateTicks;
  }

  /** Ticks before this moment are late; −Infinity before the first candle closed. */
  get closedThroughMs(): number {
    return this.#closedThroughMs;
  }

  /** End of the candle that has to close next, or null when none is open. */
  get nextEndMs(): number | null {
    if (this.#minute !== null) return this.#minuteEndMs;
    let next = Infinity;
    for (const rollup of this.#rollups) next = Math.min(next, rollup.endMs);
    return next === Infinity ? null : next;
  }

  /**
   * Takes one tick and answers the candles it closed, shortest timeframe first, oldest first.
   *
   * `bid` and `ask` are finite and positive with `ask >= bid`; who asks has looked.
   */
  tick(atMs: number, bid: number, ask: number): readonly Candle[] {
    const minute = this.#minute;
    if (minute !== null && atMs < this.#minuteEndMs && atMs >= minute.openedAtMs) {
      minute.add(atMs, bid, ask);
      return NONE;
    }
    if (atMs < this.#closedThroughMs || (minute !== null && atMs < minute.openedAtMs)) {
      this.#lateTicks++;
      return NONE;
    }
    const closed = this.advance(atMs);
    this.#startMinute(atMs).add(atMs, bid, ask);
    return closed;
  }

  /** Closes every candle that ends at or before `toMs`. */
  advance(toMs: number): readonly Candle[] {
    const next = this.nextEndMs;
    if (next === null || next > toMs) return NONE;
    const closed: Candle[] = [];
    if (this.#minute !== null) closed.push(this.#closeMinute(this.#minute));
    for (const rollup of this.#rollups) {
      if (rollup.endMs <= toMs) closed.push(this.#note(rollup.close()));
    }
    return closed;
  }

  /**
   * Takes back one stored M1 candle, oldest first, and answers the longer candles that it, or time up to it, closed.
   *
   * @throws {Error} when a minute is open, or the candle is not newer than the last one
   */
  restore(m1: Candle): readonly Candle[] {
    if (this.#minute !== null || m1.openedAtMs < this.#closedThroughMs) {
      throw new Error(
        `Cannot restore a candle as openedAtMs must be >= ${this.#closedThroughMs} before any tick: ` +
          `current value is ${m1.openedAtMs}`,
      );
    }
    const before = this.advance(m1.openedAtMs);
    this.#note(m1);
    this.#lastTickAtMs = m1.openedAtMs;
    for (const rollup of this.#rollups) rollup.add(m1);
    const after = this.advance(candleEnd(m1));
    return before.length === 0 ? after : after.length === 0 ? before : [...before, ...after];
  }

  #startMinute(atMs: number): OpenMinute {
    const openedAtMs = candleStart(atMs, "M1");
    this.#minute = new OpenMinute(openedAtMs, this.#spreads);
    this.#minuteEndMs = openedAtMs + TIMEFRAME_MS.M1;
    return this.#minute;
  }

  #closeMinute(minute: OpenMinute): Candle {
    const candle = minute.candle(this.symbol, this.#lastTickAtMs);
    this.#lastTickAtMs = minute.lastAtMs;
    this.#spreads = minute.spreads;
    this.#minute = null;
    for (const rollup of this.#rollups) rollup.add(candle);
    return this.#note(candle);
  }

  #note(candle: Candle): Candle {
    this.#closedThroughMs = Math.max(this.#closedThroughMs, candleEnd(candle));
    return candle;
  }
}
