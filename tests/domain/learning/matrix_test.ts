/**
 * Matrices, examples and bins.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { binned, binOf, edgesOf } from "../../../domain/learning/bins.ts";
import { examplesOf, labelFault, matrixOf, pickRows } from "../../../domain/learning/matrix.ts";
import { makeExamples } from "../../kit/learning.ts";

Deno.test("matrixOf() refuses repeated names, broken rows and infinite values", () => {
  assert.throws(() => matrixOf(["a", "a"], new Float64Array(2)), /all different: current value is a,a/);
  assert.throws(() => matrixOf(["a", "b"], new Float64Array(3)), /rows of 2: current value is 3/);
  assert.throws(() => matrixOf(["a", "b"], Float64Array.of(1, 2, 3, -Infinity)), /b of row 1 must be finite/);
});

Deno.test("pickRows() copies rows in the order asked for", () => {
  const picked = pickRows(matrixOf(["a", "b"], Float64Array.of(1, 2, 3, 4, 5, 6)), Int32Array.of(2, 0));

  assert.deepEqual([picked.rows, ...picked.values], [2, 5, 6, 1, 2]);
});

Deno.test("examplesOf() refuses columns that do not agree", () => {
  const examples = makeExamples({ seed: 1, rows: 3 });
  const early = examples.signaledAtMs.map((atMs) => atMs - 1);

  assert.throws(() => examplesOf({ ...examples, wins: Uint8Array.of(1) }), /wins must be 3 long/);
  assert.throws(() => examplesOf({ ...examples, wins: Uint8Array.of(1, 2, 0) }), /row 1 must be 0 or 1/);
  assert.throws(() => examplesOf({ ...examples, confidence: Float64Array.of(1, NaN, 0) }), /must be finite/);
  assert.throws(
    () => examplesOf({ ...examples, resolvedAtMs: early }),
    /row 0 must be >= 0: current value is -1/,
  );
});

Deno.test("labelFault() says why one class, or none, teaches nothing", () => {
  assert.deepEqual([[1, 0], [1, 1], [0, 0, 0], []].map((wins) => labelFault(Uint8Array.from(wins))), [
    null,
    "all 2 examples are wins: both classes are needed",
    "all 3 examples are losses: both classes are needed",
    "there is no example",
  ]);
});

Deno.test("edgesOf() gives no edge to a constant and none to a column that is all missing", () => {
  const matrix = matrixOf(["constant", "missing"], Float64Array.of(7, NaN, 7, NaN));

  assert.deepEqual([0, 1].map((column) => edgesOf(matrix, column, 64).length), [0, 0]);
});

Deno.test("edgesOf() cuts 1,000 values into 64 bins of 15 or 16 each", () => {
  const matrix = matrixOf(["a"], Float64Array.from({ length: 1_000 }, (_, i) => (i * 387) % 1_000));

  const counts = new Array<number>(64).fill(0);
  for (const bin of binned(matrix, [edgesOf(matrix, 0, 64)])) counts[bin]! += 1;

  assert.deepEqual([...new Set(counts)].sort(), [15, 16]);
});

Deno.test("edgesOf() parts neighbouring doubles, which have no middle", () => {
  const next = 1 + Number.EPSILON;
  const edges = edgesOf(matrixOf(["a"], Float64Array.of(1, next)), 0, 64);

  assert.deepEqual([binOf(edges, 1), binOf(edges, next)], [0, 1]);
});

Deno.test("edges ascend, are fewer than the bins, and bins keep the order of values, for any column", () => {
  const column = fc.array(fc.oneof(fc.double({ noDefaultInfinity: true }), fc.integer({ min: 0, max: 9 })), {
    minLength: 1,
    maxLength: 300,
  });
  fc.assert(fc.property(column, fc.integer({ min: 2, max: 64 }), (values, binsMax) => {
    const matrix = matrixOf(["a"], Float64Array.from(values));
    const edges = edgesOf(matrix, 0, binsMax);
    const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
    const bins = sorted.map((value) => binOf(edges, value));

    assert.ok(edges.length < binsMax);
    assert.ok(edges.every((edge, i) => i === 0 || edge > edges[i - 1]!));
    assert.ok(bins.every((bin, i) => i === 0 || bin >= bins[i - 1]!));
  }));
});
