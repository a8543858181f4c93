/**
 * The house: its addresses and its supervision tree, sinks first.
 *
 * Run as a program it is the server: `scripts/start.ts` reads the configuration, opens the edges, and starts this tree.
 *
 * @module
 */
import { analyticsActor } from "./actors/analytics.ts";
import { autofireActor } from "./actors/autofire.ts";
import { deskActor } from "./actors/desk.ts";
import { eventBusActor, subscriberBook } from "./actors/event_bus.ts";
import { commandGatewayActor } from "./actors/gateways/command_gateway.ts";
import { confirmGatewayActor } from "./actors/gateways/confirm_gateway.ts";
import { signalPublisherActor } from "./actors/gateways/signal_publisher.ts";
import { telegramGatewayActor } from "./actors/gateways/telegram_gateway.ts";
import { tickGatewayActor } from "./actors/gateways/tick_gateway.ts";
import { tickPublisherActor } from "./actors/gateways/tick_publisher.ts";
import { httpGatewayActor } from "./actors/http_gateway.ts";
import { journalActor } from "./actors/journal.ts";
import { outcomeActor } from "./actors/outcome.ts";
import { outcomeBookActor } from "./actors/outcome_book.ts";
import { outcomeOpenerActor } from "./actors/outcome_opener.ts";
import { slotActor } from "./actors/slot.ts";
import { storeActor, type StoreClient, storeClient } from "./actors/store.ts";
import { symbolActor } from "./actors/symbol.ts";
import { tickRelayActor } from "./actors/tick_relay.ts";
import { type Config, isRehearsal } from "./config.ts";
import { scan } from "./domain/scan.ts";
import { specOf } from "./domain/symbol_spec.ts";
import type { HouseEdges } from "./edges/open.ts";
import type { AnalyticsMessage } from "./protocols/analytics.ts";
import { AUTOFIRE_DEFAULTS, type AutofireMessage, type AutofireSettings } from "./protocols/autofire.ts";
import type { DeskMessage } from "./protocols/desk.ts";
import type { EventBusMessage } from "./protocols/event_bus.ts";
import type {
  CommandGatewayMessage,
  ConfirmGatewayMessage,
  TickGatewayMessage,
} from "./protocols/gateways.ts";
import type { HttpGatewayMessage } from "./protocols/http.ts";
import type {
  LevelBookMessage,
  OutcomeMessage,
  SymbolMessage,
  TickPublisherMessage,
  TickRelayMessage,
} from "./protocols/market.ts";
import { PATTERN_NAMES, type Signal } from "./protocols/signal.ts";
import type { SlotMessage } from "./protocols/slot.ts";
import type { StoreMessage } from "./protocols/store.ts";
import type { SymbolSpec } from "./protocols/symbol_spec.ts";
import { type EaId, type SymbolName, symbolName, type UserId, userId } from "./protocols/units.ts";
import {
  type ChildSpec,
  dynamic,
  type DynamicHandle,
  type MarketClock,
  type Ref,
  supervisor,
  type SupervisorSpec,
  type System,
  worker,
} from "./runtime/mod.ts";

/** Version of the server, as `/healthz` tells it. */
export const VERSION = "0.1.0";

/** What the house is built from. */
export interface HouseDeps {
  readonly system: System;
  readonly config: Config;
  readonly clock: MarketClock;
  readonly edges: HouseEdges;
  /** A new unguessable name, ASCII letters, digits, `-` and `_`. */
  readonly newId: () => string;
}

/** Where everybody lives. An address is valid before its actor starts and across its crashes. */
export interface Addresses {
  readonly store: StoreClient;
  readonly bus: Ref<EventBusMessage>;
  readonly analytics: Ref<AnalyticsMessage>;
  readonly desk: Ref<DeskMessage>;
  readonly commandGateway: Ref<CommandGatewayMessage>;
  readonly confirmGateway: Ref<ConfirmGatewayMessage>;
  readonly slots: DynamicHandle<EaId, SlotMessage>;
  readonly autofires: DynamicHandle<UserId, AutofireMessage>;
  readonly books: DynamicHandle<SymbolName, LevelBookMessage>;
  readonly watchers: DynamicHandle<Signal, OutcomeMessage>;
  readonly symbols: DynamicHandle<SymbolName, SymbolMessage>;
  readonly tickPublisher: Ref<TickPublisherMessage>;
  readonly tickRelay: Ref<TickRelayMessage>;
  readonly tickGateway: Ref<TickGatewayMessage>;
  readonly http: Ref<HttpGatewayMessage>;
}

