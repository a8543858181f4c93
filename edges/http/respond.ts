/**
 * What every answer of the HTTP ports has in common: its JSON, its faults, its headers.
 *
 * @module
 */
import type { Context, Hono } from "@hono/hono";
import { methodNotAllowed } from "@hono/hono/method-not-allowed";
import { NONCE, secureHeaders, type SecureHeadersVariables } from "@hono/hono/secure-headers";
import type { ApiAnswer } from "../../protocols/http.ts";
import type { Log } from "../../runtime/log.ts";
import type { PeerEnv } from "./serve.ts";

/** What our handlers find in their context. */
export interface AppEnv extends PeerEnv {
  Variables: SecureHeadersVariables;
}

/** HTTP statuses of our faults. */
export type FaultStatus = 400 | 401 | 404 | 405 | 409 | 413 | 415 | 429 | 500 | 503;

/** A fault as JSON: `{error: {code, message, next}}`. */
export function fault(
  c: Context,
  status: FaultStatus,
  error: { readonly code: string; readonly message: string; readonly next: string },
): Response {
  const { code, message, next } = error;
  return c.json({ error: { code, message, next } }, status);
}

/** An answer of the house as JSON: `show` makes the body of a yes. */
export function answer<T>(c: Context, told: ApiAnswer<T>, show: (value: T) => object): Response {
  return told.ok ? c.json(show(told.value)) : fault(c, told.fault.status, told.fault);
}

/** Headers, 404, 405 and 500 of an app; call it before any route is added. `hint`: where a lost client may go. */
export function furnish(app: Hono<AppEnv>, log: Log, hint: string): void {
  app.use(secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      styleSrc: [NONCE],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
    // Meaningless without TLS, which a proxy in front would add together with its own header.
    strictTransportSecurity: false,
    referrerPolicy: "no-referrer",
    xFrameOptions: "DENY",
  }));
  app.use(async (c, next) => {
    await next();
    c.header("Cache-Control", "no-store");
  });
  app.notFound((c) =>
    fault(c, 404, { code: "NOT_FOUND", message: `There is nothing at ${c.req.path}.`, next: hint })
  );
  app.onError((error, c) => {
    log.error("a request failed", { method: c.req.method, path: c.req.path, error });
    const next = "Look into the log; the request may have had an effect.";
    return fault(c, 500, { code: "INTERNAL", message: "The request failed inside the server.", next });
  });
}

/** Answers 405 where the path exists for other methods; call it before any route is added. */
export function refuseOtherMethods(app: Hono<AppEnv>): void {
  app.use(methodNotAllowed({
    app,
    onMethodNotAllowed(c, methods) {
      const allowed = methods.join(", ");
      const response = fault(c, 405, {
        code: "METHOD_NOT_ALLOWED",
        message: `${c.req.method} is not possible at ${c.req.path}.`,
        next: `Use ${allowed}.`,
      });
      response.headers.set("Allow", allowed);
      return response;
    },
  }));
}
