/**
 * Facts: everything the gates of one decision look at, gathered once.
 *
 * @module
 */
import type { AutofireSettings, NewsEvent } from "../../protocols/autofire.ts";
import type { AccountState, EaView } from "../../protocols/ea.ts";
import type { Fire } from "../../protocols/fire.ts";
import type { Mission, Signal } from "../../protocols/signal.ts";
import type { SymbolSpec } from "../../protocols/symbol_spec.ts";
import type { Quote } from "../../protocols/tick.ts";
import type { SymbolName } from "../../protocols/units.ts";
import type { User } from "../../protocols/user.ts";
import { holdsSlot } from "../fire.ts";
import type { Plan } from "../live_price.ts";
import type { RateContext } from "../rates.ts";
import { boundMargin, openRiskMoney } from "../risk.ts";
import { computeSize, type Size, type SizingInput } from "../sizing.ts";
import { roundPrice, specOf } from "../symbol_spec.ts";

/** What a decision is asked with: plain values, no actor behind them. */
export interface DecisionContext {
  readonly origin: Fire["origin"];
  readonly signal: Signal;
  readonly user: User;
  readonly settings: AutofireSettings;
  /** The house's kill switch. */
  readonly halted: boolean;
  /** Market clock, UTC ms. */
  readonly nowMs: number;
  /** Added to every limit on age. */
  readonly slackMs: number;
  /** What is fired by hand; null for auto-fire. */
  readonly mission: Mission | null;
  /** The EA asked to carry the fire; null when the user has none. */
  readonly ea: EaView | null;
  /** The user's fires over all EAs: every open one, and the ended ones of the time that limits look back on. */
  readonly fires: readonly Fire[];
  /** Null when no calendar of announcements is configured. */
  readonly news: readonly NewsEvent[] | null;
}

/** A decision's context with what follows from it. */
export interface Facts extends DecisionContext {
  /** Holding a slot, over all EAs of the user, the EA's own ledger included. */
  readonly openFires: readonly Fire[];
  /** Those of the EA asked. */
  readonly eaFires: readonly Fire[];
  readonly spec: SymbolSpec | null;
  readonly quote: Quote | null;
  readonly account: AccountState | null;
  readonly currency: string | null;
  /** The signal's levels on the symbol's digits: what is checked and sized is what is sent. */
  readonly plan: Plan;
  readonly rates: RateContext;
  /** The size, computed at the first call; only asked for after the gates that make it computable. */
  readonly size: () => Size;
}

/** A gate: its reason for a no, with numbers, or null. */
export type Gate = (facts: Facts) => string | null;

/** Gathers the facts of one decision. */
export function gatherFacts(context: DecisionContext): Facts {
  const { ea, signal } = context;
  const openFires = unite(context.fires.filter(holdsSlot), ea?.openFires ?? []);
  const spec = specFor(ea, signal.symbol);
  const partial = {
    ...context,
    openFires,
    eaFires: openFires.filter((fire) => fire.eaId === ea?.ea.id),
    spec,
    quote: ea?.quotes.get(signal.symbol) ?? null,
    account: ea?.account ?? null,
    currency: ea?.account?.currency ?? ea?.ea.currency ?? null,
    plan: planOf(signal, spec),
    rates: ratesOf(context),
  };
  let size: Size | undefined;
  const facts: Facts = { ...partial, size: () => size ??= need(computeSize(sizingInput(facts)), "rates") };
  return facts;
}

/** The symbol's terms for this EA: its own or an operator's row, else the built-in table. */
export function specFor(ea: EaView | null, symbol: SymbolName): SymbolSpec | null {
  return ea?.specs.get(symbol) ?? specOf(symbol);
}

/**
 * A value that an earlier gate vouched for.
 *
 * @throws when it is missing after all
 */
export function need<T>(value: T | null | undefined, name: string): T {
  if (value === null || value === undefined) {
    throw new Error(`Cannot ask a gate as ${name} must be known by then: current value is ${value}`);
  }
  return value;
}

/** Seconds in words, without decimals. */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(0)} s`;
}

function unite(own: readonly Fire[], ledger: readonly Fire[]): readonly Fire[] {
  const known = new Set(own.map((fire) => fire.id));
  return [...own, ...ledger.filter((fire) => !known.has(fire.id))];
}

function planOf(signal: Signal, spec: SymbolSpec | null): Plan {
  if (spec === null) return signal;
  return {
    direction: signal.direction,
    entry: signal.entry,
    stopLoss: roundPrice(spec, signal.stopLoss),
    takeProfit: roundPrice(spec, signal.takeProfit),
  };
}

function ratesOf(context: DecisionContext): RateContext {
  return {
    quotes: context.ea?.quotes ?? new Map(),
    nowMs: context.nowMs,
    maxAgeMs: context.settings.rateMaxAgeMs + context.slackMs,
    units: context.settings.currencyUnits,
  };
}

function sizingInput(facts: Facts): SizingInput {
  const account = need(facts.account, "account");
  return {
    direction: facts.signal.direction,
    stopLoss: facts.plan.stopLoss,
    quote: need(facts.quote, "quote"),
    spec: need(facts.spec, "spec"),
    account: {
      balance: account.balance,
      equity: account.equity,
      currency: need(facts.currency, "currency"),
      leverage: account.leverage ?? facts.ea?.ea.leverage ?? null,
      openRiskMoney: openRiskMoney(facts.eaFires),
      usedMargin: Math.max(account.margin ?? 0, boundMargin(facts.eaFires)),
    },
    riskPercent: facts.user.riskPercent,
    rates: facts.rates,
    terms: facts.settings,
  };
}
