/**
 * KALMAN_QUICKFIRE (RAPID): fade a close that a Kalman filter finds far from the fair price of a ranging market.
 *
 * Definition: the random-walk ("local level") filter of Kalman, "A New Approach to Linear Filtering and
 * Prediction Problems" (1960), with both noises in squared ATR; range by the efficiency ratio of Kaufman,
 * "Trading Systems and Methods". The whole rule stands in docs/patterns.md.
 *
 * @module
 */
import { ATR_INTERVAL, kalmanInnovations } from "../indicators.ts";
import type { Chart } from "./chart.ts";
import { closesBack, efficiency, mean, partOfTicks, ramp, rise, tickRatio } from "./measures.ts";
import { patternOf, type Sighting } from "./pattern.ts";

const PARAMETERS = {
  /** Variance of the fair price's step, and of a close around it, in squared ATR: a gain of 0.095. */
  processNoise: 0.001,
  measurementNoise: 0.1,
  /** Innovations before the last one that say what is usual. */
  innovations: 30,
  /** Least distance of the last innovation from their mean, in their standard deviations. */
  stretchMin: 2.8,
  stretchHalf: 3.3,
  /** Steps, up to the candle before, whose efficiency says whether the market ranges. */
  efficiencySteps: 20,
  efficiencyMax: 0.3,
  /** Innovations before the last one that should be small, and the mean size at which they are not, in ATR. */
  quietInnovations: 5,
  quietFull: 0.2,
  quietNone: 1.9,
  /** Ticks over their mean at which a candle is calm, and a burst. */
  calmFull: 0.3,
  calmNone: 3,
} as const;

/** The pattern; BUY when the close lies below the fair price. */
export const kalmanQuickfire = patternOf({
  name: "KALMAN_QUICKFIRE",
  signalClass: "RAPID",
  warmup: 60,
  stopAtr: 0.9,
  riskReward: 0.6,
  parameters: PARAMETERS,
  see,
});

function see(chart: Chart): Sighting | null {
  const innovations = innovationsOf(chart);
  const stretch = -standardScore(innovations);
  if (!(stretch >= PARAMETERS.stretchMin)) return null;
  const straightness = efficiency(closesBack(chart, PARAMETERS.efficiencySteps + 1, 1));
  if (straightness > PARAMETERS.efficiencyMax) return null;
  const before = mean(innovations.slice(-1 - PARAMETERS.quietInnovations, -1).map(Math.abs));
  return {
    parts: [
      { name: "stretch", value: rise(stretch, PARAMETERS.stretchMin, PARAMETERS.stretchHalf), weight: 3 },
      { name: "quiet", value: ramp(before, PARAMETERS.quietNone, PARAMETERS.quietFull), weight: 2 },
      { name: "ranging", value: ramp(straightness, PARAMETERS.efficiencyMax, 0), weight: 2 },
      ...partOfTicks(
        tickRatio(chart),
        "calm",
        2,
        (ratio) => ramp(ratio, PARAMETERS.calmNone, PARAMETERS.calmFull),
      ),
    ],
  };
}

/** The filter begins at the first candle that has an ATR. */
function innovationsOf(chart: Chart): readonly number[] {
  const first = ATR_INTERVAL - 1;
  const closes = chart.candles.slice(first).map((candle) => candle.close);
  return kalmanInnovations(closes, chart.atrs.slice(first), {
    process: PARAMETERS.processNoise,
    measurement: PARAMETERS.measurementNoise,
  });
}

/** How many standard deviations of the 30 before it the last innovation lies above their mean; NaN if they are all equal. */
function standardScore(innovations: readonly number[]): number {
  const before = innovations.slice(-1 - PARAMETERS.innovations, -1);
  const usual = mean(before);
  const deviation = Math.sqrt(mean(before.map((value) => (value - usual) ** 2)));
  return deviation > 0 ? ((innovations.at(-1) ?? NaN) - usual) / deviation : NaN;
}
