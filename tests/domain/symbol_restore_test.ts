/**
 * Symbol restore: a crash costs no candle, no tick counts twice, and nothing that may be incomplete is scanned.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { SymbolCandles } from "../../domain/symbol_candles.ts";
import { HOLE_MS, Overlap, type Restored, restoreSymbol } from "../../domain/symbol_restore.ts";
import type { Candle } from "../../protocols/candle.ts";
import type { Tick } from "../../protocols/tick.ts";
import { eaId, symbolName } from "../../protocols/units.ts";
import { makeTick, TUESDAY_MS } from "../kit/signals.ts";

const EURUSD = symbolName("EURUSD");
const MINUTE = 60_000;

function restore(m1: readonly Candle[], history: readonly Tick[], nowMs: number): Restored {
  const ticks = (fromMs: number) => history.filter((tick) => tick.atMs >= fromMs);
  return restoreSymbol({ symbol: EURUSD, m1, ticks, nowMs, slackMs: 0 });
}

const secondly = (count: number, fromMs = TUESDAY_MS) =>
  Array.from({ length: count }, (_, s) => makeTick(fromMs + s * 1_000, 1.1 + (s % 7) / 100_000));

Deno.test("restoreSymbol() goes on from stored candles and recorded ticks as if nothing had happened", () => {
  const plans = fc.record({ stored: fc.nat(9), crashS: fc.integer({ min: 1, max: 599 }) });
  fc.assert(fc.property(plans, ({ stored, crashS }) => {
    const ticks = secondly(600);
    const whole = new SymbolCandles(EURUSD);
    for (const tick of ticks.slice(0, crashS)) whole.tick(tick);
    const m1 = whole.closed("M1").slice(0, stored);

    const { candles, unsaved, quote } = restore(m1, ticks.slice(0, crashS), ticks[crashS - 1]!.atMs);
    for (const tick of ticks.slice(crashS)) {
      candles.tick(tick);
      whole.tick(tick);
    }

    for (const timeframe of ["M1", "M5"] as const) {
      assert.deepEqual(candles.closed(timeframe), whole.closed(timeframe));
    }
    assert.deepEqual([...m1, ...unsaved], whole.closed("M1").slice(0, m1.length + unsaved.length));
    assert.equal(quote, ticks[crashS - 1]);
  }));
});

Deno.test("restoreSymbol() closes by the clock what ended while the house was away, and does not scan it", () => {
  const nowMs = TUESDAY_MS + 20 * MINUTE;

  const { candles, unsaved, scanFromMs } = restore([], secondly(90), nowMs);

  assert.deepEqual(unsaved.map((each) => [each.timeframe, each.ticks]), [["M1", 60], ["M1", 30]]);
  assert.equal(candles.closed("M5").length, 1);
  assert.equal(scanFromMs, nowMs);
});

Deno.test("restoreSymbol() lets the open candle be scanned when no tick can be missing", () => {
  const { candles } = restore([], secondly(60 * 12), TUESDAY_MS + 12 * MINUTE);

  const seamless = restore(candles.closed("M1"), secondly(60 * 13), TUESDAY_MS + 13 * MINUTE);

  assert.equal(seamless.scanFromMs, -Infinity);
});

Deno.test("restoreSymbol() scans no candle that began before a hole of more than a minute ended", () => {
  const before = secondly(120);
  const after = secondly(30, TUESDAY_MS + 120_000 + HOLE_MS);
  const nowMs = after.at(-1)!.atMs + 1_000;
  const minute = restore([], before, TUESDAY_MS + 2 * MINUTE + 5_000).unsaved[0]!;

  const { scanFromMs } = restore([minute], [...before, ...after], nowMs);

  assert.equal(scanFromMs, after[0]!.atMs);
});

Deno.test("restoreSymbol() builds candles of one feed, though the history holds all trusted ones", () => {
  const other = secondly(120).map((tick) => ({ ...tick, feed: eaId("ea-2"), bid: makeTick(0, 1.2).bid }));
  const both = secondly(120).flatMap((tick, i) => [tick, other[i]!]);

  const { candles } = restore([], both, TUESDAY_MS + 2 * MINUTE + 2_000);

  assert.deepEqual(candles.closed("M1").map((each) => [each.ticks, each.high]), [[60, 1.10006], [
    60,
    1.10006,
  ]]);
});

Deno.test("restoreSymbol() does not go through ticks older than a day", () => {
  const asked: number[] = [];
  const ticks = (fromMs: number) => {
    asked.push(fromMs);
    return [];
  };

  restoreSymbol({ symbol: EURUSD, m1: [], ticks, nowMs: TUESDAY_MS, slackMs: 0 });

  assert.deepEqual(asked, [TUESDAY_MS - 24 * 60 * MINUTE]);
});

Deno.test("Overlap covers each recorded tick once, and no later one", () => {
  const recorded = [0, 1, 2].map((i) =>
    makeTick(TUESDAY_MS + i, 1.1, { receivedAtMs: TUESDAY_MS + (i > 0 ? 100 : 0) })
  );
  const later = makeTick(TUESDAY_MS + 3, 1.1, { receivedAtMs: TUESDAY_MS + 100 });
  const overlap = new Overlap();
  recorded.forEach((tick) => overlap.note(tick));

  const covered = [...recorded, recorded[2]!, later].map((tick) => overlap.covers({ ...tick }));

  assert.deepEqual(covered, [true, true, true, false, false]);
});
