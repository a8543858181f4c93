/**
 * Fake twin of the ZeroMQ edge: a network in memory, in which nothing moves until it is told to.
 *
 * @module
 */
import type { DealerPeer, OutFrames, PushPeer, SubPeer, ZmqPeers } from "../../edges/zmq.ts";
import { soon } from "../../runtime/host.ts";
import { allowAddresses } from "../../edges/zmq/zap.ts";
import type {
  BindOptions,
  Frames,
  InSocket,
  PubSocket,
  RouterSocket,
  SendResult,
  ZmqEdge,
} from "../../protocols/ports.ts";

const BATCH_MESSAGES = 256;
const QUEUE_MESSAGES = 1_000;
const MAX_MESSAGE_BYTES = 2 * 1024 * 1024;
const FIRST_FREE_PORT = 40_000;

type Listener = (batch: readonly Frames[]) => void;

/** A network in memory: edges bind in it, peers connect to it, also before and after a server was there. */
export interface FakeNetwork {
  /** A new edge; several may be open in turn, as a server that restarts. */
  edge(): ZmqEdge;
  readonly peers: FakePeers;
  /** Hands over all that can be, in the order it was sent, and what that causes. Answers how many messages. */
  deliver(): number;
}

/** Peers, with what can happen to them. */
export interface FakePeers extends ZmqPeers {
  dealer(options: Parameters<ZmqPeers["dealer"]>[0] & FakePeerOptions): DealerPeer & Freezable;
  push(options: Parameters<ZmqPeers["push"]>[0] & FakePeerOptions): PushPeer;
  sub(options: Parameters<ZmqPeers["sub"]>[0] & FakePeerOptions): SubPeer;
}

/** Where a peer connects from. */
export interface FakePeerOptions {
  /** Its IP address; default 127.0.0.1. */
  readonly from?: string;
  /** What the network's path calls it; default a number of its own. */
  readonly name?: string;
}

/** A peer that can stop answering. */
export interface Freezable {
  /** Stops answering heartbeats: unroutable from now on, until it thaws. */
  freeze(): void;
  thaw(): void;
}

/** How a fake network behaves. */
export interface FakeNetworkOptions {
  /** Delivers by itself, in a microtask after each send or start. Default false. */
  readonly auto?: boolean;
  /** Most messages waiting between two sockets; default 1,000. */
  readonly queueMessages?: number;
  /** How messages travel; default: each is there at once. */
  readonly path?: FakePath;
}

/** A message on its way, as far as the path may look at it. */
export interface Travelling {
  /** The server's port. */
  readonly port: number;
  readonly toServer: boolean;
  /** The peer's name on that connection: its identity, else a number. */
  readonly peer: string;
  readonly message: Frames;
}

/** Carries a message: calls `arrive` when it is there, at once or later, never or twice. */
export type FakePath = (travelling: Travelling, arrive: () => void) => void;

/** Makes an empty network. */
export function fakeNetwork(options: FakeNetworkOptions = {}): FakeNetwork {
  const network = new Network(options);
  return {
    edge: () => new FakeEdge(network),
    peers: {
      dealer: (how) => new FakeDealer(network, how),
      push: (how) => new FakePeer(network, how, "pull"),
      sub: (how) => new FakeSub(network, how),
    },
    deliver: () => network.deliver(),
  };
}

/** A queue with a listener: what every receiving socket is. */
class Inbox {
  readonly #queue: Frames[] = [];
  readonly #network: Network;
  #listener: Listener | null = null;

  constructor(network: Network) {
    this.#network = network;
    network.inboxes.add(this);
  }

  get length(): number {
    return this.#queue.length;
  }

  put(frames: Frames): void {
    this.#queue.push(frames);
    this.#network.stir();
  }

  start(listener: Listener): void {
    this.#listener = listener;
    this.#network.stir();
  }

  pause(): void {
    this.#listener = null;
  }

  close(): void {
    this.pause();
    this.#queue.length = 0;
    this.#network.inboxes.delete(this);
  }

  /** Hands over one batch; answers its length. */
  deliver(): number {
    if (this.#listener === null || this.#queue.length === 0) return 0;
    const batch = this.#queue.splice(0, BATCH_MESSAGES);
    this.#listener(batch);
    return batch.length;
  }
}

/** What a bound socket is to the network. */
interface Bound {
  readonly kind: "pull" | "router" | "pub";
  readonly admits: (address: string) => boolean;
  /** What peers of this socket put their messages into. */
  readonly inbox: Inbox | null;
}

class Network {
  readonly inboxes = new Set<Inbox>();
  readonly bound = new Map<number, Bound>();
  readonly peers = new Set<FakePeer>();
  readonly queueMessages: number;
  readonly path: FakePath;
  readonly #auto: boolean;
  #nextPort = FIRST_FREE_PORT;
  #nextPeer = 1;
  #stirred = false;

