/**
 * Lines: cuts chunks of bytes into lines, in place, whatever the size of the file.
 *
 * @module
 */

const LF = 10;
const CR = 13;

/** Longer than any row of any format; a line beyond it is not kept in memory. */
export const LINE_MAX = 4_096;

/** Hears each line: bytes `from` to `end` (without CR LF), valid during the call. */
export interface LineHearer {
  /** @param ended false for a last line without a line end */
  line(bytes: Uint8Array, from: number, end: number, ended: boolean): void;
  /** A line of more than {@link LINE_MAX} bytes, of which only the beginning is here. */
  longLine(bytes: Uint8Array, from: number, end: number): void;
}

/** Feeds chunks to a hearer line by line. */
export class Lines {
  readonly #hearer: LineHearer;
  /** The beginning of a line whose end is in a later chunk. */
  #carry: Uint8Array = new Uint8Array(0);
  /** Whether the line of the carry is already told as too long. */
  #dropping = false;

  constructor(hearer: LineHearer) {
    this.#hearer = hearer;
  }

  /** Takes the next bytes. */
  push(chunk: Uint8Array): void {
    let from = this.#finishCarried(chunk);
    if (from < 0) return;
    for (let to = chunk.indexOf(LF, from); to >= 0; to = chunk.indexOf(LF, from)) {
      this.#tell(chunk, from, to, true);
      from = to + 1;
    }
    this.#keep(chunk.subarray(from));
  }

  /** Tells the last line, when it has no end. */
  finish(): void {
    if (this.#carry.length > 0) this.#tell(this.#carry, 0, this.#carry.length, false);
    this.#carry = new Uint8Array(0);
  }

  /** Where the first line that begins in this chunk begins, or -1 when none does. */
  #finishCarried(chunk: Uint8Array): number {
    if (this.#carry.length === 0 && !this.#dropping) return 0;
    const to = chunk.indexOf(LF);
    this.#keep(chunk.subarray(0, to < 0 ? chunk.length : to));
    if (to < 0) return -1;
    if (!this.#dropping) this.#tell(this.#carry, 0, this.#carry.length, true);
    this.#carry = new Uint8Array(0);
    this.#dropping = false;
    return to + 1;
  }

  /** Adds to the carry; a line that grows too long is told at once and dropped to its end. */
  #keep(rest: Uint8Array): void {
    if (this.#dropping) return;
    const line = new Uint8Array(this.#carry.length + rest.length);
    line.set(this.#carry);
    line.set(rest, this.#carry.length);
    this.#carry = line;
    if (line.length <= LINE_MAX) return;
    this.#hearer.longLine(line, 0, LINE_MAX);
    this.#carry = new Uint8Array(0);
    this.#dropping = true;
  }

  #tell(bytes: Uint8Array, from: number, to: number, ended: boolean): void {
    const end = to > from && bytes[to - 1] === CR ? to - 1 : to;
    if (end - from > LINE_MAX) this.#hearer.longLine(bytes, from, from + LINE_MAX);
    else this.#hearer.line(bytes, from, end, ended);
  }
}
