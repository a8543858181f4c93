/**
 * Recognise: which layout a file has, from its first lines and its name.
 *
 * Where each layout is from:
 * - `mt5Ticks`, `mt5Bars`: MetaTrader 5, Symbols > Ticks or Bars > Export: tabs, UTF-8 or UTF-16LE, the broker's server
 *   time; FLAGS 2 bid, 4 ask, 6 both; a side that did not change may be blank. Daily bars have no TIME.
 * - `dukascopyTicks`, `dukascopyCandles`: Dukascopy's historical data export, `Gmt time` (UTC) or `Local time` with
 *   `GMT+0100` behind every stamp; day before month, ask before bid.
 * - `histdataTicks` (`DAT_ASCII_…_T_…`), `histdataBars` (`DAT_ASCII_…_M1_…`), `metatraderBars` (`DAT_MT_…_M1_…`):
 *   HistData.com, EST without daylight saving (UTC-5). MetaTrader 4's own history export has the rows of
 *   `metatraderBars` in server time, so that the clock is only known by HistData's name.
 * - `trueFxTicks`: TrueFX.com monthly files, UTC.
 * - `leanTicks`, `leanBars`: QuantConnect LEAN's `quote` files of tick, second and minute resolution: ms since midnight
 *   of the day in the file's name, in the time of its market (OANDA: UTC; FXCM: UTC-5 all year).
 * - `fxDataTicks`: squideyes/FxData, `MM/DD/YYYY HH:MM:SS.fff,bid,ask`, New York time.
 * - `plainTicks`, `plainCandles`: `timestamp_ms,bid,ask` and `timestamp_ms,open,high,low,close[,…]`, ms since 1970 UTC.
 * - `isoTicks`, `isoCandles`: the same with ISO 8601 stamps, as data frames write them.
 *
 * @module
 */
import type { Column, Layout } from "./layout.ts";
import { serverTimeIn } from "./names.ts";
import type { ServerTime } from "./server_time.ts";
import type { StampShape } from "./stamp.ts";
import type { Format } from "./types.ts";

/** What is known of a format before any file is seen. */
interface Form {
  readonly kind: Layout["kind"];
  readonly stamp: StampShape;
  readonly separator: string;
  /** The columns of a file without a header. */
  readonly columns: readonly Column[];
  readonly serverTime: ServerTime | null;
}

const QUOTE: readonly Column[] = ["stamp", "bid", "ask"];
const OHLC: readonly Column[] = ["stamp", "open", "high", "low", "close"];
const EST: ServerTime = { utcOffsetMinutes: -300 };

const FORMS: Readonly<Record<Format, Form>> = {
  mt5Ticks: form("ticks", "ymd", "\t", QUOTE, null),
  mt5Bars: form("candles", "ymd", "\t", [...OHLC, "skip", "skip", "spread"], null),
  dukascopyTicks: form("ticks", "dmy", ",", ["stamp", "ask", "bid"], "utc"),
  dukascopyCandles: form("candles", "dmy", ",", OHLC, "utc"),
  histdataTicks: form("ticks", "ymd", ",", QUOTE, EST),
  histdataBars: form("candles", "ymd", ";", OHLC, EST),
  metatraderBars: form("candles", "ymd", ",", OHLC, null),
  trueFxTicks: form("ticks", "ymd", ",", ["pair", ...QUOTE], "utc"),
  leanTicks: form("ticks", "msOfDay", ",", QUOTE, null),
  leanBars: form("candles", "msOfDay", ",", [...OHLC, "skip", "skip", "skip", "skip", "askClose"], null),
  fxDataTicks: form("ticks", "mdy", ",", QUOTE, null),
  plainTicks: form("ticks", "epochMs", ",", QUOTE, "utc"),
  plainCandles: form("candles", "epochMs", ",", OHLC, "utc"),
  isoTicks: form("ticks", "ymd", ",", QUOTE, null),
  isoCandles: form("candles", "ymd", ",", OHLC, null),
};

/** Formats without a header, by the look of their first row. */
const BARE: readonly (readonly [Format, RegExp])[] = [
  ["trueFxTicks", /^[A-Z]{3}\/[A-Z]{3},\d{8} \d\d:\d\d:\d\d\.\d{3},/],
  ["histdataTicks", /^\d{8} \d{9},/],
  ["histdataBars", /^\d{8} \d{6};/],
  ["metatraderBars", /^\d{4}\.\d\d\.\d\d,\d\d:\d\d,/],
  ["fxDataTicks", /^\d\d\/\d\d\/\d{4} \d\d:\d\d:\d\d\.\d{3},[\d.]+,[\d.]+$/],
  ["leanTicks", /^\d{1,8}(\.\d+)?,[\d.]+,[\d.]+$/],
  ["leanBars", /^\d{1,8},([\d.]+,){9}[\d.]+$/],
  ["plainTicks", /^\d{12,13},[\d.]+,[\d.]+$/],
  ["plainCandles", /^\d{12,13},([\d.]+,){3}[\d.]+(,[\d.]*)?$/],
];

