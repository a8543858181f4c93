/**
 * Tick relay: every EA's ticks on their way into the house, and which of them a symbol hears.
 *
 * - Hears ticks, handshakes and terminal candles from the tick gateway.
 * - Tells the tick publisher each line as it came; the slot actor of an EA its own live quotes; the symbol actor the
 *   ticks of its primary feed; the level book and the tick history those of every trusted feed; the desk what an
 *   operator has to look at.
 * - Restarts with nothing: zones, primaries and references are learned again from the next ticks, within seconds. What
 *   it held is lost, and the level books are told so.
 *
 * @module
 */
import { EaFeed, newCounts } from "../domain/ea_feed.ts";
import { SETTLE_MS } from "../domain/broker_time.ts";
import { doubtfulName, FeedAlarm, FeedWatch } from "../domain/feed_conditions.ts";
import { PrimaryFeed } from "../domain/feed.ts";
import type { SymbolOverrides } from "../domain/symbol_name.ts";
import { KNOWN_SYMBOLS } from "../domain/symbol_spec.ts";
import type { DeskMessage } from "../protocols/desk.ts";
import type {
  LevelBookMessage,
  PublisherMessage,
  SymbolMessage,
  TickRelayMessage,
} from "../protocols/market.ts";
import type { Mailbox, TickHistory } from "../protocols/ports.ts";
import type { SlotMessage } from "../protocols/slot.ts";
import type { Tick } from "../protocols/tick.ts";
import { type EaId, type SymbolName, symbolName } from "../protocols/units.ts";
import type { Ohlc } from "../protocols/wire.ts";
import type { Actor, Context } from "../runtime/actor.ts";
import type { MarketClock } from "../runtime/clock.ts";
import { type Market, type Source, statusOf, type TickRelayState } from "./tick_relay_state.ts";

export type { TickRelayState } from "./tick_relay_state.ts";

/** What the relay is handed. */
export interface TickRelayDeps {
  readonly clock: MarketClock;
  readonly publisher: Mailbox<PublisherMessage>;
  readonly slots: { get(eaId: string): Mailbox<SlotMessage> | undefined };
  readonly symbols: { ensure(key: string, symbol: SymbolName): Mailbox<SymbolMessage> };
  readonly books: { get(symbol: string): Mailbox<LevelBookMessage> | undefined };
  readonly history: Pick<TickHistory, "record">;
  readonly desk: Mailbox<DeskMessage>;
  /** The operator's names, before the built-in rules. */
  readonly overrides: SymbolOverrides;
  /** True for an EA that may be a symbol's primary feed; asked for every tick. */
  readonly isTrusted: (eaId: EaId) => boolean;
}

/** EAs whose feed is kept; the gateway lets in fewer. */
const EAS_MAX = 4_096;
/** A symbol actor that could not be told is looked for again after this time. */
const LOOK_AGAIN_MS = 10_000;
/** How often the relay looks whether ticks come and are of use, market ms. */
const LOOK_MS = 60_000;
/** More messages than an outage of the house could pile up; past it the oldest ticks go. */
const MAILBOX_MAX = 65_536;

/** The tick relay. */
export function tickRelayActor(deps: TickRelayDeps): Actor<TickRelayState, TickRelayMessage> {
  return {
    mailbox: { capacity: MAILBOX_MAX, full: "dropOldest" },
    init: (context) => newState(deps, context),
    handle(state, message, context) {
      switch (message.kind) {
        case "tick":
          relay(deps, state, message, context);
          return state;
        case "handshake":
          sourceOf(deps, state, message.handshake.eaId)?.feed.shakeHands();
          return state;
        case "ohlc":
          passOhlc(state, message.ohlc);
          return state;
        case "settleDue":
          settle(deps, state, message.eaId);
          return state;
        case "lookDue":
          look(deps, state);
          return state;
        case "status":
          message.reply(statusOf(state));
          return state;
      }
    },
  };
}

type TickMessage = Extract<TickRelayMessage, { kind: "tick" }>;

function newState(deps: TickRelayDeps, context: Context<TickRelayMessage>): TickRelayState {
  const state: TickRelayState = {
    sources: new Map(),
    markets: new Map(),
    counts: { ...newCounts(), accepted: 0, untrusted: 0, untold: 0 },
    listener: {
      quoted: (tick, brokerSymbol) =>
        void deps.slots.get(tick.feed)?.tell({ kind: "tick", tick, brokerSymbol }),
      passed: (tick) => pass(deps, state, tick, context),
      lost: (symbol) => tellMissed(deps, symbol),
      doubted: (brokerSymbol, maybe, why) => void deps.desk.tell(doubtfulName(brokerSymbol, maybe, why)),
    },
    alarm: new FeedAlarm(deps.clock.nowMs(), deps.clock.slackMs),
  };
  context.every(LOOK_MS, { kind: "lookDue" }, deps.clock);
  // Whoever opened a book before this start may lack ticks of it; the first start finds no book.
  for (const symbol of KNOWN_SYMBOLS) tellMissed(deps, symbol);
  return state;
}

