/**
 * What analytics hears and answers.
 *
 * @module
 */
import type { StoredEvent } from "./events.ts";
import type { Reply } from "./ports.ts";
import type { PatternName } from "./signal.ts";

/** One pattern's record over a time frame. */
export interface PatternStats {
  readonly signals: number;
  readonly resolved: number;
  readonly wins: number;
  /** Percent of resolved, rounded to 0.1; null when none is resolved. */
  readonly winRate: number | null;
  /** Wilson 95 % interval of the win rate, percent; null when none is resolved. */
  readonly winRateInterval: readonly [number, number] | null;
  readonly meanR: number | null;
  readonly pips: number;
}

/** Figures over the signals of the last `timeframeMs`. */
export interface AnalyticsSummary {
  readonly timeframeMs: number;
  readonly totalSignals: number;
  readonly resolved: number;
  readonly wins: number;
  readonly winRate: number | null;
  readonly averageDurationMs: number | null;
  readonly openSignals: number;
  readonly shadowSignals: number;
  readonly patterns: Readonly<Partial<Record<PatternName, PatternStats>>>;
  /** In words, with its numbers; null when there is nothing to say yet. */
  readonly recommendation: string | null;
}

/** What the analytics actor hears. */
export type AnalyticsMessage =
  | { readonly kind: "events"; readonly batch: readonly StoredEvent[] }
  | {
    readonly kind: "summary";
    readonly timeframeMs: number;
    readonly nowMs: number;
    readonly reply: Reply<AnalyticsSummary>;
  };
