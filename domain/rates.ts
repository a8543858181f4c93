/**
 * Rates: what one unit of a currency costs in another, from the live quotes of one feed.
 *
 * Directly, by the inverse pair, or through USD; always the costlier side, so that a loss is never counted too
 * small. A missing or old quote is a no with its reason: no rate is ever made up.
 *
 * @module
 */
import type { Quote } from "../protocols/tick.ts";
import { type SymbolName, symbolName } from "../protocols/units.ts";

/** A rate, or why there is none. */
export type Rate =
  | { readonly ok: true; readonly rate: number }
  | { readonly ok: false; readonly reason: string };

/** A unit of account that is a fraction of an ISO 4217 currency: a cent account's `USC` is 0.01 `USD`. */
export interface CurrencyUnit {
  readonly currency: string;
  /** How many of `currency` one unit is. */
  readonly worth: number;
}

/** The feed, the moment, and how old a leg may be. */
export interface RateContext {
  readonly quotes: ReadonlyMap<SymbolName, Quote>;
  readonly nowMs: number;
  /** Age limit of each leg, slack included, by arrival. */
  readonly maxAgeMs: number;
  /** Units of account outside ISO 4217, given by an operator. */
  readonly units?: Readonly<Record<string, CurrencyUnit>>;
}

/** Legs of a conversion may be this old, ms. */
export const RATE_MAX_AGE_MS = 60_000;

/** ISO 4217 active currency codes, without funds and testing codes. */
const ISO_4217: ReadonlySet<string> = new Set(
  ("AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF " +
    "CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL " +
    "HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD " +
    "MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG " +
    "QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD " +
    "TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG").split(" "),
);

/**
 * The price of one unit of `from` in units of `to`, on the costlier side.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { costOf } from "./rates.ts";
 * import { price, symbolName } from "../protocols/units.ts";
 *
 * const usdjpy = { symbol: symbolName("USDJPY"), bid: price(150), ask: price(150.02), atMs: 0, receivedAtMs: 0 };
 * const context = { quotes: new Map([[usdjpy.symbol, usdjpy]]), nowMs: 1_000, maxAgeMs: 60_000 };
 * assert.deepEqual(costOf("JPY", "USD", context), { ok: true, rate: 1 / 150 });
 * assert.equal(costOf("CHF", "USD", context).ok, false);
 * ```
 */
export function costOf(from: string, to: string, context: RateContext): Rate {
  const unit = context.units?.[to];
  if (unit !== undefined) return perUnit(costOf(from, unit.currency, { ...context, units: {} }), unit, to);
  if (!ISO_4217.has(to)) {
    return no(`account currency ${to} is not in ISO 4217: an operator must say what it is worth`);
  }
  if (from === to) return { ok: true, rate: 1 };
  const straight = pair(from, to, context);
  if (straight.ok || from === "USD" || to === "USD") return straight;
  const first = pair(from, "USD", context);
  if (!first.ok) return first;
  const second = pair("USD", to, context);
  return second.ok ? { ok: true, rate: first.rate * second.rate } : second;
}

function perUnit(rate: Rate, unit: CurrencyUnit, name: string): Rate {
  if (!(unit.worth > 0)) {
    return no(`the worth of ${name} in ${unit.currency} must be positive: ${unit.worth}`);
  }
  return rate.ok ? { ok: true, rate: rate.rate / unit.worth } : rate;
}

function pair(from: string, to: string, context: RateContext): Rate {
  const direct = fresh(from + to, context);
  if (typeof direct !== "string") return { ok: true, rate: direct.ask };
  const inverse = fresh(to + from, context);
  if (typeof inverse !== "string") return { ok: true, rate: 1 / inverse.bid };
  return no(`no rate from ${from} to ${to}: ${direct}, ${inverse}`);
}

function fresh(name: string, context: RateContext): Quote | string {
  const quote = context.quotes.get(symbolName(name));
  if (quote === undefined) return `${name} has no quote`;
  const ageMs = context.nowMs - quote.receivedAtMs;
  if (!(ageMs <= context.maxAgeMs)) return `${name} is ${Math.round(ageMs / 1000)} s old`;
  if (!(quote.bid > 0 && quote.ask >= quote.bid && Number.isFinite(quote.ask))) return `${name} is unsound`;
  return quote;
}

function no(reason: string): Rate {
  return { ok: false, reason };
}
