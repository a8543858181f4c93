/**
 * The ZeroMQ edge: the only place that touches the `zeromq` package, in the one way that works on Deno.
 *
 * Every socket has `receiveTimeout: 0` and `sendTimeout: 0`, so that the library never waits by itself (its
 * waiting relies on libuv, and Deno's stand-in loses wake-ups); waiting is the poll loop's work.
 *
 * @module
 */
import { Context, Dealer, Pair, Publisher, Pull, Push, Reply, Router, type Socket, Subscriber } from "zeromq";
import type { BindOptions, InSocket, PubSocket, RouterSocket, ZmqEdge } from "../protocols/ports.ts";
import { Places } from "./zmq/context.ts";
import { Inbound } from "./zmq/inbound.ts";
import { Guard } from "./zmq/guard.ts";
import type { ZmqPeers } from "./zmq/peers.ts";
import { closeOnce, endpoint, receiving, sending, sendTo } from "./zmq/socket.ts";
import { allowAddresses, ZAP_ENDPOINT } from "./zmq/zap.ts";

export type { ConnectOptions, DealerPeer, OutFrames, PushPeer, SubPeer, ZmqPeers } from "./zmq/peers.ts";

/** How the sockets behave; every value has a default. */
export interface ZmqEdgeOptions {
  /** Pings to peers on the ROUTER; default 10,000. */
  readonly heartbeatIntervalMs?: number;
  /**
   * A peer that says nothing for this long after a ping is disconnected: unroutable. Default 45,000: an EA whose
   * libzmq is older than 4.2 answers no ping, but its own 30 s heartbeat counts.
   */
  readonly heartbeatTimeoutMs?: number;
  /** A larger message is refused and its sender disconnected; default 2 MiB. */
  readonly maxMessageBytes?: number;
  /** How long a closing ROUTER, and a PUB that was not told otherwise, goes on sending; default 1,000. */
  readonly lingerMs?: number;
  /** Hears of each refused connection. A refused peer tries again after 30 s. */
  readonly onRefused?: (address: string, domain: string) => void;
}

/** The edge, and what it has counted. */
export interface ZmqSockets extends ZmqEdge {
  /** Connections refused by an allow-list since it was opened. */
  refused(): number;
}

const MAX_MESSAGE_BYTES = 2 * 1024 * 1024;
/** Sockets in one context, see `zmq/context.ts`. */
const PLACES = 32;
/** A subscriber that is slower than this many messages loses some; others do not. */
const PUB_HIGH_WATER_MARK = 10_000;

/** How long sockets go on sending while they close. */
const LINGER_MS = 1_000;

/** Opens the edge. Sockets are closed by `close`; a process must not end with sockets open (it would crash). */
export function openZmqEdge(options: ZmqEdgeOptions = {}): ZmqSockets {
  return new NativeEdge(options);
}

class NativeEdge implements ZmqSockets {
  readonly #options: ZmqEdgeOptions;
  readonly #room = takeRoom();
  readonly #places = this.#room.places;
  readonly #open = new Set<() => Promise<void>>();
  readonly #guard: Guard;
  #closing: Promise<void> | null = null;
  /** The guard's close, once a guard was needed. */
  #guarding: Promise<() => Promise<void>> | null = null;

  constructor(options: ZmqEdgeOptions) {
    this.#options = options;
    this.#guard = new Guard(options.onRefused ?? (() => {}));
  }

  refused(): number {
    return this.#guard.refused;
  }

