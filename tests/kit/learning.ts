/**
 * Examples for learning tests: features by seed, wins by a rule, a signal every so often.
 *
 * @module
 */
import { type Examples, examplesOf, matrixOf } from "../../domain/learning/matrix.ts";
import { type Random, seededRandom } from "../../runtime/random.ts";

/** How examples are made. */
export interface ExampleRules {
  readonly seed: number;
  readonly rows: number;
  readonly features?: number;
  /** Chance of a win of a row; a coin unless given. */
  readonly chanceOf?: (row: Float64Array, confidence: number) => number;
  /** Share of values that are missing, never of the first two features. */
  readonly missing?: number;
  /** From one signal to the next, ms. */
  readonly everyMs?: number;
}

/** 2026-01-01 UTC. */
export const LEARNING_FROM_MS = Date.UTC(2026, 0, 1);

/** The draws of a seed, as learning takes them. */
export function drawsOf(seed: number): () => number {
  const random = seededRandom(seed);
  return () => random.next();
}

/** Examples in order of time; features evenly from −1 to 1, confidence from 70 to 95, open for up to 4 h. */
export function makeExamples(rules: ExampleRules): Examples {
  const { rows, features = 4, missing = 0, everyMs = 2 * 3_600_000, chanceOf = () => 0.5 } = rules;
  const random = seededRandom(rules.seed);
  const names = Array.from({ length: features }, (_, i) => `f${i}`);
  const values = Float64Array.from(
    { length: rows * features },
    (_, i) => valueOf(random, i % features, missing),
  );
  const confidence = Float64Array.from({ length: rows }, () => 70 + 25 * random.next());
  const wins = Uint8Array.from(confidence, (each, row) => {
    const chance = chanceOf(values.subarray(row * features, (row + 1) * features), each);
    return random.chance(chance) ? 1 : 0;
  });
  const signaledAtMs = Float64Array.from({ length: rows }, (_, row) => LEARNING_FROM_MS + row * everyMs);
  const resolvedAtMs = signaledAtMs.map((atMs) => atMs + random.whole(4 * 3_600_000));
  return examplesOf({ matrix: matrixOf(names, values), wins, confidence, signaledAtMs, resolvedAtMs });
}

function valueOf(random: Random, column: number, missing: number): number {
  const value = 2 * random.next() - 1;
  return random.chance(column < 2 ? 0 : missing) ? NaN : value;
}

/** Wins follow two features together and neither alone: 90 % when they have one sign, else 10 %. */
export const together = (row: Float64Array): number => row[0]! * row[1]! > 0 ? 0.9 : 0.1;
