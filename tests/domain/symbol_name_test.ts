/**
 * Brokers' names: what is mapped, what is doubtful, what is none of ours.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { canonicalSymbol, readSymbolName } from "../../domain/symbol_name.ts";
import { KNOWN_SYMBOLS } from "../../domain/symbol_spec.ts";
import { symbolName } from "../../protocols/units.ts";

Deno.test("canonicalSymbol() sees through the marks brokers put on full contracts", () => {
  const names =
    "EURUSD EURUSD.r EURUSDm EURUSD_i xEURUSD #EURUSD EURUSD. EURUSD+ mEURUSD! EURUSD.pro EURUSDecn " +
    "eurusd EUR/USD EUR-USD EUR/USDm EUR_USD.raw";

  const mapped = names.split(" ").map((name) => canonicalSymbol(name));

  assert.deepEqual(mapped, names.split(" ").map(() => "EURUSD"));
});

Deno.test("canonicalSymbol() maps GOLD and SILVER, dressed or not", () => {
  const names = ["GOLD", "GOLDm", "GOLD.r", "XAU/USD", "XAUUSD.ecn", "SILVER", "SILVER.i"];

  assert.deepEqual(names.map((name) => canonicalSymbol(name)), [
    "XAUUSD",
    "XAUUSD",
    "XAUUSD",
    "XAUUSD",
    "XAUUSD",
    "XAGUSD",
    "XAGUSD",
  ]);
});

Deno.test("readSymbolName() doubts cent and micro contracts, futures and unknown marks", () => {
  const names = [
    "EURUSDc",
    "EURUSD.c",
    "EURUSDmicro",
    "EURUSDcent",
    "EURUSD-Z26",
    "GOLD#26",
    "GOLDEUR",
    "EURUSD.xyz",
  ];

  const verdicts = names.map((name) => readSymbolName(name));

  assert.deepEqual(verdicts, [
    ...Array(5).fill({ kind: "doubtful", maybe: "EURUSD" }),
    ...Array(2).fill({ kind: "doubtful", maybe: "XAUUSD" }),
    { kind: "doubtful", maybe: "EURUSD" },
  ]);
});

Deno.test("readSymbolName() knows nothing of indices, coins and noise", () => {
  const names = ["US30", "BTCUSD", "DAX40", "", " ", "EUR", "USD", "💰"];

  assert.deepEqual(names.map((name) => readSymbolName(name).kind), names.map(() => "unknown"));
});

Deno.test("readSymbolName() lets the operator's word stand before every rule", () => {
  const overrides = new Map([
    ["EURUSDc", symbolName("EURUSD")],
    ["US30", symbolName("US30")],
    ["EURUSD.r", null],
  ]);

  const verdicts = ["EURUSDc", "US30", "EURUSD.r", "EURUSD"].map((name) => readSymbolName(name, overrides));

  assert.deepEqual(verdicts, [
    { kind: "mapped", symbol: "EURUSD" },
    { kind: "mapped", symbol: "US30" },
    { kind: "unknown" },
    { kind: "mapped", symbol: "EURUSD" },
  ]);
});

Deno.test("canonicalSymbol() maps each known symbol to itself under any one-letter mark but c", () => {
  const mark = fc.constantFrom(..."abdefghijklmnopqrstuvwxyz".split(""), "");
  const separator = fc.constantFrom("", ".", "_", "-", "#");
  const dressed = fc.tuple(fc.constantFrom(...KNOWN_SYMBOLS), mark, separator);
  fc.assert(fc.property(dressed, ([symbol, letter, between]) => {
    assert.equal(canonicalSymbol(`${symbol}${between}${letter}`), symbol);
    assert.equal(canonicalSymbol(`${letter}${symbol}`), symbol);
  }));
});

Deno.test("canonicalSymbol() never throws, and answers null or a known symbol", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (name) => {
    const symbol = canonicalSymbol(name);
    assert.ok(symbol === null || KNOWN_SYMBOLS.includes(symbol));
  }));
});
