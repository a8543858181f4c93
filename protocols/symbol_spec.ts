/**
 * Symbol specification: what one lot, one point and one pip of a symbol are.
 *
 * @module
 */
import type { SymbolName } from "./units.ts";

/** Contract terms of one symbol; from the EA, or from the built-in table. */
export interface SymbolSpec {
  readonly symbol: SymbolName;
  /** Decimal places of a price. */
  readonly digits: number;
  /** 10^−digits. */
  readonly point: number;
  /** The trader's unit in price: 0.0001, 0.01 for JPY, 0.1 for gold. */
  readonly pipSize: number;
  /** Units of the base currency (or ounces) in one lot. */
  readonly contractSize: number;
  readonly volumeMin: number;
  readonly volumeMax: number;
  readonly volumeStep: number;
  /** Least distance of SL and TP from the price, in pips. */
  readonly stopsLevelPips: number;
  /** Least stop distance a signal of ours uses, in pips. */
  readonly stopFloorPips: number;
  /** ISO 4217, or XAU / XAG. */
  readonly baseCurrency: string;
  readonly quoteCurrency: string;
  readonly source: "table" | "ea" | "operator";
}