  constructor(options: FakeNetworkOptions) {
    this.#auto = options.auto ?? false;
    this.queueMessages = options.queueMessages ?? QUEUE_MESSAGES;
    this.path = options.path ?? ((_travelling, arrive) => arrive());
  }

  /** A name for a peer that has none. */
  nextPeer(): string {
    return `peer${this.#nextPeer++}`;
  }

  bind(options: BindOptions, kind: Bound["kind"], inbox: Inbox | null): number {
    const port = options.port === 0 ? this.#nextPort++ : options.port;
    if (this.bound.has(port)) {
      throw new Error(`Cannot bind tcp://${options.host}:${port}: Address already in use`);
    }
    const rule = options.allow === undefined ? null : allowAddresses(options.allow);
    const admits = (address: string) =>
      rule === null ||
      rule({ requestId: new Uint8Array(), domain: "", address, mechanism: "NULL", credentials: [] });
    this.bound.set(port, { kind, admits, inbox });
    for (const peer of this.peers) peer.flush();
    return port;
  }

  /** The connected peers of a port, in the order they connected. */
  peersOf(port: number): FakePeer[] {
    const found: FakePeer[] = [];
    for (const peer of this.peers) if (peer.port === port && peer.server !== null) found.push(peer);
    return found;
  }

  stir(): void {
    if (!this.#auto || this.#stirred) return;
    this.#stirred = true;
    soon(() => {
      this.#stirred = false;
      this.deliver();
    });
  }

  deliver(): number {
    let total = 0;
    for (let moved = -1; moved !== 0; total += moved) {
      moved = 0;
      for (const inbox of [...this.inboxes]) moved += inbox.deliver();
    }
    return total;
  }
}

class FakeEdge implements ZmqEdge {
  readonly #network: Network;
  readonly #open = new Set<() => Promise<void>>();

  constructor(network: Network) {
    this.#network = network;
  }

  async pull(options: BindOptions): Promise<InSocket> {
    return this.#receiving(options, "pull");
  }

  async router(options: BindOptions): Promise<RouterSocket> {
    const socket = this.#receiving(options, "router");
    const { port } = socket;
    const send = async (identity: Uint8Array, payload: Uint8Array): Promise<SendResult> => {
      const peer = this.#network.peersOf(port).findLast((one) => one.identity === keyOf(identity));
      return peer === undefined || this.#network.bound.get(port) === undefined
        ? "unroutable"
        : peer.receive([new Uint8Array(payload)]);
    };
    return { ...socket, send };
  }

  async pub(options: BindOptions): Promise<PubSocket> {
    const port = this.#network.bind(options, "pub", null);
    let open = true;
    const send = async (frames: OutFrames): Promise<boolean> => {
      if (!open) return false;
      const peers = this.#network.peersOf(port);
      if (peers.length === 0) return true;
      const message = bytesOf(frames);
      for (const peer of peers) if (peer.wants(message)) peer.receive(message);
      return true;
    };
    const close = async () => {
      if (open) this.#network.bound.delete(port);
      open = false;
    };
    this.#open.add(close);
    return { port, send, close };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open].map((close) => close()));
  }

  #receiving(options: BindOptions, kind: "pull" | "router"): InSocket {
    const inbox = new Inbox(this.#network);
    const port = this.#network.bind(options, kind, inbox);
    const close = async () => {
      if (this.#network.bound.get(port)?.inbox === inbox) this.#network.bound.delete(port);
      inbox.close();
    };
    this.#open.add(close);
    return { port, start: (listener) => inbox.start(listener), pause: () => inbox.pause(), close };
  }
}

class FakePeer implements PushPeer {
  readonly port: number;
  readonly identity: string | null = null;
  readonly #network: Network;
  readonly #kind: Bound["kind"];
  readonly #from: string;
  readonly #name: string;
  readonly #unsent: Frames[] = [];
  #open = true;

  constructor(network: Network, options: { connect: string } & FakePeerOptions, kind: Bound["kind"]) {
    this.#network = network;
    this.#kind = kind;
    this.#from = options.from ?? "127.0.0.1";
    this.#name = options.name ?? network.nextPeer();
    this.port = Number(options.connect.split(":").at(-1));
    network.peers.add(this);
  }

