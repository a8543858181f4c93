/**
 * Real feeds: recorded ticks through the whole feed into candles, held against candles made by others.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { EaFeed, type FeedCounts, newCounts } from "../../domain/ea_feed.ts";
import { isOpen } from "../../domain/calendar.ts";
import { CandleBuilder } from "../../domain/candle.ts";
import { aggregate } from "../../domain/rollup.ts";
import type { Candle } from "../../protocols/candle.ts";
import { eaId, price, type SymbolName, symbolName } from "../../protocols/units.ts";
import { dataPath, type RawTick, readTicks } from "../kit/data.ts";

const ZONE_MS = 3 * 3_600_000;
const LATENCY_MS = 50;

/** `timestamp_ms,open,high,low,close,volume` as numbers. */
function readRows(path: string): number[][] {
  const lines = gunzipSync(readFileSync(path)).toString("utf8").trimEnd().split("\n");
  return lines.slice(1).map((line) => line.split(",").map(Number));
}

const rowOf = (
  candle: Candle,
) => [candle.openedAtMs, candle.open, candle.high, candle.low, candle.close, candle.ticks];

interface Fed {
  readonly counts: FeedCounts;
  readonly candles: readonly Candle[];
  readonly lateTicks: number;
}

/** Feeds ticks as an EA at UTC+3 would send them. */
function feed(symbol: SymbolName, ticks: readonly RawTick[]): Fed {
  const ea = eaId("ea-1");
  const counts = newCounts();
  const builder = new CandleBuilder(symbol);
  const candles: Candle[] = [];
  const line = new EaFeed(ea, { slackMs: 0, overrides: new Map(), counts }, {
    quoted: () => {},
    passed: (tick) => void candles.push(...builder.tick(tick.atMs, tick.bid, tick.ask)),
    lost: () => {},
    doubted: () => {},
  });
  for (const { atMs, bid, ask } of ticks) {
    line.take({
      kind: "tick",
      eaId: ea,
      nodeId: null,
      brokerSymbol: `${symbol}.r`,
      bid: price(bid),
      ask: price(ask),
      brokerTimeMs: atMs + ZONE_MS,
    }, atMs + LATENCY_MS);
  }
  candles.push(...builder.advance(Infinity));
  return { counts, candles, lateTicks: builder.lateTicks };
}

function built(symbol: SymbolName, ticks: readonly RawTick[]): Candle[] {
  const builder = new CandleBuilder(symbol);
  return [
    ...ticks.flatMap((tick) => builder.tick(tick.atMs, tick.bid, tick.ask)),
    ...builder.advance(Infinity),
  ];
}

const m1 = (candles: readonly Candle[]) => candles.filter((candle) => candle.timeframe === "M1");

for (const name of ["EURUSD", "NZDUSD", "XAUUSD"]) {
  const symbol = symbolName(name);
  const tickPath = dataPath(`ticks/${name}_oanda_20140501-20140507.csv.gz`);
  const m1Path = dataPath(`m1/${name}_oanda_20140501-20140507_M1_bid.csv.gz`);
  Deno.test({
    name: `CandleBuilder makes of OANDA's ${name} ticks of a week exactly the M1 candles made by others`,
    ignore: tickPath === null || m1Path === null,
    fn() {
      const candles = built(symbol, readTicks(tickPath!));

      assert.deepEqual(m1(candles).map(rowOf), readRows(m1Path!));
      const m5 = candles.filter((candle) => candle.timeframe === "M5");
      assert.deepEqual(m5, aggregate(m1(candles), "M5"));
    },
  });
}

const EURUSD_TICKS = dataPath("ticks/EURUSD_oanda_20140501-20140507.csv.gz");
Deno.test({
  name: "EaFeed lets every tick of a clean week through, payrolls and weekend included, and marks one gap",
  ignore: EURUSD_TICKS === null,
  fn() {
    const symbol = symbolName("EURUSD");
    const ticks = readTicks(EURUSD_TICKS!);

    const { counts, candles, lateTicks } = feed(symbol, ticks);

    assert.deepEqual([counts, lateTicks], [newCounts(), 0]);
    assert.deepEqual(candles, built(symbol, ticks));
    const gaps = m1(candles).filter((candle) => candle.gapBefore).map(({ openedAtMs }) => openedAtMs);
    assert.deepEqual(gaps, [Date.UTC(2014, 4, 1), Date.UTC(2014, 4, 4, 21)]);
  },
});

const GOLD = symbolName("XAUUSD");
const GOLD_TICKS = dataPath("ticks/XAUUSD_oanda_20140501-20140507.csv.gz");
Deno.test({
  name:
    "EaFeed drops the 557 repeated rows of a million gold ticks, and gold's candles part at each daily pause",
  ignore: GOLD_TICKS === null,
  fn() {
    const ticks = readTicks(GOLD_TICKS!);

    const { counts, candles } = feed(GOLD, ticks);

    assert.deepEqual(counts, { ...newCounts(), duplicates: 557 });
    assert.equal(m1(candles).reduce((sum, candle) => sum + candle.ticks, 0), ticks.length - 557);
    const gaps = m1(candles).filter(({ gapBefore, openedAtMs }) => gapBefore && isOpen(GOLD, openedAtMs));
    const hours = gaps.map(({ openedAtMs }) => new Date(openedAtMs).toISOString().slice(5, 13));
    assert.deepEqual(hours, ["05-01T00", "05-01T22", "05-04T22", "05-05T22", "05-06T22", "05-07T22"]);
  },
});

const DIRTY_TICKS = dataPath("ticks/EURUSD_fxcm_20140505-20140506.csv.gz");
Deno.test({
  name: "EaFeed counts the 14,986 crossed ticks of a merged feed, and makes its candles of the rest",
  ignore: DIRTY_TICKS === null,
  fn() {
    const symbol = symbolName("EURUSD");
    const ticks = readTicks(DIRTY_TICKS!);

    const { counts, candles } = feed(symbol, ticks);

    assert.deepEqual(counts, { ...newCounts(), crossed: 14_986 });
    assert.deepEqual(candles, built(symbol, ticks.filter(({ bid, ask }) => ask >= bid)));
  },
});
