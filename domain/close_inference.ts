/**
 * Inference of closes: which of an EA's positions are gone, told from two heartbeats that name no position.
 *
 * v2.05 never reports a close. What closed is inferred from the margin and the balance between two heartbeats, for
 * all positions jointly: a position whose exit-side quote crossed its stop or target needs one of the two to agree,
 * any other needs both. When several answers fit, there is no answer but a question.
 *
 * @module
 */
import type { FireId } from "../protocols/units.ts";

/** Margin and balance of one heartbeat. */
export interface Sample {
  readonly margin: number | null;
  /** Null when something known but unmeasured changed the balance since: then only the margin speaks. */
  readonly balance: number | null;
}

/** A range of money, `low <= high`. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** One position that the ledger believes open. */
export interface Candidate {
  readonly id: FireId;
  /** Margin it binds; null: unknown. */
  readonly margin: number | null;
  /** The earlier heartbeat already bound its margin. */
  readonly included: boolean;
  /** The exit-side quote crossed its stop or target after the fill. */
  readonly touched: boolean;
  /** What its close would have brought: at the crossed level, or over the quotes seen; null: unknown. */
  readonly result: Range | null;
  /** Round turn, in the account's currency. */
  readonly commission: number;
  /** Two heartbeats came since its fill: one alone may have been made before it, so its margin proves nothing. */
  readonly seasoned: boolean;
  /** An unanswered fire: perhaps it never opened. It is a rival to every other answer. */
  readonly maybe: boolean;
}

/** What two heartbeats say. */
export type Inference =
  /** Nothing closed; `included` are the positions whose margin the later heartbeat binds. */
  | { readonly kind: "unchanged"; readonly included: readonly FireId[] }
  /** These closed: crossed, and by hand; `included` are the others whose margin the later heartbeat binds. */
  | {
    readonly kind: "closed";
    readonly touched: readonly FireId[];
    readonly manual: readonly FireId[];
    readonly included: readonly FireId[];
  }
  /** Several answers fit. */
  | { readonly kind: "question"; readonly solutions: readonly (readonly FireId[])[] }
  /** None fits. */
  | { readonly kind: "unexplained" };

/** A margin fall agrees within this share of the margins of what closed. */
export const MARGIN_TOLERANCE = 0.2;
/** A balance move agrees within this share of the expected results, and the commissions. */
export const BALANCE_TOLERANCE = 0.25;

const CENT = 0.005;
/** Subsets of more positions than this are not enumerated; the untouched ones are left out then. */
const ENUMERATED_MAX = 10;

/**
 * Solves which positions closed between two heartbeats.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { inferCloses } from "./close_inference.ts";
 *
 * const stopped = {
 *   id: "f1" as never,
 *   margin: 100,
 *   included: true,
 *   touched: true,
 *   result: { low: -50, high: -50 },
 *   commission: 1,
 *   seasoned: true,
 *   maybe: false,
 * };
 * assert.deepEqual(inferCloses({ margin: 100, balance: 1_000 }, { margin: 0, balance: 950 }, [stopped]), {
 *   kind: "closed",
 *   touched: ["f1"],
 *   manual: [],
 *   included: [],
 * });
 * ```
 */
export function inferCloses(base: Sample, now: Sample, candidates: readonly Candidate[]): Inference {
  const calm = unchanged(base, now, candidates);
  if (calm !== null && balanceAgrees(base, now, [], candidates)) return calm;
  if (candidates.length > 0 && now.margin !== null && now.margin < CENT) {
    return allGone(base, now, candidates);
  }
  const answers = weighSubsets(base, now, candidates);
  return choose(answers, candidates) ?? calm ?? { kind: "unexplained" };
}

interface Answer {
  readonly closed: readonly Candidate[];
  readonly both: boolean;
  /** Open, by the margin; all that are left when the margin does not agree. */
  readonly included: readonly Candidate[];
}

/** The margin is as if nothing closed; a fill too new may be missing from it. */
function unchanged(base: Sample, now: Sample, candidates: readonly Candidate[]): Inference | null {
  const absent = marginAgrees(base, now, [], candidates);
  if (absent === null) return null;
  return {
    kind: "unchanged",
    included: ids(candidates.filter((each) => !each.maybe && !absent.includes(each))),
  };
}

/** A margin of 0.00: every position is gone, if each was there when the heartbeat was made. */
function allGone(base: Sample, now: Sample, candidates: readonly Candidate[]): Inference {
  const known = candidates.filter((each) => !each.maybe);
  const proved = candidates.filter((each) => each.touched && each.seasoned);
  const agreed = known.length > 0 && balanceAgrees(base, now, known, candidates);
  const gone = agreed ? candidates.filter((each) => !each.maybe || proved.includes(each)) : proved;
  if (gone.length > 0) return closing({ closed: gone, included: [] });
  return known.length === 0
    ? { kind: "unchanged", included: [] }
    : { kind: "question", solutions: [ids(known)] };
}

