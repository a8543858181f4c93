/**
 * Conversions: direct, inverse, through USD, always on the costlier side, never from an old quote.
 *
 * @module
 */
import assert from "node:assert/strict";
import { costOf, type Rate, type RateContext } from "../../domain/rates.ts";
import { makeQuote, quotesOf } from "../kit/decisions.ts";

const NOW = 1_000_000;
const context: RateContext = {
  quotes: quotesOf(
    makeQuote("GBPUSD", 1.25, 1.26, NOW),
    makeQuote("USDJPY", 150, 151, NOW),
    makeQuote("EURUSD", 1.1, 1.11, NOW - 60_000),
    makeQuote("AUDUSD", 0.65, 0.66, NOW - 60_001),
    makeQuote("EURCHF", 0.94, 0.95, NOW),
  ),
  nowMs: NOW,
  maxAgeMs: 60_000,
};
const rate = (from: string, to: string, changes: Partial<RateContext> = {}) =>
  costOf(from, to, { ...context, ...changes });
const value = (found: Rate) => found.ok ? found.rate : found.reason;

Deno.test("costOf() takes the ask of a direct pair and the inverse of the bid of an inverse one", () => {
  assert.equal(value(rate("GBP", "USD")), 1.26);
  assert.equal(value(rate("JPY", "USD")), 1 / 150);
  assert.equal(value(rate("USD", "USD")), 1);
});

Deno.test("costOf() goes through USD when there is no pair, both legs on the costlier side", () => {
  assert.equal(value(rate("JPY", "GBP")), 1 / 150 / 1.25);
  assert.equal(value(rate("GBP", "JPY")), 1.26 * 151);
});

Deno.test("costOf() takes a leg 60 s old and refuses one a millisecond older", () => {
  assert.equal(value(rate("EUR", "USD")), 1.11);
  assert.equal(value(rate("AUD", "USD")), "no rate from AUD to USD: AUDUSD is 60 s old, USDAUD has no quote");
  assert.equal(value(rate("AUD", "USD", { maxAgeMs: 60_001 })), 0.66);
});

Deno.test("costOf() says which leg is missing", () => {
  assert.equal(
    value(rate("CAD", "GBP")),
    "no rate from CAD to USD: CADUSD has no quote, USDCAD has no quote",
  );
  assert.equal(
    value(rate("GBP", "CAD")),
    "no rate from USD to CAD: USDCAD has no quote, CADUSD has no quote",
  );
});

Deno.test("costOf() refuses a unit outside ISO 4217 until an operator gives its worth", () => {
  const units = { USC: { currency: "USD", worth: 0.01 }, BAD: { currency: "USD", worth: 0 } };

  assert.match(String(value(rate("GBP", "USC"))), /USC is not in ISO 4217/);
  assert.equal(value(rate("GBP", "USC", { units })), 126);
  assert.match(String(value(rate("GBP", "BAD", { units }))), /must be positive: 0/);
});

Deno.test("costOf() refuses a quote that is crossed or not finite", () => {
  const crossed = quotesOf(makeQuote("GBPUSD", 1.26, 1.25, NOW));
  const endless = quotesOf(makeQuote("GBPUSD", 1.26, Infinity, NOW));

  assert.match(String(value(rate("GBP", "USD", { quotes: crossed }))), /GBPUSD is unsound/);
  assert.match(String(value(rate("GBP", "USD", { quotes: endless }))), /GBPUSD is unsound/);
  assert.match(String(value(rate("GBP", "USD", { nowMs: NaN }))), /GBPUSD is NaN s old/);
});
