/**
 * The market data edge: files of recorded ticks and candles in the layouts users bring, as batches of typed arrays in
 * UTC, in memory that does not grow with the file.
 *
 * Plain, gzip and zip; ASCII, UTF-8 and UTF-16. Dukascopy's `.bi5` is LZMA, for which the platform has no decoder.
 *
 * @module
 */
import type { SymbolName } from "../../protocols/units.ts";
import { openText, type Text } from "./bytes.ts";
import { CandleRows } from "./candle_rows.ts";
import type { Layout } from "./layout.ts";
import { Lines } from "./lines.ts";
import { dayIn, sideIn, symbolIn, timeframeIn } from "./names.ts";
import { layoutOf } from "./recognise.ts";
import { type ServerTime, toUtc } from "./server_time.ts";
import { Tally } from "./tally.ts";
import { type Rows, type RowsOptions, TickRows } from "./tick_rows.ts";
import {
  type CandleFile,
  type ReadOptions,
  type RefusalReason,
  type Refused,
  refused,
  type Summary,
  type TickFile,
} from "./types.ts";

export { recognise } from "./recognise.ts";
export { type ServerTime, toUtc } from "./server_time.ts";
export * from "./types.ts";

const SAMPLE_BYTES = 65_536;
const BATCH_ROWS = 8_192;
const BAD_ROWS_KEPT = 20;

/** Everything a reading needs. */
interface Plan {
  readonly text: Text;
  readonly layout: Layout;
  readonly symbol: SymbolName;
  readonly serverTime: ServerTime;
  readonly dayMs: number;
  readonly batchRows: number;
  readonly badRowsKept: number;
}

/**
 * Opens a file of market data: recognises its format, or takes the one told, and reads nothing but its beginning.
 *
 * @throws {RangeError} when a number in `options` is out of its range
 */
export async function openMarketData(
  path: string,
  options: ReadOptions = {},
): Promise<TickFile | CandleFile | Refused> {
  demandRanges(options);
  const text = await openText(path);
  if ("kind" in text) return text;
  const sample = await readSample(text);
  const layout = layoutOf(sample, text.name, options.format);
  if (layout === null) return missing("unknownFormat", path, "is in no format known here: tell `format`");
  const plan = makePlan(text, layout, sample, options);
  if ("kind" in plan) return plan;
  return layout.kind === "ticks" ? tickFile(plan) : candleFile(plan, sample, options);
}

function makePlan(text: Text, layout: Layout, sample: Uint8Array, options: ReadOptions): Plan | Refused {
  const path = text.name;
  const symbol = options.symbol ?? symbolInRow(sample, layout) ?? symbolIn(path, layout.format);
  if (symbol === null) return missing("symbolUntold", path, "names no symbol: tell `symbol`");
  const serverTime = options.serverTime ?? layout.serverTime ?? stampedTime(sample, layout);
  if (serverTime === null) {
    return missing(
      "serverTimeUntold",
      path,
      "has local stamps: tell `serverTime` (most MT5 brokers: newYorkClose)",
    );
  }
  const dayMs = dayIn(path);
  if (layout.stamp === "msOfDay" && Number.isNaN(dayMs)) {
    return missing("dayUntold", path, "has times of day, and no day in its name: name it YYYYMMDD_…");
  }
  const { batchRows = BATCH_ROWS, badRowsKept = BAD_ROWS_KEPT } = options;
  return { text, layout, symbol, serverTime, dayMs, batchRows, badRowsKept };
}

/** TrueFX names the pair in every row. */
function symbolInRow(sample: Uint8Array, layout: Layout): SymbolName | null {
  if (layout.columns[0] !== "pair") return null;
  const [, base, quote] = /^([A-Z]{3})\/([A-Z]{3})/m.exec(latin(sample)) ?? [];
  return base === undefined || quote === undefined ? null : `${base}${quote}` as SymbolName;
}

/** Stamps that carry an offset need no server time; a row without one would be read as UTC. */
function stampedTime(sample: Uint8Array, layout: Layout): ServerTime | null {
  return layout.format.startsWith("iso") && /:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)[,;\t]/.test(latin(sample))
    ? "utc"
    : null;
}

function tickFile(plan: Plan): TickFile {
  return { kind: "ticks", ...reading(plan, (options) => new TickRows(options)) };
}

function candleFile(plan: Plan, sample: Uint8Array, options: ReadOptions): CandleFile | Refused {
  const { name } = plan.text;
  const timeframeMs = options.timeframeMs ?? timeframeIn(name) ?? commonStepMs(plan, sample);
  if (timeframeMs === null) {
    return missing("timeframeUntold", name, "does not say its timeframe: tell `timeframeMs`");
  }
  const side = sideIn(name, plan.layout.format);
  return { kind: "candles", timeframeMs, side, ...reading(plan, (rows) => new CandleRows(rows)) };
}

