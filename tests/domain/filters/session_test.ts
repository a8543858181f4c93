/**
 * Session filter.
 *
 * @module
 */
import assert from "node:assert/strict";
import { session } from "../../../domain/filters/session.ts";
import { specOf } from "../../../domain/symbol_spec.ts";
import { symbolName } from "../../../protocols/units.ts";
import { makeCandidate, makeFilterContext } from "../../kit/candidates.ts";

function verdictAt(symbol: string, iso: string): string {
  const context = makeFilterContext({ spec: specOf(symbolName(symbol))!, nowMs: Date.parse(iso) });
  return session.judge(makeCandidate(), context).verdict;
}

Deno.test("session passes a find in the middle of the week and says how long the market stays open", () => {
  const context = makeFilterContext({ nowMs: Date.parse("2026-07-10T20:00:00Z") });

  assert.deepEqual(session.judge(makeCandidate(), context), {
    filter: "session",
    verdict: "pass",
    reason: "60 min to the close of EURUSD",
    adjustment: 0,
  });
});

Deno.test("session vetoes the last 30 min of the week, in summer and in winter", () => {
  assert.equal(verdictAt("EURUSD", "2026-07-10T20:30:00Z"), "pass");
  assert.equal(verdictAt("EURUSD", "2026-07-10T20:30:01Z"), "veto");
  assert.equal(verdictAt("EURUSD", "2026-01-09T20:30:01Z"), "pass");
  assert.equal(verdictAt("EURUSD", "2026-01-09T21:30:01Z"), "veto");
});

Deno.test("session vetoes the weekend", () => {
  assert.equal(verdictAt("EURUSD", "2026-07-10T21:00:00Z"), "veto");
  assert.equal(verdictAt("EURUSD", "2026-07-12T20:59:59Z"), "veto");
  assert.equal(verdictAt("EURUSD", "2026-07-12T21:00:00Z"), "pass");
});

Deno.test("session vetoes gold's daily pause and the 30 min before, and leaves currencies alone", () => {
  assert.equal(verdictAt("XAUUSD", "2026-07-07T20:30:01Z"), "veto");
  assert.equal(verdictAt("XAUUSD", "2026-07-07T21:30:00Z"), "veto");
  assert.equal(verdictAt("XAUUSD", "2026-07-07T22:00:00Z"), "pass");
  assert.equal(verdictAt("EURUSD", "2026-07-07T21:30:00Z"), "pass");
});