/** The addresses of a system. */
export function addressesOf(system: System): Addresses {
  return {
    store: storeClient(system.ref<StoreMessage>("bitten/store")),
    bus: system.ref("bitten/event_bus"),
    analytics: system.ref("bitten/analytics"),
    desk: system.ref("bitten/desk"),
    commandGateway: system.ref("bitten/execution/command_gateway"),
    confirmGateway: system.ref("bitten/execution/confirm_gateway"),
    slots: system.dynamic("bitten/execution/slots"),
    autofires: system.dynamic("bitten/autofire"),
    books: system.dynamic("bitten/outcomes/books"),
    watchers: system.dynamic("bitten/outcomes/watchers"),
    symbols: system.dynamic("bitten/market/symbols"),
    tickPublisher: system.ref("bitten/market/tick_publisher"),
    tickRelay: system.ref("bitten/market/tick_relay"),
    tickGateway: system.ref("bitten/market/tick_gateway"),
    http: system.ref("bitten/http_gateway"),
  };
}

/**
 * The whole tree. Children are listed from the end of the walk to its start: a tick never enters a room that is not
 * furnished, and a stop closes the source first.
 */
export function houseTree(deps: HouseDeps, at: Addresses): SupervisorSpec {
  return supervisor("bitten", {
    children: [
      ...ledgers(deps, at),
      ...alerts(deps, at),
      worker("desk", () => deskActor({ ...at, clock: deps.clock })),
      execution(deps, at),
      autofire(deps, at),
      outcomes(deps, at),
      http(deps, at),
      market(deps, at),
    ],
  });
}

/** One child past its own restart window stops alone; an operator hears of it, the others go on. */
function gaveUp({ desk }: Addresses, code: string): (subject: string, error: unknown) => void {
  return (subject, error) => {
    const why = error instanceof Error ? error.message : String(error);
    const message = `its actor crashed too often and rests: ${why}; look at the log, then restart the server`;
    desk.tell({ kind: "raise", code, subject, message });
  };
}

/** Store, bus, analytics, journal: where everything ends up. */
function ledgers({ edges, clock }: HouseDeps, at: Addresses): ChildSpec[] {
  const { store, bus, desk } = at;
  // Beside the tree: subscriptions are not in the store and must outlive a crash of the bus.
  const subscribers = subscriberBook();
  return [
    worker("store", () => storeActor({ edge: edges.store, bus })),
    worker("event_bus", () => eventBusActor({ store, subscribers })),
    worker("analytics", () => analyticsActor({ store, bus, clock })),
    worker("journal", () => journalActor({ journal: edges.journal, bus, desk })),
  ];
}

function alerts({ edges, config, clock }: HouseDeps, { store, bus }: Addresses): ChildSpec[] {
  const { chat } = edges;
  if (chat === null) return [];
  const { chatIds } = config.telegram;
  const start = () => telegramGatewayActor({ store, bus, chat, chatIds, clock });
  return [worker("telegram_gateway", start, { backoff: { minMs: 1_000, maxMs: 1_000 } })];
}

function execution(deps: HouseDeps, at: Addresses): ChildSpec {
  const { clock, config, edges, newId } = deps;
  const { slots, store, desk } = at;
  const { framesPerSecondMax } = config.gateways;
  const settings = settingsOf(config);
  return supervisor("execution", {
    children: [
      worker("command_gateway", () =>
        commandGatewayActor({
          socket: edges.sockets.command,
          slots,
          desk,
          clock,
          breaker: edges.breaker(),
          framesPerSecondMax,
          refuseRealAccounts: isRehearsal(config),
        })),
      dynamic("slots", {
        child: (_key, id: EaId) =>
          slotActor({
            ...at,
            eaId: id,
            clock,
            settings,
            slotsMax: config.execution.slotsPerEa,
            specs: NO_SPECS,
          }),
        onGiveUp: gaveUp(at, "SLOT_GAVE_UP"),
      }),
      worker(
        "confirm_gateway",
        () => confirmGatewayActor({ socket: edges.sockets.confirm, store, slots, desk, clock, newId }),
      ),
    ],
  });
}

/** No operator's rows yet: the built-in table alone. */
const NO_SPECS: ReadonlyMap<SymbolName, SymbolSpec> = new Map();

