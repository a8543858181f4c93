/**
 * Signals: one call on one symbol, made once and never changed.
 *
 * @module
 */
import type {
  Confidence,
  Direction,
  EaId,
  MissionId,
  Pips,
  Price,
  SignalId,
  SymbolName,
  UserId,
} from "./units.ts";

/** The six patterns. */
export const PATTERN_NAMES = [
  "KALMAN_QUICKFIRE",
  "ORDER_BLOCK_BOUNCE",
  "BB_SCALP",
  "FAIR_VALUE_GAP_FILL",
  "LIQUIDITY_SWEEP_REVERSAL",
  "VCB_BREAKOUT",
] as const;

/** One of the six patterns. */
export type PatternName = typeof PATTERN_NAMES[number];

/** RAPID: quick, small reward to risk. SNIPER: structural, larger. */
export type SignalClass = "RAPID" | "SNIPER";

/** Market session by hour, UTC. */
export type Session = "ASIAN" | "LONDON" | "OVERLAP" | "NEWYORK" | "LATE";

/** One named part of a confidence. */
export interface ConfidencePart {
  readonly name: string;
  /** In [0, 1]. */
  readonly value: number;
  /** Positive; the weights of one signal need not add to 1. */
  readonly weight: number;
}

/** What one filter said of one find. */
export interface FilterVerdict {
  readonly filter: string;
  readonly verdict: "pass" | "veto" | "adjust" | "delay";
  /** Why, in words with numbers. */
  readonly reason: string;
  /** Added to the confidence, in points; 0 unless `adjust`. */
  readonly adjustment: number;
  /** Points of a boost withheld, as no boost lifts a confidence past 89.0; absent when none were. */
  readonly cappedBy?: number;
}

/** One call: symbol, direction, pattern, entry, stop, target, confidence. */
export interface Signal {
  readonly id: SignalId;
  readonly symbol: SymbolName;
  readonly direction: Direction;
  readonly pattern: PatternName;
  readonly signalClass: SignalClass;
  readonly confidence: Confidence;
  readonly parts: readonly ConfidencePart[];
  readonly verdicts: readonly FilterVerdict[];
  /** The live quote on the side that counts: BUY ask, SELL bid. */
  readonly entry: Price;
  readonly stopLoss: Price;
  readonly takeProfit: Price;
  readonly stopPips: Pips;
  readonly targetPips: Pips;
  /** targetPips / stopPips. */
  readonly riskReward: number;
  /** ATR14 (Wilder) of M5 at the find, in price units. */
  readonly atr: number;
  /** Spread of the entry quote. */
  readonly spreadPips: Pips;
  readonly session: Session;
  /** Names the block, gap or sweep this find stands on; one structure signals once. */
  readonly structureId: string | null;
  /** Market clock, UTC ms. */
  readonly signaledAtMs: number;
  /** Open time of the M5 candle whose close gave the find, UTC ms. */
  readonly candleOpenedAtMs: number;
  /** The feed whose quote is the entry. */
  readonly feed: EaId;
  /** A vetoed find: tracked to its outcome, never fired, never published. */
  readonly shadow: boolean;
  /** The filter that vetoed it; null for a live signal. */
  readonly shadowReason: string | null;
}

/** A signal offered to one user until it expires. */
export interface Mission {
  readonly id: MissionId;
  readonly signalId: SignalId;
  readonly userId: UserId;
  readonly status: "OFFERED" | "FIRED" | "EXPIRED";
  readonly offeredAtMs: number;
  readonly expiresAtMs: number;
}
