/**
 * Levels: entry, stop and target of a find, in whole points of the symbol.
 *
 * @module
 */
import type { SymbolSpec } from "../../protocols/symbol_spec.ts";
import type { Quote } from "../../protocols/tick.ts";
import type { Pips, Price } from "../../protocols/units.ts";
import { pipsToPoints, pointsToPips, pointsToPrice, priceToPoints, roundPrice } from "../symbol_spec.ts";
import type { Find, Pattern } from "./pattern.ts";

/** Where a trade begins and ends. */
export interface Levels {
  readonly entry: Price;
  readonly stopLoss: Price;
  readonly takeProfit: Price;
  /** Distances from the entry; positive, whole points. */
  readonly stopPips: Pips;
  readonly targetPips: Pips;
  /** targetPips / stopPips. */
  readonly riskReward: number;
  readonly spreadPips: Pips;
}

/**
 * Levels of a find at a quote: a BUY enters at ask, a SELL at bid.
 *
 * The stop is the greatest of the pattern's multiple of ATR, the symbol's stop floor, and what the broker's stops
 * level demands of stop and target (it counts from the side that closes the trade, so the stop adds the
 * spread); it is rounded up to a point, so never nearer than that. The target is the stop's distance times the
 * pattern's reward to risk, to the nearest point.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { price, symbolName } from "../../protocols/units.ts";
 * import { specOf } from "../symbol_spec.ts";
 * import { levelsOf } from "./levels.ts";
 *
 * const symbol = symbolName("EURUSD");
 * const quote = { symbol, bid: price(1.17600), ask: price(1.17602), atMs: 0, receivedAtMs: 0 };
 * const levels = levelsOf({ stopAtr: 0.9, riskReward: 0.6 }, { direction: "BUY", atr: 0.0004 }, quote, specOf(symbol)!);
 * assert.equal(levels.entry, 1.17602);
 * assert.equal(levels.stopLoss, 1.17452);
 * assert.equal(levels.takeProfit, 1.17692);
 * ```
 */
export function levelsOf(
  pattern: Pick<Pattern, "stopAtr" | "riskReward">,
  find: Pick<Find, "direction" | "atr">,
  quote: Quote,
  spec: SymbolSpec,
): Levels {
  const side = find.direction === "BUY" ? 1 : -1;
  const entry = Math.round(priceToPoints(spec, side > 0 ? quote.ask : quote.bid));
  const spread = Math.max(0, Math.round(priceToPoints(spec, quote.ask - quote.bid)));
  const stop = stopPoints(pattern, find.atr, spread, spec);
  const target = Math.round(stop * pattern.riskReward);
  return {
    entry: priceAt(spec, entry),
    stopLoss: priceAt(spec, entry - side * stop),
    takeProfit: priceAt(spec, entry + side * target),
    stopPips: pointsToPips(spec, stop),
    targetPips: pointsToPips(spec, target),
    riskReward: target / stop,
    spreadPips: pointsToPips(spec, spread),
  };
}

function stopPoints(
  pattern: Pick<Pattern, "stopAtr" | "riskReward">,
  atr: number,
  spread: number,
  spec: SymbolSpec,
): number {
  const stopsLevel = pipsToPoints(spec, spec.stopsLevelPips);
  const least = Math.max(
    priceToPoints(spec, pattern.stopAtr * atr),
    pipsToPoints(spec, spec.stopFloorPips),
    stopsLevel + spread,
    stopsLevel / pattern.riskReward,
  );
  // priceToPoints is exact to a millionth of a point; less than that is dust and must not add a point.
  return Math.ceil(least - 1e-6);
}

function priceAt(spec: SymbolSpec, points: number): Price {
  return roundPrice(spec, pointsToPrice(spec, points));
}