function tellMissed(deps: TickRelayDeps, symbol: SymbolName): void {
  deps.books.get(symbol)?.tell({ kind: "missed", untilMs: deps.clock.nowMs() });
}

function look(deps: TickRelayDeps, { alarm, counts }: TickRelayState): void {
  const { accepted: _, duplicates: __, ...leftOut } = counts;
  for (const said of alarm.look(deps.clock.nowMs(), leftOut)) deps.desk.tell(said);
}

function sourceOf(deps: TickRelayDeps, state: TickRelayState, eaId: EaId): Source | null {
  const known = state.sources.get(eaId);
  if (known !== undefined) return known;
  if (state.sources.size >= EAS_MAX) return null;
  const terms = { slackMs: deps.clock.slackMs, overrides: deps.overrides, counts: state.counts };
  const feed = new EaFeed(eaId, terms, state.listener);
  const source: Source = { feed, watch: new FeedWatch(eaId), settling: false };
  state.sources.set(eaId, source);
  return source;
}

function relay(
  deps: TickRelayDeps,
  state: TickRelayState,
  { tick, receivedAtMs, raw }: TickMessage,
  context: Context<TickRelayMessage>,
): void {
  state.alarm.arrived(receivedAtMs);
  const source = sourceOf(deps, state, tick.eaId);
  const symbol = source?.feed.symbolOf(tick.brokerSymbol) ?? symbolName(tick.brokerSymbol);
  deps.publisher.tell({ kind: "relayTick", symbol, raw });
  if (source === null) {
    state.counts.unmapped++;
    return;
  }
  source.feed.take(tick, receivedAtMs);
  if (source.feed.waiting > 0 && !source.settling) {
    source.settling = true;
    context.after(SETTLE_MS + deps.clock.slackMs, { kind: "settleDue", eaId: tick.eaId }, deps.clock);
  }
  const said = source.watch.zone(source.feed.offsetMs, source.feed.contradictedSinceMs, receivedAtMs);
  if (said !== null) deps.desk.tell(said);
}

function settle(deps: TickRelayDeps, state: TickRelayState, eaId: EaId): void {
  const source = state.sources.get(eaId);
  if (source === undefined) return;
  source.settling = false;
  source.feed.settle(deps.clock.nowMs());
}

/** One tick that passed its feed: history and level book hear every trusted feed, the candles only the primary. */
function pass(
  deps: TickRelayDeps,
  state: TickRelayState,
  tick: Tick,
  context: Context<TickRelayMessage>,
): void {
  if (!isTrusted(deps, state, tick.feed)) {
    state.counts.untrusted++;
    return;
  }
  state.counts.accepted++;
  state.alarm.used(tick.receivedAtMs);
  deps.history.record(tick);
  const message = { kind: "tick", tick } as const;
  deps.books.get(tick.symbol)?.tell(message);
  const market = marketOf(deps, state, tick.symbol);
  const switches = market.primary.switches;
  if (!market.primary.offer(tick.feed, tick.receivedAtMs)) return;
  if (market.primary.switches > switches) {
    context.log.warn("primary feed changed", { symbol: tick.symbol, feed: tick.feed });
  }
  market.quote = tick;
  if (!market.actor.tell(message)) lookAgain(deps, state, market, tick.receivedAtMs);
}

function marketOf(deps: TickRelayDeps, state: TickRelayState, symbol: SymbolName): Market {
  const known = state.markets.get(symbol);
  if (known !== undefined) return known;
  const market: Market = {
    symbol,
    primary: new PrimaryFeed(deps.clock.slackMs),
    actor: deps.symbols.ensure(symbol, symbol),
    lookedAtMs: -Infinity,
    quote: null,
  };
  state.markets.set(symbol, market);
  return market;
}

/** A symbol actor that was given up stays so for a while: a start per tick would be a crash per tick. */
function lookAgain(deps: TickRelayDeps, state: TickRelayState, market: Market, nowMs: number): void {
  state.counts.untold++;
  if (nowMs - market.lookedAtMs < LOOK_AGAIN_MS) return;
  market.lookedAtMs = nowMs;
  market.actor = deps.symbols.ensure(market.symbol, market.symbol);
}

function isTrusted(deps: TickRelayDeps, state: TickRelayState, eaId: EaId): boolean {
  const trusted = deps.isTrusted(eaId);
  const said = state.sources.get(eaId)?.watch.trust(trusted) ?? null;
  if (said !== null) deps.desk.tell(said);
  return trusted;
}

function passOhlc(state: TickRelayState, ohlc: Ohlc): void {
  const feed = state.sources.get(ohlc.eaId)?.feed;
  const symbol = feed?.symbolOf(ohlc.brokerSymbol) ?? null;
  const offsetMs = feed?.offsetMs ?? null;
  const market = symbol === null ? undefined : state.markets.get(symbol);
  if (market === undefined || offsetMs === null || market.primary.primary !== ohlc.eaId) return;
  market.actor.tell({ kind: "ohlc", ohlc, openedAtMs: ohlc.brokerOpenedAtMs - offsetMs });
}
