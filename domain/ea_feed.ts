/**
 * EA feed: everything one EA says of the market, from its raw ticks to ticks in UTC under canonical names.
 *
 * @module
 */
import type { Tick } from "../protocols/tick.ts";
import type { EaId, SymbolName } from "../protocols/units.ts";
import type { WireTick } from "../protocols/wire.ts";
import { BrokerClock } from "./broker_time.ts";
import { DuplicateRing, type QuoteFault, quoteFault } from "./feed.ts";
import { Quarantine } from "./quarantine.ts";
import { type NameVerdict, readSymbolName, type SymbolOverrides } from "./symbol_name.ts";

/** A tick older than the freshest of its EA by this much is history, not a quote; ms, by the broker's own clock. */
export const STALE_MS = 10_000;
/** Ticks kept while the EA's zone is being learned: what an EA queues through an outage, four times over. */
export const WAITING_MAX = 4_096;
/** Names of symbols remembered per EA. */
const NAMES_MAX = 4_096;
/** Doubtful names reported per EA: past it the operator knows enough. */
const DOUBTS_MAX = 32;

/** Counted over every EA since the relay started. */
export interface FeedCounts extends Record<QuoteFault, number> {
  duplicates: number;
  /** Wild ticks that had to wait; some were released. */
  wild: number;
  /** 1970, 2099, or the future. */
  implausible: number;
  /** Out of a backlog: candles hear them, slots do not. */
  stale: number;
  /** None of our symbols, a doubtful name, or a second name for a symbol this EA feeds already. */
  unmapped: number;
  /** Dropped while waiting for the zone, oldest first. */
  shed: number;
}

/** All zero. */
export function newCounts(): FeedCounts {
  return {
    notFinite: 0,
    notPositive: 0,
    crossed: 0,
    duplicates: 0,
    wild: 0,
    implausible: 0,
    stale: 0,
    unmapped: 0,
    shed: 0,
  };
}

/** Who hears what an EA's feed makes of its ticks. */
export interface FeedListener {
  /** A live quote of this EA, sound but perhaps wild. */
  quoted(tick: Tick, brokerSymbol: string): void;
  /** A tick that passed every rule of its feed, in order; perhaps out of a backlog. */
  passed(tick: Tick): void;
  /** Ticks of a symbol were dropped; those that follow come after a hole. */
  lost(symbol: SymbolName): void;
  /** A broker's name that an operator should map: `maybe` is what it looks like. */
  doubted(brokerSymbol: string, maybe: SymbolName, why: "unknown mark" | "second name"): void;
}

/** What the feeds of all EAs share. */
export interface FeedTerms {
  /** What a message may lose on its way on a scaled clock. */
  readonly slackMs: number;
  readonly overrides: SymbolOverrides;
  readonly counts: FeedCounts;
}

/** One broker name of one EA. */
interface Line {
  readonly brokerSymbol: string;
  readonly symbol: SymbolName;
  readonly duplicates: DuplicateRing;
  readonly quarantine: Quarantine;
}

interface Waiting {
  readonly line: Line;
  readonly tick: WireTick;
  readonly receivedAtMs: number;
}

/** The feed of one EA: its clock, its names, its duplicates, its wild ticks. */
export class EaFeed {
  readonly id: EaId;
  readonly #clock: BrokerClock;
  readonly #terms: FeedTerms;
  readonly #listener: FeedListener;
  /** By broker name; null: not ours. */
  readonly #lines = new Map<string, Line | null>();
  /** The one name that feeds each symbol: two would be two streams in one. */
  readonly #chosen = new Map<SymbolName, Line>();
  readonly #doubted = new Set<string>();
  /** Symbols whose waiting ticks were dropped; told once the next ones pass. */
  readonly #lost = new Set<SymbolName>();
  #waiting: Waiting[] = [];

  constructor(id: EaId, terms: FeedTerms, listener: FeedListener) {
    this.id = id;
    this.#terms = terms;
    this.#listener = listener;
    this.#clock = new BrokerClock(terms.slackMs);
  }

  /** Broker time minus UTC, ms; null while it is being learned. */
  get offsetMs(): number | null {
    return this.#clock.offsetMs;
  }

  /** Arrival since which the EA's stamps contradict its zone, or null. */
  get contradictedSinceMs(): number | null {
    return this.#clock.contradictedSinceMs;
  }

  /** Ticks that wait for the zone. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** The canonical symbol of a broker's name, or null. */
  symbolOf(brokerSymbol: string): SymbolName | null {
    return this.#lineOf(brokerSymbol)?.symbol ?? null;
  }

