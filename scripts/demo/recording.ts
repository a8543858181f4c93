/**
 * Where a recording begins and ends.
 *
 * @module
 */
import { type Recording, textOf } from "../sim/recorded.ts";

/** First and last tick, UTC ms. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * The span that all recordings together cover.
 *
 * @throws {Error} (as rejection) when one holds no tick
 */
export async function spanOf(recordings: readonly Recording[]): Promise<Span> {
  const spans = await Promise.all(recordings.map(readSpan));
  return {
    fromMs: Math.min(...spans.map(({ fromMs }) => fromMs)),
    toMs: Math.max(...spans.map(({ toMs }) => toMs)),
  };
}

async function readSpan({ path }: Recording): Promise<Span> {
  using file = await Deno.open(path);
  let fromMs = NaN;
  let tail = "";
  for await (const text of textOf(file, path)) {
    if (Number.isNaN(fromMs)) fromMs = firstStamp(text);
    tail = (tail + text).slice(-LINE_MAX);
  }
  const toMs = lastStamp(tail);
  if (fromMs > 0 && toMs >= fromMs) return { fromMs, toMs };
  throw new Error(`Cannot use ${path} as it must hold lines timestamp_ms,bid,ask: none was found`);
}

/** More than two lines. */
const LINE_MAX = 512;

const stampOf = (line: string): number => /^\d{10,}/.test(line) ? Number(line.split(",")[0]) : NaN;
const firstStamp = (text: string): number => text.split("\n").map(stampOf).find((stamp) => stamp > 0) ?? NaN;
const lastStamp = (text: string): number =>
  text.split("\n").map(stampOf).findLast((stamp) => stamp > 0) ?? NaN;
