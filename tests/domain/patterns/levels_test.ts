/**
 * Levels: stop and target in points, their floors, and their sides.
 *
 * @module
 */
import assert from "node:assert/strict";
import { levelsOf } from "../../../domain/patterns/levels.ts";
import { PATTERNS } from "../../../domain/patterns/all.ts";
import { specOf } from "../../../domain/symbol_spec.ts";
import type { SymbolSpec } from "../../../protocols/symbol_spec.ts";
import type { Quote } from "../../../protocols/tick.ts";
import { price, symbolName } from "../../../protocols/units.ts";

const EURUSD = specOf(symbolName("EURUSD"))!;
const XAUUSD = specOf(symbolName("XAUUSD"))!;
const USDJPY = specOf(symbolName("USDJPY"))!;

const quoteOf = (spec: SymbolSpec, bid: number, ask: number): Quote => ({
  symbol: spec.symbol,
  bid: price(bid),
  ask: price(ask),
  atMs: 0,
  receivedAtMs: 0,
});

Deno.test("levelsOf() opens a BUY at ask and a SELL at bid, with the floor of 15 pips on a calm EURUSD", () => {
  const quote = quoteOf(EURUSD, 1.17602, 1.17604);
  const shared = { stopPips: 15, targetPips: 9, riskReward: 0.6, spreadPips: 0.2 };
  const kalman = { stopAtr: 0.9, riskReward: 0.6 };

  assert.deepEqual(levelsOf(kalman, { direction: "BUY", atr: 0.00035 }, quote, EURUSD), {
    entry: 1.17604,
    stopLoss: 1.17454,
    takeProfit: 1.17694,
    ...shared,
  });
  assert.deepEqual(levelsOf(kalman, { direction: "SELL", atr: 0.00035 }, quote, EURUSD), {
    entry: 1.17602,
    stopLoss: 1.17752,
    takeProfit: 1.17512,
    ...shared,
  });
});

Deno.test("levelsOf() takes the multiple of ATR above the floor, rounded up to a point", () => {
  const levels = levelsOf(
    { stopAtr: 1.2, riskReward: 0.68 },
    { direction: "SELL", atr: 7.183 },
    quoteOf(XAUUSD, 4350.1, 4350.35),
    XAUUSD,
  );

  // 1.2 × 7.183 = 8.6196 USD: 862 points; 0.68 × 862 = 586.16: 586 points.
  assert.deepEqual(levels, {
    entry: 4350.1,
    stopLoss: 4358.72,
    takeProfit: 4344.24,
    stopPips: 86.2,
    targetPips: 58.6,
    riskReward: 586 / 862,
    spreadPips: 2.5,
  });
});

Deno.test("levelsOf() does not add a point for binary dust", () => {
  const levels = levelsOf(
    { stopAtr: 2, riskReward: 1 },
    { direction: "BUY", atr: 0.1 + 0.2 },
    quoteOf(USDJPY, 147.5, 147.51),
    USDJPY,
  );

  assert.equal(levels.stopPips, 60);
  assert.equal(levels.stopLoss, 146.91);
});

Deno.test("levelsOf() keeps the stops level from the side that closes, for stop and target", () => {
  const strict = { ...EURUSD, stopsLevelPips: 20 };
  const wide = quoteOf(EURUSD, 1.1, 1.10123);

  const forStop = levelsOf({ stopAtr: 1, riskReward: 1 }, { direction: "BUY", atr: 0.0001 }, wide, strict);
  const forTarget = levelsOf(
    { stopAtr: 1, riskReward: 0.5 },
    { direction: "BUY", atr: 0.0001 },
    wide,
    strict,
  );

  assert.equal(forStop.stopPips, 32.3); // 20 + a spread of 12.3
  assert.equal(forTarget.stopPips, 40); // so that half of it is 20
  assert.equal(forTarget.targetPips, 20);
});

Deno.test("levelsOf() puts an entry that carries more digits than the symbol on its digits", () => {
  const levels = levelsOf(
    { stopAtr: 1, riskReward: 1 },
    { direction: "BUY", atr: 0.001 },
    quoteOf(USDJPY, 161.3301324, 161.3401324),
    USDJPY,
  );

  assert.equal(levels.entry, 161.34);
});

Deno.test("PATTERNS have the stops and rewards of the house", () => {
  assert.deepEqual(
    PATTERNS.map(({ name, signalClass, stopAtr, riskReward }) => [name, signalClass, stopAtr, riskReward]),
    [
      ["KALMAN_QUICKFIRE", "RAPID", 0.9, 0.6],
      ["ORDER_BLOCK_BOUNCE", "SNIPER", 2.1, 0.9],
      ["BB_SCALP", "RAPID", 0.72, 0.5],
      ["FAIR_VALUE_GAP_FILL", "SNIPER", 1.2, 0.68],
      ["LIQUIDITY_SWEEP_REVERSAL", "SNIPER", 2.4, 0.98],
      ["VCB_BREAKOUT", "RAPID", 1.5, 0.75],
    ],
  );
});
