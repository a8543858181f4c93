/**
 * Risk: what a user's stored fires and his account say about open risk, exposure, losses and pace.
 *
 * Everything is derived from the fires each time; no counter stands beside them that could drift.
 *
 * @module
 */
import type { Fire } from "../protocols/fire.ts";
import type { SymbolSpec } from "../protocols/symbol_spec.ts";
import type { Direction, SymbolName } from "../protocols/units.ts";
import { newYorkMinute, newYorkOffsetMs } from "./calendar.ts";
import { holdsSlot } from "./fire.ts";

const DAY_MINUTES = 1_440;
const ROLLOVER_MINUTE = 17 * 60;
const MINUTE_MS = 60_000;

/**
 * The last 17:00 New York at or before a moment, UTC ms: where a trading day begins.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { tradingDayStart } from "./risk.ts";
 *
 * assert.equal(tradingDayStart(Date.UTC(2026, 0, 14, 21, 59)), Date.UTC(2026, 0, 13, 22));
 * assert.equal(tradingDayStart(Date.UTC(2026, 6, 14, 21)), Date.UTC(2026, 6, 14, 21));
 * ```
 */
export function tradingDayStart(atMs: number): number {
  const minutes = (newYorkMinute(atMs) - ROLLOVER_MINUTE + DAY_MINUTES) % DAY_MINUTES;
  const guess = Math.floor(atMs / MINUTE_MS) * MINUTE_MS - minutes * MINUTE_MS;
  return guess + newYorkOffsetMs(atMs) - newYorkOffsetMs(guess);
}

/** Percent at risk over every fire that holds a slot, as each was sized. */
export function openRiskPercent(fires: readonly Fire[]): number {
  return fires.filter(holdsSlot).reduce((sum, fire) => sum + fire.riskPercent, 0);
}

/** Money at risk over every fire that holds a slot; of one account, since accounts differ in currency. */
export function openRiskMoney(fires: readonly Fire[]): number {
  return fires.filter(holdsSlot).reduce((sum, fire) => sum + fire.riskMoney, 0);
}

/** Margin that fires holding a slot are expected to bind; an unknown margin makes the sum NaN, which trips limits. */
export function boundMargin(fires: readonly Fire[]): number {
  return fires.filter(holdsSlot).reduce((sum, fire) => sum + (fire.marginMoney ?? NaN), 0);
}

/** A position for the sum of exposures. */
export interface Exposed {
  readonly symbol: SymbolName;
  readonly direction: Direction;
  readonly riskPercent: number;
}

/**
 * Net risk per currency, percent, signed: a BUY of EURUSD is long EUR and short USD by its risk.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { currencyExposure } from "./risk.ts";
 * import { specOf } from "./symbol_spec.ts";
 * import { symbolName } from "../protocols/units.ts";
 *
 * const exposure = currencyExposure([
 *   { symbol: symbolName("EURUSD"), direction: "BUY", riskPercent: 5 },
 *   { symbol: symbolName("USDJPY"), direction: "BUY", riskPercent: 2 },
 * ], specOf);
 * assert.deepEqual([...exposure], [["EUR", 5], ["USD", -3], ["JPY", -2]]);
 * ```
 */
export function currencyExposure(
  positions: readonly Exposed[],
  specFor: (symbol: SymbolName) => Pick<SymbolSpec, "baseCurrency" | "quoteCurrency"> | null,
): ReadonlyMap<string, number> {
  const net = new Map<string, number>();
  for (const { symbol, direction, riskPercent } of positions) {
    const spec = specFor(symbol);
    // A symbol without a spec is an exposure of its own: left out, it would be counted as none.
    const [base, quote] = spec === null ? [symbol, "?"] : [spec.baseCurrency, spec.quoteCurrency];
    const signed = direction === "BUY" ? riskPercent : -riskPercent;
    net.set(base, (net.get(base) ?? 0) + signed);
    net.set(quote, (net.get(quote) ?? 0) - signed);
  }
  return net;
}

/**
 * A closed fire's result in the account's currency: the broker's figure, else by its close price in shares of the
 * risk, else the whole risk as lost.
 */
export function resultOf(fire: Fire): number {
  if (fire.profit !== null) return fire.profit;
  if (fire.closePrice === null) return -fire.riskMoney;
  const opened = fire.fillPrice ?? fire.entry;
  const move = fire.direction === "BUY" ? fire.closePrice - opened : opened - fire.closePrice;
  return fire.riskMoney * move / Math.abs(fire.entry - fire.stopLoss);
}

/** Sum of the results of fires closed at or after a moment. */
export function realisedSince(fires: readonly Fire[], sinceMs: number): number {
  return fires
    .filter((fire) => fire.status === "closed" && (fire.closedAtMs ?? 0) >= sinceMs)
    .reduce((sum, fire) => sum + resultOf(fire), 0);
}

/**
 * Loss since the day began, percent of the equity it began with; negative for a gain.
 *
 * @param realised result of the day's closed fires
 * @param assumed money counted as lost on top, positive (`prop`: every open stop)
 */
export function dailyLossPercent(
  account: { readonly balance: number; readonly equity: number },
  realised: number,
  assumed = 0,
): number {
  const result = realised + account.equity - account.balance;
  const startEquity = account.equity - result;
  return startEquity > 0 ? (assumed - result) / startEquity * 100 : NaN;
}

/** From the highest balance known to the equity now, percent; 0 at a new high. */
export function drawdownPercent(
  fires: readonly Fire[],
  account: { readonly balance: number; readonly equity: number },
): number {
  const peak = fires.reduce((most, fire) => Math.max(most, fire.preSendBalance ?? 0), account.balance);
  return Math.max(0, (peak - account.equity) / peak * 100);
}

/** The losses in a row that end with the latest closed fire, and when the latest of them closed. */
export function lossStreak(
  fires: readonly Fire[],
): { readonly losses: number; readonly lastAtMs: number | null } {
  const closed = fires
    .filter((fire) => fire.status === "closed" && fire.closedAtMs !== null)
    .toSorted((one, other) => (other.closedAtMs ?? 0) - (one.closedAtMs ?? 0));
  const end = closed.findIndex((fire) => resultOf(fire) >= 0);
  const losses = end < 0 ? closed.length : end;
  return { losses, lastAtMs: losses === 0 ? null : closed[0]?.closedAtMs ?? null };
}

/** Fires asked for at or after a moment that were not refused by ourselves. */
export function firesSince(fires: readonly Fire[], sinceMs: number): number {
  return fires.filter((fire) => fire.requestedAtMs >= sinceMs && fire.status !== "refused").length;
}
