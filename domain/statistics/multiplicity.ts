/**
 * Multiplicity: which cells differ from the rest once it is counted how many were looked at.
 *
 * Of a hundred cells without any difference five have a p-value below 5 %. Holm keeps the chance of one false word
 * below alpha; Benjamini and Hochberg keep the expected share of false words among all words below alpha.
 *
 * @module
 */
import type { SignalRecord } from "../../protocols/store.ts";
import { DESIGN_EFFECT } from "../analytics.ts";
import { cellsOf, type Dimension, type Group, type GroupSettings } from "./grouping.ts";
import { binomialTest } from "./proportions.ts";
import { decidedOf, isDecided, meanOf } from "./tracked.ts";

/** One cell to be judged. */
export interface Tested {
  readonly name: string;
  readonly n: number;
  /** What the cell showed: a win rate (0 to 1) or a mean R. */
  readonly value: number;
  /** Of the cell alone, 0 to 1. */
  readonly p: number;
}

/** One cell, judged among all. */
export interface Judged extends Tested {
  /** p after Holm and after Benjamini–Hochberg, 0 to 1, never below `p`. */
  readonly holm: number;
  readonly falseDiscovery: number;
  /**
   * `sure`: at most alpha after Holm. `likely`: only after Benjamini–Hochberg. `chance`: only alone; what so many
   * looks bring by themselves. `none`: not even alone.
   */
  readonly verdict: "sure" | "likely" | "chance" | "none";
}

/** All cells, judged together. */
export interface Verdicts {
  readonly alpha: number;
  /** What the cells were held against: a win rate (0 to 1) or a mean R; null when there is nothing to hold against. */
  readonly baseline: number | null;
  /** In the order the cells came. */
  readonly cells: readonly Judged[];
  /** What survives and what does not, with its numbers. */
  readonly words: string;
}

/** How cells are tested. */
export interface TestSettings {
  /** Above 0 and below 1; 0.05 unless given. */
  readonly alpha?: number;
  /** Signals that share a day count as `n / designEffect`, at least 1; the house's unless given. */
  readonly designEffect?: number;
}

/** How cells are tested by shuffling. */
export interface PermutationSettings extends TestSettings, Pick<GroupSettings, "bandWidth"> {
  /** Uniform in [0, 1): the same seed gives the same p-values. */
  readonly random: () => number;
  /** At least 99; 1,999 unless given. The least p-value is 1 / (permutations + 1): enough for alpha over the cells. */
  readonly permutations?: number;
}

/**
 * Holm's adjusted p-values (Scandinavian Journal of Statistics 6, 1979): running maximum of (m − i + 1) × p_(i), at
 * most 1, in the order of `ps`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { holm } from "./multiplicity.ts";
 *
 * assert.deepEqual(holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02]);
 * ```
 */
export function holm(ps: readonly number[]): number[] {
  const adjusted = new Array<number>(ps.length);
  let most = 0;
  ascending(ps).forEach((at, rank) => {
    most = Math.max(most, Math.min(1, (ps.length - rank) * (ps[at] as number)));
    adjusted[at] = most;
  });
  return adjusted;
}

/**
 * Benjamini and Hochberg's adjusted p-values (Journal of the Royal Statistical Society B 57, 1995): running minimum,
 * from the greatest down, of m / i × p_(i), in the order of `ps`. Right for independent or positively dependent cells.
 */
export function benjaminiHochberg(ps: readonly number[]): number[] {
  const adjusted = new Array<number>(ps.length);
  let least = 1;
  ascending(ps).forEach((_, i, order) => {
    const rank = ps.length - i, at = order[rank - 1] as number;
    least = Math.min(least, (ps[at] as number) * ps.length / rank);
    adjusted[at] = least;
  });
  return adjusted;
}

/**
 * Judges cells together.
 *
 * @throws {RangeError} when alpha is outside 0 to 1, both ends excluded
 */
export function judge(tested: readonly Tested[], baseline: number | null, alpha = 0.05): Verdicts {
  if (!(alpha > 0 && alpha < 1)) {
    throw new RangeError(`Cannot judge cells as alpha must be > 0 and < 1: current value is ${alpha}`);
  }
  const ps = tested.map(({ p }) => p), strict = holm(ps), loose = benjaminiHochberg(ps);
  const cells = tested.map((cell, i): Judged => {
    const [ours, theirs] = [strict[i] as number, loose[i] as number];
    return { ...cell, holm: ours, falseDiscovery: theirs, verdict: verdictOf(cell.p, ours, theirs, alpha) };
  });
  return { alpha, baseline, cells, words: wordsFor(cells, baseline, alpha) };
}

/**
 * Win rates of cells against a stated one, by the exact binomial test. Cells in which nothing was won or lost are left
 * out.
 *
 * @param baseline 0 to 1: what must be beaten, say the rate that pays for itself
 */
export function judgeRates(
  groups: readonly Group[],
  baseline: number,
  settings: TestSettings = {},
): Verdicts {
  const { alpha = 0.05, designEffect = DESIGN_EFFECT } = settings;
  const tested = groups.filter(({ n }) => n > 0).map(({ keys, n, wins }): Tested => {
    const trials = Math.max(1, Math.round(n / designEffect));
    const p = binomialTest(Math.min(trials, Math.round(wins / designEffect)), trials, baseline)?.exact ?? 1;
    return { name: keys.join(" "), n, value: wins / n, p };
  });
  return judge(tested, baseline, alpha);
}

