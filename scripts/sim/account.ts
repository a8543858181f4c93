/**
 * The arithmetic of a hedging account: profit, margin and rates, from one broker's own quotes.
 *
 * @module
 */
import { specOf } from "../../domain/symbol_spec.ts";
import { symbolName } from "../../protocols/units.ts";
import type { MarketTick } from "./prices.ts";

/** An open position. */
export interface Position {
  readonly ticket: number;
  /** Canonical name. */
  readonly symbol: string;
  readonly direction: "BUY" | "SELL";
  readonly lots: number;
  readonly openPrice: number;
  /** 0: none. */
  readonly stopLoss: number;
  /** 0: none. */
  readonly takeProfit: number;
  /** The order's comment, at most 31 characters. */
  readonly comment: string;
  readonly openedAtMs: number;
}

/** The numbers of an account, in its currency. */
export interface Account {
  readonly balance: number;
  readonly equity: number;
  readonly margin: number;
  readonly freeMargin: number;
  /** Equity as percent of margin; 0 without positions, as MT5 shows it. */
  readonly marginLevelPercent: number;
}

/** What converts positions into account currency. */
export interface AccountTerms {
  readonly currency: string;
  readonly leverage: number;
  readonly quotes: ReadonlyMap<string, MarketTick>;
}

/** Brokers lend less on metals. */
const METAL_LEVERAGE_MAX = 100;

/** The account with its positions valued at the quotes. */
export function accountOf(balance: number, positions: readonly Position[], terms: AccountTerms): Account {
  const equity = positions.reduce((sum, position) => sum + profitOf(position, null, terms), balance);
  const margin = marginOf(positions, terms);
  const marginLevelPercent = margin > 0 ? equity / margin * 100 : 0;
  return { balance, equity, margin, freeMargin: equity - margin, marginLevelPercent };
}

/** Whether the free margin bears one more position. */
export function hasMarginFor(position: Position, account: Account, terms: AccountTerms): boolean {
  return marginOf([position], terms) <= account.freeMargin;
}

/** Margin of positions, every leg counted, hedged ones too; a leg without quotes counts when they come. */
export function marginOf(positions: readonly Position[], terms: AccountTerms): number {
  return positions.reduce((sum, { symbol, lots }) => {
    const spec = specOf(symbolName(symbol))!;
    const metal = spec.baseCurrency.startsWith("XA");
    const leverage = metal ? Math.min(terms.leverage, METAL_LEVERAGE_MAX) : terms.leverage;
    const value = rateOf(spec.baseCurrency, terms.currency, terms.quotes) ?? 0;
    return sum + lots * spec.contractSize * value / leverage;
  }, 0);
}

/** Profit at `exitPrice`, or, when null, at the quote it would close at; 0 while there is no quote. */
export function profitOf(position: Position, exitPrice: number | null, terms: AccountTerms): number {
  const spec = specOf(symbolName(position.symbol))!;
  const buy = position.direction === "BUY";
  const quote = terms.quotes.get(position.symbol);
  const exit = exitPrice ?? (buy ? quote?.bid : quote?.ask);
  const rate = rateOf(spec.quoteCurrency, terms.currency, terms.quotes);
  if (exit === undefined || rate === null) return 0;
  return (buy ? exit - position.openPrice : position.openPrice - exit) * position.lots * spec.contractSize *
    rate;
}

/** Mid price of one unit of `from` in `to`: directly, by the inverse pair, or through USD; null without quotes. */
export function rateOf(from: string, to: string, quotes: ReadonlyMap<string, MarketTick>): number | null {
  if (from === to) return 1;
  const direct = quotes.get(from + to);
  if (direct !== undefined) return (direct.bid + direct.ask) / 2;
  const inverse = quotes.get(to + from);
  if (inverse !== undefined) return 2 / (inverse.bid + inverse.ask);
  if (from === "USD" || to === "USD") return null;
  const [first, second] = [rateOf(from, "USD", quotes), rateOf("USD", to, quotes)];
  return first === null || second === null ? null : first * second;
}
