/**
 * Candles: by tick time, whole, closed once; each of the old system's ways to get them wrong, replayed.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { CandleBuilder, candleStart, isGap, widenCandle } from "../../domain/candle.ts";
import type { Candle } from "../../protocols/candle.ts";
import { price, symbolName } from "../../protocols/units.ts";
import type { RawTick } from "../kit/data.ts";
import { plainCandles, plainSpreads } from "../kit/plain_candles.ts";

const EURUSD = symbolName("EURUSD");
/** 2026-07-07 10:00 UTC, a Tuesday. */
const TEN = Date.UTC(2026, 6, 7, 10);
const MINUTE = 60_000;

const of = (candles: readonly Candle[], timeframe: Candle["timeframe"]) =>
  candles.filter((candle) => candle.timeframe === timeframe);
const withoutSpread = ({ spread: _, ...rest }: Candle) => rest;

/** All candles of some ticks, closed by the ticks and at last by the clock. */
function build(ticks: readonly RawTick[], toMs = TEN + 1_000 * MINUTE): Candle[] {
  const builder = new CandleBuilder(EURUSD);
  const closed = ticks.flatMap((tick) => [...builder.tick(tick.atMs, tick.bid, tick.ask)]);
  return [...closed, ...builder.advance(toMs)];
}

const tick = (atMs: number, bid: number, spread = 0.0001): RawTick => ({ atMs, bid, ask: bid + spread });

/** Ticks in order of time with pauses that cross minutes, M5s, and now and then a gap. */
const streams = fc.array(
  fc.record({
    pauseMs: fc.oneof(
      { weight: 20, arbitrary: fc.nat(30_000) },
      { weight: 3, arbitrary: fc.nat(8 * MINUTE) },
      { weight: 1, arbitrary: fc.nat(40 * MINUTE) },
    ),
    points: fc.integer({ min: -50, max: 50 }),
    spread: fc.integer({ min: 0, max: 30 }),
  }),
  { minLength: 1, maxLength: 400, size: "max" },
).map((steps) => {
  let atMs = TEN;
  return steps.map(({ pauseMs, points, spread }) => {
    atMs += pauseMs;
    return tick(atMs, (110_000 + points) / 100_000, spread / 100_000);
  });
});

Deno.test("CandleBuilder builds open, high, low, close, ticks and median spread of one minute, by hand", () => {
  const candles = build([
    tick(TEN, 1.1, 0.0002),
    tick(TEN + 1_000, 1.1005, 0.0001),
    tick(TEN + 2_000, 1.0995, 0.0009),
    tick(TEN + 59_999, 1.1001, 0.0002),
  ], TEN + MINUTE);

  assert.equal(candles.length, 1);
  const { spread, ...rest } = candles[0]!;
  assert.equal(Math.round(spread * 1e7) / 1e7, 0.0002);
  assert.deepEqual(rest, {
    symbol: EURUSD,
    timeframe: "M1",
    openedAtMs: TEN,
    open: 1.1,
    high: 1.1005,
    low: 1.0995,
    close: 1.1001,
    ticks: 4,
    gapBefore: true,
  });
});

Deno.test("CandleBuilder equals a plain grouping of any tick stream, in all four timeframes", () => {
  fc.assert(fc.property(streams, (ticks) => {
    const candles = build(ticks, TEN + 1_000 * 60 * MINUTE);
    for (const timeframe of ["M1", "M5", "M15", "H1"] as const) {
      assert.deepEqual(of(candles, timeframe).map(withoutSpread), plainCandles(EURUSD, ticks, timeframe));
    }
    assert.deepEqual(of(candles, "M1").map((candle) => candle.spread), plainSpreads(ticks));
  }));
});

Deno.test("CandleBuilder gives the same candles when ticks overtake each other inside their minute", () => {
  fc.assert(fc.property(streams, fc.infiniteStream(fc.nat()), (ticks, chance) => {
    const key = new Map(ticks.map((each) => [each, chance.next().value ?? 0]));
    const minute = (each: RawTick) => Math.floor(each.atMs / MINUTE);
    const shuffled = ticks.toSorted((a, b) =>
      minute(a) - minute(b) || (a.atMs === b.atMs ? 0 : key.get(a)! - key.get(b)!)
    );
    const distinct = new Set(ticks.map((each) => each.atMs)).size === ticks.length;
    fc.pre(distinct);

    assert.deepEqual(build(shuffled), build(ticks));
  }));
});

