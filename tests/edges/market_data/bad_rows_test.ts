/**
 * What is wrong in a file: bad rows are counted with line and reason, damage ends the reading, nothing is thrown.
 *
 * @module
 */
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { type BadReason, openMarketData } from "../../../edges/market_data/mod.ts";
import { openFile, readContent, refusalOf, utf16, withFile } from "../../kit/market_files.ts";
import { zip } from "../../kit/zip_file.ts";

const PLAIN = "timestamp_ms,bid,ask\n";
const MT5 = "<DATE>\t<TIME>\t<BID>\t<ASK>\t<LAST>\t<VOLUME>\t<FLAGS>\r\n";
const GOOD = "1398902400043,1.38619,1.38630\n1398902400045,1.38618,1.38631\n";
const GOOD_ROWS = [[1398902400043, 1.38619, 1.3863], [1398902400045, 1.38618, 1.38631]];

/** Line number and reason of every bad row. */
async function faults(name: string, content: string): Promise<(readonly [number, BadReason])[]> {
  const { summary } = await readContent(name, content, { serverTime: "utc" });
  assert.equal(summary.badRows, summary.bad.length);
  return summary.bad.map(({ line, reason }) => [line, reason] as const);
}

Deno.test("a bad row is left out and told with its line, reason and first 80 characters", async () => {
  const junk = "1398902400044,x".padEnd(100, "y");
  const { rows, summary } = await readContent("EURUSD.csv", PLAIN + GOOD.replace("\n", `\n${junk}\n`));

  assert.deepEqual(rows, GOOD_ROWS);
  assert.deepEqual(summary, {
    format: "plainTicks",
    symbol: "EURUSD",
    rows: 2,
    badRows: 1,
    bad: [{ line: 3, reason: "badPrice", text: junk.slice(0, 80) }],
    oddRows: 0,
    firstMs: 1398902400043,
    lastMs: 1398902400045,
    damage: null,
  });
});

Deno.test("every kind of nonsense in a tick row has its reason", async () => {
  const found = await faults(
    "EURUSD.csv",
    PLAIN + GOOD + [
      "1398902400046,1.38618",
      "hello world",
      ",1.38618,1.38631",
      "1398902400047,-1.38618,1.38631",
      "1398902400047,1.38618,0.00000",
      "1398902400047,1.3.8,1.38631",
      "1398902400047,NaN,1.38631",
      "1398902400047,1e5,1.38631",
      "1398902400047,,",
      "1398902400044,1.38618,1.38631",
      "99999999999999999,1.38618,1.38631",
      `1398902400047,${"1".repeat(5_000)},1.38631`,
      "\u0000\u0001\u00ff",
    ].join("\n") + "\n",
  );

  assert.deepEqual(found, [
    [4, "shortRow"],
    [5, "badStamp"],
    [6, "badStamp"],
    [7, "badPrice"],
    [8, "badPrice"],
    [9, "badPrice"],
    [10, "badPrice"],
    [11, "badPrice"],
    [12, "noQuote"],
    [13, "timeBackwards"],
    [14, "badStamp"],
    [15, "longRow"],
    [16, "badStamp"],
  ]);
});

Deno.test("a stamp that no calendar has is bad", async () => {
  const rows = ["2014.02.29\t10:00:00.000", "2014.13.01\t10:00:00.000", "2014.01.00\t10:00:00.000"]
    .concat(["2014.01.02\t24:00:00.000", "2014.01.02\t10:60:00.000", "2014.01.02\t10:00:60.000"])
    .concat([
      "2014.01.02\t1:00:00.000",
      "2014.01.02\t10:00:00.000x",
      "2014.01.02",
      "1969.12.31\t10:00:00.000",
    ])
    .map((stamp) => `${stamp}\t1.1\t1.2\t\t\t6\r\n`);

  const found = await faults("EURUSD_2014.csv", MT5 + rows.join(""));

  assert.deepEqual(found, rows.map((_, i) => [i + 2, "badStamp"]));
});

Deno.test("a candle row is bad when a price is missing or its time does not rise", async () => {
  const found = await faults(
    "EURUSD_M1.csv",
    "timestamp_ms,open,high,low,close,volume\n" +
      "1398902400000,1,2,1,2,0\n1398902400000,1,2,1,2,0\n1398902460000,1,2,,2,0\n1398902520000,1,2,1\n" +
      "1398902580000,1,2,1,0,5\n",
  );

  assert.deepEqual(found, [[3, "timeBackwards"], [4, "badPrice"], [5, "shortRow"], [6, "badPrice"]]);
});

Deno.test("a TrueFX row of another pair is bad", async () => {
  const found = await faults(
    "x.csv",
    "EUR/USD,20140506 12:00:00.100,1.39375,1.39386\nUSD/JPY,20140506 12:00:00.129,101.1,101.2\n",
  );

  assert.deepEqual(found, [[2, "otherSymbol"]]);
});

