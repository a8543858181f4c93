/**
 * Evidence: how strongly R so far speaks against "this does not lose", valid whenever it is looked at.
 *
 * @module
 */

/** One stretch of the record that stands alone: the mean R of a day, or the R of one signal where signals do. */
export interface Bet {
  /** What it brought, R, at most `bestR`. */
  readonly r: number;
  /** The most it could have brought, known when it was made: its (mean) reward to risk. Positive. */
  readonly bestR: number;
}

/** Evidence that the mean R is below 0. */
export interface Evidence {
  /** Wealth of the one who bets on a loss, from a stake of 1; above 0. */
  readonly eValue: number;
  /** The most it has been. */
  readonly highest: number;
  /** At most this is the chance of ever seeing so much were the mean R 0 or more: min(1, 1 / highest). */
  readonly p: number;
}

/** The most of the stake that a single win may cost: one that may take all can never recover from a mistake. */
const RISKED_MAX = 0.5;
/** Pips and R are rounded in a record, reward to risk is not. */
const ROUNDING_R = 0.01;

/**
 * Evidence by betting (Waudby-Smith and Ramdas, Journal of the Royal Statistical Society B 86, 2024; Ville 1939):
 * wealth is Π (1 − λ R), with λ at least 0, at most 0.5 / `bestR`, and chosen before R is known. While every R has a
 * mean of 0 or more given what went before, wealth is a supermartingale, so that it ever exceeds 1 / α has a chance of
 * at most α: at any n, for any distribution. A gap beyond the stop only adds to it.
 *
 * Single signals of one day are no bets: after the first of a bad day the next has a mean below 0, in a pattern that
 * breaks even too. Bet on days.
 *
 * λ is the share that would have grown fastest so far, −mean / mean of squares, with one bet of ±1 R thought in before.
 *
 * @param bets in order of resolution
 * @throws {RangeError} when a bet brought more than it could
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { evidenceOfLoss } from "./evidence.ts";
 *
 * // λ is 0, then 1 / 2, then 2 / 3 held down to 1 / 2: wealth 1, then 1.5, then 2.25.
 * const lost = { r: -1, bestR: 1 };
 * assert.equal(evidenceOfLoss([lost, lost, lost]).eValue, 2.25);
 * ```
 */
export function evidenceOfLoss(bets: Iterable<Bet>): Evidence {
  let eValue = 1, highest = 1, sum = 0, squares = 1;
  for (const { r, bestR } of bets) {
    if (!(bestR > 0 && r <= bestR + ROUNDING_R)) {
      throw new RangeError(`Cannot weigh a bet as r must be <= bestR ${bestR}: current value is ${r}`);
    }
    const share = Math.min(RISKED_MAX / bestR, Math.max(0, -sum / squares));
    eValue *= 1 - share * r;
    highest = Math.max(highest, eValue);
    sum += r;
    squares += r * r;
  }
  return { eValue, highest, p: Math.min(1, 1 / highest) };
}
