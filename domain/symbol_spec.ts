/**
 * Symbol specifications: the one table of pips, points and contracts, and the one place that converts between them.
 *
 * A specification read from an EA or given by an operator stands before this table.
 *
 * @module
 */
import { type Pips, pips, type Points, points, type Price, price } from "../protocols/units.ts";
import { type SymbolName, symbolName } from "../protocols/units.ts";
import type { SymbolSpec } from "../protocols/symbol_spec.ts";

/** A row that differs from the rule for currency pairs. */
interface Exception {
  readonly digits?: number;
  readonly pipSize?: number;
  readonly contractSize?: number;
  readonly stopsLevelPips?: number;
  readonly stopFloorPips?: number;
}

/** Majors, the crosses among them, and the exotics the six patterns were run on before. */
const PAIRS = [
  ..."EURUSD GBPUSD AUDUSD NZDUSD USDCAD USDCHF USDJPY".split(" "),
  ..."EURGBP EURAUD EURNZD EURCAD EURCHF EURJPY GBPAUD GBPNZD GBPCAD GBPCHF GBPJPY".split(" "),
  ..."AUDNZD AUDCAD AUDCHF AUDJPY NZDCAD NZDCHF NZDJPY CADCHF CADJPY CHFJPY".split(" "),
  ..."USDCNH USDMXN USDSEK USDNOK USDDKK USDTRY USDZAR".split(" "),
  ..."XAUUSD XAGUSD".split(" "),
] as const;

const FX_CONTRACT = 100_000;
const FX_STOPS_LEVEL_PIPS = 5;
/** Least stop of a signal: below it the spread eats the edge and the leverage for the same risk doubles. */
const STOP_FLOOR_PIPS = 15;

/**
 * Stops level: the house's older table of least stops (5 unless named). Stop floor: its table of stops that
 * brokers accepted, never below 15. Silver's pip is 0.01 USD: at 5,000 oz a lot, 50 USD.
 */
const EXCEPTIONS: Readonly<Record<string, Exception>> = {
  USDJPY: { stopsLevelPips: 6 },
  EURJPY: { stopsLevelPips: 7, stopFloorPips: 18 },
  GBPJPY: { stopsLevelPips: 8, stopFloorPips: 20 },
  USDCNH: { stopFloorPips: 30 },
  USDMXN: { stopFloorPips: 60 },
  USDSEK: { stopFloorPips: 20 },
  USDNOK: { stopFloorPips: 20 },
  USDDKK: { stopFloorPips: 20 },
  USDTRY: { stopFloorPips: 50 },
  USDZAR: { stopFloorPips: 30 },
  XAUUSD: { digits: 2, pipSize: 0.1, contractSize: 100, stopsLevelPips: 20, stopFloorPips: 30 },
  XAGUSD: { digits: 3, pipSize: 0.01, contractSize: 5_000, stopsLevelPips: 15, stopFloorPips: 25 },
};

function specFor(name: string): SymbolSpec {
  const exception = EXCEPTIONS[name] ?? {};
  const yen = name.endsWith("JPY");
  const digits = exception.digits ?? (yen ? 3 : 5);
  return {
    symbol: symbolName(name),
    digits,
    point: 1 / 10 ** digits,
    pipSize: exception.pipSize ?? (yen ? 0.01 : 0.0001),
    contractSize: exception.contractSize ?? FX_CONTRACT,
    volumeMin: 0.01,
    volumeMax: 100,
    volumeStep: 0.01,
    stopsLevelPips: exception.stopsLevelPips ?? FX_STOPS_LEVEL_PIPS,
    stopFloorPips: exception.stopFloorPips ?? STOP_FLOOR_PIPS,
    baseCurrency: name.slice(0, 3),
    quoteCurrency: name.slice(3),
    source: "table",
  };
}

const TABLE: ReadonlyMap<string, SymbolSpec> = new Map(PAIRS.map((name) => [name, specFor(name)]));

/** Every symbol of the built-in table: majors, crosses, exotics, metals. */
export const KNOWN_SYMBOLS: readonly SymbolName[] = PAIRS.map(symbolName);

/**
 * The built-in specification of a symbol, or null when the table does not list it.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { symbolName } from "../protocols/units.ts";
 * import { specOf } from "./symbol_spec.ts";
 *
 * assert.equal(specOf(symbolName("XAUUSD"))?.pipSize, 0.1);
 * assert.equal(specOf(symbolName("BTCUSD")), null);
 * ```
 */
export function specOf(symbol: SymbolName): SymbolSpec | null {
  return TABLE.get(symbol) ?? null;
}

/** A distance in price as pips, rounded to a millionth of a pip to shed binary dust. */
export function priceToPips(spec: SymbolSpec, distance: number): Pips {
  return pips(shed(distance / spec.pipSize));
}

/** A distance in pips as price. */
export function pipsToPrice(spec: SymbolSpec, distance: number): number {
  return distance * spec.pipSize;
}

/** A distance in price as points, rounded to a millionth of a point. */
export function priceToPoints(spec: SymbolSpec, distance: number): Points {
  return points(shed(distance / spec.point));
}

/** A distance in points as price. */
export function pointsToPrice(spec: SymbolSpec, distance: number): number {
  return distance * spec.point;
}

/** A distance in points as pips: ten to one on EURUSD. */
export function pointsToPips(spec: SymbolSpec, distance: number): Pips {
  return priceToPips(spec, pointsToPrice(spec, distance));
}

/** A distance in pips as points. */
export function pipsToPoints(spec: SymbolSpec, distance: number): Points {
  return priceToPoints(spec, pipsToPrice(spec, distance));
}

/** A price on the symbol's digits, as its decimal text would read. */
export function roundPrice(spec: SymbolSpec, value: number): Price {
  const scale = 10 ** spec.digits;
  return price(Math.round(value * scale) / scale);
}

function shed(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
