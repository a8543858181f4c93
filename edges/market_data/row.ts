/**
 * Row: the fields of one line, read from its bytes without making strings.
 *
 * Splitting lines into strings costs several times what reading them costs; this is why there is a hand-made reader.
 *
 * @module
 */

/** A field with nothing in it. */
export const BLANK = -1;
/** No such field: the row ended before it. */
export const MISSING = -2;

const POINT = 46;
const ZERO = 48;
const NINE = 57;
/** So many digits a double holds, and so the one division by a power of ten is rounded right. */
const EXACT_DIGITS = 15;
const TENS = Float64Array.from({ length: EXACT_DIGITS + 1 }, (_, power) => 10 ** power);
const latin = new TextDecoder("latin1");

/** A cursor over one line after the other. */
export class Row {
  bytes: Uint8Array = new Uint8Array(0);
  /** Where the next field begins; past `end` when there is none. */
  at = 0;
  /** Where the line ends, without CR and LF. */
  end = 0;
  /** Digits behind the point of the number read last. */
  decimals = 0;

  /** @param separator the byte between two fields */
  constructor(readonly separator: number) {}

  /** Takes the next line. */
  open(bytes: Uint8Array, from: number, end: number): void {
    this.bytes = bytes;
    this.at = from;
    this.end = end;
  }

  /**
   * Reads a field as a plain decimal number >= 0, to the same double as `Number` reads it, and steps past it.
   * {@link BLANK}, {@link MISSING}, or NaN when it is no number.
   */
  number(): number {
    const { bytes, end, separator } = this;
    let at = this.at;
    if (at > end) return MISSING;
    const from = at;
    let mantissa = 0;
    let point = -1;
    for (; at < end; at++) {
      const byte = bytes[at]!;
      if (byte >= ZERO && byte <= NINE) mantissa = mantissa * 10 + (byte - ZERO);
      else if (byte === POINT && point < 0) point = at;
      else if (byte === separator) break;
      else return this.#notNumber();
    }
    const digits = at - from - (point < 0 ? 0 : 1);
    if (digits > EXACT_DIGITS) return this.#long(from);
    this.at = at + 1;
    this.decimals = point < 0 ? 0 : at - point - 1;
    if (digits === 0) return at === from ? BLANK : NaN;
    return mantissa / TENS[this.decimals]!;
  }

  /** Steps past a field; false when there is none. */
  skip(): boolean {
    if (this.at > this.end) return false;
    const next = this.bytes.indexOf(this.separator, this.at);
    this.at = next < 0 || next >= this.end ? this.end + 1 : next + 1;
    return true;
  }

  /** The text between two places, each byte one character. */
  text(from: number, to: number): string {
    return latin.decode(this.bytes.subarray(from, to));
  }

  #notNumber(): number {
    this.skip();
    return NaN;
  }

  /** A number of more digits than a double holds is rare, and rounded by the machine's own reader. */
  #long(from: number): number {
    this.at = from;
    this.skip();
    const text = this.text(from, this.at - 1);
    this.decimals = text.includes(".") ? text.length - 1 - text.indexOf(".") : 0;
    return /^\d*\.?\d+$|^\d+\.$/.test(text) ? Number(text) : NaN;
  }
}
