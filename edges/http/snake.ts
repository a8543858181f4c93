/**
 * From the house's camelCase to the outside's snake_case, for whole values.
 *
 * @module
 */

/** Names of ours begin small and contain a capital; `EURUSD` or `BB_SCALP` as a key is a value and stays. */
const OURS = /^[a-z][a-z0-9]*[A-Z]/;

/**
 * The same value with our keys in snake_case, at every depth; array order and values stay.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { snakeKeys } from "./snake.ts";
 *
 * assert.deepEqual(snakeKeys({ lastSeenAtMs: 1, byName: { EURUSD: [{ winRate: null }] } }), {
 *   last_seen_at_ms: 1,
 *   by_name: { EURUSD: [{ win_rate: null }] },
 * });
 * ```
 */
export function snakeKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeKeys);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [snake(key), snakeKeys(inner)]));
}

/** One name of ours in snake_case: `mfePips` is `mfe_pips`, `signals6h` is `signals6h`. */
export function snake(name: string): string {
  return OURS.test(name) ? name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) : name;
}
