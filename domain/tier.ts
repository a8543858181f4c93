/**
 * Tiers: what each level may see, fire and risk, as a table, and what a new user starts with.
 *
 * The numbers are those of the older tier table, except where the user's own configuration overrules it:
 * COMMANDER fires automatically, holds 10 at once, risks 5 % and has no daily limit of fires.
 *
 * @module
 */
import type { SignalClass } from "../protocols/signal.ts";
import type { UserId } from "../protocols/units.ts";
import type { FireMode, Tier, User } from "../protocols/user.ts";

/** The rights of one tier. */
export interface TierRights {
  /** Classes of signals offered as missions. */
  readonly views: readonly SignalClass[];
  /** Classes of signals that may be fired. */
  readonly executes: readonly SignalClass[];
  readonly modes: readonly FireMode[];
  /** Most fires open at once over all EAs, by hand and automatic together. */
  readonly openMax: number;
  /** Most automatic fires open at once. */
  readonly autoSlotsMax: number;
  /** Fires from one 17:00 New York to the next; null: no limit. */
  readonly shotsPerDay: number | null;
  /** Most that one trade may risk, percent. */
  readonly riskPercentMax: number;
}

const BOTH: readonly SignalClass[] = ["RAPID", "SNIPER"];

/** Rights by tier. */
export const TIERS: Readonly<Record<Tier, TierRights>> = {
  PRESS_PASS: {
    views: ["RAPID"],
    executes: ["RAPID"],
    modes: ["SELECT"],
    openMax: 1,
    autoSlotsMax: 0,
    shotsPerDay: 6,
    riskPercentMax: 2,
  },
  NIBBLER: {
    views: BOTH,
    executes: ["RAPID"],
    modes: ["SELECT"],
    openMax: 1,
    autoSlotsMax: 0,
    shotsPerDay: 6,
    riskPercentMax: 2,
  },
  FANG: {
    views: BOTH,
    executes: BOTH,
    modes: ["SELECT"],
    openMax: 2,
    autoSlotsMax: 0,
    shotsPerDay: 10,
    riskPercentMax: 2,
  },
  COMMANDER: {
    views: BOTH,
    executes: BOTH,
    modes: ["SELECT", "AUTO"],
    openMax: 10,
    autoSlotsMax: 10,
    shotsPerDay: null,
    riskPercentMax: 5,
  },
};

/** Band of confidence for auto-fire of a new user, inclusive: 89.5 is out. */
export const DEFAULT_CONFIDENCE_BAND: readonly [number, number] = [80, 89];
/** Ten slots of five percent: the cap that changes nothing until it is lowered. */
export const DEFAULT_OPEN_RISK_PERCENT_MAX = 50;

/**
 * A new user of a tier. Everyone starts firing by hand: nothing fires for a user before he turned it on.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { newUser } from "./tier.ts";
 * import { userId } from "../protocols/units.ts";
 *
 * const commander = newUser(userId("u17"), "COMMANDER", 0);
 * assert.deepEqual([commander.mode, commander.maxAutoSlots, commander.riskPercent], ["SELECT", 10, 5]);
 * ```
 */
export function newUser(id: UserId, tier: Tier, atMs: number): User {
  const rights = TIERS[tier];
  return {
    id,
    tier,
    mode: "SELECT",
    confidenceMin: DEFAULT_CONFIDENCE_BAND[0],
    confidenceMax: DEFAULT_CONFIDENCE_BAND[1],
    maxAutoSlots: rights.autoSlotsMax,
    riskPercent: rights.riskPercentMax,
    openRiskPercentMax: DEFAULT_OPEN_RISK_PERCENT_MAX,
    halted: false,
    createdAtMs: atMs,
    updatedAtMs: atMs,
  };
}
