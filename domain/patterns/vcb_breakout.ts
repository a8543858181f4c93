/**
 * VCB_BREAKOUT (RAPID): join the close that leaves a volatility contraction, on more ticks than usual.
 *
 * Definition: Bollinger bands inside the Keltner channel, as in the "squeeze" of Carter, "Mastering the Trade"
 * (2005); the channel is the EMA20 and 1.5 ATR14 to either side. The whole rule stands in docs/patterns.md.
 *
 * @module
 */
import { type Bands, BANDS_INTERVAL, bollingerBands, exponentialAverage } from "../indicators.ts";
import { candleAt, type Chart } from "./chart.ts";
import { bodyOf, closePlace, closesBack, partOfTicks, ramp, rise, tickRatio } from "./measures.ts";
import { patternOf, type Sighting } from "./pattern.ts";

const PARAMETERS = {
  /** Greatest width of the bands over that of the channel, at the candle before the break. */
  squeezeMax: 0.9,
  squeezeFull: 0.45,
  /** Half width of the channel in ATR, and the interval of its middle. */
  channelAtr: 1.5,
  channelInterval: 20,
  /** Least distance of the close beyond bands and channel, in ATR. */
  breakMin: 0.1,
  breakHalf: 0.45,
  /** Least ticks over their mean. */
  activityMin: 1.3,
  activityHalf: 1.7,
  /** Candles the squeeze is counted over at most, and how many count half. */
  lengthMax: 20,
  lengthHalf: 5,
} as const;

/** The pattern; BUY above the squeeze. */
export const vcbBreakout = patternOf({
  name: "VCB_BREAKOUT",
  signalClass: "RAPID",
  warmup: 60,
  stopAtr: 1.5,
  riskReward: 0.75,
  parameters: PARAMETERS,
  see,
});

function see(chart: Chart): Sighting | null {
  const candle = candleAt(chart, 0);
  const activity = tickRatio(chart);
  if (bodyOf(candle) <= 0 || activity === null || activity < PARAMETERS.activityMin) return null;
  const squeeze = squeezeAt(chart, 1);
  if (squeeze >= PARAMETERS.squeezeMax) return null;
  const beyond = (candle.close - edgeBefore(chart)) / chart.atr;
  if (beyond < PARAMETERS.breakMin) return null;
  const length = lengthOf(chart);
  return {
    parts: [
      { name: "squeeze", value: ramp(squeeze, PARAMETERS.squeezeMax, PARAMETERS.squeezeFull), weight: 2 },
      { name: "length", value: length / (length + PARAMETERS.lengthHalf), weight: 1 },
      { name: "break", value: rise(beyond, PARAMETERS.breakMin, PARAMETERS.breakHalf), weight: 2 },
      { name: "drive", value: closePlace(candle), weight: 1 },
      ...partOfTicks(
        activity,
        "activity",
        2,
        (ratio) => rise(ratio, PARAMETERS.activityMin, PARAMETERS.activityHalf),
      ),
    ],
  };
}

function bandsAt(chart: Chart, back: number): Bands {
  return bollingerBands(closesBack(chart, back + BANDS_INTERVAL - 1, back));
}

/** Width of the bands over the width of the channel. */
function squeezeAt(chart: Chart, back: number): number {
  const bands = bandsAt(chart, back);
  const atr = chart.atrs[chart.atrs.length - 1 - back] ?? NaN;
  return (bands.upper - bands.lower) / (2 * PARAMETERS.channelAtr * atr);
}

/** The upper edge of bands and channel, whichever is higher, at the candle before the last. */
function edgeBefore(chart: Chart): number {
  const closes = closesBack(chart, chart.candles.length - 1, 1);
  const middle = exponentialAverage(closes, PARAMETERS.channelInterval);
  const atr = chart.atrs[chart.atrs.length - 2] ?? NaN;
  return Math.max(bandsAt(chart, 1).upper, middle + PARAMETERS.channelAtr * atr);
}

/** Candles in a row, the one before the last included, at which the squeeze held. */
function lengthOf(chart: Chart): number {
  let length = 1;
  while (length < PARAMETERS.lengthMax && squeezeAt(chart, length + 1) < PARAMETERS.squeezeMax) length++;
  return length;
}