Deno.test("a blank side is unknown until it was said once", async () => {
  const { rows, summary } = await readContent(
    "EURUSD_2014.csv",
    MT5 + "2014.05.02\t15:25:00.717\t1.38619\t\t\t\t2\r\n2014.05.02\t15:25:00.718\t\t1.38630\t\t\t4\r\n",
    { serverTime: "utc" },
  );

  assert.deepEqual(summary.bad.map(({ line, reason }) => [line, reason]), [[2, "sideUnknown"]]);
  assert.deepEqual(rows, [[Date.UTC(2014, 4, 2, 15, 25, 0, 718), 1.38619, 1.3863]]);
});

Deno.test("empty lines, comments and a repeated header are no rows and not bad", async () => {
  const { rows, summary } = await readContent("EURUSD.csv", `\n#by hand\n${PLAIN}\n${GOOD}#end\n${PLAIN}\n`);

  assert.deepEqual(rows, GOOD_ROWS);
  assert.equal(summary.badRows, 0);
});

for (
  const [cut, rowCount, reasons] of [[1, 2, []], [2, 1, ["truncated"]], [8, 1, ["truncated"]], [9, 1, [
    "shortRow",
  ]]] as const
) {
  Deno.test(`a file cut ${cut} bytes before its end gives ${rowCount} rows`, async () => {
    const { rows, summary } = await readContent("EURUSD.csv", (PLAIN + GOOD).slice(0, -cut));

    assert.deepEqual(rows, GOOD_ROWS.slice(0, rowCount));
    assert.deepEqual(summary.bad.map(({ reason }) => reason), reasons);
  });
}

Deno.test("a cut last line is not taken for one whose other side is unchanged, or whose spread is smaller", async () => {
  const bars = "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>\r\n" +
    "2014.05.01\t03:00:00\t1291.677\t1291.955\t1291.376\t1291.464\t196\t0\t2";

  const ticks = await faults(
    "EURUSD_2014.csv",
    MT5 + "2014.05.02\t15:25:00.717\t1.38619\t1.38630\t\t\t6\r\n" +
      "2014.05.02\t15:25:00.718\t1.38618\t",
  );

  assert.deepEqual(ticks, [[3, "truncated"]]);
  assert.deepEqual(await faults("XAUUSD_M1_2014.csv", bars), [[2, "truncated"]]);
});

Deno.test("only the first bad rows are kept, all are counted", async () => {
  const { summary } = await readContent("EURUSD.csv", PLAIN + "junk\n".repeat(1_000), {
    badRowsKept: 3,
    format: "plainTicks",
  });

  assert.deepEqual([summary.badRows, summary.bad.map(({ line }) => line)], [1_000, [2, 3, 4]]);
  assert.deepEqual([summary.rows, summary.firstMs, summary.lastMs], [0, null, null]);
});

Deno.test("crossed ticks and candles outside their range are handed out and counted", async () => {
  const ticks = await readContent("EURUSD.csv", PLAIN + "1398902400043,1.2,1.1\n1398902400043,1.2,1.2\n");
  const candles = await readContent(
    "EURUSD_M1.csv",
    "timestamp_ms,open,high,low,close\n1398902400000,3,2,1,2\n1398902460000,2,2,1,1\n1398902520000,2,2,1,0.5\n",
  );

  assert.deepEqual([ticks.summary.rows, ticks.summary.oddRows], [2, 1]);
  assert.deepEqual([candles.summary.rows, candles.summary.oddRows], [3, 2]);
});

for (
  const [name, content] of [
    ["gzip", gzipSync(PLAIN + GOOD)],
    ["gzip of two members", Uint8Array.from([...gzipSync(PLAIN), ...gzipSync(GOOD)])],
    ["UTF-8 with a byte-order mark", "\ufeff" + PLAIN + GOOD],
    ["UTF-16LE", utf16(PLAIN + GOOD)],
    ["UTF-16LE without a mark", utf16(PLAIN + GOOD).subarray(2)],
    ["UTF-16BE", utf16(PLAIN + GOOD, "big")],
    ["UTF-16LE in gzip", gzipSync(utf16(PLAIN + GOOD))],
    ["CRLF", (PLAIN + GOOD).replaceAll("\n", "\r\n")],
    ["no last line end", (PLAIN + GOOD).trimEnd()],
    ["stored in a zip", zip({ "a.csv": PLAIN + GOOD }, { method: 0 })],
    ["no header", GOOD],
    ["semicolons", (PLAIN + GOOD).replaceAll(",", ";")],
  ] as const
) {
  Deno.test(`the same ticks come out of ${name}`, async () => {
    const { rows, summary } = await readContent("EURUSD.csv", content);

    assert.deepEqual(rows, GOOD_ROWS);
    assert.deepEqual([summary.badRows, summary.damage], [0, null]);
  });
}

