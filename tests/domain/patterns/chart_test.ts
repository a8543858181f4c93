/**
 * Charts: where a run begins, what a mirror does, and how far back one may look.
 *
 * @module
 */
import assert from "node:assert/strict";
import { candleAt, candlesBack, CHART_CANDLES, contextOf } from "../../../domain/patterns/chart.ts";
import { symbolName } from "../../../protocols/units.ts";
import { candlesOf, walk } from "../../kit/candles.ts";

const EURUSD = symbolName("EURUSD");

Deno.test("contextOf() takes only the candles since the last gap", () => {
  const candles = walk(3, 60).map((candle, i) =>
    i === 20 || i === 45 ? { ...candle, gapBefore: true } : candle
  );

  const { upright } = contextOf(EURUSD, candles);

  assert.deepEqual(upright.candles, candles.slice(45));
  assert.equal(upright.atrs.length, 15);
  assert.ok(upright.atrs.slice(0, 13).every(Number.isNaN) && upright.atr > 0);
});

Deno.test("contextOf() takes at most 200 candles", () => {
  const candles = walk(3, 400);

  assert.deepEqual(contextOf(EURUSD, candles).upright.candles, candles.slice(-CHART_CANDLES));
});

Deno.test("contextOf() of a candle behind a gap holds that candle alone", () => {
  const candles = walk(3, 30).map((candle, i) => i === 29 ? { ...candle, gapBefore: true } : candle);

  assert.deepEqual(contextOf(EURUSD, candles).upright.candles, candles.slice(29));
});

Deno.test("contextOf() mirrors prices, changes highs and lows over, and keeps ATR, ticks and time", () => {
  const [candle] = candlesOf([[3, 7, 2, 5, 11]]);

  const { mirrored, upright } = contextOf(EURUSD, [candle!]);

  assert.deepEqual(mirrored.candles, [
    { openedAtMs: candle!.openedAtMs, open: -3, high: -2, low: -7, close: -5, ticks: 11 },
  ]);
  assert.equal(mirrored.direction, "SELL");
  assert.equal(mirrored.atrs, upright.atrs);
});

Deno.test("candleAt() and candlesBack() count from the last candle", () => {
  const { upright } = contextOf(EURUSD, candlesOf([[1, 1, 1, 1, 1], [2, 2, 2, 2, 2], [3, 3, 3, 3, 3]]));

  assert.equal(candleAt(upright, 0).close, 3);
  assert.deepEqual(candlesBack(upright, 2, 1).map(({ close }) => close), [1, 2]);
  assert.deepEqual(candlesBack(upright, 0, 1), []);
  assert.throws(
    () => candleAt(upright, 3),
    /Cannot look 3 candles back as it must be < the chart's length: current value is 3/,
  );
});