function settingsOf({ execution }: Config): AutofireSettings {
  return {
    ...AUTOFIRE_DEFAULTS,
    signalMaxAgeMs: execution.autoFireExpiryMs,
    missionLifeMs: execution.missionExpiryMs,
    heartbeatMaxAgeMs: execution.eaStaleMs,
    quoteMaxAgeMs: execution.priceStaleMs,
    slippagePips: execution.slippagePips,
    commissionUsd: execution.commissionUsd,
    currencyExposurePercentMax: execution.currencyExposurePercentMax,
    dailyLossPercentMax: execution.dailyLossPercentMax,
  };
}

function autofire({ clock, config, newId }: HouseDeps, at: Addresses): ChildSpec {
  const { store, bus, slots } = at;
  const settings = settingsOf(config);
  return dynamic("autofire", {
    child: (_key, id: UserId) => autofireActor({ userId: id, store, bus, slots, clock, newId, settings }),
    onGiveUp: (user, error) => {
      gaveUp(at, "AUTOFIRE_GAVE_UP")(user, error);
      at.desk.tell({
        kind: "changeUser",
        change: { id: userId(user), halted: true },
        by: "supervisor",
        reply: () => {},
      });
    },
  });
}

function outcomes({ clock, edges }: HouseDeps, at: Addresses): ChildSpec {
  const { store, bus, books, watchers } = at;
  const startedAtMs = clock.nowMs();
  const pipSizeOf = (symbol: SymbolName) => specOf(symbol)?.pipSize ?? NO_PIP;
  const bookDeps = { store, clock, history: edges.history, watchers, pipSizeOf, startedAtMs };
  return supervisor("outcomes", {
    children: [
      dynamic("watchers", {
        child: (_key, signal: Signal) => outcomeActor({ store, clock }, signal),
        childOptions: { restart: "transient" },
        onGiveUp: gaveUp(at, "WATCHER_GAVE_UP"),
      }),
      dynamic("books", {
        child: (_key, symbol: SymbolName) => outcomeBookActor(bookDeps, symbol),
        onGiveUp: gaveUp(at, "BOOK_GAVE_UP"),
      }),
      worker("opener", () => outcomeOpenerActor({ store, bus, books, watchers })),
    ],
  });
}

/** A symbol without a specification raises no signals, so that nobody asks for its pip. */
const NO_PIP = NaN;

function http(deps: HouseDeps, at: Addresses): ChildSpec {
  const { system, config, clock, edges } = deps;
  const startedMs = system.clock.nowMs();
  return worker("http_gateway", () =>
    httpGatewayActor({
      ...at,
      clock,
      runtimeClock: system.clock,
      startedMs,
      version: VERSION,
      activePatterns: () => PATTERN_NAMES,
      eaStaleMs: config.execution.eaStaleMs + clock.slackMs,
      relay: at.tickRelay,
      autofire: at.autofires,
      tree: () => system.tree(),
      servePublic: edges.servePublic,
      serveAdmin: edges.serveAdmin,
    }));
}

function market(deps: HouseDeps, at: Addresses): ChildSpec {
  const { clock, config, edges } = deps;
  const { sockets, history, breaker } = edges;
  const { store, bus, desk, slots, books, symbols, tickPublisher: publisher, tickRelay: relay } = at;
  const overrides = new Map(
    Object.entries(config.market.symbolMap).map(([broker, name]) => [broker, symbolName(name)]),
  );
  const symbolDeps = { clock, store, history, specOf, scan, desk };
  const outlet = (socket: typeof sockets.signal) => ({ socket, breaker: breaker() });
  return supervisor("market", {
    children: [
      worker(
        "signal_publisher",
        () => signalPublisherActor({ bus, line: outlet(sockets.signal), topic: outlet(sockets.signalTopic) }),
      ),
      worker(
        "tick_publisher",
        () => tickPublisherActor({ line: outlet(sockets.relay), topic: outlet(sockets.relayTopic) }),
      ),
      dynamic("symbols", {
        child: (_key, symbol: SymbolName) => symbolActor({ ...symbolDeps, symbol }),
        onGiveUp: gaveUp(at, "SYMBOL_GAVE_UP"),
      }),
      worker("tick_relay", () =>
        // Generation 2 is let in from loopback only, and what the operator lets in there he trusts.
        tickRelayActor({
          clock,
          publisher,
          slots,
          symbols,
          books,
          history,
          desk,
          overrides,
          isTrusted: () => true,
        })),
      worker("tick_gateway", () =>
        tickGatewayActor({
          socket: sockets.telemetry,
          relay,
          slots,
          clock,
          framesPerSecondMax: config.gateways.framesPerSecondMax,
        })),
    ],
  });
}

if (import.meta.main) void import("./scripts/start.ts").then(({ main }) => main());
