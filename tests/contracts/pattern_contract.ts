/**
 * The contract every pattern passes, on random walks long enough that it fires on both sides.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Candle } from "../../protocols/candle.ts";
import { type Direction, price, symbolName } from "../../protocols/units.ts";
import { CHART_CANDLES, contextOf } from "../../domain/patterns/chart.ts";
import { levelsOf } from "../../domain/patterns/levels.ts";
import type { Find, Pattern } from "../../domain/patterns/pattern.ts";
import { KNOWN_SYMBOLS, pipsToPrice, priceToPips, specOf } from "../../domain/symbol_spec.ts";
import { candlesOf, mulberry32, walk } from "../kit/candles.ts";

const SYMBOL = symbolName("EURUSD");
const WALK_SEED = 4;
const WALK_CANDLES = 6_000;
/** Fixed, so that a failure is a failure every time. */
const PROPERTY = { seed: 20260331, numRuns: 6 };
/** Rounding differs between a price and its mirror image or multiple; no rule is this fine. */
const DUST = 1e-7;

/** Every find of a pattern on a history, by the place of its candle. */
export type Finds = ReadonlyMap<number, Find>;

/** The find on each candle, as the symbol's actor would ask for it: with at most `window` candles in hand. */
export function findsOver(pattern: Pattern, candles: readonly Candle[], window = 400): Finds {
  const finds = new Map<number, Find>();
  for (let i = 0; i < candles.length; i++) {
    const find = pattern.detect(contextOf(SYMBOL, candles.slice(Math.max(0, i + 1 - window), i + 1)));
    if (find !== null) finds.set(i, find);
  }
  return finds;
}

/** Registers the contract's tests for one pattern. */
export function patternContract(pattern: Pattern): void {
  const candles = walk(WALK_SEED, WALK_CANDLES);
  const finds = findsOver(pattern, candles);
  const contract = (name: string, fn: () => void) => Deno.test(`${pattern.name} ${name}`, fn);

  contract("finds BUY and SELL on a random walk, so that its contract is not empty", () => {
    assert.ok(countOf(finds, "BUY") >= 5, `BUY found ${countOf(finds, "BUY")} times`);
    assert.ok(countOf(finds, "SELL") >= 5, `SELL found ${countOf(finds, "SELL")} times`);
  });
  contract(
    "is silent with one candle less than its warm-up since the last gap",
    () => staysSilent(pattern, candles, finds),
  );
  contract("is silent without a candle, and where no price ever moved", () => {
    assert.equal(pattern.detect(contextOf(SYMBOL, [])), null);
    assert.equal(findsOver(pattern, candlesOf(Array.from({ length: 80 }, () => [1, 1, 1, 1, 9]))).size, 0);
  });
  contract("answers the same twice, and changes nothing of what it is handed", () => {
    for (const i of finds.keys()) {
      const context = deepFreeze(contextOf(SYMBOL, candles.slice(0, i + 1)));
      assert.deepEqual(pattern.detect(context), pattern.detect(context));
    }
  });
  contract("finds on a prefix what it finds on the whole, cut at the same place", () => {
    fc.assert(
      fc.property(fc.nat(WALK_CANDLES - 1), (end) => {
        const prefix = findsOver(pattern, candles.slice(0, end));
        assert.deepEqual([...prefix], [...finds].filter(([i]) => i < end));
      }),
      { ...PROPERTY, numRuns: 2 },
    );
  });
  contract("depends on nothing older than the last 200 continuous candles", () => {
    for (const [i, find] of finds) {
      const tail = candles.slice(Math.max(0, i + 1 - CHART_CANDLES), i + 1);
      assert.deepEqual(pattern.detect(contextOf(SYMBOL, tail)), find);
      assert.deepEqual(pattern.detect(contextOf(SYMBOL, candles.slice(0, i + 1))), find);
    }
  });
  contract("swaps BUY and SELL when prices are mirrored", () => {
    let compared = 0;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), (seed) => {
        const upright = walk(seed, 1_500);
        const mirrored = upright.map((candle) => reshaped(candle, (value) => 2 * 1.25 - value));
        compared += assertSameFinds(findsOver(pattern, mirrored), findsOver(pattern, upright), "swapped", 1);
      }),
      PROPERTY,
    );
    assert.ok(compared > 0);
  });
  contract("finds the same on prices of any scale", () => {
    let compared = 0;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), fc.constantFrom(1 / 64, 4_000, 0.37), (seed, scale) => {
        const plain = walk(seed, 1_500);
        const scaled = plain.map((candle) => reshaped(candle, (value) => value * scale));
        compared += assertSameFinds(findsOver(pattern, scaled), findsOver(pattern, plain), "kept", scale);
      }),
      PROPERTY,
    );
    assert.ok(compared > 0);
  });
  contract("gives parts in [0, 1] with positive weights and distinct names", () => {
    for (const { parts } of finds.values()) {
      assert.ok(parts.length > 0);
      assert.ok(parts.every(({ value, weight }) => value >= 0 && value <= 1 && weight > 0));
      assert.equal(new Set(parts.map(({ name }) => name)).size, parts.length);
    }
  });
  contract(
    "puts stop and target on their sides, no nearer than spread and stops level",
    () => keepsDistance(pattern, finds),
  );
  contract("says of every find which candle, symbol and scale it stands on", () => {
    for (const [i, find] of finds) {
      assert.equal(find.pattern, pattern.name);
      assert.equal(find.symbol, SYMBOL);
      assert.equal(find.candleOpenedAtMs, candles[i]?.openedAtMs);
      assert.ok(find.atr > 0);
    }
  });
}

