/**
 * What a file of recorded market data is, how it is asked for, and what comes out of it.
 *
 * @module
 */
import type { SymbolName } from "../../protocols/units.ts";
import type { ServerTime } from "./server_time.ts";

/** The layouts that can be read; `layouts.ts` names the source of each. */
export const FORMATS = [
  "mt5Ticks",
  "mt5Bars",
  "dukascopyTicks",
  "dukascopyCandles",
  "histdataTicks",
  "histdataBars",
  "metatraderBars",
  "trueFxTicks",
  "leanTicks",
  "leanBars",
  "fxDataTicks",
  "plainTicks",
  "plainCandles",
  "isoTicks",
  "isoCandles",
] as const;

/** One of the layouts that can be read. */
export type Format = typeof FORMATS[number];

/** What the asker knows better than the file; everything told wins over everything found. */
export interface ReadOptions {
  /** Overrides recognition. */
  readonly format?: Format;
  /** The symbol, where the file does not name it or names it otherwise. */
  readonly symbol?: SymbolName;
  /** Whose clock the stamps are of. A stamp that carries its own offset (`Z`, `+00:00`, `GMT+0100`) keeps it. */
  readonly serverTime?: ServerTime;
  /** Length of one candle in ms, where the name does not say it. */
  readonly timeframeMs?: number;
  /** Most rows in one batch; default 8,192. */
  readonly batchRows?: number;
  /** Bad rows kept with line and reason; default 20. All are counted. */
  readonly badRowsKept?: number;
}

/** Ticks in file order; the arrays are as long as the batch, belong to the hearer, and are not used again. */
export interface TickBatch {
  /** UTC ms, whole, never falling, within a batch and between batches. */
  readonly atMs: Float64Array;
  /** Both prices are > 0; the feed may cross them (`ask < bid`). */
  readonly bid: Float64Array;
  readonly ask: Float64Array;
}

/** Candles in file order, as the file has them; the arrays belong to the hearer, and are not used again. */
export interface CandleBatch {
  /** UTC ms, whole, rising. */
  readonly openedAtMs: Float64Array;
  /** Prices are > 0; the source may break `low <= open, close <= high`. */
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  /** Ask over bid in price units as the file states it for each candle, or null when the format has none. */
  readonly spread: Float64Array | null;
}

/** Why a row was left out. */
export type BadReason =
  /** Fewer columns than the layout needs. */
  | "shortRow"
  /** More bytes than any row has; the file is no text. */
  | "longRow"
  /** No time, or one that no calendar has. */
  | "badStamp"
  /** A price that is blank or no plain decimal number > 0. */
  | "badPrice"
  /** A time before the row before; for candles also the same time. */
  | "timeBackwards"
  /** One side is unchanged and was never said before. */
  | "sideUnknown"
  /** Neither side changed: a trade, not a quote. */
  | "noQuote"
  /** A row of another symbol than the file's first. */
  | "otherSymbol"
  /** The last line has no end, and its last price fewer digits than others had. */
  | "truncated";

/** One row that was left out. */
export interface BadRow {
  /** Counted from 1 over every line of the text, headers included. */
  readonly line: number;
  readonly reason: BadReason;
  /** The row's first 80 characters. */
  readonly text: string;
}

/** What a reading has seen so far; complete when its batches have ended. */
export interface Summary {
  readonly format: Format;
  readonly symbol: SymbolName;
  /** Rows handed out. */
  readonly rows: number;
  readonly badRows: number;
  /** The first bad rows, in file order. */
  readonly bad: readonly BadRow[];
  /** Rows handed out although odd: ask below bid, or a candle with open or close outside low..high. */
  readonly oddRows: number;
  /** UTC ms of the first and last row handed out; null when there is none. */
  readonly firstMs: number | null;
  readonly lastMs: number | null;
  /** What ended the reading before the file's end (a torn archive, a failing disk), or null. */
  readonly damage: string | null;
}

interface Reading<Batch> {
  readonly format: Format;
  readonly symbol: SymbolName;
  /** Reads the file from its start; a new call starts over. Bad rows and damage are in the summary, never thrown. */
  batches(): AsyncGenerator<Batch, void>;
  /** The latest reading so far. */
  summary(): Summary;
}

/** A file of ticks. */
export interface TickFile extends Reading<TickBatch> {
  readonly kind: "ticks";
}

/** A file of candles. */
export interface CandleFile extends Reading<CandleBatch> {
  readonly kind: "candles";
  /** Length of one candle in ms; files have M3, H4 and D1 beside the house's timeframes. */
  readonly timeframeMs: number;
  /** Whose prices they are, when the name or the format says it. */
  readonly side: "bid" | "ask" | null;
}

/** Why a file cannot be read at all; each but the first and the last is cured by an option. */
export type RefusalReason =
  | "unreadable"
  | "unknownFormat"
  | "symbolUntold"
  | "serverTimeUntold"
  | "timeframeUntold"
  | "dayUntold"
  | "badArchive";

/** A no, with what to do next. */
export interface Refused {
  readonly kind: "refused";
  readonly reason: RefusalReason;
  readonly detail: string;
}

/** Makes a refusal. */
export function refused(reason: RefusalReason, detail: string): Refused {
  return { kind: "refused", reason, detail };
}
