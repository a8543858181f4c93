/**
 * What v2.05 does with a fire before the broker sees it: direction, lot, stops on the wrong side, three legs.
 *
 * @module
 */
import type { MarketTick } from "./prices.ts";
import { readNumber, readNumbers, readText } from "./ea_text.ts";

/** A fire as v2.05 understood it. */
export interface FireRequest {
  readonly fireId: string;
  /** The broker's own name, as it came. */
  readonly brokerSymbol: string;
  /** `direction`, else `side`; empty when neither was there. */
  readonly direction: string;
  readonly entry: number;
  readonly stopLoss: number;
  readonly takeProfit: number;
  readonly lots: number;
  /** The three-leg extension, when its text was found. */
  readonly hybrid: Hybrid | null;
}

/** What v2.05 reads of the extension; percentages are ignored, and the trailing distance is read and never used. */
export interface Hybrid {
  /** In units of {@link triggerUnit}. */
  readonly firstTrigger: number;
  readonly secondTrigger: number;
}

/** One order to place. */
export interface Leg {
  readonly lots: number;
  readonly takeProfit: number;
  readonly comment: string;
}

/** The extension is only seen in exactly these letters, without a space. */
const HYBRID_TEXT = '"hybrid":{"enabled":true';
const DEFAULT_TRIGGERS = [8, 12] as const;
const LEAST_LOT = 0.01;

/** Reads a fire. */
export function readFire(text: string): FireRequest {
  const lots = readNumber(text, "lot");
  return {
    fireId: readText(text, "fire_id"),
    brokerSymbol: readText(text, "symbol"),
    direction: readText(text, "direction") || readText(text, "side"),
    entry: readNumber(text, "entry"),
    stopLoss: readNumber(text, "sl"),
    takeProfit: readNumber(text, "tp"),
    lots: lots <= 0 ? LEAST_LOT : lots,
    hybrid: text.includes(HYBRID_TEXT) ? readHybrid(text) : null,
  };
}

function readHybrid(text: string): Hybrid {
  const [first, second] = readNumbers(text, "trigger").map(Math.trunc);
  return {
    firstTrigger: first || DEFAULT_TRIGGERS[0],
    secondTrigger: second || DEFAULT_TRIGGERS[1],
  };
}

/** `BUY` and `buy` are BUY, any other word is SELL; without a word the entry decides, and 0 is BUY. */
export function directionOf(fire: FireRequest, quote: MarketTick): "BUY" | "SELL" {
  if (fire.direction !== "") return fire.direction === "BUY" || fire.direction === "buy" ? "BUY" : "SELL";
  if (fire.entry === 0) return "BUY";
  return Math.abs(fire.entry - quote.ask) < Math.abs(fire.entry - quote.bid) ? "BUY" : "SELL";
}

/** Stops as they go to the broker: one on the wrong side of the price is dropped without a word. */
export function keptStops(
  fire: FireRequest,
  direction: "BUY" | "SELL",
  quote: MarketTick,
): { readonly stopLoss: number; readonly takeProfit: number } {
  const { stopLoss, takeProfit } = fire;
  return direction === "BUY"
    ? { stopLoss: stopLoss < quote.ask ? stopLoss : 0, takeProfit: takeProfit > quote.ask ? takeProfit : 0 }
    : { stopLoss: stopLoss > quote.bid ? stopLoss : 0, takeProfit: takeProfit < quote.bid ? takeProfit : 0 };
}

/** The unit of a trigger: 0.01 for yen, 0.1 for gold, else one point, so that "8 pips" are 0.8. */
function triggerUnit(symbol: string): number {
  if (symbol.includes("JPY")) return 0.01;
  return symbol.includes("XAUUSD") ? 0.1 : 0.00001;
}

/** The orders a fire makes: one, or with the extension 25 %, 25 % and 50 % of the lot, the last without target. */
export function legsOf(
  fire: FireRequest,
  direction: "BUY" | "SELL",
  takeProfit: number,
  quote: MarketTick,
): readonly Leg[] {
  if (fire.hybrid === null) return [{ lots: fire.lots, takeProfit, comment: fire.fireId }];
  const [open, side] = direction === "BUY" ? [quote.ask, 1] : [quote.bid, -1];
  const unit = triggerUnit(fire.brokerSymbol);
  const target = (trigger: number) => open + side * trigger * unit;
  const share = (part: number) => Math.round(fire.lots * part * 100) / 100;
  return [
    { lots: share(0.25), takeProfit: target(fire.hybrid.firstTrigger), comment: `${fire.fireId}_TP1` },
    { lots: share(0.25), takeProfit: target(fire.hybrid.secondTrigger), comment: `${fire.fireId}_TP2` },
    { lots: share(0.5), takeProfit: 0, comment: `${fire.fireId}_TRAIL` },
  ];
}
