/**
 * Tick rows: reads lines as ticks.
 *
 * @module
 */
import { Columns } from "./columns.ts";
import type { Column, Layout } from "./layout.ts";
import type { LineHearer } from "./lines.ts";
import { BLANK, MISSING, Row } from "./row.ts";
import { Stamps } from "./stamp.ts";
import { same, type Tally } from "./tally.ts";
import type { BadReason, TickBatch } from "./types.ts";

/** What a reader of rows is made with. */
export interface RowsOptions {
  readonly layout: Layout;
  readonly tally: Tally;
  readonly toUtc: (localMs: number) => number;
  /** Local midnight of the file's day, for layouts that count from it; else NaN. */
  readonly dayMs: number;
  /** Rows in a full batch. */
  readonly batchRows: number;
}

/** Hears lines, hands out batches. */
export interface Rows<Batch> extends LineHearer {
  /** Takes the full batches. */
  takeFull(): Batch[];
  /** Takes what is left at the end. */
  takeRest(): Batch[];
}

/** Cuts the columns behind the last one that is looked at. */
export function wanted(columns: readonly Column[]): readonly Column[] {
  return columns.slice(0, columns.findLastIndex((each) => each !== "skip") + 1);
}

/** Reads lines as ticks. A blank side is the side before: MT5 leaves out what did not change. */
export class TickRows implements Rows<TickBatch> {
  readonly #row: Row;
  readonly #stamps: Stamps;
  readonly #columns: readonly Column[];
  readonly #tally: Tally;
  readonly #batch: Columns;
  #pair: Uint8Array | null = null;
  #bid = BLANK;
  #ask = BLANK;
  /** Most digits behind the point of any price so far. */
  #decimals = 0;
  // The row being read.
  #atMs = NaN;
  #nextBid = BLANK;
  #nextAsk = BLANK;

  constructor({ layout, tally, toUtc, dayMs, batchRows }: RowsOptions) {
    this.#row = new Row(layout.separator);
    this.#stamps = new Stamps(this.#row, layout.stamp, toUtc, dayMs);
    this.#columns = wanted(layout.columns);
    this.#tally = tally;
    this.#batch = new Columns(3, batchRows);
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

  takeFull(): TickBatch[] {
    return this.#batch.takeFull().map(toBatch);
  }

  takeRest(): TickBatch[] {
    return this.#batch.takeRest().map(toBatch);
  }

  #read(): BadReason | null {
    const columns = this.#columns;
    for (let i = 0; i < columns.length; i++) {
      const fault = this.#readColumn(columns[i]!);
      if (fault !== null) return fault;
    }
    return null;
  }

  #readColumn(column: Column): BadReason | null {
    switch (column) {
      case "stamp":
        this.#atMs = this.#stamps.read();
        return Number.isNaN(this.#atMs) ? "badStamp" : null;
      case "bid":
        return priceFault(this.#nextBid = this.#row.number());
      case "ask":
        return priceFault(this.#nextAsk = this.#row.number());
      case "pair":
        return this.#isPair() ? null : "otherSymbol";
      default:
        return this.#row.skip() ? null : "shortRow";
    }
  }

  /** Whether the row is of the same symbol as the first. */
  #isPair(): boolean {
    const { bytes, at, end } = this.#row;
    this.#row.skip();
    const to = Math.min(end, this.#row.at - 1);
    if (this.#pair !== null) return same(bytes, at, to, this.#pair);
    this.#pair = bytes.slice(at, to);
    return true;
  }

  /** A line without an end is whole when its last price has as many digits as prices have in this file. */
  #tornFault(): BadReason | null {
    if (this.#row.at <= this.#row.end) return null;
    const last = this.#columns.at(-1) === "bid" ? this.#nextBid : this.#nextAsk;
    return last === BLANK || this.#row.decimals < this.#decimals ? "truncated" : null;
  }

  /** Fills the blank side and keeps the tick. */
  #settle(): BadReason | null {
    const [bid, ask] = [this.#nextBid, this.#nextAsk];
    if (bid === BLANK && ask === BLANK) return "noQuote";
    if (this.#atMs < this.#tally.lastMs) return "timeBackwards";
    if (bid !== BLANK) this.#bid = bid;
    if (ask !== BLANK) this.#ask = ask;
    if (this.#bid === BLANK || this.#ask === BLANK) return "sideUnknown";
    this.#keep();
    return null;
  }

  #keep(): void {
    const [atMs, bid, ask] = this.#batch.open;
    const next = this.#batch.next;
    atMs![next] = this.#atMs;
    bid![next] = this.#bid;
    ask![next] = this.#ask;
    this.#batch.keep();
    if (this.#ask < this.#bid) this.#tally.oddRows++;
    if (this.#row.decimals > this.#decimals) this.#decimals = this.#row.decimals;
    this.#tally.good(this.#atMs);
  }
}

function priceFault(value: number): BadReason | null {
  if (value > 0 || value === BLANK) return null;
  return value === MISSING ? "shortRow" : "badPrice";
}

function toBatch([atMs, bid, ask]: Float64Array[]): TickBatch {
  return { atMs: atMs!, bid: bid!, ask: ask! };
}
