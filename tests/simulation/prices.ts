/**
 * Prices of a simulated world: the simulated market, thinned so that a symbol ticks every 5 to 60 s, whole in bursts.
 *
 * @module
 */
import { type Random, seededRandom } from "../../runtime/mod.ts";
import { Market, type MarketOptions } from "../../scripts/sim/market.ts";
import type { MarketTick } from "../../scripts/sim/prices.ts";
import { streamOf } from "../../scripts/sim/values.ts";

const SECOND_MS = 1_000;

/** How one symbol is thinned. */
interface Thin {
  /** Mean time between two ticks, s. */
  readonly everySeconds: number;
  readonly random: Random;
  dueMs: number;
}

/** The feed every broker of a world shares. */
export class Prices {
  readonly #market: Market;
  readonly #thin: ReadonlyMap<string, Thin>;
  readonly #last = new Map<string, MarketTick>();
  #burstEndMs = 0;
  /** Log-price added to all; moved by `drive`. */
  #push = 0;
  #driven: { readonly perMs: number; readonly fromMs: number } | null = null;

  constructor(options: MarketOptions, startMs: number) {
    this.#market = new Market(options);
    this.#market.advance(startMs, () => {});
    this.#thin = new Map(options.symbols.map((symbol) => {
      const random = seededRandom(streamOf(options.seed, `thin ${symbol}`));
      return [symbol, { everySeconds: 5 + random.whole(20) ** 2 / 7, random, dueMs: 0 }];
    }));
  }

  /** For so long every tick of the market comes through. */
  burst(untilMs: number): void {
    this.#burstEndMs = untilMs;
  }

  /** From now on all prices move by `percentPerMinute`, every four seconds a tick. Null: no more. */
  drive(atMs: number, percentPerMinute: number | null): void {
    this.#push = this.#pushAt(atMs);
    this.#driven = percentPerMinute === null
      ? null
      : { perMs: percentPerMinute / 100 / 60_000, fromMs: atMs };
  }

  /** The last tick of each symbol. */
  latest(): MarketTick[] {
    return [...this.#last.values()];
  }

  /** The ticks up to `toMs` that come through, in order. */
  until(toMs: number): MarketTick[] {
    const ticks: MarketTick[] = [];
    const newest = new Map<string, MarketTick>();
    this.#market.advance(toMs, (tick) => {
      if (tick.atMs <= this.#burstEndMs) ticks.push(this.#pushed(tick));
      else newest.set(tick.symbol, tick);
    });
    for (const tick of newest.values()) if (this.#isDue(tick, toMs)) ticks.push(this.#pushed(tick));
    if (this.#driven !== null) ticks.push(...this.#drivenTicks(toMs, ticks));
    for (const tick of ticks) this.#last.set(tick.symbol, tick);
    return ticks;
  }

  #isDue(tick: MarketTick, nowMs: number): boolean {
    const thin = this.#thin.get(tick.symbol)!;
    if (nowMs < thin.dueMs) return false;
    thin.dueMs = nowMs + SECOND_MS * thin.everySeconds * (0.4 + 1.2 * thin.random.next());
    return true;
  }

  /** While prices are driven a symbol ticks at least every four seconds, from its last market quote. */
  #drivenTicks(toMs: number, already: readonly MarketTick[]): MarketTick[] {
    if (Math.floor(toMs / SECOND_MS) % 4 !== 0) return [];
    return this.#market.latest()
      .filter(({ symbol }) => !already.some((tick) => tick.symbol === symbol))
      .map((tick) => this.#pushed({ ...tick, atMs: toMs }));
  }

  #pushed(tick: MarketTick): MarketTick {
    const push = this.#pushAt(tick.atMs);
    if (push === 0) return tick;
    const digits = (String(tick.bid).split(".")[1] ?? "").length;
    const scale = 10 ** Math.max(digits, (String(tick.ask).split(".")[1] ?? "").length, 2);
    const spread = tick.ask - tick.bid;
    const bid = Math.round(tick.bid * Math.exp(push) * scale) / scale;
    return { ...tick, bid, ask: Math.round((bid + spread) * scale) / scale };
  }

  #pushAt(atMs: number): number {
    const driven = this.#driven;
    return driven === null ? this.#push : this.#push + Math.max(0, atMs - driven.fromMs) * driven.perMs;
  }
}
