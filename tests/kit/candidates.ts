/**
 * Candidates for tests: a find with its levels, as a filter is shown it.
 *
 * @module
 */
import type { Candidate, FilterContext } from "../../domain/filters/filter.ts";
import { PATTERNS } from "../../domain/patterns/all.ts";
import { levelsOf } from "../../domain/patterns/levels.ts";
import type { Find, Pattern } from "../../domain/patterns/pattern.ts";
import { specOf } from "../../domain/symbol_spec.ts";
import type { PatternName } from "../../protocols/signal.ts";
import { confidence, price, symbolName } from "../../protocols/units.ts";

const EURUSD = symbolName("EURUSD");

/** Open time of the candle of `makeFind()`; it closed at 2026-07-07 10:00 UTC, a Tuesday. */
export const FIND_CANDLE_MS = Date.UTC(2026, 6, 7, 9, 55);

/** A BB_SCALP BUY on EURUSD, changed where a test says so. */
export function makeFind(changes: Partial<Find> = {}): Find {
  return {
    pattern: "BB_SCALP",
    symbol: EURUSD,
    direction: "BUY",
    parts: [{ name: "wick", value: 0.6, weight: 1 }],
    structureId: null,
    atr: 0.0005,
    candleOpenedAtMs: FIND_CANDLE_MS,
    ...changes,
  };
}

/** Two seconds after the candle closed, at a spread of 0.2 pips that is usual. */
export function makeFilterContext(changes: Partial<FilterContext> = {}): FilterContext {
  const nowMs = FIND_CANDLE_MS + 302_000;
  return {
    spec: specOf(EURUSD)!,
    quote: {
      symbol: EURUSD,
      bid: price(1.1),
      ask: price(1.10002),
      atMs: nowMs - 500,
      receivedAtMs: nowMs - 400,
    },
    spreadMedian24h: 0.00002,
    nowMs,
    ...changes,
  };
}

/** A candidate of `makeFind(changes)` with a stop of 15 pips. */
export function makeCandidate(changes: Partial<Find> = {}, rated = 81): Candidate {
  const find = makeFind(changes);
  const pattern = patternNamed(find.pattern);
  const { quote, spec } = makeFilterContext();
  return {
    pattern,
    find,
    levels: levelsOf(pattern, find, quote, spec),
    confidence: confidence(rated),
    verdicts: [],
  };
}

/** The house's pattern of a name. */
export function patternNamed(name: PatternName): Pattern {
  return PATTERNS.find((pattern) => pattern.name === name)!;
}
