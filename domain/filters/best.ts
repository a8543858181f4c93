/**
 * Best-of filter: one signal per symbol and scan.
 *
 * @module
 */
import { type FilterVerdict, PATTERN_NAMES } from "../../protocols/signal.ts";
import { type Candidate, pass, veto } from "./filter.ts";

/** The candidate of the highest confidence; among equals the first in the order of `PATTERN_NAMES`; null of none. */
export function bestOf(candidates: readonly Candidate[]): Candidate | null {
  return candidates.reduce<Candidate | null>((best, candidate) => {
    if (best === null || candidate.confidence > best.confidence) return candidate;
    return candidate.confidence === best.confidence && rank(candidate) < rank(best) ? candidate : best;
  }, null);
}

/** What the filter says of a candidate, given the best one of the scan. */
export function bestVerdict(candidate: Candidate, best: Candidate): FilterVerdict {
  return candidate === best ? pass("best", `${candidate.confidence} is the scan's best`) : veto(
    "best",
    `${candidate.confidence} is no more than ${best.confidence} of ${best.find.pattern} in the same scan`,
  );
}

function rank(candidate: Candidate): number {
  return PATTERN_NAMES.indexOf(candidate.find.pattern);
}
