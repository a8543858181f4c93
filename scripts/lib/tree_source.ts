/**
 * Where a running server's tree is asked for, and what came of asking.
 *
 * @module
 */
import type { Config } from "../../config.ts";
import type { LifeState, TreeNode } from "../../runtime/mod.ts";

/** Where to ask, and as whom. */
export interface TreeAddress {
  /** Without a path: `http://127.0.0.1:8899`. */
  readonly origin: string;
  readonly token: string;
}

/** The tree, or in words why there is none and what to do. */
export type TreeAnswer =
  | { readonly ok: true; readonly roots: readonly TreeNode[]; readonly json: unknown }
  | { readonly ok: false; readonly message: string };

/** What asking needs. */
export interface TreeDeps {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Calls back once after wall ms; answers how to call that off. */
  readonly after: (ms: number, run: () => void) => () => void;
}

/** How long a server may take, wall ms. */
const ANSWER_MS = 5_000;
const PATH = "/admin/api/tree";

/** Where the server of a configuration listens; or what is missing. `given` goes before the configuration. */
export function addressOf(
  config: Config | null,
  given: { readonly url?: string | undefined; readonly token?: string | undefined },
): TreeAddress | string {
  const token = given.token ?? config?.http.adminToken ?? null;
  if (token === null || token === "") {
    return "Cannot ask for the tree as there is no admin token: set BITTEN_ADMIN_TOKEN to the one the server was " +
      "started with, or give --token. A server started without one keeps its admin port closed.";
  }
  if (given.url !== undefined) return originOf(given.url, token);
  if (config === null || config.http.adminPort === 0) {
    return 'Cannot know the admin port as the configuration says "any free one": give --url with the port the ' +
      'server has logged at "The house is open".';
  }
  return { origin: `http://${reachable(config.http.host)}:${config.http.adminPort}`, token };
}

function originOf(url: string, token: string): TreeAddress | string {
  const whole = /^https?:\/\//i.test(url) ? url : `http://${url}`;
  if (!URL.canParse(whole)) {
    return `Cannot use --url as it must be like http://127.0.0.1:8899: current value is ${url}`;
  }
  return { origin: whole.replace(/\/+$/, "").replace(/\/admin\/api\/tree$/, ""), token };
}

/** A server that listens everywhere is asked on loopback. */
function reachable(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::" || host === "[::]") return "[::1]";
  return host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
}

/** Asks for the tree. Never throws. */
export async function askTree({ origin, token }: TreeAddress, deps: TreeDeps): Promise<TreeAnswer> {
  const abort = new AbortController();
  const callOff = deps.after(ANSWER_MS, () => abort.abort());
  try {
    const headers = { Authorization: `Bearer ${token}` };
    const response = await deps.fetch(origin + PATH, { headers, redirect: "error", signal: abort.signal });
    return await read(origin, response);
  } catch (error) {
    return no(abort.signal.aborted ? silent(origin) : unreachable(origin, error));
  } finally {
    callOff();
  }
}

async function read(origin: string, response: Response): Promise<TreeAnswer> {
  const text = await response.text();
  const body = parsed(text);
  if (response.status === 401) return no(refused(origin));
  const fault = (body as { error?: { message?: unknown; next?: unknown } } | null)?.error;
  if (!response.ok && typeof fault?.message === "string" && response.status !== 404) {
    return no(`The server at ${origin} says: ${fault.message} ${fault.next ?? ""}`.trimEnd());
  }
  const json = (body as { tree?: unknown } | null)?.tree;
  const roots = response.ok && Array.isArray(json) ? json.map(nodeOf) : [null];
  if (roots.every((root) => root !== null)) return { ok: true, roots, json };
  return no(
    `What answers at ${origin} (status ${response.status}) is no admin port of this server: ` +
      "the public port is another one (8888 and 8899 unless configured). See --url.",
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

const no = (message: string): TreeAnswer => ({ ok: false, message });

function refused(origin: string): string {
  return `The server at ${origin} refuses the token: give the one it was started with, by BITTEN_ADMIN_TOKEN, ` +
    "http.adminToken in the configuration, or --token.";
}

function silent(origin: string): string {
  return `The server at ${origin} took the request and did not answer within ${ANSWER_MS / 1_000} s: it is ` +
    "overloaded or hangs. Look at its log and at its process.";
}

function unreachable(origin: string, error: unknown): string {
  return `Nobody answers at ${origin} (${
    reasonOf(error)
  }): start the server with \`deno task start\`; where it runs, say where with ` +
    'BITTEN_HTTP_ADMIN_PORT, --config or --url (its log tells the port at "The house is open"; without a token ' +
    "it keeps the port closed).";
}

/** What a failed fetch is about stands in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : reasonOf(error.cause);
}

const TYPES = ["worker", "supervisor", "dynamic"];
const STATES = ["starting", "running", "restarting", "stopping", "stopped"];

/** One node of the answer in the house's own names; null when it is none. */
function nodeOf(json: unknown): TreeNode | null {
  const { path, type, state, mailbox_depth, restarts, last_error, uptime_ms, children } =
    (json ?? {}) as Record<string, unknown>;
  const numbers = [mailbox_depth, restarts, uptime_ms];
  if (typeof path !== "string" || !TYPES.includes(type as string)) return null;
  if (!STATES.includes(state as string) || !numbers.every(Number.isFinite)) return null;
  if (typeof last_error !== "string" && last_error !== null) return null;
  const below = Array.isArray(children) ? children.map(nodeOf) : [null];
  if (!below.every((child) => child !== null)) return null;
  return {
    path,
    type: type as TreeNode["type"],
    state: state as LifeState,
    mailboxDepth: mailbox_depth as number,
    restarts: restarts as number,
    lastError: last_error as string | null,
    uptimeMs: uptime_ms as number,
    children: below,
  };
}