  /** The EA started anew: perhaps another broker, another MarketWatch, another zone. */
  shakeHands(): void {
    this.#clock.shakeHands();
    this.#chosen.clear();
    this.#doubted.clear();
    this.#waiting.forEach((waiting) => this.#shed(waiting));
    this.#waiting = [];
  }

  /** Takes one tick as it came; arrivals in order, market clock, UTC ms. */
  take(tick: WireTick, receivedAtMs: number): void {
    const { counts } = this.#terms;
    const stamp = this.#clock.observe(tick.brokerTimeMs, receivedAtMs);
    if (stamp === "settled" && this.#waiting.length > 0) this.#release();
    if (stamp === "implausible") return void counts.implausible++;
    const line = this.#lineOf(tick.brokerSymbol);
    if (line === null || !this.#isChosen(line)) return void counts.unmapped++;
    const fault = quoteFault(tick.bid, tick.ask);
    if (fault !== null) return void counts[fault]++;
    if (line.duplicates.seen(tick.brokerTimeMs, tick.bid, tick.ask)) return void counts.duplicates++;
    if (stamp === "settled") this.#pass(line, tick, receivedAtMs);
    else this.#keep({ line, tick, receivedAtMs });
  }

  /** Tries to settle the zone when no tick comes; what waited is let go. */
  settle(nowMs: number): void {
    if (this.#clock.settle(nowMs) && this.#waiting.length > 0) this.#release();
  }

  #keep(waiting: Waiting): void {
    const oldest = this.#waiting.length >= WAITING_MAX ? this.#waiting.shift() : undefined;
    if (oldest !== undefined) this.#shed(oldest);
    this.#waiting.push(waiting);
  }

  #shed({ line }: Waiting): void {
    this.#terms.counts.shed++;
    this.#lost.add(line.symbol);
  }

  #release(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const symbol of this.#lost) this.#listener.lost(symbol);
    this.#lost.clear();
    for (const { line, tick, receivedAtMs } of waiting) {
      if (this.#clock.admits(tick.brokerTimeMs, receivedAtMs)) this.#pass(line, tick, receivedAtMs);
      else this.#terms.counts.implausible++;
    }
  }

  #pass(line: Line, wire: WireTick, receivedAtMs: number): void {
    const tick: Tick = {
      symbol: line.symbol,
      bid: wire.bid,
      ask: wire.ask,
      atMs: wire.brokerTimeMs - (this.#clock.offsetMs as number),
      receivedAtMs,
      feed: this.id,
    };
    // A stale tick makes candles and ends signals, but an order priced by it would be priced by the past.
    if (this.#clock.staleness(wire.brokerTimeMs, receivedAtMs) > STALE_MS + this.#terms.slackMs) {
      this.#terms.counts.stale++;
    } else this.#listener.quoted(tick, line.brokerSymbol);
    if (line.quarantine.take(tick) === "held") this.#terms.counts.wild++;
  }

  #isChosen(line: Line): boolean {
    const chosen = this.#chosen.get(line.symbol);
    if (chosen === line) return true;
    if (chosen === undefined) this.#chosen.set(line.symbol, line);
    else this.#doubt(line.brokerSymbol, line.symbol, "second name");
    return chosen === undefined;
  }

  #doubt(brokerSymbol: string, maybe: SymbolName, why: "unknown mark" | "second name"): void {
    if (this.#doubted.has(brokerSymbol) || this.#doubted.size >= DOUBTS_MAX) return;
    this.#doubted.add(brokerSymbol);
    this.#listener.doubted(brokerSymbol, maybe, why);
  }

  #lineOf(brokerSymbol: string): Line | null {
    const known = this.#lines.get(brokerSymbol);
    if (known !== undefined) return known;
    if (this.#lines.size >= NAMES_MAX) return null;
    const line = this.#newLine(brokerSymbol, readSymbolName(brokerSymbol, this.#terms.overrides));
    this.#lines.set(brokerSymbol, line);
    return line;
  }

  #newLine(brokerSymbol: string, name: NameVerdict): Line | null {
    if (name.kind === "doubtful") this.#doubt(brokerSymbol, name.maybe, "unknown mark");
    if (name.kind !== "mapped") return null;
    return {
      brokerSymbol,
      symbol: name.symbol,
      duplicates: new DuplicateRing(),
      quarantine: new Quarantine((tick) => this.#listener.passed(tick)),
    };
  }
}
