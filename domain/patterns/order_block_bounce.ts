/**
 * ORDER_BLOCK_BOUNCE (SNIPER): join a move again where it began, when price returns to its last opposite candle.
 *
 * Definition: the order block of M. Huddleston's "Inner Circle Trader" lectures: the last falling candle before a
 * rise that displaces price (BUY). The whole rule stands in docs/patterns.md.
 *
 * @module
 */
import { candleAt, candlesBack, type Chart, type ChartCandle } from "./chart.ts";
import {
  bodyOf,
  closePlace,
  highestHigh,
  lowestLow,
  mean,
  partOfTicks,
  ramp,
  rise,
  shareOfRange,
} from "./measures.ts";
import { patternOf, type Sighting } from "./pattern.ts";

const PARAMETERS = {
  /** How many candles back the block may lie. */
  youngest: 4,
  oldest: 30,
  /** Candles after the block that carry the displacement, and how far beyond its high they get, in ATR. */
  displacementCandles: 3,
  displacementMin: 1.5,
  displacementHalf: 1.9,
  /** Least share of the body in the range of the candle that bounces. */
  bodyMin: 0.4,
  /** Greatest distance from the block's low to the close, in ATR: the stop must lie behind the block. */
  reachMax: 2,
  /** Most candles that already came back into the block. */
  touchesMax: 2,
  /** Where the close is near the block, and where it is not, in ATR above the block's high. */
  nearFull: -0.5,
  nearNone: 1,
  /** Candles before the block whose low it should have swept, and from where to where that counts, in ATR. */
  sweepCandles: 10,
  sweepNone: -2,
  sweepFull: 0.5,
  /** Ticks of the bouncing candle over those of the displacement: a quiet return, and a loud one. */
  quietFull: 0.3,
  quietNone: 1.7,
} as const;

/** The pattern; BUY on a falling block below the market. */
export const orderBlockBounce = patternOf({
  name: "ORDER_BLOCK_BOUNCE",
  signalClass: "SNIPER",
  warmup: 42,
  stopAtr: 2.1,
  riskReward: 0.9,
  parameters: PARAMETERS,
  see,
});

function see(chart: Chart): Sighting | null {
  const bounce = candleAt(chart, 0);
  if (shareOfRange(bounce, bodyOf(bounce)) < PARAMETERS.bodyMin) return null;
  for (let back = PARAMETERS.youngest; back <= PARAMETERS.oldest; back++) {
    const block = candleAt(chart, back);
    if (bodyOf(block) >= 0 || bodyOf(candleAt(chart, back - 1)) <= 0) continue;
    if (!bouncesOff(bounce, block, chart.atr) || !isIntact(chart, back, block)) continue;
    const displacement = displacementOf(chart, back, block);
    if (displacement < PARAMETERS.displacementMin) continue;
    return { structureAtMs: block.openedAtMs, parts: partsOf(chart, back, block, displacement) };
  }
  return null;
}

function bouncesOff(bounce: ChartCandle, block: ChartCandle, atr: number): boolean {
  const entered = bounce.low <= block.high && bounce.low >= block.low;
  const held = bounce.close > (block.high + block.low) / 2;
  return entered && held && bounce.close - block.low <= PARAMETERS.reachMax * atr;
}

function isIntact(chart: Chart, back: number, block: ChartCandle): boolean {
  const closedBelow = candlesBack(chart, back - 1, 1).some((candle) => candle.close < block.low);
  return !closedBelow && touchesOf(chart, back, block) <= PARAMETERS.touchesMax;
}

/** Candles between the displacement and the bounce that came back into the block. */
function touchesOf(chart: Chart, back: number, block: ChartCandle): number {
  const between = candlesBack(chart, back - PARAMETERS.displacementCandles - 1, 1);
  return between.filter((candle) => candle.low <= block.high).length;
}

function displacementOf(chart: Chart, back: number, block: ChartCandle): number {
  return (highestHigh(chart, back - 1, back - PARAMETERS.displacementCandles) - block.high) / chart.atr;
}

function partsOf(
  chart: Chart,
  back: number,
  block: ChartCandle,
  displacement: number,
): Sighting["parts"] {
  const { displacementMin, displacementHalf, nearNone, nearFull, sweepNone, sweepFull } = PARAMETERS;
  const bounce = candleAt(chart, 0);
  const above = (bounce.close - block.high) / chart.atr;
  const swept = (lowestLow(chart, back + PARAMETERS.sweepCandles, back + 1) - block.low) / chart.atr;
  return [
    { name: "displacement", value: rise(displacement, displacementMin, displacementHalf), weight: 2 },
    { name: "freshness", value: 1 / (1 + touchesOf(chart, back, block)), weight: 2 },
    { name: "bounce", value: closePlace(bounce), weight: 1 },
    { name: "nearness", value: ramp(above, nearNone, nearFull), weight: 2 },
    { name: "sweep", value: ramp(swept, sweepNone, sweepFull), weight: 1 },
    ...partOfTicks(
      returnRatio(chart, back),
      "quiet return",
      2,
      (ratio) => ramp(ratio, PARAMETERS.quietNone, PARAMETERS.quietFull),
    ),
  ];
}

/** Ticks of the bounce over the mean of the displacement's candles; null when those had none. */
function returnRatio(chart: Chart, back: number): number | null {
  const moved = candlesBack(chart, back - 1, back - PARAMETERS.displacementCandles);
  const usual = mean(moved.map((candle) => candle.ticks));
  return usual > 0 ? candleAt(chart, 0).ticks / usual : null;
}
