/**
 * What the tick relay remembers, and what it tells of it.
 *
 * @module
 */
import type { PrimaryFeed } from "../domain/feed.ts";
import type { EaFeed, FeedCounts, FeedListener } from "../domain/ea_feed.ts";
import type { FeedAlarm, FeedWatch } from "../domain/feed_conditions.ts";
import type { SymbolMessage, TickRelayStatus } from "../protocols/market.ts";
import type { Mailbox } from "../protocols/ports.ts";
import type { Tick } from "../protocols/tick.ts";
import type { EaId, SymbolName } from "../protocols/units.ts";

/** One EA as the relay sees it. */
export interface Source {
  readonly feed: EaFeed;
  readonly watch: FeedWatch;
  settling: boolean;
}

/** One symbol as the relay sees it. */
export interface Market {
  readonly symbol: SymbolName;
  readonly primary: PrimaryFeed;
  actor: Mailbox<SymbolMessage>;
  lookedAtMs: number;
  quote: Tick | null;
}

/** What the relay remembers; changes in place. */
export interface TickRelayState {
  readonly sources: Map<EaId, Source>;
  readonly markets: Map<SymbolName, Market>;
  readonly counts: FeedCounts & { accepted: number; untrusted: number; untold: number };
  readonly listener: FeedListener;
  readonly alarm: FeedAlarm;
}

/** What the relay tells of itself. */
export function statusOf(state: TickRelayState): TickRelayStatus {
  const { counts } = state;
  return {
    accepted: counts.accepted,
    duplicates: counts.duplicates,
    quarantined: counts.crossed + counts.notFinite + counts.notPositive + counts.wild,
    unmapped: counts.unmapped,
    counts: { ...counts },
    eas: [...state.sources.values()].map(({ feed }) => ({
      eaId: feed.id,
      offsetMs: feed.offsetMs,
      waiting: feed.waiting,
    })),
    feeds: [...state.markets.values()].flatMap(({ symbol, primary, quote }) =>
      primary.primary === null || quote === null ? [] : [{ symbol, primary: primary.primary, quote }]
    ),
  };
}
