/**
 * Running maximum: equal to looking at every value.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { RunningMax } from "../../domain/running_max.ts";

Deno.test("RunningMax tells the highest value since any moment, whatever order the values came in", () => {
  const point = fc.record({ atMs: fc.integer({ min: 0, max: 30 }), value: fc.integer({ min: -9, max: 9 }) });
  fc.assert(
    fc.property(fc.array(point), (points) => {
      const running = new RunningMax();
      points.forEach(({ atMs, value }) => running.add(atMs, value));

      const moments = Array.from({ length: 33 }, (_, at) => at - 1);
      const plain = moments.map((from) =>
        Math.max(...points.filter(({ atMs }) => atMs >= from).map(({ value }) => value))
      );
      assert.deepEqual(moments.map((from) => running.since(from)), plain);
    }),
    { numRuns: 2_000, seed: 1 },
  );
});

Deno.test("RunningMax forgets the past and still knows the rest", () => {
  const running = new RunningMax();
  [[1, 9], [2, 8], [3, 7], [4, 6]].forEach(([atMs, value]) => running.add(atMs!, value!));

  running.forget(3);

  assert.deepEqual([running.size, running.since(0), running.since(4), running.since(5)], [
    2,
    7,
    6,
    -Infinity,
  ]);
});

Deno.test("RunningMax keeps one step where every value is the highest so far", () => {
  const running = new RunningMax();
  for (let at = 0; at < 10_000; at++) running.add(at, at);

  assert.deepEqual([running.size, running.since(0)], [1, 9_999]);
});