function staysSilent(pattern: Pattern, candles: readonly Candle[], finds: Finds): void {
  for (const i of finds.keys()) {
    const short = candles.slice(i + 2 - pattern.warmup, i + 1);
    assert.equal(short.length, pattern.warmup - 1);
    assert.equal(pattern.detect(contextOf(SYMBOL, short)), null);
    const gapAt = i + 2 - pattern.warmup;
    const gapped = candles.slice(0, i + 1).map((candle, at) =>
      at === gapAt ? { ...candle, gapBefore: true } : candle
    );
    assert.equal(pattern.detect(contextOf(SYMBOL, gapped)), null);
  }
}

function keepsDistance(pattern: Pattern, finds: Finds): void {
  const random = mulberry32(7);
  for (const find of finds.values()) {
    for (const symbol of KNOWN_SYMBOLS) {
      const spec = specOf(symbol)!;
      const bid = 1.2 * 10 ** (5 - spec.digits);
      const quote = {
        symbol,
        bid: price(bid),
        ask: price(bid + pipsToPrice(spec, 20 * random())),
        atMs: 0,
        receivedAtMs: 0,
      };
      const atr = pipsToPrice(spec, 40 * random());
      const levels = levelsOf(pattern, { direction: find.direction, atr }, quote, spec);
      const side = find.direction === "BUY" ? 1 : -1;
      assert.ok(side * (levels.entry - levels.stopLoss) > 0 && side * (levels.takeProfit - levels.entry) > 0);
      const stop = priceToPips(spec, side * (levels.entry - levels.stopLoss));
      const target = priceToPips(spec, side * (levels.takeProfit - levels.entry));
      assert.ok(stop >= levels.spreadPips + spec.stopsLevelPips - DUST, `${symbol} stop ${stop}`);
      assert.ok(target >= spec.stopsLevelPips - DUST, `${symbol} target ${target}`);
      assert.ok(stop >= spec.stopFloorPips - DUST && stop * spec.pipSize >= pattern.stopAtr * atr - DUST);
    }
  }
}

function countOf(finds: Finds, direction: Direction): number {
  return [...finds.values()].filter((find) => find.direction === direction).length;
}

/** Returns how many finds were compared. */
function assertSameFinds(
  actual: Finds,
  expected: Finds,
  direction: "kept" | "swapped",
  scale: number,
): number {
  assert.deepEqual([...actual.keys()], [...expected.keys()]);
  for (const [i, find] of expected) {
    const other = actual.get(i)!;
    const swapped = find.direction === "BUY" ? "SELL" : "BUY";
    assert.equal(other.direction, direction === "kept" ? find.direction : swapped);
    assert.equal(
      other.structureId?.replace(/_(BUY|SELL)_/, ""),
      find.structureId?.replace(/_(BUY|SELL)_/, ""),
    );
    assert.ok(Math.abs(other.atr / scale - find.atr) <= DUST * find.atr);
    assert.deepEqual(other.parts.map(({ name }) => name), find.parts.map(({ name }) => name));
    for (const [at, part] of find.parts.entries()) {
      assert.ok(Math.abs(part.value - other.parts[at]!.value) <= DUST, `${part.name} at ${i}`);
    }
  }
  return expected.size;
}

function reshaped(candle: Candle, change: (value: number) => number): Candle {
  const [high, low] = [change(candle.high), change(candle.low)];
  return {
    ...candle,
    open: price(change(candle.open)),
    high: price(Math.max(high, low)),
    low: price(Math.min(high, low)),
    close: price(change(candle.close)),
  };
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
