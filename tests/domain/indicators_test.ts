/**
 * Indicators against their definitions, a published table, and closed forms.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  averageTrueRanges,
  bollingerBands,
  exponentialAverage,
  kalmanInnovations,
  relativeStrengthIndex,
} from "../../domain/indicators.ts";
import { walk } from "../kit/candles.ts";

const near = (actual: number, expected: number, dust = 1e-12) =>
  assert.ok(Math.abs(actual - expected) <= dust, `${actual} is not ${expected}`);

Deno.test("averageTrueRanges() is the mean of 14 true ranges, then smooths as Wilder does", () => {
  const candles = walk(11, 200);

  const atrs = averageTrueRanges(candles);

  const ranges = candles.map(({ high, low }, i) => {
    const before = candles[i - 1]?.close ?? low;
    return Math.max(high, before) - Math.min(low, before);
  });
  let expected = ranges.slice(0, 14).reduce((sum, range) => sum + range, 0) / 14;
  assert.ok(atrs.slice(0, 13).every(Number.isNaN));
  near(atrs[13]!, expected);
  for (let i = 14; i < 200; i++) near(atrs[i]!, expected += (ranges[i]! - expected) / 14);
});

Deno.test("averageTrueRanges() counts the jump from the close before", () => {
  const steady = Array.from({ length: 14 }, () => ({ high: 11, low: 10, close: 10 }));

  assert.equal(averageTrueRanges([...steady, { high: 25, low: 24, close: 24 }]).at(-1), 1 + (15 - 1) / 14);
});

Deno.test("relativeStrengthIndex() equals the table that StockCharts publishes for Wilder's 14 periods", () => {
  const closes = [
    ...[44.3389, 44.0902, 44.1497, 43.6124, 44.3278, 44.8264, 45.0955, 45.4245, 45.8433, 46.0826],
    ...[45.8931, 46.0328, 45.614, 46.282, 46.282, 46.0028, 46.0328, 46.4116, 46.2222, 45.6439],
  ];

  const rounded = [15, 16, 17, 18, 19, 20].map((count) =>
    relativeStrengthIndex(closes.slice(0, count)).toFixed(2)
  );

  assert.deepEqual(rounded, ["70.53", "66.32", "66.55", "69.41", "66.36", "57.97"]);
  assert.ok(Number.isNaN(relativeStrengthIndex(closes.slice(0, 14))));
});

Deno.test("relativeStrengthIndex() is 100 without a loss and 0 without a gain, also below zero", () => {
  const rising = Array.from({ length: 20 }, (_, i) => i);

  assert.equal(relativeStrengthIndex(rising), 100);
  assert.equal(relativeStrengthIndex(rising.map((value) => -value)), 0);
});

Deno.test("bollingerBands() takes the last 20 closes and the deviation of the population", () => {
  const closes = [1e9, ...Array.from({ length: 20 }, (_, i) => i % 2 === 0 ? 90 : 110)];

  assert.deepEqual(bollingerBands(closes), { lower: 80, middle: 100, upper: 120 });
  assert.throws(() => bollingerBands(closes.slice(0, 19)));
});

Deno.test("exponentialAverage() starts at the first value and follows by 2 / (interval + 1)", () => {
  const values = [3, ...Array.from({ length: 30 }, () => 1)];

  near(exponentialAverage(values, 20), 1 + 2 * (1 - 2 / 21) ** 30);
});

Deno.test("kalmanInnovations() settles at the gain that its noises give", () => {
  const noise = { process: 0.001, measurement: 0.1 };
  const closes = [...Array.from({ length: 300 }, () => 50), 51, 51];
  const atrs = closes.map(() => 0.5);

  const innovations = kalmanInnovations(closes, atrs, noise);

  const predicted = (noise.process + Math.sqrt(noise.process ** 2 + 4 * noise.process * noise.measurement)) /
    2;
  assert.equal(innovations.length, closes.length - 1);
  assert.ok(innovations.slice(0, 299).every((innovation) => innovation === 0));
  near(innovations[299]!, 1 / 0.5);
  near(innovations[300]!, (1 - predicted / (predicted + noise.measurement)) / 0.5, 1e-9);
});

Deno.test("kalmanInnovations() are the same on prices of any scale, and trust a close more where ATR has shrunk", () => {
  const noise = { process: 0.001, measurement: 0.1 };
  const candles = walk(5, 120);
  const closes = candles.map(({ close }) => close);
  const atrs = averageTrueRanges(candles).slice(13);

  const plain = kalmanInnovations(closes.slice(13), atrs, noise);
  const scaled = kalmanInnovations(
    closes.slice(13).map((c) => c * 4000),
    atrs.map((atr) => atr * 4000),
    noise,
  );

  for (const [i, innovation] of plain.entries()) near(scaled[i]!, innovation, 1e-9);

  const jump = [...Array.from({ length: 60 }, () => 50), 51, 51];
  const steady = kalmanInnovations(jump, jump.map(() => 1), noise);
  const calmer = kalmanInnovations(jump, jump.map((_, i) => i < 60 ? 1 : 0.5), noise);
  assert.ok(calmer.at(-1)! * 0.5 < steady.at(-1)!, "the remaining distance in price is smaller");
});
