/**
 * Equity: curves drawn by hand, and drawdowns against every pair of points.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { equityCurve, longestStreaks, maxDrawdown } from "../../../domain/statistics/equity.ts";
import { cohort, ended, minute, open, unknown } from "./cohort.ts";

const curveOf = (rs: readonly number[]) => equityCurve(cohort(rs));
const endOf = (i: number) => minute(i) + 30_000;

Deno.test("equityCurve() adds R in order of resolution and passes over what has none", () => {
  const slow = ended(0, 2, {}, { resolvedAtMs: endOf(9) });

  assert.deepEqual(equityCurve([slow, unknown(1), ended(2, -1), open(3), ended(4, 0.5)]), [
    { atMs: endOf(2), equityR: -1 },
    { atMs: endOf(4), equityR: -0.5 },
    { atMs: endOf(9), equityR: 1.5 },
  ]);
  assert.deepEqual(equityCurve([]), []);
});

Deno.test("maxDrawdown() measures from the start when the first signals lose", () => {
  assert.deepEqual(maxDrawdown(curveOf([-1, -1, 1.5])), {
    depthR: 2,
    fromMs: null,
    toMs: endOf(1),
    recoveredAtMs: null,
  });
});

Deno.test("maxDrawdown() takes the earliest of equals and says when it was recovered", () => {
  // 1, 0, 1, 0, 2: falls of 1 twice; back at 1 with the third.
  assert.deepEqual(maxDrawdown(curveOf([1, -1, 1, -1, 2])), {
    depthR: 1,
    fromMs: endOf(0),
    toMs: endOf(1),
    recoveredAtMs: endOf(2),
  });
});

Deno.test("maxDrawdown() sees a recovery that decimals would hide", () => {
  // 0.1 + 0.7 − 0.2 + 0.2 falls short of 0.1 + 0.7 in the last bit.
  const found = maxDrawdown(curveOf([0.1, 0.7, -0.2, 0.2]));

  assert.deepEqual([found?.depthR, found?.recoveredAtMs], [0.2, endOf(3)]);
});

Deno.test("maxDrawdown() is null for a curve that never fell", () => {
  assert.equal(maxDrawdown(curveOf([1, 0, 2])), null);
  assert.equal(maxDrawdown([]), null);
});

Deno.test("maxDrawdown() is the worst of every pair of points", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -4, max: 4 }), { maxLength: 40 }), (rs) => {
      const heights = [0, ...curveOf(rs).map(({ equityR }) => equityR)];
      const falls = heights.flatMap((from, i) => heights.slice(i).map((to) => from - to));
      const found = maxDrawdown(curveOf(rs));

      assert.equal(found?.depthR ?? 0, Math.max(...falls));
      if (found !== null) {
        const trough = curveOf(rs).find(({ atMs }) => atMs === found.toMs)!.equityR;
        const later = curveOf(rs).find(({ atMs, equityR }) =>
          atMs > found.toMs && equityR >= trough + found.depthR
        );
        assert.equal(found.recoveredAtMs, later?.atMs ?? null);
      }
    }),
    { seed: 4 },
  );
});

Deno.test("longestStreaks() counts runs by result and passes over the unknown", () => {
  const signals = [...cohort([1, 1, -1, -1]), unknown(4), ended(5, -1), ended(6, 1)];

  assert.deepEqual(longestStreaks(signals), { wins: 2, losses: 3 });
  assert.deepEqual(longestStreaks([]), { wins: 0, losses: 0 });
});
