/**
 * A paper broker: one hedging account in which market orders fill against the quotes it is shown.
 *
 * @module
 */
import { isOpen } from "../../domain/calendar.ts";
import { specOf } from "../../domain/symbol_spec.ts";
import type { SymbolSpec } from "../../protocols/symbol_spec.ts";
import { symbolName } from "../../protocols/units.ts";
import {
  type Account,
  accountOf,
  type AccountTerms,
  hasMarginFor,
  marginOf,
  type Position,
  profitOf,
  rateOf,
} from "./account.ts";
import { type BrokerOptions, isVolume, levelHit, type MarketOrder, RETCODE, stopsFit } from "./orders.ts";
import type { MarketTick } from "./prices.ts";

/** What became of an order. */
export type OrderResult =
  | { readonly ok: true; readonly position: Position }
  | { readonly ok: false; readonly retcode: number };

/** Why a position ended. */
export type ClosingReason = "SL" | "TP" | "STOP_OUT" | "EXPERT" | "CLIENT";

/** A position that ended. */
export interface Closing {
  readonly position: Position;
  readonly price: number;
  readonly reason: ClosingReason;
  /** Without commission. */
  readonly profit: number;
  readonly atMs: number;
}

/** What survives the end of the process. */
export interface BrokerState {
  readonly balance: number;
  readonly nextTicket: number;
  readonly orders: number;
  readonly positions: readonly Position[];
}

const FIRST_TICKET = 20_813_351;
const COMMENT_CHARACTERS = 31;

/** One account. It has no clock: every call says when. */
export class PaperBroker {
  readonly #options: BrokerOptions;
  readonly #quotes = new Map<string, MarketTick>();
  readonly #positions = new Map<number, Position>();
  #balance: number;
  #nextTicket = FIRST_TICKET;
  #orders = 0;

  constructor(options: BrokerOptions, state?: BrokerState) {
    this.#options = options;
    this.#balance = state?.balance ?? options.balance;
    this.#nextTicket = state?.nextTicket ?? FIRST_TICKET;
    this.#orders = state?.orders ?? 0;
    for (const position of state?.positions ?? []) this.#positions.set(position.ticket, position);
  }

