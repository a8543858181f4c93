/**
 * Calibration: on real candles the patterns find about as often, and rate about as high, as docs/patterns.md says.
 *
 * @module
 */
import assert from "node:assert/strict";
import { confidenceOf } from "../../../domain/confidence.ts";
import { type Remembered, repeatVerdicts } from "../../../domain/filters/repeats.ts";
import { PATTERNS } from "../../../domain/patterns/all.ts";
import { CHART_CANDLES, contextOf } from "../../../domain/patterns/chart.ts";
import type { Find } from "../../../domain/patterns/pattern.ts";
import { rollUp } from "../../../domain/rollup.ts";
import { type Candle, TIMEFRAME_MS } from "../../../protocols/candle.ts";
import { PATTERN_NAMES } from "../../../protocols/signal.ts";
import { symbolName } from "../../../protocols/units.ts";
import { readCandles } from "../../kit/candles.ts";
import { dataPath } from "../../kit/data.ts";

const QUARTER = ["EURUSD", "GBPUSD", "XAUUSD"].map((name) => ({
  symbol: symbolName(name),
  path: dataPath(`m5/${name}_orkad_2026Q1_M5.csv.gz`),
}));
/** Weeks the numbers were not chosen on; their M1 candles count ticks. */
const OTHER_WEEK = ["EURUSD", "NZDUSD", "XAUUSD"].map((name) => ({
  symbol: symbolName(name),
  path: dataPath(`m1/${name}_oanda_20140501-20140507_M1_bid.csv.gz`),
}));
const present = (files: readonly { readonly path: string | null }[]) =>
  files.every(({ path }) => path !== null);

interface Rated {
  readonly find: Find;
  readonly confidence: number;
}

/** Finds that neither cool-down nor structure refuses, each held against those before it. */
function findsOf(candles: readonly Candle[]): readonly Rated[] {
  const rated: Rated[] = [];
  let recent: Remembered[] = [];
  for (let i = 0; i < candles.length; i++) {
    const { symbol, openedAtMs } = candles[i]!;
    recent = recent.filter((entry) => entry.candleOpenedAtMs > openedAtMs - 86_400_000);
    const context = contextOf(symbol, candles.slice(Math.max(0, i + 1 - CHART_CANDLES), i + 1));
    for (const pattern of PATTERNS) {
      const find = pattern.detect(context);
      if (find === null || repeatVerdicts(find, recent).some(({ verdict }) => verdict === "veto")) continue;
      rated.push({ find, confidence: confidenceOf(find.parts) });
      recent.push({
        id: "",
        pattern: pattern.name,
        structureId: find.structureId,
        candleOpenedAtMs: openedAtMs,
        as: "raised",
      });
    }
  }
  return rated;
}

function daysOf(candles: readonly Candle[]): number {
  return candles.length * TIMEFRAME_MS.M5 / 86_400_000;
}

function percent(part: number, of: number): number {
  return 100 * part / of;
}

function assertBand(finds: readonly Rated[], what: string): void {
  const inside = finds.filter(({ confidence }) => confidence >= 80 && confidence <= 89).length;
  const above = finds.filter(({ confidence }) => confidence > 89).length;
  const share = percent(inside, finds.length);
  assert.ok(share >= 15 && share <= 50, `${what}: ${share.toFixed(1)} % of ${finds.length} in 80–89`);
  assert.ok(percent(above, finds.length) <= 10, `${what}: ${above} of ${finds.length} above 89`);
}

function largestShare(finds: readonly Rated[]): number {
  const groups = Object.values(Object.groupBy(finds, ({ confidence }) => confidence));
  return percent(Math.max(...groups.map((group) => group?.length ?? 0)), finds.length);
}

Deno.test({
  name:
    "PATTERNS find 10 to 15 times a day and symbol in the first quarter of 2026, 15 to 50 % of them in 80–89",
  ignore: !present(QUARTER),
  fn() {
    const all: Rated[] = [];
    for (const { symbol, path } of QUARTER) {
      const candles = readCandles(path!, symbol, "M5");
      const finds = findsOf(candles);
      const perDay = finds.length / daysOf(candles);
      assert.ok(perDay >= 10 && perDay <= 15, `${symbol}: ${perDay.toFixed(1)} finds a day`);
      for (const name of PATTERN_NAMES) {
        const its = finds.filter(({ find }) => find.pattern === name);
        assert.ok(its.length > 0, `${symbol} ${name}: none`);
        if (its.length >= 50) assertBand(its, `${symbol} ${name}`);
      }
      all.push(...finds);
    }
    for (const name of PATTERN_NAMES) {
      const its = all.filter(({ find }) => find.pattern === name);
      assert.ok(its.length >= 50, `${name}: ${its.length} finds`);
      assertBand(its, name);
      assert.ok(largestShare(its) <= 5, `${name}: ${largestShare(its).toFixed(1)} % on one value`);
      const sides = its.filter(({ find }) => find.direction === "BUY").length;
      assert.ok(percent(sides, its.length) > 30 && percent(sides, its.length) < 70, `${name}: ${sides} BUY`);
    }
  },
});

Deno.test({
  name: "PATTERNS find 10 to 17 times a day and symbol in a week of 2014 that no number was chosen on",
  ignore: !present(OTHER_WEEK),
  fn() {
    const all: Rated[] = [];
    for (const { symbol, path } of OTHER_WEEK) {
      const candles = m5Of(readCandles(path!, symbol, "M1"));
      const finds = findsOf(candles);
      const perDay = finds.length / daysOf(candles);
      assert.ok(perDay >= 10 && perDay <= 17, `${symbol}: ${perDay.toFixed(1)} finds a day`);
      all.push(...finds);
    }
    assert.deepEqual([...new Set(all.map(({ find }) => find.pattern))].sort(), [...PATTERN_NAMES].sort());
    assertBand(all, "all patterns");
  },
});

function m5Of(m1: readonly Candle[]): readonly Candle[] {
  const groups = Map.groupBy(
    m1,
    ({ openedAtMs }) => Math.floor(openedAtMs / TIMEFRAME_MS.M5) * TIMEFRAME_MS.M5,
  );
  return [...groups].map(([openedAtMs, minutes]) => rollUp(minutes[0]!.symbol, "M5", openedAtMs, minutes));
}
