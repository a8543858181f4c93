/**
 * Scan watch: notices that a symbol's ticks come and its candles close, and yet nothing is scanned.
 *
 * @module
 */
import type { DeskMessage } from "../protocols/desk.ts";
import type { Candle } from "../protocols/candle.ts";
import { TIMEFRAME_MS } from "../protocols/candle.ts";
import type { Quote } from "../protocols/tick.ts";
import type { SymbolName } from "../protocols/units.ts";
import { isOpen } from "./calendar.ts";
import { candleEnd } from "./candle.ts";

/** M5 closes in a row without a scan that are reported: a quarter of an hour. */
export const UNSCANNED_MAX = 3;
/** Fewer ticks than this in those candles are a quiet market, whose quote may be too old each time. */
export const TICKS_EXPECTED = 60;

const CODE = "SCAN_OVERDUE";

/**
 * Watches one symbol; changes in place. The trouble is raised once, and cleared once by the next scan.
 *
 * A backlog closes many candles in one moment: they count as one close.
 */
export class ScanWatch {
  readonly #symbol: SymbolName;
  #ticks = 0;
  #unscanned = 0;
  #countedSlot = -Infinity;
  /** Null: not known since the start, when a trouble of the run before may still stand. */
  #overdue: boolean | null = null;

  constructor(symbol: SymbolName) {
    this.#symbol = symbol;
  }

  /** A candle was scanned; answers what to tell the desk, or null. */
  scanned(): DeskMessage | null {
    this.#ticks = 0;
    this.#unscanned = 0;
    if (this.#overdue === false) return null;
    this.#overdue = false;
    return { kind: "clear", code: CODE, subject: this.#symbol };
  }

  /** A candle closed and was not scanned; answers what to tell the desk, or null. Times are market clock, UTC ms. */
  skipped(candle: Candle, quote: Quote, nowMs: number): DeskMessage | null {
    const slot = Math.floor(nowMs / TIMEFRAME_MS.M5);
    if (slot === this.#countedSlot || !isOpen(this.#symbol, nowMs)) return null;
    this.#countedSlot = slot;
    this.#unscanned++;
    this.#ticks += candle.ticks;
    if (this.#overdue === true || this.#unscanned < UNSCANNED_MAX || this.#ticks < TICKS_EXPECTED) {
      return null;
    }
    this.#overdue = true;
    const message =
      `${this.#unscanned} candles of ${this.#symbol} with ${this.#ticks} ticks closed unscanned: the latest ${
        age(nowMs, candleEnd(candle))
      } ago, its quote is stamped ${
        age(nowMs, quote.atMs)
      } ago (60 s are allowed); look at the clock and the link of its feed`;
    return { kind: "raise", code: CODE, subject: this.#symbol, message };
  }
}

function age(nowMs: number, atMs: number): string {
  return `${((nowMs - atMs) / 1_000).toFixed(0)} s`;
}
