/**
 * The receiving half of a socket: batches while started, nothing lost while paused.
 *
 * @module
 */
import type { Frames } from "../../protocols/ports.ts";
import { type PollLoop, pollLoop, type Readable } from "./poll_loop.ts";

/** What is used of the library's receiving sockets, all opened with `receiveTimeout: 0`. */
export interface RawReceiver {
  readonly readable: boolean;
  readonly closed: boolean;
  receive(): Promise<Uint8Array[]>;
}

/** Most messages handed over at once; then the event loop has its turn. */
const BATCH_MESSAGES = 256;

/** Option number of the socket's file descriptor in libzmq's `zmq.h`. */
const ZMQ_FD = 14;

/** The descriptor that becomes readable when the socket has something to look at. */
export function descriptorOf(socket: unknown): number {
  // The option has no name in the library, and its general getter is protected.
  return (socket as { getInt32Option(option: number): number }).getInt32Option(ZMQ_FD);
}

/** Hands over what one socket receives. */
export class Inbound implements Readable {
  readonly descriptor: number;
  readonly #socket: RawReceiver;
  readonly #loop: PollLoop;
  #listener: ((batch: readonly Frames[]) => void) | null = null;
  #held: Frames[] = [];
  #closed = false;

  constructor(socket: RawReceiver, loop: PollLoop = pollLoop) {
    this.#socket = socket;
    this.#loop = loop;
    this.descriptor = descriptorOf(socket);
  }

  /** Begins, or goes on; the latest listener replaces the one before. */
  start(onBatch: (batch: readonly Frames[]) => void): void {
    if (this.#closed) return;
    this.#listener = onBatch;
    this.#loop.add(this);
  }

  /** Stops; what arrives waits in the socket. */
  pause(): void {
    this.#listener = null;
    void this.#loop.remove(this);
  }

  /** Stops for good; resolves when nobody waits for the descriptor any more. */
  async stop(): Promise<void> {
    this.#closed = true;
    this.#listener = null;
    await this.#loop.remove(this);
  }

  /** Call after each send: a send can consume the edge that announced a message. */
  afterSend(): void {
    if (this.#listener !== null && !this.#socket.closed && this.#socket.readable) this.#loop.nudge();
  }

  async drain(): Promise<boolean> {
    if (this.#held.length === 0) this.#held = await this.#read();
    const listener = this.#listener;
    // Paused while reading: the batch waits here for the next start.
    if (listener === null || this.#held.length === 0) return false;
    const batch = this.#held;
    this.#held = [];
    try {
      listener(batch);
    } catch (error) {
      reportError(error); // A listener's fault is the process's business, not the other sockets'.
    }
    return !this.#socket.closed && this.#socket.readable;
  }

  async #read(): Promise<Frames[]> {
    const received: Promise<Uint8Array[]>[] = [];
    const socket = this.#socket;
    while (received.length < BATCH_MESSAGES && !socket.closed && socket.readable) {
      received.push(socket.receive());
    }
    if (received.length === 0) return [];
    const settled = await Promise.allSettled(received);
    return settled.flatMap((one) => one.status === "fulfilled" ? [one.value.map(ownBytes)] : []);
  }
}

/** Copies a frame out of the library's memory: its buffers share kilobytes, and `slice` of them would not copy. */
function ownBytes(frame: Uint8Array): Uint8Array {
  return new Uint8Array(frame);
}
