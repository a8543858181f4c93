/**
 * Elimination: whether a pattern is shown to lose, and whether one put aside is shown to earn again.
 *
 * What acts is mean R after costs, not the win rate: at a reward below the risk a pattern that wins 59 % may lose. It
 * is looked at only at n = first, 2 × first, 4 × first, … with alpha halved each time: who looks after every outcome
 * condemns a fifth of the patterns that break even.
 *
 * @module
 */
import type { SignalRecord } from "../../protocols/store.ts";
import { DESIGN_EFFECT } from "../analytics.ts";
import { studentQuantile } from "./distributions.ts";
import { type Bet, type Evidence, evidenceOfLoss } from "./evidence.ts";
import { standardDeviation } from "./returns.ts";
import { daysOf, decidedOf, type DecidedSignal, isTellingShadow, meanOf } from "./tracked.ts";

/** When a pattern is looked at, and how sure a look must be. */
export interface LookSettings {
  /** n of the first look, whole, at least 2 × `designEffect`; each next is twice the one before. */
  readonly firstN: number;
  /** One-sided error of the first look, above 0, at most 0.5; halved at each next: together at most twice this. */
  readonly firstAlpha: number;
  /** n counts as `n / designEffect` independent signals, at least 1. */
  readonly designEffect: number;
}

/** Elimination: first at 20, where the bound is the upper end of a two-sided 95 % interval; together at most 5 %. */
export const ELIMINATION: LookSettings = { firstN: 20, firstAlpha: 0.025, designEffect: DESIGN_EFFECT };

/**
 * Return: first at 50, by the lower one-sided 80 % bound. A wrong return is judged again at once and costs little; a
 * wrong exile lasts.
 */
export const RESTORATION: LookSettings = { firstN: 50, firstAlpha: 0.2, designEffect: DESIGN_EFFECT };

/** One look at the first `n` outcomes. */
export interface Look {
  readonly n: number;
  /** One-sided error of this look. */
  readonly alpha: number;
  readonly meanR: number;
  /** The end of the one-sided interval nearest 0: upper when a loss is to be shown, lower when a gain is. R. */
  readonly boundR: number;
  /** The bound lies on the far side of 0. */
  readonly decisive: boolean;
}

/** What is known of one question about one pattern. */
export interface LookVerdict<V extends string> {
  readonly verdict: V;
  /** Outcomes so far, those after the last look included. */
  readonly n: number;
  /** Mean R so far; null when n is 0. */
  readonly meanR: number | null;
  /** Every look so far, up to the first decisive one. */
  readonly looks: readonly Look[];
  /** n of the next look; null when the matter is decided. */
  readonly nextLookAt: number | null;
  /** In words, with its numbers. */
  readonly reason: string;
}

/** Whether a live pattern is put aside. */
export interface Elimination extends LookVerdict<"keep" | "eliminate" | "notEnough"> {
  /**
   * A second opinion that needs no schedule, no normal spread and no design effect: each UTC day is one bet on its mean
   * R, the running day as it stands. Told, never acted upon.
   */
  readonly evidence: Evidence;
}

/** Whether a pattern put aside comes back. */
export type Restoration = LookVerdict<"return" | "stay" | "notEnough">;

/**
 * Whether the live signals of a pattern show that it loses. Shadows, open and UNKNOWN signals do not count.
 *
 * @param signals of one pattern, R after costs, in any order
 * @param sinceMs only signals made after this moment count: when the pattern was last made active, UTC ms
 * @throws {RangeError} when a setting is out of range
 */
export function judgeElimination(
  signals: Iterable<SignalRecord>,
  settings: LookSettings = ELIMINATION,
  sinceMs = -Infinity,
): Elimination {
  const decided = decidedOf(signals).filter((signal) => !signal.shadow && signal.signaledAtMs > sinceMs);
  const rs = decided.map(({ outcome }) => outcome.r);
  const rewards = decided.map(({ riskReward }) => riskReward);
  const looks = looksAt(rs, meanOf(rewards) ?? 1, settings);
  const names = { decisive: "eliminate", undecided: "keep" } as const;
  return { ...verdictOf(rs, looks, settings, names), evidence: evidenceOfLoss(daysOf(decided).map(betOf)) };
}

/**
 * Whether the shadows of a pattern show that it earns again. Live, open and UNKNOWN signals do not count, nor shadows
 * that were vetoed as repeats.
 *
 * @param signals of one pattern, R after costs, in any order
 * @param sinceMs only signals made after this moment count: when the pattern was put aside, UTC ms
 * @throws {RangeError} when a setting is out of range
 */
