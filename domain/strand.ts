/**
 * Strand: the open signals that are judged by one stream of ticks.
 *
 * A stream begins as one EA's feed. When that feed is dead (silent for 60 s in which another ticked) the strand
 * goes on with the other one, from the first of its ticks that the dead feed did not answer.
 *
 * @module
 */
import type { Signal } from "../protocols/signal.ts";
import type { Tick } from "../protocols/tick.ts";
import type { EaId } from "../protocols/units.ts";
import { LevelSide, type OpenSignal } from "./level_side.ts";
import { exitAtBirth, fateKnown, SILENCE_MS } from "./missed_ticks.ts";
import { endAtLevel, endUnknown, exitSide, type Resolution, type Seen, touchedLevel } from "./outcome.ts";
import { QuoteRange } from "./quote_range.ts";

/** A feed that is silent this long while another ticks is dead; by arrival, market clock, ms. */
export const FEED_DEAD_MS = 60_000;

/** How long a stream's range is kept for signals that are opened late, by tick time, ms. */
export const KEEP_MS = 15 * 60_000;

/** What every strand of a book shares. */
export interface StrandTerms {
  /** The symbol's pip in price units. */
  readonly pipSize: number;
  /** How much of a stretch of market time the symbol's market was open, ms. */
  readonly openMs: (fromMs: number, toMs: number) => number;
  /**
   * The latest moment, not after `receivedAtMs`, up to which ticks may have been missed; −Infinity when there is
   * none. Market clock.
   */
  readonly missedUntil: (receivedAtMs: number) => number;
}

/** Open signals and the stream of ticks that judges them. */
export class Strand {
  /** True once the stream went on with another feed. */
  moved = false;
  readonly #terms: StrandTerms;
  readonly #buys = new LevelSide();
  readonly #sells = new LevelSide();
  readonly #range: QuoteRange;
  /** The newest of the stream's ticks by their own time: a late one says nothing about a silence. */
  #last: Tick | null = null;
  /** No tick shown so far, foreign ones too, is stamped or was received later. */
  #newestMs = -Infinity;
  /** Arrival of the first foreign tick after this stream's last one, and the foreign ticks since. */
  #rivalSinceMs: number | null = null;
  #rivals: Tick[] = [];
  /** The feed was found dead when no signal was there: until it ticks again nothing is opened on it. */
  #lapsed = false;
  /** Missed ticks up to here were settled. */
  #settledMs = -Infinity;

  /** @param knownFromMs this stream's ticks from that time on are all shown to this strand */
  constructor(public feed: EaId, knownFromMs: number, terms: StrandTerms) {
    this.#terms = terms;
    this.#range = new QuoteRange(knownFromMs);
  }

  /** Number of open signals. */
  get size(): number {
    return this.#buys.size + this.#sells.size;
  }

