/**
 * LIQUIDITY_SWEEP_REVERSAL: its contract, one example calculated by hand, and a near miss for every condition.
 *
 * @module
 */
import assert from "node:assert/strict";
import { liquiditySweepReversal } from "../../../domain/patterns/liquidity_sweep_reversal.ts";
import { patternContract } from "../../contracts/pattern_contract.ts";
import type { Ohlct } from "../../kit/candles.ts";
import { assertByHand, changed, findOn, mirrorImage, QUIET, times } from "../../kit/finds.ts";

const SWING: Ohlct = [1000, 1008, 980, 1000, 100];
const REST: Ohlct = [1000, 1008, 993, 1000, 100];
const NEAR: Ohlct = [1000, 1000, 985, 1000, 100];
const SWEEP: Ohlct = [990, 999, 971, 988, 150];

/** True ranges 14 …, 28, 15 …, 29: the ATR is 14, then 15, and 15 + 14/14 = 16 at the sweep. */
const FIRES: readonly Ohlct[] = [...times(40, QUIET), SWING, REST, REST, NEAR, REST, SWEEP];

patternContract(liquiditySweepReversal);

Deno.test("LIQUIDITY_SWEEP_REVERSAL buys the sweep of a swing with every number of the hand calculation", () => {
  assertByHand(liquiditySweepReversal, FIRES, {
    direction: "BUY",
    atr: 16,
    structureBack: 5,
    parts: [
      ["depth", 5 / 29, 2], // 980 − 971 = 0.5625 ATR: 0.0625 / (0.0625 + 0.3)
      ["wick", (17 / 28 - 0.55) / 0.3, 2], // 988 − 971 of a range of 28
      ["reclaim", 0.625, 2], // 988 − 980 = 0.5 ATR: 0.5 / 0.8
      ["liquidity", 0.5, 1], // 980 and 985 lie within half an ATR
      ["activity", 0.4, 1], // 150 / 100 ticks: (1.5 − 0.5) / 2.5
    ],
    confidence: 72.6, // 60 + 35 × 2.8758 / 8
  });
});

Deno.test("LIQUIDITY_SWEEP_REVERSAL sells the mirror image", () => {
  assert.equal(findOn(liquiditySweepReversal, mirrorImage(FIRES))?.direction, "SELL");
});

Deno.test("LIQUIDITY_SWEEP_REVERSAL leaves activity out when no ticks were counted", () => {
  const uncounted = FIRES.map(([open, high, low, close]): Ohlct => [open, high, low, close, 0]);

  assert.deepEqual(
    findOn(liquiditySweepReversal, uncounted)?.parts.map(({ name }) => name),
    ["depth", "wick", "reclaim", "liquidity"],
  );
});

Deno.test("LIQUIDITY_SWEEP_REVERSAL names a level touched twice by its newest candle", () => {
  const twice = [...times(40, QUIET), SWING, REST, SWING, REST, REST, SWEEP];
  const once = [...times(42, QUIET), SWING, REST, REST, SWEEP];

  assert.equal(
    findOn(liquiditySweepReversal, twice)?.structureId,
    findOn(liquiditySweepReversal, once)?.structureId,
  );
});

const NEAR_MISSES: readonly (readonly [string, readonly Ohlct[]])[] = [
  ["the sweep is 7 deep, under half an ATR", changed(FIRES, 0, [990, 999, 973, 988, 150])],
  ["the wick is half of the range", changed(FIRES, 0, [985, 999, 971, 988, 150])],
  ["the close is the level", changed(FIRES, 0, [984, 985, 971, 980, 150])],
  ["the close lies 41 above the low, over 2.3 ATR", changed(FIRES, 0, [1013, 1014, 971, 1012, 150])],
  ["one candle lies between swing and sweep", [...times(40, QUIET), SWING, REST, SWEEP]],
  ["the swing lies 21 back, and the newest of the lows after it 1 back", [
    ...times(40, QUIET),
    SWING,
    ...times(20, REST),
    SWEEP,
  ]],
];

for (const [why, rows] of NEAR_MISSES) {
  Deno.test(`LIQUIDITY_SWEEP_REVERSAL is silent when ${why}`, () => {
    assert.equal(findOn(liquiditySweepReversal, rows), null);
  });
}

Deno.test("LIQUIDITY_SWEEP_REVERSAL still finds a swing that lies 20 back, or 3", () => {
  assert.notEqual(
    findOn(liquiditySweepReversal, [...times(40, QUIET), SWING, ...times(19, REST), SWEEP]),
    null,
  );
  assert.notEqual(findOn(liquiditySweepReversal, [...times(40, QUIET), SWING, REST, REST, SWEEP]), null);
});