/**
 * Mean R of cells against the mean of all, by shuffling R among the signals: p = (1 + shuffles at least as far off) /
 * (1 + shuffles) (Phipson and Smyth, Statistical Applications in Genetics 9, 2010). Cells in which nothing was won or
 * lost are left out. O(permutations × n).
 *
 * Shuffling takes signals for exchangeable, which those of one day are not: what was seen is held against the
 * shuffles after its distance is divided by √designEffect, as an inflated variance would do.
 *
 * @throws {RangeError} when there are fewer than 99 permutations
 */
export function judgeReturns(
  signals: Iterable<SignalRecord>,
  dimensions: readonly Dimension[],
  settings: PermutationSettings,
): Verdicts {
  const { alpha = 0.05, designEffect = DESIGN_EFFECT, permutations = 1_999, random } = settings;
  if (!(permutations >= 99)) {
    throw new RangeError(`Cannot shuffle as permutations must be >= 99: current value is ${permutations}`);
  }
  const cells = cellsOf(decidedOf(signals), dimensions, settings);
  const rs = cells.map(({ signals }) => signals.filter(isDecided).map(({ outcome }) => outcome.r));
  const all = meanOf(rs.flat());
  const seen = rs.map((cell) =>
    Math.abs((meanOf(cell) as number) - (all as number)) / Math.sqrt(designEffect)
  );
  const further = timesFurther(rs, seen, permutations, random);
  const tested = cells.map(({ keys }, i): Tested => ({
    name: keys.join(" "),
    n: (rs[i] as number[]).length,
    value: meanOf(rs[i] as number[]) as number,
    p: (1 + (further[i] as number)) / (1 + permutations),
  }));
  return judge(tested, all, alpha);
}

/** How many shuffles put each cell's mean at least as far from the mean of all as was seen. */
function timesFurther(
  rs: readonly (readonly number[])[],
  seen: readonly number[],
  permutations: number,
  random: () => number,
): number[] {
  const values = Float64Array.from(rs.flat());
  const all = values.reduce((sum, value) => sum + value, 0) / values.length;
  const times = new Array<number>(rs.length).fill(0);
  for (let i = 0; i < permutations; i++) {
    shuffle(values, random);
    let at = 0;
    for (const [cell, { length }] of rs.entries()) {
      let sum = 0;
      for (const end = at + length; at < end; at++) sum += values[at] as number;
      // A shuffle that gives the same signals in another order differs in the last bits.
      if (Math.abs(sum / length - all) >= (seen[cell] as number) - 1e-12) times[cell]! += 1;
    }
  }
  return times;
}

/** Fisher and Yates, as by Durstenfeld (Communications of the ACM 7, 1964). */
function shuffle(values: Float64Array, random: () => number): void {
  for (let i = values.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1)), held = values[i] as number;
    values[i] = values[j] as number;
    values[j] = held;
  }
}

function ascending(ps: readonly number[]): number[] {
  return ps.map((_, i) => i).sort((a, b) => (ps[a] as number) - (ps[b] as number) || a - b);
}

function verdictOf(p: number, strict: number, loose: number, alpha: number): Judged["verdict"] {
  if (strict <= alpha) return "sure";
  if (loose <= alpha) return "likely";
  return p <= alpha ? "chance" : "none";
}

function wordsFor(cells: readonly Judged[], baseline: number | null, alpha: number): string {
  if (cells.length === 0) return "No cell to judge: nothing was won or lost.";
  const named = (verdict: Judged["verdict"]) =>
    cells.filter((cell) => cell.verdict === verdict).map(sentencePart).join("; ");
  const level = `${tidy(100 * alpha)} %`, against = baseline === null ? "" : ` against ${tidy(baseline)}`;
  const parts = [
    [`Survive Holm (chance of any false word at most ${level})`, named("sure")],
    [
      `Survive only Benjamini–Hochberg (at most ${level} of such words are expected to be false)`,
      named("likely"),
    ],
    [`Do not survive, though odd alone`, named("chance")],
  ].filter(([, names]) => names !== "").map(([what, names]) => ` ${what}: ${names}.`);
  const none = parts.length === 0 ? ` None differs at ${level}, even alone.` : "";
  const survivor = cells.some(({ verdict }) => verdict === "sure" || verdict === "likely");
  const warning = parts.length > 0 && !survivor ? " Nothing here is more than chance would bring." : "";
  const count = cells.length === 1 ? "1 cell" : `${cells.length} cells`;
  return `${count} tested${against}.${parts.join("")}${none}${warning}`;
}

function sentencePart({ name, n, value, p, holm, falseDiscovery }: Judged): string {
  return `${name} (${tidy(value)} over ${n}, p ${tidy(p)}, Holm ${tidy(holm)}, ` +
    `Benjamini–Hochberg ${tidy(falseDiscovery)})`;
}

/** Three significant digits. */
function tidy(value: number): string {
  return String(Number(value.toPrecision(3)));
}