/** Ticks of five minutes, more than one piece of a file. */
const MANY = Array.from(
  { length: 20_000 },
  (_, i) => `${1398902400000 + i * 17},1.${30_000 + i},1.${30_001 + i}\n`,
);

Deno.test("a torn gzip file gives what stands before the tear, and tells the damage", async () => {
  const packed = gzipSync(PLAIN + MANY.join(""));

  const { rows, summary } = await readContent("EURUSD.csv.gz", packed.subarray(0, packed.length >> 1));

  assert.ok(rows.length > 1_000 && rows.length < MANY.length, `${rows.length} rows`);
  assert.deepEqual(rows.at(-1), MANY[rows.length - 1]!.split(",").map(Number));
  assert.deepEqual([summary.rows, summary.badRows], [rows.length, 0]);
  assert.match(summary.damage!, /unexpected end of file/);
});

Deno.test("a zip whose content is not what was packed tells the damage", async () => {
  const packed = zip({ "a.csv": PLAIN + GOOD }, { method: 0 });
  packed[packed.indexOf("9".charCodeAt(0))] = "8".charCodeAt(0);

  const { summary } = await readContent("EURUSD.zip", packed);

  assert.match(summary.damage!, /^the checksum of a.csv is not the archive's$/);
});

Deno.test("a reading left half way closes its file, and the next one starts over", async () => {
  await withFile("EURUSD.csv.gz", gzipSync(PLAIN + MANY.join("")), async (path) => {
    const file = await openFile(path, { batchRows: 100 });

    for await (const _ of file.batches()) break;
    const half = file.summary().rows;
    let rows = 0;
    for await (const { length } of sizes(file.batches())) rows += length;

    assert.ok(half >= 100 && half < MANY.length, `${half} rows`);
    assert.deepEqual([rows, file.summary().rows], [MANY.length, MANY.length]);
  });
});

async function* sizes(batches: AsyncIterable<object>): AsyncGenerator<{ length: number }> {
  for await (const batch of batches) yield { length: (Object.values(batch)[0] as Float64Array).length };
}

Deno.test("a hearer's own error passes through and is no damage", async () => {
  await withFile("EURUSD.csv", PLAIN + GOOD, async (path) => {
    const file = await openFile(path);

    await assert.rejects(async () => {
      for await (const _ of file.batches()) throw new Error("mine");
    }, /mine/);
    assert.equal(file.summary().damage, null);
  });
});

Deno.test("what cannot be read is refused with its reason", async () => {
  const mt5 = MT5 + "2014.05.02\t15:25:00.717\t1.38619\t1.38630\t\t\t6\r\n";
  const candle = "timestamp_ms,open,high,low,close\n1398902400000,1,2,1,2\n";
  const mt4 = "2014.05.05,19:00,0.868340,0.868350,0.868330,0.868350,12\n";
  const two = zip({ "a.csv": GOOD, "b.csv": GOOD });
  const archive = zip({ "EURUSD.csv": PLAIN + GOOD });

  assert.deepEqual(
    [
      await refusalOf("EURUSD.csv", "some,words\nand,more\n"),
      await refusalOf("EURUSD.csv", ""),
      await refusalOf("ticks.csv", PLAIN + GOOD),
      await refusalOf("EURUSD_2014.csv", mt5),
      await refusalOf("NZDUSD1.csv", mt4),
      await refusalOf("EURUSD.csv", candle),
      await refusalOf("EURUSD.csv", "40,1.1,1.2\n", { serverTime: "utc" }),
      await refusalOf("oanda/tick/eurusd/x.csv", "40,1.1,1.2\n"),
      await refusalOf("EURUSD.zip", two),
      await refusalOf("EURUSD.zip", archive.subarray(0, archive.length - 30)),
    ],
    [
      "unknownFormat",
      "unknownFormat",
      "symbolUntold",
      "serverTimeUntold",
      "serverTimeUntold",
      "timeframeUntold",
      "dayUntold",
      "dayUntold",
      "badArchive",
      "badArchive",
    ],
  );
});

Deno.test("a file that is not there is refused as unreadable", async () => {
  const reason = await withFile("EURUSD.csv", GOOD, async (path) => {
    const file = await openMarketData(`${path}.gone`);
    return file.kind === "refused" ? file.reason : file.kind;
  });

  assert.equal(reason, "unreadable");
});

Deno.test("openMarketData() throws on options out of range", async () => {
  await assert.rejects(
    () => readContent("EURUSD.csv", GOOD, { batchRows: 0 }),
    /^RangeError: Cannot read market data as batchRows must be a whole number >= 1: current value is 0$/,
  );
  await assert.rejects(
    () => readContent("EURUSD.csv", GOOD, { serverTime: { utcOffsetMinutes: 900 } }),
    RangeError,
  );
});
