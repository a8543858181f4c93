/**
 * Candle rows: reads lines as candles.
 *
 * @module
 */
import { Columns } from "./columns.ts";
import type { Column } from "./layout.ts";
import { MISSING, Row } from "./row.ts";
import { Stamps } from "./stamp.ts";
import type { Tally } from "./tally.ts";
import { type Rows, type RowsOptions, wanted } from "./tick_rows.ts";
import type { BadReason, CandleBatch } from "./types.ts";

/** Where each value stands in a row of numbers. */
const PLACE: Readonly<Partial<Record<Column, number>>> = {
  stamp: 0,
  open: 1,
  high: 2,
  low: 3,
  close: 4,
  spread: 5,
  askClose: 5,
};
const SPREAD = 5;

/** Reads lines as candles. */
export class CandleRows implements Rows<CandleBatch> {
  readonly #row: Row;
  readonly #stamps: Stamps;
  readonly #columns: readonly Column[];
  readonly #tally: Tally;
  readonly #batch: Columns;
  readonly #values = new Float64Array(6);
  readonly #last: Column;
  /** Most digits behind the point of a price in this row, and in any row so far. */
  #rowDecimals = 0;
  #decimals = 0;

  constructor({ layout, tally, toUtc, dayMs, batchRows }: RowsOptions) {
    this.#row = new Row(layout.separator);
    this.#stamps = new Stamps(this.#row, layout.stamp, toUtc, dayMs);
    this.#columns = wanted(layout.columns);
    this.#last = this.#columns.at(-1)!;
    this.#tally = tally;
    const hasSpread = this.#columns.some((column) => PLACE[column] === SPREAD);
    this.#batch = new Columns(hasSpread ? 6 : 5, batchRows);
  }

  line(bytes: Uint8Array, from: number, end: number, ended: boolean): void {
    if (this.#tally.idle(bytes, from, end)) return;
    this.#row.open(bytes, from, end);
    const fault = this.#read() ?? (ended ? null : this.#tornFault()) ?? this.#settle();
    if (fault !== null) this.#tally.refuse(fault, bytes, from, end);
  }

  longLine(bytes: Uint8Array, from: number): void {
    this.#tally.refuseLong(bytes, from);
  }

  takeFull(): CandleBatch[] {
    return this.#batch.takeFull().map(toBatch);
  }

  takeRest(): CandleBatch[] {
    return this.#batch.takeRest().map(toBatch);
  }

  #read(): BadReason | null {
    this.#rowDecimals = 0;
    const columns = this.#columns;
    for (let i = 0; i < columns.length; i++) {
      const fault = this.#readColumn(columns[i]!);
      if (fault !== null) return fault;
    }
    return null;
  }

  #readColumn(column: Column): BadReason | null {
    const place = PLACE[column];
    if (place === undefined) return this.#row.skip() ? null : "shortRow";
    const value = place === 0 ? this.#stamps.read() : this.#row.number();
    this.#values[place] = value;
    if (place === 0) return Number.isNaN(value) ? "badStamp" : null;
    if (column === "spread") return value >= 0 ? this.#scaleSpread() : numberFault(value);
    this.#rowDecimals = Math.max(this.#rowDecimals, this.#row.decimals);
    return value > 0 ? null : numberFault(value);
  }

  /** MT5 writes prices with all digits of the symbol: the last digit is a point. */
  #scaleSpread(): null {
    this.#values[SPREAD] = this.#values[SPREAD]! / 10 ** this.#rowDecimals;
    return null;
  }

  /** A line without an end is whole when its last price has as many digits as prices have in this file. */
  #tornFault(): BadReason | null {
    if (this.#row.at <= this.#row.end) return null;
    return this.#last === "spread" || this.#row.decimals < this.#decimals ? "truncated" : null;
  }

  #settle(): BadReason | null {
    const values = this.#values;
    if (values[0]! <= this.#tally.lastMs) return "timeBackwards";
    if (this.#last === "askClose") values[SPREAD] = this.#distance(values[4]!, values[SPREAD]!);
    this.#keep();
    return null;
  }

  /** Ask less bid, without the noise a difference of doubles leaves behind the last digit. */
  #distance(bid: number, ask: number): number {
    const points = 10 ** this.#rowDecimals;
    return Math.round((ask - bid) * points) / points;
  }

  #keep(): void {
    const columns = this.#batch.open;
    const values = this.#values;
    const next = this.#batch.next;
    for (let i = 0; i < columns.length; i++) columns[i]![next] = values[i]!;
    this.#batch.keep();
    if (isOdd(values)) this.#tally.oddRows++;
    if (this.#rowDecimals > this.#decimals) this.#decimals = this.#rowDecimals;
    this.#tally.good(values[0]!);
  }
}

function numberFault(value: number): BadReason {
  return value === MISSING ? "shortRow" : "badPrice";
}

function isOdd([, open, high, low, close]: Float64Array): boolean {
  return Math.min(open!, close!) < low! || Math.max(open!, close!) > high!;
}

function toBatch([openedAtMs, open, high, low, close, spread]: Float64Array[]): CandleBatch {
  return {
    openedAtMs: openedAtMs!,
    open: open!,
    high: high!,
    low: low!,
    close: close!,
    spread: spread ?? null,
  };
}
