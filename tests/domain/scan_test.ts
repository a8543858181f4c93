/**
 * Scan: one signal at most, every other find a shadow, and a memory that survives a restart.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Filter } from "../../domain/filters/filter.ts";
import { adjust } from "../../domain/filters/filter.ts";
import type { Find, Pattern } from "../../domain/patterns/pattern.ts";
import {
  emptyMemory,
  HOUSE_RULES,
  recallMemory,
  scan,
  type ScanInput,
  type ScanMemory,
  type ScanResult,
  type ScanRules,
} from "../../domain/scan.ts";
import { specOf } from "../../domain/symbol_spec.ts";
import { type Candle, TIMEFRAME_MS } from "../../protocols/candle.ts";
import type { PatternName, Signal } from "../../protocols/signal.ts";
import { eaId, price, symbolName } from "../../protocols/units.ts";
import { CANDLES_FROM_MS, candlesOf, type Ohlct, walk } from "../kit/candles.ts";
import { patternNamed } from "../kit/candidates.ts";
import { QUIET, times } from "../kit/finds.ts";

const EURUSD = symbolName("EURUSD");
const M5_MS = TIMEFRAME_MS.M5;
/** The candles begin on Tuesday at 00:00 UTC, and the market stays open until Friday. */
const QUIET_DAY = candlesOf(times(400, QUIET));

/** The scan two seconds after candle `at` closed, at 1.1 with a spread of `spreadPips`. */
function inputAt(
  at: number,
  memory: ScanMemory = emptyMemory(),
  spreadPips = 0.2,
  candles = QUIET_DAY,
): ScanInput {
  const nowMs = candles[at]!.openedAtMs + M5_MS + 2_000;
  const ask = price(Math.round(110_000 + 10 * spreadPips) / 100_000);
  return {
    symbol: EURUSD,
    spec: specOf(EURUSD)!,
    m5: candles.slice(Math.max(0, at - 399), at + 1),
    quote: { symbol: EURUSD, bid: price(1.1), ask, atMs: nowMs - 300, receivedAtMs: nowMs - 200 },
    spreadMedian24h: 0.00002,
    nowMs,
    feed: eaId("ea-1"),
    memory,
  };
}

/** A pattern that finds the same on every candle. */
function always(name: PatternName, value: number, structureId: string | null = null): Pattern {
  const detect: Pattern["detect"] = ({ upright }): Find => ({
    pattern: name,
    symbol: EURUSD,
    direction: "BUY",
    parts: [{ name: "part", value, weight: 1 }],
    structureId,
    atr: 0.0005,
    candleOpenedAtMs: upright.candles.at(-1)!.openedAtMs,
  });
  return { ...patternNamed(name), detect };
}

function rulesOf(patterns: readonly Pattern[], more: readonly Filter[] = []): ScanRules {
  return { patterns, filters: [...HOUSE_RULES.filters, ...more] };
}

/** What became of each find: pattern and shadow reason, "raised" for the one that was. */
function fates({ raised, shadows }: ScanResult): readonly string[] {
  const live = raised === null ? [] : [`${raised.pattern} raised ${raised.confidence}`];
  return [...live, ...shadows.map(({ pattern, shadowReason }) => `${pattern} ${shadowReason}`)];
}

const SCALP = rulesOf([always("BB_SCALP", 0.6)]);

