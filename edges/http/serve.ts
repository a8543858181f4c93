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
  const running = new Running();
  const server = await bind(host, port, () =>
    Deno.serve(
      { hostname: host, port, signal: abort.signal, onListen: () => {} },
      (request, info) => running.add(async () => await app.fetch(request, { remote: remoteOf(info) })),
    ));
  const shutDown = async () => {
    // One or the other: an abort after a shutdown throws inside Deno.
    if (await running.endWithin(lingerMs)) await server.shutdown();
    else abort.abort();
    await server.finished;
  };
  let closing: Promise<void> | null = null;
  return { port: server.addr.port, close: () => closing ??= shutDown() };
}

/** The requests that have no answer yet. */
class Running {
  #count = 0;
  #ended: (() => void) | null = null;

  async add(answer: () => Promise<Response>): Promise<Response> {
    if (this.#ended !== null) return new Response(null, { status: 503, headers: { Connection: "close" } });
    this.#count++;
    try {
      return await answer();
    } finally {
      if (--this.#count === 0) (this.#ended as (() => void) | null)?.();
    }
  }

  /** Takes no more; true once all have ended, false when some have not within the time. */
  endWithin(limitMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const cut = setTimeout(() => resolve(false), limitMs);
      this.#ended = () => {
        clearTimeout(cut);
        resolve(true);
      };
      if (this.#count === 0) this.#ended();
    });
  }
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
