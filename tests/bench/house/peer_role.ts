/**
 * What every loading role is handed.
 *
 * @module
 */
import type { PushPeer } from "../../../edges/zmq.ts";
import type { MarketClock } from "../../../runtime/clock.ts";

/** The house as a loading process knows it. */
export interface PeerTerms {
  readonly ports: { readonly [name in "command" | "telemetry" | "confirm" | "relay"]: number };
  readonly symbols: readonly string[];
  /** Where each symbol stands, in the order of `symbols`. */
  readonly bids: readonly number[];
  readonly clock: MarketClock;
  /** µs of a clock that the bench shares. */
  readonly micros: () => number;
  /** Tells the bench. */
  say(value: unknown): void;
  /** The bench's next word; null when it has gone. */
  told(): Promise<Record<string, number> | null>;
}

/** One role. */
export type PeerRole = (terms: PeerTerms) => Promise<void>;

const encoder = new TextEncoder();

/** Where a port of the house is. */
export function at(port: number): string {
  return `tcp://127.0.0.1:${port}`;
}

/** Resolves after a pause, ms. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Sends every line, waiting 1 ms whenever the queue is full; answers how often it was. */
export async function sendAll(push: PushPeer, lines: readonly string[]): Promise<number> {
  let left = lines.map((line) => encoder.encode(line));
  let waits = -1;
  do {
    if (++waits > 0) await pause(1);
    const taken = await Promise.all(left.map((bytes) => push.send([bytes])));
    left = left.filter((_, index) => !taken[index]);
  } while (left.length > 0);
  return waits;
}
