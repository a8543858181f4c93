/**
 * Outcomes: how a signal ended.
 *
 * @module
 */
import type { Pips, Price, SignalId } from "./units.ts";

/** How one signal ended, on the quotes of its feed. */
export interface Outcome {
  readonly signalId: SignalId;
  /** UNKNOWN: ticks were missed and the order of the levels cannot be known; outside every rate. */
  readonly result: "WIN" | "LOSS" | "UNKNOWN";
  /** The exit side's price at the exit tick (a gap through SL exits at the tick); null when UNKNOWN. */
  readonly exitPrice: Price | null;
  /** From entry to the actual exit, signed; null when UNKNOWN. */
  readonly pips: Pips | null;
  /** pips / stopPips; null when UNKNOWN. */
  readonly r: number | null;
  /** Most favourable and most adverse excursion while open, both >= 0. */
  readonly mfePips: Pips;
  readonly maePips: Pips;
  /** The exit tick's own time, UTC ms. */
  readonly resolvedAtMs: number;
  /** From `signaledAtMs` to the exit tick. */
  readonly durationMs: number;
  /** Ticks were missed while it was open. */
  readonly gap: boolean;
  /** The feed changed while it was open. */
  readonly feedChanged: boolean;
}
