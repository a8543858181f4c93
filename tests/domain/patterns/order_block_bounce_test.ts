/**
 * ORDER_BLOCK_BOUNCE: its contract, one example calculated by hand, and a near miss for every condition.
 *
 * @module
 */
import assert from "node:assert/strict";
import { orderBlockBounce } from "../../../domain/patterns/order_block_bounce.ts";
import { patternContract } from "../../contracts/pattern_contract.ts";
import type { Ohlct } from "../../kit/candles.ts";
import { assertByHand, changed, findOn, mirrorImage, QUIET, times } from "../../kit/finds.ts";

/** True ranges 14 …, 14, 28, 15, 15, 15, 15: the ATR is 14, then 14 + 14/14 = 15, and stays there. */
const FIRES: readonly Ohlct[] = [
  ...times(45, QUIET),
  [1000, 1004, 990, 992, 100], // the block: falls, 990 to 1004
  [992, 1019, 991, 1015, 100],
  [1015, 1028, 1013, 1026, 100],
  [1026, 1034, 1019, 1028, 100], // displaced by 1034 − 1004 = 30, 2 ATR
  [1028, 1029, 1014, 1015, 100],
  [1005, 1016, 1001, 1013, 100], // comes back into the block and closes above its middle, 997
];
const HOLD: Ohlct = [1015, 1029, 1014, 1015, 100];
const TOUCH: Ohlct = [1015, 1019, 1004, 1015, 100];

function waiting(count: number, row: Ohlct): readonly Ohlct[] {
  return [...FIRES.slice(0, -1), ...times(count, row), FIRES.at(-1)!];
}

patternContract(orderBlockBounce);

Deno.test("ORDER_BLOCK_BOUNCE buys the return to the block with every number of the hand calculation", () => {
  assertByHand(orderBlockBounce, FIRES, {
    direction: "BUY",
    atr: 15,
    structureBack: 5,
    parts: [
      ["displacement", 5 / 9, 2], // 0.5 above the least, half lies 0.4 above
      ["freshness", 1, 2],
      ["bounce", 12 / 15, 1],
      ["nearness", 4 / 15, 2], // 9 / 15 = 0.6 ATR above the block: (1 − 0.6) / 1.5
      ["sweep", 0.88, 1], // 993 − 990 = 0.2 ATR: (0.2 + 2) / 2.5
      ["quiet return", 0.5, 2], // as many ticks as the displacement: (1.7 − 1) / 1.4
    ],
    confidence: 82.1, // 60 + 35 × 6.3244 / 10
  });
});

Deno.test("ORDER_BLOCK_BOUNCE sells the mirror image", () => {
  assert.equal(findOn(orderBlockBounce, mirrorImage(FIRES))?.direction, "SELL");
});

Deno.test("ORDER_BLOCK_BOUNCE takes the newest of two blocks that hold", () => {
  const older = [...times(10, QUIET), ...FIRES.slice(45, 50)];
  const two = [...times(45, QUIET), ...older, [1015, 1015, 1000, 1000, 100] as const, ...FIRES.slice(45)];
  const find = findOn(orderBlockBounce, two);
  const only = findOn(orderBlockBounce, [...times(two.length - FIRES.length, QUIET), ...FIRES]);

  assert.equal(find?.structureId, only?.structureId);
});

Deno.test("ORDER_BLOCK_BOUNCE counts two candles that came back before, and leaves the quiet return out without ticks", () => {
  const touched = findOn(orderBlockBounce, waiting(2, TOUCH));
  const uncounted = findOn(
    orderBlockBounce,
    FIRES.map(([open, high, low, close]): Ohlct => [open, high, low, close, 0]),
  );

  assert.equal(touched?.parts.find(({ name }) => name === "freshness")?.value, 1 / 3);
  assert.deepEqual(
    uncounted?.parts.map(({ name }) => name),
    ["displacement", "freshness", "bounce", "nearness", "sweep"],
  );
});

const NEAR_MISSES: readonly (readonly [string, readonly Ohlct[]])[] = [
  ["the bounce's body is 5 of 15, under 0.4", changed(FIRES, 0, [1008, 1016, 1001, 1013, 100])],
  ["the bounce falls", changed(FIRES, 0, [1013, 1016, 1001, 1005, 100])],
  ["the block does not fall", changed(FIRES, 5, [992, 1004, 990, 992, 100])],
  ["the candle after the block does not rise", changed(FIRES, 4, [1016, 1019, 991, 1015, 100])],
  ["the bounce stops above the block", changed(FIRES, 0, [1008, 1020, 1005, 1016, 100])],
  ["the bounce undercuts the block", changed(FIRES, 0, [1001, 1016, 989, 1013, 100])],
  ["the bounce closes in the middle of the block", changed(FIRES, 0, [991, 1000, 990, 997, 100])],
  ["the close lies 34 above the block's low, over 2 ATR", changed(FIRES, 0, [1005, 1025, 1001, 1024, 100])],
  ["the displacement is 21, under 1.5 ATR", [
    ...FIRES.slice(0, -4),
    [1015, 1024, 1013, 1022, 100],
    [1022, 1025, 1010, 1020, 100],
    ...FIRES.slice(-2),
  ]],
  ["a candle between closed below the block", changed(FIRES, 1, [1028, 1029, 988, 989, 100])],
  ["three candles came back before", waiting(3, TOUCH)],
  ["the block lies 31 back", waiting(26, HOLD)],
  ["the block lies 3 back", [...FIRES.slice(0, -3), FIRES.at(-1)!]],
];

for (const [why, rows] of NEAR_MISSES) {
  Deno.test(`ORDER_BLOCK_BOUNCE is silent when ${why}`, () => {
    assert.equal(findOn(orderBlockBounce, rows), null);
  });
}

Deno.test("ORDER_BLOCK_BOUNCE still finds a block that lies 30 back", () => {
  assert.notEqual(findOn(orderBlockBounce, waiting(25, HOLD)), null);
});
