/**
 * Tracking: the line of `comprehensive_tracking.jsonl` that an outcome leaves, in the seed's form.
 *
 * @module
 */
import type { StoredEvent } from "../protocols/events.ts";
import type { Outcome } from "../protocols/outcome.ts";
import type { Signal } from "../protocols/signal.ts";

/** What one call of the line journal appends. */
export interface TrackingAppend {
  /** Lines of one UTC day, in order of seq, without their newline. */
  readonly lines: readonly string[];
  /** Every event up to this seq is told of. */
  readonly cursor: number;
  /** When the last of them was resolved, UTC ms. */
  readonly atMs: number;
}

/** One line: the seed's ten fields first, then ours. */
export interface TrackingRecord {
  readonly signal_id: string;
  readonly symbol: string;
  readonly direction: "BUY" | "SELL";
  readonly pattern_type: string;
  /** 0 to 100. */
  readonly confidence: number;
  readonly outcome: "WIN" | "LOSS";
  /** From entry to the actual exit, rounded to 0.01. */
  readonly pips_result: number;
  /** The exit tick's time, whole epoch seconds. */
  readonly timestamp: number;
  /** The same with milliseconds, ISO 8601, UTC. */
  readonly datetime: string;
  /** From signal to exit, rounded to 0.01. */
  readonly trade_duration_minutes: number;
  /** The event's number in the journal of events; rises from line to line. */
  readonly seq: number;
  /** A vetoed find that was tracked and never fired: not part of the seed's statistics. */
  readonly shadow: boolean;
  readonly shadow_reason: string | null;
  readonly signal_class: string;
  readonly session: string;
  readonly entry_price: number;
  readonly sl: number;
  readonly tp: number;
  readonly exit_price: number;
  readonly stop_pips: number;
  readonly target_pips: number;
  readonly risk_reward: number;
  readonly r: number;
  readonly max_favorable_excursion: number;
  readonly max_adverse_excursion: number;
  readonly spread_pips: number;
  readonly signaled_at: string;
  /** Ticks were missed while it was open. */
  readonly gap: boolean;
  readonly feed_changed: boolean;
}

/**
 * The appends that a batch of events leaves, one per UTC day; the last one's cursor is the batch's last seq.
 *
 * Events behind `cursor` are in already. An UNKNOWN outcome leaves no line: whoever counts wins by this file
 * counts every line of it.
 */
export function trackingAppends(batch: readonly StoredEvent[], cursor: number): readonly TrackingAppend[] {
  const fresh = batch.filter((stored) => stored.seq > cursor);
  const last = fresh.at(-1);
  if (last === undefined) return [];
  const appends: TrackingAppend[] = [];
  for (const stored of fresh) {
    const line = trackingLine(stored);
    if (line !== null) addLine(appends, line, stored.seq, resolvedAt(stored));
  }
  const latest = appends.pop() ?? { lines: [], atMs: last.atMs };
  return [...appends, { ...latest, cursor: last.seq }];
}

/** The line an event leaves, or null when it leaves none. */
export function trackingLine(stored: StoredEvent): string | null {
  const { event, seq } = stored;
  if (event.kind !== "outcomeResolved") return null;
  const record = trackingRecord(event.signal, event.outcome, seq);
  return record === null ? null : JSON.stringify(record);
}

/** The record of a signal's end; null when nobody knows how it ended. */
export function trackingRecord(signal: Signal, outcome: Outcome, seq: number): TrackingRecord | null {
  const { result, pips, exitPrice, r } = outcome;
  if (result === "UNKNOWN" || pips === null || exitPrice === null || r === null) return null;
  return {
    signal_id: signal.id,
    symbol: signal.symbol,
    direction: signal.direction,
    pattern_type: signal.pattern,
    confidence: signal.confidence,
    outcome: result,
    pips_result: roundTo(pips, 2),
    timestamp: Math.floor(outcome.resolvedAtMs / 1000),
    datetime: new Date(outcome.resolvedAtMs).toISOString(),
    trade_duration_minutes: roundTo(outcome.durationMs / 60_000, 2),
    seq,
    shadow: signal.shadow,
    shadow_reason: signal.shadowReason,
    signal_class: signal.signalClass,
    session: signal.session,
    entry_price: signal.entry,
    sl: signal.stopLoss,
    tp: signal.takeProfit,
    exit_price: exitPrice,
    stop_pips: roundTo(signal.stopPips, 2),
    target_pips: roundTo(signal.targetPips, 2),
    risk_reward: roundTo(signal.riskReward, 2),
    r: roundTo(r, 4),
    max_favorable_excursion: roundTo(outcome.mfePips, 2),
    max_adverse_excursion: roundTo(outcome.maePips, 2),
    spread_pips: roundTo(signal.spreadPips, 2),
    signaled_at: new Date(signal.signaledAtMs).toISOString(),
    gap: outcome.gap,
    feed_changed: outcome.feedChanged,
  };
}

/**
 * Rounds a decimal number half away from zero, as people do, by its printed digits.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { roundTo } from "./tracking.ts";
 *
 * assert.equal(roundTo(20.000000000000018, 2), 20);
 * assert.equal(roundTo(-15.005, 2), -15.01);
 * ```
 */
export function roundTo(value: number, places: number): number {
  const size = Math.abs(value);
  const shifted = Number(`${size}e${places}`);
  // Numbers that print with an exponent of their own are too small for their digits to count.
  const rounded = Number.isNaN(shifted)
    ? Math.round(size * 10 ** places) / 10 ** places
    : Number(`${Math.round(shifted)}e-${places}`);
  return value < 0 && rounded !== 0 ? -rounded : rounded;
}

function addLine(appends: TrackingAppend[], line: string, cursor: number, atMs: number): void {
  const latest = appends.at(-1);
  if (latest === undefined || dayOf(latest.atMs) !== dayOf(atMs)) {
    appends.push({ lines: [line], cursor, atMs });
  } else appends[appends.length - 1] = { lines: [...latest.lines, line], cursor, atMs };
}

function resolvedAt({ event, atMs }: StoredEvent): number {
  return event.kind === "outcomeResolved" ? event.outcome.resolvedAtMs : atMs;
}

function dayOf(ms: number): number {
  return Math.floor(ms / 86_400_000);
}
