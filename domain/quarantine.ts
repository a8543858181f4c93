/**
 * Quarantine: a tick that jumps out of its market waits until the next ticks say whether the market went with it.
 *
 * @module
 */
import type { Tick } from "../protocols/tick.ts";

/** A jump past this many ATR is held. */
export const WILD_ATR = 20;
/** Ticks that have to agree with a wild one before it is believed. */
export const CONFIRMATIONS = 2;
/**
 * The limit before a feed's ATR is known, as a share of the price: twenty M5 ATRs of EURUSD or gold lie between
 * 0.8 and 2 percent.
 */
export const WILD_SHARE = 0.01;

/** The least limit, as a share of the price: a market that stood still for an hour may move again. */
export const TAME_SHARE = 0.001;

const M5_MS = 300_000;
const PERIODS = 14;
/** Whole candles before their mean range is trusted. */
const CANDLES_NEEDED = 3;

/** What became of a tick. */
export type QuarantineVerdict =
  /** It passed. */
  | "passed"
  /** With nothing to hold it against, it waits for one more. */
  | "first"
  /** It is wild and waits for the next ticks. */
  | "held"
  /** It confirmed those that waited: all passed, in order. */
  | "released";

/** Wilder's mean of the true range over 14 M5 candles of one feed, by tick time. */
class RangeMeter {
  #startMs = -Infinity;
  #high = -Infinity;
  #low = Infinity;
  #close = NaN;
  #formerClose = NaN;
  #candles = 0;
  #atr = 0;

  /** In price units; null before three candles are whole. */
  get atr(): number | null {
    return this.#candles >= CANDLES_NEEDED ? this.#atr : null;
  }

  add(atMs: number, bid: number): void {
    if (atMs >= this.#startMs + M5_MS) this.#turn(atMs);
    if (bid > this.#high) this.#high = bid;
    if (bid < this.#low) this.#low = bid;
    this.#close = bid;
  }

  #turn(atMs: number): void {
    if (this.#high >= this.#low) this.#note();
    this.#startMs = Math.floor(atMs / M5_MS) * M5_MS;
    this.#formerClose = this.#close;
    this.#high = -Infinity;
    this.#low = Infinity;
  }

  #note(): void {
    const former = Number.isNaN(this.#formerClose) ? this.#low : this.#formerClose;
    const range = Math.max(this.#high, former) - Math.min(this.#low, former);
    this.#candles++;
    this.#atr += (range - this.#atr) / Math.min(this.#candles, PERIODS);
  }
}

/**
 * The gate of one symbol on one feed: ticks go through in order, except that a wild one waits.
 *
 * The very first tick waits for one more as well: with nothing to hold it against, it is as likely to be the wild one.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import type { Tick } from "../protocols/tick.ts";
 * import { Quarantine } from "./quarantine.ts";
 *
 * const passed: number[] = [];
 * const gate = new Quarantine((tick) => passed.push(tick.bid));
 * const at = (atMs: number, bid: number) => ({ atMs, bid, ask: bid + 0.0001 }) as Tick;
 * for (const [i, bid] of [1.1, 1.1001, 2.2, 1.1002].entries()) gate.take(at(i * 1_000, bid));
 * assert.deepEqual(passed, [1.1, 1.1001, 1.1002]);
 * ```
 */
export class Quarantine {
  readonly #pass: (tick: Tick) => void;
  readonly #ranges = new RangeMeter();
  #bid = NaN;
  #ask = NaN;
  #held: Tick[] = [];
  #discarded = 0;

  /** @param pass is told each tick that goes through, in order */
  constructor(pass: (tick: Tick) => void) {
    this.#pass = pass;
  }

  /** Ticks that were held and then contradicted by the next ones. */
  get discarded(): number {
    return this.#discarded;
  }

  /** Takes the next tick of the feed. */
  take(tick: Tick): QuarantineVerdict {
    if (this.#isNear(this.#bid, this.#ask, tick)) {
      if (this.#held.length > 0) this.#discard();
      this.#let(tick);
      return "passed";
    }
    const former = this.#held.at(-1);
    if (former !== undefined && !this.#isNear(former.bid, former.ask, tick)) this.#discard();
    this.#held.push(tick);
    const first = Number.isNaN(this.#bid);
    if (this.#held.length <= (first ? 1 : CONFIRMATIONS)) return first ? "first" : "held";
    const released = this.#held;
    this.#held = [];
    for (const each of released) this.#let(each);
    return "released";
  }

  #discard(): void {
    this.#discarded += this.#held.length;
    this.#held = [];
  }

  #let(tick: Tick): void {
    this.#bid = tick.bid;
    this.#ask = tick.ask;
    this.#ranges.add(tick.atMs, tick.bid);
    this.#pass(tick);
  }

  /** False against nothing: NaN compares false. */
  #isNear(bid: number, ask: number, tick: Tick): boolean {
    const atr = this.#ranges.atr;
    const limit = atr === null
      ? bid * WILD_SHARE
      : Math.max(WILD_ATR * Math.max(atr, ask - bid), bid * TAME_SHARE);
    return Math.abs(tick.bid - bid) <= limit && Math.abs(tick.ask - ask) <= limit;
  }
}
