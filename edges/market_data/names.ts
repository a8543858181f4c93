/**
 * Names: what a file's path says about symbol, timeframe, side, day and clock.
 *
 * @module
 */
import { type SymbolName, symbolName } from "../../protocols/units.ts";
import type { ServerTime } from "./server_time.ts";
import type { Format } from "./types.ts";

/** ISO 4217 codes of traded currencies and metals; a symbol is two of them. */
const CODES = new Set(
  ("USD EUR GBP JPY CHF AUD NZD CAD CNH SEK NOK DKK MXN ZAR TRY SGD HKD PLN HUF CZK THB ILS RUB CNY INR BRL " +
    "XAU XAG XPT XPD").split(" "),
);
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: MINUTE_MS,
  h: 60 * MINUTE_MS,
  d: DAY_MS,
  w: 7 * DAY_MS,
};
const WORD_MS: Readonly<Record<string, number>> = {
  second: 1_000,
  minute: MINUTE_MS,
  daily: DAY_MS,
  weekly: 7 * DAY_MS,
};

/** The last part of a path, without folders. */
function baseName(path: string): string {
  return path.split(/[/\\]/).at(-1)!;
}

/**
 * The symbol a path names: the pair of currencies nearest to its end, or what MT5 and LEAN write in its place (an
 * index, `US30`); null when it names none. A broker's suffix after a pair is left out.
 */
export function symbolIn(path: string, format: Format): SymbolName | null {
  const words = path.split(/[/\\]/).reverse().flatMap((part) => part.split(/[^A-Za-z]+/));
  const pair = words.map((word) => word.slice(0, 6).toUpperCase()).find(isPair);
  if (pair !== undefined) return symbolName(pair);
  const base = baseName(path);
  if (format.startsWith("mt5")) return named(/^([A-Za-z0-9.#&-]+?)_(?:[A-Z]|\d)/.exec(base)?.[1]);
  if (format.startsWith("lean")) return named(/^\d{8}_([a-z0-9]+)_/.exec(base)?.[1]?.toUpperCase());
  return null;
}

/** Whether a word is two currencies, as `EURUSD`. */
export function isPair(word: string): boolean {
  return word.length === 6 && CODES.has(word.slice(0, 3)) && CODES.has(word.slice(3));
}

function named(found: string | undefined): SymbolName | null {
  return found === undefined ? null : symbolName(found);
}

/** Length of a candle in ms, as the file's name says it: `M1`, `5m`, `H4`, `1_M`, `Daily`, `minute`; or null. */
export function timeframeIn(path: string): number | null {
  const base = baseName(path);
  const [, count, unit] = /_Candlestick_(\d+)_([smhd])/i.exec(base) ?? /[_-](\d+)([smhd])[_.-]/.exec(base) ??
    [];
  if (count !== undefined) return Number(count) * UNIT_MS[unit!.toLowerCase()]!;
  const [, letter, number] = /[_-]([MHDW])(\d+)(?=[_.-]|$)/i.exec(base) ?? [];
  if (letter !== undefined) return Number(number) * UNIT_MS[letter.toLowerCase()]!;
  const word = /[_-](second|minute|daily|weekly)[_.-]/i.exec(base)?.[1];
  return word === undefined ? null : WORD_MS[word.toLowerCase()]!;
}

/** Whose prices candles are: MT5, HistData and MetaTrader charts are of the bid; Dukascopy names the side. */
export function sideIn(path: string, format: Format): "bid" | "ask" | null {
  const side = /[_-](bid|ask)(?=[_.-]|$)/i.exec(baseName(path))?.[1]?.toLowerCase();
  if (side === "bid" || side === "ask") return side;
  return ["mt5Bars", "histdataBars", "metatraderBars", "leanBars"].includes(format) ? "bid" : null;
}

/** Midnight (as if UTC) of the day a LEAN file is named after, or NaN. */
export function dayIn(path: string): number {
  const [, year, month, day] = /(?:^|[/\\])(\d{4})(\d{2})(\d{2})_/.exec(path) ?? [];
  const ms = Date.UTC(Number(year), Number(month) - 1, Number(day));
  return new Date(ms).getUTCDate() === Number(day) ? ms : NaN;
}

/** The clock a path tells of, where its format leaves it open; null when it does not. */
export function serverTimeIn(path: string, format: Format): ServerTime | null {
  if (format === "metatraderBars" && baseName(path).startsWith("DAT_MT_")) return { utcOffsetMinutes: -300 };
  if (format === "fxDataTicks" && /_NYC[_.]/.test(baseName(path))) return "newYork";
  if (!format.startsWith("lean")) return null;
  const market = /[/\\](oanda|fxcm)[/\\]/.exec(path)?.[1];
  if (market === undefined) return null;
  return market === "oanda" ? "utc" : { utcOffsetMinutes: -300 };
}
