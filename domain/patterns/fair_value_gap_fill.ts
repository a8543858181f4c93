/**
 * FAIR_VALUE_GAP_FILL (SNIPER): join an impulse again when price comes back into the gap it left.
 *
 * Definition: the fair value gap of M. Huddleston's "Inner Circle Trader" lectures: three candles of which the
 * third's low lies above the first's high (BUY). The whole rule stands in docs/patterns.md.
 *
 * @module
 */
import { candleAt, candlesBack, type Chart, type ChartCandle } from "./chart.ts";
import { bodyOf, closePlace, partOfTicks, ramp, rise, shareOfRange, tickRatio } from "./measures.ts";
import { patternOf, type Sighting } from "./pattern.ts";

const PARAMETERS = {
  /** How many candles back the gap's third candle may lie. */
  youngest: 1,
  oldest: 10,
  /** Least height of the gap, in ATR. */
  gapMin: 0.9,
  gapHalf: 1.2,
  /** Least share of the body in the range of the gap's middle candle. */
  bodyMin: 0.6,
  /** Ticks of the last candle over their mean: a dull return, and a lively one. */
  activityNone: 0.5,
  activityFull: 1.8,
} as const;

/** The pattern; BUY in a gap below the market. */
export const fairValueGapFill = patternOf({
  name: "FAIR_VALUE_GAP_FILL",
  signalClass: "SNIPER",
  warmup: 30,
  stopAtr: 1.2,
  riskReward: 0.68,
  parameters: PARAMETERS,
  see,
});

interface Gap {
  readonly top: number;
  readonly bottom: number;
  /** Share of the body in the middle candle's range. */
  readonly impulse: number;
}

function see(chart: Chart): Sighting | null {
  const bounce = candleAt(chart, 0);
  if (bodyOf(bounce) <= 0) return null;
  for (let back = PARAMETERS.youngest; back <= PARAMETERS.oldest; back++) {
    const gap = gapAt(chart, back);
    if (gap === null || !bouncesIn(bounce, gap)) continue;
    const between = candlesBack(chart, back - 1, 1);
    if (between.some((candle) => candle.low <= gap.bottom)) continue;
    return { structureAtMs: candleAt(chart, back).openedAtMs, parts: partsOf(chart, gap, between) };
  }
  return null;
}

function gapAt(chart: Chart, back: number): Gap | null {
  const bottom = candleAt(chart, back + 2).high;
  const top = candleAt(chart, back).low;
  if (top - bottom < PARAMETERS.gapMin * chart.atr) return null;
  const middle = candleAt(chart, back + 1);
  const impulse = shareOfRange(middle, bodyOf(middle));
  return impulse < PARAMETERS.bodyMin ? null : { top, bottom, impulse };
}

/** Reached into the gap, left some of it open, and closed above its middle. */
function bouncesIn(bounce: ChartCandle, gap: Gap): boolean {
  return bounce.low <= gap.top && bounce.low > gap.bottom && bounce.close > (gap.top + gap.bottom) / 2;
}

function partsOf(chart: Chart, gap: Gap, between: readonly ChartCandle[]): Sighting["parts"] {
  const bounce = candleAt(chart, 0);
  const height = gap.top - gap.bottom;
  const filled = (gap.top - bounce.low) / height;
  const touches = between.filter((candle) => candle.low <= gap.top).length;
  return [
    { name: "gap", value: rise(height / chart.atr, PARAMETERS.gapMin, PARAMETERS.gapHalf), weight: 2 },
    { name: "impulse", value: ramp(gap.impulse, PARAMETERS.bodyMin, 1), weight: 1 },
    { name: "fill", value: 1 - 2 * Math.abs(0.5 - filled), weight: 2 },
    { name: "freshness", value: 1 / (1 + touches), weight: 1 },
    { name: "bounce", value: closePlace(bounce), weight: 1 },
    ...partOfTicks(
      tickRatio(chart),
      "activity",
      1,
      (ratio) => ramp(ratio, PARAMETERS.activityNone, PARAMETERS.activityFull),
    ),
  ];
}
