/**
 * FAIR_VALUE_GAP_FILL: its contract, one example calculated by hand, and a near miss for every condition.
 *
 * @module
 */
import assert from "node:assert/strict";
import { fairValueGapFill } from "../../../domain/patterns/fair_value_gap_fill.ts";
import { patternContract } from "../../contracts/pattern_contract.ts";
import type { Ohlct } from "../../kit/candles.ts";
import { assertByHand, changed, findOn, mirrorImage, QUIET, times } from "../../kit/finds.ts";

/** True ranges 14 …, 28, 15, 15, 15: the ATR is 14, then 14 + 14/14 = 15, and stays there. */
const FIRES: readonly Ohlct[] = [
  ...times(40, QUIET), // the first candle of the gap is the last of these: its high is 1007
  [1000, 1028, 1000, 1024, 100], // the middle: body 24 of 28
  [1024, 1039, 1025, 1035, 100], // the third: the gap is 1007 to 1025, 18 high, 1.2 ATR
  [1035, 1041, 1026, 1029, 100], // does not reach it
  [1029, 1031, 1016, 1030, 115], // reaches its half
];
const HOLD: Ohlct = [1029, 1041, 1026, 1029, 100];

patternContract(fairValueGapFill);

Deno.test("FAIR_VALUE_GAP_FILL buys the half filled gap with every number of the hand calculation", () => {
  assertByHand(fairValueGapFill, FIRES, {
    direction: "BUY",
    atr: 15,
    structureBack: 2,
    parts: [
      ["gap", 0.5, 2], // 1.2 ATR is where the half lies
      ["impulse", (24 / 28 - 0.6) / 0.4, 1],
      ["fill", 1, 2], // (1025 − 1016) / 18 = 0.5
      ["freshness", 1, 1], // nothing came back before
      ["bounce", 14 / 15, 1],
      ["activity", 0.5, 1], // 115 / 100 ticks, half way from 0.5 to 1.8
    ],
    confidence: 86.6, // 60 + 35 × 6.0762 / 8
  });
});

Deno.test("FAIR_VALUE_GAP_FILL sells the mirror image", () => {
  assert.equal(findOn(fairValueGapFill, mirrorImage(FIRES))?.direction, "SELL");
});

Deno.test("FAIR_VALUE_GAP_FILL counts every candle that came back before against the gap", () => {
  const touched = changed(FIRES, 1, [1035, 1041, 1025, 1029, 100]);

  assert.equal(findOn(fairValueGapFill, touched)?.parts.find(({ name }) => name === "freshness")?.value, 0.5);
});

Deno.test("FAIR_VALUE_GAP_FILL leaves activity out when no ticks were counted", () => {
  const uncounted = FIRES.map(([open, high, low, close]): Ohlct => [open, high, low, close, 0]);

  assert.deepEqual(
    findOn(fairValueGapFill, uncounted)?.parts.map(({ name }) => name),
    ["gap", "impulse", "fill", "freshness", "bounce"],
  );
});

const NEAR_MISSES: readonly (readonly [string, readonly Ohlct[]])[] = [
  ["the gap is 13 high, under 0.9 ATR", changed(FIRES, 2, [1024, 1035, 1020, 1035, 100])],
  ["the middle's body is 16 of 28, under 0.6", changed(FIRES, 3, [1000, 1028, 1000, 1016, 100])],
  ["the last candle falls", changed(FIRES, 0, [1029, 1031, 1016, 1028, 115])],
  ["the last candle does not move", changed(FIRES, 0, [1029, 1031, 1016, 1029, 115])],
  ["the last candle stops above the gap", changed(FIRES, 0, [1029, 1041, 1026, 1030, 115])],
  ["the last candle fills the gap", changed(FIRES, 0, [1029, 1031, 1007, 1030, 115])],
  ["the last candle closes in the middle of the gap", changed(FIRES, 0, [1015, 1029, 1014, 1016, 115])],
  ["a candle between filled the gap", changed(FIRES, 1, [1035, 1041, 1007, 1029, 100])],
  ["the third candle lies 11 back", [...FIRES.slice(0, -1), ...times(9, HOLD), FIRES.at(-1)!]],
];

for (const [why, rows] of NEAR_MISSES) {
  Deno.test(`FAIR_VALUE_GAP_FILL is silent when ${why}`, () => {
    assert.equal(findOn(fairValueGapFill, rows), null);
  });
}

Deno.test("FAIR_VALUE_GAP_FILL still finds a gap whose third candle lies 10 back", () => {
  assert.notEqual(findOn(fairValueGapFill, [...FIRES.slice(0, -1), ...times(8, HOLD), FIRES.at(-1)!]), null);
});
