/**
 * The scan watch: a trouble is raised once, for candles full of ticks that nobody scans.
 *
 * @module
 */
import assert from "node:assert/strict";
import { ScanWatch } from "../../domain/scan_watch.ts";
import type { Candle } from "../../protocols/candle.ts";
import { symbolName } from "../../protocols/units.ts";
import { candlesOf } from "../kit/candles.ts";
import { makeTick, TUESDAY_MS } from "../kit/signals.ts";

const M5 = 300_000;
const SATURDAY = Date.UTC(2026, 6, 11, 10);
const [full] = candlesOf([[1, 1, 1, 1, 20]]) as [Candle];

/** What is said when a candle closes unscanned at each of these moments. */
function said(watch: ScanWatch, moments: readonly number[], candle = full): readonly (string | undefined)[] {
  return moments.map((atMs) => watch.skipped(candle, makeTick(atMs, 1.1), atMs)?.kind);
}

const closes = (fromMs: number, count: number) => Array.from({ length: count }, (_, i) => fromMs + i * M5);

Deno.test("ScanWatch raises at the third unscanned close of an open market, once, and clears at the next scan", () => {
  const watch = new ScanWatch(symbolName("EURUSD"));

  assert.deepEqual(said(watch, closes(TUESDAY_MS, 4)), [undefined, undefined, "raise", undefined]);
  assert.deepEqual([watch.scanned()?.kind, watch.scanned()?.kind], ["clear", undefined]);
});

Deno.test("ScanWatch counts the closes of a backlog once, and those of a closed market or of few ticks never", () => {
  const backlog = said(new ScanWatch(symbolName("EURUSD")), Array(9).fill(TUESDAY_MS));
  const closed = said(new ScanWatch(symbolName("EURUSD")), closes(SATURDAY, 9));
  const quiet = said(new ScanWatch(symbolName("EURUSD")), closes(TUESDAY_MS, 9), { ...full, ticks: 6 });

  assert.deepEqual([backlog, closed, quiet], Array(3).fill(Array(9).fill(undefined)));
});

Deno.test("ScanWatch forgets what it counted at each scan", () => {
  const watch = new ScanWatch(symbolName("EURUSD"));

  const before = said(watch, closes(TUESDAY_MS, 2));
  watch.scanned();
  const after = said(watch, closes(TUESDAY_MS + 3 * M5, 3));

  assert.deepEqual([before, after], [[undefined, undefined], [undefined, undefined, "raise"]]);
});
