/**
 * Rollup: longer candles as the sum of their minutes.
 *
 * @module
 */
import assert from "node:assert/strict";
import { aggregate, Rollup, rollUp } from "../../domain/rollup.ts";
import type { Candle } from "../../protocols/candle.ts";
import { price, symbolName } from "../../protocols/units.ts";

const EURUSD = symbolName("EURUSD");
const TEN = Date.UTC(2026, 6, 7, 10);
const MINUTE = 60_000;

function minute(at: number, bid: number, changes: Partial<Candle> = {}): Candle {
  return {
    symbol: EURUSD,
    timeframe: "M1",
    openedAtMs: TEN + at * MINUTE,
    open: price(bid),
    high: price(bid + 0.0002),
    low: price(bid - 0.0001),
    close: price(bid + 0.0001),
    ticks: 10,
    spread: 0.0001,
    gapBefore: false,
    ...changes,
  };
}

Deno.test("rollUp() takes first open, last close, both extremes, all ticks, and the usual spread", () => {
  const minutes = [
    minute(0, 1.1, { ticks: 5, spread: 0.0009 }),
    minute(1, 1.2, { ticks: 20, spread: 0.0002 }),
    minute(4, 1.15, { ticks: 6, spread: 0.0001 }),
  ];

  assert.deepEqual(rollUp(EURUSD, "M5", TEN, minutes), {
    symbol: EURUSD,
    timeframe: "M5",
    openedAtMs: TEN,
    open: 1.1,
    high: 1.2002,
    low: 1.0999,
    close: 1.1501,
    ticks: 31,
    spread: 0.0002,
    gapBefore: false,
  });
});

Deno.test("rollUp() has a gap before it when any of its minutes has", () => {
  const minutes = [minute(0, 1.1), minute(20, 1.1, { gapBefore: true }), minute(21, 1.1)];

  assert.equal(rollUp(EURUSD, "H1", TEN, minutes).gapBefore, true);
});

Deno.test("rollUp() weighs imported minutes without ticks alike", () => {
  const minutes = [1, 2, 9].map((spread, at) => minute(at, 1.1, { ticks: 0, spread }));

  assert.equal(rollUp(EURUSD, "M5", TEN, minutes).spread, 2);
});

Deno.test("rollUp() refuses to make a candle of nothing", () => {
  assert.throws(() => rollUp(EURUSD, "M5", TEN, []), /Cannot roll up EURUSD M5 as minutes must be >= 1/);
});

Deno.test("aggregate() starts a candle at each border, whether or not minutes are missing", () => {
  const m1 = [0, 1, 4, 5, 11, 14, 15].map((at) => minute(at, 1.1));

  const m5 = aggregate(m1, "M5").map((candle) => [(candle.openedAtMs - TEN) / MINUTE, candle.ticks]);

  assert.deepEqual(m5, [[0, 30], [5, 10], [10, 20], [15, 10]]);
});

Deno.test("Rollup refuses a minute of the next candle while one is open", () => {
  const rollup = new Rollup(EURUSD, "M5");
  rollup.add(minute(3, 1.1));

  assert.throws(() => rollup.add(minute(5, 1.1)), /Cannot add to M5 as openedAtMs must be < /);
  assert.equal(rollup.endMs, TEN + 5 * MINUTE);
});
