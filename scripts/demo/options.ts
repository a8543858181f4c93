/**
 * What the demo can be told.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { parseRecording, type Recording } from "../sim/recorded.ts";

/** The demo's options with their defaults filled in. */
export interface DemoOptions {
  /** Wall seconds after which it ends by itself; null: when it is told to. */
  readonly seconds: number | null;
  /** One JSON line at the end instead of live lines. */
  readonly json: boolean;
  /** Market seconds per wall second. */
  readonly speed: number;
  readonly seed: number;
  /** Recordings instead of the simulated market. */
  readonly recordings: readonly Recording[];
  /** UTC ms the market clock begins at; null: the recording's begin, or the usual hour. */
  readonly startAtMs: number | null;
  /** Keep the data folder at the end. */
  readonly keep: boolean;
}

/** What `--help` says. */
export const HELP = `deno task demo [options]

  --seconds N     end by itself after N wall seconds
  --json          end with one JSON line, no live lines
  --speed S       market seconds per wall second (60; 600 with --data)
  --seed N        seed of the simulated market (4)
  --data FILE…    recorded ticks instead (timestamp_ms,bid,ask; CSV or CSV.gz; named after their symbol)
  --start TIME    market time to begin at, ISO 8601
  --keep          keep the data folder`;

/**
 * Reads the command line; null when help was asked for.
 *
 * @throws {Error} when an option is unknown or out of its range
 */
export function readOptions(args: readonly string[]): DemoOptions | null {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      seconds: { type: "string" },
      json: { type: "boolean", default: false },
      speed: { type: "string" },
      seed: { type: "string", default: "4" },
      data: { type: "string", multiple: true, default: [] },
      start: { type: "string" },
      keep: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return null;
  const recordings = [...values.data, ...positionals].map(parseRecording);
  return {
    seconds: values.seconds === undefined ? null : number("seconds", values.seconds, 1, 1e6),
    json: values.json,
    speed: number("speed", values.speed ?? (recordings.length > 0 ? "600" : "60"), 0.1, 10_000),
    seed: number("seed", values.seed, 0, 2 ** 31),
    recordings,
    startAtMs: values.start === undefined ? null : time(values.start),
    keep: values.keep,
  };
}

function number(name: string, text: string, minimum: number, maximum: number): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= minimum && value <= maximum) return value;
  throw new Error(
    `Cannot use --${name} as it must be from ${minimum} to ${maximum}: current value is ${text}`,
  );
}

function time(text: string): number {
  const value = Date.parse(text);
  if (Number.isFinite(value)) return value;
  throw new Error(`Cannot use --start as it must be an ISO 8601 time: current value is ${text}`);
}
