/**
 * A ZeroMQ context with a known number of places, so that one can tell when a closed socket is really gone.
 *
 * libzmq closes in the background: a socket lingers until its messages are on the network, and nothing says
 * when. But a context has a fixed number of sockets, and a closed one gives its place back only after its linger.
 * Whoever exits the process before that loses what was still queued.
 *
 * @module
 */

/** A socket as far as it concerns its context. */
export interface Closable {
  readonly closed: boolean;
  linger: number;
  close(): void;
}

/** Time between two looks at the places. */
const LOOK_AGAIN_MS = 2;
/** What closing may take beyond the linger before it is believed stuck; usually under 1 ms. */
const REAPER_MS = 500;

/** A place that a probe held is free again within a few looks. */
const OPEN_TRIES = 250;

/** Knows which of its places are taken. */
export class Places {
  readonly #size: number;
  readonly #probe: () => Closable;
  #open = 0;
  #waiting: Promise<void> = Promise.resolve();

  /** `probe` opens an unused socket, and throws `EMFILE` when the context, of `size` places, is full. */
  constructor(size: number, probe: () => Closable) {
    this.#size = size;
    this.#probe = probe;
  }

  /** Opens a socket; null when there is no place for it right now. */
  tryOpen<S>(make: () => S): S | null {
    try {
      const socket = make();
      this.#open++;
      return socket;
    } catch (error) {
      if ((error as { code?: string }).code === "EMFILE") return null;
      throw error;
    }
  }

  /**
   * Opens a socket, waiting for a moment while probes hold all places.
   *
   * @throws {Error} (as rejection) when the context stays full
   */
  async open<S>(make: () => S): Promise<S> {
    for (let tries = 0; tries < OPEN_TRIES; tries++) {
      const socket = this.tryOpen(make);
      if (socket !== null) return socket;
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    }
    throw new Error(`Cannot open socket as one context must have <= ${this.#size}: all are taken`);
  }

  /**
   * Closes a socket; resolves when it is gone: its port free, and what it had sent on the network or, after
   * `lingerMs`, dropped.
   */
  async release(socket: Closable, lingerMs: number): Promise<void> {
    socket.linger = lingerMs;
    socket.close();
    this.#open--;
    const deadlineMs = performance.now() + Math.max(0, lingerMs) + REAPER_MS;
    // One looks at a time: a probe takes places for a moment, which another would count as lingering sockets.
    this.#waiting = this.#waiting.then(() => this.#untilReaped(deadlineMs));
    await this.#waiting;
  }

  async #untilReaped(deadlineMs: number): Promise<void> {
    while (this.#freePlaces() < this.#size - this.#open && performance.now() < deadlineMs) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    }
  }

  /** Opens sockets until there is no place left, closes them, and says how many there were. */
  #freePlaces(): number {
    const probes: Closable[] = [];
    try {
      while (probes.length < this.#size) probes.push(this.#probe());
    } catch {
      // No place left: the answer is the number so far.
    }
    for (const probe of probes) probe.close();
    return probes.length;
  }
}
