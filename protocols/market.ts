/**
 * What the market's actors hear: relay, symbols, publishers, level books and watchers.
 *
 * @module
 */
import type { StoredEvent } from "./events.ts";
import type { Outcome } from "./outcome.ts";
import type { Reply } from "./ports.ts";
import type { Signal } from "./signal.ts";
import type { Candle } from "./candle.ts";
import type { CommitResult } from "./store.ts";
import type { Quote, Tick } from "./tick.ts";
import type { EaId, SignalId, SymbolName } from "./units.ts";
import type { Handshake, Ohlc, WireTick } from "./wire.ts";

/** What the tick relay hears from the tick gateway. */
export type TickRelayMessage =
  | {
    readonly kind: "tick";
    readonly tick: WireTick;
    readonly receivedAtMs: number;
    /** The JSON line as the EA sent it, for 5560. */
    readonly raw: Uint8Array;
  }
  | { readonly kind: "handshake"; readonly handshake: Handshake; readonly receivedAtMs: number }
  | { readonly kind: "ohlc"; readonly ohlc: Ohlc }
  /** To itself: an EA's zone may be settled although no tick comes. */
  | { readonly kind: "settleDue"; readonly eaId: EaId }
  /** To itself: do ticks come, and are they of use? */
  | { readonly kind: "lookDue" }
  | { readonly kind: "status"; readonly reply: Reply<TickRelayStatus> };

/** What the relay has counted since it started. */
export interface TickRelayStatus {
  /** Ticks of trusted feeds that passed every rule. */
  readonly accepted: number;
  readonly duplicates: number;
  /** Crossed, non-finite, non-positive and wild ones together. */
  readonly quarantined: number;
  readonly unmapped: number;
  /** All that was counted, by name. */
  readonly counts: Readonly<Record<string, number>>;
  /** By EA: broker time minus UTC (null: still learned), and ticks that wait for it. */
  readonly eas: readonly {
    readonly eaId: EaId;
    readonly offsetMs: number | null;
    readonly waiting: number;
  }[];
  /** By symbol: its primary feed and last quote. */
  readonly feeds: readonly { readonly symbol: SymbolName; readonly primary: EaId; readonly quote: Quote }[];
}

/** What a symbol actor hears. Only ticks of the primary feed that passed the relay's rules. */
export type SymbolMessage =
  | { readonly kind: "tick"; readonly tick: Tick }
  /** The market clock passed the end of the open candle by the grace. */
  | { readonly kind: "closeDue"; readonly openedAtMs: number }
  /** A candle as the primary feed's terminal sees it; `openedAtMs` is UTC. */
  | { readonly kind: "ohlc"; readonly ohlc: Ohlc; readonly openedAtMs: number }
  /** To itself: what became of its commit of that number; null when the store was gone. */
  | { readonly kind: "committed"; readonly flight: number; readonly result: CommitResult | null }
  /** To itself: try again what could not be committed. */
  | { readonly kind: "commitDue" }
  | { readonly kind: "status"; readonly reply: Reply<SymbolStatus> };

/** What a symbol actor shows of itself. */
export interface SymbolStatus {
  readonly symbol: SymbolName;
  readonly quote: Quote | null;
  readonly candles: { readonly M1: number; readonly M5: number; readonly M15: number };
  readonly lastM5: Candle | null;
  readonly lateTicks: number;
  readonly finds: number;
  /** Candles of the terminal that were held against ours, and those whose range does not contain ours. */
  readonly crossChecks: { readonly checked: number; readonly outside: number };
  /** Rows that wait for the store. */
  readonly unsaved: number;
}

/** What the signal publisher (5557, 5657) hears. */
export type SignalPublisherMessage =
  | { readonly kind: "events"; readonly batch: readonly StoredEvent[] }
  | { readonly kind: "status"; readonly reply: Reply<PublisherStatus> };

/** What the tick publisher (5560, 5660) hears. */
export type TickPublisherMessage =
  | { readonly kind: "relayTick"; readonly symbol: SymbolName; readonly raw: Uint8Array }
  | { readonly kind: "status"; readonly reply: Reply<PublisherStatus> };

/** What either publisher hears. */
export type PublisherMessage = SignalPublisherMessage | TickPublisherMessage;

/** What a publisher has done since it started, over both of its sockets. */
export interface PublisherStatus {
  readonly sent: number;
  /** Not sent: a queue was full, the circuit breaker was open, or the socket failed. */
  readonly dropped: number;
}

/** What the level book of one symbol hears. */
export type LevelBookMessage =
  | { readonly kind: "tick"; readonly tick: Tick }
  /** A signal to judge; one that is open already changes nothing, one that has ended is told again. */
  | { readonly kind: "open"; readonly signal: Signal }
  /** Ticks of this symbol may have been lost on their way until this moment, market clock. */
  | { readonly kind: "missed"; readonly untilMs: number }
  /** To itself: the next part of the history. */
  | { readonly kind: "replay" }
  | {
    readonly kind: "status";
    /** Signals followed; `replaying` while the history is not yet worked off. */
    readonly reply: Reply<{ readonly open: number; readonly replaying: boolean }>;
  };

/** What the opener of outcomes hears. */
export type OutcomeOpenerMessage =
  /** `signalRaised` and `signalShadowed` from the bus. */
  | { readonly kind: "events"; readonly batch: readonly StoredEvent[] }
  /** To itself: has everything that is unresolved somebody who follows it? */
  | { readonly kind: "sweep" };

/** What the watcher of one signal hears. */
export type OutcomeMessage = {
  readonly kind: "touched";
  readonly signalId: SignalId;
  readonly outcome: Outcome;
};
