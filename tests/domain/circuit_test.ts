/**
 * The circuit of one EA: three failures in ten minutes, ten minutes of pause, then half-open.
 *
 * @module
 */
import assert from "node:assert/strict";
import { CLOSED_CIRCUIT, countFailure, countSuccess, isCircuitOpen } from "../../domain/circuit.ts";

const MINUTE_MS = 60_000;
const after = (...failuresAtMs: readonly number[]) => failuresAtMs.reduce(countFailure, CLOSED_CIRCUIT);

Deno.test("a circuit opens at the third failure within 10 minutes", () => {
  assert.equal(after(0, MINUTE_MS).openUntilMs, null);
  assert.equal(after(0, MINUTE_MS, 9 * MINUTE_MS).openUntilMs, 19 * MINUTE_MS);
});

Deno.test("a circuit stays closed when the three failures are spread over 10 minutes", () => {
  assert.equal(after(0, MINUTE_MS, 10 * MINUTE_MS).openUntilMs, null);
});

Deno.test("a circuit is open until its pause is over", () => {
  const circuit = after(0, 0, 0);

  assert.deepEqual(
    [0, 10 * MINUTE_MS - 1, 10 * MINUTE_MS, NaN].map((nowMs) => isCircuitOpen(circuit, nowMs)),
    [
      true,
      true,
      false,
      true,
    ],
  );
});

Deno.test("a half-open circuit pauses again at its next failure and closes at a success", () => {
  const halfOpen = after(0, 0, 0);

  assert.equal(countFailure(halfOpen, 30 * MINUTE_MS).openUntilMs, 40 * MINUTE_MS);
  assert.equal(countSuccess(halfOpen), CLOSED_CIRCUIT);
});
