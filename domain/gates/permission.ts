/**
 * Gates of permission: halt, pattern, mode, tier, band, age of the signal, and whether it was fired before.
 *
 * @module
 */
import type { GateCode } from "../../protocols/gates.ts";
import { TIERS } from "../tier.ts";
import { type Facts, type Gate, seconds } from "./facts.ts";

/** The gates of this file, by code. */
export const PERMISSION_GATES = {
  TRADING_HALTED: ({ halted }) =>
    halted === false ? null : "trading is halted for everyone: resume it by hand",
  USER_HALTED: ({ user }) => user.halted === false ? null : `user ${user.id} is halted: lift it by hand`,
  PATTERN_DISABLED: patternDisabled,
  MODE_NOT_AUTO: ({ origin, user }) =>
    origin === "MANUAL" || user.mode === "AUTO" ? null : `fire mode is ${user.mode}`,
  TIER_NOT_ALLOWED: tierNotAllowed,
  CONFIDENCE_OUT_OF_BAND: outOfBand,
  SIGNAL_EXPIRED: expired,
  SIGNAL_DUPLICATE: duplicate,
} satisfies Partial<Record<GateCode, Gate>>;

function patternDisabled({ settings, signal }: Facts): string | null {
  if (signal.shadow) return `the signal is a shadow: vetoed by ${signal.shadowReason ?? "a filter"}`;
  return settings.disabledPatterns.includes(signal.pattern) ? `${signal.pattern} is disabled` : null;
}

function tierNotAllowed({ origin, signal, user }: Facts): string | null {
  const rights = TIERS[user.tier];
  if (!rights.executes.includes(signal.signalClass)) {
    return `${user.tier} does not fire ${signal.signalClass} signals`;
  }
  if (origin === "AUTO" && !rights.modes.includes("AUTO")) return `${user.tier} does not fire automatically`;
  return null;
}

function outOfBand({ origin, signal, user, settings }: Facts): string | null {
  if (origin === "MANUAL") return null;
  const [least, most] = settings.confidenceByPattern[signal.pattern] ??
    [user.confidenceMin, user.confidenceMax];
  if (signal.confidence >= least && signal.confidence <= most) return null;
  return `confidence ${signal.confidence} is outside ${least} to ${most}`;
}

function expired({ origin, mission, signal, settings, nowMs, slackMs }: Facts): string | null {
  if (origin === "MANUAL" && mission !== null) {
    const lateMs = nowMs - mission.expiresAtMs;
    return lateMs <= slackMs ? null : `the mission expired ${seconds(lateMs)} ago`;
  }
  const limitMs = origin === "MANUAL" ? settings.missionLifeMs : settings.signalMaxAgeMs;
  const ageMs = nowMs - signal.signaledAtMs;
  return ageMs <= limitMs + slackMs ? null : `the signal is ${seconds(ageMs)} old, limit ${seconds(limitMs)}`;
}

/** By hand a signal may be fired again after a fire of it certainly opened nothing; automatically never. */
function duplicate({ origin, signal, fires }: Facts): string | null {
  const before = fires.filter((fire) => fire.signalId === signal.id);
  const standing = origin === "AUTO"
    ? before[0]
    : before.find((fire) => fire.status !== "refused" && fire.status !== "rejected");
  return standing === undefined ? null : `fire ${standing.id} of this signal is ${standing.status}`;
}
