/**
 * Features: worked by hand, and blind to everything after the signal.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { FEATURE_NAMES, FEATURES, featuresOf } from "../../../domain/learning/features.ts";
import { gather } from "../../../domain/learning/gather.ts";
import { type FeatureContext, knownAt, type PastSignal } from "../../../domain/learning/known.ts";
import { directedMove, efficiency, rangeRatio, tickRatio } from "../../../domain/learning/regime.ts";
import type { Candle } from "../../../protocols/candle.ts";
import { PATTERN_NAMES, type Signal } from "../../../protocols/signal.ts";
import { pips, price, symbolName } from "../../../protocols/units.ts";
import { makeOutcome, makeSignal, TUESDAY_MS } from "../../kit/signals.ts";

const M5_MS = 300_000;
const HOUR_MS = 3_600_000;
const EURUSD = symbolName("EURUSD");

/** Candle `i` of a chart that rises 0.0001 a candle, range 0.0002, 10 ticks each; the 100th is the signal's. */
function candle(i: number, changes: Partial<Candle> = {}): Candle {
  const close = 1.09 + i * 0.0001;
  return {
    symbol: EURUSD,
    timeframe: "M5",
    openedAtMs: TUESDAY_MS - M5_MS * (100 - i),
    open: price(close - 0.0001),
    high: price(close + 0.00005),
    low: price(close - 0.00015),
    close: price(close),
    ticks: 10,
    spread: 0.0001,
    gapBefore: false,
    ...changes,
  };
}

const CANDLES = Array.from({ length: 100 }, (_, i) => candle(i));

function past(endedHoursAgo: number | null, r: number | null, changes: Partial<PastSignal> = {}): PastSignal {
  const resolvedAtMs = endedHoursAgo === null ? null : TUESDAY_MS - endedHoursAgo * HOUR_MS;
  const signaledAtMs = TUESDAY_MS - 200 * HOUR_MS;
  return { symbol: EURUSD, pattern: "BB_SCALP", signaledAtMs, resolvedAtMs, r, ...changes };
}

const GBPUSD = symbolName("GBPUSD");
const PAST: readonly PastSignal[] = [
  past(2, -1),
  past(1, 1.5),
  past(3, 1.5, { pattern: "VCB_BREAKOUT" }),
  past(4, -1, { symbol: GBPUSD }),
  past(7 * 24 + 1, 1.5),
  past(5, null),
  past(null, null),
];

const context = (changes: Partial<FeatureContext> = {}): FeatureContext => ({
  candles: CANDLES,
  spreadMedian24hPips: 0.8,
  past: PAST,
  ...changes,
});

function named(signal: Signal, given: FeatureContext): Record<string, number> {
  const values = featuresOf(signal, given);
  return Object.fromEntries(FEATURE_NAMES.map((name, i) => [name, values[i]!]));
}

function assertNear(actual: Record<string, number>, expected: Record<string, number>): void {
  for (const [name, value] of Object.entries(expected)) {
    const off = Math.abs(actual[name]! - value);
    assert.ok(Object.is(actual[name], value) || off < 1e-6, `${name} is ${actual[name]}, not ${value}`);
  }
}

Deno.test("featuresOf() gives every feature of a signal as worked by hand", () => {
  const kinds = FEATURE_NAMES.filter((name) => name.includes("="));
  const set = new Set(["pattern=BB_SCALP", "session=LONDON"]);
  const expected = {
    confidence: 82.5,
    weakestPart: 0.7,
    strongestPart: 0.7,
    riskReward: 20 / 15,
    stopAtr: 3, // 0.0015 / 0.0005
    isBuy: 1,
    spreadOfStop: 1 / 15,
    spreadOfMedian: 1 / 0.8,
    rangeRatio: 0.0005 / 0.0002,
    efficiency: 1,
    moveHour: 12 * 0.0001 / 0.0005,
    moveFourHours: 48 * 0.0001 / 0.0005,
    tickRatio: 1,
    daySine: 1, // 10:00 UTC in July is 06:00 in New York, a quarter of the day
    dayCosine: 0,
    hoursToClose: 83, // Tuesday 10:00 to Friday 21:00 UTC
    patternWins: (1 + 2.5) / (3 + 5), // of the pattern, all symbols: −1, 1.5, −1
    patternR: -0.5 / 3,
    symbolWins: (2 + 2.5) / (3 + 5), // of the symbol, all patterns: −1, 1.5, 1.5
    symbolR: 2 / 3,
    hoursSinceLoss: 2,
    openOfSymbol: 1,
    ...Object.fromEntries(kinds.map((name) => [name, set.has(name) ? 1 : 0])),
  };

  assert.deepEqual(Object.keys(expected), [...FEATURE_NAMES]);
  assertNear(named(makeSignal(), context()), expected);
});

Deno.test("featuresOf() turns moves and side round for a SELL, and nothing else", () => {
  const buy = named(makeSignal(), context());
  const sell = named(makeSignal({ direction: "SELL" }), context());

  assertNear(sell, { ...buy, isBuy: 0, moveHour: -buy.moveHour!, moveFourHours: -buy.moveFourHours! });
});

