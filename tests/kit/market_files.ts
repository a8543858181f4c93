/**
 * Market files for tests: made in a temporary folder, read whole.
 *
 * @module
 */
import assert from "node:assert/strict";
import { dirname } from "node:path";
import {
  type CandleBatch,
  type CandleFile,
  openMarketData,
  type ReadOptions,
  type Refused,
  type Summary,
  type TickBatch,
  type TickFile,
} from "../../edges/market_data/mod.ts";

/** A row of numbers: ticks are `[atMs, bid, ask]`, candles `[openedAtMs, open, high, low, close, spread]`. */
export type Numbers = readonly (number | null)[];

/** Opens a file made of `content` under `name` and hands it to `use`; the file goes afterwards. */
export async function withFile<T>(
  name: string,
  content: string | Uint8Array,
  use: (path: string) => Promise<T>,
): Promise<T> {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/${name}`;
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeFile(path, typeof content === "string" ? new TextEncoder().encode(content) : content);
    return await use(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Opens a file that has to open. */
export async function openFile(path: string, options: ReadOptions = {}): Promise<TickFile | CandleFile> {
  const file = await openMarketData(path, options);
  assert.notEqual(file.kind, "refused", JSON.stringify(file));
  return file as TickFile | CandleFile;
}

/** Every row of a file, and its summary. */
export async function readAll(
  path: string,
  options: ReadOptions = {},
): Promise<{ rows: Numbers[]; summary: Summary; file: TickFile | CandleFile }> {
  const file = await openFile(path, options);
  const rows: Numbers[] = [];
  for await (const batch of file.batches()) rows.push(...rowsOf(batch));
  return { rows, summary: file.summary(), file };
}

/** Reads a file made of `content`. */
export function readContent(
  name: string,
  content: string | Uint8Array,
  options: ReadOptions = {},
): Promise<{ rows: Numbers[]; summary: Summary; file: TickFile | CandleFile }> {
  return withFile(name, content, (path) => readAll(path, options));
}

/** The reason why a file made of `content` is refused. */
export async function refusalOf(
  name: string,
  content: string | Uint8Array,
  options: ReadOptions = {},
): Promise<string> {
  const file = await withFile(name, content, (path) => openMarketData(path, options));
  assert.equal(file.kind, "refused");
  return (file as Refused).reason;
}

/** The rows of a batch. */
export function rowsOf(batch: TickBatch | CandleBatch): Numbers[] {
  if ("bid" in batch) return Array.from(batch.atMs, (atMs, i) => [atMs, batch.bid[i]!, batch.ask[i]!]);
  const { openedAtMs, open, high, low, close, spread } = batch;
  return Array.from(openedAtMs, (at, i) => [at, open[i]!, high[i]!, low[i]!, close[i]!, spread?.[i] ?? null]);
}

/** Text as UTF-16 with its byte-order mark. */
export function utf16(text: string, order: "little" | "big" = "little"): Uint8Array {
  const view = new DataView(new ArrayBuffer(2 * text.length + 2));
  [..."\ufeff" + text].forEach((each, i) => view.setUint16(2 * i, each.charCodeAt(0), order === "little"));
  return new Uint8Array(view.buffer);
}
