/**
 * Distributions: against printed tables and what can be counted out.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  binomialProbability,
  incompleteBeta,
  logGamma,
  studentCdf,
  studentQuantile,
} from "../../../domain/statistics/distributions.ts";
import { rounded } from "./cohort.ts";

Deno.test("logGamma() gives factorials and the half of pi", () => {
  let factorial = 1;
  for (let n = 1; n <= 20; n++) {
    factorial *= n;
    const off = Math.abs(Math.exp(logGamma(n + 1)) / factorial - 1);
    assert.ok(off < 1e-12, `${n}! is off by ${off}`);
  }
  assert.ok(Math.abs(logGamma(0.5) - Math.log(Math.PI) / 2) < 1e-13);
});

Deno.test("binomialProbability() counts coin throws", () => {
  const ten = Array.from({ length: 11 }, (_, k) => 1_024 * binomialProbability(k, 10, 0.5));

  assert.deepEqual(rounded(ten, 8), [1, 10, 45, 120, 210, 252, 210, 120, 45, 10, 1]);
  assert.deepEqual([0, 1, 2].map((k) => binomialProbability(k, 2, 0)), [1, 0, 0]);
  assert.deepEqual([0, 1, 2].map((k) => binomialProbability(k, 2, 1)), [0, 0, 1]);
});

Deno.test("incompleteBeta() is the binomial tail it stands for", () => {
  // DLMF 8.17.5: I_p(k, n − k + 1) = P(X >= k).
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0.001, max: 0.999, noNaN: true }),
      (n, share, p) => {
        const k = 1 + Math.floor(share * (n - 1));
        let tail = 0;
        for (let i = k; i <= n; i++) tail += binomialProbability(i, n, p);

        assert.ok(Math.abs(incompleteBeta(p, k, n - k + 1) - tail) < 1e-11);
      },
    ),
    { seed: 1 },
  );
  assert.deepEqual([incompleteBeta(0, 2, 3), incompleteBeta(1, 2, 3)], [0, 1]);
});

Deno.test("studentQuantile() gives the printed table", () => {
  // NIST/SEMATECH e-Handbook of Statistical Methods 1.3.6.7.2, upper critical values of Student's t.
  const printed = [
    [0.975, 1, 12.706],
    [0.9, 5, 1.476],
    [0.975, 9, 2.262],
    [0.95, 10, 1.812],
    [0.99, 19, 2.539],
    [0.999, 30, 3.385],
    [0.975, 100, 1.984],
  ];

  const ours = printed.map(([p, df]) => [p, df, Number(studentQuantile(p!, df!).toFixed(3))]);

  assert.deepEqual(ours, printed);
});

Deno.test("studentQuantile() mirrors, meets the normal far out and inverts studentCdf()", () => {
  assert.ok(Math.abs(studentQuantile(0.3, 7) + studentQuantile(0.7, 7)) < 1e-14);
  assert.equal(studentQuantile(0.975, 1e7).toFixed(4), "1.9600");
  assert.ok(Math.abs(studentQuantile(0.5, 4)) < 1e-12);
  fc.assert(
    fc.property(
      fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }),
      fc.double({ min: 1, max: 300, noNaN: true }),
      (p, df) => assert.ok(Math.abs(studentCdf(studentQuantile(p, df), df) - p) < 1e-10),
    ),
    { seed: 2 },
  );
});

Deno.test("studentQuantile() refuses a probability of 0 or 1 and less than one degree of freedom", () => {
  for (const [p, df] of [[0, 5], [1, 5], [NaN, 5], [0.5, 0.9]] as const) {
    assert.throws(() => studentQuantile(p, df), RangeError);
  }
});
