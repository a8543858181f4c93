/**
 * Gates: every reason the house may refuse a fire, in the order in which they are asked.
 *
 * @module
 */

/** Stable codes, cheapest and most certain first. */
export const GATE_CODES = [
  "TRADING_HALTED",
  "USER_HALTED",
  "PATTERN_DISABLED",
  "MODE_NOT_AUTO",
  "TIER_NOT_ALLOWED",
  "CONFIDENCE_OUT_OF_BAND",
  "SIGNAL_EXPIRED",
  "SIGNAL_DUPLICATE",
  "EA_OFFLINE",
  "EA_STALE",
  "EA_RECONCILING",
  "AUTOTRADING_OFF",
  "EA_CIRCUIT_OPEN",
  "SYMBOL_UNMAPPED",
  "SYMBOL_SPEC_UNKNOWN",
  "SYMBOL_SPEC_SUSPECT",
  "RATE_UNKNOWN",
  "MARKET_CLOSED",
  "PRICE_STALE",
  "SPREAD_TOO_WIDE",
  "PRICE_RAN_AWAY",
  "STOP_INVALID",
  "STOP_TOO_CLOSE",
  "SYMBOL_BUSY",
  "BALANCE_UNKNOWN",
  "VOLUME_BELOW_MIN",
  "VOLUME_ABOVE_MAX",
  "RISK_PER_TRADE_EXCEEDED",
  "OPEN_RISK_EXCEEDED",
  "CURRENCY_EXPOSURE_EXCEEDED",
  "HEDGE_BLOCKED",
  "SLOTS_FULL",
  "MARGIN_INSUFFICIENT",
  "DAILY_LOSS_REACHED",
  "DRAWDOWN_REACHED",
  "LOSS_STREAK_COOLDOWN",
  "NEWS_WINDOW",
  "SESSION_CLOSED",
  "RATE_LIMITED",
] as const;

/** One reason of the closed set. */
export type GateCode = typeof GATE_CODES[number];

/** A no: the gate and the numbers it looked at, in words. */
export interface Refusal {
  readonly code: GateCode;
  readonly reason: string;
}
