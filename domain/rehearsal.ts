/**
 * Rehearsal: which time the market clock shows, and that rehearsed and real results never share a folder.
 *
 * @module
 */

/** The anchor of a scaled market clock, as `runtime/clock.ts` takes it. */
export interface Anchor {
  readonly wallMs: number;
  readonly marketMs: number;
  readonly speed: number;
  readonly skips: readonly { readonly fromMs: number; readonly toMs: number }[];
}

/** What is asked of the clock, and what the data folder remembers of the last run. */
export interface ClockRequest {
  /** Market seconds per wall second; 1 with no start is the real clock. */
  readonly speed: number;
  /** UTC ms the rehearsal begins at; null: now. */
  readonly startAtMs: number | null;
  /** Closed hours to pass over. */
  readonly skips?: Anchor["skips"];
  /** The wall clock, UTC ms. */
  readonly wallMs: number;
  /** The setting `clock` of the folder: undefined in a new one, null for a real one, else the last anchor. */
  readonly stored: (Anchor & { readonly startAtMs: number | null }) | null | undefined;
}

/** The anchor (null: real time), or why there is none. */
export type ClockDecision =
  | { readonly ok: true; readonly anchor: Anchor | null; readonly kept: boolean }
  | { readonly ok: false; readonly message: string };

/**
 * Decides the market clock. A restart keeps the anchor, so that a rehearsal goes on where time has come to.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const first = decideClock({ speed: 60, startAtMs: 0, wallMs: 5_000, stored: undefined });
 *
 * assert.deepEqual(first, {
 *   ok: true,
 *   anchor: { wallMs: 5_000, marketMs: 0, speed: 60, skips: [] },
 *   kept: false,
 * });
 * ```
 */
export function decideClock(request: ClockRequest): ClockDecision {
  const { speed, startAtMs, wallMs, stored, skips = [] } = request;
  const rehearsal = speed !== 1 || startAtMs !== null;
  if (!rehearsal) {
    return stored === undefined || stored === null
      ? { ok: true, anchor: null, kept: stored === null }
      : { ok: false, message: MIXED("real time", "a rehearsal") };
  }
  if (stored === null) return { ok: false, message: MIXED("a rehearsal", "real time") };
  if (stored === undefined) {
    return { ok: true, anchor: { wallMs, marketMs: startAtMs ?? wallMs, speed, skips }, kept: false };
  }
  if (stored.speed !== speed || stored.startAtMs !== startAtMs) {
    return { ok: false, message: MIXED("another rehearsal", "a rehearsal with its own clock") };
  }
  const { startAtMs: _, ...anchor } = stored;
  return { ok: true, anchor, kept: true };
}

const MIXED = (wanted: string, held: string): string =>
  `Cannot run ${wanted} in this data folder as it holds ${held}: choose another dataDir, or the clock it was made with`;
