/**
 * Bodies of the admin port's orders: snake_case JSON, checked and turned into the house's words.
 *
 * @module
 */
import { type Static, type TObject, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import type { UserChange } from "./desk.ts";
import type { CloseReason } from "./fire.ts";
import type { Resolution } from "./slot.ts";
import { eaId, userId } from "./units.ts";

/** A body understood, or which field is wrong and what the body may hold. */
export type BodyResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string; readonly allowed: string };

const strict = { additionalProperties: false } as const;
const percent = Type.Number({ minimum: 0, maximum: 100 });
const share = Type.Number({ exclusiveMinimum: 0, maximum: 100 });
const name = Type.String({ minLength: 1, maxLength: 64, pattern: "^\\S+$" });

const HaltBody = Type.Object({ reason: Type.String({ minLength: 1, maxLength: 500 }) }, strict);

const UserBody = Type.Object({
  user_id: name,
  tier: Type.Optional(words("PRESS_PASS", "NIBBLER", "FANG", "COMMANDER")),
  mode: Type.Optional(words("SELECT", "AUTO")),
  confidence_min: Type.Optional(percent),
  confidence_max: Type.Optional(percent),
  max_auto_slots: Type.Optional(Type.Integer({ minimum: 0, maximum: 100 })),
  risk_percent: Type.Optional(share),
  open_risk_percent_max: Type.Optional(share),
  halted: Type.Optional(Type.Boolean()),
  ea_uuids: Type.Optional(Type.Array(name, { maxItems: 100, uniqueItems: true })),
}, strict);

const CLOSE_REASONS = [
  "TP_HIT",
  "SL_HIT",
  "MANUAL",
  "STOP_OUT",
  "CLOSED_BY_COMMAND",
  "CLOSED_EA_SYNC",
  "CLOSED_INFERRED",
  "CLOSED_MANUAL_INFERRED",
  "CLOSED_BY_OPERATOR",
  "OTHER",
] as const satisfies readonly CloseReason[];

const ResolveBody = Type.Object({
  status: words("filled", "closed", "expired"),
  ticket: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
  reason: Type.Optional(words(...CLOSE_REASONS)),
}, strict);

function words<const W extends readonly string[]>(...all: W) {
  return Type.Unsafe<W[number]>(Type.Union(all.map((word) => Type.Literal(word))));
}

/** Reads `{reason}`: why trading is halted, 1 to 500 characters. */
export function decodeHalt(body: unknown): BodyResult<{ readonly reason: string }> {
  return checked(HaltBody, body);
}

/**
 * Reads a user to make or change; absent fields keep what is there.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { decodeUserChange } from "./admin_body.ts";
 *
 * const read = decodeUserChange({ user_id: "7", confidence_min: 80 });
 * assert.deepEqual(read, { ok: true, value: { id: "7", confidenceMin: 80 } });
 * ```
 */
export function decodeUserChange(body: unknown): BodyResult<UserChange> {
  const read = checked(UserBody, body);
  if (!read.ok) return read;
  const sent = read.value;
  const change = {
    id: userId(sent.user_id),
    tier: sent.tier,
    mode: sent.mode,
    confidenceMin: sent.confidence_min,
    confidenceMax: sent.confidence_max,
    maxAutoSlots: sent.max_auto_slots,
    riskPercent: sent.risk_percent,
    openRiskPercentMax: sent.open_risk_percent_max,
    halted: sent.halted,
    eaIds: sent.ea_uuids?.map(eaId),
  };
  // Absent means "as it is"; an undefined field would say so too, but not to a reader that looks for keys.
  const present = Object.entries(change).filter(([, value]) => value !== undefined);
  return { ok: true, value: Object.fromEntries(present) as unknown as UserChange };
}

/**
 * Reads how a fire that nobody can prove is settled: `filled` with the position's ticket, `closed` with a reason
 * (CLOSED_BY_OPERATOR unless given), or `expired`.
 */
export function decodeResolution(body: unknown): BodyResult<Resolution> {
  const read = checked(ResolveBody, body);
  if (!read.ok) return read;
  const { status, ticket, reason } = read.value;
  if (status === "expired") return { ok: true, value: { status } };
  if (status === "closed") return { ok: true, value: { status, reason: reason ?? "CLOSED_BY_OPERATOR" } };
  if (ticket !== undefined) return { ok: true, value: { status, ticket } };
  return { ok: false, message: "ticket: a filled fire has one.", allowed: "the position's ticket in MT5" };
}

function checked<T extends TObject>(schema: T, body: unknown): BodyResult<Static<T>> {
  const error = Value.Errors(schema, body).First();
  if (error === undefined) return { ok: true, value: body as Static<T> };
  const where = error.path === "" ? "The body" : error.path.slice(1);
  return { ok: false, message: `${where}: ${error.message}.`, allowed: fieldsOf(schema) };
}

function fieldsOf({ properties, required = [] }: TObject): string {
  const names = Object.keys(properties).map((each) => required.includes(each) ? each : `${each}?`);
  return `an object with ${names.join(", ")}`;
}
