/**
 * Real files, where there are any: every row against a plain reader of the normalised copy of the same quotes, or
 * against one that splits the file's own text.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { ReadOptions } from "../../../edges/market_data/mod.ts";
import { dataPath } from "../../kit/data.ts";
import { type Numbers, openFile, readAll, rowsOf } from "../../kit/market_files.ts";

const UTC_PLUS_3: ReadOptions = { serverTime: { utcOffsetMinutes: 180 } };

/** The lines of a file, unpacked, without line ends. */
function linesOf(path: string): string[] {
  const bytes = readFileSync(path);
  const text = (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString(
    bytes[0] === 0xff ? "utf16le" : "utf8",
  );
  return text.replace(/^\ufeff/, "").trimEnd().split(/\r?\n/);
}

/** A normalised file: every column but the volume, without the header. */
function normalised(path: string, columns: number): number[][] {
  return linesOf(path).slice(1).map((line) => line.split(",").slice(0, columns).map(Number));
}

/** A test that is skipped when one of its files is not there. */
function onFiles(name: string, files: readonly string[], run: (...paths: string[]) => Promise<void>): void {
  const paths = files.map(dataPath);
  const isHere = paths.every((path) => path !== null);
  Deno.test({ name, ignore: !isHere, fn: () => run(...paths as string[]) });
}

/** Rows of `path` against those rows of the normalised ticks that lie within its time. */
async function sameTicks(path: string, normal: string, options: ReadOptions = {}): Promise<void> {
  const { rows, summary } = await readAll(path, options);

  const [firstMs, lastMs] = [summary.firstMs!, summary.lastMs!];
  const expected = normalised(normal, 3).filter(([at]) => at! >= firstMs && at! <= lastMs);
  assert.deepEqual(rows, expected);
  assert.equal(summary.badRows, 0);
}

const FORMATS = "formats";
const OANDA = "ticks/EURUSD_oanda_20140501-20140507.csv.gz";
const TICK_PAIRS: readonly (readonly [string, string, ReadOptions?])[] = [
  [`${FORMATS}/mt5_ticks/EURUSD_201405021525_201405021545.csv`, OANDA, UTC_PLUS_3],
  [`${FORMATS}/mt5_ticks/EURUSD_201405021525_201405021545_blank_sides.csv`, OANDA, UTC_PLUS_3],
  [`${FORMATS}/mt5_ticks/EURUSD_201405021525_201405021545.csv`, OANDA, { serverTime: "newYorkClose" }],
  [`${FORMATS}/truefx/EURUSD-2014-05.csv`, OANDA],
  [`${FORMATS}/truefx/USDJPY-2013-01.csv`, "ticks/USDJPY_truefx_20130101.csv.gz"],
  ["original/truefx/usdjpy-ticks.csv", "ticks/USDJPY_truefx_20130101.csv.gz"],
  [`${FORMATS}/histdata/DAT_ASCII_EURUSD_T_201405.csv`, OANDA],
  [
    `${FORMATS}/dukascopy/EURUSD_Ticks_04.02.2019-04.02.2019.csv`,
    "ticks/EURUSD_dukascopy_20190204_00h_10h_23h.csv.gz",
  ],
  [
    "original/dukascopy_ny_session/DC_EURUSD_20160105_NYC_EST.csv.gz",
    "ticks/EURUSD_dukascopy_20160104-20160105_ny.csv.gz",
  ],
  ["original/lean/forex/oanda/tick/eurusd/20140505_quote.zip", OANDA],
  ["original/lean/forex/fxcm/tick/eurusd/20140505_quote.zip", "ticks/EURUSD_fxcm_20140505-20140506.csv.gz"],
  ["original/lean/forex/fxcm/tick/nzdusd/20140506_quote.zip", "ticks/NZDUSD_fxcm_20140505-20140506.csv.gz"],
  ["original/lean/cfd/oanda/tick/xauusd/20140502_quote.zip", "ticks/XAUUSD_oanda_20140501-20140507.csv.gz"],
];

for (const [path, normal, options] of TICK_PAIRS) {
  const zone = options === undefined ? "" : ` told ${JSON.stringify(options.serverTime)}`;
  onFiles(
    `${path}${zone} has the ticks of its normalised copy`,
    [path, normal],
    (from, to) => sameTicks(from!, to!, options),
  );
}

onFiles(
  "the UTF-16 export has the first 500 ticks of the UTF-8 one",
  [
    `${FORMATS}/mt5_ticks/EURUSD_201405021525_201405021545_utf16.csv`,
    `${FORMATS}/mt5_ticks/EURUSD_201405021525_201405021545.csv`,
  ],
  async (wide, narrow) => {
    const [first, second] = [await readAll(wide!, UTC_PLUS_3), await readAll(narrow!, UTC_PLUS_3)];

    assert.equal(first.rows.length, 500);
    assert.deepEqual(first.rows, second.rows.slice(0, 500));
    assert.deepEqual(first.summary.bad, []);
  },
);

/** Reads a candle file by splitting its lines. `stamp` turns the first columns into UTC ms. */
interface CandleCase {
  readonly path: string;
  readonly options?: ReadOptions;
  readonly headers: number;
  readonly separator: string;
  readonly stamp: (row: readonly string[]) => number;
  /** The column of the open. */
  readonly open: number;
  readonly spread?: (row: readonly string[]) => number;
  readonly timeframeMs: number;
  readonly side: "bid" | "ask" | null;
}

const CANDLES: readonly CandleCase[] = [
  {
    path: `${FORMATS}/mt5_bars/XAUUSD_M1_201405010300_201405022359.csv`,
    options: UTC_PLUS_3,
    headers: 1,
    separator: "\t",
    stamp: ([date, time]) => Date.parse(`${date!.replaceAll(".", "-")}T${time}+03:00`),
    open: 2,
    spread: (row) => Number(row[8]) / 1_000,
    timeframeMs: 60_000,
    side: "bid",
  },
  {
    path: `${FORMATS}/histdata/DAT_ASCII_NZDUSD_M1_201405.csv`,
    headers: 0,
    separator: ";",
    stamp: ([at]) => Date.parse(at!.replace(/^(....)(..)(..) (..)(..)(..)$/, "$1-$2-$3T$4:$5:$6-05:00")),
    open: 1,
    timeframeMs: 60_000,
    side: "bid",
  },
  {
    path: `${FORMATS}/histdata/DAT_MT_NZDUSD_M1_201405.csv`,
    headers: 0,
    separator: ",",
    stamp: ([date, time]) => Date.parse(`${date!.replaceAll(".", "-")}T${time}-05:00`),
    open: 2,
    timeframeMs: 60_000,
    side: "bid",
  },
  {
    path: `${FORMATS}/dukascopy/EURUSD_Candlestick_1_M_BID_04.02.2019-04.02.2019.csv`,
    headers: 1,
    separator: ",",
    stamp: ([at]) => Date.parse(at!.replace(/^(..).(..).(....) (.*)$/, "$3-$2-$1T$4Z")),
    open: 1,
    timeframeMs: 60_000,
    side: "bid",
  },
  {
    path: "original/fxcm_m1/gbpusd-m1-ask-2012.csv.gz",
    headers: 1,
    separator: ",",
    stamp: ([at]) => Date.parse(at!),
    open: 1,
    timeframeMs: 60_000,
    side: "ask",
  },
  {
    path: "original/orkad/USDJPY_3m_2026Q1.csv.gz",
    headers: 2,
    separator: ",",
    stamp: ([at]) => Date.parse(at!),
    open: 1,
    timeframeMs: 180_000,
    side: null,
  },
  {
    path: "m1/mt5feed_202508/XAUUSD.csv.gz",
    headers: 1,
    separator: ",",
    stamp: ([at]) => Number(at),
    open: 1,
    timeframeMs: 60_000,
    side: null,
  },
];

for (const { path, options, headers, separator, stamp, open, spread, timeframeMs, side } of CANDLES) {
  onFiles(`${path} has the candles of its own text`, [path], async (found) => {
    const { rows, summary, file } = await readAll(found!, options);

    const expected = linesOf(found!).slice(headers).map((line): Numbers => {
      const row = line.split(separator);
      return [stamp(row), ...row.slice(open, open + 4).map(Number), spread?.(row) ?? null];
    });
    assert.deepEqual(rows, expected);
    assert.equal(summary.badRows, 0);
    assert.deepEqual(file.kind === "candles" && [file.timeframeMs, file.side], [timeframeMs, side]);
  });
}

onFiles(
  "LEAN's minute bars are those built from LEAN's ticks, but their prices before the first tick of a minute",
  [
    "original/lean/forex/fxcm/minute/nzdusd/20140505_quote.zip",
    "m1/NZDUSD_fxcm_20140505-20140506_M1_bid.csv.gz",
  ],
  async (bars, built) => {
    const { rows, summary } = await readAll(bars!);

    const closes = new Map(normalised(built!, 5).map(([at, , , , close]) => [at, close]));
    const same = rows.filter(([at, , , , close]) => closes.get(at!) === close).length;
    assert.deepEqual([summary.format, summary.symbol, summary.badRows], ["leanBars", "NZDUSD", 0]);
    assert.ok(same > rows.length * 0.99, `${same} of ${rows.length}`);
  },
);

onFiles(
  "the dirty feed keeps its crossed ticks and counts them",
  ["ticks/EURUSD_fxcm_20140505-20140506.csv.gz"],
  async (path) => {
    const { rows, summary } = await readAll(path!);

    const crossed = rows.filter(([, bid, ask]) => ask! < bid!).length;
    assert.deepEqual([summary.rows, summary.oddRows, crossed], [160_825, 14_986, 14_986]);
  },
);

onFiles(
  "a million ticks come in batches of the asked size, the last one shorter",
  ["ticks/XAUUSD_oanda_20140501-20140507.csv.gz"],
  async (path) => {
    const file = await openFile(path!, { batchRows: 100_000 });
    const sizes: number[] = [];
    let last: Numbers = [];
    for await (const batch of file.batches()) {
      const rows = rowsOf(batch);
      sizes.push(rows.length);
      last = rows.at(-1)!;
    }

    assert.deepEqual(sizes, [...Array(9).fill(100_000), 72_213]);
    assert.deepEqual(last, normalised(path!, 3).at(-1));
  },
);
