/**
 * VCB_BREAKOUT: its contract, one example calculated by hand, and a near miss for every condition.
 *
 * @module
 */
import assert from "node:assert/strict";
import { vcbBreakout } from "../../../domain/patterns/vcb_breakout.ts";
import { patternContract } from "../../contracts/pattern_contract.ts";
import type { Ohlct } from "../../kit/candles.ts";
import { assertByHand, changed, findOn, mirrorImage } from "../../kit/finds.ts";

const UP: Ohlct = [992, 1008, 992, 1008, 100];
const DOWN: Ohlct = [1008, 1008, 992, 992, 100];
const BREAK: Ohlct = [1008, 1038, 1008, 1034, 170];

/**
 * 199 closes that alternate between 1008 and 992, and a break.
 *
 * True ranges 16 …, 30: the ATR is 16, then 17. Deviation 8, so the bands are 1000 ± 16 and 32 wide; the channel is
 * 48 wide. The EMA20 (factor 2/21) of the alternation swings by 8 × (2/21) / (40/21) = 0.4 around 1000, so that
 * the channel's upper edge before the break is 1000.4 + 24 = 1024.4.
 */
const FIRES: readonly Ohlct[] = [...Array.from({ length: 199 }, (_, i) => i % 2 === 0 ? UP : DOWN), BREAK];

patternContract(vcbBreakout);

Deno.test("VCB_BREAKOUT buys the break of a squeeze with every number of the hand calculation", () => {
  const beyond = (1034 - 1024.4) / 17;

  assertByHand(vcbBreakout, FIRES, {
    direction: "BUY",
    atr: 17,
    structureBack: null,
    parts: [
      ["squeeze", (0.9 - 32 / 48) / 0.45, 2],
      ["length", 0.8, 1], // 20 / 25
      ["break", (beyond - 0.1) / (beyond - 0.1 + 0.35), 2],
      ["drive", 26 / 30, 1],
      ["activity", 0.5, 2], // 170 / 100 ticks is where the half lies
    ],
    confidence: 81.2, // 60 + 35 × 4.8445 / 8
  });
});

Deno.test("VCB_BREAKOUT sells the mirror image", () => {
  assert.equal(findOn(vcbBreakout, mirrorImage(FIRES))?.direction, "SELL");
});

Deno.test("VCB_BREAKOUT counts only the candles in a row at which the squeeze held", () => {
  // The alternation moves up by 32. 19 candles on, the 20 closes are ten of 1024, nine of 1040 and one of 992: variance
  // 135, bands 46.5 wide against a channel of 48.9 (the move left the ATR at 16.3), a ratio of 0.95. From the 20th on
  // it is 32 against 48.8, so that the squeeze has held for 4 candles when the 23rd is the last before the break.
  const moved: Ohlct[] = Array.from(
    { length: 22 },
    (_, i) => i % 2 === 0 ? [1024, 1040, 1024, 1040, 100] : [1040, 1040, 1024, 1024, 100],
  );
  const rows: Ohlct[] = [...FIRES.slice(0, 100), [992, 1024, 992, 1024, 100], ...moved, [
    1024,
    1070,
    1024,
    1066,
    170,
  ]];

  assert.equal(findOn(vcbBreakout, rows)?.parts.find(({ name }) => name === "length")?.value, 4 / 9);
});

/** Closes that rise by 3 a candle: deviation 3 × √(399/12) = 17.3, so the bands are 69 wide against 48. */
const RISING = Array.from(
  { length: 20 },
  (_, i): Ohlct => [1000 + 3 * i, 1010 + 3 * i, 994 + 3 * i, 1003 + 3 * i, 100],
);

const NEAR_MISSES: readonly (readonly [string, readonly Ohlct[]])[] = [
  ["there are 1.29 times the usual ticks", changed(FIRES, 0, [1008, 1038, 1008, 1034, 129])],
  ["no ticks were counted", FIRES.map(([open, high, low, close]): Ohlct => [open, high, low, close, 0])],
  ["the close lies 1.6 beyond the channel, under 0.1 ATR", changed(FIRES, 0, [1008, 1038, 1008, 1026, 170])],
  ["the candle falls", changed(FIRES, 0, [1035, 1038, 1008, 1034, 170])],
  ["the candle does not move", changed(FIRES, 0, [1034, 1038, 1008, 1034, 170])],
  ["the bands are wider than the channel", [...FIRES.slice(0, 100), ...RISING, [
    1060,
    1100,
    1060,
    1095,
    170,
  ]]],
];

for (const [why, rows] of NEAR_MISSES) {
  Deno.test(`VCB_BREAKOUT is silent when ${why}`, () => {
    assert.equal(findOn(vcbBreakout, rows), null);
  });
}