Deno.test("featuresOf() says NaN, not 0, of what is not known", () => {
  const bare = named(makeSignal(), { candles: [], spreadMedian24hPips: null, past: [] });
  const missing = Object.entries(bare).flatMap(([name, value]) => Number.isNaN(value) ? [name] : []);

  assert.deepEqual(missing, [
    "spreadOfMedian",
    "rangeRatio",
    "efficiency",
    "moveHour",
    "moveFourHours",
    "tickRatio",
    "patternWins",
    "patternR",
    "symbolWins",
    "symbolR",
    "hoursSinceLoss",
  ]);
});

Deno.test("featuresOf() never gives an infinite number, which a matrix would refuse", () => {
  const odd = makeSignal({ atr: 0, stopPips: pips(0), parts: [] });
  const still = CANDLES.map((each) => ({ ...each, high: each.close, low: each.close, ticks: 0 }));

  const values = [...featuresOf(odd, context({ candles: still, spreadMedian24hPips: 0 }))];
  assert.deepEqual(values.filter((value) => Math.abs(value) === Infinity), []);
});

Deno.test("no feature sees later candles, or ends at or after the signal, whatever they are", () => {
  const signal = makeSignal();
  const before = featuresOf(signal, context());
  const laterCandles = fc.array(fc.double({ min: 0.5, max: 2, noNaN: true }), { maxLength: 5 });
  const later = fc.record({
    afterMs: fc.integer({ min: 0, max: 10 * HOUR_MS }),
    openMs: fc.nat(HOUR_MS),
    r: fc.constantFrom(-1, 1.5),
    pattern: fc.constantFrom(...PATTERN_NAMES),
  });
  fc.assert(fc.property(laterCandles, fc.array(later), fc.nat(1), (closes, ends, place) => {
    const future = ends.map(({ afterMs, openMs, r, pattern }): PastSignal => ({
      symbol: EURUSD,
      pattern,
      signaledAtMs: TUESDAY_MS + afterMs,
      resolvedAtMs: TUESDAY_MS + afterMs + openMs,
      r,
    }));
    const candles = [
      ...CANDLES,
      ...closes.map((close, i) => candle(100 + i, { close: price(close), gapBefore: true })),
    ];
    const around = place === 0 ? [...future, ...PAST] : [...PAST, ...future];

    assert.deepEqual(featuresOf(signal, context({ candles, past: around })), before);
  }));
});

Deno.test("an open signal's later end changes no feature: open is all that was known of it", () => {
  const ends = [past(null, null), past(0, -1), past(-3, 1.5), past(-3, -1)];
  const seen = ends.map((end) => featuresOf(makeSignal(), context({ past: [end] })));

  assert.equal(seen[0]![FEATURE_NAMES.indexOf("openOfSymbol")], 1);
  for (const values of seen) assert.deepEqual(values, seen[0]);
});

Deno.test("knownAt() takes the run of candles up to the signal's, eight hours at most, none across a gap", () => {
  const gap = CANDLES.map((each, i) => i === 90 ? { ...each, gapBefore: true } : each);
  const runOf = (candles: readonly Candle[]) => knownAt(makeSignal(), context({ candles })).candles;

  assert.deepEqual(runOf(CANDLES), CANDLES.slice(4));
  assert.deepEqual(runOf(gap), gap.slice(90));
  assert.deepEqual(runOf(CANDLES.slice(0, 99)), []);
});

Deno.test("the regime's measures are what they say, and NaN on too few candles", () => {
  const zigzag = CANDLES.map((each, i) => ({ ...each, close: price(i % 2 === 0 ? 1 : 1.001) }));
  const busy = [...CANDLES.slice(0, 99), candle(99, { ticks: 25 })];

  assert.ok(efficiency(zigzag.slice(0, 22)) < 1e-9 + 1 / 20);
  assert.equal(efficiency(CANDLES.slice(0, 20)), NaN);
  assert.equal(efficiency(CANDLES.map((each) => ({ ...each, close: price(1) }))), 0);
  assert.equal(tickRatio(busy), 2.5);
  assert.equal(tickRatio(CANDLES.slice(0, 20)), NaN);
  assert.equal(rangeRatio(1, CANDLES.slice(0, 47)), NaN);
  assert.equal(directedMove("BUY", 1, CANDLES.slice(0, 12), 12), NaN);
});

Deno.test("the table names every feature once, with a unit and why it does not leak", () => {
  assert.equal(new Set(FEATURE_NAMES).size, FEATURES.length);
  assert.deepEqual(FEATURES.filter(({ unit, noLeak }) => unit === "" || noLeak === ""), []);
});

Deno.test("gather() makes an example of every known end and leaves out UNKNOWN ones", () => {
  const signal = makeSignal();
  const ended = (["WIN", "UNKNOWN", "LOSS"] as const).map((result) => ({
    signal,
    outcome: makeOutcome(signal, { result }),
    context: context(),
  }));

  const { examples, left } = gather(ended);

  assert.equal(left, 1);
  assert.deepEqual([...examples.wins], [1, 0]);
  assert.deepEqual([...examples.confidence], [82.5, 82.5]);
  assert.deepEqual([...examples.signaledAtMs], [TUESDAY_MS, TUESDAY_MS]);
  assert.deepEqual([...examples.resolvedAtMs], [TUESDAY_MS + 600_000, TUESDAY_MS + 600_000]);
  assert.deepEqual(examples.matrix.names, FEATURE_NAMES);
  assert.deepEqual([...examples.matrix.values.subarray(FEATURE_NAMES.length)], [
    ...featuresOf(signal, context()),
  ]);
});
