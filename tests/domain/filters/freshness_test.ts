/**
 * Freshness filter.
 *
 * @module
 */
import assert from "node:assert/strict";
import { freshness } from "../../../domain/filters/freshness.ts";
import { FIND_CANDLE_MS, makeCandidate, makeFilterContext } from "../../kit/candidates.ts";

const CLOSED_MS = FIND_CANDLE_MS + 300_000;

function verdictAt(nowMs: number, quoteAgeMs = 0): string {
  const { quote } = makeFilterContext();
  const context = makeFilterContext({ nowMs, quote: { ...quote, receivedAtMs: nowMs - quoteAgeMs } });
  return freshness.judge(makeCandidate(), context).verdict;
}

Deno.test("freshness passes a find of a candle that just closed, and says the ages", () => {
  assert.deepEqual(freshness.judge(makeCandidate(), makeFilterContext()), {
    filter: "freshness",
    verdict: "pass",
    reason: "candle closed 2.0 s ago, quote came 0.4 s ago",
    adjustment: 0,
  });
});

Deno.test("freshness vetoes a find of a candle that closed more than half a candle ago, or is to close so much later", () => {
  assert.equal(verdictAt(CLOSED_MS + 150_000), "pass");
  assert.equal(verdictAt(CLOSED_MS + 150_001), "veto");
  assert.equal(verdictAt(CLOSED_MS - 150_001), "veto");
});

Deno.test("freshness vetoes a find at a quote that came more than a minute ago", () => {
  assert.equal(verdictAt(CLOSED_MS, 60_000), "pass");
  assert.equal(verdictAt(CLOSED_MS, 60_001), "veto");
});

Deno.test("freshness vetoes a day-old candle on a closed Sunday", () => {
  assert.equal(verdictAt(CLOSED_MS + 5 * 86_400_000), "veto");
});
