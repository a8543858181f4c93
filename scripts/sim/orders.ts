/**
 * Orders at the paper broker: what may be asked for, what is refused, and when a level is reached.
 *
 * @module
 */
import type { SymbolSpec } from "../../protocols/symbol_spec.ts";
import type { Position } from "./account.ts";
import type { MarketTick } from "./prices.ts";

/** Trade server return codes of MT5 (ENUM_TRADE_RETURN_CODES). */
export const RETCODE = {
  DONE: 10_009,
  REQUOTE: 10_004,
  INVALID_VOLUME: 10_014,
  INVALID_STOPS: 10_016,
  MARKET_CLOSED: 10_018,
  NO_MONEY: 10_019,
  NO_QUOTES: 10_021,
  POSITION_CLOSED: 10_036,
} as const;

/** How the broker behaves. */
export interface BrokerOptions {
  /** What it offers, canonical names. */
  readonly symbols: readonly string[];
  readonly balance: number;
  /** ISO 4217; profits are converted by the broker's own quotes. */
  readonly currency: string;
  /** Metals never get more than 100. */
  readonly leverage: number;
  /** Per lot and round turn, in account currency; half is taken when a position opens, half when it closes. */
  readonly commissionPerLot: number;
  /** Percent of margin at which the worst position is closed. */
  readonly stopOutLevelPercent: number;
  /** Points against the trader on each market fill: drawn from 0 to this. */
  readonly slippagePointsMax: number;
  /** A number >= 0 and < 1; decides slippage. */
  readonly random: () => number;
  /** The code to refuse the nth order with (first is 1), or null to treat it as usual. */
  readonly reject: (nth: number) => number | null;
  /** Whether a symbol trades at a moment; the house's calendar when absent. */
  readonly isOpen?: (symbol: string, atMs: number) => boolean;
}

/** A market order. */
export interface MarketOrder {
  /** Canonical name. */
  readonly symbol: string;
  readonly direction: "BUY" | "SELL";
  readonly lots: number;
  /** 0: none. */
  readonly stopLoss: number;
  /** 0: none. */
  readonly takeProfit: number;
  /** Cut to 31 characters, as MT5 does. */
  readonly comment: string;
}

/** The level a quote has reached: SL at the quote (a gap fills worse), TP at its price. */
export function levelHit(
  position: Position,
  tick: MarketTick,
): { price: number; reason: "SL" | "TP" } | null {
  const { stopLoss, takeProfit } = position;
  const buy = position.direction === "BUY";
  const exit = buy ? tick.bid : tick.ask;
  if (stopLoss > 0 && (buy ? exit <= stopLoss : exit >= stopLoss)) return { price: exit, reason: "SL" };
  if (takeProfit > 0 && (buy ? exit >= takeProfit : exit <= takeProfit)) {
    return { price: takeProfit, reason: "TP" };
  }
  return null;
}

/** Whether a volume is within limits and on the symbol's step. */
export function isVolume(lots: number, spec: SymbolSpec): boolean {
  const steps = lots / spec.volumeStep;
  return lots >= spec.volumeMin && lots <= spec.volumeMax && Math.abs(steps - Math.round(steps)) < 1e-6;
}

/** MT5 measures stops from the price a position would close at, and wants them the stops level away. */
export function stopsFit(order: MarketOrder, quote: MarketTick, spec: SymbolSpec): boolean {
  const { stopLoss, takeProfit } = order;
  const level = spec.stopsLevelPips * spec.pipSize - spec.point / 2;
  const [exit, side] = order.direction === "BUY" ? [quote.bid, 1] : [quote.ask, -1];
  return (stopLoss === 0 || (exit - stopLoss) * side >= level) &&
    (takeProfit === 0 || (takeProfit - exit) * side >= level);
}