Deno.test("scan() makes the whole signal of a gap that fires on EURUSD, with every number of the hand calculation", () => {
  const rows: Ohlct[] = [
    ...times(40, QUIET),
    [1000, 1028, 1000, 1024, 100],
    [1024, 1039, 1025, 1035, 100],
    [1035, 1041, 1026, 1029, 100],
    [1029, 1031, 1016, 1030, 115],
  ];
  const candles = candlesOf(
    rows.map(([open, high, low, close, ticks]): Ohlct => {
      const [o, h, l, c] = [open, high, low, close].map((value) => (109_000 + value) / 100_000);
      return [o!, h!, l!, c!, ticks];
    }),
  );
  const at = rows.length - 1;
  const gapAtS = candles[at - 2]!.openedAtMs / 1000;

  const { raised, shadows, memory } = scan(inputAt(at, emptyMemory(), 0.2, candles));

  const { atr, parts, ...signal } = raised!;
  assert.deepEqual(signal, {
    id: `ELITE_SNIPER_FAIR_VALUE_GAP_FILL_EURUSD_${candles[at]!.openedAtMs / 1000 + 302}`,
    symbol: "EURUSD",
    direction: "BUY",
    pattern: "FAIR_VALUE_GAP_FILL",
    signalClass: "SNIPER",
    confidence: 86.6,
    verdicts: [
      {
        filter: "freshness",
        verdict: "pass",
        reason: "candle closed 2.0 s ago, quote came 0.2 s ago",
        adjustment: 0,
      },
      { filter: "session", verdict: "pass", reason: "5419 min to the close of EURUSD", adjustment: 0 },
      {
        filter: "spread",
        verdict: "pass",
        reason: "0.20 pips, limit 0.60 (3 × the 24 h median)",
        adjustment: 0,
      },
      { filter: "confidence", verdict: "pass", reason: "86.6, published from 70", adjustment: 0 },
      { filter: "cooldown", verdict: "pass", reason: "no FAIR_VALUE_GAP_FILL remembered", adjustment: 0 },
      {
        filter: "structure",
        verdict: "pass",
        reason: `first signal of FAIR_VALUE_GAP_FILL_EURUSD_BUY_${gapAtS}`,
        adjustment: 0,
      },
      { filter: "best", verdict: "pass", reason: "86.6 is the scan's best", adjustment: 0 },
    ],
    entry: 1.10002,
    stopLoss: 1.09852, // 1.2 ATR would be 1.8 pips: the floor is 15
    takeProfit: 1.10104, // 0.68 × 150 points
    stopPips: 15,
    targetPips: 10.2,
    riskReward: 0.68,
    spreadPips: 0.2,
    session: "ASIAN",
    structureId: `FAIR_VALUE_GAP_FILL_EURUSD_BUY_${gapAtS}`,
    signaledAtMs: candles[at]!.openedAtMs + 302_000,
    candleOpenedAtMs: candles[at]!.openedAtMs,
    feed: "ea-1",
    shadow: false,
    shadowReason: null,
  });
  assert.ok(Math.abs(atr - 0.00015) < 1e-12);
  assert.deepEqual(parts.map(({ name }) => name), [
    "gap",
    "impulse",
    "fill",
    "freshness",
    "bounce",
    "activity",
  ]);
  assert.deepEqual(shadows, []);
  assert.deepEqual(memory.signals, [{
    id: signal.id,
    pattern: "FAIR_VALUE_GAP_FILL",
    structureId: signal.structureId,
    candleOpenedAtMs: signal.candleOpenedAtMs,
    as: "raised",
  }]);
});

Deno.test("scan() of quiet candles finds nothing, and leaves the memory as it is", () => {
  assert.deepEqual(scan(inputAt(300)), { raised: null, shadows: [], memory: emptyMemory() });
});

Deno.test("scan() raises the best of several finds and keeps the others as shadows", () => {
  const rules = rulesOf([
    always("BB_SCALP", 0.6),
    always("VCB_BREAKOUT", 0.7),
    always("KALMAN_QUICKFIRE", 0.1),
  ]);

  const result = scan(inputAt(300), rules);

  assert.deepEqual(fates(result), [
    "VCB_BREAKOUT raised 84.5",
    "KALMAN_QUICKFIRE confidence",
    "BB_SCALP best",
  ]);
  assert.deepEqual(result.shadows.map(({ shadow }) => shadow), [true, true]);
  assert.equal(new Set([result.raised!.id, ...result.shadows.map(({ id }) => id)]).size, 3);
});

