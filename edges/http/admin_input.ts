/**
 * What comes in at the admin port: query parameters and JSON bodies, checked before the house hears of them.
 *
 * @module
 */
import { type Static, type TSchema, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import type { Context } from "@hono/hono";
import type { UserChange } from "../../protocols/desk.ts";
import type { CloseReason, FireStatus } from "../../protocols/fire.ts";
import type { ListQuery } from "../../protocols/http.ts";
import type { Resolution } from "../../protocols/slot.ts";
import { eaId, symbolName, userId } from "../../protocols/units.ts";
import type { FireMode } from "../../protocols/user.ts";

/** A value read, or what is wrong with what was sent. */
export type Read<T> = { readonly ok: true; readonly value: T } | {
  readonly ok: false;
  readonly problem: Problem;
};

/** What is wrong with a request, and what would be right. */
export interface Problem {
  readonly status: 400 | 413 | 415;
  readonly code: string;
  readonly message: string;
  readonly next: string;
}

/** Rows of a list unless asked otherwise, and at most. */
export const LIMIT_DEFAULT = 100;
/** @see LIMIT_DEFAULT */
export const LIMIT_MAX = 500;

/** Statuses that fires can be asked for by. */
export const FIRE_STATUSES = [
  "reserved",
  "sent",
  "ambiguous",
  "filled",
  "closed",
  "refused",
  "rejected",
  "expired",
] as const satisfies readonly FireStatus[];
/** Modes that users can be asked for by. */
export const FIRE_MODES = ["SELECT", "AUTO"] as const satisfies readonly FireMode[];

/** Bytes of a body at most. */
export const BODY_MAX = 16_384;

const PARAMETERS = ["limit", "since", "status", "user", "symbol"];
const strict = { additionalProperties: false } as const;
const percent = Type.Number({ minimum: 0, maximum: 100 });
const name = Type.String({ minLength: 1, maxLength: 64, pattern: "^\\S+$" });

/** The body of `POST /admin/api/halt`. */
export const HaltBody = Type.Object({ reason: Type.String({ minLength: 1, maxLength: 500 }) }, strict);

/** The body of `POST /admin/api/users`; absent fields keep what is there. */
export const UserBody = Type.Object({
  user_id: name,
  tier: Type.Optional(words("PRESS_PASS", "NIBBLER", "FANG", "COMMANDER")),
  mode: Type.Optional(words(...FIRE_MODES)),
  confidence_min: Type.Optional(percent),
  confidence_max: Type.Optional(percent),
  max_auto_slots: Type.Optional(Type.Integer({ minimum: 0, maximum: 100 })),
  risk_percent: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 100 })),
  open_risk_percent_max: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 100 })),
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

/** The body of `POST /admin/api/fires/:id/resolve`. */
export const ResolveBody = Type.Object({
  status: words("filled", "closed", "expired"),
  /** For `filled`: the position's ticket in MT5. */
  ticket: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
  /** For `closed`; CLOSED_BY_OPERATOR unless given. */
  reason: Type.Optional(words(...CLOSE_REASONS)),
}, strict);

function words<const W extends readonly string[]>(...all: W) {
  return Type.Unsafe<W[number]>(Type.Union(all.map((word) => Type.Literal(word))));
}

/** Reads a list's query. `statuses`: what `status` may be. */
export function readQuery<S extends string>(c: Context, statuses: readonly S[]): Read<ListQuery<S>> {
  const given = c.req.query();
  const unknown = Object.keys(given).find((each) => !PARAMETERS.includes(each));
  if (unknown !== undefined) {
    return bad("BAD_QUERY", `There is no parameter ${unknown}.`, PARAMETERS.join(", "));
  }
  const { limit = String(LIMIT_DEFAULT), since, status, user, symbol } = given;
  const count = /^\d{1,3}$/.test(limit) ? Number(limit) : NaN;
  if (!(count >= 1 && count <= LIMIT_MAX)) {
    return badParameter("limit", limit, `a whole number, 1 to ${LIMIT_MAX}`);
  }
  const sinceMs = since === undefined ? null : readMoment(since);
  if (Number.isNaN(sinceMs)) {
    return badParameter("since", since, "epoch ms or ISO 8601 in UTC, like 2026-07-07T10:00:00Z");
  }
  if (status !== undefined && !(statuses as readonly string[]).includes(status)) {
    return badParameter("status", status, statuses.length === 0 ? "absent" : statuses.join(", "));
  }
  if (user !== undefined && !Value.Check(name, user)) return badParameter("user", user, "a user id");
  if (symbol !== undefined && !/^[A-Z0-9]{3,12}$/.test(symbol)) {
    return badParameter("symbol", symbol, "like EURUSD");
  }
  return {
    ok: true,
    value: {
      limit: count,
      sinceMs,
      status: status as S | undefined ?? null,
      userId: user === undefined ? null : userId(user),
      symbol: symbol === undefined ? null : symbolName(symbol),
    },
  };
}

