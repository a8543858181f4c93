/**
 * Level book: every open signal of one symbol, judged tick by tick without visiting those a tick does not touch.
 *
 * A signal is judged by the ticks with `atMs >= signaledAtMs` of the feed it was made on, in order of arrival;
 * when that feed dies it goes on with another one (`feedChanged`). A tick costs O(log n) when it touches
 * nothing, k touched signals O(k log n); only the first tick after a stretch of missed ticks visits all.
 *
 * On one feed, showing the latest ticks once more changes nothing: what they touched is gone, and a range does
 * not grow by what is in it.
 *
 * @module
 */
import type { Signal } from "../protocols/signal.ts";
import type { Tick } from "../protocols/tick.ts";
import type { EaId, SignalId } from "../protocols/units.ts";
import type { Resolution } from "./outcome.ts";
import { Strand, type StrandTerms } from "./strand.ts";

/** What a level book must know of its symbol. */
export interface LevelBookTerms extends Omit<StrandTerms, "missedUntil"> {
  /** Moments (market clock, by arrival) up to which ticks may have been missed. */
  readonly missedMs?: readonly number[];
}

/** The open signals of one symbol. */
export class LevelBook {
  readonly #terms: StrandTerms;
  readonly #missedMs: number[];
  readonly #open = new Map<SignalId, Signal>();
  /** The strand that each living feed's new signals join. */
  readonly #native = new Map<EaId, Strand>();
  /** Strands that went on with another feed, and those of signals that were opened late. */
  #others: Strand[] = [];
  readonly #knownFromMs: number;
  /** No tick shown so far is stamped or was received later. */
  #newestMs = -Infinity;

  /** @param knownFromMs it will be shown every tick stamped from that time on, UTC ms */
  constructor(terms: LevelBookTerms, knownFromMs: number) {
    this.#missedMs = [...terms.missedMs ?? []].sort((a, b) => a - b);
    this.#terms = { ...terms, missedUntil: (receivedAtMs) => this.#missedUntil(receivedAtMs) };
    this.#knownFromMs = knownFromMs;
  }

  /** Number of open signals. */
  get size(): number {
    return this.#open.size;
  }

  /** The open signals. */
  signals(): Iterable<Signal> {
    return this.#open.values();
  }

  /**
   * Takes in a signal. One that is open already changes nothing.
   *
   * @param history at least every tick so far with `atMs >= signaledAtMs`, in order of arrival (older ones in
   * front tell how its feed was doing); read only when what the book remembers does not settle the matter
   * @returns its end, when it has ended already; null otherwise
   */
  open(signal: Signal, history: () => Iterable<Tick>): Resolution | null {
    if (this.#open.has(signal.id)) return null;
    // Before the first tick every feed is as unknown as the others.
    if (this.#newestMs === -Infinity) this.#nativeOf(signal.feed);
    const native = this.#native.get(signal.feed);
    if (!native?.vouchesFor(signal)) return this.#judge(signal, history());
    this.#open.set(signal.id, signal);
    native.insert(signal);
    return null;
  }

  /** Shows one tick, in order of arrival; answers the signals it ended. */
  show(tick: Tick): Resolution[] {
    this.#nativeOf(tick.feed);
    this.#newestMs = Math.max(this.#newestMs, tick.atMs, tick.receivedAtMs);
    const ended: Resolution[] = [];
    for (const strand of this.#others) for (const end of strand.show(tick)) ended.push(end);
    for (const [feed, strand] of this.#native) {
      for (const end of strand.show(tick)) ended.push(end);
      if (strand.moved) this.#leave(feed, strand);
    }
    if (ended.length === 0) return ended;
    for (const { signal } of ended) this.#open.delete(signal.id);
    this.#others = this.#others.filter((strand) => strand.size > 0);
    return ended;
  }

  /** Says that ticks may have been missed until `atMs` (market clock), which is after the arrival of all shown so far. */
  miss(atMs: number): void {
    this.#missedMs.push(atMs);
    this.#missedMs.sort((a, b) => a - b);
  }

  /** The moments of missed ticks that matter to a signal now open, ascending. */
  missed(): readonly number[] {
    let oldestMs = Infinity;
    for (const { signaledAtMs } of this.#open.values()) oldestMs = Math.min(oldestMs, signaledAtMs);
    return [...new Set(this.#missedMs)].filter((atMs) => atMs > oldestMs);
  }

  /** Replays the history for one signal alone; still open, it keeps the strand that it was replayed on. */
  #judge(signal: Signal, history: Iterable<Tick>): Resolution | null {
    const alone = new Strand(signal.feed, signal.signaledAtMs, this.#terms);
    alone.insert(signal);
    for (const tick of history) {
      const [ended] = alone.show(tick);
      if (ended !== undefined) return ended;
    }
    this.#open.set(signal.id, signal);
    this.#others.push(alone);
    return null;
  }

  #nativeOf(feed: EaId): Strand {
    const known = this.#native.get(feed);
    if (known !== undefined) return known;
    // A feed that joins later, or comes back, was silent before: how long, its strand did not hear.
    const knownFromMs = Math.max(this.#knownFromMs, this.#newestMs + 1);
    const strand = new Strand(feed, knownFromMs, this.#terms);
    this.#native.set(feed, strand);
    return strand;
  }

  #leave(feed: EaId, strand: Strand): void {
    this.#native.delete(feed);
    this.#others.push(strand);
  }

  #missedUntil(receivedAtMs: number): number {
    for (let at = this.#missedMs.length - 1; at >= 0; at--) {
      if (this.#missedMs[at]! <= receivedAtMs) return this.#missedMs[at]!;
    }
    return -Infinity;
  }
}
