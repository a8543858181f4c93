/**
 * Desk: what a change of a user may be, and which standing troubles an event raises or ends.
 *
 * @module
 */
import type { DeskMessage, UserChange } from "../protocols/desk.ts";
import type { EventKind, StoredEvent } from "../protocols/events.ts";
import type { User } from "../protocols/user.ts";
import { newUser, TIERS } from "./tier.ts";

/** A user after a change, or everything that is wrong with it. */
export type UserVerdict = { readonly ok: true; readonly user: User } | {
  readonly ok: false;
  readonly error: string;
};

/** A condition to raise or to clear. */
export type ConditionOrder = Extract<DeskMessage, { readonly kind: "raise" | "clear" }>;

/** Tier of a user who is made without one. */
const FIRST_TIER: User["tier"] = "PRESS_PASS";
/** He becomes part of mission ids, cursors and addresses. */
const USER_ID = /^[A-Za-z0-9_.-]{1,64}$/;

/**
 * Makes or changes a user. On another tier what the new one does not allow falls back to its defaults, unless it was
 * asked for.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { applyUserChange } from "./desk.ts";
 * import { userId } from "../protocols/units.ts";
 *
 * const made = applyUserChange(null, { id: userId("u17"), tier: "COMMANDER", confidenceMax: 95 }, 0);
 * assert.equal(made.ok && made.user.confidenceMax, 95);
 * const refused = applyUserChange(null, { id: userId("u18"), tier: "FANG", mode: "AUTO" }, 0);
 * assert.equal(refused.ok, false);
 * ```
 */
export function applyUserChange(known: User | null, change: UserChange, nowMs: number): UserVerdict {
  const tier = change.tier ?? known?.tier ?? FIRST_TIER;
  if (TIERS[tier] === undefined) {
    return { ok: false, error: `tier must be one of ${Object.keys(TIERS).join(", ")}` };
  }
  const fresh = newUser(change.id, tier, nowMs);
  const base = known === null ? fresh : tier === known.tier ? known : fit(known, fresh);
  const { eaIds: _eas, ...asked } = change;
  const user: User = { ...base, ...defined(asked), tier, createdAtMs: base.createdAtMs, updatedAtMs: nowMs };
  const faults = faultsOf(user);
  return faults.length === 0 ? { ok: true, user } : { ok: false, error: faults.join("; ") };
}

/** Kinds of events that raise or end a standing trouble. */
export const TROUBLE_KINDS: readonly EventKind[] = [
  "eaConnected",
  "eaLost",
  "fireAmbiguous",
  "fireFilled",
  "fireRejected",
  "fireRefused",
  "fireExpired",
  "fireClosed",
];

/** What an event says of standing troubles: an EA that is silent or nobody's, a fire of which nobody knows. */
export function troublesOf({ event }: StoredEvent): readonly ConditionOrder[] {
  switch (event.kind) {
    case "eaLost":
      return [
        raise("EA_LOST", event.eaId, `EA ${event.eaId} has been silent for ${seconds(event.silentMs)}`),
      ];
    case "eaConnected":
      return [
        { kind: "clear", code: "EA_LOST", subject: event.eaId },
        event.userId === null
          ? raise(
            "EA_UNASSIGNED",
            event.eaId,
            `EA ${event.eaId} belongs to nobody and gets no fires: give it to a user`,
          )
          : { kind: "clear", code: "EA_UNASSIGNED", subject: event.eaId },
      ];
    case "fireAmbiguous":
      return [
        raise(
          "FIRE_AMBIGUOUS",
          event.fire.id,
          `fire ${event.fire.id} went out and nobody knows: ${event.fire.note}`,
        ),
      ];
    case "fireFilled":
    case "fireRejected":
    case "fireRefused":
    case "fireExpired":
    case "fireClosed":
      return [{ kind: "clear", code: "FIRE_AMBIGUOUS", subject: event.fire.id }];
    default:
      return [];
  }
}

/** What the new tier does not allow falls back to its defaults. */
function fit(known: User, fresh: User): User {
  const rights = TIERS[fresh.tier];
  return {
    ...known,
    tier: fresh.tier,
    mode: rights.modes.includes(known.mode) ? known.mode : fresh.mode,
    maxAutoSlots: known.maxAutoSlots <= rights.autoSlotsMax && known.maxAutoSlots > 0
      ? known.maxAutoSlots
      : fresh.maxAutoSlots,
    riskPercent: Math.min(known.riskPercent, rights.riskPercentMax),
  };
}

function faultsOf(user: User): readonly string[] {
  const rights = TIERS[user.tier];
  const { confidenceMin: least, confidenceMax: most } = user;
  return [
    ...must(USER_ID.test(user.id), "id", "be 1 to 64 letters, digits, _ . or -", user.id),
    ...must(
      rights.modes.includes(user.mode),
      "mode",
      `be ${rights.modes.join(" or ")} for ${user.tier}`,
      user.mode,
    ),
    ...must(within(least, 0, 100), "confidenceMin", "be 0 to 100", least),
    ...must(within(most, 0, 100) && !(most < least), "confidenceMax", `be ${least} to 100`, most),
    ...must(
      Number.isInteger(user.maxAutoSlots) && within(user.maxAutoSlots, 0, rights.autoSlotsMax),
      "maxAutoSlots",
      `be a whole number from 0 to ${rights.autoSlotsMax} for ${user.tier}`,
      user.maxAutoSlots,
    ),
    ...must(
      user.riskPercent > 0 && within(user.riskPercent, 0, rights.riskPercentMax),
      "riskPercent",
      `be above 0 and at most ${rights.riskPercentMax} for ${user.tier}`,
      user.riskPercent,
    ),
    ...must(
      user.openRiskPercentMax > 0 && within(user.openRiskPercentMax, 0, 100),
      "openRiskPercentMax",
      "be above 0 and at most 100",
      user.openRiskPercentMax,
    ),
    ...must(typeof user.halted === "boolean", "halted", "be true or false", user.halted),
  ];
}

function must(holds: boolean, name: string, what: string, value: unknown): readonly string[] {
  return holds ? [] : [`${name} must ${what}: current value is ${value}`];
}

function within(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}

function defined<T extends object>(change: T): Partial<T> {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as Partial<T>;
}

function raise(code: string, subject: string, message: string): ConditionOrder {
  return { kind: "raise", code, subject, message };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(0)} s`;
}
