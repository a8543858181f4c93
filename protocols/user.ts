/**
 * Users: who may fire, how, and how much.
 *
 * @module
 */
import type { UserId } from "./units.ts";

/** A user's level. */
export type Tier = "PRESS_PASS" | "NIBBLER" | "FANG" | "COMMANDER";

/** SELECT: the user fires by hand. AUTO: the house fires for him. */
export type FireMode = "SELECT" | "AUTO";

/** One user and his fire mode: one row each of `users` and `user_fire_modes`. */
export interface User {
  readonly id: UserId;
  readonly tier: Tier;
  readonly mode: FireMode;
  /** Inclusive band of confidence for auto-fire. */
  readonly confidenceMin: number;
  readonly confidenceMax: number;
  readonly maxAutoSlots: number;
  /** Percent of min(balance, equity) lost at the stop of one trade. */
  readonly riskPercent: number;
  /** Percent of equity all open stops together may lose. */
  readonly openRiskPercentMax: number;
  readonly halted: boolean;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}
