/**
 * What comes in at the admin port: query parameters and JSON bodies, checked before the house hears of them.
 *
 * @module
 */
import type { Context } from "@hono/hono";
import type { BodyResult } from "../../protocols/admin_body.ts";
import type { FireStatus } from "../../protocols/fire.ts";
import type { ListQuery } from "../../protocols/http.ts";
import { symbolName, userId } from "../../protocols/units.ts";
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
  if (user !== undefined && !/^\S{1,64}$/.test(user)) return badParameter("user", user, "a user id");
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

/** Reads a JSON body; `decode` says what it means. */
export async function readBody<T>(c: Context, decode: (body: unknown) => BodyResult<T>): Promise<Read<T>> {
  if (!/^application\/json\b/i.test(c.req.header("Content-Type") ?? "")) {
    const next = "Send JSON with the header `Content-Type: application/json`.";
    return { ok: false, problem: { status: 415, code: "NOT_JSON", message: "The body must be JSON.", next } };
  }
  const text = await readText(c.req.raw);
  if (text === null) {
    const message = `The body is larger than ${BODY_MAX} bytes.`;
    return { ok: false, problem: { status: 413, code: "BODY_TOO_LARGE", message, next: "Send less." } };
  }
  const read = decode(parse(text));
  return read.ok ? read : bad("BAD_BODY", read.message, read.allowed);
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

/** Undefined for what is no JSON: no decoder of ours takes it. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function badParameter(parameter: string, value: string | undefined, allowed: string): Read<never> {
  return bad("BAD_QUERY", `${parameter} cannot be ${JSON.stringify(value)}.`, allowed);
}

function bad(code: string, message: string, allowed: string): Read<never> {
  return { ok: false, problem: { status: 400, code, message, next: `Send ${allowed}.` } };
}
