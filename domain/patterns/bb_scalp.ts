/**
 * BB_SCALP (RAPID): fade a candle that pierced a Bollinger band, was thrown back, and left the market overdone.
 *
 * Definition: Bollinger, "Bollinger on Bollinger Bands" (2001), bands of 20 closes and two standard deviations;
 * the relative strength index of Wilder, "New Concepts in Technical Trading Systems" (1978). The whole rule
 * stands in docs/patterns.md.
 *
 * @module
 */
import { bollingerBands, relativeStrengthIndex } from "../indicators.ts";
import { candleAt, type Chart } from "./chart.ts";
import {
  closesBack,
  efficiency,
  lowerWickOf,
  partOfTicks,
  ramp,
  rangeOf,
  rise,
  shareOfRange,
  tickRatio,
} from "./measures.ts";
import { patternOf, type Sighting } from "./pattern.ts";

const PARAMETERS = {
  /** Highest RSI14 for a BUY; 100 less it is the lowest for a SELL. */
  rsiMax: 30,
  rsiHalf: 26,
  /** Least share of the wick in the candle's range. */
  wickMin: 0.6,
  wickFull: 0.85,
  /** Least range of the candle, in ATR: a wick of one point is noise. */
  rangeMin: 0.5,
  /** How far through the band counts half, in ATR. */
  pierceHalf: 0.6,
  efficiencySteps: 20,
  calmFull: 0.5,
  calmNone: 3.5,
} as const;

/** The pattern; BUY at the lower band. */
export const bbScalp = patternOf({
  name: "BB_SCALP",
  signalClass: "RAPID",
  warmup: 30,
  stopAtr: 0.72,
  riskReward: 0.5,
  parameters: PARAMETERS,
  see,
});

function see(chart: Chart): Sighting | null {
  const candle = candleAt(chart, 0);
  const wick = shareOfRange(candle, lowerWickOf(candle));
  if (wick < PARAMETERS.wickMin || rangeOf(candle) < PARAMETERS.rangeMin * chart.atr) return null;
  const closes = chart.candles.map((each) => each.close);
  const pierced = (bollingerBands(closes).lower - candle.low) / chart.atr;
  if (pierced < 0) return null;
  const rsi = relativeStrengthIndex(closes);
  if (rsi > PARAMETERS.rsiMax) return null;
  const straightness = efficiency(closesBack(chart, PARAMETERS.efficiencySteps, 0));
  return {
    parts: [
      { name: "exhaustion", value: rise(-rsi, -PARAMETERS.rsiMax, -PARAMETERS.rsiHalf), weight: 2 },
      { name: "pierce", value: rise(pierced, 0, PARAMETERS.pierceHalf), weight: 2 },
      { name: "wick", value: ramp(wick, PARAMETERS.wickMin, PARAMETERS.wickFull), weight: 2 },
      { name: "ranging", value: 1 - straightness, weight: 1 },
      ...partOfTicks(
        tickRatio(chart),
        "calm",
        2,
        (ratio) => ramp(ratio, PARAMETERS.calmNone, PARAMETERS.calmFull),
      ),
    ],
  };
}
