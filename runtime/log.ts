/**
 * The log: structured lines to a sink that cannot hold anybody up.
 *
 * @module
 */

/** Severity, least first. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** One line. */
export interface LogRecord {
  readonly level: LogLevel;
  /** Path of the actor, or another short name. */
  readonly source: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** Market clock, UTC ms. */
  readonly atMs: number;
}

/** Writes lines for one source. */
export interface Log {
  debug(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
  child(source: string): Log;
}
