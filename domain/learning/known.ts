/**
 * Known: what could be known of a signal's surroundings at the moment it was raised, and nothing later.
 *
 * The cut is made here and not by the caller: training hands in history whose future is on file, and one feature
 * that peeks makes every validation a lie. What is too old is cut as well, so that a long history in training and a
 * short one in the running house give the same numbers.
 *
 * @module
 */
import type { Candle } from "../../protocols/candle.ts";
import type { PatternName, Signal } from "../../protocols/signal.ts";
import type { SymbolName } from "../../protocols/units.ts";

/** Another signal, raised or shadow as the caller sees fit, and its end as far as it is on file. */
export interface PastSignal {
  readonly symbol: SymbolName;
  readonly pattern: PatternName;
  readonly signaledAtMs: number;
  /** Null while open. */
  readonly resolvedAtMs: number | null;
  /** Null while open, and for an end that is not known. */
  readonly r: number | null;
}

/** What surrounds a signal; more than is used does no harm, also when it is from later. */
export interface FeatureContext {
  /** M5 candles of the signal's symbol, oldest first. */
  readonly candles: readonly Candle[];
  /** Median spread of the 24 h before the signal, pips; null when unknown. */
  readonly spreadMedian24hPips: number | null;
  /** Other signals, of any symbol, in any order. */
  readonly past: readonly PastSignal[];
}

/** Candles looked at: eight hours of M5. */
export const CANDLES_MAX = 96;
/** Ends longer ago than this say nothing of now, ms: seven days. */
export const RECENT_MS = 7 * 86_400_000;

/** What was known. */
export interface Known {
  /** Continuous, up to the candle whose close gave the signal; none when that one is not at hand. */
  readonly candles: readonly Candle[];
  readonly spreadMedian24hPips: number | null;
  /** R of signals of the same pattern that ended within 7 days before, in order of their end. */
  readonly patternR: readonly number[];
  /** R of signals of the same symbol, likewise. */
  readonly symbolR: readonly number[];
  /** Signals of the same symbol that were open. */
  readonly openOfSymbol: number;
  /** Ms since the last loss of the same symbol ended; NaN without one in 7 days. */
  readonly sinceLossMs: number;
}

/** Cuts a context to what was known when the signal was raised. */
export function knownAt(signal: Signal, context: FeatureContext): Known {
  const nowMs = signal.signaledAtMs;
  const ended = context.past.filter((past): past is Ended =>
    past.r !== null && past.resolvedAtMs !== null && past.resolvedAtMs < nowMs &&
    past.resolvedAtMs >= nowMs - RECENT_MS
  ).sort((a, b) => a.resolvedAtMs - b.resolvedAtMs || a.signaledAtMs - b.signaledAtMs);
  const ofSymbol = ended.filter(({ symbol }) => symbol === signal.symbol);
  const lost = ofSymbol.findLast(({ r }) => r < 0);
  return {
    candles: runBefore(signal, context.candles),
    spreadMedian24hPips: context.spreadMedian24hPips,
    patternR: ended.filter(({ pattern }) => pattern === signal.pattern).map(({ r }) => r),
    symbolR: ofSymbol.map(({ r }) => r),
    openOfSymbol: context.past.filter((past) => past.symbol === signal.symbol && wasOpen(past, nowMs)).length,
    sinceLossMs: lost === undefined ? NaN : nowMs - lost.resolvedAtMs,
  };
}

type Ended = PastSignal & { readonly r: number; readonly resolvedAtMs: number };

/** An end of the same moment may have come after: it counts as open still. */
function wasOpen({ signaledAtMs, resolvedAtMs }: PastSignal, nowMs: number): boolean {
  return signaledAtMs < nowMs && (resolvedAtMs === null || resolvedAtMs >= nowMs);
}

function runBefore({ candleOpenedAtMs }: Signal, candles: readonly Candle[]): readonly Candle[] {
  const end = candles.findLastIndex(({ openedAtMs }) => openedAtMs === candleOpenedAtMs);
  if (end < 0) return [];
  const near = candles.slice(Math.max(0, end + 1 - CANDLES_MAX), end + 1);
  const gap = near.findLastIndex(({ gapBefore }) => gapBefore);
  return gap < 0 ? near : near.slice(gap);
}