  async pull(options: BindOptions): Promise<InSocket> {
    const socket = await this.#places.open(() => new Pull({ ...this.#common(), receiveTimeout: 0 }));
    const port = await this.#bind(socket, options);
    const inbound = new Inbound(socket);
    return { port, ...receiving(inbound), close: this.#closer(socket, inbound, 0) };
  }

  async router(options: BindOptions): Promise<RouterSocket> {
    const how = {
      receiveTimeout: 0,
      sendTimeout: 0,
      mandatory: true,
      handover: true,
      heartbeatInterval: this.#options.heartbeatIntervalMs ?? 10_000,
      heartbeatTimeout: this.#options.heartbeatTimeoutMs ?? 45_000,
    };
    const socket = await this.#places.open(() => new Router({ ...this.#common(), ...how }));
    const port = await this.#bind(socket, options);
    const inbound = new Inbound(socket);
    return {
      port,
      ...receiving(inbound),
      send: (identity, payload) => sendTo(socket, inbound, [identity, payload]),
      close: this.#closer(socket, inbound, this.#options.lingerMs ?? LINGER_MS),
    };
  }

  async pub(options: BindOptions): Promise<PubSocket> {
    const how = { sendTimeout: 0, sendHighWaterMark: PUB_HIGH_WATER_MARK };
    const socket = await this.#places.open(() => new Publisher({ ...this.#common(), ...how }));
    const port = await this.#bind(socket, options);
    const close = this.#closer(socket, null, this.#options.lingerMs ?? LINGER_MS);
    return { port, ...sending(socket, null), close };
  }

  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#open].map((close) => close()));
    // The guard goes last: libzmq must not find nobody to ask while a socket still listens.
    await (await this.#guarding)?.();
    freeRooms.add(this.#room);
  }

  /** @throws {Error} when the edge is closed: its context may be another's by now */
  #common(): { context: Context; linger: number; maxMessageSize: number } {
    if (this.#closing !== null) throw new Error("Cannot open socket as its edge must be open: it is closed");
    const maxMessageSize = this.#options.maxMessageBytes ?? MAX_MESSAGE_BYTES;
    return { context: this.#room.context, linger: 0, maxMessageSize };
  }

  /** Binds and answers the port; a socket that cannot be bound is closed before the throw. */
  async #bind(socket: Socket, options: BindOptions): Promise<number> {
    try {
      if (options.host.includes(":")) socket.ipv6 = true;
      if (options.allow !== undefined) await this.#protect(socket, options.allow);
      socket.bindSync(endpoint(options));
    } catch (error) {
      await this.#places.release(socket, 0);
      throw new Error(`Cannot bind ${endpoint(options)}: ${(error as Error).message}`, { cause: error });
    }
    return Number(socket.lastEndpoint?.split(":").at(-1));
  }

  async #protect(socket: Socket, allow: readonly string[]): Promise<void> {
    const rule = allowAddresses(allow);
    await (this.#guarding ??= this.#openGuard());
    socket.zapDomain = this.#guard.add(rule);
    socket.zapEnforceDomain = true; // Without it libzmq admits everyone when nobody answers.
  }

  async #openGuard(): Promise<() => Promise<void>> {
    const how = { context: this.#room.context, linger: 0, receiveTimeout: 0, sendTimeout: 0 };
    const socket = await this.#places.open(() => new Reply(how));
    socket.bindSync(ZAP_ENDPOINT);
    const inbound = new Inbound(socket);
    inbound.start((batch) => {
      for (const frames of batch) void this.#guard.answer(socket, inbound, frames);
    });
    return closeOnce(this.#places, socket, inbound, 0);
  }

  #closer(socket: Socket, inbound: Inbound | null, lingerMs: number): (lingerMs?: number) => Promise<void> {
    const closing = closeOnce(this.#places, socket, inbound, lingerMs);
    const close = async (lingerMs?: number): Promise<void> => {
      await closing(lingerMs);
      this.#open.delete(close);
    };
    this.#open.add(close);
    return close;
  }
}

/** Peers of this process, in contexts of their own: they share nothing with an edge's. */
export const peers: ZmqPeers = {
  dealer({ connect, identity, sendHighWaterMark = 1_000 }) {
    const how = { sendHighWaterMark, receiveTimeout: 0, sendTimeout: 0, ...connectOptions(connect) };
    const named = identity === undefined ? how : { ...how, routingId: identity };
    const { socket, places } = peerSocket((context) => new Dealer({ ...named, context }));
    const inbound = new Inbound(socket);
    socket.connect(connect);
    const close = closeOnce(places, socket, inbound, LINGER_MS);
    return { close, ...receiving(inbound), ...sending(socket, inbound) };
  },
  push({ connect, sendHighWaterMark = 1_000 }) {
    const how = { sendHighWaterMark, sendTimeout: 0, ...connectOptions(connect) };
    const { socket, places } = peerSocket((context) => new Push({ ...how, context }));
    socket.connect(connect);
    return { close: closeOnce(places, socket, null, LINGER_MS), ...sending(socket, null) };
  },
  sub({ connect, topics }) {
    const how = { receiveTimeout: 0, ...connectOptions(connect) };
    const { socket, places } = peerSocket((context) => new Subscriber({ ...how, context }));
    socket.subscribe(...topics);
    const inbound = new Inbound(socket);
    socket.connect(connect);
    return { close: closeOnce(places, socket, inbound, 0), ...receiving(inbound) };
  },
};

/** A context and its places. Contexts live as long as the process, so they are used again, never dropped. */
interface Room {
  readonly context: Context;
  readonly places: Places;
}

const freeRooms = new Set<Room>();
const peerRooms: Room[] = [];

function newRoom(): Room {
  const context = new Context({ maxSockets: PLACES });
  return { context, places: new Places(PLACES, () => new Pair({ context, linger: 0 })) };
}

/** A room for one edge alone: its guard is the only one libzmq can ask there. */
function takeRoom(): Room {
  for (const room of freeRooms) {
    freeRooms.delete(room);
    return room;
  }
  return newRoom();
}

/** Makes a socket in the first room that has a place for it, or in a new one. */
function peerSocket<S>(make: (context: Context) => S): { readonly socket: S; readonly places: Places } {
  for (const { context, places } of peerRooms) {
    const socket = places.tryOpen(() => make(context));
    if (socket !== null) return { socket, places };
  }
  peerRooms.push(newRoom());
  return peerSocket(make);
}

function connectOptions(connect: string): { linger: number; ipv6: boolean } {
  return { linger: 0, ipv6: connect.includes("[") };
}
