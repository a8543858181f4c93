/**
 * One loop that reads every receiving socket of this process, in batches, and sleeps when all are empty.
 *
 * A socket's descriptor (`ZMQ_FD`) is edge-triggered: it becomes readable once for any number of messages. So
 * every socket is read until it is empty before the loop sleeps, and whoever may have consumed the edge by a
 * send says so with {@link PollLoop.nudge}.
 *
 * @module
 */
import { setImmediate } from "node:timers";
import { openWaiter, type Waiter } from "./wait.ts";

/** Something the loop reads from. */
export interface Readable {
  readonly descriptor: number;
  /** Reads and hands over one batch. True when more may be waiting. */
  drain(): Promise<boolean>;
}

/** A missed edge costs at most this long. */
const SAFETY_NET_MS = 50;

/** Reads many sockets, one batch each per turn, yielding to the event loop between turns. */
export class PollLoop {
  readonly #readers = new Set<Readable>();
  readonly #open: () => Waiter;
  #waiter: Waiter | null = null;
  #running: Promise<void> | null = null;
  #waiting: Promise<void> | null = null;
  #nudged = false;

  /** `open` makes the waiter each time the loop begins to run. */
  constructor(open: () => Waiter = openWaiter) {
    this.#open = open;
  }

  /** Begins to read from `reader`. */
  add(reader: Readable): void {
    this.#readers.add(reader);
    this.nudge();
    this.#running ??= this.#run();
  }

  /** Stops reading from `reader`; resolves when its descriptor is no longer waited for. */
  async remove(reader: Readable): Promise<void> {
    if (!this.#readers.delete(reader)) return;
    this.#waiter?.wake();
    await (this.#readers.size === 0 ? this.#running : this.#waiting);
  }

  /** Makes the loop look at every socket again before it sleeps. */
  nudge(): void {
    this.#nudged = true;
    if (this.#waiting !== null) this.#waiter?.wake();
  }

  async #run(): Promise<void> {
    // Not in this call's own turn: whoever adds a reader must see `add` return before its first batch.
    await Promise.resolve();
    const waiter = this.#open();
    this.#waiter = waiter;
    try {
      while (this.#readers.size > 0) await this.#turn(waiter);
    } finally {
      // No await between the last look at the set and here: a reader added later starts a new run.
      this.#waiter = null;
      this.#running = null;
      waiter.close();
    }
  }

  async #turn(waiter: Waiter): Promise<void> {
    this.#nudged = false;
    let more = false;
    for (const reader of [...this.#readers]) {
      if (this.#readers.has(reader) && await reader.drain()) more = true;
    }
    if (more) return await new Promise((resolve) => void setImmediate(resolve));
    if (this.#nudged || this.#readers.size === 0) return;
    this.#waiting = waiter.wait([...this.#readers].map((reader) => reader.descriptor), SAFETY_NET_MS);
    await this.#waiting;
    this.#waiting = null;
  }
}

/** The loop of this process: one thread of waiting for all sockets. */
export const pollLoop: PollLoop = new PollLoop();
