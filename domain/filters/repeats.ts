/**
 * Repeat filters: duplicate, cool-down and structure, which look at what the symbol has already said.
 *
 * A live find is held against the signals that were raised, so that a vetoed find never silences a good one. A
 * find that is a shadow already is held against raised signals and shadows both, so that one market situation is
 * not counted many times in a pattern's statistics.
 *
 * @module
 */
import { TIMEFRAME_MS } from "../../protocols/candle.ts";
import type { FilterVerdict, PatternName, Signal } from "../../protocols/signal.ts";
import type { Find } from "../patterns/pattern.ts";
import { pass, veto } from "./filter.ts";

/** Candles after a signal in which its pattern is not heard again on that symbol, by candle time. */
export const COOLDOWN_CANDLES = 3;

/** Filters whose shadows are repeats: outside every statistic of a pattern. */
export const REPEAT_FILTERS: readonly string[] = ["cooldown", "structure", "duplicate"];

/** What is remembered of one signal. */
export interface Remembered {
  readonly id: string;
  readonly pattern: PatternName;
  readonly structureId: string | null;
  readonly candleOpenedAtMs: number;
  /** `repeat`: a shadow that a repeat filter vetoed; it starts no cool-down and spends no structure. */
  readonly as: "raised" | "shadow" | "repeat";
}

/** What is remembered of a signal. */
export function remembered(signal: Signal): Remembered {
  const { id, pattern, structureId, candleOpenedAtMs, shadow, shadowReason } = signal;
  const repeat = shadow && REPEAT_FILTERS.includes(shadowReason ?? "");
  return {
    id,
    pattern,
    structureId,
    candleOpenedAtMs,
    as: shadow ? (repeat ? "repeat" : "shadow") : "raised",
  };
}

/** True when this find was a signal already: the same id, or the same pattern on the same candle. */
export function isDuplicate(id: string, find: Find, memory: readonly Remembered[]): boolean {
  return memory.some((entry) =>
    entry.id === id || (entry.pattern === find.pattern && entry.candleOpenedAtMs === find.candleOpenedAtMs)
  );
}

/**
 * What cool-down and structure say of a find.
 *
 * @param against what the find must not repeat.
 */
export function repeatVerdicts(find: Find, against: readonly Remembered[]): readonly FilterVerdict[] {
  return [cooldown(find, against), structure(find, against)];
}

function cooldown(find: Find, against: readonly Remembered[]): FilterVerdict {
  const last = against
    .filter((entry) => entry.pattern === find.pattern && entry.candleOpenedAtMs <= find.candleOpenedAtMs)
    .reduce((latest, entry) => Math.max(latest, entry.candleOpenedAtMs), -Infinity);
  const candles = (find.candleOpenedAtMs - last) / TIMEFRAME_MS.M5;
  if (candles === Infinity) return pass("cooldown", `no ${find.pattern} remembered`);
  const reason = `${candles} candles after the last ${find.pattern}`;
  return candles <= COOLDOWN_CANDLES
    ? veto("cooldown", `${reason}; more than ${COOLDOWN_CANDLES} needed`)
    : pass("cooldown", reason);
}

function structure(find: Find, against: readonly Remembered[]): FilterVerdict {
  if (find.structureId === null) return pass("structure", "this pattern has no structure");
  return against.some((entry) => entry.structureId === find.structureId)
    ? veto("structure", `${find.structureId} has signalled before`)
    : pass("structure", `first signal of ${find.structureId}`);
}
