/**
 * Scan: at the close of an M5 candle, from patterns through filters to at most one signal and its shadows.
 *
 * @module
 */
import type { Candle } from "../protocols/candle.ts";
import type { FilterVerdict, Signal } from "../protocols/signal.ts";
import type { SymbolSpec } from "../protocols/symbol_spec.ts";
import type { Quote } from "../protocols/tick.ts";
import { type EaId, type SignalId, signalId, type SymbolName } from "../protocols/units.ts";
import { sessionOf } from "./calendar.ts";
import { adjusted, confidenceOf } from "./confidence.ts";
import { bestOf, bestVerdict } from "./filters/best.ts";
import { type Candidate, type Filter, type FilterContext, refusalOf } from "./filters/filter.ts";
import { freshness } from "./filters/freshness.ts";
import { published } from "./filters/published.ts";
import {
  isDuplicate,
  type Remembered,
  remembered,
  REPEAT_FILTERS,
  repeatVerdicts,
} from "./filters/repeats.ts";
import { session } from "./filters/session.ts";
import { spread } from "./filters/spread.ts";
import { PATTERNS } from "./patterns/all.ts";
import { contextOf } from "./patterns/chart.ts";
import { levelsOf } from "./patterns/levels.ts";
import type { Find, Pattern } from "./patterns/pattern.ts";

/** Signals older than this, by candle time, are forgotten: no cool-down or structure lasts so long. */
export const MEMORY_MS = 24 * 3_600_000;

/** What a symbol remembers of its own signals from scan to scan: plain, never changed in place. */
export interface ScanMemory {
  /** Oldest first. */
  readonly signals: readonly Remembered[];
}

/** What a scan looks at. */
export interface ScanInput {
  readonly symbol: SymbolName;
  readonly spec: SymbolSpec;
  /** Closed candles, oldest first, up to 400 (200 continuous ones are looked at). */
  readonly m5: readonly Candle[];
  /** Live, of the primary feed. */
  readonly quote: Quote;
  /** Price units; null when unknown: then only the stop limits the spread. */
  readonly spreadMedian24h: number | null;
  /** Market clock, UTC ms. */
  readonly nowMs: number;
  /** The primary feed. */
  readonly feed: EaId;
  readonly memory: ScanMemory;
}

/** What a scan gave. */
export interface ScanResult {
  /** The one signal to publish, or null. */
  readonly raised: Signal | null;
  /** Every other find, with the filter that vetoed it; exact duplicates are left out. */
  readonly shadows: readonly Signal[];
  readonly memory: ScanMemory;
}

/** What a scan applies. */
export interface ScanRules {
  readonly patterns: readonly Pattern[];
  /** Asked in this order; after them the house asks confidence, cool-down, structure and best. */
  readonly filters: readonly Filter[];
}

/** The house's patterns and filters; whoever has more filters appends them. */
export const HOUSE_RULES: ScanRules = { patterns: PATTERNS, filters: [freshness, session, spread] };

/** The memory of a symbol that never signalled. */
export function emptyMemory(): ScanMemory {
  return { signals: [] };
}

/** The memory of a symbol from its stored signals, raised and shadow, in any order. */
export function recallMemory(signals: readonly Signal[]): ScanMemory {
  const entries = signals.map(remembered);
  return { signals: entries.sort((a, b) => a.candleOpenedAtMs - b.candleOpenedAtMs) };
}

/**
 * Scans the last closed candle.
 *
 * Pure: the same input gives the same result, so a scan that is done again after a crash with the memory recalled
 * from the store raises nothing twice.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { eaId, price, symbolName } from "../protocols/units.ts";
 * import { emptyMemory, scan } from "./scan.ts";
 * import { specOf } from "./symbol_spec.ts";
 *
 * const symbol = symbolName("EURUSD");
 * const quote = { symbol, bid: price(1.176), ask: price(1.17602), atMs: 0, receivedAtMs: 0 };
 * const result = scan({
 *   symbol, spec: specOf(symbol)!, m5: [], quote, spreadMedian24h: null, nowMs: 0, feed: eaId("ea-1"),
 *   memory: emptyMemory(),
 * });
 * assert.deepEqual(result, { raised: null, shadows: [], memory: { signals: [] } });
 * ```
 */
