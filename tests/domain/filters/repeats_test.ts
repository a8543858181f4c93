/**
 * Repeat filters: duplicate, cool-down, structure, and what is remembered of a signal.
 *
 * @module
 */
import assert from "node:assert/strict";
import { isDuplicate, type Remembered, remembered, repeatVerdicts } from "../../../domain/filters/repeats.ts";
import { signalId } from "../../../protocols/units.ts";
import { FIND_CANDLE_MS, makeFind } from "../../kit/candidates.ts";
import { makeSignal } from "../../kit/signals.ts";

const M5_MS = 300_000;
const entry = (changes: Partial<Remembered> = {}): Remembered => ({
  id: "ELITE_RAPID_BB_SCALP_EURUSD_1",
  pattern: "BB_SCALP",
  structureId: null,
  candleOpenedAtMs: FIND_CANDLE_MS - M5_MS,
  as: "raised",
  ...changes,
});
const verdictsOf = (find = makeFind(), against: readonly Remembered[] = []) =>
  repeatVerdicts(find, against).map(({ filter, verdict }) => `${filter} ${verdict}`);

Deno.test("repeatVerdicts() pass a find that nothing is remembered of", () => {
  assert.deepEqual(repeatVerdicts(makeFind({ structureId: "GAP_1" }), []), [
    { filter: "cooldown", verdict: "pass", reason: "no BB_SCALP remembered", adjustment: 0 },
    { filter: "structure", verdict: "pass", reason: "first signal of GAP_1", adjustment: 0 },
  ]);
});

Deno.test("repeatVerdicts() veto the pattern for three candles, by candle time", () => {
  const after = (candles: number) =>
    verdictsOf(makeFind(), [entry({ candleOpenedAtMs: FIND_CANDLE_MS - candles * M5_MS })]);

  assert.deepEqual(after(1), ["cooldown veto", "structure pass"]);
  assert.deepEqual(after(3), ["cooldown veto", "structure pass"]);
  assert.deepEqual(after(4), ["cooldown pass", "structure pass"]);
});

Deno.test("repeatVerdicts() let another pattern signal at once", () => {
  assert.deepEqual(verdictsOf(makeFind(), [entry({ pattern: "VCB_BREAKOUT" })]), [
    "cooldown pass",
    "structure pass",
  ]);
});

Deno.test("repeatVerdicts() count the cool-down from the newest of several", () => {
  const far = entry({ candleOpenedAtMs: FIND_CANDLE_MS - 40 * M5_MS });

  assert.deepEqual(verdictsOf(makeFind(), [entry(), far]), ["cooldown veto", "structure pass"]);
});

Deno.test("repeatVerdicts() veto a structure that has signalled, however long ago", () => {
  const spent = entry({ structureId: "GAP_1", candleOpenedAtMs: FIND_CANDLE_MS - 40 * M5_MS });

  assert.deepEqual(verdictsOf(makeFind({ structureId: "GAP_1" }), [spent]), [
    "cooldown pass",
    "structure veto",
  ]);
  assert.deepEqual(verdictsOf(makeFind({ structureId: "GAP_2" }), [spent]), [
    "cooldown pass",
    "structure pass",
  ]);
});

Deno.test("isDuplicate() knows the same id, and the same pattern on the same candle", () => {
  const memory = [entry({ id: "A", candleOpenedAtMs: FIND_CANDLE_MS })];

  assert.equal(isDuplicate("B", makeFind(), memory), true);
  assert.equal(isDuplicate("A", makeFind({ candleOpenedAtMs: FIND_CANDLE_MS + M5_MS }), memory), true);
  assert.equal(isDuplicate("B", makeFind({ candleOpenedAtMs: FIND_CANDLE_MS + M5_MS }), memory), false);
  assert.equal(isDuplicate("B", makeFind({ pattern: "VCB_BREAKOUT" }), memory), false);
});

Deno.test("remembered() tells raised signals from shadows, and shadows from repeats", () => {
  const as = (shadowReason: string | null) =>
    remembered(makeSignal({ id: signalId("A"), shadow: shadowReason !== null, shadowReason })).as;

  assert.deepEqual(
    [null, "spread", "best", "cooldown", "structure", "duplicate"].map(as),
    ["raised", "shadow", "shadow", "repeat", "repeat", "repeat"],
  );
});
