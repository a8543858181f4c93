/**
 * The table of symbols: every pip worth what the contract says, and one way between prices, pips and points.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  KNOWN_SYMBOLS,
  pipsToPoints,
  pipsToPrice,
  pointsToPips,
  pointsToPrice,
  priceToPips,
  priceToPoints,
  roundPrice,
  specOf,
} from "../../domain/symbol_spec.ts";
import type { SymbolSpec } from "../../protocols/symbol_spec.ts";
import { symbolName } from "../../protocols/units.ts";

function spec(name: string): SymbolSpec {
  const found = specOf(symbolName(name));
  assert.ok(found, name);
  return found;
}

const specs = fc.constantFrom(...KNOWN_SYMBOLS.map((symbol) => specOf(symbol)!));

Deno.test("specOf() knows the 7 majors, 21 crosses, 7 exotics and 2 metals, each once", () => {
  assert.equal(KNOWN_SYMBOLS.length, 37);
  assert.equal(new Set(KNOWN_SYMBOLS).size, 37);
  assert.ok(KNOWN_SYMBOLS.every((symbol) => specOf(symbol)?.symbol === symbol));
});

Deno.test("specOf() answers null for a symbol it does not list", () => {
  assert.deepEqual(["BTCUSD", "US30", "", "eurusd"].map((name) => specOf(symbolName(name))), [
    null,
    null,
    null,
    null,
  ]);
});

Deno.test("specOf() gives a lot's pip its known worth in the quote currency", () => {
  const names = ["EURUSD", "USDJPY", "GBPJPY", "USDMXN", "XAUUSD", "XAGUSD"];

  const worth = names.map((name) => Math.round(spec(name).pipSize * spec(name).contractSize * 1e6) / 1e6);

  assert.deepEqual(worth, [10, 1_000, 1_000, 10, 10, 50]);
});

Deno.test("specOf() names base and quote currency of every symbol by its own name", () => {
  const wrong = KNOWN_SYMBOLS.filter((symbol) => {
    const { baseCurrency, quoteCurrency } = spec(symbol);
    return baseCurrency.length !== 3 || baseCurrency + quoteCurrency !== symbol;
  });

  assert.deepEqual(wrong, []);
});

Deno.test("specOf() keeps the stop floor at 15 pips, or where brokers wanted more", () => {
  const raised = KNOWN_SYMBOLS.filter((symbol) => spec(symbol).stopFloorPips !== 15)
    .map((symbol) => [symbol, spec(symbol).stopFloorPips]);

  assert.deepEqual(raised, [
    ["EURJPY", 18],
    ["GBPJPY", 20],
    ["USDCNH", 30],
    ["USDMXN", 60],
    ["USDSEK", 20],
    ["USDNOK", 20],
    ["USDDKK", 20],
    ["USDTRY", 50],
    ["USDZAR", 30],
    ["XAUUSD", 30],
    ["XAGUSD", 25],
  ]);
});

Deno.test("specOf() never floors a stop below the stops level, nor a pip below a point", () => {
  const wrong = KNOWN_SYMBOLS.filter((symbol) => {
    const { stopFloorPips, stopsLevelPips, pipSize, point, digits } = spec(symbol);
    return stopFloorPips < stopsLevelPips || pipSize < point || point !== 1 / 10 ** digits;
  });

  assert.deepEqual(wrong, []);
});

Deno.test("priceToPips() and its kin agree on EURUSD, USDJPY and gold, as worked by hand", () => {
  const seen = [
    priceToPips(spec("EURUSD"), 1.1015 - 1.1),
    priceToPips(spec("USDJPY"), 150.25 - 150),
    priceToPips(spec("XAUUSD"), 2_003 - 2_000),
    priceToPoints(spec("EURUSD"), 0.00012),
    pointsToPips(spec("EURUSD"), 12),
    pipsToPoints(spec("XAUUSD"), 3),
    pipsToPrice(spec("XAUUSD"), 30),
    pointsToPrice(spec("USDJPY"), 6),
  ];

  assert.deepEqual(seen, [15, 25, 30, 12, 1.2, 30, 3, 0.006]);
});

Deno.test("pips, points and prices convert there and back on every symbol", () => {
  fc.assert(fc.property(specs, fc.integer({ min: -100_000, max: 100_000 }), (each, points) => {
    const pips = pointsToPips(each, points);
    assert.ok(Math.abs(pipsToPoints(each, pips) - points) < 1e-3);
    assert.ok(Math.abs(priceToPips(each, pipsToPrice(each, pips)) - pips) < 1e-6);
    assert.equal(priceToPoints(each, pointsToPrice(each, points)), points);
  }));
});

Deno.test("roundPrice() gives the number that the price's decimal text reads as", () => {
  const text = fc.tuple(specs, fc.double({ min: 0.0001, max: 9_000, noNaN: true }));
  fc.assert(fc.property(text, ([each, value]) => {
    const rounded = roundPrice(each, value);
    assert.equal(rounded, Number(rounded.toFixed(each.digits)));
    assert.ok(Math.abs(rounded - value) <= each.point * 0.500_001);
  }));
});