  /** Open positions, oldest first. */
  get positions(): readonly Position[] {
    return [...this.#positions.values()];
  }

  get account(): Account {
    return accountOf(this.#balance, this.positions, this.#terms);
  }

  /** The last quote of a symbol. */
  quote(symbol: string): MarketTick | undefined {
    return this.#quotes.get(symbol);
  }

  /** Whether it offers a symbol at all. */
  trades(symbol: string): boolean {
    return this.#options.symbols.includes(symbol);
  }

  /** Everything that has to survive. */
  state(): BrokerState {
    return {
      balance: this.#balance,
      nextTicket: this.#nextTicket,
      orders: this.#orders,
      positions: this.positions,
    };
  }

  /** Takes in a quote: SL and TP of that symbol first, then the stop-out. Answers what closed, in that order. */
  tick(tick: MarketTick): Closing[] {
    this.#quotes.set(tick.symbol, tick);
    const closings: Closing[] = [];
    for (const position of this.positions) {
      const hit = position.symbol === tick.symbol ? levelHit(position, tick) : null;
      if (hit !== null) closings.push(this.#close(position, hit.price, hit.reason, tick.atMs));
    }
    if (this.#positions.size > 0) closings.push(...this.#stopOut(tick.atMs));
    return closings;
  }

  /** Fills a market order at once, or says why not. */
  open(order: MarketOrder, atMs: number): OrderResult {
    const spec = specOf(symbolName(order.symbol));
    const quote = this.#quotes.get(order.symbol);
    const scripted = this.#options.reject(++this.#orders);
    if (scripted !== null) return { ok: false, retcode: scripted };
    if (spec === null || quote === undefined || !this.#canValue(spec)) {
      return { ok: false, retcode: RETCODE.NO_QUOTES };
    }
    if (!this.#isOpen(order.symbol, atMs)) return { ok: false, retcode: RETCODE.MARKET_CLOSED };
    if (!isVolume(order.lots, spec)) return { ok: false, retcode: RETCODE.INVALID_VOLUME };
    if (!stopsFit(order, quote, spec)) return { ok: false, retcode: RETCODE.INVALID_STOPS };
    const position = this.#positionOf(order, this.#fillPrice(order.direction, quote, spec), atMs);
    if (!hasMarginFor(position, this.account, this.#terms)) return { ok: false, retcode: RETCODE.NO_MONEY };
    this.#nextTicket++;
    this.#positions.set(position.ticket, position);
    this.#balance = cents(this.#balance - this.#commission(position.lots));
    return { ok: true, position };
  }

  /** Closes a position at the market, for the EA or for a person at the terminal. */
  close(
    ticket: number,
    atMs: number,
    reason: "EXPERT" | "CLIENT" = "EXPERT",
  ): Closing | { readonly retcode: number } {
    const position = this.#positions.get(ticket);
    if (position === undefined) return { retcode: RETCODE.POSITION_CLOSED };
    const quote = this.#quotes.get(position.symbol);
    const spec = specOf(symbolName(position.symbol));
    if (quote === undefined || spec === null) return { retcode: RETCODE.NO_QUOTES };
    if (!this.#isOpen(position.symbol, atMs)) return { retcode: RETCODE.MARKET_CLOSED };
    const price = this.#fillPrice(position.direction === "BUY" ? "SELL" : "BUY", quote, spec);
    return this.#close(position, price, reason, atMs);
  }

  /** Profit of an open position at the current quote, without commission; 0 before the first quote. */
  floating(position: Position): number {
    return profitOf(position, null, this.#terms);
  }

  /** The price a position would close at now; its opening price before the first quote. */
  currentPrice(position: Position): number {
    const quote = this.#quotes.get(position.symbol);
    if (quote === undefined) return position.openPrice;
    return position.direction === "BUY" ? quote.bid : quote.ask;
  }

  get #terms(): AccountTerms {
    const { currency, leverage } = this.#options;
    return { currency, leverage, quotes: this.#quotes };
  }

  #isOpen(symbol: string, atMs: number): boolean {
    return this.#options.isOpen?.(symbol, atMs) ?? isOpen(symbolName(symbol), atMs);
  }

  /** Whether profit and margin of a symbol can be had in account currency. */
  #canValue(spec: SymbolSpec): boolean {
    const currencies = [spec.baseCurrency, spec.quoteCurrency];
    return currencies.every((one) => rateOf(one, this.#options.currency, this.#quotes) !== null);
  }

  #positionOf(order: MarketOrder, openPrice: number, atMs: number): Position {
    const { symbol, direction, lots, stopLoss, takeProfit } = order;
    const comment = order.comment.slice(0, COMMENT_CHARACTERS);
    const ticket = this.#nextTicket;
    return { ticket, symbol, direction, lots, stopLoss, takeProfit, comment, openPrice, openedAtMs: atMs };
  }

  #fillPrice(direction: "BUY" | "SELL", quote: MarketTick, spec: SymbolSpec): number {
    const points = Math.floor(this.#options.random() * (this.#options.slippagePointsMax + 1));
    const price = direction === "BUY" ? quote.ask + points * spec.point : quote.bid - points * spec.point;
    return Number(price.toFixed(spec.digits));
  }

  #commission(lots: number): number {
    return this.#options.commissionPerLot * lots / 2;
  }

  #close(position: Position, price: number, reason: ClosingReason, atMs: number): Closing {
    const profit = cents(profitOf(position, price, this.#terms));
    this.#positions.delete(position.ticket);
    this.#balance = cents(this.#balance + profit - this.#commission(position.lots));
    return { position, price, reason, profit, atMs };
  }

  #stopOut(atMs: number): Closing[] {
    const closings: Closing[] = [];
    while (this.#positions.size > 0 && marginOf(this.positions, this.#terms) > 0) {
      if (this.account.marginLevelPercent > this.#options.stopOutLevelPercent) break;
      const worst = this.positions.reduce((a, b) => this.floating(b) < this.floating(a) ? b : a);
      closings.push(this.#close(worst, this.currentPrice(worst), "STOP_OUT", atMs));
    }
    return closings;
  }
}

function cents(money: number): number {
  return Math.round(money * 100) / 100;
}
