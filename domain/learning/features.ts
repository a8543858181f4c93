/**
 * Features: what a model sees of a signal, one table of names, units, and why each is known when it is raised.
 *
 * @module
 */
import { PATTERN_NAMES, type Session, type Signal } from "../../protocols/signal.ts";
import { newYorkMinute, nextClose } from "../calendar.ts";
import { type FeatureContext, type Known, knownAt } from "./known.ts";
import { directedMove, efficiency, rangeRatio, tickRatio } from "./regime.ts";

/** One number a model sees. */
export interface Feature {
  readonly name: string;
  readonly unit: string;
  /** Why it looks at nothing later than the signal. */
  readonly noLeak: string;
  /** NaN when it is not known. */
  readonly of: (signal: Signal, known: Known) => number;
}

const IN_SIGNAL = "fixed in the signal when it is raised";
const BY_CLOCK = "follows from the signal's own time and the calendar";
const BY_CANDLES = "closed candles up to the one whose close gave the signal";
const BY_ENDS = "only signals that ended before this one was raised, at most 7 days before";

/** How many of the latest ends are looked at. */
const LATEST = 20;
/** Ends that pull a rate towards even: two of five say little. */
const PRIOR = 5;

const values = ({ parts }: Signal) => parts.map(({ value }) => value);

const SAID: readonly Feature[] = [
  { name: "confidence", unit: "points, 0 to 100", noLeak: IN_SIGNAL, of: (signal) => signal.confidence },
  {
    name: "weakestPart",
    unit: "0 to 1",
    noLeak: IN_SIGNAL,
    of: (signal) => finite(Math.min(...values(signal))),
  },
  {
    name: "strongestPart",
    unit: "0 to 1",
    noLeak: IN_SIGNAL,
    of: (signal) => finite(Math.max(...values(signal))),
  },
  { name: "riskReward", unit: "target over stop", noLeak: IN_SIGNAL, of: (signal) => signal.riskReward },
  {
    name: "stopAtr",
    unit: "ATR14 of M5",
    noLeak: IN_SIGNAL,
    of: ({ entry, stopLoss, atr }) => finite(Math.abs(entry - stopLoss) / atr),
  },
  { name: "isBuy", unit: "0 or 1", noLeak: IN_SIGNAL, of: ({ direction }) => direction === "BUY" ? 1 : 0 },
];

const SPREAD: readonly Feature[] = [
  {
    name: "spreadOfStop",
    unit: "spread over stop distance",
    noLeak: IN_SIGNAL,
    of: ({ spreadPips, stopPips }) => finite(spreadPips / stopPips),
  },
  {
    name: "spreadOfMedian",
    unit: "spread over its median of the 24 h before",
    noLeak: "the median covers the time before the signal; the caller hands it in as of then",
    of: ({ spreadPips }, { spreadMedian24hPips }) => finite(spreadPips / (spreadMedian24hPips ?? NaN)),
  },
];

const REGIME: readonly Feature[] = [
  {
    name: "rangeRatio",
    unit: "ATR14 over the mean true range of 8 h",
    noLeak: BY_CANDLES,
    of: ({ atr }, { candles }) => rangeRatio(atr, candles),
  },
  {
    name: "efficiency",
    unit: "0 (to and fro) to 1 (straight), 20 candles",
    noLeak: BY_CANDLES,
    of: (_signal, { candles }) => efficiency(candles),
  },
  {
    name: "moveHour",
    unit: "ATR14, positive in the signal's direction, 12 candles",
    noLeak: BY_CANDLES,
    of: ({ direction, atr }, { candles }) => directedMove(direction, atr, candles, 12),
  },
  {
    name: "moveFourHours",
    unit: "ATR14, positive in the signal's direction, 48 candles",
    noLeak: BY_CANDLES,
    of: ({ direction, atr }, { candles }) => directedMove(direction, atr, candles, 48),
  },
  {
    name: "tickRatio",
    unit: "ticks of the last candle over the mean of 20 before",
    noLeak: BY_CANDLES,
    of: (_signal, { candles }) => tickRatio(candles),
  },
];

const dayAngle = ({ signaledAtMs }: Signal) => 2 * Math.PI * newYorkMinute(signaledAtMs) / 1440;

