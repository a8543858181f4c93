/**
 * Serves one Hono app on one port.
 *
 * @module
 */
import type { Hono } from "@hono/hono";
import type { HttpServer } from "../../protocols/http.ts";

/** What a request's handler knows of its peer. */
export interface PeerEnv {
  Bindings: { readonly remote: string };
}

/** Where to serve what. */
export interface ServeOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  // deno-lint-ignore no-explicit-any
  readonly app: Hono<any>;
  /** Time for running requests at `close`, wall ms; default 2,000. */
  readonly lingerMs?: number;
}

const LINGER_MS = 2_000;

/**
 * Binds the port and serves.
 *
 * @throws {Error} (as rejection) naming address and port when it cannot be bound
 */
export async function serveHttp(options: ServeOptions): Promise<HttpServer> {
  const { host, port, app, lingerMs = LINGER_MS } = options;
  const abort = new AbortController();
  const server = await bind(host, port, () =>
    Deno.serve(
      { hostname: host, port, signal: abort.signal, onListen: () => {} },
      (request, info) => app.fetch(request, { remote: remoteOf(info) }),
    ));
  let closing: Promise<void> | null = null;
  const shutDown = async () => {
    const cut = setTimeout(() => abort.abort(), lingerMs);
    try {
      await server.shutdown();
      await server.finished;
    } finally {
      clearTimeout(cut);
    }
  };
  return { port: server.addr.port, close: () => closing ??= shutDown() };
}

// Async, so that a port in use is a rejection like every other trouble at the edges.
async function bind<T>(host: string, port: number, open: () => T): Promise<T> {
  try {
    return await open();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const hint = "is another server running? Set another port, or 0 for any free one";
    throw new Error(`Cannot bind HTTP to ${host}:${port}: ${why}; ${hint}`, { cause });
  }
}

function remoteOf({ remoteAddr }: Deno.ServeHandlerInfo): string {
  return "hostname" in remoteAddr ? remoteAddr.hostname : "local";
}
