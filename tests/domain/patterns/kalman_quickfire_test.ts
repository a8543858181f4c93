/**
 * KALMAN_QUICKFIRE: its contract, one example calculated by hand, and a near miss for every condition.
 *
 * @module
 */
import assert from "node:assert/strict";
import { kalmanQuickfire } from "../../../domain/patterns/kalman_quickfire.ts";
import { patternContract } from "../../contracts/pattern_contract.ts";
import type { Ohlct } from "../../kit/candles.ts";
import { assertByHand, changed, findOn, mirrorImage, QUIET, times } from "../../kit/finds.ts";

const UP: Ohlct = [992, 1008, 992, 1008, 100];
const DOWN: Ohlct = [1008, 1008, 992, 992, 100];
const DROP: Ohlct = [1008, 1008, 964, 970, 165];

/** 199 closes that alternate between 1008 and 992, and a drop. True ranges 16 …, 44: the ATR is 16, then 18. */
const FIRES: readonly Ohlct[] = [...Array.from({ length: 199 }, (_, i) => i % 2 === 0 ? UP : DOWN), DROP];

patternContract(kalmanQuickfire);

Deno.test("KALMAN_QUICKFIRE buys the drop from a range with every number of the hand calculation", () => {
  // The steady filter: predicted variance p with p² − 0.001 p − 0.0001 = 0, gain p / (p + 0.1) = 0.0951.
  const predicted = (0.001 + Math.sqrt(0.001 ** 2 + 4 * 0.001 * 0.1)) / 2;
  const gain = predicted / (predicted + 0.1);
  // Its fair price swings by gain × 8 / (2 − gain) around 1000, on the side of the last close.
  const swing = gain * 8 / (2 - gain);
  const usual = (8 + swing) / 16; // the size of every innovation, and their deviation: half are up, half are down
  const stretch = (1000 + swing - 970) / 18 / usual;

  assertByHand(kalmanQuickfire, FIRES, {
    direction: "BUY",
    atr: 18,
    structureBack: null,
    parts: [
      ["stretch", (stretch - 2.8) / (stretch - 2.8 + 0.5), 3],
      ["quiet", (1.9 - usual) / 1.7, 2],
      ["ranging", 1, 2], // 20 steps lead back to where they began
      ["calm", 0.5, 2], // 165 / 100 ticks: (3 − 1.65) / 2.7
    ],
    confidence: 83.3, // 60 + 35 × 5.9820 / 9
  });
});

Deno.test("KALMAN_QUICKFIRE sells the mirror image", () => {
  assert.equal(findOn(kalmanQuickfire, mirrorImage(FIRES))?.direction, "SELL");
});

Deno.test("KALMAN_QUICKFIRE leaves calm out when no ticks were counted", () => {
  const uncounted = FIRES.map(([open, high, low, close]): Ohlct => [open, high, low, close, 0]);

  assert.deepEqual(findOn(kalmanQuickfire, uncounted)?.parts.map(({ name }) => name), [
    "stretch",
    "quiet",
    "ranging",
  ]);
});

/** 20 candles that rise by `up` and fall by `down` in turn, then a drop of 150: it is stretched in any case. */
function zigzag(up: number, down: number): readonly Ohlct[] {
  const rows: Ohlct[] = [];
  for (let i = 0, at = 1008; i < 20; i++) {
    const to = i % 2 === 0 ? at - down : at + up;
    rows.push([at, Math.max(at, to), Math.min(at, to), to, 100]);
    at = to;
  }
  const last = rows.at(-1)![3];
  return [...FIRES.slice(0, 179), ...rows, [last, last, last - 150, last - 150, 165]];
}

const NEAR_MISSES: readonly (readonly [string, readonly Ohlct[]])[] = [
  ["the drop is 2.5 deviations", changed(FIRES, 0, [1008, 1008, 964, 977, 165])],
  ["the market went 0.375 of the way straight", zigzag(22, 10)],
  ["no close ever differed, so that nothing is usual", [...times(199, QUIET), DROP]],
];

for (const [why, rows] of NEAR_MISSES) {
  Deno.test(`KALMAN_QUICKFIRE is silent when ${why}`, () => {
    assert.equal(findOn(kalmanQuickfire, rows), null);
  });
}

Deno.test("KALMAN_QUICKFIRE finds the same drop when the market went only 0.19 of the way straight", () => {
  assert.notEqual(findOn(kalmanQuickfire, zigzag(19, 13)), null);
});
