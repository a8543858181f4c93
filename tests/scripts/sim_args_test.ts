/**
 * Command-line arguments of the simulated EA, its clock, and its recordings.
 *
 * @module
 */
import assert from "node:assert/strict";
import { clockOf, readAnchor } from "../../scripts/sim/clock.ts";
import { parseRecording, recordedSource } from "../../scripts/sim/recorded.ts";
import { anchorFrom, optionsOf } from "../../scripts/sim_ea.ts";
import { dataPath, readTicks } from "../kit/data.ts";

Deno.test("optionsOf() reads every argument", () => {
  const options = optionsOf([
    ...["--uuid", "user_demo_00017", "--account", "42", "--balance", "1000.5", "--currency", "EUR"],
    ...["--leverage", "100", "--symbols", "EURUSD,XAUUSD", "--chart", "XAUUSD", "--variant", "v2.06H"],
    ...["--suffix", ".r", "--server", "S", "--company", "C", "--utc-offset-hours", "2", "--host", "10.8.0.1"],
    ...[
      "--command-port",
      "1",
      "--telemetry-port",
      "2",
      "--confirm-port",
      "3",
      "--seed",
      "9",
      "--epoch-ms",
      "7",
    ],
    ...["--data", "EURUSD=a.csv", "--data", "XAUUSD=b.csv.gz", "--commission", "0", "--stop-out-level", "20"],
    ...["--slippage-points", "4", "--latency-ms", "250", "--reject", "2:10019,5:10004", "--state", "s.json"],
  ]);

  assert.deepEqual(options, {
    uuid: "user_demo_00017",
    account: 42,
    balance: 1000.5,
    currency: "EUR",
    leverage: 100,
    symbols: ["EURUSD", "XAUUSD"],
    chart: "XAUUSD",
    variant: "v2.06H",
    suffix: ".r",
    server: "S",
    company: "C",
    utcOffsetHours: 2,
    host: "10.8.0.1",
    commandPort: 1,
    telemetryPort: 2,
    confirmPort: 3,
    seed: 9,
    epochMs: 7,
    data: ["EURUSD=a.csv", "XAUUSD=b.csv.gz"],
    commission: 0,
    stopOutLevel: 20,
    slippagePoints: 4,
    latencyMs: 250,
    rejects: { 2: 10019, 5: 10004 },
    stateFile: "s.json",
  });
});

Deno.test("optionsOf() refuses what it cannot read, by name", () => {
  const wrong: [string[], RegExp][] = [
    [[], /--uuid must be given/],
    [["--uuid", "user_demo_00017", "--balance", "much"], /Cannot read --balance .* much/],
    [["--uuid", "user_demo_00017", "--seed", ""], /Cannot read --seed/],
    [["--uuid", "user_demo_00017", "--variant", "v3"], /Cannot read --variant .* v3/],
    [["--uuid", "user_demo_00017", "--reject", "x"], /Cannot read --reject .* x/],
    [["--uuid", "user_demo_00017", "--colour", "red"], /--colour/],
  ];

  for (const [args, message] of wrong) assert.throws(() => optionsOf(args), message);
});

Deno.test("anchorFrom() takes the anchor from the arguments, or real time", async () => {
  const anchors = [
    await anchorFrom([]),
    await anchorFrom(["--clock-wall-ms", "1", "--clock-market-ms", "2", "--clock-speed", "60"]),
    await anchorFrom([
      ...["--clock-wall-ms", "1", "--clock-market-ms", "2", "--clock-speed", "60"],
      ...["--clock-skips", '[{"fromMs":3,"toMs":4}]'],
    ]),
  ];

  assert.deepEqual(anchors, [
    null,
    { wallMs: 1, marketMs: 2, speed: 60, skips: [] },
    { wallMs: 1, marketMs: 2, speed: 60, skips: [{ fromMs: 3, toMs: 4 }] },
  ]);
  await assert.rejects(anchorFrom(["--clock-speed", "60"]), /Cannot read --clock-wall-ms/);
});

