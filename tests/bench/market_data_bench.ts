/**
 * Reading recorded market data. Load: a file of 500,000 ticks in the layouts users bring, parsed from bytes in
 * memory, and read from disk. Budget: 1,000,000 ticks/s on one core for plain CSV, 500 ms a pass here.
 *
 * @module
 */
import { Lines } from "../../edges/market_data/lines.ts";
import { openMarketData, type ReadOptions, toUtc } from "../../edges/market_data/mod.ts";
import { layoutOf } from "../../edges/market_data/recognise.ts";
import { Tally } from "../../edges/market_data/tally.ts";
import { TickRows } from "../../edges/market_data/tick_rows.ts";
import { gzipSync } from "node:zlib";

const TICKS = 500_000;
const CHUNK = 262_144;
const START_MS = Date.UTC(2014, 4, 1);
const encoder = new TextEncoder();

/** A file of ticks 371 ms apart, written by `line`. */
function write(
  header: string,
  line: (iso: string, atMs: number, bid: string, ask: string) => string,
): Uint8Array {
  const rows = Array.from({ length: TICKS }, (_, i) => {
    const atMs = START_MS + i * 371;
    const bid = 1.38 + (i * 7919 % 1_000) / 100_000;
    return line(new Date(atMs).toISOString(), atMs, bid.toFixed(5), (bid + 0.00012).toFixed(5));
  });
  return encoder.encode(header + rows.join(""));
}

const dotted = (iso: string): string => iso.slice(0, 10).replaceAll("-", ".");
const plain = write("timestamp_ms,bid,ask\n", (_, atMs, bid, ask) => `${atMs},${bid},${ask}\n`);
const mt5 = write(
  "<DATE>\t<TIME>\t<BID>\t<ASK>\t<LAST>\t<VOLUME>\t<FLAGS>\r\n",
  (iso, _, bid, ask) => `${dotted(iso)}\t${iso.slice(11, 23)}\t${bid}\t${ask}\t\t\t6\r\n`,
);
const histdata = write(
  "",
  (iso, _, bid, ask) =>
    `${iso.slice(0, 10).replaceAll("-", "")} ${iso.slice(11, 23).replace(/\D/g, "")},${bid},${ask},0\n`,
);

/** Parses a file that is already in memory, in the chunks a disk would give. */
function parse(bytes: Uint8Array): void {
  const layout = layoutOf(bytes, "EURUSD.csv")!;
  const tally = new Tally(layout.header, 20);
  const rows = new TickRows({ layout, tally, toUtc: toUtc("newYorkClose"), dayMs: NaN, batchRows: 8_192 });
  const lines = new Lines(rows);
  for (let at = 0; at < bytes.length; at += CHUNK) {
    lines.push(bytes.subarray(at, at + CHUNK));
    rows.takeFull();
  }
  if (tally.rows !== TICKS) {
    throw new Error(`Cannot measure as rows must be ${TICKS}: current value is ${tally.rows}`);
  }
}

/** The way this is not done, to know what the hand-made reader is worth. */
function split(bytes: Uint8Array): void {
  let sum = 0;
  for (const line of new TextDecoder().decode(bytes).split("\n").slice(1)) {
    const [atMs, bid, ask] = line.split(",").map(Number);
    sum += atMs! + bid! + ask!;
  }
  if (sum === 0) throw new Error("Cannot measure as the sum must not be 0: current value is 0");
}

async function read(path: string, options: ReadOptions): Promise<void> {
  const file = await openMarketData(path, options);
  if (file.kind !== "ticks") {
    throw new Error(`Cannot measure as the file must be ticks: current value is ${JSON.stringify(file)}`);
  }
  let rows = 0;
  for await (const { atMs } of file.batches()) rows += atMs.length;
  if (rows !== TICKS) throw new Error(`Cannot measure as rows must be ${TICKS}: current value is ${rows}`);
}

const folder = Deno.makeTempDirSync();
addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
Deno.writeFileSync(`${folder}/EURUSD_plain.csv`, plain);
Deno.writeFileSync(`${folder}/EURUSD_mt5.csv`, mt5);
Deno.writeFileSync(`${folder}/EURUSD_plain.csv.gz`, gzipSync(plain));

Deno.bench("plain", { group: "500,000 ticks from memory", baseline: true }, () => parse(plain));
Deno.bench("MT5", { group: "500,000 ticks from memory" }, () => parse(mt5));
Deno.bench("HistData", { group: "500,000 ticks from memory" }, () => parse(histdata));
Deno.bench("plain, by split and Number", { group: "500,000 ticks from memory" }, () => split(plain));

const told: ReadOptions = { serverTime: "newYorkClose" };
Deno.bench(
  "plain",
  { group: "500,000 ticks from disk", baseline: true },
  async () => await read(`${folder}/EURUSD_plain.csv`, {}),
);
Deno.bench(
  "plain, gzip",
  { group: "500,000 ticks from disk" },
  async () => await read(`${folder}/EURUSD_plain.csv.gz`, {}),
);
Deno.bench(
  "MT5",
  { group: "500,000 ticks from disk" },
  async () => await read(`${folder}/EURUSD_mt5.csv`, told),
);