/** What header names mean, in small letters and without brackets. */
const MEANING: Readonly<Record<string, Column>> = {
  "gmt time": "stamp",
  "local time": "stamp",
  date: "stamp",
  time: "stamp",
  datetime: "stamp",
  timestamp: "stamp",
  timestamp_ms: "stamp",
  bid: "bid",
  ask: "ask",
  open: "open",
  high: "high",
  low: "low",
  close: "close",
  spread: "spread",
};

/**
 * Names the format of a file from its beginning (some lines of text; UTF-16 already narrowed to bytes) and its name,
 * or null when it is none of ours.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { recognise } from "./recognise.ts";
 *
 * const sample = new TextEncoder().encode("20140506 070000100,1.393750,1.393860,0\n");
 *
 * assert.equal(recognise(sample, "DAT_ASCII_EURUSD_T_201405.csv"), "histdataTicks");
 * ```
 */
export function recognise(sample: Uint8Array, fileName: string): Format | null {
  return layoutOf(sample, fileName)?.format ?? null;
}

/** The layout of a file, recognised or of the format that was told; null when it is none of ours. */
export function layoutOf(sample: Uint8Array, fileName: string, told?: Format): Layout | null {
  const [first = "", second = ""] = firstLines(sample);
  const header = isHeader(first) ? first : null;
  const format = told ?? (header === null ? bareFormat(first) : headedFormat(header, second));
  if (format === null) return null;
  const form = FORMS[format];
  const bare = { ...form, format, separator: form.separator.charCodeAt(0), header: null };
  const serverTime = form.serverTime ?? serverTimeIn(fileName, format);
  return { ...bare, serverTime, ...(header === null ? {} : headed(header, form)) };
}

function form(
  kind: Form["kind"],
  stamp: StampShape,
  separator: string,
  columns: readonly Column[],
  serverTime: ServerTime | null,
): Form {
  return { kind, stamp, separator, columns, serverTime };
}

/** The first two lines that are neither empty nor a comment. */
function firstLines(sample: Uint8Array): string[] {
  const text = new TextDecoder("latin1").decode(sample.subarray(0, 8_192));
  return text.split(/\r?\n/).filter((line) => line !== "" && !line.startsWith("#")).slice(0, 2);
}

function isHeader(line: string): boolean {
  return namesIn(line).some((name) => MEANING[name] !== undefined);
}

/** The names of a header, in small letters. MT5 puts its own in angle brackets. */
function namesIn(header: string): string[] {
  return header.split(/[\t,;]/).map((name) => name.trim().replace(/^<(.*)>$/, "$1").toLowerCase());
}

function bareFormat(row: string): Format | null {
  return BARE.find(([, look]) => look.test(row))?.[0] ?? null;
}

function headedFormat(header: string, row: string): Format | null {
  const names = namesIn(header);
  const hasAll = (...wanted: string[]): boolean => wanted.every((each) => names.includes(each));
  const isTicks = hasAll("bid", "ask");
  if (!isTicks && !hasAll("open", "high", "low", "close")) return null;
  if (header.startsWith("<DATE>")) return isTicks ? "mt5Ticks" : "mt5Bars";
  if (names[0] === "gmt time" || names[0] === "local time") {
    return isTicks ? "dukascopyTicks" : "dukascopyCandles";
  }
  if (/^\d{12,13}(\.\d*)?[\t,;]/.test(row)) return isTicks ? "plainTicks" : "plainCandles";
  if (/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(row)) return isTicks ? "isoTicks" : "isoCandles";
  return null;
}

/** What a header says better than the format: the separator and the order of the columns. */
function headed(header: string, form: Form): Partial<Layout> {
  const names = namesIn(header);
  const separator = /[\t,;]/.exec(header)?.[0] ?? form.separator;
  const dated = names[0] === "date";
  const inTwo = dated && names[1] === "time";
  const columns = names.map((name): Column => MEANING[name] ?? "skip");
  return {
    separator: separator.charCodeAt(0),
    header: new TextEncoder().encode(header),
    columns: inTwo ? columns.toSpliced(1, 1) : columns,
    ...(dated && !inTwo ? { stamp: "day" } : {}),
  };
}