export function scan(input: ScanInput, rules: ScanRules = HOUSE_RULES): ScanResult {
  const known = recentOf(input);
  const judged = findsOf(input, rules.patterns)
    .filter((each) => !isDuplicate(idOf(input, each.pattern), each.find, known))
    .map((each) => judge(each, [...rules.filters, published], input));
  const raisedBefore = known.filter((entry) => entry.as === "raised");
  const alive = judged.filter(isAlive)
    .map((each) => withVerdicts(each, repeatVerdicts(each.find, raisedBefore)));
  const best = bestOf(alive.filter(isAlive));
  const raised = best === null ? null : signalOf(input, withVerdicts(best, [bestVerdict(best, best)]));
  const shadows = [...judged.filter((each) => !isAlive(each)), ...alive.filter((each) => each !== best)]
    .map((each) => signalOf(input, asShadow(each, best, known)));
  const said = raised === null ? shadows : [raised, ...shadows];
  return { raised, shadows, memory: { signals: [...known, ...said.map(remembered)] } };
}

/** Pruned before use, not after: a memory recalled from the store may reach further back than one carried along. */
function recentOf({ m5, nowMs, memory }: ScanInput): readonly Remembered[] {
  const candleMs = m5.at(-1)?.openedAtMs ?? nowMs;
  return memory.signals.filter((entry) => entry.candleOpenedAtMs > candleMs - MEMORY_MS);
}

interface Spotted {
  readonly pattern: Pattern;
  readonly find: Find;
}

function findsOf(input: ScanInput, patterns: readonly Pattern[]): readonly Spotted[] {
  const context = contextOf(input.symbol, input.m5);
  return patterns.flatMap((pattern) => {
    const find = pattern.detect(context);
    return find === null ? [] : [{ pattern, find }];
  });
}

/** Every filter is asked, also after a veto: the reasons are kept whole. */
function judge({ pattern, find }: Spotted, filters: readonly Filter[], context: FilterContext): Candidate {
  const levels = levelsOf(pattern, find, context.quote, context.spec);
  const start: Candidate = { pattern, find, levels, confidence: confidenceOf(find.parts), verdicts: [] };
  return filters.reduce((candidate, filter) => {
    const verdict = filter.judge(candidate, context);
    if (verdict.verdict !== "adjust") return withVerdicts(candidate, [verdict]);
    const { confidence, applied, cappedBy } = adjusted(candidate.confidence, verdict.adjustment);
    const given = { ...verdict, adjustment: applied, ...(cappedBy > 0 ? { cappedBy } : {}) };
    return { ...withVerdicts(candidate, [given]), confidence };
  }, start);
}

function withVerdicts(candidate: Candidate, verdicts: readonly FilterVerdict[]): Candidate {
  return { ...candidate, verdicts: [...candidate.verdicts, ...verdicts] };
}

function isAlive(candidate: Candidate): boolean {
  return refusalOf(candidate.verdicts) === null;
}

/** A find that is not raised; if it also repeats what was counted before, it is a repeat first of all. */
function asShadow(candidate: Candidate, best: Candidate | null, known: readonly Remembered[]): Candidate {
  const lost = isAlive(candidate) && best !== null ? [bestVerdict(candidate, best)] : [];
  const said = candidate.verdicts.filter(({ filter }) => !REPEAT_FILTERS.includes(filter));
  const counted = known.filter((entry) => entry.as !== "repeat");
  return { ...candidate, verdicts: [...said, ...repeatVerdicts(candidate.find, counted), ...lost] };
}

/** The repeat filter speaks first: a shadow that repeats another is outside every statistic, whatever else it is. */
function shadowReasonOf(verdicts: readonly FilterVerdict[]): string | null {
  const repeats = verdicts.filter(({ filter }) => REPEAT_FILTERS.includes(filter));
  return (refusalOf(repeats) ?? refusalOf(verdicts))?.filter ?? null;
}

function signalOf(input: ScanInput, { pattern, find, levels, confidence, verdicts }: Candidate): Signal {
  const shadowReason = shadowReasonOf(verdicts);
  return {
    id: idOf(input, pattern),
    symbol: input.symbol,
    direction: find.direction,
    pattern: pattern.name,
    signalClass: pattern.signalClass,
    confidence,
    parts: find.parts,
    verdicts,
    ...levels,
    atr: find.atr,
    session: sessionOf(input.nowMs),
    structureId: find.structureId,
    signaledAtMs: input.nowMs,
    candleOpenedAtMs: find.candleOpenedAtMs,
    feed: input.feed,
    shadow: shadowReason !== null,
    shadowReason,
  };
}

function idOf(input: ScanInput, pattern: Pattern): SignalId {
  const seconds = Math.floor(input.nowMs / 1000);
  return signalId(`ELITE_${pattern.signalClass}_${pattern.name}_${input.symbol}_${seconds}`);
}
