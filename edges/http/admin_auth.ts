/**
 * Who may use the admin port: one bearer token, compared in constant time; who fails often is told to wait.
 *
 * @module
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { Context, MiddlewareHandler } from "@hono/hono";
import type { Log } from "../../runtime/log.ts";
import { type AppEnv, fault } from "./respond.ts";

/** Whether the admin port opens. */
export type AdminAccess =
  | { readonly open: true; readonly token: string }
  | { readonly open: false; readonly reason: string };

/** Characters a token must have: 16 of base64 are 96 bits. */
export const TOKEN_MIN = 16;
/** Wrong tokens from one address within the window, after which it has to wait. */
export const FAILURES_MAX = 10;
/** The window and the wait, wall ms. */
export const FAILURE_WINDOW_MS = 60_000;
/** Addresses remembered at most: past it the oldest are forgotten. */
const ADDRESSES_MAX = 4_096;

/** Decides whether the admin port opens: not without a token, and not with a short one. */
export function adminAccess(token: string | null | undefined): AdminAccess {
  const hint = "set BITTEN_ADMIN_TOKEN, for example to the output of `openssl rand -base64 32`";
  if (token === null || token === undefined || token === "") {
    return { open: false, reason: `The admin port stays closed as there is no token: ${hint}` };
  }
  if (token.length >= TOKEN_MIN) return { open: true, token };
  return {
    open: false,
    reason:
      `The admin port stays closed as its token has ${token.length} of ${TOKEN_MIN} characters: ${hint}`,
  };
}

/** Counts wrong tokens by address. */
export class FailureCount {
  readonly #byAddress = new Map<string, { count: number; sinceMs: number }>();

  /** Wall ms until this address may try again; 0 when it may now. */
  waitMs(address: string, nowMs: number): number {
    const known = this.#byAddress.get(address);
    if (known === undefined || known.count < FAILURES_MAX) return 0;
    return Math.max(0, known.sinceMs + FAILURE_WINDOW_MS - nowMs);
  }

  /** One more wrong token. */
  fail(address: string, nowMs: number): void {
    const known = this.#byAddress.get(address);
    if (known !== undefined && nowMs - known.sinceMs < FAILURE_WINDOW_MS) {
      known.count++;
      return;
    }
    this.#byAddress.delete(address);
    this.#byAddress.set(address, { count: 1, sinceMs: nowMs });
    if (this.#byAddress.size > ADDRESSES_MAX) this.#byAddress.delete(this.#byAddress.keys().next().value!);
  }
}

/** Lets through who bears the token. `nowMs` is wall time; a test's own clock may stand in. */
export function requireToken(
  token: string,
  log: Log,
  nowMs: () => number = () => performance.now(),
): MiddlewareHandler<AppEnv> {
  const expected = digest(token);
  const failures = new FailureCount();
  return async (c, next) => {
    const remote = c.env.remote;
    const waitMs = failures.waitMs(remote, nowMs());
    if (waitMs > 0) return tooMany(c, waitMs);
    const [, given] = /^Bearer +(\S+)$/i.exec(c.req.header("Authorization") ?? "") ?? [];
    if (given !== undefined && timingSafeEqual(digest(given), expected)) return await next();
    failures.fail(remote, nowMs());
    log.warn("admin request refused", { remote, method: c.req.method, path: c.req.path });
    return refused(c, given === undefined);
  };
}

/** Of both sides the digest is compared: equal in length whatever was sent. */
function digest(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}

function refused(c: Context, missing: boolean): Response {
  c.header("WWW-Authenticate", 'Bearer realm="bitten"');
  return fault(c, 401, {
    code: "UNAUTHORIZED",
    message: missing ? "This port needs a bearer token." : "This is not the token.",
    next: "Send the header `Authorization: Bearer <BITTEN_ADMIN_TOKEN>`.",
  });
}

function tooMany(c: Context, waitMs: number): Response {
  const seconds = Math.ceil(waitMs / 1_000);
  c.header("Retry-After", String(seconds));
  return fault(c, 429, {
    code: "TOO_MANY_FAILURES",
    message: `${FAILURES_MAX} wrong tokens came from this address.`,
    next: `Wait ${seconds} s, then send the right one.`,
  });
}