Deno.test("anchorFrom() asks a server's health, and waits for a server that is not up yet", async () => {
  const clock = { wallMs: 10, marketMs: 20, speed: 600, skips: [] };
  let asked = 0;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
    asked++;
    return asked === 1 ? new Response("starting", { status: 503 }) : Response.json({ status: "ok", clock });
  });

  const anchor = await anchorFrom(["--health", `http://127.0.0.1:${server.addr.port}/healthz`]);

  assert.deepEqual([anchor, asked], [clock, 2]);
  await server.shutdown();
});

Deno.test("readAnchor() knows real time from a missing clock", () => {
  assert.equal(readAnchor({ clock: null }), null);
  assert.throws(() => readAnchor({ status: "ok" }), /^Error: Cannot adopt clock/);
  assert.throws(() => readAnchor({ clock: { wallMs: 1 } }), /^Error: Cannot adopt clock/);
  assert.equal(clockOf(null).anchor, null);
});

Deno.test("parseRecording() takes the symbol from the text or the file's name", () => {
  const read = ["EURUSD=x/y.csv", "d/XAUUSD_oanda_2014.csv.gz", "GBPUSD.csv"].map(parseRecording);

  assert.deepEqual(read, [
    { symbol: "EURUSD", path: "x/y.csv" },
    { symbol: "XAUUSD", path: "d/XAUUSD_oanda_2014.csv.gz" },
    { symbol: "GBPUSD", path: "GBPUSD.csv" },
  ]);
  assert.throws(() => parseRecording("ticks.csv"), /must begin with a symbol: current value is ticks.csv/);
});

Deno.test("recordedSource() hands over plain files in step, merged by time, without header, gaps and torn lines", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(
    `${folder}/EURUSD.csv`,
    "timestamp_ms,bid,ask\n1000,1.1,1.2\n3000,1.3,1.4\n\n5000,1.5",
  );
  await Deno.writeTextFile(`${folder}/GBPUSD.csv`, "2000,2.1,2.2\n3000,2.3,2.4\n9000,2.5,2.6\n");
  const files = ["EURUSD.csv", "GBPUSD.csv"].map((name) => parseRecording(`${folder}/${name}`));
  const source = await recordedSource(files, 1000);

  const parts = [await source.until(2500), await source.until(2500), await source.until(1e9)];

  assert.deepEqual(parts.map((ticks) => ticks.map(({ symbol, bid, atMs }) => [symbol, bid, atMs])), [
    [["GBPUSD", 2.1, 2000]],
    [],
    [["EURUSD", 1.3, 3000], ["GBPUSD", 2.3, 3000], ["GBPUSD", 2.5, 9000]],
  ]);
  assert.deepEqual(source.latest().map(({ symbol, atMs }) => [symbol, atMs]), [["EURUSD", 3000], [
    "GBPUSD",
    9000,
  ]]);
  await source.close();
  await source.close();
  await Deno.remove(folder, { recursive: true });
});

const EURO = dataPath("ticks/EURUSD_oanda_20140501-20140507.csv.gz");

Deno.test({
  name: "recordedSource() reads a real recording as it lies, from the middle",
  ignore: EURO === null,
  fn: async () => {
    const [fromMs, toMs] = [Date.UTC(2014, 4, 2, 12, 29), Date.UTC(2014, 4, 2, 12, 31)];
    const expected = readTicks(EURO!).filter(({ atMs }) => atMs > fromMs && atMs <= toMs);
    const source = await recordedSource([parseRecording(EURO!)], fromMs);

    const ticks = [...await source.until(fromMs + 60_000), ...await source.until(toMs)];
    await source.close();

    assert(expected.length > 100, `${expected.length} ticks about the payrolls`);
    assert.deepEqual(ticks.map(({ symbol: _, ...tick }) => tick), expected);
  },
});
