/**
 * Live price: what the quote of one EA says about a planned entry, stop and target, at the decision and again
 * when the command is about to leave.
 *
 * Each check answers a reason with its numbers, or null. A v2.05 EA silently drops a level on the wrong side of
 * its price and opens without it, which is why both levels are looked at on both sides of the quote.
 *
 * @module
 */
import type { SymbolSpec } from "../protocols/symbol_spec.ts";
import type { Quote } from "../protocols/tick.ts";
import type { Direction, Price } from "../protocols/units.ts";

/** A planned position. */
export interface Plan {
  readonly direction: Direction;
  readonly entry: Price;
  readonly stopLoss: Price;
  readonly takeProfit: Price;
}

type Sides = Pick<Quote, "bid" | "ask">;

/** Why a quote is too old to act on, or null; by arrival. */
export function staleReason(quote: Quote | null, nowMs: number, maxAgeMs: number): string | null {
  if (quote === null) return "the EA has sent no quote of this symbol";
  if (!(quote.bid > 0 && quote.ask >= quote.bid && Number.isFinite(quote.ask))) {
    return `the EA's quote is unsound: bid ${quote.bid}, ask ${quote.ask}`;
  }
  const ageMs = nowMs - quote.receivedAtMs;
  return ageMs <= maxAgeMs ? null : `the EA's quote is ${seconds(ageMs)} s old, limit ${seconds(maxAgeMs)} s`;
}

/** Why the spread eats too much of the stop, or null. */
export function spreadReason(plan: Plan, quote: Sides, fractionMax: number): string | null {
  const spread = quote.ask - quote.bid;
  const stop = Math.abs(plan.entry - plan.stopLoss);
  if (spread <= stop * fractionMax + DUST) return null;
  return `spread ${digits(spread)} is over ${percent(fractionMax)} of the stop distance ${digits(stop)}`;
}

/** Why the price is no longer the planned entry's, or null. Levels are never moved after it. */
export function driftReason(plan: Plan, quote: Sides, fractionMax: number): string | null {
  const live = plan.direction === "BUY" ? quote.ask : quote.bid;
  const stop = Math.abs(plan.entry - plan.stopLoss);
  const drift = Math.abs(live - plan.entry);
  if (drift <= stop * fractionMax + DUST) return null;
  return `price ${digits(live)} is ${digits(drift)} from the entry ${digits(plan.entry)}, over ${
    percent(fractionMax)
  } of the stop distance ${digits(stop)}`;
}

/** Why a level is on the wrong side of the live price, or null. */
export function wrongSideReason(plan: Plan, quote: Sides): string | null {
  const { stopLoss, takeProfit } = plan;
  if (!(stopLoss > 0 && takeProfit > 0 && Number.isFinite(stopLoss) && Number.isFinite(takeProfit))) {
    return `stop ${stopLoss} and target ${takeProfit} must be prices`;
  }
  const right = plan.direction === "BUY"
    ? stopLoss < quote.bid && takeProfit > quote.ask
    : stopLoss > quote.ask && takeProfit < quote.bid;
  return right
    ? null
    : `${plan.direction} with stop ${stopLoss} and target ${takeProfit} on the wrong side of ${quote.bid}/${quote.ask}`;
}

/** Why a level is nearer to the live price than the broker takes, or null. */
export function tooCloseReason(plan: Plan, quote: Sides, spec: SymbolSpec): string | null {
  const buy = plan.direction === "BUY";
  const stop = buy ? quote.bid - plan.stopLoss : plan.stopLoss - quote.ask;
  const target = buy ? plan.takeProfit - quote.ask : quote.bid - plan.takeProfit;
  const nearest = Math.min(stop, target) / spec.pipSize;
  if (nearest >= spec.stopsLevelPips - DUST) return null;
  return `${stop <= target ? "stop" : "target"} is ${
    nearest.toFixed(1)
  } pips from ${quote.bid}/${quote.ask}, least is ${spec.stopsLevelPips}`;
}

/** Differences of prices carry binary dust far below a point. */
const DUST = 1e-9;

function seconds(ms: number): string {
  return (ms / 1000).toFixed(0);
}

function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(0)} %`;
}

function digits(value: number): string {
  return String(Number(value.toFixed(6)));
}