function weighSubsets(base: Sample, now: Sample, candidates: readonly Candidate[]): readonly Answer[] {
  const pool = candidates.length <= ENUMERATED_MAX
    ? candidates
    : candidates.filter((each) => each.touched).slice(0, ENUMERATED_MAX);
  return subsets(pool).flatMap((closed): readonly Answer[] => {
    if (closed.length === 0) return [];
    const absent = marginAgrees(base, now, closed, candidates);
    const margin = absent !== null;
    const balance = balanceAgrees(base, now, closed, candidates);
    const one = balance || (margin && closed.every((each) => each.seasoned));
    const left = candidates.filter((each) => !each.maybe && !closed.includes(each));
    const enough = closed.every((each) => each.touched) ? one : margin && balance && hasMoved(base, now);
    const included = left.filter((each) => absent === null || !absent.includes(each));
    return enough ? [{ closed, both: margin && balance, included }] : [];
  });
}

/**
 * Crossed positions with both signs first, then with one; closes by hand only where nothing was crossed. What may
 * never have opened is called closed only when it was crossed and both signs agree.
 */
function choose(answers: readonly Answer[], candidates: readonly Candidate[]): Inference | null {
  if (answers.length === 0) return null;
  const crossed = answers.filter(({ closed }) => closed.every((each) => each.touched));
  const certain = crossed.filter((answer) => answer.both);
  const rivals = certain.length > 0 ? certain : answers;
  const [first] = rivals;
  if (first === undefined || rivals.length > 1) return question(rivals);
  if (first === certain[0]) return closing(first);
  const crossedOnly = first.closed.every((each) => each.touched && !each.maybe);
  return crossedOnly || isByHand(first, candidates) ? closing(first) : question(answers);
}

/**
 * Without a level that was crossed one position alone is called closed, and only where every margin is one that a
 * heartbeat has shown: a fill may be smaller than it was told, an unanswered fire may be open, and sums agree by chance.
 */
function isByHand({ closed }: Answer, candidates: readonly Candidate[]): boolean {
  return closed.length === 1 && candidates.every((each) => !each.maybe && each.included && !each.touched);
}

function question(answers: readonly Answer[]): Inference {
  return { kind: "question", solutions: answers.map(({ closed }) => ids(closed)) };
}

function closing({ closed, included }: Omit<Answer, "both">): Inference {
  return {
    kind: "closed",
    touched: ids(closed.filter((each) => each.touched)),
    manual: ids(closed.filter((each) => !each.touched)),
    included: ids(included),
  };
}

/** The new fills that the later heartbeat lacks if the margin agrees with `closed` being gone, else null. */
function marginAgrees(
  base: Sample,
  now: Sample,
  closed: readonly Candidate[],
  candidates: readonly Candidate[],
): readonly Candidate[] | null {
  if (base.margin === null || now.margin === null) return null;
  const open = candidates.filter((each) => !closed.includes(each) && !each.maybe);
  const tolerance = toleranceOf(base.margin, closed, candidates);
  const released = total(closed.filter((each) => each.included || each.maybe));
  const added = open.filter((each) => !each.included);
  for (const absent of subsets(added.filter((each) => !each.seasoned))) {
    const expected = base.margin - released + total(added.filter((each) => !absent.includes(each)));
    if (Math.abs(now.margin - expected) <= tolerance) return absent;
  }
  return null;
}

function toleranceOf(margin: number, closed: readonly Candidate[], candidates: readonly Candidate[]): number {
  if (closed.length > 0) return total(closed) * MARGIN_TOLERANCE + CENT;
  const smallest = Math.min(...candidates.filter((each) => !each.maybe).map((each) => each.margin ?? NaN));
  // Nothing of ours open, or its margin unknown: a hundredth of what is bound.
  return (Number.isFinite(smallest) ? smallest * MARGIN_TOLERANCE : margin * 0.01) + CENT;
}

function balanceAgrees(
  base: Sample,
  now: Sample,
  closed: readonly Candidate[],
  candidates: readonly Candidate[],
): boolean {
  if (base.balance === null || now.balance === null) return false;
  const moved = now.balance - base.balance;
  const opened = candidates.filter((each) => !each.included && !each.maybe && !closed.includes(each));
  let low = 0, high = 0;
  for (const { result } of closed) {
    if (result === null) return false;
    low += result.low - Math.abs(result.low) * BALANCE_TOLERANCE;
    high += result.high + Math.abs(result.high) * BALANCE_TOLERANCE;
  }
  const costs = [...closed, ...opened].reduce((sum, each) => sum + each.commission, 0) + CENT;
  return moved >= low - costs && moved <= high + costs;
}

/** A close by hand that costs and brings nothing is no close: a range around zero fits it too well. */
function hasMoved(base: Sample, now: Sample): boolean {
  return Math.abs((now.balance ?? NaN) - (base.balance ?? NaN)) > CENT;
}

function total(candidates: readonly Candidate[]): number {
  return candidates.reduce((sum, each) => sum + (each.margin ?? NaN), 0);
}

function ids(candidates: readonly Candidate[]): readonly FireId[] {
  return candidates.map((each) => each.id);
}

/** Every subset, the smaller ones first within a common prefix; 2^n of them. */
function subsets<T>(items: readonly T[]): readonly (readonly T[])[] {
  return items.reduce<readonly (readonly T[])[]>(
    (found, item) => [...found, ...found.map((each) => [...each, item])],
    [[]],
  );
}