Deno.test("CandleBuilder makes M5 of all five minutes, not of half of them (F1)", () => {
  const ticks = Array.from({ length: 300 }, (_, s) => tick(TEN + s * 1_000, 1.1 + s / 100_000));

  const [m5] = of(build(ticks), "M5");

  assert.deepEqual([m5?.open, m5?.close, m5?.high, m5?.ticks], [
    1.1,
    1.1 + 299 / 100_000,
    1.1 + 299 / 100_000,
    300,
  ]);
});

Deno.test("CandleBuilder counts ticks itself: a feed without volume has volume (F2)", () => {
  const ticks = Array.from({ length: 60 }, (_, s) => tick(TEN + s * 5_000, 1.1));

  assert.deepEqual(of(build(ticks), "M1").map((candle) => candle.ticks), [12, 12, 12, 12, 12]);
});

Deno.test("CandleBuilder closes exactly one M5 per five minutes after more than 500 minutes (F3)", () => {
  const builder = new CandleBuilder(EURUSD);
  const closes: number[] = [];
  for (let minute = 0; minute < 1_200; minute++) {
    const atMs = Date.UTC(2026, 6, 7) + minute * MINUTE;
    const closed = builder.tick(atMs, 1.1, 1.1001);
    if (of(closed, "M5").length > 0) closes.push(minute);
  }

  assert.deepEqual(closes, Array.from({ length: 239 }, (_, i) => 5 * (i + 1)));
});

Deno.test("CandleBuilder puts a flood of queued ticks into the minutes they are of (F4)", () => {
  const live = [tick(TEN + 1_000, 1.1)];
  const flood = Array.from({ length: 200 }, (_, i) => tick(TEN + 3_000 + i * 1_000, 1.1 + i / 100_000));
  const builder = new CandleBuilder(EURUSD);
  live.forEach((each) => builder.tick(each.atMs, each.bid, each.ask));

  const closed = flood.flatMap((each) => [...builder.tick(each.atMs, each.bid, each.ask)]);

  assert.deepEqual(of(closed, "M1").map((candle) => [candle.openedAtMs - TEN, candle.ticks]), [
    [0, 58],
    [MINUTE, 60],
    [2 * MINUTE, 60],
  ]);
});

Deno.test("CandleBuilder parts candles across a weekend: Friday's last is no neighbour of Sunday's first (F26)", () => {
  const friday = Date.UTC(2026, 6, 10, 20, 59, 30);
  const sunday = Date.UTC(2026, 6, 12, 21, 0, 1);

  const candles = build(
    [tick(friday - MINUTE, 1.1), tick(friday, 1.1), tick(sunday, 1.12)],
    sunday + 3_600_000,
  );

  assert.deepEqual(of(candles, "M1").map((candle) => candle.gapBefore), [true, false, true]);
  assert.deepEqual(of(candles, "M5").map((candle) => candle.gapBefore), [true, true]);
});

Deno.test("CandleBuilder parts candles by silence only past 15 minutes", () => {
  const first = tick(TEN + 59_000, 1.1);
  const after = (silenceMs: number) => build([first, tick(first.atMs + silenceMs, 1.1)]);

  const gaps = [15 * MINUTE, 15 * MINUTE + 1].map((ms) => of(after(ms), "M1").at(-1)?.gapBefore);

  assert.deepEqual(gaps, [false, true]);
});

Deno.test("isGap() sees gold's daily pause, which is shorter than a weekend and longer than a breath", () => {
  const pause = Date.UTC(2026, 6, 7, 21);

  const gaps = [
    isGap(symbolName("XAUUSD"), pause - 1_000, pause + 3_600_000),
    isGap(EURUSD, pause - 1_000, pause + 1_000),
  ];

  assert.deepEqual(gaps, [true, false]);
});