const TIME: readonly Feature[] = [
  {
    name: "daySine",
    unit: "−1 to 1, New York day",
    noLeak: BY_CLOCK,
    of: (signal) => Math.sin(dayAngle(signal)),
  },
  {
    name: "dayCosine",
    unit: "−1 to 1, New York day",
    noLeak: BY_CLOCK,
    of: (signal) => Math.cos(dayAngle(signal)),
  },
  {
    name: "hoursToClose",
    unit: "h to the symbol's next close",
    noLeak: BY_CLOCK,
    of: ({ symbol, signaledAtMs }) => (nextClose(symbol, signaledAtMs) - signaledAtMs) / 3_600_000,
  },
];

const RECENT: readonly Feature[] = [
  {
    name: "patternWins",
    unit: `win rate of the pattern's latest ${LATEST} ends, drawn to 0.5 by ${PRIOR}`,
    noLeak: BY_ENDS,
    of: (_signal, { patternR }) => winRate(patternR),
  },
  {
    name: "patternR",
    unit: `mean R of the pattern's latest ${LATEST} ends`,
    noLeak: BY_ENDS,
    of: (_signal, { patternR }) => meanOf(patternR.slice(-LATEST)),
  },
  {
    name: "symbolWins",
    unit: `win rate of the symbol's latest ${LATEST} ends, drawn to 0.5 by ${PRIOR}`,
    noLeak: BY_ENDS,
    of: (_signal, { symbolR }) => winRate(symbolR),
  },
  {
    name: "symbolR",
    unit: `mean R of the symbol's latest ${LATEST} ends`,
    noLeak: BY_ENDS,
    of: (_signal, { symbolR }) => meanOf(symbolR.slice(-LATEST)),
  },
  {
    name: "hoursSinceLoss",
    unit: "h since the symbol's last loss ended, within 7 days",
    noLeak: BY_ENDS,
    of: (_signal, { sinceLossMs }) => sinceLossMs / 3_600_000,
  },
  {
    name: "openOfSymbol",
    unit: "signals of the symbol open",
    noLeak: "signals raised before; that they had not ended was known, how they end is not looked at",
    of: (_signal, { openOfSymbol }) => openOfSymbol,
  },
];

const SESSIONS: readonly Session[] = ["ASIAN", "LONDON", "OVERLAP", "NEWYORK", "LATE"];

const KINDS: readonly Feature[] = [
  ...PATTERN_NAMES.map((name): Feature => ({
    name: `pattern=${name}`,
    unit: "0 or 1",
    noLeak: IN_SIGNAL,
    of: ({ pattern }) => pattern === name ? 1 : 0,
  })),
  ...SESSIONS.map((name): Feature => ({
    name: `session=${name}`,
    unit: "0 or 1",
    noLeak: IN_SIGNAL,
    of: ({ session }) => session === name ? 1 : 0,
  })),
];

/** Every feature, in the order a model sees them. */
export const FEATURES: readonly Feature[] = [...SAID, ...SPREAD, ...REGIME, ...TIME, ...RECENT, ...KINDS];

/** Their names: what a model is trained on and must be loaded for. */
export const FEATURE_NAMES: readonly string[] = FEATURES.map(({ name }) => name);

/**
 * What a model sees of a signal, in the order of `FEATURES`; NaN where it is not known.
 *
 * Whatever of the context is later than the signal is not looked at.
 */
export function featuresOf(signal: Signal, context: FeatureContext): Float64Array {
  const known = knownAt(signal, context);
  return Float64Array.from(FEATURES, (feature) => feature.of(signal, known));
}

/** A ratio over nothing is not known. */
function finite(value: number): number {
  return Number.isFinite(value) ? value : NaN;
}

function meanOf(numbers: readonly number[]): number {
  return finite(numbers.reduce((sum, value) => sum + value, 0) / numbers.length);
}

function winRate(rs: readonly number[]): number {
  const latest = rs.slice(-LATEST);
  if (latest.length === 0) return NaN;
  return (latest.filter((r) => r > 0).length + PRIOR / 2) / (latest.length + PRIOR);
}
