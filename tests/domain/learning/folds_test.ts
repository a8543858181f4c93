/**
 * Folds: in time order, and nothing in training that was not over.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { endedBefore, foldsOf, type Times } from "../../../domain/learning/folds.ts";

const timesOf = (rows: readonly (readonly [number, number])[]): Times => ({
  signaledAtMs: Float64Array.from(rows, ([atMs]) => atMs),
  resolvedAtMs: Float64Array.from(rows, ([atMs, openMs]) => atMs + openMs),
});

Deno.test("foldsOf() cuts the rest into tests of equally many rows, each after all that trains for it", () => {
  const times = timesOf(Array.from({ length: 10 }, (_, i) => [i * 10, 5]));
  const folds = foldsOf(times, { folds: 3, firstTrainShare: 0.4, purgeMs: 0, embargoMs: 0 });

  assert.deepEqual(
    folds.map((fold) => ({ ...fold, train: [...fold.trainRows], test: [...fold.testRows] })).map(
      ({ testFromMs, testToMs, train, test, purged }) => ({ testFromMs, testToMs, train, test, purged }),
    ),
    [
      { testFromMs: 40, testToMs: 60, train: [0, 1, 2, 3], test: [4, 5], purged: 0 },
      { testFromMs: 60, testToMs: 80, train: [0, 1, 2, 3, 4, 5], test: [6, 7], purged: 0 },
      { testFromMs: 80, testToMs: 91, train: [0, 1, 2, 3, 4, 5, 6, 7], test: [8, 9], purged: 0 },
    ],
  );
});

Deno.test("endedBefore() purges by the end and embargoes by the signal", () => {
  const times = timesOf([[0, 39], [0, 40], [0, 34], [0, 35], [31, 1], [30, 1]]);
  const rows = Int32Array.from([0, 1, 2, 3, 4, 5]);
  const kept = (
    purgeMs: number,
    embargoMs: number,
  ) => [...endedBefore(times, rows, 40, { purgeMs, embargoMs })];

  assert.deepEqual(kept(0, 0), [0, 2, 3, 4, 5]);
  assert.deepEqual(kept(5, 0), [2, 4, 5]);
  assert.deepEqual(kept(0, 10), [0, 2, 3, 5]);
});

Deno.test("for any signals, no row trains that was open, or ended too near, at the start of its test", () => {
  const row = fc.tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 120 }));
  const rules = fc.record({
    folds: fc.integer({ min: 1, max: 6 }),
    firstTrainShare: fc.double({ min: 0.1, max: 0.9, noNaN: true }),
    purgeMs: fc.integer({ min: 0, max: 60 }),
    embargoMs: fc.integer({ min: 0, max: 60 }),
  });
  let purged = 0;
  fc.assert(
    fc.property(fc.array(row, { minLength: 5, maxLength: 60 }), rules, (rows, rules) => {
      const times = timesOf(rows);
      const folds = foldsOf(times, rules);
      const tested = folds.flatMap(({ testRows }) => [...testRows]);

      for (const { trainRows, testRows, testFromMs, testToMs, purged: left } of folds) {
        const trains = new Set(trainRows);
        rows.forEach(([atMs, openMs], i) => {
          const may = atMs < testFromMs && atMs + openMs < testFromMs - rules.purgeMs &&
            atMs <= testFromMs - rules.embargoMs;
          assert.equal(trains.has(i), may, `row ${i}`);
        });
        for (const row of testRows) assert.ok(rows[row]![0] >= testFromMs && rows[row]![0] < testToMs);
        assert.equal(trainRows.length + left, rows.filter(([atMs]) => atMs < testFromMs).length);
        purged += left;
      }
      const firstMs = folds[0]!.testFromMs;
      const later = rows.flatMap(([atMs], i) => atMs >= firstMs ? [i] : []);
      assert.deepEqual([...tested].sort((a, b) => a - b), later);
    }),
    { seed: 1, numRuns: 200 },
  );
  assert.ok(purged > 1_000, `${purged}`);
});

Deno.test("foldsOf() parts no rows of one moment, leaves out empty tests, and of nothing cuts nothing", () => {
  const rules = { folds: 4, firstTrainShare: 0.5, purgeMs: 0, embargoMs: 0 };
  const same = timesOf([[1, 0], [1, 0], [2, 0], [2, 0], [2, 0], [2, 0]]);

  assert.deepEqual(foldsOf(same, rules).map(({ trainRows, testRows }) => [[...trainRows], [...testRows]]), [
    [[0, 1], [2, 3, 4, 5]],
  ]);
  assert.deepEqual(foldsOf(timesOf([]), rules), []);
});

Deno.test("foldsOf() throws on rules out of range", () => {
  const rules = { folds: 2, firstTrainShare: 0.5, purgeMs: 0, embargoMs: 0 };

  assert.throws(() => foldsOf(timesOf([]), { ...rules, folds: 0 }), /folds must be whole and >= 1/);
  assert.throws(() => foldsOf(timesOf([]), { ...rules, firstTrainShare: 1 }), /current value is 1/);
  assert.throws(() => foldsOf(timesOf([]), { ...rules, purgeMs: -1 }), /purgeMs must be >= 0/);
  assert.throws(() => foldsOf(timesOf([]), { ...rules, embargoMs: NaN }), /embargoMs must be >= 0/);
});
