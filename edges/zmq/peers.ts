/**
 * The other side of our sockets: what an EA or a subscriber holds, for simulated EAs, tools and tests.
 *
 * @module
 */
import type { InSocket } from "../../protocols/ports.ts";

/** Frames to send: text goes as UTF-8. */
export type OutFrames = readonly (string | Uint8Array)[];

/** What every peer can do. */
export interface Peer {
  /** Closes; what was sent goes out for at most `lingerMs` (default 1,000, and 0 for a SUB). */
  close(lingerMs?: number): Promise<void>;
}

/** A peer that sends. */
export interface Sender {
  /** False when the message was not taken because the queue is full: nobody is reading. */
  send(frames: OutFrames): Promise<boolean>;
}

/** A peer that receives. */
export type Receiver = Pick<InSocket, "start" | "pause">;

/** A DEALER. */
export interface DealerPeer extends Peer, Sender, Receiver {}
/** A PUSH. */
export interface PushPeer extends Peer, Sender {}
/** A SUB. */
export interface SubPeer extends Peer, Receiver {}

/** Where to connect to. */
export interface ConnectOptions {
  /** `tcp://host:port`. */
  readonly connect: string;
  /** Most messages that wait in its queue; default 1,000, libzmq's own. */
  readonly sendHighWaterMark?: number;
}

/** Opens peers. Connecting never fails: a peer waits until there is somebody to talk to, and reconnects. */
export interface ZmqPeers {
  dealer(options: ConnectOptions & { readonly identity?: string }): DealerPeer;
  push(options: ConnectOptions): PushPeer;
  /** Topics are prefixes of the first frame; `""` is everything. */
  sub(options: ConnectOptions & { readonly topics: readonly string[] }): SubPeer;
}
