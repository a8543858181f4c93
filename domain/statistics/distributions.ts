/**
 * Distributions: the binomial and Student's t, as far as the tests of this folder need them.
 *
 * @module
 */

/** Coefficients for g = 7, n = 9 of the Lanczos approximation (Godfrey 2001); relative error below 1e-13. */
const LANCZOS = [
  0.99999999999980993,
  676.5203681218851,
  -1259.1392167224028,
  771.32342877765313,
  -176.61502916214059,
  12.507343278686905,
  -0.13857109526572012,
  9.9843695780195716e-6,
  1.5056327351493116e-7,
] as const;

/**
 * Natural logarithm of the gamma function (Lanczos, SIAM J. Numer. Anal. B 1, 1964).
 *
 * @param x at least 0.5
 */
export function logGamma(x: number): number {
  const t = x + 6.5;
  const [first, ...rest] = LANCZOS;
  const sum = rest.reduce((total, coefficient, i) => total + coefficient / (x + i), first as number);
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

/** Probability of `k` successes in `n` independent trials of probability `p`, 0 to 1. */
export function binomialProbability(k: number, n: number, p: number): number {
  if (p === 0 || p === 1) return k === n * p ? 1 : 0;
  const ways = logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
  return Math.exp(ways + k * Math.log(p) + (n - k) * Math.log1p(-p));
}

/**
 * Regularised incomplete beta function I_x(a, b), by Lentz's evaluation of the continued fraction DLMF 8.17.22.
 *
 * @param x 0 to 1
 * @param a at least 0.5
 * @param b at least 0.5
 */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges fast only on this side; the other follows by symmetry (DLMF 8.17.4).
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b);
  return Math.exp(front) / (a * betaFraction(x, a, b));
}

function betaFraction(x: number, a: number, b: number): number {
  let c = 1, d = 0, value = 1;
  for (let m = 1; m <= 1_000; m++) {
    const half = m >> 1;
    const term = m % 2 === 0
      ? half * (b - half) * x / ((a + m - 1) * (a + m))
      : -(a + half) * (a + b + half) * x / ((a + m - 1) * (a + m));
    d = 1 / nonZero(1 + term * d);
    c = nonZero(1 + term / c);
    value *= c * d;
    if (Math.abs(c * d - 1) < 1e-15) break;
  }
  return value;
}

function nonZero(value: number): number {
  return Math.abs(value) < 1e-300 ? 1e-300 : value;
}

/**
 * Probability that Student's t lies at or below `t` (DLMF 8.17; Abramowitz & Stegun 26.7.1).
 *
 * @param df degrees of freedom, at least 1; may be broken
 */
export function studentCdf(t: number, df: number): number {
  // Near 0 the tail's argument is 1 but for its last bits, far out the middle's result is.
  if (t * t < 1) return 0.5 + Math.sign(t) * incompleteBeta(t * t / (df + t * t), 0.5, df / 2) / 2;
  const tail = incompleteBeta(df / (df + t * t), df / 2, 0.5) / 2;
  return t > 0 ? 1 - tail : tail;
}

/**
 * The value that Student's t stays below with probability `p`, by bisection to the last bit.
 *
 * @param p above 0 and below 1
 * @param df degrees of freedom, at least 1; may be broken
 * @throws {RangeError} when `p` or `df` is out of range
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { studentQuantile } from "./distributions.ts";
 *
 * // NIST/SEMATECH e-Handbook 1.3.6.7.2: 2.262 for 0.975 and 9 degrees of freedom.
 * assert.equal(studentQuantile(0.975, 9).toFixed(3), "2.262");
 * ```
 */
export function studentQuantile(p: number, df: number): number {
  if (!(p > 0 && p < 1 && df >= 1)) {
    throw new RangeError(`Cannot give a t as 0 < p < 1 and df >= 1: current value is p ${p}, df ${df}`);
  }
  // By the tail: near 1 the last bits of p are lost, near 0 they are not.
  if (p > 0.5) return -studentQuantile(1 - p, df);
  let low = -1;
  while (studentCdf(low, df) > p) low *= 2;
  let high = 0;
  for (let middle = low / 2; middle > low && middle < high; middle = (low + high) / 2) {
    if (studentCdf(middle, df) < p) low = middle;
    else high = middle;
  }
  return high;
}
