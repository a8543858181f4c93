/**
 * Spread filter.
 *
 * @module
 */
import assert from "node:assert/strict";
import { spread } from "../../../domain/filters/spread.ts";
import { price } from "../../../protocols/units.ts";
import { makeCandidate, makeFilterContext } from "../../kit/candidates.ts";

/** The candidate's stop is 15 pips, so that a quarter of it is 3.75. */
function verdictOf(pips: number, spreadMedian24h: number | null) {
  const { quote } = makeFilterContext();
  const context = makeFilterContext({
    quote: { ...quote, ask: price(quote.bid + pips * 0.0001) },
    spreadMedian24h,
  });
  return spread.judge(makeCandidate(), context);
}

function verdictAt(iso: string): string {
  return spread.judge(makeCandidate(), makeFilterContext({ nowMs: Date.parse(iso) })).verdict;
}

Deno.test("spread passes up to three times its median over 24 h, and says so", () => {
  assert.deepEqual(verdictOf(0.6, 0.00002), {
    filter: "spread",
    verdict: "pass",
    reason: "0.60 pips, limit 0.60 (3 × the 24 h median)",
    adjustment: 0,
  });
  assert.equal(verdictOf(0.7, 0.00002).verdict, "veto");
});

Deno.test("spread passes up to a quarter of the stop where that is less, or no median is known", () => {
  assert.deepEqual(verdictOf(3.8, 0.0002), {
    filter: "spread",
    verdict: "veto",
    reason: "3.80 pips, limit 3.75 (25 % of the stop)",
    adjustment: 0,
  });
  assert.equal(verdictOf(3.7, 0.0002).verdict, "pass");
  assert.equal(verdictOf(3.7, null).verdict, "pass");
  assert.equal(verdictOf(3.8, null).verdict, "veto");
});

Deno.test("spread takes a median of 0 as one point", () => {
  assert.equal(verdictOf(0.3, 0).verdict, "pass");
  assert.equal(verdictOf(0.4, 0).verdict, "veto");
});

Deno.test("spread vetoes a crossed quote", () => {
  assert.equal(verdictOf(-0.1, 0.00002).verdict, "veto");
  assert.equal(verdictOf(0, 0.00002).verdict, "pass");
});

Deno.test("spread vetoes 16:50 to 17:15 New York, in summer and in winter", () => {
  assert.equal(verdictAt("2026-07-07T20:49:59Z"), "pass");
  assert.equal(verdictAt("2026-07-07T20:50:00Z"), "veto");
  assert.equal(verdictAt("2026-07-07T21:14:59Z"), "veto");
  assert.equal(verdictAt("2026-07-07T21:15:00Z"), "pass");
  assert.equal(verdictAt("2026-01-06T20:50:00Z"), "pass");
  assert.equal(verdictAt("2026-01-06T21:50:00Z"), "veto");
});
