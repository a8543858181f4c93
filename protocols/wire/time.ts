/**
 * Broker time: read as if it were UTC, the broker's zone still in it.
 *
 * @module
 */

/** First and last plausible ms: the years 2000 to 2100. */
export const TIME_MIN_MS: number = Date.UTC(2000, 0, 1);
export const TIME_MAX_MS: number = Date.UTC(2101, 0, 1) - 1;

const ZERO = 48;
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const STAMP_LENGTH = "YYYY.MM.DD HH:MM:SS".length;

/**
 * Reads `YYYY.MM.DD HH:MM:SS`, or epoch seconds quoted or not, as ms.
 *
 * The text has passed `TimeField`: only the ranges of its parts are open. NaN when they name no moment, as the
 * 30th of February.
 */
export function brokerTimeMs(value: string | number): number {
  if (typeof value === "number" || value.length < STAMP_LENGTH) return Number(value) * 1000;
  const month = two(value, 5);
  const day = two(value, 8);
  const hour = two(value, 11);
  const minute = two(value, 14);
  const second = two(value, 17);
  if (hour > 23 || minute > 59 || second > 59) return NaN;
  const year = two(value, 0) * 100 + two(value, 2);
  if (!isDay(year, month, day)) return NaN;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

function two(text: string, at: number): number {
  return (text.charCodeAt(at) - ZERO) * 10 + text.charCodeAt(at + 1) - ZERO;
}

function isDay(year: number, month: number, day: number): boolean {
  if (day < 1 || day > (DAYS[month - 1] ?? 0)) return false;
  return month !== 2 || day < 29 || (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0));
}
