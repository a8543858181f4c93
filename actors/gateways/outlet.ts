/**
 * Outlet: one PUB socket behind its circuit breaker. What cannot leave now is dropped and counted; nobody waits.
 *
 * @module
 */
import type { PublisherStatus } from "../../protocols/market.ts";
import type { CircuitBreaker, PubSocket } from "../../protocols/ports.ts";
import type { Log } from "../../runtime/log.ts";

/** What an outlet sends through. */
export interface OutletDeps {
  readonly socket: PubSocket;
  readonly breaker: CircuitBreaker;
}

/**
 * Sends that may be under way at once; a socket that answers none of them must not fill the memory. As many as the
 * longest mailbox in front of an outlet holds: a burst handled in one turn is under way until the turn ends.
 */
export const UNDER_WAY_MAX = 16_384;
const LOG_EVERY_MS = 60_000;

/** The sending side of a publisher; counts in place. */
export class Outlet {
  readonly #deps: OutletDeps;
  readonly #log: Log;
  readonly #nowMs: () => number;
  #underWay = 0;
  #sent = 0;
  #dropped = 0;
  #loggedAtMs = -Infinity;

  /** `nowMs` is the runtime clock. */
  constructor(deps: OutletDeps, log: Log, nowMs: () => number) {
    this.#deps = deps;
    this.#log = log;
    this.#nowMs = nowMs;
  }

  /** Messages that left. */
  get sent(): number {
    return this.#sent;
  }

  /** Messages that did not: the queue was full, the breaker open, or the socket failed. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Sends one message, or drops it. Never throws; answers before it has left. */
  offer(frames: readonly (string | Uint8Array)[]): void {
    if (this.#underWay >= UNDER_WAY_MAX) return this.#drop("too many sends are under way");
    this.#underWay++;
    this.#deps.breaker.run(() => this.#deps.socket.send(frames)).then(
      (taken) => this.#settle(taken ? null : "the queue is full"),
      (error) => this.#settle(error instanceof Error ? error.message : String(error)),
    );
  }

  #settle(refusal: string | null): void {
    this.#underWay--;
    if (refusal === null) this.#sent++;
    else this.#drop(refusal);
  }

  #drop(reason: string): void {
    this.#dropped++;
    const nowMs = this.#nowMs();
    if (nowMs - this.#loggedAtMs < LOG_EVERY_MS) return;
    this.#loggedAtMs = nowMs;
    this.#log.warn("message not published", { port: this.#deps.socket.port, reason, dropped: this.#dropped });
  }
}

/** Counts two outlets together. */
export function statusOf(one: Outlet, other: Outlet): PublisherStatus {
  return { sent: one.sent + other.sent, dropped: one.dropped + other.dropped };
}
