/**
 * Multiplicity: textbook corrections, their definitions, and worlds in which nothing differs.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { groupBy } from "../../../domain/statistics/grouping.ts";
import {
  benjaminiHochberg,
  holm,
  judge,
  judgeRates,
  judgeReturns,
} from "../../../domain/statistics/multiplicity.ts";
import { binomialTest } from "../../../domain/statistics/proportions.ts";
import { symbolName } from "../../../protocols/units.ts";
import { mulberry32 } from "../../kit/candles.ts";
import { cohort, ended, open, rounded, times, unknown } from "./cohort.ts";

/** The fifteen p-values of Benjamini and Hochberg (1995), section 3.2. */
const INFARCTION = [
  [0.0001, 0.0004, 0.0019, 0.0095, 0.0201],
  [0.0278, 0.0298, 0.0344, 0.0459, 0.324],
  [0.4262, 0.5719, 0.6528, 0.759, 1],
].flat();

const ps = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 25 });
const near = (actual: readonly number[], expected: readonly number[]) =>
  assert.deepEqual(rounded(actual, 10), rounded(expected, 10));
const at = (name: string, p: number) => ({ name, n: 40, value: 0.5, p });

Deno.test("Benjamini and Hochberg's own example: four findings by theirs, three by Holm's", () => {
  const found = (adjusted: readonly number[]) => adjusted.filter((p) => p <= 0.05).length;

  assert.equal(found(benjaminiHochberg(INFARCTION)), 4);
  assert.equal(found(holm(INFARCTION)), 3);
  // The fourth: 15 / 4 × 0.0095; the fifth 15 / 5 × 0.0201. Holm's fourth: 12 × 0.0095.
  near(benjaminiHochberg(INFARCTION).slice(3, 5), [0.035625, 0.0603]);
  near(holm(INFARCTION).slice(0, 4), [0.0015, 0.0056, 0.0247, 0.114]);
});

Deno.test("corrections come back in the order of what was given", () => {
  near(benjaminiHochberg([0.04, 0.01, 0.03]), [0.04, 0.03, 0.04]);
  near(holm([0.04, 0.01, 0.03]), [0.06, 0.03, 0.06]);
  assert.deepEqual([holm([]), benjaminiHochberg([])], [[], []]);
  assert.deepEqual([holm([0.2]), benjaminiHochberg([0.2])], [[0.2], [0.2]]);
});

Deno.test("holm() finds what Holm's step-down procedure finds", () => {
  fc.assert(
    fc.property(ps, fc.double({ min: 0.001, max: 0.5, noNaN: true }), (given, alpha) => {
      const sorted = given.toSorted((a, b) => a - b);
      const stop = sorted.findIndex((p, i) => (sorted.length - i) * p > alpha);
      const expected = sorted.map((_, i) => stop === -1 || i < stop);

      assert.deepEqual(holm(sorted).map((p) => p <= alpha), expected);
    }),
    { seed: 9 },
  );
});

Deno.test("benjaminiHochberg() finds what the step-up procedure finds", () => {
  fc.assert(
    fc.property(ps, fc.double({ min: 0.001, max: 0.5, noNaN: true }), (given, alpha) => {
      const sorted = given.toSorted((a, b) => a - b);
      const last = sorted.findLastIndex((p, i) => p * sorted.length / (i + 1) <= alpha);

      assert.deepEqual(benjaminiHochberg(sorted).map((p) => p <= alpha), sorted.map((_, i) => i <= last));
    }),
    { seed: 10 },
  );
});

Deno.test("corrected p-values lie in 0 to 1, Holm's above the others and those above the plain", () => {
  fc.assert(
    fc.property(ps, (given) => {
      const strict = holm(given), loose = benjaminiHochberg(given);
      for (const [i, p] of given.entries()) {
        assert.ok(p <= loose[i]! * (1 + 1e-12) && loose[i]! <= strict[i]! * (1 + 1e-12) && strict[i]! <= 1);
      }
    }),
    { seed: 11 },
  );
});

Deno.test("judge() says in words what survives and what does not", () => {
  const { cells, words } = judge(
    [at("A", 0.001), at("B", 0.02), at("C", 0.03), at("D", 0.0448), at("E", 0.9)],
    0.6,
  );

  // Holm 0.005, 0.08, 0.09, 0.09, 0.9; Benjamini–Hochberg 0.005, 0.05, 0.05, 0.056, 0.9.
  assert.deepEqual(cells.map(({ verdict }) => verdict), ["sure", "likely", "likely", "chance", "none"]);
  assert.equal(
    words,
    "5 cells tested against 0.6. " +
      "Survive Holm (chance of any false word at most 5 %): A (0.5 over 40, p 0.001, Holm 0.005, Benjamini–Hochberg 0.005). " +
      "Survive only Benjamini–Hochberg (at most 5 % of such words are expected to be false): " +
      "B (0.5 over 40, p 0.02, Holm 0.08, Benjamini–Hochberg 0.05); " +
      "C (0.5 over 40, p 0.03, Holm 0.09, Benjamini–Hochberg 0.05). " +
      "Do not survive, though odd alone: D (0.5 over 40, p 0.0448, Holm 0.09, Benjamini–Hochberg 0.056).",
  );
});

