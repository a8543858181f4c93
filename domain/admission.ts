/**
 * Admission: whether one more frame of an EA is listened to, so that one EA cannot take the others' time.
 *
 * @module
 */
import type { EaId } from "../protocols/units.ts";

/** What may come in. */
export interface AdmissionLimits {
  /** Frames per second and EA, in the long run; as many may come at once after a pause. */
  readonly framesPerSecondMax: number;
  /** EAs kept at once. */
  readonly easMax: number;
}

/** `not_allowed`: so many EAs are kept already. */
export type Admitted = "admitted" | "rate_limited" | "not_allowed";

interface Bucket {
  tokens: number;
  filledAtMs: number;
}

/** An EA silent for so long makes room for another when there is none. */
const FORGOTTEN_MS = 3_600_000;

/**
 * One token bucket per EA; changes in place.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { eaId } from "../protocols/units.ts";
 *
 * const admission = new Admission({ framesPerSecondMax: 2, easMax: 10 });
 * const answers = [0, 0, 0, 500].map((atMs) => admission.ask(eaId("user_demo_00017"), atMs));
 * assert.deepEqual(answers, ["admitted", "admitted", "rate_limited", "admitted"]);
 * ```
 */
export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #buckets = new Map<EaId, Bucket>();

  /** @throws {Error} when a limit is not a number >= 1 */
  constructor(limits: AdmissionLimits) {
    for (const [name, value] of Object.entries(limits)) {
      if (!(value >= 1)) {
        throw new Error(`Cannot limit ${name} as it must be >= 1: current value is ${value}`);
      }
    }
    this.#limits = limits;
  }

  /** Takes one frame of `eaId` at `nowMs`, of a clock that need not start anywhere. */
  ask(eaId: EaId, nowMs: number): Admitted {
    const bucket = this.#buckets.get(eaId) ?? this.#enter(eaId, nowMs);
    if (bucket === null) return "not_allowed";
    const { framesPerSecondMax } = this.#limits;
    const gained = Math.max(0, nowMs - bucket.filledAtMs) * framesPerSecondMax / 1_000;
    bucket.tokens = Math.min(framesPerSecondMax, bucket.tokens + gained);
    bucket.filledAtMs = nowMs;
    if (bucket.tokens < 1) return "rate_limited";
    bucket.tokens--;
    return "admitted";
  }

  #enter(eaId: EaId, nowMs: number): Bucket | null {
    if (this.#buckets.size >= this.#limits.easMax) this.#forget(nowMs);
    if (this.#buckets.size >= this.#limits.easMax) return null;
    const bucket = { tokens: this.#limits.framesPerSecondMax, filledAtMs: nowMs };
    this.#buckets.set(eaId, bucket);
    return bucket;
  }

  #forget(nowMs: number): void {
    for (const [eaId, bucket] of this.#buckets) {
      if (nowMs - bucket.filledAtMs >= FORGOTTEN_MS) this.#buckets.delete(eaId);
    }
  }
}
