/**
 * Feed: ticks of one symbol as v2.05 writes them, on a random walk in points, none like the 128 before it.
 *
 * Stamps have whole seconds and the house drops what equals one of the last 64 ticks by stamp, bid and ask, so that
 * a load of thousands a second has to take care to be made of ticks at all.
 *
 * @module
 */
import { specOf } from "../../../domain/symbol_spec.ts";
import { symbolName } from "../../../protocols/units.ts";
import type { Random } from "../../../runtime/random.ts";
import { spreadPointsOf } from "../../../scripts/sim/currencies.ts";
import { stampOf } from "../../../scripts/sim/writer.ts";

/** The broker's clock lies this far ahead of UTC. */
const OFFSET_MS = 3 * 3_600_000;
/** Twice what the house remembers: a full queue may change the order of a few. */
const REMEMBERED = 128;
/** Greatest step, points. */
const STEP = 3;

/** Where a feed begins and how far it may go. */
export interface FeedOptions {
  readonly symbol: string;
  readonly uuid: string;
  readonly bid: number;
  readonly random: Random;
  /** It stays within so many points of its beginning. */
  readonly bandPoints?: number;
}

/** Ticks of one symbol, by one EA. */
export class Feed {
  readonly symbol: string;
  readonly #head: string;
  readonly #tail: string;
  readonly #digits: number;
  readonly #scale: number;
  readonly #spread: number;
  readonly #random: Random;
  readonly #base: number;
  readonly #band: number;
  readonly #ring = new Float64Array(REMEMBERED);
  #next = 0;
  #points: number;
  #second = NaN;
  #stamp = "";

  constructor({ symbol, uuid, bid, random, bandPoints = Infinity }: FeedOptions) {
    this.symbol = symbol;
    this.#digits = specOf(symbolName(symbol))!.digits;
    this.#scale = 10 ** this.#digits;
    this.#spread = spreadPointsOf(symbol);
    this.#random = random;
    this.#points = Math.round(bid * this.#scale);
    this.#base = this.#points;
    this.#band = bandPoints;
    this.#head =
      `{"type":"TICK","node_id":"NODE_1000001_5512345","user_uuid":"${uuid}","symbol":"${symbol}",`;
    this.#tail = `,"volume":0,"timestamp":"`;
  }

  /** The line of the next tick; `extra` goes before its last bracket. */
  line(marketMs: number, extra = ""): string {
    const spread = this.#step();
    const bid = this.#points / this.#scale;
    const ask = (this.#points + spread) / this.#scale;
    const second = Math.floor(marketMs / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#stamp = stampOf(second * 1_000 + OFFSET_MS);
    }
    return `${this.#head}"bid":${bid.toFixed(this.#digits)},"ask":${
      ask.toFixed(this.#digits)
    },"spread":${spread}.0` +
      `${this.#tail}${this.#stamp}"${extra}}`;
  }

  /** Walks to a quote that was not among the last; answers its spread in points. */
  #step(): number {
    const random = this.#random;
    for (;;) {
      const moved = this.#points + random.whole(2 * STEP + 1) - STEP;
      if (Math.abs(moved - this.#base) <= this.#band) this.#points = moved;
      const spread = Math.round(this.#spread * (0.75 + 0.5 * random.next()));
      const quote = this.#points * 1_024 + spread;
      if (this.#ring.includes(quote)) continue;
      this.#ring[this.#next] = quote;
      this.#next = (this.#next + 1) % REMEMBERED;
      return spread;
    }
  }
}
