/**
 * Symbol candles: what is kept, what is usual, and what may be scanned.
 *
 * @module
 */
import assert from "node:assert/strict";
import { candleStart } from "../../domain/candle.ts";
import { containsOurs, mayScan, SymbolCandles } from "../../domain/symbol_candles.ts";
import { aggregate } from "../../domain/rollup.ts";
import type { Candle } from "../../protocols/candle.ts";
import { eaId, price, symbolName } from "../../protocols/units.ts";
import type { Ohlc } from "../../protocols/wire.ts";
import { makeTick, TUESDAY_MS } from "../kit/signals.ts";

const EURUSD = symbolName("EURUSD");
const MINUTE = 60_000;
const MONDAY = Date.UTC(2026, 6, 6, 0);

function minute(i: number, changes: Partial<Candle> = {}): Candle {
  return {
    symbol: EURUSD,
    timeframe: "M1",
    openedAtMs: MONDAY + i * MINUTE,
    open: price(1.1),
    high: price(1.1002),
    low: price(1.0999),
    close: price(1.1001),
    ticks: 10,
    spread: 0.0001,
    gapBefore: i === 0,
    ...changes,
  };
}

Deno.test("SymbolCandles restored from 3,000 minutes keeps a day of M1 and 400 M5, the newest", () => {
  const m1 = Array.from({ length: 3_000 }, (_, i) => minute(i));
  const candles = new SymbolCandles(EURUSD);

  candles.restore(m1);

  assert.deepEqual(candles.closed("M1"), m1.slice(-1_440));
  assert.deepEqual(candles.closed("M5"), aggregate(m1, "M5").slice(-400));
  assert.deepEqual([candles.closed("M15").length, candles.closed("H1").length], [200, 50]);
});

Deno.test("SymbolCandles widens a stored bar that breaks its own range, and leaves out one that repeats", () => {
  const candles = new SymbolCandles(EURUSD);

  candles.restore([minute(0, { high: price(1.1) }), minute(0), minute(1)]);

  assert.deepEqual(candles.closed("M1").map(({ high }) => high), [1.1001, 1.1002]);
});

Deno.test("SymbolCandles knows the usual spread from 60 minutes on, without those that do not say", () => {
  const candles = new SymbolCandles(EURUSD);
  const spreads = [0, 0.0002, 0.0001, 0.0009];
  const few = Array.from({ length: 79 }, (_, i) => minute(i, { spread: spreads[i % 4]! }));

  candles.restore(few);
  const before = candles.spreadMedian();
  candles.restore([minute(79, { spread: 0.0009 })]);

  assert.deepEqual([before, candles.spreadMedian()], [null, 0.0002]);
});

Deno.test("SymbolCandles measures by how much the freshest ticks of the last minute lag", () => {
  const candles = new SymbolCandles(EURUSD);
  const lags = [4_200, 3_900, 5_000];
  lags.forEach((lagMs, i) =>
    candles.tick(makeTick(TUESDAY_MS + i * 1_000, 1.1, { receivedAtMs: TUESDAY_MS + i * 1_000 + lagMs }))
  );
  const before = candles.lagMs;

  candles.advance(TUESDAY_MS + MINUTE);

  assert.deepEqual([before, candles.lagMs], [0, 3_900]);
});

Deno.test("SymbolCandles waits for no feed that lags more than 30 s, nor for one that is ahead", () => {
  const lagAfter = (lagMs: number) => {
    const candles = new SymbolCandles(EURUSD);
    candles.tick(makeTick(TUESDAY_MS, 1.1, { receivedAtMs: TUESDAY_MS + lagMs }));
    candles.advance(TUESDAY_MS + MINUTE);
    return candles.lagMs;
  };

  assert.deepEqual([lagAfter(20 * MINUTE), lagAfter(-3_000)], [30_000, 0]);
});

Deno.test("mayScan() is for a candle of now, a quote of now, and an open market", () => {
  const m5 = { ...minute(0), timeframe: "M5" as const, openedAtMs: TUESDAY_MS };
  const endMs = TUESDAY_MS + 5 * MINUTE;
  const quote = (receivedAtMs: number, atMs = receivedAtMs) => makeTick(atMs, 1.1, { receivedAtMs });
  const friday = Date.UTC(2026, 6, 10, 20, 55);

  const verdicts = [
    mayScan(m5, quote(endMs), endMs + 2_000, 0),
    mayScan(m5, quote(endMs + MINUTE), endMs + MINUTE, 0),
    mayScan(m5, quote(endMs + MINUTE), endMs + MINUTE + 1, 0),
    mayScan(m5, quote(endMs - MINUTE), endMs + 1, 0),
    mayScan(m5, quote(endMs, endMs - MINUTE - 1), endMs, 0),
    mayScan(m5, quote(endMs - MINUTE), endMs + 1, 1),
    mayScan({ ...m5, openedAtMs: friday }, quote(friday + 5 * MINUTE), friday + 5 * MINUTE, 0),
  ];

  assert.deepEqual(verdicts, [true, true, false, false, false, true, false]);
});

Deno.test("containsOurs() allows a point of rounding and no more", () => {
  const bar = (low: number, high: number): Ohlc => ({
    kind: "ohlc",
    eaId: eaId("ea-1"),
    brokerSymbol: "EURUSD",
    timeframe: "M1",
    brokerOpenedAtMs: candleStart(TUESDAY_MS, "M1"),
    open: price(low),
    high: price(high),
    low: price(low),
    close: price(high),
  });

  const contained = [[1.0999, 1.1002], [1.0998, 1.1003], [1.09991, 1.10019], [1.09992, 1.1002], [
    1.0999,
    1.10018,
  ]]
    .map(([low, high]) => containsOurs(bar(low!, high!), minute(0), 0.00001));

  assert.deepEqual(contained, [true, true, true, false, false]);
});
