/**
 * Tally: what a reading has seen, row by row.
 *
 * @module
 */
import { LINE_MAX } from "./lines.ts";
import type { BadReason, BadRow } from "./types.ts";

const TEXT_MAX = 80;
const HASH = 35;
const latin = new TextDecoder("latin1");

/** Counts rows and bad rows of one reading. */
export class Tally {
  readonly #header: Uint8Array | null;
  readonly #kept: number;
  readonly bad: BadRow[] = [];
  lines = 0;
  rows = 0;
  badRows = 0;
  oddRows = 0;
  firstMs: number | null = null;
  /** Before everything, so that the first row is never a step back. */
  lastMs = -Infinity;

  /**
   * @param header the line that is no row, wherever it stands
   * @param kept bad rows kept in full
   */
  constructor(header: Uint8Array | null, kept: number) {
    this.#header = header;
    this.#kept = kept;
  }

  /** Counts a line; true when it is empty, a `#` comment or the header. */
  idle(bytes: Uint8Array, from: number, end: number): boolean {
    this.lines++;
    if (from >= end || bytes[from] === HASH) return true;
    const header = this.#header;
    return header !== null && bytes[from] === header[0] && same(bytes, from, end, header);
  }

  /** Counts a row that is handed out. */
  good(atMs: number): void {
    this.rows++;
    this.firstMs ??= atMs;
    this.lastMs = atMs;
  }

  /** Counts a row that is left out, and keeps it while there is room. */
  refuse(reason: BadReason, bytes: Uint8Array, from: number, end: number): void {
    this.badRows++;
    if (this.bad.length >= this.#kept) return;
    const text = latin.decode(bytes.subarray(from, Math.min(end, from + TEXT_MAX)));
    this.bad.push({ line: this.lines, reason, text });
  }

  /** Counts a line that is too long to be a row. */
  refuseLong(bytes: Uint8Array, from: number): void {
    this.lines++;
    this.refuse("longRow", bytes, from, from + LINE_MAX);
  }
}

/** Whether the bytes from `from` to `end` are those of `other`. */
export function same(bytes: Uint8Array, from: number, end: number, other: Uint8Array): boolean {
  if (end - from !== other.length) return false;
  for (let i = 0; i < other.length; i++) if (bytes[from + i] !== other[i]) return false;
  return true;
}