Deno.test("CandleBuilder never rewrites a closed candle: a late tick is counted and in no candle", () => {
  const builder = new CandleBuilder(EURUSD);
  builder.tick(TEN + 1_000, 1.1, 1.1001);
  const closed = builder.tick(TEN + 61_000, 1.101, 1.1011);

  const late = builder.tick(TEN + 59_000, 9.9, 9.9001);
  const rest = builder.advance(TEN + 5 * MINUTE);

  assert.deepEqual([closed.length, late.length, builder.lateTicks], [1, 0, 1]);
  assert.deepEqual(rest.map((candle) => [candle.timeframe, candle.high, candle.ticks]), [
    ["M1", 1.101, 1],
    ["M5", 1.101, 2],
  ]);
});

Deno.test("CandleBuilder takes a tick older than a candle the clock closed as late", () => {
  const builder = new CandleBuilder(EURUSD);
  builder.tick(TEN + 1_000, 1.1, 1.1001);
  builder.advance(TEN + 5 * MINUTE);

  builder.tick(TEN + 3 * MINUTE, 1.2, 1.2001);
  builder.tick(TEN + 5 * MINUTE, 1.1, 1.1001);

  assert.equal(builder.lateTicks, 1);
  assert.equal(builder.nextEndMs, TEN + 6 * MINUTE);
});

Deno.test("CandleBuilder closes by the clock only what has ended, M1 first, then M5, M15 and H1", () => {
  const builder = new CandleBuilder(EURUSD);
  builder.tick(TEN + 1_000, 1.1, 1.1001);

  const closed = [60_000 - 1, 60_000, 300_000 - 1, 300_000, 900_000, 3_600_000, 7_200_000].map((ms) =>
    builder.advance(TEN + ms).map((candle) => candle.timeframe)
  );

  assert.deepEqual(closed, [[], ["M1"], [], ["M5"], ["M15"], ["H1"], []]);
  assert.equal(builder.nextEndMs, null);
});

Deno.test("CandleBuilder restored from its M1 candles goes on as if it had never stopped", () => {
  fc.assert(fc.property(streams, streams, (before, after) => {
    const lastMs = before.at(-1)!.atMs;
    const restMs = candleStart(lastMs, "M1") + MINUTE;
    const shiftMs = restMs - TEN;
    const later = after.map((each) => ({ ...each, atMs: each.atMs + shiftMs }));
    const whole = new CandleBuilder(EURUSD);
    const live = before.flatMap((each) => [...whole.tick(each.atMs, each.bid, each.ask)]);
    live.push(...whole.advance(restMs));

    const again = new CandleBuilder(EURUSD);
    const rebuilt = of(live, "M1").flatMap((minute) => [...again.restore(minute)]);

    const longer = live.filter((candle) => candle.timeframe !== "M1");
    const order = (candles: readonly Candle[]) =>
      candles.toSorted((a, b) => a.openedAtMs - b.openedAtMs || a.timeframe.localeCompare(b.timeframe));
    assert.deepEqual(order(rebuilt), order(longer));
    const goesOn = (builder: CandleBuilder) =>
      later.flatMap((each) => [...builder.tick(each.atMs, each.bid, each.ask)]).map(withoutGap);
    assert.deepEqual(goesOn(again), goesOn(whole));
  }));
});

/** After a restart the last tick's own time is not known, only its minute: at most the first gap may differ. */
function withoutGap({ gapBefore: _, ...rest }: Candle): Omit<Candle, "gapBefore"> {
  return rest;
}

Deno.test("CandleBuilder refuses to restore a candle that is older than the last", () => {
  const [minute] = build([tick(TEN, 1.1)], TEN + MINUTE);
  const builder = new CandleBuilder(EURUSD);
  builder.restore(minute!);

  assert.throws(
    () => builder.restore(minute!),
    /Cannot restore a candle as openedAtMs must be >= 1783418460000/,
  );
});

Deno.test("widenCandle() widens an imported candle to contain its open and close, and leaves a sound one alone", () => {
  const [sound] = build([tick(TEN, 1.1), tick(TEN + 1, 1.2), tick(TEN + 2, 1.15)], TEN + MINUTE);
  const odd: Candle = { ...sound!, high: price(1.14), low: price(1.12) };

  const { high, low } = widenCandle(odd);

  assert.deepEqual([high, low], [1.15, 1.1]);
  assert.equal(widenCandle(sound!), sound);
});