Deno.test("scan() does the same candle once, also with the memory recalled from the store", () => {
  const rules = rulesOf([always("BB_SCALP", 0.6), always("VCB_BREAKOUT", 0.1)]);
  const first = scan(inputAt(300), rules);
  const later = { ...inputAt(300), nowMs: inputAt(300).nowMs + 30_000 };

  const again = scan({ ...later, memory: first.memory }, rules);
  const recalled = scan({ ...later, memory: recallMemory([first.raised!, ...first.shadows]) }, rules);

  assert.deepEqual(again, { raised: null, shadows: [], memory: first.memory });
  assert.deepEqual(recalled, { raised: null, shadows: [], memory: first.memory });
});

Deno.test("scan() leaves out a find whose id is taken by a scan within the same second", () => {
  const first = scan(inputAt(300), SCALP);
  const backlog = { ...inputAt(301, first.memory), nowMs: inputAt(300).nowMs };

  assert.deepEqual(fates(scan(backlog, SCALP)), []);
});

Deno.test("scan() holds a raised pattern's finds of the next three candles as cool-down, then raises it again", () => {
  let { memory } = scan(inputAt(300), SCALP);
  const told: string[][] = [];
  for (const at of [301, 302, 303, 304]) {
    const result = scan(inputAt(at, memory), SCALP);
    told.push([...fates(result)]);
    memory = result.memory;
  }

  assert.deepEqual(told, [
    ["BB_SCALP cooldown"],
    ["BB_SCALP cooldown"],
    ["BB_SCALP cooldown"],
    ["BB_SCALP raised 81"],
  ]);
});

Deno.test("scan() lets one structure signal once", () => {
  const block = rulesOf([always("ORDER_BLOCK_BOUNCE", 0.6, "BLOCK_1")]);
  const { memory } = scan(inputAt(300), block);

  const result = scan(inputAt(320, memory), block);

  assert.deepEqual(fates(result), ["ORDER_BLOCK_BOUNCE structure"]);
  assert.equal(result.memory.signals.at(-1)?.as, "repeat");
});

Deno.test("scan() raises a good find although the candle before was vetoed", () => {
  const vetoed = scan(inputAt(300, emptyMemory(), 3), SCALP);

  assert.deepEqual(fates(vetoed), ["BB_SCALP spread"]);
  assert.deepEqual(fates(scan(inputAt(301, vetoed.memory), SCALP)), ["BB_SCALP raised 81"]);
});

Deno.test("scan() counts a shadow that repeats a counted shadow as a repeat", () => {
  let memory = emptyMemory();
  const told: (readonly string[])[] = [];
  for (const at of [300, 301, 303, 304]) {
    const result = scan(inputAt(at, memory, 3), SCALP);
    told.push(fates(result));
    memory = result.memory;
  }

  assert.deepEqual(told, [["BB_SCALP spread"], ["BB_SCALP cooldown"], ["BB_SCALP cooldown"], [
    "BB_SCALP spread",
  ]]);
  assert.deepEqual(memory.signals.map(({ as }) => as), ["shadow", "repeat", "repeat", "shadow"]);
});

Deno.test("scan() asks every filter, also after a veto", () => {
  const [shadow] = scan(inputAt(300, emptyMemory(), 3), SCALP).shadows;

  assert.deepEqual(shadow?.verdicts.map(({ filter, verdict }) => `${filter} ${verdict}`), [
    "freshness pass",
    "session pass",
    "spread veto",
    "confidence pass",
    "cooldown pass",
    "structure pass",
  ]);
});

Deno.test("scan() gives a boost no further than 89.0 and stores how much it withheld", () => {
  const boost: Filter = { name: "shield", judge: () => adjust("shield", "a sweep was completed", 10) };

  const { raised } = scan(inputAt(300), rulesOf([always("BB_SCALP", 0.6)], [boost]));

  assert.equal(raised?.confidence, 89);
  assert.deepEqual(raised?.verdicts.find(({ filter }) => filter === "shield"), {
    filter: "shield",
    verdict: "adjust",
    reason: "a sweep was completed",
    adjustment: 8,
    cappedBy: 2,
  });
});