export function judgeReturn(
  signals: Iterable<SignalRecord>,
  settings: LookSettings = RESTORATION,
  sinceMs = -Infinity,
): Restoration {
  const rs = decidedOf(signals)
    .filter((signal) => isTellingShadow(signal) && signal.signaledAtMs > sinceMs)
    .map(({ outcome }) => outcome.r);
  // To show that R is above 0 is to show that −R is below it; the best that −R can be is a full stop.
  const looks = looksAt(rs.map((r) => -r), 1, settings).map((look) => ({
    ...look,
    meanR: -look.meanR + 0,
    boundR: -look.boundR + 0,
  }));
  return verdictOf(rs, looks, settings, { decisive: "return", undecided: "stay" });
}

/**
 * Looks at growing beginnings of `rs` for a mean below 0, up to the first that shows one.
 *
 * The bound is mean + t × s × √(designEffect / n), t of Student with n / designEffect − 1 degrees of freedom.
 *
 * @param best what a win brings, R > 0
 */
function looksAt(rs: readonly number[], best: number, settings: LookSettings): Look[] {
  check(settings);
  const looks: Look[] = [];
  let alpha = settings.firstAlpha;
  for (let n = settings.firstN; n <= rs.length; n *= 2, alpha /= 2) {
    const look = lookAt(rs.slice(0, n), best, alpha, settings.designEffect);
    looks.push(look);
    if (look.decisive) break;
  }
  return looks;
}

function lookAt(rs: readonly number[], best: number, alpha: number, designEffect: number): Look {
  const n = rs.length, meanR = meanOf(rs) as number;
  // Losses alone have no spread: without one win thought into them, a pattern of rare large wins would be condemned.
  const spread = standardDeviation(rs.some((r) => r > 0) ? rs : [...rs, best]) as number;
  const t = studentQuantile(1 - alpha, n / designEffect - 1);
  const boundR = meanR + t * spread * Math.sqrt(designEffect / n);
  return { n, alpha, meanR, boundR, decisive: boundR < 0 };
}

function verdictOf<D extends string, U extends string>(
  rs: readonly number[],
  looks: readonly Look[],
  { firstN }: LookSettings,
  names: { readonly decisive: D; readonly undecided: U },
): LookVerdict<D | U | "notEnough"> {
  const last = looks.at(-1);
  const common = { n: rs.length, meanR: meanOf(rs), looks };
  if (last === undefined) {
    return { ...common, verdict: "notEnough", nextLookAt: firstN, reason: tooFew(rs.length, firstN) };
  }
  const nextLookAt = last.decisive ? null : 2 * last.n;
  const verdict = last.decisive ? names.decisive : names.undecided;
  return { ...common, verdict, nextLookAt, reason: reasonFor(verdict, last) };
}

/** No signal brings more than its reward to risk, so no day more than their mean. */
function betOf(day: readonly DecidedSignal[]): Bet {
  const sums = day.reduce(
    ({ r, bestR }, { outcome, riskReward }) => ({ r: r + outcome.r, bestR: bestR + riskReward }),
    { r: 0, bestR: 0 },
  );
  return { r: sums.r / day.length, bestR: sums.bestR / day.length };
}

function tooFew(n: number, firstN: number): string {
  return `notEnough: ${n} outcomes, first looked at when there are ${firstN}`;
}

function reasonFor(verdict: string, { n, alpha, meanR, boundR, decisive }: Look): string {
  const next = decisive ? "" : `; next look at ${2 * n}`;
  return `${verdict}: mean ${signed(meanR)} R over the first ${n}, one-sided ${percent(1 - alpha)} % bound ` +
    `${signed(boundR)} R, ${decisive ? "beyond 0" : "not beyond 0"}${next}`;
}

function signed(value: number): string {
  return `${value > 0 ? "+" : ""}${Math.round(value * 1_000) / 1_000 + 0}`;
}

function percent(share: number): number {
  return Number((100 * share).toPrecision(6));
}

function check({ firstN, firstAlpha, designEffect }: LookSettings): void {
  const sound = Number.isInteger(firstN) && designEffect >= 1 && firstN >= 2 * designEffect &&
    firstAlpha > 0 && firstAlpha <= 0.5;
  if (!sound) {
    throw new RangeError(
      "Cannot look at a pattern as firstN must be whole and >= 2 designEffect, designEffect >= 1, " +
        `0 < firstAlpha <= 0.5: current value is ${firstN}, ${designEffect}, ${firstAlpha}`,
    );
  }
}
