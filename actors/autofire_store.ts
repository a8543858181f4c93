/**
 * An autofire actor's reading and writing: its user out of the store, and each decision into it.
 *
 * @module
 */
import type { Decision } from "../domain/autofire.ts";
import { announceReserved } from "../domain/fire.ts";
import { HALT_SETTING, type HaltRecord } from "../protocols/desk.ts";
import type { BittenEvent } from "../protocols/events.ts";
import { type Fire, SLOT_HOLDING } from "../protocols/fire.ts";
import type { Mission, Signal } from "../protocols/signal.ts";
import type { DecisionRecord, Store, Write } from "../protocols/store.ts";
import type { EaId, FireId, MissionId, UserId } from "../protocols/units.ts";
import type { User } from "../protocols/user.ts";

/** What reading needs. */
export interface UserReader {
  readonly userId: UserId;
  readonly store: Store;
}

/** A user as the store knows him. */
export interface KnownUser {
  readonly user: User;
  readonly eaIds: readonly EaId[];
  readonly halted: boolean;
  /** In order of request. */
  readonly fires: Map<FireId, Fire>;
  /** Last event that was decided; null: none ever. */
  readonly cursor: number | null;
}

/** Everything that goes into the commit of one decision. */
export interface DecisionParts {
  readonly user: User;
  readonly signal: Signal;
  readonly mission: Mission | null;
  readonly decision: Decision;
  readonly seq: number;
  readonly nowMs: number;
}

/** Name of a user's cursor, and of his subscription. */
export function cursorName(userId: UserId): string {
  return `autofire/${userId}`;
}

/**
 * Reads a user with his open fires and those asked for since `sinceMs`.
 *
 * @throws when there is no such user
 */
export async function readUser({ store, userId }: UserReader, sinceMs: number): Promise<KnownUser> {
  const [user] = await store.select({ from: "users", where: { id: userId } });
  if (user === undefined) {
    throw new Error(`Cannot fire for user ${userId} as his row must be there: current value is none`);
  }
  const eas = await store.select({ from: "ea_instances", where: { userId }, order: "createdAtMs" });
  const [halt] = await store.select({ from: "settings", where: { name: HALT_SETTING } });
  const [cursor] = await store.select({ from: "cursors", where: { name: cursorName(userId) } });
  const open = await store.select({ from: "fires", where: { userId, status: { in: SLOT_HOLDING } } });
  const recent = await store.select({ from: "fires", where: { userId, requestedAtMs: { gte: sinceMs } } });
  const fires = [...open, ...recent].toSorted((one, other) => one.requestedAtMs - other.requestedAtMs);
  return {
    user,
    eaIds: eas.map((ea) => ea.id),
    halted: (halt?.value as HaltRecord | undefined)?.halted === true,
    fires: new Map(fires.map((fire) => [fire.id, fire])),
    cursor: cursor?.seq ?? null,
  };
}

/** A mission with its signal, or null. */
export async function readMission(
  { store }: Pick<UserReader, "store">,
  id: MissionId,
): Promise<{ readonly mission: Mission; readonly signal: Signal } | null> {
  const [mission] = await store.select({ from: "missions", where: { id } });
  if (mission === undefined) return null;
  const [record] = await store.select({ from: "signals", where: { id: mission.signalId } });
  if (record === undefined) return null;
  const { outcome: _outcome, ...signal } = record;
  return { mission, signal };
}

/** The one commit of an automatic decision: cursor, mission, decision, fire, and what is said of them. */
export function decisionWrites(parts: DecisionParts): readonly Write[] {
  const { user, signal, mission, decision, seq, nowMs } = parts;
  const say = sayer(user.id, nowMs);
  return [
    { put: "cursors", row: { name: cursorName(user.id), seq } },
    ...(mission === null
      ? []
      : [{ insert: "missions", row: mission } as const, say({ kind: "missionOffered", mission })]),
    { put: "decisions", row: recordOf(user, signal, decision, nowMs) },
    ...outcomeWrites(user, signal, decision, say),
  ];
}

/** The one commit of a fire by hand, or of the no that it got. */
export function manualWrites(
  { user, signal, mission, decision, nowMs }: Omit<DecisionParts, "seq">,
): readonly Write[] {
  const say = sayer(user.id, nowMs);
  // That he fired it before stands in the funnel already, and is what /why should go on saying.
  const repeated = !decision.ok && decision.refusal.code === "SIGNAL_DUPLICATE";
  return [
    ...(decision.ok && mission !== null
      ? [{ put: "missions", row: { ...mission, status: "FIRED" } } as const]
      : []),
    ...(repeated ? [] : [{ put: "decisions", row: recordOf(user, signal, decision, nowMs) } as const]),
    ...outcomeWrites(user, signal, decision, say),
  ];
}

/** Passes a signal that was decided before. */
export function skipWrites(userId: UserId, seq: number): readonly Write[] {
  return [{ put: "cursors", row: { name: cursorName(userId), seq } }];
}

/** Marks the user's missions whose time is over. */
export async function sweepMissions({ store, userId }: UserReader, nowMs: number): Promise<void> {
  const where = { userId, status: "OFFERED", expiresAtMs: { lt: nowMs } } as const;
  const over = await store.select({ from: "missions", where });
  if (over.length === 0) return;
  await store.commit(over.map((mission) => ({ put: "missions", row: { ...mission, status: "EXPIRED" } })));
}

type Say = (event: BittenEvent) => Write;

function sayer(userId: UserId, atMs: number): Say {
  return (event) => ({ event, source: cursorName(userId), atMs });
}

function outcomeWrites(user: User, signal: Signal, decision: Decision, say: Say): readonly Write[] {
  if (!decision.ok) {
    return [say({ kind: "decisionRefused", signalId: signal.id, userId: user.id, ...decision.refusal })];
  }
  return [{ insert: "fires", row: decision.fire }, ...announceReserved(decision.fire).events.map(say)];
}

function recordOf(user: User, signal: Signal, decision: Decision, decidedAtMs: number): DecisionRecord {
  const code = decision.ok ? "FIRED" : decision.refusal.code;
  const reason = decision.ok
    ? `fire ${decision.fire.id}: ${decision.fire.lots} lots risk ${decision.fire.riskPercent.toFixed(2)} %`
    : decision.refusal.reason;
  return { signalId: signal.id, userId: user.id, code, reason, decidedAtMs };
}
