/**
 * BB_SCALP: its contract, one example calculated by hand, and a near miss for every condition.
 *
 * @module
 */
import assert from "node:assert/strict";
import { bbScalp } from "../../../domain/patterns/bb_scalp.ts";
import { patternContract } from "../../contracts/pattern_contract.ts";
import type { Ohlct } from "../../kit/candles.ts";
import { assertByHand, changed, findOn, mirrorImage, QUIET, times } from "../../kit/finds.ts";

const FALL: Ohlct = [1000, 1000, 986, 986, 100];
const REBUFF: Ohlct = [984, 988, 974, 987, 200];

/** True ranges 14 throughout: the ATR is 14. */
const FIRES: readonly Ohlct[] = [...times(40, QUIET), FALL, REBUFF];

patternContract(bbScalp);

Deno.test("BB_SCALP buys the rebuff at the lower band with every number of the hand calculation", () => {
  // Mean loss 14/14 = 1, then 13/14; mean gain 1/14: RSI = 100 / 14.
  const overdone = 30 - 100 / 14;
  // 18 closes of 1000, 986 and 987: mean 998.65, variance (18 × 1.35² + 12.65² + 11.65²) / 20 = 16.4275.
  const pierced = (998.65 - 2 * Math.sqrt(16.4275) - 974) / 14;

  assertByHand(bbScalp, FIRES, {
    direction: "BUY",
    atr: 14,
    structureBack: null,
    parts: [
      ["exhaustion", overdone / (overdone + 4), 2],
      ["pierce", pierced / (pierced + 0.6), 2],
      ["wick", (10 / 14 - 0.6) / 0.25, 2], // 984 − 974 of a range of 14
      ["ranging", 1 - 13 / 15, 1], // from 1000 to 987 by 14 down and 1 up
      ["calm", 0.5, 2], // 200 / 100 ticks: (3.5 − 2) / 3
    ],
    confidence: 79.7, // 60 + 35 × 5.0762 / 9
  });
});

Deno.test("BB_SCALP sells the mirror image", () => {
  assert.equal(findOn(bbScalp, mirrorImage(FIRES))?.direction, "SELL");
});

Deno.test("BB_SCALP leaves calm out when no ticks were counted", () => {
  const uncounted = FIRES.map(([open, high, low, close]): Ohlct => [open, high, low, close, 0]);

  assert.deepEqual(
    findOn(bbScalp, uncounted)?.parts.map(({ name }) => name),
    ["exhaustion", "pierce", "wick", "ranging"],
  );
});

/** Closes that fall by 3 a candle: mean 28.5 above the last one, deviation 17.3, so the band lies 6.1 under it. */
const FALLING = Array.from(
  { length: 30 },
  (_, i): Ohlct => [1003 - 3 * i, 1008 - 3 * i, 994 - 3 * i, 1000 - 3 * i, 100],
);

const NEAR_MISSES: readonly (readonly [string, readonly Ohlct[]])[] = [
  ["the wick is 8 of 14, under 0.6", changed(FIRES, 0, [982, 988, 974, 987, 200])],
  ["the range is 5, under half an ATR", changed(FIRES, 0, [985.5, 987, 982, 986, 200])],
  ["the low stays above the band", [...times(40, QUIET), ...FALLING, [910, 913, 905, 910, 200]]],
  ["the RSI is 33, over 30", [
    ...times(39, QUIET),
    [1000, 1014, 1000, 1014, 100],
    [1014, 1014, 986, 986, 100],
    REBUFF,
  ]],
];

for (const [why, rows] of NEAR_MISSES) {
  Deno.test(`BB_SCALP is silent when ${why}`, () => {
    assert.equal(findOn(bbScalp, rows), null);
  });
}

Deno.test("BB_SCALP finds the low under the band where one a little higher was not", () => {
  assert.notEqual(findOn(bbScalp, [...times(40, QUIET), ...FALLING, [910, 912, 902, 910, 200]]), null);
});
