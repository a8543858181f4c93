/**
 * Checks of a plan against the EA's own quote, at the decision and before sending.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  driftReason,
  type Plan,
  spreadReason,
  staleReason,
  tooCloseReason,
  wrongSideReason,
} from "../../domain/live_price.ts";
import { specOf } from "../../domain/symbol_spec.ts";
import { price, symbolName } from "../../protocols/units.ts";
import { makeQuote } from "../kit/decisions.ts";

const SPEC = specOf(symbolName("EURUSD"))!;
const BUY: Plan = { direction: "BUY", entry: price(1.1), stopLoss: price(1.0985), takeProfit: price(1.102) };
const SELL: Plan = {
  direction: "SELL",
  entry: price(1.1),
  stopLoss: price(1.1015),
  takeProfit: price(1.098),
};
const sides = (bid: number, ask: number) => ({ bid: price(bid), ask: price(ask) });

Deno.test("staleReason() takes a quote that arrived 30 s ago and refuses one a millisecond older", () => {
  const quote = makeQuote("EURUSD", 1.0999, 1.1, 1_000);

  assert.equal(staleReason(quote, 31_000, 30_000), null);
  assert.equal(staleReason(quote, 31_001, 30_000), "the EA's quote is 30 s old, limit 30 s");
  assert.equal(staleReason(null, 0, 30_000), "the EA has sent no quote of this symbol");
  assert.match(staleReason(makeQuote("EURUSD", 1.1, 1.0999, 0), 0, 1)!, /unsound: bid 1\.1, ask 1\.0999/);
  assert.match(staleReason(quote, NaN, 30_000)!, /NaN s old/);
});

Deno.test("spreadReason() takes a quarter of the stop distance and not a point more", () => {
  assert.equal(spreadReason(BUY, sides(1.1, 1.100375), 0.25), null);
  assert.equal(
    spreadReason(BUY, sides(1.1, 1.100385), 0.25),
    "spread 0.000385 is over 25 % of the stop distance 0.0015",
  );
});

Deno.test("driftReason() looks at ask for BUY and bid for SELL, in both directions", () => {
  assert.equal(driftReason(BUY, sides(1.0999, 1.1003), 0.2), null);
  assert.equal(driftReason(SELL, sides(1.0997, 1.1004), 0.2), null);
  assert.equal(
    driftReason(BUY, sides(1.0999, 1.10031), 0.2),
    "price 1.10031 is 0.00031 from the entry 1.1, over 20 % of the stop distance 0.0015",
  );
  assert.match(driftReason(SELL, sides(1.09969, 1.1), 0.2)!, /0\.00031 from the entry/);
  assert.match(driftReason(BUY, sides(1.0995, 1.0996), 0.2)!, /0\.0004 from the entry/);
});

Deno.test("wrongSideReason() wants both levels beyond both sides of the quote", () => {
  assert.equal(wrongSideReason(BUY, sides(1.0999, 1.1)), null);
  assert.equal(wrongSideReason(SELL, sides(1.0999, 1.1)), null);
  assert.equal(
    wrongSideReason(BUY, sides(1.0985, 1.0986)),
    "BUY with stop 1.0985 and target 1.102 on the wrong side of 1.0985/1.0986",
  );
  assert.match(wrongSideReason(SELL, sides(1.1014, 1.1015))!, /wrong side/);
  assert.match(wrongSideReason(BUY, sides(1.1019, 1.102))!, /wrong side/);
  assert.match(wrongSideReason({ ...BUY, takeProfit: price(NaN) }, sides(1.0999, 1.1))!, /must be prices/);
  assert.match(wrongSideReason({ ...BUY, stopLoss: price(0) }, sides(1.0999, 1.1))!, /must be prices/);
});

Deno.test("tooCloseReason() measures from the nearer side, in pips, and names the nearer level", () => {
  assert.equal(tooCloseReason(BUY, sides(1.099, 1.0991), SPEC), null);
  assert.equal(
    tooCloseReason(BUY, sides(1.0989, 1.0991), SPEC),
    "stop is 4.0 pips from 1.0989/1.0991, least is 5",
  );
  assert.equal(
    tooCloseReason(SELL, sides(1.0983, 1.0985), SPEC),
    "target is 3.0 pips from 1.0983/1.0985, least is 5",
  );
});
