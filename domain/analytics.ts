/**
 * Analytics: win rates that say how sure they are, over the signals of a time frame.
 *
 * A cohort is taken by signal time and shows its open ones: counting only what has resolved flatters, since
 * targets nearer than stops resolve first. UNKNOWN is outside every rate. Shadows are counted, never mixed in.
 *
 * @module
 */
import type { AnalyticsSummary, PatternStats } from "../protocols/analytics.ts";
import { PATTERN_NAMES, type PatternName } from "../protocols/signal.ts";
import type { SignalRecord } from "../protocols/store.ts";
import { recommend } from "./recommendation.ts";
import { type Range, wilsonInterval } from "./statistics/proportions.ts";

/**
 * By how much signals that share a day resemble each other: the variance of a win rate is this many times that of
 * independent ones. 1.5 to 2 was measured; the upper end is taken, so that an interval is rather too wide.
 */
export const DESIGN_EFFECT = 2;

/** What analytics keeps of a signal. */
export type Fact =
  & Pick<SignalRecord, "id" | "pattern" | "signaledAtMs" | "shadow">
  & {
    readonly outcome:
      | Pick<NonNullable<SignalRecord["outcome"]>, "result" | "pips" | "r" | "durationMs">
      | null;
  };

/** The part of a signal's record that analytics keeps. */
export function factOf(record: SignalRecord): Fact {
  const { id, pattern, signaledAtMs, shadow, outcome } = record;
  if (outcome === null) return { id, pattern, signaledAtMs, shadow, outcome };
  const { result, pips, r, durationMs } = outcome;
  return { id, pattern, signaledAtMs, shadow, outcome: { result, pips, r, durationMs } };
}

/**
 * Wilson score interval of a rate at 95 %, in percent rounded to 0.1 (Wilson, JASA 22, 1927).
 *
 * @param wins whole number, 0 to `n`
 * @param n whole number >= 1
 * @param designEffect `n` counts as `n / designEffect` independent trials
 * @throws {RangeError} when `n` is below 1 or `wins` is outside 0 to `n`
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { wilson } from "./analytics.ts";
 *
 * // Newcombe, Statistics in Medicine 17 (1998), table I, method 3: 81 of 263 gives 0.2553 to 0.3662.
 * assert.deepEqual(wilson(81, 263, 1), [25.5, 36.6]);
 * ```
 */
export function wilson(wins: number, n: number, designEffect = DESIGN_EFFECT): readonly [number, number] {
  if (!(n >= 1 && wins >= 0 && wins <= n)) {
    throw new RangeError(
      `Cannot give an interval as wins must be 0 to n, n >= 1: current value is ${wins} of ${n}`,
    );
  }
  const [low, high] = wilsonInterval(wins, n, { designEffect }) as Range;
  return [tenth(100 * low), tenth(100 * high)];
}

/**
 * Figures over the live signals made in the `timeframeMs` before `nowMs`, that moment included.
 *
 * @param facts in any order; each signal once
 */
export function summarize(facts: Iterable<Fact>, timeframeMs: number, nowMs: number): AnalyticsSummary {
  const cohort = [...facts].filter(({ signaledAtMs }) =>
    signaledAtMs > nowMs - timeframeMs && signaledAtMs <= nowMs
  );
  const live = cohort.filter(({ shadow }) => !shadow);
  const { resolved, wins, winRate } = patternStats(live);
  const openSignals = live.filter(({ outcome }) => outcome === null).length;
  const patterns = byPattern(live);
  return {
    timeframeMs,
    totalSignals: live.length,
    resolved,
    wins,
    winRate,
    averageDurationMs: mean(live.flatMap(({ outcome }) => isDecided(outcome) ? [outcome.durationMs] : [])),
    openSignals,
    shadowSignals: cohort.length - live.length,
    patterns,
    recommendation: recommend({ resolved, openSignals, winRate, patterns }),
  };
}

/** One group's record; pips and R are sums and means over what was won or lost. */
export function patternStats(facts: readonly Fact[]): PatternStats {
  const decided = facts.flatMap(({ outcome }) => isDecided(outcome) ? [outcome] : []);
  const wins = decided.filter(({ result }) => result === "WIN").length;
  const resolved = decided.length;
  const meanR = mean(decided.map(({ r }) => r ?? 0));
  return {
    signals: facts.length,
    resolved,
    wins,
    winRate: resolved === 0 ? null : tenth(100 * wins / resolved),
    winRateInterval: resolved === 0 ? null : wilson(wins, resolved),
    meanR: meanR === null ? null : Math.round(meanR * 1_000) / 1_000,
    pips: tenth(decided.reduce((sum, { pips }) => sum + (pips ?? 0), 0)),
  };
}

function byPattern(facts: readonly Fact[]): Partial<Record<PatternName, PatternStats>> {
  const groups = PATTERN_NAMES.map((name) =>
    [name, facts.filter(({ pattern }) => pattern === name)] as const
  );
  return Object.fromEntries(
    groups.filter(([, group]) => group.length > 0).map(([name, group]) => [name, patternStats(group)]),
  );
}

function isDecided(outcome: Fact["outcome"]): outcome is NonNullable<Fact["outcome"]> {
  return outcome !== null && outcome.result !== "UNKNOWN";
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10 + 0;
}
