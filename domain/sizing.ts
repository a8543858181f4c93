/**
 * Sizing: how many lots lose no more than the risk asked for, and leave the account its free margin.
 *
 * Lots are rounded down to the step; below the minimum there is no fire, since rounding up would risk more than
 * was allowed. No input has a default: an unknown rate, balance or leverage is a no of its own.
 *
 * @module
 */
import type { Refusal } from "../protocols/gates.ts";
import type { SymbolSpec } from "../protocols/symbol_spec.ts";
import type { Quote } from "../protocols/tick.ts";
import { type Direction, type Lots, lots, type Money, money, type Price } from "../protocols/units.ts";
import { costOf, type Rate, type RateContext } from "./rates.ts";

/** Costs and reserves that a broker's wire does not tell. */
export interface SizingTerms {
  /** Counted on top of the distance to the stop, pips. */
  readonly slippagePips: number;
  /** Round turn, USD per lot. */
  readonly commissionUsd: number;
  /** Percent of the balance that stays free margin with every open stop hit. */
  readonly freeMarginPercentMin: number;
  /** Metals bind margin at this leverage at most, whatever the account's. */
  readonly metalLeverageMax: number;
}

/** What the account is, and what already weighs on it. */
export interface SizingAccount {
  readonly balance: number;
  readonly equity: number;
  readonly currency: string;
  readonly leverage: number | null;
  /** Loss of every open fire of this account at its stop. */
  readonly openRiskMoney: number;
  /** Margin bound by open positions and by fires on their way. */
  readonly usedMargin: number;
}

/** Everything a size depends on. */
export interface SizingInput {
  readonly direction: Direction;
  readonly stopLoss: Price;
  readonly quote: Pick<Quote, "bid" | "ask">;
  readonly spec: SymbolSpec;
  readonly account: SizingAccount;
  /** Percent of min(balance, equity) to lose at the stop. */
  readonly riskPercent: number;
  readonly rates: RateContext;
  readonly terms: SizingTerms;
}

/** A size with the figures it rests on; `lots` may be below the minimum or above the maximum of the symbol. */
export interface Size {
  /** The smaller of `riskLots` and `marginLots`; never to be fired while `marginRefusal` says no. */
  readonly lots: Lots;
  /** By the risk alone, on the step. */
  readonly riskLots: number;
  /** By the free margin alone, on the step; null when the leverage is unknown. */
  readonly marginLots: number | null;
  /** Slippage and commission included, in the account's currency. */
  readonly lossPerLot: number;
  readonly marginPerLot: number | null;
  /** What was asked for: min(balance, equity) × risk %. */
  readonly budget: Money;
  readonly riskMoney: Money;
  /** Of min(balance, equity). */
  readonly riskPercent: number;
  readonly marginMoney: Money | null;
}

/** Generation 2 writes a lot with two decimals. */
const WIRE_STEP = 0.01;

/** Distance from the opening side of the quote to the stop, in price: BUY from ask, SELL from bid. */
export function stopDistance(
  direction: Direction,
  stopLoss: number,
  quote: Pick<Quote, "bid" | "ask">,
): number {
  return direction === "BUY" ? quote.ask - stopLoss : stopLoss - quote.bid;
}

/** Both rates a size needs, or why one is missing: quote currency and USD to the account's. */
export function sizingRates(
  spec: SymbolSpec,
  currency: string,
  rates: RateContext,
):
  | { readonly ok: true; readonly quoteRate: number; readonly usdRate: number }
  | Extract<Rate, { ok: false }> {
  const quoteRate = costOf(spec.quoteCurrency, currency, rates);
  if (!quoteRate.ok) return quoteRate;
  const usdRate = costOf("USD", currency, rates);
  if (!usdRate.ok) return usdRate;
  return { ok: true, quoteRate: quoteRate.rate, usdRate: usdRate.rate };
}

/** Why the account's money is unknown, or null. */
export function balanceFault(
  account: { readonly balance: number; readonly equity: number } | null,
): string | null {
  if (account === null) return "the EA has not told its balance yet";
  if (!(Number.isFinite(account.balance) && account.balance > 0)) return `balance is ${account.balance}`;
  if (!(Number.isFinite(account.equity) && account.equity > 0)) return `equity is ${account.equity}`;
  return null;
}

/** Rounds down to a volume step, at least the wire's two decimals; 0 for anything not finite or negative. */
export function floorToStep(volume: number, step: number): number {
  const unit = Math.max(step, WIRE_STEP);
  const steps = volume / unit;
  if (!(Number.isFinite(steps) && steps > 0)) return 0;
  // 0.3 / 0.1 is 2.9999999999999996: a hair below a whole step is that step.
  return onStep(Math.floor(steps + 1e-9), unit);
}

/**
 * Computes a size; null when a rate is missing.
 *
 * @throws when the stop is not on the losing side of the quote, or the money is not finite and positive
 */
export function computeSize(input: SizingInput): Size | null {
  const rates = sizingRates(input.spec, input.account.currency, input.rates);
  if (!rates.ok) return null;
  checkSizing(input);
  const lossPerLot = lossOfOneLot(input, rates.quoteRate, rates.usdRate);
  const marginPerLot = marginOfOneLot(input, rates.quoteRate);
  const capital = Math.min(input.account.balance, input.account.equity);
  const budget = capital * input.riskPercent / 100;
  const riskLots = largest(budget, lossPerLot, input.spec.volumeStep);
  const marginLots = marginPerLot === null
    ? null
    : largest(spareMargin(input), lossPerLot + marginPerLot, input.spec.volumeStep);
  const size = Math.min(riskLots, marginLots ?? riskLots);
  return {
    lots: lots(size),
    riskLots,
    marginLots,
    lossPerLot,
    marginPerLot,
    budget: money(budget),
    riskMoney: money(size * lossPerLot),
    riskPercent: size * lossPerLot / capital * 100,
    marginMoney: marginPerLot === null ? null : money(size * marginPerLot),
  };
}