  /** The socket it talks to, when there is one of the right kind that admits it. */
  get server(): Bound | null {
    const bound = this.#network.bound.get(this.port);
    return bound?.kind === this.#kind && bound.admits(this.#from) ? bound : null;
  }

  async send(frames: OutFrames): Promise<boolean> {
    if (!this.#open || this.#unsent.length >= this.#network.queueMessages) return false;
    const waiting = this.server?.inbox?.length ?? 0;
    if (waiting >= 2 * this.#network.queueMessages) return false;
    this.#unsent.push(bytesOf(frames));
    this.flush();
    return true;
  }

  /** Moves what it could not send before into the server's inbox. */
  flush(): void {
    if ((this.server?.inbox ?? null) === null) return;
    for (const message of this.#unsent.splice(0)) {
      // A socket refuses what is too large; libzmq also drops the connection, which comes back by itself.
      if (message.every((frame) => frame.length <= MAX_MESSAGE_BYTES)) {
        this.travel(message, true, () => this.server?.inbox?.put(this.addressed(message)));
      }
    }
  }

  /** Hands a message to the network's path. What arrives where nobody is any more is lost. */
  travel(message: Frames, toServer: boolean, arrive: () => void): void {
    const travelling = { port: this.port, toServer, peer: this.#name, message };
    this.#network.path(travelling, () => {
      if (this.#open) arrive();
    });
  }

  /** The message as the server sees it. */
  addressed(message: Frames): Frames {
    return message;
  }

  wants(_message: Frames): boolean {
    return false;
  }

  receive(_message: Frames): SendResult {
    return "unroutable";
  }

  async close(): Promise<void> {
    this.#open = false;
    this.#network.peers.delete(this);
  }
}

class FakeDealer extends FakePeer implements DealerPeer, Freezable {
  override readonly identity: string;
  readonly #name: Uint8Array;
  readonly #inbox: Inbox;
  readonly #queueMessages: number;
  #frozen = false;

  constructor(
    network: Network,
    options: { connect: string; identity?: string } & FakePeerOptions,
  ) {
    super(network, options, "router");
    // As libzmq does for a peer without a name: a zero byte and a number.
    const anonymous = new Uint8Array([0, 0, 0, 0, network.peers.size]);
    this.#name = options.identity === undefined ? anonymous : new TextEncoder().encode(options.identity);
    this.identity = keyOf(this.#name);
    this.#inbox = new Inbox(network);
    this.#queueMessages = network.queueMessages;
  }

  start(listener: Listener): void {
    this.#inbox.start(listener);
  }

  pause(): void {
    this.#inbox.pause();
  }

  freeze(): void {
    this.#frozen = true;
    this.#inbox.pause();
  }

  thaw(): void {
    this.#frozen = false;
  }

  override addressed(message: Frames): Frames {
    return [this.#name, ...message];
  }

  override receive(message: Frames): SendResult {
    if (this.#frozen) return "unroutable";
    if (this.#inbox.length >= 2 * this.#queueMessages) return "full";
    this.travel(message, false, () => this.#inbox.put(message));
    return "sent";
  }

  override async close(): Promise<void> {
    this.#inbox.close();
    await super.close();
  }
}

class FakeSub extends FakePeer implements SubPeer {
  readonly #inbox: Inbox;
  readonly #topics: readonly string[];

  constructor(
    network: Network,
    options: { connect: string; topics: readonly string[] } & FakePeerOptions,
  ) {
    super(network, options, "pub");
    this.#inbox = new Inbox(network);
    this.#topics = options.topics.map((topic) => keyOf(new TextEncoder().encode(topic)));
  }

  start(listener: Listener): void {
    this.#inbox.start(listener);
  }

  pause(): void {
    this.#inbox.pause();
  }

  override wants(message: Frames): boolean {
    const first = keyOf(message[0] ?? new Uint8Array());
    return this.#topics.some((topic) => first.startsWith(topic));
  }

  override receive(message: Frames): SendResult {
    this.travel(message, false, () => this.#inbox.put(message));
    return "sent";
  }

  override async close(): Promise<void> {
    this.#inbox.close();
    await super.close();
  }
}

/** Bytes as a string of the same length, to compare and to look up. */
function keyOf(bytes: Uint8Array): string {
  let key = "";
  for (const byte of bytes) key += String.fromCharCode(byte);
  return key;
}

function bytesOf(frames: OutFrames): Uint8Array[] {
  return frames.map((frame) =>
    typeof frame === "string" ? new TextEncoder().encode(frame) : new Uint8Array(frame)
  );
}
