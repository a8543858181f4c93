/**
 * Feed: which quotes are fit to be heard, and which of several EAs a symbol listens to.
 *
 * @module
 */
import type { EaId } from "../protocols/units.ts";

/** Why a quote is no quote. */
export type QuoteFault = "notFinite" | "notPositive" | "crossed";

/**
 * What is wrong with a bid and an ask, or null. A locked market (ask equal to bid) is a market.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { quoteFault } from "./feed.ts";
 *
 * assert.equal(quoteFault(1.1, 1.1001), null);
 * assert.equal(quoteFault(1.1001, 1.1), "crossed");
 * ```
 */
export function quoteFault(bid: number, ask: number): QuoteFault | null {
  if (!Number.isFinite(bid) || !Number.isFinite(ask)) return "notFinite";
  if (bid <= 0 || ask <= 0) return "notPositive";
  return ask < bid ? "crossed" : null;
}

const REMEMBERED = 64;

/**
 * The last 64 ticks of one symbol on one feed. An EA sends its chart symbol twice, once by its timer and once by
 * its tick handler: the second is no tick.
 */
export class DuplicateRing {
  readonly #times = new Float64Array(REMEMBERED).fill(NaN);
  readonly #bids = new Float64Array(REMEMBERED);
  readonly #asks = new Float64Array(REMEMBERED);
  #next = 0;
  #latestMs = -Infinity;

  /** True when this very tick was among the last 64; remembers it otherwise. */
  seen(atMs: number, bid: number, ask: number): boolean {
    // Nearly every tick is newer than all that are remembered: one look answers.
    if (atMs > this.#latestMs) this.#latestMs = atMs;
    else if (this.#find(atMs, bid, ask)) return true;
    this.#times[this.#next] = atMs;
    this.#bids[this.#next] = bid;
    this.#asks[this.#next] = ask;
    this.#next = (this.#next + 1) % REMEMBERED;
    return false;
  }

  #find(atMs: number, bid: number, ask: number): boolean {
    for (let i = 0; i < REMEMBERED; i++) {
      if (this.#times[i] === atMs && this.#bids[i] === bid && this.#asks[i] === ask) return true;
    }
    return false;
  }
}

/** A primary silent this long, while another ticked three times, is left. */
export const SILENT_MS = 5_000;
/** A primary silent this long is left for any other that ticks. */
export const DEAD_MS = 30_000;
/** Ticks of another feed that count as alive. */
export const ALIVE_TICKS = 3;
/** After a switch the new primary is only left when it is dead: EURUSD alone is silent for 5 s a hundred times an hour. */
export const HOLD_MS = 10 * 60_000;

/**
 * Which EA's ticks make a symbol's candles: one at a time, never two interleaved. Times are of arrival, market clock.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { eaId } from "../protocols/units.ts";
 * import { PrimaryFeed } from "./feed.ts";
 *
 * const feed = new PrimaryFeed(0);
 * assert.equal(feed.offer(eaId("a"), 0), true);
 * assert.equal(feed.offer(eaId("b"), 29_999), false);
 * assert.equal(feed.offer(eaId("b"), 30_000), true);
 * ```
 */
export class PrimaryFeed {
  readonly #slackMs: number;
  #primary: EaId | null = null;
  #lastAtMs = -Infinity;
  #switchedAtMs = -Infinity;
  #switches = 0;
  readonly #others = new Map<EaId, number>();

  /** @param slackMs what a message may lose on its way on a scaled clock */
  constructor(slackMs: number) {
    this.#slackMs = slackMs;
  }

  /** The EA listened to, or null before the first tick. */
  get primary(): EaId | null {
    return this.#primary;
  }

  /** How often the primary was left for another. */
  get switches(): number {
    return this.#switches;
  }

  /** Says that a trusted feed ticked; true when it is the primary, perhaps from now on. */
  offer(feed: EaId, arrivedAtMs: number): boolean {
    if (feed === this.#primary) {
      if (this.#others.size > 0) this.#others.clear();
      this.#lastAtMs = arrivedAtMs;
      return true;
    }
    if (this.#primary !== null && !this.#leavesFor(feed, arrivedAtMs)) return false;
    if (this.#primary !== null) {
      this.#switches++;
      this.#switchedAtMs = arrivedAtMs;
    }
    this.#primary = feed;
    this.#lastAtMs = arrivedAtMs;
    this.#others.clear();
    return true;
  }

  #leavesFor(feed: EaId, arrivedAtMs: number): boolean {
    const ticks = (this.#others.get(feed) ?? 0) + 1;
    this.#others.set(feed, ticks);
    const silentMs = arrivedAtMs - this.#lastAtMs;
    if (silentMs >= DEAD_MS + this.#slackMs) return true;
    const holding = arrivedAtMs - this.#switchedAtMs < HOLD_MS;
    return !holding && ticks >= ALIVE_TICKS && silentMs >= SILENT_MS + this.#slackMs;
  }
}
