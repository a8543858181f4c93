/**
 * Symbol candles: what one symbol remembers of its market, and whether the candle that just closed may be scanned.
 *
 * @module
 */
import { type Candle, type Timeframe } from "../protocols/candle.ts";
import type { Quote, Tick } from "../protocols/tick.ts";
import type { SymbolName } from "../protocols/units.ts";
import type { Ohlc } from "../protocols/wire.ts";
import { isOpen } from "./calendar.ts";
import { CandleBuilder, candleEnd, widenCandle } from "./candle.ts";
import { median } from "./median.ts";

/** M1 candles that `restore` has use for: the longer timeframes of two trading days. */
export const RESTORED_M1 = 3_000;
/** Market time past the end of a candle after which the clock closes it. */
export const GRACE_MS = 2_000;
/** A quote, or a candle, older than this is no ground for a signal. */
export const FRESH_MS = 60_000;
/** A feed that lags more than this is not waited for. */
const LAG_MAX_MS = 30_000;

const KEPT: Readonly<Record<Timeframe, number>> = { M1: 1_440, M5: 400, M15: 200, H1: 200 };
/** Fewer minutes than this say nothing of a usual spread. */
const SPREADS_NEEDED = 60;

/** The closed candles of one symbol, and the open ones that grow. Changes in place; one owner. */
export class SymbolCandles {
  readonly #builder: CandleBuilder;
  readonly #series: Readonly<Record<Timeframe, Candle[]>> = { M1: [], M5: [], M15: [], H1: [] };
  #minuteLagMs = Infinity;
  #lagMs = 0;
  #checked = 0;
  #outside = 0;

  constructor(symbol: SymbolName) {
    this.#builder = new CandleBuilder(symbol);
  }

  /** Ticks that came after their candle had closed. */
  get lateTicks(): number {
    return this.#builder.lateTicks;
  }

  /**
   * By how much even the freshest ticks of the last whole minute came after their own time, 0 to 30,000 ms: a broker
   * whose clock is behind ours must not lose the last seconds of each candle.
   */
  get lagMs(): number {
    return this.#lagMs;
  }

  /** End of the candle that has to close next, or null. */
  get nextEndMs(): number | null {
    return this.#builder.nextEndMs;
  }

  /** Ticks before this moment are late. */
  get closedThroughMs(): number {
    return this.#builder.closedThroughMs;
  }

  /** Closed candles of one timeframe, oldest first: at most 1,440 M1, 400 M5, 200 M15, 200 H1. */
  closed(timeframe: Timeframe): readonly Candle[] {
    return this.#series[timeframe];
  }

  /** How many of the terminal's candles were held against ours, and how many did not contain ours. */
  get crossChecks(): { readonly checked: number; readonly outside: number } {
    return { checked: this.#checked, outside: this.#outside };
  }

  /** Median spread over the last 1,440 minutes that had ticks, price units; null with fewer than 60 known ones. */
  spreadMedian(): number | null {
    const known = this.#series.M1.filter((minute) => minute.spread > 0);
    return known.length < SPREADS_NEEDED ? null : median(Float64Array.from(known, (minute) => minute.spread));
  }

  /** Takes back stored M1 candles, oldest first; one that is not newer than the one before is left out. */
  restore(m1: readonly Candle[]): void {
    for (const stored of m1) {
      if (stored.openedAtMs < this.#builder.closedThroughMs) continue;
      const minute = widenCandle(stored);
      this.#keep([minute, ...this.#builder.restore(minute)]);
    }
  }

  /** Takes one tick and answers the candles it closed, as {@link CandleBuilder.tick} does. */
  tick(tick: Tick): readonly Candle[] {
    const closed = this.#builder.tick(tick.atMs, tick.bid, tick.ask);
    if (closed.length > 0) this.#keep(closed);
    const lagMs = tick.receivedAtMs - tick.atMs;
    if (lagMs < this.#minuteLagMs) this.#minuteLagMs = lagMs;
    return closed;
  }

  /** Closes every candle that ends at or before `toMs`. */
  advance(toMs: number): readonly Candle[] {
    const closed = this.#builder.advance(toMs);
    if (closed.length > 0) this.#keep(closed);
    return closed;
  }

  /** Holds the terminal's candle against ours, if ours is closed already. */
  crossCheck(bar: Ohlc, openedAtMs: number, point: number): void {
    const ours = this.#series[bar.timeframe].findLast((candle) => candle.openedAtMs === openedAtMs);
    if (ours === undefined) return;
    this.#checked++;
    if (!containsOurs(bar, ours, point)) this.#outside++;
  }

  #keep(closed: readonly Candle[]): void {
    for (const candle of closed) {
      const series = this.#series[candle.timeframe];
      series.push(candle);
      if (series.length > KEPT[candle.timeframe]) series.shift();
    }
    if (this.#minuteLagMs === Infinity) return;
    this.#lagMs = Math.min(LAG_MAX_MS, Math.max(0, this.#minuteLagMs));
    this.#minuteLagMs = Infinity;
  }
}

/**
 * True when a closed M5 candle may be scanned: it closed just now, the quote is live, and the market is open.
 *
 * A backlog closes many candles at once, and a restart finds old ones in the store: none of them is now.
 *
 * @param nowMs market clock, UTC ms
 * @param slackMs what a message may lose on its way on a scaled clock
 */
export function mayScan(candle: Candle, quote: Quote, nowMs: number, slackMs: number): boolean {
  const limitMs = FRESH_MS + slackMs;
  return nowMs - candleEnd(candle) <= limitMs && nowMs - quote.receivedAtMs <= limitMs &&
    nowMs - quote.atMs <= limitMs && isOpen(candle.symbol, nowMs);
}

/**
 * True when the terminal's own candle contains ours: it saw every tick, we at most one a second, so its range is
 * at least as wide. One point is allowed for rounding.
 */
export function containsOurs(bar: Ohlc, ours: Candle, point: number): boolean {
  const dust = point * 1.000_001;
  return bar.low <= ours.low + dust && bar.high >= ours.high - dust;
}
