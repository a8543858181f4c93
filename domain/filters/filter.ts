/**
 * What a filter is: one named opinion of one find, kept with the signal whatever it says.
 *
 * @module
 */
import type { FilterVerdict } from "../../protocols/signal.ts";
import type { SymbolSpec } from "../../protocols/symbol_spec.ts";
import type { Quote } from "../../protocols/tick.ts";
import type { Confidence } from "../../protocols/units.ts";
import type { Levels } from "../patterns/levels.ts";
import type { Find, Pattern } from "../patterns/pattern.ts";

/** A find on its way to being a signal. */
export interface Candidate {
  readonly pattern: Pattern;
  readonly find: Find;
  readonly levels: Levels;
  /** As the filters before have left it. */
  readonly confidence: Confidence;
  /** What the filters before have said, in order. */
  readonly verdicts: readonly FilterVerdict[];
}

/** What every filter may look at besides the candidate. */
export interface FilterContext {
  readonly spec: SymbolSpec;
  /** The live quote the levels were made from. */
  readonly quote: Quote;
  /** Price units; null until the feed has been watched long enough. */
  readonly spreadMedian24h: number | null;
  /** Market clock, UTC ms. */
  readonly nowMs: number;
}

/** One filter: pure; what it needs beyond the context (a news calendar, a model) it was made with. */
export interface Filter {
  readonly name: string;
  /** `adjust` asks for points; how many are given is the house's affair. `delay` is treated as a veto of this scan. */
  judge(candidate: Candidate, context: FilterContext): FilterVerdict;
}

/** A filter that has nothing against it. */
export function pass(filter: string, reason: string): FilterVerdict {
  return { filter, verdict: "pass", reason, adjustment: 0 };
}

/** A filter that says no. */
export function veto(filter: string, reason: string): FilterVerdict {
  return { filter, verdict: "veto", reason, adjustment: 0 };
}

/** A filter that changes the confidence by points. */
export function adjust(filter: string, reason: string, adjustment: number): FilterVerdict {
  return { filter, verdict: "adjust", reason, adjustment };
}

/** The first verdict that keeps a candidate from being published, or null. */
export function refusalOf(verdicts: readonly FilterVerdict[]): FilterVerdict | null {
  return verdicts.find(({ verdict }) => verdict === "veto" || verdict === "delay") ?? null;
}