/** The most common time from one candle of the sample to the next, or null when there is no next. */
function commonStepMs(plan: Plan, sample: Uint8Array): number | null {
  const rows = new CandleRows(rowsOptions(plan, new Tally(plan.layout.header, 0)));
  new Lines(rows).push(sample);
  const times = [...rows.takeFull(), ...rows.takeRest()].flatMap(({ openedAtMs }) => [...openedAtMs]);
  const counts = new Map<number, number>();
  times.forEach((at, i) =>
    i > 0 && counts.set(at - times[i - 1]!, (counts.get(at - times[i - 1]!) ?? 0) + 1)
  );
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  return most?.[0] ?? null;
}

function rowsOptions({ layout, serverTime, dayMs, batchRows }: Plan, tally: Tally): RowsOptions {
  return { layout, tally, toUtc: toUtc(serverTime), dayMs, batchRows };
}

function reading<Batch>(plan: Plan, makeRows: (options: RowsOptions) => Rows<Batch>): {
  format: Layout["format"];
  symbol: SymbolName;
  batches(): AsyncGenerator<Batch, void>;
  summary(): Summary;
} {
  const { format, header } = plan.layout;
  let tally = new Tally(header, plan.badRowsKept);
  let damage: string | null = null;
  return {
    format,
    symbol: plan.symbol,
    batches() {
      tally = new Tally(header, plan.badRowsKept);
      damage = null;
      return readRows(plan.text, makeRows(rowsOptions(plan, tally)), (found) => damage = found);
    },
    summary: () => summarise(plan, tally, damage),
  };
}

/** Reads a text to its end or to its damage; what stands before the damage is handed out. */
async function* readRows<Batch>(
  text: Text,
  rows: Rows<Batch>,
  onDamage: (damage: string) => void,
): AsyncGenerator<Batch, void> {
  const lines = new Lines(rows);
  const chunks = text.chunks();
  let isDamaged = false;
  const hearDamage = (damage: string): void => {
    isDamaged = true;
    onDamage(damage);
  };
  try {
    for (let piece = await next(chunks, hearDamage); piece !== null; piece = await next(chunks, hearDamage)) {
      lines.push(piece);
      yield* rows.takeFull();
    }
    if (!isDamaged) lines.finish();
    yield* [...rows.takeFull(), ...rows.takeRest()];
  } finally {
    await chunks.return();
  }
}

/** The next piece, or null at the end; only the file's own faults are damage, not the hearer's. */
async function next(
  chunks: AsyncGenerator<Uint8Array, void>,
  onDamage: (damage: string) => void,
): Promise<Uint8Array | null> {
  try {
    const { value } = await chunks.next();
    return value ?? null;
  } catch (error) {
    onDamage(error instanceof Error ? error.message : String(error));
    return null;
  }
}

/** The first pieces of a text; as much as there is of a damaged one. */
async function readSample(text: Text): Promise<Uint8Array> {
  const chunks = text.chunks();
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  while (bytes < SAMPLE_BYTES) {
    const piece = await next(chunks, () => {});
    if (piece === null) break;
    pieces.push(piece);
    bytes += piece.length;
  }
  await chunks.return();
  return new Uint8Array(await new Blob(pieces as BlobPart[]).arrayBuffer()).subarray(0, SAMPLE_BYTES);
}

function summarise({ layout, symbol }: Plan, tally: Tally, damage: string | null): Summary {
  const { rows, badRows, bad, oddRows, firstMs, lastMs } = tally;
  const last = firstMs === null ? null : lastMs;
  return {
    format: layout.format,
    symbol,
    rows,
    badRows,
    bad: [...bad],
    oddRows,
    firstMs,
    lastMs: last,
    damage,
  };
}

function latin(sample: Uint8Array): string {
  return new TextDecoder("latin1").decode(sample);
}

function missing(reason: RefusalReason, path: string, words: string): Refused {
  return refused(reason, `${path} ${words}`);
}

function demandRanges(
  { batchRows = 1, badRowsKept = 0, timeframeMs = 1, serverTime = "utc" }: ReadOptions,
): void {
  toUtc(serverTime);
  demandWhole("batchRows", batchRows, 1);
  demandWhole("badRowsKept", badRowsKept, 0);
  demandWhole("timeframeMs", timeframeMs, 1);
}

function demandWhole(name: string, value: number, min: number): void {
  if (Number.isInteger(value) && value >= min) return;
  throw new RangeError(
    `Cannot read market data as ${name} must be a whole number >= ${min}: current value is ${value}`,
  );
}
