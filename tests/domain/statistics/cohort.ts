/**
 * Cohorts for the tests of statistics: whole signals, from as little as their R.
 *
 * @module
 */
import type { DecidedSignal } from "../../../domain/statistics/tracked.ts";
import type { Outcome } from "../../../protocols/outcome.ts";
import type { Signal } from "../../../protocols/signal.ts";
import type { SignalRecord } from "../../../protocols/store.ts";
import { pips, signalId } from "../../../protocols/units.ts";
import { makeOutcome, makeSignal, TUESDAY_MS } from "../../kit/signals.ts";

/** Minute `i` of a Tuesday: when the signal of that number was made. */
export const minute = (i: number): number => TUESDAY_MS + i * 60_000;

/** A signal of that number with that R, stop 15 pips, resolved thirty seconds after it was made. */
export function ended(
  i: number,
  r: number,
  changes: Partial<Signal> = {},
  outcome: Partial<Outcome> = {},
): DecidedSignal {
  const signal = makeSignal({
    id: signalId(`s${String(i).padStart(6, "0")}`),
    signaledAtMs: minute(i),
    ...changes,
  });
  const end = makeOutcome(signal, {
    result: r > 0 ? "WIN" : "LOSS",
    r,
    pips: pips(r * signal.stopPips),
    resolvedAtMs: signal.signaledAtMs + 30_000,
    durationMs: 30_000,
    ...outcome,
  });
  return { ...signal, outcome: end } as DecidedSignal;
}

/** A cohort of those R, one a minute. */
export function cohort(rs: readonly number[], changes: Partial<Signal> = {}): DecidedSignal[] {
  return rs.map((r, i) => ended(i, r, changes));
}

/** A signal whose end cannot be known. */
export function unknown(i: number, changes: Partial<Signal> = {}): SignalRecord {
  const lost = ended(i, -1, changes);
  return { ...lost, outcome: { ...lost.outcome, result: "UNKNOWN", r: null, pips: null, exitPrice: null } };
}

/** A signal that has not ended. */
export function open(i: number, changes: Partial<Signal> = {}): SignalRecord {
  return { ...ended(i, -1, changes), outcome: null };
}

/** `count` values R in a row. */
export const times = (count: number, r: number): number[] => new Array<number>(count).fill(r);

/** Numbers rounded to `digits` decimals, for comparison with printed tables. */
export const rounded = (values: readonly number[], digits: number): number[] =>
  values.map((value) => Number(value.toFixed(digits)));
