/**
 * Analytics: cohorts by signal time, rates with their uncertainty, nothing where there is nothing.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { type Fact, factOf, patternStats, summarize, wilson } from "../../domain/analytics.ts";
import type { Outcome } from "../../protocols/outcome.ts";
import type { PatternName } from "../../protocols/signal.ts";
import { pips, signalId } from "../../protocols/units.ts";
import { makeOutcome, makeSignal, TUESDAY_MS } from "../kit/signals.ts";

const HOUR_MS = 3_600_000;
const NOW_MS = TUESDAY_MS + HOUR_MS;
let made = 0;

function fact(pattern: PatternName, result: Outcome["result"] | null, changes: Partial<Fact> = {}): Fact {
  const signal = makeSignal({ id: signalId(`signal-${made++}`), pattern });
  const known = { WIN: { pips: pips(20), r: 1.333 }, LOSS: { pips: pips(-15), r: -1 } };
  const numbers = result === "WIN" || result === "LOSS" ? known[result] : { pips: null, r: null };
  const outcome = result === null ? null : makeOutcome(signal, { result, ...numbers });
  return { ...factOf({ ...signal, outcome }), ...changes };
}

function facts(pattern: PatternName, wins: number, losses: number): Fact[] {
  return [
    ...Array.from({ length: wins }, () => fact(pattern, "WIN")),
    ...Array.from({ length: losses }, () => fact(pattern, "LOSS")),
  ];
}

Deno.test("wilson() gives Newcombe's published intervals", () => {
  // Newcombe, Statistics in Medicine 17 (1998), table I, method 3, in percent.
  const published = [[81, 263, 25.5, 36.6], [15, 148, 6.2, 16.0], [0, 20, 0, 16.1], [1, 29, 0.6, 17.2]];

  const ours = published.map(([wins, n]) => [wins, n, ...wilson(wins!, n!, 1)]);

  assert.deepEqual(ours, published);
});

Deno.test("wilson() counts signals of one day as half as many", () => {
  assert.deepEqual(wilson(12, 20), wilson(6, 10, 1));
});

Deno.test("wilson() refuses more wins than trials", () => {
  assert.throws(() => wilson(3, 2), /current value is 3 of 2/);
  assert.throws(() => wilson(0, 0), RangeError);
});

Deno.test("wilson() holds the rate, stays within 0 to 100 and narrows with n", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, share) => {
      const wins = Math.round(n * share);
      const [low, high] = wilson(wins, n);
      const [low4, high4] = wilson(4 * wins, 4 * n);

      assert.equal(low >= 0 && high <= 100, true);
      assert.equal(low - 0.05 <= 100 * wins / n && 100 * wins / n <= high + 0.05, true);
      assert.equal(high4 - low4 <= high - low + 0.1, true);
    }),
  );
});

Deno.test("summarize() of nothing has null where there is no number", () => {
  assert.deepEqual(summarize([], 6 * HOUR_MS, NOW_MS), {
    timeframeMs: 6 * HOUR_MS,
    totalSignals: 0,
    resolved: 0,
    wins: 0,
    winRate: null,
    averageDurationMs: null,
    openSignals: 0,
    shadowSignals: 0,
    patterns: {},
    recommendation: null,
  });
});

Deno.test("summarize() counts open and unknown signals in the cohort and in no rate", () => {
  const all = [
    ...facts("BB_SCALP", 2, 1),
    fact("BB_SCALP", null),
    fact("BB_SCALP", "UNKNOWN"),
    fact("VCB_BREAKOUT", null),
  ];

  const summary = summarize(all, 6 * HOUR_MS, NOW_MS);

  assert.deepEqual(summary, {
    timeframeMs: 6 * HOUR_MS,
    totalSignals: 6,
    resolved: 3,
    wins: 2,
    winRate: 66.7,
    averageDurationMs: 600_000,
    openSignals: 2,
    shadowSignals: 0,
    patterns: {
      BB_SCALP: {
        signals: 5,
        resolved: 3,
        wins: 2,
        winRate: 66.7,
        winRateInterval: wilson(2, 3),
        meanR: 0.555,
        pips: 25,
      },
      VCB_BREAKOUT: {
        signals: 1,
        resolved: 0,
        wins: 0,
        winRate: null,
        winRateInterval: null,
        meanR: null,
        pips: 0,
      },
    },
    recommendation:
      "Too early to judge a pattern: 3 resolved (66.7 % won), 2 open, and none has 20 resolved.",
  });
});

Deno.test("summarize() never mixes shadows with live signals", () => {
  const all = [fact("BB_SCALP", "LOSS", { shadow: true }), fact("BB_SCALP", "WIN")];

  const { totalSignals, winRate, shadowSignals } = summarize(all, 6 * HOUR_MS, NOW_MS);

  assert.deepEqual({ totalSignals, winRate, shadowSignals }, {
    totalSignals: 1,
    winRate: 100,
    shadowSignals: 1,
  });
});

Deno.test("summarize() takes a cohort by signal time: after its start, until now", () => {
  const at = (signaledAtMs: number) => fact("BB_SCALP", "WIN", { signaledAtMs });
  const all = [NOW_MS - HOUR_MS, NOW_MS - HOUR_MS + 1, NOW_MS, NOW_MS + 1].map(at);

  assert.equal(summarize(all, HOUR_MS, NOW_MS).totalSignals, 2);
});

Deno.test("summarize() warns of 7 wins in 20, and not of 7 in 19 nor of 8 in 20", () => {
  const say = (wins: number, losses: number) =>
    summarize(facts("BB_SCALP", wins, losses), HOUR_MS + 1, NOW_MS).recommendation;

  assert.equal(
    say(7, 13),
    "Warning: BB_SCALP won 35 % (7 of 20, 95 % interval 13.7 to 64.6 %, mean -0.183 R), below 40 % over at " +
      "least 20: review it before more is risked on it.",
  );
  assert.equal(
    say(7, 12),
    "Too early to judge a pattern: 19 resolved (36.8 % won), 0 open, and none has 20 resolved.",
  );
  assert.equal(
    say(8, 12),
    "No pattern with at least 20 resolved signals is below 40 %. Best by mean R: BB_SCALP won 40 % (8 of 20, " +
      "95 % interval 16.8 to 68.7 %, mean -0.067 R).",
  );
});

Deno.test("summarize() names as best the pattern with the higher mean R among those with enough", () => {
  const all = [
    ...facts("VCB_BREAKOUT", 12, 8),
    ...facts("BB_SCALP", 15, 5),
    ...facts("KALMAN_QUICKFIRE", 3, 0),
  ];

  const { recommendation } = summarize(all, HOUR_MS + 1, NOW_MS);

  assert.match(recommendation ?? "", /Best by mean R: BB_SCALP won 75 % \(15 of 20, .* mean \+0\.75 R\)\.$/);
});

Deno.test("patternStats() sums pips and averages R over what was won or lost", () => {
  const { pips: sum, meanR } = patternStats([...facts("BB_SCALP", 1, 2), fact("BB_SCALP", "UNKNOWN")]);

  assert.deepEqual({ sum, meanR }, { sum: -10, meanR: -0.222 });
});