  /** True when this strand saw every tick since the signal, none ended it, and nothing about them is in doubt. */
  vouchesFor(signal: Signal): boolean {
    const madeAtMs = signal.signaledAtMs;
    if (this.moved || this.#lapsed || madeAtMs < this.#range.knownFromMs) return false;
    if (this.#last !== null && this.#last.atMs - madeAtMs > SILENCE_MS) return false;
    if (madeAtMs < this.#settledMs) return false;
    const { high, low } = this.#range.since(signal.direction, madeAtMs);
    if (high === -Infinity) return true;
    return touchedLevel(signal, high) === null && touchedLevel(signal, low) === null;
  }

  /** Takes a signal in. */
  insert(signal: Signal): void {
    const side = signal.direction === "BUY" ? this.#buys : this.#sells;
    side.insert({ signal, gap: false, feedChanged: false });
  }

  /** Shows a tick of any feed of the symbol, in order of arrival; answers the signals it ended. */
  show(tick: Tick): Resolution[] {
    this.#newestMs = Math.max(this.#newestMs, tick.atMs, tick.receivedAtMs);
    if (tick.feed === this.feed) {
      this.#rivalSinceMs = null;
      this.#lapsed = false;
      if (this.#rivals.length > 0) this.#rivals = [];
      return this.#step(tick);
    }
    this.#rivalSinceMs ??= tick.receivedAtMs;
    this.#rivals.push(tick);
    if (tick.receivedAtMs - this.#rivalSinceMs < FEED_DEAD_MS) return [];
    if (this.size === 0) this.#lapse();
    return this.#oldestMs() < tick.receivedAtMs ? this.#goOnWith(tick.feed) : [];
  }

  /** Nobody to take along, but a signal made until now and opened later would have been: not vouched for. */
  #lapse(): void {
    this.#lapsed = true;
    this.#rivals = [];
    this.#range.forget(this.#newestMs + 1);
  }

  #goOnWith(feed: EaId): Resolution[] {
    const ticks = this.#rivals.filter((tick) => tick.feed === feed);
    this.feed = feed;
    this.moved = true;
    this.#rivalSinceMs = null;
    this.#rivals = [];
    for (const side of [this.#buys, this.#sells]) for (const open of side) open.feedChanged = true;
    return ticks.flatMap((tick) => this.#step(tick));
  }

  #step(tick: Tick): Resolution[] {
    const unknown = this.#doubt(tick);
    if (this.#last === null || tick.atMs >= this.#last.atMs) this.#last = tick;
    this.#range.add(tick);
    const bought = this.#buys.takeTouched(tick.bid, tick.atMs);
    const sold = this.#sells.takeTouched(tick.ask, tick.atMs);
    if (this.#range.isWide) this.#forget(tick.atMs);
    if (unknown.length + bought.length + sold.length === 0) return [];
    return [...unknown, ...[...bought, ...sold].map((open) => this.#end(open, tick))];
  }

  #end(open: OpenSignal, tick: Tick): Resolution {
    const { signal } = open;
    const exit = exitSide(signal.direction, tick);
    const level = touchedLevel(signal, exit);
    if (level === null) {
      throw new Error(
        `Cannot end signal ${signal.id} as its exit must touch a level: current value is ${exit}`,
      );
    }
    const outcome = endAtLevel(signal, level, exit, tick.atMs, this.#seen(open), this.#terms.pipSize);
    return { signal, outcome };
  }

  /** Ends as UNKNOWN the signals whose fate the stretch before this tick has hidden; visits all, but rarely. */
  #doubt(tick: Tick): Resolution[] {
    const last = this.#last;
    const missedUntilMs = this.#terms.missedUntil(tick.receivedAtMs);
    const missed = missedUntilMs > this.#settledMs;
    this.#settledMs = Math.max(this.#settledMs, missedUntilMs);
    if (!missed && last !== null && tick.atMs - last.atMs <= SILENCE_MS) return [];
    const lost = (open: OpenSignal) => this.#loses(open, tick, missed ? missedUntilMs : -Infinity);
    const unknown = [...this.#buys.takeWhere(lost), ...this.#sells.takeWhere(lost)];
    return unknown.map((open) => {
      const outcome = endUnknown(open.signal, tick.atMs, this.#seen(open), this.#terms.pipSize);
      return { signal: open.signal, outcome };
    });
  }

  #loses(open: OpenSignal, tick: Tick, missedUntilMs: number): boolean {
    const { signal } = open;
    if (signal.signaledAtMs > tick.atMs) return false;
    const last = this.#last !== null && this.#last.atMs >= signal.signaledAtMs ? this.#last : null;
    const fromMs = last?.atMs ?? signal.signaledAtMs;
    const openMs = tick.atMs > fromMs ? this.#terms.openMs(fromMs, tick.atMs) : 0;
    if (signal.signaledAtMs >= missedUntilMs && openMs <= SILENCE_MS) return false;
    open.gap = true;
    const { direction } = signal;
    const before = last === null ? exitAtBirth(signal, this.#terms.pipSize) : exitSide(direction, last);
    return !fateKnown(signal, { before, after: exitSide(direction, tick), openMs });
  }

  #seen({ signal, gap, feedChanged }: OpenSignal): Seen {
    return { ...this.#range.since(signal.direction, signal.signaledAtMs), gap, feedChanged };
  }

  /** Drops what no open signal, and none opened within `KEEP_MS`, can ask for. */
  #forget(nowMs: number): void {
    this.#range.forget(Math.min(nowMs - KEEP_MS, this.#oldestMs()));
  }

  #oldestMs(): number {
    return Math.min(this.#buys.oldestMs(), this.#sells.oldestMs());
  }
}