/**
 * Sizes a fire, or says which gate refuses it.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { sizeFire } from "./sizing.ts";
 * import { specOf } from "./symbol_spec.ts";
 * import { price, symbolName } from "../protocols/units.ts";
 *
 * const sized = sizeFire({
 *   direction: "BUY",
 *   stopLoss: price(1.1635),
 *   quote: { bid: price(1.1649), ask: price(1.165) },
 *   spec: specOf(symbolName("EURUSD"))!,
 *   account: { balance: 10_000, equity: 10_000, currency: "USD", leverage: 500, openRiskMoney: 0, usedMargin: 0 },
 *   riskPercent: 5,
 *   rates: { quotes: new Map(), nowMs: 0, maxAgeMs: 60_000 },
 *   terms: { slippagePips: 1, commissionUsd: 7, freeMarginPercentMin: 20, metalLeverageMax: 100 },
 * });
 * // 500 USD over (15 + 1) pips × 10 USD + 7 USD = 167 USD a lot.
 * assert.equal(sized.ok && sized.size.lots, 2.99);
 * ```
 *
 * @throws when the stop is not on the losing side of the quote
 */
export function sizeFire(
  input: SizingInput,
): { readonly ok: true; readonly size: Size } | { readonly ok: false; readonly refusal: Refusal } {
  const rates = sizingRates(input.spec, input.account.currency, input.rates);
  if (!rates.ok) return { ok: false, refusal: { code: "RATE_UNKNOWN", reason: rates.reason } };
  const fault = balanceFault(input.account);
  if (fault !== null) return { ok: false, refusal: { code: "BALANCE_UNKNOWN", reason: fault } };
  const size = computeSize(input)!;
  const refusal = volumeRefusal(size, input.spec) ?? marginRefusal(size, input.spec);
  return refusal === null ? { ok: true, size } : { ok: false, refusal };
}

/** The refusal of a volume outside the symbol's limits, or null. */
export function volumeRefusal(size: Size, spec: SymbolSpec): Refusal | null {
  if (!(size.riskLots >= spec.volumeMin)) {
    const asked = (size.budget / size.lossPerLot).toFixed(4);
    return {
      code: "VOLUME_BELOW_MIN",
      reason: `${money2(size.budget)} at ${
        money2(size.lossPerLot)
      } a lot is ${asked} lots, least is ${spec.volumeMin}`,
    };
  }
  if (!(size.lots <= spec.volumeMax)) {
    return { code: "VOLUME_ABOVE_MAX", reason: `${size.lots} lots, most is ${spec.volumeMax}` };
  }
  return null;
}

/** The refusal of a size that the free margin does not carry, or null. */
export function marginRefusal(size: Size, spec: SymbolSpec): Refusal | null {
  if (size.marginPerLot === null) {
    return { code: "MARGIN_INSUFFICIENT", reason: "the account's leverage is unknown" };
  }
  if (size.marginLots !== null && size.marginLots >= spec.volumeMin) return null;
  const reason = `free margin carries ${size.marginLots} lots at ${
    money2(size.marginPerLot)
  } a lot, least is ${spec.volumeMin}`;
  return { code: "MARGIN_INSUFFICIENT", reason };
}

function lossOfOneLot(input: SizingInput, quoteRate: number, usdRate: number): number {
  const distance = stopDistance(input.direction, input.stopLoss, input.quote) +
    input.terms.slippagePips * input.spec.pipSize;
  return distance * input.spec.contractSize * quoteRate + input.terms.commissionUsd * usdRate;
}

function marginOfOneLot(input: SizingInput, quoteRate: number): number | null {
  const { leverage } = input.account;
  if (leverage === null || !Number.isFinite(leverage) || leverage <= 0) return null;
  const metal = input.spec.baseCurrency === "XAU" || input.spec.baseCurrency === "XAG";
  const applied = metal ? Math.min(leverage, input.terms.metalLeverageMax) : leverage;
  return input.spec.contractSize * input.quote.ask * quoteRate / applied;
}

/** What may still be bound or lost. Floating losses beyond the stops are those of positions that are not ours. */
function spareMargin(input: SizingInput): number {
  const { balance, equity, openRiskMoney, usedMargin } = input.account;
  const loss = Math.max(openRiskMoney, balance - equity);
  return balance * (1 - input.terms.freeMarginPercentMin / 100) - loss - usedMargin;
}

/** The most lots on the step whose cost stays within `budget`, in floating point too. */
function largest(budget: number, costPerLot: number, step: number): number {
  const unit = Math.max(step, WIRE_STEP);
  const floored = floorToStep(budget / costPerLot, step);
  return floored * costPerLot <= budget ? floored : Math.max(0, onStep(Math.round(floored / unit) - 1, unit));
}

function onStep(steps: number, unit: number): number {
  return Number((steps * unit).toFixed(8));
}

function checkSizing(input: SizingInput): void {
  const distance = stopDistance(input.direction, input.stopLoss, input.quote);
  if (!(distance > 0)) {
    throw new Error(`Cannot size a fire as the stop distance must be > 0: current value is ${distance}`);
  }
  const fault = balanceFault(input.account);
  if (fault !== null) throw new Error(`Cannot size a fire as its account must be known: ${fault}`);
}

function money2(value: number): string {
  return value.toFixed(2);
}