Deno.test("judge() says when there is nothing, or nothing beyond chance", () => {
  assert.deepEqual(judge([], null), {
    alpha: 0.05,
    baseline: null,
    cells: [],
    words: "No cell to judge: nothing was won or lost.",
  });
  assert.equal(judge([at("A", 0.3)], null).words, "1 cell tested. None differs at 5 %, even alone.");
  assert.match(
    judge([at("A", 0.04), at("B", 0.9)], 0.5).words,
    /Nothing here is more than chance would bring\.$/,
  );
  assert.throws(() => judge([], null, 0), RangeError);
});

Deno.test("judgeRates() tests each cell by the binomial and leaves out what never ended", () => {
  const signals = [
    ...cohort([...times(2, 1), ...times(18, -1)]),
    ...Array.from({ length: 10 }, (_, i) => ended(100 + i, i < 5 ? 1 : -1, { direction: "SELL" })),
    open(200, { direction: "SELL", symbol: symbolName("USDJPY") }),
  ];

  const { cells, baseline } = judgeRates(groupBy(signals, ["symbol", "direction"]), 0.5, { designEffect: 1 });

  assert.equal(baseline, 0.5);
  assert.deepEqual(cells.map(({ name, n, value, p, verdict }) => [name, n, value, p, verdict]), [
    ["EURUSD BUY", 20, 0.1, binomialTest(2, 20, 0.5)!.exact, "sure"],
    ["EURUSD SELL", 10, 0.5, binomialTest(5, 10, 0.5)!.exact, "none"],
  ]);
  assert.deepEqual(
    judgeRates(groupBy(signals, ["symbol", "direction"]), 0.5).cells[0]?.p,
    binomialTest(1, 10, 0.5)!.exact,
  );
});

Deno.test("judgeReturns() comes near the p-value of every arrangement", () => {
  // Three of six signals are SELL with R 3, 2, 1; the rest BUY with −1, 0, −2. Only what was seen and its mirror are as
  // far off: 2 of 20.
  const signals = [3, 2, 1, -1, 0, -2].map((r, i) => ended(i, r, { direction: i < 3 ? "SELL" : "BUY" }));
  const settings = { random: mulberry32(5), permutations: 19_999, designEffect: 1 };

  const { cells, baseline } = judgeReturns(signals, ["direction"], settings);

  assert.equal(baseline, 0.5);
  assert.deepEqual(cells.map(({ name, n, value }) => [name, n, value]), [["BUY", 3, -1], ["SELL", 3, 2]]);
  for (const { p } of cells) assert.ok(Math.abs(p - 0.1) < 0.009, `p ${p}`);

  // Two signals counting as one, 1.5 R off is as 1.06 R: 3, 2, 0 and its mirror are as far off too, 4 of 20.
  const shared = judgeReturns(signals, ["direction"], { ...settings, designEffect: 2 });
  for (const { p } of shared.cells) assert.ok(Math.abs(p - 0.2) < 0.012, `p ${p}`);
});

Deno.test("judgeReturns() finds the cell that differs, by the same seed the same, in any order", () => {
  const signals = Array.from({ length: 400 }, (_, i) => {
    const symbol = symbolName(["EURUSD", "GBPUSD", "USDJPY", "XAUUSD"][i % 4]!);
    return ended(i, i % 4 === 2 ? -1 : i % 3 === 0 ? -1 : 1, { symbol });
  });
  const run = (input = signals) =>
    judgeReturns(input, ["symbol"], { random: mulberry32(9), permutations: 499 });

  assert.deepEqual(run().cells.map(({ name, verdict }) => [name, verdict])[2], ["USDJPY", "sure"]);
  assert.deepEqual(run(signals.toReversed()), run());
});

Deno.test("judgeReturns() finds about as much in worlds without a difference as it says", () => {
  const random = mulberry32(21);
  let worlds = 0, alone = 0;
  for (let world = 0; world < 150; world++) {
    const signals = Array.from(
      { length: 120 },
      (_, i) => ended(i, random() < 0.6 ? 0.7 : -1, { symbol: symbolName(`S${i % 6}`) }),
    );
    const { cells } = judgeReturns(signals, ["symbol"], { random, permutations: 199, designEffect: 1 });
    if (cells.some(({ verdict }) => verdict === "sure")) worlds++;
    alone += cells.filter(({ p }) => p <= 0.05).length;
  }

  // 5 % of 150 worlds is 7.5, of 900 cells 45: each with four standard deviations.
  assert.ok(worlds <= 18, `${worlds} worlds`);
  assert.ok(alone >= 10 && alone <= 71, `${alone} cells`);
});

Deno.test("judgeReturns() of nothing, of one cell, and of too few shuffles", () => {
  const random = mulberry32(1);

  assert.equal(judgeReturns([open(0), unknown(1)], ["symbol"], { random }).baseline, null);
  assert.deepEqual(judgeReturns(cohort([1, -1]), ["symbol"], { random }).cells.map(({ p }) => p), [1]);
  assert.throws(() => judgeReturns([], ["symbol"], { random, permutations: 98 }), RangeError);
});