Deno.test("scan() judges the confidence that the filters have left", () => {
  const penalty: Filter = { name: "news", judge: () => adjust("news", "a release is near", -12) };

  const result = scan(inputAt(300), rulesOf([always("BB_SCALP", 0.6)], [penalty]));

  assert.deepEqual(fates(result), ["BB_SCALP confidence"]);
  assert.equal(result.shadows[0]?.confidence, 69);
});

Deno.test("scan() keeps a delayed find as a shadow: it is not published by this scan", () => {
  const delay: Filter = {
    name: "shield",
    judge: () => ({ filter: "shield", verdict: "delay", reason: "a sweep lies ahead", adjustment: 0 }),
  };

  assert.deepEqual(fates(scan(inputAt(300), rulesOf([always("BB_SCALP", 0.6)], [delay]))), [
    "BB_SCALP shield",
  ]);
});

Deno.test("scan() signals nothing from a day-old cache of candles", () => {
  const input = { ...inputAt(300), nowMs: inputAt(300).nowMs + 86_400_000 };

  assert.deepEqual(fates(scan(input, SCALP)), ["BB_SCALP freshness"]);
});

Deno.test("scan() forgets signals after 24 h of candles", () => {
  const { memory } = scan(inputAt(10), SCALP);

  assert.equal(scan(inputAt(297, memory)).memory.signals.length, 1);
  assert.equal(scan(inputAt(298, memory)).memory.signals.length, 0);
});

/** A walk on EURUSD's digits, scanned candle by candle; `restart` recalls the memory from the signals each time. */
function replay(candles: readonly Candle[], restart: boolean): readonly Signal[] {
  const signals: Signal[] = [];
  let memory = emptyMemory();
  for (let at = 60; at < candles.length; at++) {
    const close = candles[at]!.close;
    const input = inputAt(at, restart ? recallMemory(signals) : memory, 0.2, [...candles]);
    const quote = { ...input.quote, bid: price(close), ask: price(close + 0.00002) };
    const result = scan({ ...input, quote });
    signals.push(...(result.raised === null ? [] : [result.raised]), ...result.shadows);
    memory = result.memory;
  }
  return signals;
}

Deno.test("scan() of a walk raises at most one signal a candle, no pattern within its cool-down, no structure twice", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000 }), (seed) => {
      const signals = replay(walk(seed, 600), false);
      const raised = signals.filter(({ shadow }) => !shadow);
      assert.ok(raised.length > 0);
      assert.equal(new Set(raised.map(({ candleOpenedAtMs }) => candleOpenedAtMs)).size, raised.length);
      assert.equal(new Set(signals.map(({ id }) => id)).size, signals.length);
      const structures = raised.flatMap(({ structureId }) => structureId ?? []);
      assert.equal(new Set(structures).size, structures.length);
      for (const { pattern, candleOpenedAtMs } of raised) {
        const near = raised.filter((other) =>
          other.pattern === pattern && Math.abs(other.candleOpenedAtMs - candleOpenedAtMs) <= 3 * M5_MS
        );
        assert.equal(near.length, 1);
      }
    }),
    { seed: 20260331, numRuns: 5 },
  );
});

Deno.test("scan() says the same after a restart on every candle as without one", () => {
  const candles = walk(8, 500);

  assert.deepEqual(replay(candles, true), replay(candles, false));
});

Deno.test("scan() never changes what it is handed", () => {
  const input = inputAt(300, scan(inputAt(299), SCALP).memory);
  const before = structuredClone(input);

  scan(input, SCALP);

  assert.deepEqual(input, before);
  assert.equal(QUIET_DAY[0]!.openedAtMs, CANDLES_FROM_MS);
});
