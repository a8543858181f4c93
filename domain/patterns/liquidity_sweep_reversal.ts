/**
 * LIQUIDITY_SWEEP_REVERSAL (SNIPER): fade a candle that ran the stops beyond a swing and closed back inside.
 *
 * Definition: the stop run below a swing low that is the lowest of its surroundings (BUY), known as "turtle soup"
 * from Raschke and Connors, "Street Smarts" (1995), here within 20 candles and completed by a single one. The
 * whole rule stands in docs/patterns.md.
 *
 * @module
 */
import { candleAt, candlesBack, type Chart } from "./chart.ts";
import { lowerWickOf, lowestLow, partOfTicks, ramp, rise, shareOfRange, tickRatio } from "./measures.ts";
import { patternOf, type Sighting } from "./pattern.ts";

const PARAMETERS = {
  /** Candles before the last one among which the swing lies. */
  swingCandles: 20,
  /** Fewest candles between the swing and the sweep: the market must have turned away from it. */
  swingAge: 2,
  /** How far beyond the swing, in ATR. */
  depthMin: 0.5,
  depthHalf: 0.8,
  /** Least share of the wick in the candle's range. */
  wickMin: 0.55,
  wickFull: 0.85,
  /** Greatest distance from the sweep's low to the close, in ATR: the stop must lie behind it. */
  reachMax: 2.3,
  /** How far back inside counts half, in ATR. */
  reclaimHalf: 0.3,
  /** Lows this near the swing, in ATR, hold stops too. */
  touchDistance: 0.5,
  activityNone: 0.5,
  activityFull: 3,
} as const;

/** The pattern; BUY below a swing low. */
export const liquiditySweepReversal = patternOf({
  name: "LIQUIDITY_SWEEP_REVERSAL",
  signalClass: "SNIPER",
  warmup: 30,
  stopAtr: 2.4,
  riskReward: 0.98,
  parameters: PARAMETERS,
  see,
});

function see(chart: Chart): Sighting | null {
  const sweep = candleAt(chart, 0);
  const wick = shareOfRange(sweep, lowerWickOf(sweep));
  if (wick < PARAMETERS.wickMin || sweep.close - sweep.low > PARAMETERS.reachMax * chart.atr) return null;
  const level = lowestLow(chart, PARAMETERS.swingCandles, 1);
  const depth = (level - sweep.low) / chart.atr;
  if (depth < PARAMETERS.depthMin || sweep.close <= level) return null;
  const back = newestAt(chart, level);
  if (back - 1 < PARAMETERS.swingAge) return null;
  return { structureAtMs: candleAt(chart, back).openedAtMs, parts: partsOf(chart, level, depth, wick) };
}

/** The newest of the 20 candles whose low is the level. */
function newestAt(chart: Chart, level: number): number {
  let back = 1;
  while (candleAt(chart, back).low !== level) back++;
  return back;
}

function partsOf(chart: Chart, level: number, depth: number, wick: number): Sighting["parts"] {
  const reclaimed = (candleAt(chart, 0).close - level) / chart.atr;
  const touches = candlesBack(chart, PARAMETERS.swingCandles, 1)
    .filter((candle) => candle.low - level <= PARAMETERS.touchDistance * chart.atr).length;
  return [
    { name: "depth", value: rise(depth, PARAMETERS.depthMin, PARAMETERS.depthHalf), weight: 2 },
    { name: "wick", value: ramp(wick, PARAMETERS.wickMin, PARAMETERS.wickFull), weight: 2 },
    { name: "reclaim", value: rise(reclaimed, 0, PARAMETERS.reclaimHalf), weight: 2 },
    { name: "liquidity", value: 1 - 1 / touches, weight: 1 },
    ...partOfTicks(
      tickRatio(chart),
      "activity",
      1,
      (ratio) => ramp(ratio, PARAMETERS.activityNone, PARAMETERS.activityFull),
    ),
  ];
}
