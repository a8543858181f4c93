/**
 * Calendar: when the market is open, by New York time, and which session of the day it is.
 *
 * The currency week runs from Sunday 17:00 to Friday 17:00 New York; gold and silver also rest each day from
 * 17:00 to 18:00. Holidays are not listed: on them no tick comes, and silence is its own gap.
 *
 * @module
 */
import type { Session } from "../protocols/signal.ts";
import { type SymbolName, symbolName } from "../protocols/units.ts";

/** A stretch of market time, UTC ms: from `fromMs` up to, but not including, `toMs`. */
export interface Interval {
  readonly fromMs: number;
  readonly toMs: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;
/** 1970-01-01 was a Thursday: the first Sunday lay three days on. */
const FIRST_SUNDAY_MS = 3 * DAY_MS;
const CLOSE_HOUR_MS = 17 * HOUR_MS;
const PAUSE_END_MS = 18 * HOUR_MS;
const FRIDAY_CLOSE_MS = 5 * DAY_MS + CLOSE_HOUR_MS;
const STANDARD_OFFSET_MS = -5 * HOUR_MS;
const SUMMER_OFFSET_MS = -4 * HOUR_MS;
const DAILY_PAUSE: ReadonlySet<string> = new Set(["XAUUSD", "XAGUSD"]);
const CURRENCIES = symbolName("EURUSD");

interface SummerTime {
  readonly yearFromMs: number;
  readonly yearToMs: number;
  readonly fromMs: number;
  readonly toMs: number;
}

function nthSunday(year: number, month: number, nth: number): number {
  const first = Date.UTC(year, month, 1);
  const weekday = new Date(first).getUTCDay();
  return first + ((7 - weekday) % 7 + 7 * (nth - 1)) * DAY_MS;
}

/** 15 U.S.C. 260a as amended in 2005, in force since 2007: second Sunday of March to first Sunday of November, 02:00 local. */
function summerTimeOf(year: number): SummerTime {
  return {
    yearFromMs: Date.UTC(year, 0, 1),
    yearToMs: Date.UTC(year + 1, 0, 1),
    fromMs: nthSunday(year, 2, 2) + 2 * HOUR_MS - STANDARD_OFFSET_MS,
    toMs: nthSunday(year, 10, 1) + 2 * HOUR_MS - SUMMER_OFFSET_MS,
  };
}

// The rule of the year asked for last: ticks come in order of time, and `Intl` costs microseconds per call.
let rule = summerTimeOf(2026);

/**
 * New York time minus UTC at a moment, ms: −4 h in summer, −5 h in winter, by the rule in force since 2007.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { newYorkOffsetMs } from "./calendar.ts";
 *
 * assert.equal(newYorkOffsetMs(Date.UTC(2026, 2, 8, 6, 59)), -5 * 3_600_000);
 * assert.equal(newYorkOffsetMs(Date.UTC(2026, 2, 8, 7, 0)), -4 * 3_600_000);
 * ```
 */
export function newYorkOffsetMs(atMs: number): number {
  if (atMs < rule.yearFromMs || atMs >= rule.yearToMs) rule = summerTimeOf(new Date(atMs).getUTCFullYear());
  return atMs >= rule.fromMs && atMs < rule.toMs ? SUMMER_OFFSET_MS : STANDARD_OFFSET_MS;
}

/** Minutes since midnight in New York, 0 to 1,439: 1,020 is the daily roll-over at 17:00. */
export function newYorkMinute(atMs: number): number {
  const local = atMs + newYorkOffsetMs(atMs);
  return Math.floor((((local % DAY_MS) + DAY_MS) % DAY_MS) / 60_000);
}

/** Local New York ms since the Sunday midnight that began the week. */
function localWeekMs(atMs: number): number {
  const local = atMs + newYorkOffsetMs(atMs) - FIRST_SUNDAY_MS;
  return ((local % WEEK_MS) + WEEK_MS) % WEEK_MS;
}

/** UTC of a New York wall time; the hours asked for here never fall into a switch of the clocks. */
function fromLocal(localMs: number): number {
  const guess = localMs - STANDARD_OFFSET_MS;
  return localMs - newYorkOffsetMs(guess);
}

/**
 * True while the market of a symbol is open by the calendar.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { symbolName } from "../protocols/units.ts";
 * import { isOpen } from "./calendar.ts";
 *
 * const fridayInSummer = Date.UTC(2026, 6, 10, 20, 59);
 * assert.equal(isOpen(symbolName("EURUSD"), fridayInSummer), true);
 * assert.equal(isOpen(symbolName("EURUSD"), fridayInSummer + 60_000), false);
 * ```
 */
export function isOpen(symbol: SymbolName, atMs: number): boolean {
  const inWeek = localWeekMs(atMs);
  if (inWeek < CLOSE_HOUR_MS || inWeek >= FRIDAY_CLOSE_MS) return false;
  if (!DAILY_PAUSE.has(symbol)) return true;
  const inDay = inWeek % DAY_MS;
  return inDay < CLOSE_HOUR_MS || inDay >= PAUSE_END_MS;
}

/** The moments, in one local week, at which a symbol's market closes and opens again. */
function closuresOfWeek(symbol: SymbolName, localSundayMs: number): Interval[] {
  const pauses = DAILY_PAUSE.has(symbol) ? [1, 2, 3, 4] : [];
  const rest = pauses.map((day) => ({
    fromMs: fromLocal(localSundayMs + day * DAY_MS + CLOSE_HOUR_MS),
    toMs: fromLocal(localSundayMs + day * DAY_MS + PAUSE_END_MS),
  }));
  const opensAt = DAILY_PAUSE.has(symbol) ? PAUSE_END_MS : CLOSE_HOUR_MS;
  const weekend = {
    fromMs: fromLocal(localSundayMs + FRIDAY_CLOSE_MS),
    toMs: fromLocal(localSundayMs + WEEK_MS + opensAt),
  };
  return [...rest, weekend];
}

function localSunday(atMs: number): number {
  return atMs + newYorkOffsetMs(atMs) - localWeekMs(atMs);
}

/**
 * Every closure that touches `fromMs` to `toMs`, whole, ascending and disjoint; of the currency week unless a
 * symbol is named.
 *
 * @throws {RangeError} when `toMs` is before `fromMs`
 */
export function closedIntervals(fromMs: number, toMs: number, symbol: SymbolName = CURRENCIES): Interval[] {
  if (toMs < fromMs) {
    throw new RangeError(`Cannot list closures as toMs must be >= ${fromMs}: current value is ${toMs}`);
  }
  const found: Interval[] = [];
  for (let sunday = localSunday(fromMs) - WEEK_MS; fromLocal(sunday) < toMs; sunday += WEEK_MS) {
    for (const closure of closuresOfWeek(symbol, sunday)) {
      if (closure.toMs > fromMs && closure.fromMs < toMs) found.push(closure);
    }
  }
  return found;
}

/** True when the market of a symbol was closed at some moment from `fromMs` up to `toMs`. */
export function closedBetween(symbol: SymbolName, fromMs: number, toMs: number): boolean {
  if (!isOpen(symbol, fromMs)) return true;
  return toMs > nextClose(symbol, fromMs);
}

/** The first moment after `atMs` at which an open market of a symbol closes, UTC ms. */
export function nextClose(symbol: SymbolName, atMs: number): number {
  for (let sunday = localSunday(atMs);; sunday += WEEK_MS) {
    const next = closuresOfWeek(symbol, sunday).find((closure) => closure.fromMs > atMs);
    if (next !== undefined) return next.fromMs;
  }
}

/** The first moment after `atMs` at which a closed market of a symbol opens, UTC ms. */
export function nextOpen(symbol: SymbolName, atMs: number): number {
  for (let sunday = localSunday(atMs) - WEEK_MS;; sunday += WEEK_MS) {
    const next = closuresOfWeek(symbol, sunday).find((closure) => closure.toMs > atMs);
    if (next !== undefined) return next.toMs;
  }
}

/** First UTC hour of each session; the whole hour counts, so 07:00 is London and 06:59 is not. */
const SESSION_FROM_HOUR: readonly (readonly [number, Session])[] = [
  [22, "LATE"],
  [17, "NEWYORK"],
  [13, "OVERLAP"],
  [7, "LONDON"],
  [0, "ASIAN"],
];

const SESSION_OF_HOUR: readonly Session[] = Array.from({ length: 24 }, (_, hour) => {
  const found = SESSION_FROM_HOUR.find(([from]) => hour >= from);
  return found === undefined ? "ASIAN" : found[1];
});

/**
 * Session of a moment by its UTC hour: ASIAN 0–6, LONDON 7–12, OVERLAP 13–16, NEWYORK 17–21, LATE 22–23.
 *
 * One table for whoever asks: sessions named differently by maker and reader never match.
 */
export function sessionOf(atMs: number): Session {
  const hour = Math.floor((((atMs % DAY_MS) + DAY_MS) % DAY_MS) / HOUR_MS);
  return SESSION_OF_HOUR[hour] ?? "ASIAN";
}
