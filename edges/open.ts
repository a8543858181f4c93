/**
 * Opens every edge of a server: sockets, database, journals, chat; or none of them.
 *
 * @module
 */
import { join } from "node:path";
import type { AdminApi, HttpServer, PublicApi } from "../protocols/http.ts";
import type {
  BindOptions,
  ChatEdge,
  CircuitBreaker,
  InSocket,
  LineJournal,
  PubSocket,
  RouterSocket,
  StoreEdge,
  TickHistory,
} from "../protocols/ports.ts";
import type { Log } from "../runtime/log.ts";
import { openBreaker } from "./breaker.ts";
import { adminApp } from "./http/admin_app.ts";
import { adminAccess } from "./http/admin_auth.ts";
import { publicApp } from "./http/public_app.ts";
import { serveHttp } from "./http/serve.ts";
import { openLineJournal, openTickHistory } from "./journal.ts";
import { openSqliteStore } from "./sqlite.ts";
import { openZmqEdge, type ZmqSockets } from "./zmq.ts";

/** Sockets the house speaks through, bound. */
export interface HouseSockets {
  readonly command: RouterSocket;
  readonly telemetry: InSocket;
  readonly confirm: InSocket;
  readonly signal: PubSocket;
  readonly signalTopic: PubSocket;
  readonly relay: PubSocket;
  readonly relayTopic: PubSocket;
}

/** Everything outside the house, opened. */
export interface HouseEdges {
  readonly sockets: HouseSockets;
  readonly store: StoreEdge;
  readonly journal: LineJournal;
  readonly history: TickHistory;
  /** Null: no alerts. */
  readonly chat: ChatEdge | null;
  /** A new circuit breaker, closed. */
  readonly breaker: () => CircuitBreaker;
  readonly servePublic: (api: PublicApi) => Promise<HttpServer>;
  /** Null: there is no token, and the admin port stays closed. */
  readonly serveAdmin: ((api: AdminApi) => Promise<HttpServer>) | null;
  /** Closes everything; sockets first, each with its linger, the database last. */
  close(): Promise<void>;
}

/** Where the edges lie. */
export interface EdgeOptions {
  readonly dataDir: string;
  readonly gateways: {
    readonly host: string;
    readonly commandPort: number;
    readonly telemetryPort: number;
    readonly signalPort: number;
    readonly signalTopicPort: number;
    readonly confirmPort: number;
    readonly relayPort: number;
    readonly relayTopicPort: number;
    readonly legacyAllow: readonly string[];
  };
  readonly telegram: { readonly token: string | null; readonly apiRoot: string | null };
  readonly http: {
    readonly host: string;
    readonly port: number;
    readonly adminPort: number;
    readonly adminToken: string | null;
  };
  readonly log: Log;
}

/**
 * Opens every edge.
 *
 * @throws {Error} (as rejection) naming the port or file that could not be opened; nothing stays open
 */
export async function openEdges(options: EdgeOptions): Promise<HouseEdges> {
  const closers: (() => void | Promise<void>)[] = [];
  const close = async () => {
    for (const one of closers.splice(0).reverse()) await one();
  };
  try {
    return { ...await openAll(options, closers), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openAll(
  options: EdgeOptions,
  closers: (() => void | Promise<void>)[],
): Promise<Omit<HouseEdges, "close">> {
  const { dataDir, telegram, log } = options;
  Deno.mkdirSync(dataDir, { recursive: true });
  closers.push(holdFolder(dataDir));
  const store = openSqliteStore({ path: join(dataDir, "bitten.db") });
  closers.push(() => store.close());
  const journal = openLineJournal({ path: join(dataDir, "comprehensive_tracking.jsonl") });
  closers.push(() => journal.close());
  const history = openTickHistory({
    folder: join(dataDir, "ticks"),
    onFault: (error) => log.error("Recorded ticks wait as the disk refuses them", { error }),
  });
  closers.push(() => history.close());
  const zmq = openZmqEdge({
    onRefused: (address, domain) => log.warn("A peer was not let in", { address, domain }),
  });
  closers.push(() => zmq.close());
  const sockets = await bindAll(zmq, options.gateways);
  const chat = await openChat(telegram);
  return { sockets, store, journal, history, chat, breaker: () => openBreaker(), ...servers(options) };
}

function servers({ http, log }: EdgeOptions): Pick<HouseEdges, "servePublic" | "serveAdmin"> {
  const { host, port, adminPort } = http;
  const access = adminAccess(http.adminToken);
  if (!access.open) log.warn(access.reason);
  return {
    servePublic: (api) => serveHttp({ host, port, app: publicApp(api, log.child("http")) }),
    serveAdmin: access.open
      ? (api) =>
        serveHttp({
          host,
          port: adminPort,
          app: adminApp(api, { token: access.token, log: log.child("admin") }),
        })
      : null,
  };
}

/** Loaded only when it is wanted: the library takes its time, and warns of a module it uses. */
async function openChat({ token, apiRoot }: EdgeOptions["telegram"]): Promise<ChatEdge | null> {
  if (token === null) return null;
  const { telegramEdge } = await import("./telegram.ts");
  return telegramEdge({ token, apiRoot, breaker: openBreaker() });
}

async function bindAll(zmq: ZmqSockets, gateways: EdgeOptions["gateways"]): Promise<HouseSockets> {
  const { host, legacyAllow } = gateways;
  const inward = (port: number): BindOptions => ({ host, port, allow: legacyAllow });
  const outward = (port: number): BindOptions => ({ host, port });
  return {
    command: await bind("commandPort", inward(gateways.commandPort), (at) => zmq.router(at)),
    telemetry: await bind("telemetryPort", inward(gateways.telemetryPort), (at) => zmq.pull(at)),
    confirm: await bind("confirmPort", inward(gateways.confirmPort), (at) => zmq.pull(at)),
    signal: await bind("signalPort", outward(gateways.signalPort), (at) => zmq.pub(at)),
    signalTopic: await bind("signalTopicPort", outward(gateways.signalTopicPort), (at) => zmq.pub(at)),
    relay: await bind("relayPort", outward(gateways.relayPort), (at) => zmq.pub(at)),
    relayTopic: await bind("relayTopicPort", outward(gateways.relayTopicPort), (at) => zmq.pub(at)),
  };
}

async function bind<T>(name: string, at: BindOptions, open: (at: BindOptions) => Promise<T>): Promise<T> {
  try {
    return await open(at);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const hint = "is another server running? Set another port, or 0 for any free one";
    throw new Error(`Cannot bind gateways.${name} to ${at.host}:${at.port}: ${why}; ${hint}`, { cause });
  }
}

/** Two servers on one folder would each act on the other's fires: the second is refused. */
function holdFolder(dataDir: string): () => void {
  const path = join(dataDir, "lock");
  const file = Deno.openSync(path, { create: true, write: true });
  if (!file.tryLockSync(true)) {
    file.close();
    throw new Error(
      `Cannot use ${dataDir} as another server is using it: stop that one, or choose another dataDir`,
    );
  }
  return () => file.close();
}
