/**
 * Tick file: one symbol's ticks on their way into the file of their day.
 *
 * @module
 */
import { join } from "node:path";
import type { Tick } from "../../protocols/tick.ts";
import type { EaId, SymbolName } from "../../protocols/units.ts";
import { AppendFile } from "./append_file.ts";

/** One day in ms. */
export const DAY_MS = 86_400_000;

/** Buffers and writes; no disk is touched before `write`. */
export class TickFile {
  readonly #folder: string;
  /** Numbers given to feeds in the open file. */
  readonly #feeds = new Map<EaId, number>();
  #pending: Tick[] = [];
  #day: string | null = null;
  #file: AppendFile | null = null;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Ticks not yet written. */
  get waiting(): number {
    return this.#pending.length;
  }

  /** @throws {Error} when a time is not finite: such a tick could never be written */
  add(tick: Tick): void {
    if (!Number.isFinite(tick.atMs + tick.receivedAtMs)) {
      throw new Error(`Cannot record tick as its times must be finite: current value is ${tick.atMs}`);
    }
    this.#pending.push(tick);
  }

  /** Forgets the oldest waiting ticks and says how many. */
  shed(count: number): number {
    return this.#pending.splice(0, count).length;
  }

  /** @throws {Error} when the disk said no; what was not written waits on */
  write(options: { readonly sync: boolean }): void {
    while (this.#pending.length > 0) this.#writeOneDay();
    if (options.sync) this.#file?.sync();
  }

  close(): void {
    this.#file?.close();
    this.#file = null;
    this.#feeds.clear();
  }

  /** Writes the waiting ticks up to the first that begins another day. */
  #writeOneDay(): void {
    const [day, file] = this.#fileFor(dayOf(this.#pending[0]!.receivedAtMs));
    const beganMs = Date.parse(day);
    const endsMs = beganMs + DAY_MS;
    const later = this.#pending.findIndex((tick) => tick.receivedAtMs >= endsMs);
    const count = later < 0 ? this.#pending.length : later;
    try {
      file.append(this.#pending.slice(0, count).map((tick) => this.#lineOf(tick, beganMs)).join(""));
    } catch (error) {
      // The lines that named these feeds were not written.
      this.#feeds.clear();
      throw error;
    }
    this.#pending = this.#pending.slice(count);
  }

  /** A tick that arrived on an earlier day (a clock set back) stays with the day that has begun. */
  #fileFor(day: string): readonly [day: string, file: AppendFile] {
    if (this.#file !== null && day <= this.#day!) return [this.#day!, this.#file];
    this.#file?.sync();
    this.close();
    Deno.mkdirSync(this.#folder, { recursive: true });
    const newest = daysOf(this.#folder).at(-1);
    this.#day = newest !== undefined && newest > day ? newest : day;
    this.#file = new AppendFile(join(this.#folder, `${this.#day}.ticks`));
    return [this.#day, this.#file];
  }

  #lineOf(tick: Tick, beganMs: number): string {
    const known = this.#feeds.get(tick.feed);
    const feed = known ?? this.#feeds.size;
    const arrival = tick.receivedAtMs - beganMs;
    const line = `${arrival} ${tick.atMs - tick.receivedAtMs} ${tick.bid} ${tick.ask} ${feed}\n`;
    if (known !== undefined) return line;
    this.#feeds.set(tick.feed, feed);
    return `= ${feed} ${JSON.stringify(tick.feed)}\n${line}`;
  }
}

/** The UTC day of a time: `2026-07-07`. */
export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** The days a folder has files of, ascending. */
export function daysOf(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map((entry) => /^(\d{4}-\d\d-\d\d)\.ticks$/.exec(entry.name)?.[1])
      .filter((day) => day !== undefined).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** A symbol's folder; whatever a broker calls its symbols, it lies inside `root`. */
export function folderOf(root: string, symbol: SymbolName): string {
  return join(root, encodeURIComponent(symbol).replaceAll(".", "%2E"));
}
