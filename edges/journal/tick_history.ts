/**
 * Tick history: accepted ticks in one text file per symbol and UTC day of arrival, `EURUSD/2026-07-07.ticks`.
 *
 * A line is `<arrival> <age> <bid> <ask> <feed>`: ms from the day's begin to the arrival, ms from the arrival to
 * the tick's own time (mostly negative), the prices as JavaScript prints them (they read back to the same bits)
 * and the number of the feed. A line `= <number> <feed as JSON>` says which feed a number means from there on.
 * About 30 bytes a tick; `tail` and `awk` read it.
 *
 * @module
 */
import { join } from "node:path";
import type { TickHistory } from "../../protocols/ports.ts";
import type { Tick } from "../../protocols/tick.ts";
import type { EaId, Price, SymbolName } from "../../protocols/units.ts";
import type { Timer } from "../../runtime/clock.ts";
import { readLines } from "./read_lines.ts";
import { DAY_MS, dayOf, daysOf, folderOf, TickFile } from "./tick_file.ts";

/** Where the ticks go, and who rings when they must be on disk. */
export interface TickHistoryOptions {
  readonly folder: string;
  /** Calls `run` in `delayMs` of real time; absent: the host's timer. */
  readonly after?: (delayMs: number, run: () => void) => Timer;
  /** Told when buffered ticks could not be written: they stay buffered, or the oldest are dropped when too many. */
  readonly onFault?: (error: unknown) => void;
}

const FLUSH_MS = 1_000;
/** Most ticks kept per symbol while the disk says no: some four hours at one a second. */
const PENDING_MAX = 16_384;

/**
 * Opens the history.
 *
 * Within a second ticks are with the operating system, so that a killed process loses no more than that; `flush`
 * and `close` also wait for the disk. (A sync each second and symbol would hold the whole house up, for ticks
 * that a power cut interrupts anyway.)
 */
export function openTickHistory(options: TickHistoryOptions): TickHistory {
  Deno.mkdirSync(options.folder, { recursive: true });
  return new FileHistory(options);
}

class FileHistory implements TickHistory {
  readonly #options: TickHistoryOptions;
  readonly #files = new Map<SymbolName, TickFile>();
  #timer: Timer | null = null;

  constructor(options: TickHistoryOptions) {
    this.#options = options;
  }

  /** @throws {Error} when one of its times is not finite; never for the disk */
  record(tick: Tick): void {
    const file = this.#fileOf(tick.symbol);
    file.add(tick);
    if (file.waiting >= PENDING_MAX) this.#relieve(file);
    this.#arm();
  }

  /** @throws {Error} when the disk said no; the ticks stay buffered */
  flush(): void {
    for (const file of this.#files.values()) file.write({ sync: true });
  }

  *read(symbol: SymbolName, fromMs: number): Iterable<Tick> {
    this.#files.get(symbol)?.write({ sync: false });
    const folder = folderOf(this.#options.folder, symbol);
    // A broker's clock may run ahead of ours, never by a day: the day before may hold such ticks.
    const from = dayOf(Math.max(0, fromMs - DAY_MS));
    for (const day of daysOf(folder)) {
      if (day >= from) yield* readDay(join(folder, `${day}.ticks`), day, symbol, fromMs);
    }
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = null;
    try {
      this.flush();
    } finally {
      for (const file of this.#files.values()) file.close();
      this.#files.clear();
    }
  }

  #fileOf(symbol: SymbolName): TickFile {
    const known = this.#files.get(symbol);
    if (known !== undefined) return known;
    const made = new TickFile(folderOf(this.#options.folder, symbol));
    this.#files.set(symbol, made);
    return made;
  }

  #arm(): void {
    this.#timer ??= (this.#options.after ?? hostAfter)(FLUSH_MS, () => this.#onTimer());
  }

  #onTimer(): void {
    this.#timer = null;
    for (const file of this.#files.values()) if (!this.#tryWrite(file)) this.#arm();
  }

  #tryWrite(file: TickFile): boolean {
    try {
      file.write({ sync: false });
      return true;
    } catch (error) {
      this.#options.onFault?.(error);
      return false;
    }
  }

  /** A burst is written before its second is over; only what the disk refuses is dropped. */
  #relieve(file: TickFile): void {
    if (this.#tryWrite(file)) return;
    const count = file.shed(PENDING_MAX / 2);
    this.#options.onFault?.(
      new Error(`Cannot keep ticks as less than ${PENDING_MAX} may wait: ${count} are dropped`),
    );
  }
}

/** Lines that cannot be read, zeroed by a power cut, are passed over. */
function* readDay(path: string, day: string, symbol: SymbolName, fromMs: number): Iterable<Tick> {
  const feeds = new Map<string, EaId>();
  const beganMs = Date.parse(day);
  for (const line of readLines(path)) {
    if (line.startsWith("= ")) nameFeed(line, feeds);
    else {
      const tick = parseTick(line, symbol, beganMs, feeds);
      if (tick !== null && tick.atMs >= fromMs) yield tick;
    }
  }
}

function nameFeed(line: string, feeds: Map<string, EaId>): void {
  const [, number, name] = /^= (\d+) (".*")$/.exec(line) ?? [];
  try {
    if (number !== undefined && name !== undefined) feeds.set(number, JSON.parse(name) as EaId);
  } catch {
    feeds.delete(number!);
  }
}

function parseTick(
  line: string,
  symbol: SymbolName,
  beganMs: number,
  feeds: ReadonlyMap<string, EaId>,
): Tick | null {
  const [arrival, age, bid, ask, number] = line.split(" ");
  const feed = feeds.get(number ?? "");
  const receivedAtMs = beganMs + Number(arrival);
  const atMs = receivedAtMs + Number(age);
  if (feed === undefined || !Number.isFinite(atMs + Number(bid) + Number(ask))) return null;
  return { symbol, bid: Number(bid) as Price, ask: Number(ask) as Price, atMs, receivedAtMs, feed };
}

function hostAfter(delayMs: number, run: () => void): Timer {
  const id = setTimeout(run, delayMs);
  return { cancel: () => clearTimeout(id) };
}
