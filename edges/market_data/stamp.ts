/**
 * Stamps: the times of a row, in every spelling the formats use.
 *
 * @module
 */
import type { Row } from "./row.ts";

/**
 * How a format spells its times.
 *
 * - `epochMs`: ms since 1970-01-01 UTC; `msOfDay`: ms since midnight of the file's day; both may have a fraction.
 * - `ymd`, `dmy`, `mdy`: a date in that order and a time of day, with or without punctuation, down to the ms and
 *   beyond; what stands between date and time may be the row's separator.
 * - `day`: a date in the order year, month, day alone.
 */
export type StampShape = "epochMs" | "msOfDay" | "ymd" | "dmy" | "mdy" | "day";

const ZERO = 48;
const SPACE = 32;
const PLUS = 43;
const MINUS = 45;
const POINT = 46;
const SLASH = 47;
const COLON = 58;
const UPPER_G = 71;
const UPPER_Z = 90;
const DAY_MS = 86_400_000;
const YEAR_MIN = 1970;
const YEAR_MAX = 2200;

/** Reads stamps to UTC ms, cut to the whole ms. */
export class Stamps {
  readonly #row: Row;
  readonly #shape: StampShape;
  readonly #toUtc: (localMs: number) => number;
  readonly #dayMs: number;
  #dateKey = -1;
  #dateMs = NaN;

  /** @param dayMs local midnight of the file's day, for `msOfDay` */
  constructor(row: Row, shape: StampShape, toUtc: (localMs: number) => number, dayMs: number) {
    this.#row = row;
    this.#shape = shape;
    this.#toUtc = toUtc;
    this.#dayMs = dayMs;
  }

  /** Reads the stamp at the row's cursor and steps past it; NaN when it is none. */
  read(): number {
    if (this.#shape === "epochMs") return this.#epoch();
    if (this.#shape === "msOfDay") return this.#ofDay();
    const date = this.#date();
    if (this.#shape === "day") return this.#leave(this.#toUtc(date));
    const local = date + this.#time();
    const offset = this.#offsetMs();
    return this.#leave(offset === null ? this.#toUtc(local) : local - offset);
  }

  #epoch(): number {
    const ms = Math.floor(this.#row.number());
    return ms > 0 && ms < (YEAR_MAX - YEAR_MIN) * 366 * DAY_MS ? ms : NaN;
  }

  #ofDay(): number {
    const ms = this.#row.number();
    return ms >= 0 && ms < DAY_MS ? this.#toUtc(this.#dayMs + Math.floor(ms)) : NaN;
  }

  /** Local midnight of the date at the cursor. */
  #date(): number {
    const shape = this.#shape;
    const first = this.#digits(shape === "dmy" || shape === "mdy" ? 2 : 4);
    this.#punctuation();
    const second = this.#digits(2);
    this.#punctuation();
    if (shape === "dmy") return this.#midnight(this.#digits(4), second, first);
    if (shape === "mdy") return this.#midnight(this.#digits(4), first, second);
    return this.#midnight(first, second, this.#digits(2));
  }

  /** Successive rows are mostly of one day: it is looked up once. */
  #midnight(year: number, month: number, day: number): number {
    const key = (year * 16 + month) * 32 + day;
    if (key === this.#dateKey) return this.#dateMs;
    const inRange = year >= YEAR_MIN && year <= YEAR_MAX && month >= 1 && month <= 12 && day >= 1 &&
      day <= 31;
    const ms = inRange ? Date.UTC(year, month - 1, day) : NaN;
    this.#dateKey = inRange ? key : -1;
    return this.#dateMs = new Date(ms).getUTCDate() === day ? ms : NaN;
  }

  /** Ms since midnight: hours, minutes, and where given seconds and their fraction. */
  #time(): number {
    this.#row.at++;
    const hour = this.#digits(2);
    this.#colon();
    const minute = this.#digits(2);
    this.#colon();
    const second = this.#isDigit() ? this.#digits(2) : 0;
    const ms = this.#fractionMs();
    return hour < 24 && minute < 60 && second < 60 ? ((hour * 60 + minute) * 60 + second) * 1_000 + ms : NaN;
  }

  /** A fraction of a second, behind a point or without one, cut to the ms. */
  #fractionMs(): number {
    const row = this.#row;
    if (row.at < row.end && row.bytes[row.at] === POINT) row.at++;
    let ms = 0;
    let worth = 100;
    for (; this.#isDigit(); row.at++, worth /= 10) if (worth >= 1) ms += (row.bytes[row.at]! - ZERO) * worth;
    return ms;
  }

  /** The offset a stamp carries (`Z`, `+00:00`, `GMT+0100`), or null; NaN when it is broken. */
  #offsetMs(): number | null {
    const row = this.#row;
    if (row.at >= row.end || row.bytes[row.at] === row.separator) return null;
    if (row.bytes[row.at] === SPACE) row.at++;
    if (row.bytes[row.at] === UPPER_G) row.at += 3;
    if (row.bytes[row.at] === UPPER_Z) return row.at++, 0;
    const sign = row.bytes[row.at++];
    if (sign !== PLUS && sign !== MINUS) return NaN;
    const hours = this.#digits(2);
    this.#colon();
    return (sign === PLUS ? 60_000 : -60_000) * (hours * 60 + this.#digits(2));
  }

  #isDigit(): boolean {
    const { bytes, at, end } = this.#row;
    return at < end && bytes[at]! >= ZERO && bytes[at]! <= ZERO + 9;
  }

  /** Exactly so many digits as a whole number, or NaN. */
  #digits(count: number): number {
    const row = this.#row;
    const { bytes } = row;
    const until = row.at + count;
    if (until > row.end) return NaN;
    let value = 0;
    for (let at = row.at; at < until; at++) {
      const digit = bytes[at]! - ZERO;
      if (digit < 0 || digit > 9) return NaN;
      value = value * 10 + digit;
    }
    row.at = until;
    return value;
  }

  /** Steps over what may stand between the parts of a date. */
  #punctuation(): void {
    const row = this.#row;
    if (row.at >= row.end) return;
    const byte = row.bytes[row.at]!;
    if (byte === POINT || byte === MINUS || byte === SLASH) row.at++;
  }

  /** Nothing but a colon: a minus behind the minutes begins an offset. */
  #colon(): void {
    const row = this.#row;
    if (row.at < row.end && row.bytes[row.at] === COLON) row.at++;
  }

  /** Steps past the separator; a stamp with anything behind it is none. */
  #leave(ms: number): number {
    const row = this.#row;
    if (row.at < row.end && row.bytes[row.at] !== row.separator) return row.skip(), NaN;
    row.at++;
    return ms;
  }
}
