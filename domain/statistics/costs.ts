/**
 * Costs: R after what a broker takes beyond the spread.
 *
 * The spread is in every outcome already, as a BUY opens at ask and exits on bid. What is left is slippage and
 * commission: cost in R = (slippage pips + commission per lot / pip value per lot) / stop pips.
 *
 * @module
 */
import { type Pips, pips, type SymbolName } from "../../protocols/units.ts";
import type { SignalRecord } from "../../protocols/store.ts";
import type { SymbolSpec } from "../../protocols/symbol_spec.ts";
import { type Returns, returnsOf } from "./returns.ts";
import { isDecided, meanOf } from "./tracked.ts";

/** What a broker takes of one symbol beyond the spread. */
export interface SymbolCosts {
  /** What one pip of one lot is worth, USD, positive. */
  readonly pipValueUsd: number;
  /** Lost by entry and exit together, pips >= 0. */
  readonly slippagePips: number;
  /** Commission of a round turn, USD per lot, >= 0. */
  readonly commissionUsd: number;
}

/** Costs by symbol. */
export type Costs = ReadonlyMap<SymbolName, SymbolCosts>;

/** Signals before and after costs: the same ones, in the same order. */
export interface Costed<T extends SignalRecord = SignalRecord> {
  readonly gross: readonly T[];
  readonly net: readonly T[];
  /** Symbols that no costs are known of, sorted; their signals are left out of both. */
  readonly uncosted: readonly SymbolName[];
}

/** What costs did to a cohort. */
export interface CostReport {
  readonly before: Returns;
  readonly after: Returns;
  /** Mean cost of what was won or lost, R; null when nothing was. */
  readonly meanCostR: number | null;
  readonly uncosted: readonly SymbolName[];
}

/**
 * What one pip of one lot is worth: pip size × contract size × price of the quote currency in USD.
 *
 * @param quoteToUsd USD for one unit of the symbol's quote currency, positive
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { pipValueUsd } from "./costs.ts";
 *
 * assert.equal(pipValueUsd({ pipSize: 0.0001, contractSize: 100_000 }, 1), 10);
 * ```
 */
export function pipValueUsd(
  { pipSize, contractSize }: Pick<SymbolSpec, "pipSize" | "contractSize">,
  quoteToUsd: number,
): number {
  return pipSize * contractSize * quoteToUsd;
}

/**
 * Cost of one signal, pips >= 0.
 *
 * @throws {RangeError} when the pip value is not positive, or slippage or commission is negative
 */
export function costPips({ pipValueUsd, slippagePips, commissionUsd }: SymbolCosts): Pips {
  if (!(pipValueUsd > 0 && slippagePips >= 0 && commissionUsd >= 0)) {
    throw new RangeError(
      "Cannot cost a signal as pipValueUsd > 0, slippagePips >= 0, commissionUsd >= 0: " +
        `current value is ${pipValueUsd}, ${slippagePips}, ${commissionUsd}`,
    );
  }
  return pips(slippagePips + commissionUsd / pipValueUsd);
}

/** Takes costs off pips and R of every signal that was won or lost; the result stays what the levels said. */
export function applyCosts<T extends SignalRecord>(signals: readonly T[], costs: Costs): Costed<T> {
  const gross = signals.filter(({ symbol }) => costs.has(symbol));
  const uncosted = new Set(signals.map(({ symbol }) => symbol).filter((symbol) => !costs.has(symbol)));
  return {
    gross,
    net: gross.map((signal) => netOf(signal, costs.get(signal.symbol) as SymbolCosts)),
    uncosted: [...uncosted].sort(),
  };
}

/** Figures of a cohort before and after costs. */
export function costReport(signals: readonly SignalRecord[], costs: Costs): CostReport {
  const { gross, net, uncosted } = applyCosts(signals, costs);
  const taken = gross.filter(isDecided).map(({ symbol, stopPips }) =>
    costPips(costs.get(symbol) as SymbolCosts) / stopPips
  );
  return { before: returnsOf(gross), after: returnsOf(net), meanCostR: meanOf(taken), uncosted };
}

function netOf<T extends SignalRecord>(signal: T, costs: SymbolCosts): T {
  if (!isDecided(signal)) return signal;
  const { outcome, stopPips } = signal;
  const cost = costPips(costs);
  const paid = outcome.pips === null ? null : pips(outcome.pips - cost);
  return { ...signal, outcome: { ...outcome, pips: paid, r: outcome.r - cost / stopPips } };
}