/** NaN for what is no moment. A local time without a zone would mean another moment on another machine. */
function readMoment(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  return /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z)?$/.test(text) ? Date.parse(text) : NaN;
}

/** Reads a JSON body of a shape. */
export async function readBody<T extends TSchema>(c: Context, schema: T): Promise<Read<Static<T>>> {
  if (!/^application\/json\b/i.test(c.req.header("Content-Type") ?? "")) {
    const next = "Send JSON with the header `Content-Type: application/json`.";
    const message = "The body must be JSON.";
    return { ok: false, problem: { status: 415, code: "NOT_JSON", message, next } };
  }
  const text = await readText(c.req.raw);
  if (text === null) {
    const message = `The body is larger than ${BODY_MAX} bytes.`;
    return { ok: false, problem: { status: 413, code: "BODY_TOO_LARGE", message, next: "Send less." } };
  }
  const body = parse(text);
  const error = Value.Errors(schema, body).First();
  if (error === undefined) return { ok: true, value: body as Static<T> };
  const where = error.path === "" ? "The body" : error.path.slice(1);
  return bad("BAD_BODY", `${where}: ${error.message}.`, fieldsOf(schema));
}

/** The body as text; null when it is too large, however it was sent. */
async function readText({ body }: Request): Promise<string | null> {
  if (body === null) return "";
  const decoder = new TextDecoder();
  let text = "", size = 0;
  // Leaving the loop early cancels the stream: the rest is not read.
  for await (const chunk of body) {
    size += chunk.length;
    if (size > BODY_MAX) return null;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** Undefined for what is no JSON: no schema of ours takes it. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fieldsOf(schema: TSchema): string {
  const properties: Record<string, TSchema> = schema["properties"] ?? {};
  const required: readonly string[] = schema["required"] ?? [];
  return `an object with ${
    Object.keys(properties).map((each) => required.includes(each) ? each : `${each}?`).join(", ")
  }`;
}

/** A user's change in the house's words. */
export function userChange(body: Static<typeof UserBody>): UserChange {
  const change = {
    id: userId(body.user_id),
    tier: body.tier,
    mode: body.mode,
    confidenceMin: body.confidence_min,
    confidenceMax: body.confidence_max,
    maxAutoSlots: body.max_auto_slots,
    riskPercent: body.risk_percent,
    openRiskPercentMax: body.open_risk_percent_max,
    halted: body.halted,
    eaIds: body.ea_uuids?.map(eaId),
  };
  // Absent means "as it is": an undefined field would say so too, but not to a reader that looks for keys.
  return Object.fromEntries(
    Object.entries(change).filter(([, value]) => value !== undefined),
  ) as unknown as UserChange;
}

/** A resolution in the house's words. */
export function resolution({ status, ticket, reason }: Static<typeof ResolveBody>): Read<Resolution> {
  if (status === "expired") return { ok: true, value: { status } };
  if (status === "closed") return { ok: true, value: { status, reason: reason ?? "CLOSED_BY_OPERATOR" } };
  if (ticket !== undefined) return { ok: true, value: { status, ticket } };
  return bad("BAD_BODY", "ticket: a filled fire has one.", "the position's ticket in MT5");
}

function badParameter(parameter: string, value: string | undefined, allowed: string): Read<never> {
  return bad("BAD_QUERY", `${parameter} cannot be ${JSON.stringify(value)}.`, allowed);
}

function bad(code: string, message: string, allowed: string): Read<never> {
  return { ok: false, problem: { status: 400, code, message, next: `Send ${allowed}.` } };
}
