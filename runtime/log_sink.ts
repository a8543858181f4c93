/**
 * Where log lines go: sinks, formats, and a writer that never holds anybody up.
 *
 * @module
 */
import type { Clock } from "./clock.ts";
import { soon } from "./host.ts";
import type { Log, LogLevel, LogRecord } from "./log.ts";
import { Ring } from "./ring.ts";

/** Takes a record; must not block. */
export type LogSink = (record: LogRecord) => void;

/** Makes a line of a record, without the line's end. */
export type LogFormat = (record: LogRecord) => string;

/** What a log needs. */
export interface LogOptions {
  readonly sink: LogSink;
  /** Dates the lines: the market clock. */
  readonly clock: Clock;
  /** Least level that is written; default `info`. */
  readonly level?: LogLevel;
  /** Default `system`. */
  readonly source?: string;
}

const LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error"];

class SinkLog implements Log {
  readonly #options: LogOptions;
  readonly #least: number;

  constructor(options: LogOptions) {
    this.#options = options;
    this.#least = LEVELS.indexOf(options.level ?? "info");
  }

  debug(message: string, fields: Record<string, unknown> = {}): void {
    this.#write("debug", message, fields);
  }

  info(message: string, fields: Record<string, unknown> = {}): void {
    this.#write("info", message, fields);
  }

  warn(message: string, fields: Record<string, unknown> = {}): void {
    this.#write("warn", message, fields);
  }

  error(message: string, fields: Record<string, unknown> = {}): void {
    this.#write("error", message, fields);
  }

  child(source: string): Log {
    return new SinkLog({ ...this.#options, source });
  }

  #write(level: LogLevel, message: string, fields: Record<string, unknown>): void {
    if (LEVELS.indexOf(level) < this.#least) return;
    const { sink, clock, source } = this.#options;
    sink({ level, source: source ?? "system", message, fields, atMs: clock.nowMs() });
  }
}

/** Makes a log that writes into a sink. */
export function createLog(options: LogOptions): Log {
  return new SinkLog(options);
}

/** A log that remembers, for tests. */
export function memoryLog(clock: Clock): { readonly log: Log; readonly records: readonly LogRecord[] } {
  const records: LogRecord[] = [];
  const log = createLog({ sink: (record) => void records.push(record), clock, level: "debug" });
  return { log, records };
}

/** What JSON leaves out or refuses, in words: errors, bigints, circles. */
function plain(): (key: string, value: unknown) => unknown {
  const seen = new WeakSet<object>();
  return (_key, value) => {
    if (typeof value === "bigint") return value.toString();
    if (value instanceof Error) return value.stack ?? `${value.name}: ${value.message}`;
    if (typeof value !== "object" || value === null) return value;
    if (seen.has(value)) return "(seen above)";
    seen.add(value);
    return value;
  };
}

/** UTC in ISO form; a time outside of what dates can hold, as its number. */
function timeText(atMs: number): string {
  const date = new Date(atMs);
  return Number.isNaN(date.getTime()) ? String(atMs) : date.toISOString();
}

/** `2026-11-22T10:00:00.000Z WARN  bitten/store: disk is slow {"ms":120}`. */
export function formatText(record: LogRecord): string {
  const { atMs, level, source, message, fields } = record;
  const head = `${timeText(atMs)} ${level.toUpperCase().padEnd(5)} ${source}: ${message}`;
  return Object.keys(fields).length === 0 ? head : `${head} ${JSON.stringify(fields, plain())}`;
}

/** One JSON object per line: `at`, `level`, `source`, `message`, then the fields under `fields`. */
export function formatJson(record: LogRecord): string {
  const { atMs, level, source, message, fields } = record;
  return JSON.stringify({ at: timeText(atMs), level, source, message, fields }, plain());
}

/** How lines are written. */
export interface LineSinkOptions {
  readonly format?: LogFormat;
  /** Most lines that wait; default 10,000. Past it the oldest are dropped, and their number is written later. */
  readonly capacity?: number;
}

/** A sink that writes lines to a slow place. */
export interface LineSink {
  readonly sink: LogSink;
  /** Resolves when everything taken so far is written. */
  readonly flush: () => Promise<void>;
  /** Lines dropped so far. */
  readonly dropped: number;
}

/** Lines wait here while the writer is busy; the caller never does. */
class WaitingLines implements LineSink {
  dropped = 0;
  readonly sink: LogSink;
  readonly #write: (text: string) => void | Promise<void>;
  readonly #format: LogFormat;
  readonly #capacity: number;
  readonly #lines = new Ring<string>();
  #unsaid = 0;
  #writing: Promise<void> | null = null;

  constructor(write: (text: string) => void | Promise<void>, options: LineSinkOptions) {
    this.#write = write;
    this.#format = options.format ?? formatText;
    this.#capacity = options.capacity ?? 10_000;
    this.sink = (record) => this.#take(this.#format(record));
  }

  readonly flush = async (): Promise<void> => {
    while (this.#writing !== null) await this.#writing;
  };

  #take(line: string): void {
    if (this.#lines.size >= this.#capacity) {
      this.#lines.shift();
      this.dropped++;
      this.#unsaid++;
    }
    this.#lines.push(line);
    this.#writing ??= this.#writeAll();
  }

  /** Everything that waits goes out as one text. A writer that fails loses that text, and it is counted. */
  async #writeAll(): Promise<void> {
    await new Promise<void>((resolve) => soon(resolve));
    while (this.#lines.size > 0) {
      const count = this.#lines.size;
      try {
        await this.#write(this.#drain());
      } catch {
        this.dropped += count;
        this.#unsaid += count;
      }
    }
    this.#writing = null;
  }

  #drain(): string {
    let text = this.#unsaid > 0 ? `(${this.#unsaid} lines were dropped here)\n` : "";
    this.#unsaid = 0;
    while (this.#lines.size > 0) text += `${this.#lines.shift()}\n`;
    return text;
  }
}

/** Makes a sink that hands whole lines to a writer, in the background. */
export function lineSink(
  write: (text: string) => void | Promise<void>,
  options: LineSinkOptions = {},
): LineSink {
  return new WaitingLines(write, options);
}
