/**
 * Real market data for tests: where it lies, and how to read its ticks.
 *
 * The folder is named by `BITTEN_DATA`, or is `../shared/data` beside the repository when that exists.
 *
 * @module
 */
import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";

/** The absolute path of a data file, or null when there is no data here: tests that need it are skipped. */
export function dataPath(relative: string): string | null {
  const root = Deno.env.get("BITTEN_DATA") ?? fileURLToPath(new URL("../../../shared/data", import.meta.url));
  const path = `${root}/${relative}`;
  return existsSync(path) ? path : null;
}

/** One row of a tick file: `timestamp_ms,bid,ask`. */
export interface RawTick {
  readonly atMs: number;
  readonly bid: number;
  readonly ask: number;
}

/** Reads a gzipped tick file. */
export function readTicks(path: string): RawTick[] {
  const lines = gunzipSync(readFileSync(path)).toString("utf8").trimEnd().split("\n");
  return lines.slice(1).map((line) => {
    const [atMs, bid, ask] = line.split(",").map(Number);
    return { atMs: atMs!, bid: bid!, ask: ask! };
  });
}
