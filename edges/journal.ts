/**
 * Line journal: JSON objects, one per line, in a file that begins anew each UTC day.
 *
 * The cursor lies in the lines themselves: each bears the `seq` of the event it tells of, so what the file says
 * is what was written, in one sync, and a copied or restored file still knows its place. (A cursor in a file of
 * its own needs two syncs that a crash can part, and doubles or loses lines once it strays from its journal.)
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import type { LineJournal } from "../protocols/ports.ts";
import { AppendFile, syncFolder } from "./journal/append_file.ts";

export { openTickHistory, type TickHistoryOptions } from "./journal/tick_history.ts";

/** Where the lines go. */
export interface LineJournalOptions {
  /** Today's file, such as `data/comprehensive_tracking.jsonl`; older days lie beside it under their date. */
  readonly path: string;
}

/** What the journal reads of a line of its own. */
interface Mark {
  /** Rises from line to line. */
  readonly seq: number | null;
  /** UTC day, `2026-07-07`; of `timestamp`, epoch seconds. */
  readonly day: string | null;
}

/**
 * Opens the journal and cuts off what a crash left of a line.
 *
 * Lines must be JSON objects with `seq`, an integer that rises up to the cursor, and `timestamp`, epoch seconds.
 * A cursor beyond the last line's `seq` is forgotten by a crash: what lies between has no lines to double.
 */
export function openLineJournal(options: LineJournalOptions): LineJournal {
  return new FileJournal(options.path);
}

class FileJournal implements LineJournal {
  readonly #path: string;
  /** Null after a rotation that the disk refused half-way: the next append opens it again. */
  #file: AppendFile | null = null;
  #cursor: number;
  /** The day whose lines stand in the current file; null while it is empty. */
  #day: string | null;

  constructor(path: string) {
    this.#path = path;
    Deno.mkdirSync(dirname(path), { recursive: true });
    const mark = lastMark(this.#current());
    this.#day = mark?.day ?? null;
    this.#cursor = mark?.seq ?? newestArchivedSeq(path);
  }

  /** @throws {Error} when a line has no place in the journal, or the disk said no; then nothing was added */
  append(lines: readonly string[], cursor: number, atMs: number): void {
    if (lines.length > 0) {
      requireMarks(lines, this.#cursor, cursor);
      this.#rotate(dayOf(atMs));
      this.#write(lines.map((line) => line + "\n").join(""));
    }
    this.#cursor = Math.max(this.#cursor, cursor);
  }

  cursor(): number {
    return this.#cursor;
  }

  close(): void {
    this.#file?.close();
    this.#file = null;
  }

  #write(text: string): void {
    const file = this.#current();
    const before = file.length;
    file.append(text);
    try {
      file.sync();
    } catch (error) {
      file.cut(before);
      throw error;
    }
  }

  /** A day that lies before the current one stays in its file: the order of the lines outweighs their date. */
  #rotate(day: string): void {
    if (this.#day !== null && day <= this.#day) return;
    if (this.#day !== null) {
      this.close();
      Deno.renameSync(this.#path, freeName(this.#path, this.#day));
    }
    this.#day = day;
  }

  #current(): AppendFile {
    if (this.#file !== null) return this.#file;
    this.#file = new AppendFile(this.#path);
    syncFolder(dirname(this.#path));
    return this.#file;
  }
}

/** The mark of the last line that is JSON; lines behind it that are not (zeros of a power cut) are cut off. */
function lastMark(file: AppendFile): Mark | null {
  for (let line = file.lastLine(); line !== null; line = file.lastLine()) {
    const mark = markOf(line.text);
    if (mark !== null) return mark;
    file.cut(line.start);
  }
  return null;
}

function markOf(line: string): Mark | null {
  try {
    const { seq, timestamp } = JSON.parse(line) as { seq?: unknown; timestamp?: unknown };
    return {
      seq: Number.isSafeInteger(seq) ? seq as number : null,
      day: typeof timestamp === "number" ? dayOf(timestamp * 1000) : null,
    };
  } catch {
    return null;
  }
}

/** After a rotation that a crash cut short, or before the day's first line, the older files know the place. */
function newestArchivedSeq(path: string): number {
  const seqs = archives(path).map((name) => {
    const file = new AppendFile(join(dirname(path), name));
    const seq = lastMark(file)?.seq ?? 0;
    file.close();
    return seq;
  });
  return Math.max(0, ...seqs);
}

function archives(path: string): string[] {
  const [stem, ending] = parts(path);
  const dated = (name: string) =>
    name.startsWith(`${stem}.`) && name.endsWith(ending) &&
    /^\.\d{4}-\d\d-\d\d(\.\d+)?$/.test(name.slice(stem.length, name.length - ending.length));
  return [...Deno.readDirSync(dirname(path))].map((entry) => entry.name).filter(dated);
}

/** `tracking.2026-07-07.jsonl`, or with a number behind the date when that is taken. */
function freeName(path: string, day: string): string {
  const [stem, ending] = parts(path);
  const taken = new Set(archives(path));
  for (let copy = 1;; copy += 1) {
    const name = `${stem}.${day}${copy === 1 ? "" : `.${copy}`}${ending}`;
    if (!taken.has(name)) return join(dirname(path), name);
  }
}

function parts(path: string): [stem: string, ending: string] {
  const name = basename(path);
  const dot = name.lastIndexOf(".");
  return dot <= 0 ? [name, ""] : [name.slice(0, dot), name.slice(dot)];
}

function requireMarks(lines: readonly string[], last: number, cursor: number): void {
  let before = last;
  for (const line of lines) {
    const seq = line.includes("\n") ? null : markOf(line)?.seq ?? null;
    if (seq === null || seq <= before) {
      throw new Error(`Cannot append line as its seq must be > ${before}: current value is ${line}`);
    }
    before = seq;
  }
  if (before <= cursor) return;
  throw new Error(
    `Cannot append lines as their last seq must be <= cursor ${cursor}: current value is ${before}`,
  );
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
