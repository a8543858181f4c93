/**
 * Completed bars as the terminal keeps them: bid, by broker time, M1, M5 and M15.
 *
 * @module
 */

/** The timeframes an EA may report. */
export type BarTimeframe = "M1" | "M5" | "M15";

/** A completed bar. */
export interface Bar {
  readonly symbol: string;
  readonly timeframe: BarTimeframe;
  /** Broker time read as if it were UTC, ms. */
  readonly openedAtMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

const LENGTH_MS: Readonly<Record<BarTimeframe, number>> = { M1: 60_000, M5: 300_000, M15: 900_000 };

/** Bars of one symbol. */
export class Bars {
  readonly #symbol: string;
  readonly #forming = new Map<BarTimeframe, Bar>();
  readonly #completed = new Map<BarTimeframe, Bar>();

  constructor(symbol: string) {
    this.#symbol = symbol;
  }

  add(bid: number, brokerMs: number): void {
    for (const timeframe of ["M1", "M5", "M15"] as const) {
      const openedAtMs = Math.floor(brokerMs / LENGTH_MS[timeframe]) * LENGTH_MS[timeframe];
      const bar = this.#forming.get(timeframe);
      if (bar !== undefined && bar.openedAtMs === openedAtMs) {
        const grown = { high: Math.max(bar.high, bid), low: Math.min(bar.low, bid), close: bid };
        this.#forming.set(timeframe, { ...bar, ...grown });
        continue;
      }
      if (bar !== undefined) this.#completed.set(timeframe, bar);
      const first = { open: bid, high: bid, low: bid, close: bid };
      this.#forming.set(timeframe, { symbol: this.#symbol, timeframe, openedAtMs, ...first });
    }
  }

  /** The last completed bar (shift 1), when there is one. */
  completed(timeframe: BarTimeframe): Bar | undefined {
    return this.#completed.get(timeframe);
  }
}
