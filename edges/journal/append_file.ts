/**
 * Append file: a file of whole lines that is written at its end only, and mended at open.
 *
 * @module
 */

const NEWLINE = 10;
const CHUNK = 65_536;
const encoder = new TextEncoder();

/** An open file of lines. A failed append leaves it as it was. */
export class AppendFile {
  readonly #file: Deno.FsFile;
  #length: number;
  #torn = false;

  /** Opens or makes a file, readable by its owner alone, and cuts what stands behind its last newline. */
  constructor(readonly path: string) {
    this.#file = Deno.openSync(path, { read: true, write: true, create: true, mode: 0o600 });
    this.#length = this.#file.statSync().size;
    const whole = wholeLength(this.#file, this.#length);
    if (whole < this.#length) this.cut(whole);
  }

  /** Bytes of whole lines. */
  get length(): number {
    return this.#length;
  }

  /**
   * Writes text that ends with a newline; handed to the operating system when it returns, durable after `sync`.
   *
   * @throws {Error} when the disk said no; nothing was added
   */
  append(text: string): void {
    if (this.#torn) this.cut(this.#length);
    const bytes = encoder.encode(text);
    this.#torn = true;
    this.#file.seekSync(this.#length, Deno.SeekMode.Start);
    for (let at = 0; at < bytes.length;) at += this.#file.writeSync(bytes.subarray(at));
    this.#torn = false;
    this.#length += bytes.length;
  }

  /** Waits until what was appended survives a power cut. */
  sync(): void {
    this.#file.syncDataSync();
  }

  /** Shortens the file to `length` bytes; when the disk says no, the next append tries again. */
  cut(length: number): void {
    this.#length = length;
    this.#torn = true;
    this.#file.truncateSync(length);
    this.#torn = false;
  }

  /** The last whole line and where it begins, or null when there is none. */
  lastLine(): { readonly text: string; readonly start: number } | null {
    if (this.#length === 0) return null;
    const start = wholeLength(this.#file, this.#length - 1);
    return { text: new TextDecoder().decode(readAt(this.#file, start, this.#length - 1)), start };
  }

  close(): void {
    this.#file.close();
  }
}

/** Makes a folder's new and renamed names durable; where a folder cannot be opened (Windows) they already are. */
export function syncFolder(path: string): void {
  if (Deno.build.os === "windows") return;
  const folder = Deno.openSync(path, { read: true });
  try {
    folder.syncSync();
  } finally {
    folder.close();
  }
}

/** Where the byte after the last newline before `end` stands. */
function wholeLength(file: Deno.FsFile, end: number): number {
  for (let to = end; to > 0; to = Math.max(0, to - CHUNK)) {
    const from = Math.max(0, to - CHUNK);
    const found = readAt(file, from, to).lastIndexOf(NEWLINE);
    if (found >= 0) return from + found + 1;
  }
  return 0;
}

function readAt(file: Deno.FsFile, from: number, to: number): Uint8Array {
  const bytes = new Uint8Array(to - from);
  file.seekSync(from, Deno.SeekMode.Start);
  let at = 0;
  while (at < bytes.length) {
    const count = file.readSync(bytes.subarray(at));
    if (count === null) break;
    at += count;
  }
  return bytes.subarray(0, at);
}
