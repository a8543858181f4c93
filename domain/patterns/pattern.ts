/**
 * What a pattern is, and what it finds.
 *
 * @module
 */
import type { Timeframe } from "../../protocols/candle.ts";
import type { ConfidencePart, PatternName, SignalClass } from "../../protocols/signal.ts";
import type { Direction, SymbolName } from "../../protocols/units.ts";
import type { Chart, PatternContext } from "./chart.ts";

/** One find: a pattern on the candle that just closed. Not a signal yet: it has no entry and passed no filter. */
export interface Find {
  readonly pattern: PatternName;
  readonly symbol: SymbolName;
  readonly direction: Direction;
  readonly parts: readonly ConfidencePart[];
  /** Names the block, gap or sweep it stands on; null for a pattern without a structure. */
  readonly structureId: string | null;
  /** ATR14 (Wilder) of M5 at the candle, in price units; positive. */
  readonly atr: number;
  /** Open time of the candle, UTC ms. */
  readonly candleOpenedAtMs: number;
}

/** One pattern: pure, causal, on closed continuous candles only. */
export interface Pattern {
  readonly name: PatternName;
  readonly signalClass: SignalClass;
  readonly timeframe: Timeframe & "M5";
  /** Continuous candles it needs; silent with fewer. */
  readonly warmup: number;
  /** Distance of the stop from the entry, in ATR, before the floors. */
  readonly stopAtr: number;
  /** Distance of the target over that of the stop. */
  readonly riskReward: number;
  /** Every number of its rule, by name; distances in ATR. */
  readonly parameters: Readonly<Record<string, number>>;
  /** The find on the last candle, or null. */
  detect(context: PatternContext): Find | null;
}

/** What the rule of a pattern says of one chart; the rest of the find follows from the chart. */
export interface Sighting {
  readonly parts: readonly ConfidencePart[];
  /** Open time of the candle that names the structure, UTC ms; absent for a pattern without one. */
  readonly structureAtMs?: number;
}

/** A pattern but for its `detect`, and its rule for BUY. */
export interface Rule extends Omit<Pattern, "detect" | "timeframe"> {
  /** Called on charts of at least `warmup` candles with a positive ATR. */
  readonly see: (chart: Chart) => Sighting | null;
}

/** The pattern of a rule: its BUY is what the rule sees upright, its SELL what it sees in the mirror. */
export function patternOf(rule: Rule): Pattern {
  return {
    name: rule.name,
    signalClass: rule.signalClass,
    timeframe: "M5",
    warmup: rule.warmup,
    stopAtr: rule.stopAtr,
    riskReward: rule.riskReward,
    parameters: rule.parameters,
    detect: ({ upright, mirrored }) => {
      if (upright.candles.length < rule.warmup || !(upright.atr > 0)) return null;
      const buy = findOn(rule, upright);
      const sell = findOn(rule, mirrored);
      // A candle that says both says nothing, and preferring one side would break the symmetry.
      return buy !== null && sell !== null ? null : buy ?? sell;
    },
  };
}

function findOn(rule: Rule, chart: Chart): Find | null {
  const sighting = rule.see(chart);
  const last = chart.candles.at(-1);
  if (sighting === null || last === undefined) return null;
  return {
    pattern: rule.name,
    symbol: chart.symbol,
    direction: chart.direction,
    parts: sighting.parts,
    structureId: sighting.structureAtMs === undefined
      ? null
      : `${rule.name}_${chart.symbol}_${chart.direction}_${sighting.structureAtMs / 1000}`,
    atr: chart.atr,
    candleOpenedAtMs: last.openedAtMs,
  };
}
