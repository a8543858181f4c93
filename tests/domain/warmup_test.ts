/**
 * Warm-up: imported bars, widened and counted, never dropped for being odd.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type ImportedBar, warmupCandles } from "../../domain/warmup.ts";
import { symbolName } from "../../protocols/units.ts";
import { TUESDAY_MS } from "../kit/signals.ts";

const MINUTE = 60_000;

function bar(i: number, changes: Partial<ImportedBar> = {}): ImportedBar {
  return {
    openedAtMs: TUESDAY_MS + i * MINUTE,
    open: 1.1,
    high: 1.2,
    low: 1,
    close: 1.15,
    ticks: 3,
    spread: 0,
    ...changes,
  };
}

Deno.test("warmupCandles() widens a bar that breaks its range, and counts it", () => {
  const { candles, widened, refused } = warmupCandles(symbolName("EURUSD"), [
    bar(0),
    bar(1, { open: 1.25 }),
    bar(2, { close: 0.9 }),
  ]);

  assert.deepEqual(candles.map(({ high, low }) => [high, low]), [[1.2, 1], [1.25, 1], [1.2, 0.9]]);
  assert.deepEqual([widened, refused], [2, 0]);
});

Deno.test("warmupCandles() marks a gap past 15 minutes, over a weekend, and before the first bar", () => {
  const friday = Date.UTC(2026, 6, 10, 20, 59);
  const bars = [
    bar(0),
    bar(1),
    bar(16),
    bar(32),
    bar(0, { openedAtMs: friday }),
    bar(0, { openedAtMs: friday + 48 * 60 * MINUTE + MINUTE }),
  ];

  const { candles } = warmupCandles(symbolName("EURUSD"), bars);

  assert.deepEqual(candles.map(({ gapBefore }) => gapBefore), [true, false, false, true, true, true]);
});

Deno.test("warmupCandles() leaves out bars off the minute, out of order, or without a price", () => {
  const { candles, refused } = warmupCandles(symbolName("EURUSD"), [
    bar(1),
    bar(0),
    bar(1),
    bar(2, { openedAtMs: TUESDAY_MS + 1 }),
    bar(3, { low: NaN }),
    bar(4, { low: 0 }),
    bar(5),
  ]);

  assert.deepEqual([candles.map(({ openedAtMs }) => (openedAtMs - TUESDAY_MS) / MINUTE), refused], [
    [1, 5],
    5,
  ]);
});
