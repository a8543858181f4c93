/**
 * Candidates: what the inference of closes is told of each position that is, or may be, open.
 *
 * @module
 */
import type { AutofireSettings } from "../../protocols/autofire.ts";
import type { Fire } from "../../protocols/fire.ts";
import type { Candidate, Range } from "../close_inference.ts";
import { costOf, type RateContext } from "../rates.ts";
import { specOf } from "../symbol_spec.ts";
import type { Draft } from "./draft.ts";
import { marginOf, type MarketView, type Moment } from "./ledger.ts";

/** Heartbeats since its fill from which on the margin alone speaks for a position. */
const SEASONED_HEARTBEATS = 2;

/** What weighing needs beside the draft. */
export interface Scales {
  readonly market: MarketView;
  readonly settings: AutofireSettings;
  readonly at: Moment;
  /** Arrival of the heartbeat, market clock. */
  readonly receivedAtMs: number;
}

/** One position as the inference sees it: margin, what its close would have brought, and what speaks for it. */
export function candidateOf(draft: Draft, fire: Fire, scales: Scales): Candidate {
  const { evidence } = draft.ledger;
  const rates = ratesOf(scales);
  const currency = draft.ledger.account?.currency ?? null;
  return {
    id: fire.id,
    margin: marginOf(draft.ledger, fire),
    included: evidence.included.includes(fire.id),
    touched: evidence.touches[fire.id] !== undefined,
    result: resultRange(draft, fire, currency, scales),
    commission: scales.settings.commissionUsd * fire.lots * rateOf("USD", currency, rates),
    seasoned: (evidence.heartbeats[fire.id] ?? 0) >= SEASONED_HEARTBEATS,
    maybe: fire.status === "ambiguous",
  };
}

/** What a close would have brought: at the crossed level, or anywhere the exit side was seen since the base. */
function resultRange(draft: Draft, fire: Fire, currency: string | null, scales: Scales): Range | null {
  const { evidence } = draft.ledger;
  const touch = evidence.touches[fire.id];
  const seen = evidence.ranges[fire.id];
  const prices = touch !== undefined
    ? [touch.price, touch.level === "SL" ? fire.stopLoss : fire.takeProfit]
    : [...(seen === undefined ? [] : [seen.low, seen.high]), ...(evidence.unobserved ? levels(fire) : [])];
  const results = prices.map((each) => resultAt(fire, each, currency, scales));
  if (results.length === 0 || results.some((each) => !Number.isFinite(each))) return null;
  return { low: Math.min(...results), high: Math.max(...results) };
}

/** While the house was away the exit side may have been anywhere between the levels. */
function levels(fire: Fire): readonly number[] {
  return [fire.stopLoss, fire.takeProfit];
}

function resultAt(fire: Fire, exit: number, currency: string | null, scales: Scales): number {
  const spec = scales.market.specs.get(fire.symbol) ?? specOf(fire.symbol);
  if (spec === null) return NaN;
  const opened = fire.fillPrice ?? fire.entry;
  const move = fire.direction === "BUY" ? exit - opened : opened - exit;
  const lots = fire.filledLots ?? fire.lots;
  return move * lots * spec.contractSize * rateOf(spec.quoteCurrency, currency, ratesOf(scales));
}

function rateOf(from: string, to: string | null, rates: RateContext): number {
  const found = to === null ? null : costOf(from, to, rates);
  return found?.ok ? found.rate : NaN;
}

function ratesOf({ market, settings, at }: Scales): RateContext {
  return {
    quotes: market.quotes,
    nowMs: at.nowMs,
    maxAgeMs: settings.rateMaxAgeMs + at.slackMs,
    units: settings.currencyUnits,
  };
}
