/**
 * Tracked signals: which signals a statistic is about, and in what order.
 *
 * Open signals and UNKNOWN ones are counted beside every rate and are inside none. Live signals and shadows are kept
 * apart by whoever asks; so are replay, demo and live results.
 *
 * @module
 */
import type { Outcome } from "../../protocols/outcome.ts";
import type { SignalRecord } from "../../protocols/store.ts";
import { REPEAT_FILTERS } from "../filters/repeats.ts";

const DAY_MS = 86_400_000;

/** A signal that has ended, in whatever way. */
export type TrackedSignal = SignalRecord & { readonly outcome: Outcome };

/** A signal that was won or lost, and so has an R. */
export type DecidedSignal = TrackedSignal & {
  readonly outcome: Outcome & { readonly result: "WIN" | "LOSS"; readonly r: number };
};

/** How the signals of a cohort stand. */
export interface Tally {
  /** Won or lost: the n of every rate. */
  readonly n: number;
  readonly wins: number;
  readonly losses: number;
  /** Ended in a way that cannot be known; outside every rate. */
  readonly unknown: number;
  /** Not ended yet: counting only what has resolved flatters. */
  readonly open: number;
}

/** True for a signal that was won or lost. */
export function isDecided(signal: SignalRecord): signal is DecidedSignal {
  const { outcome } = signal;
  return outcome !== null && outcome.result !== "UNKNOWN" && outcome.r !== null;
}

/** The signals that were won or lost, in order of resolution, then of id. Their order never changes as others end. */
export function decidedOf(signals: Iterable<SignalRecord>): DecidedSignal[] {
  return [...signals].filter(isDecided).sort(byResolution);
}

/** R of the signals that were won or lost, in order of resolution. */
export function rsOf(signals: Iterable<SignalRecord>): number[] {
  return decidedOf(signals).map(({ outcome }) => outcome.r);
}

/**
 * The signals that were won or lost by the UTC day they were made on, days ascending, each day in order of resolution.
 *
 * Signals of one day share its market: what they say together is less than what as many of different days would.
 */
export function daysOf(signals: Iterable<SignalRecord>): (readonly DecidedSignal[])[] {
  const days = new Map<number, DecidedSignal[]>();
  for (const signal of decidedOf(signals)) {
    const day = Math.floor(signal.signaledAtMs / DAY_MS);
    const found = days.get(day);
    if (found === undefined) days.set(day, [signal]);
    else found.push(signal);
  }
  return [...days].sort(([a], [b]) => a - b).map(([, found]) => found);
}

/** Counts a cohort. */
export function tallyOf(signals: Iterable<SignalRecord>): Tally {
  let wins = 0, losses = 0, unknown = 0, open = 0;
  for (const signal of signals) {
    if (signal.outcome === null) open++;
    else if (!isDecided(signal)) unknown++;
    else if (signal.outcome.result === "WIN") wins++;
    else losses++;
  }
  return { n: wins + losses, wins, losses, unknown, open };
}

/** True for a shadow that says something of its pattern: one vetoed as a repeat tells the same story twice. */
export function isTellingShadow({ shadow, shadowReason }: SignalRecord): boolean {
  return shadow && !REPEAT_FILTERS.includes(shadowReason ?? "");
}

/** Arithmetic mean; null of nothing. */
export function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function byResolution(a: DecidedSignal, b: DecidedSignal): number {
  return a.outcome.resolvedAtMs - b.outcome.resolvedAtMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
