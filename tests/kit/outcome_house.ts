/**
 * Outcome house: store, bus, opener, level books and watchers over disks in memory, which survive a restart.
 *
 * @module
 */
import { eventBusActor, subscriberBook } from "../../actors/event_bus.ts";
import { outcomeActor } from "../../actors/outcome.ts";
import { outcomeBookActor } from "../../actors/outcome_book.ts";
import { outcomeOpenerActor } from "../../actors/outcome_opener.ts";
import { storeActor, type StoreClient, storeClient } from "../../actors/store.ts";
import { specOf } from "../../domain/symbol_spec.ts";
import type { EventBusMessage } from "../../protocols/event_bus.ts";
import type { LevelBookMessage, OutcomeMessage, OutcomeOpenerMessage } from "../../protocols/market.ts";
import type { Outcome } from "../../protocols/outcome.ts";
import type { Signal } from "../../protocols/signal.ts";
import type { StoreMessage } from "../../protocols/store.ts";
import type { Tick } from "../../protocols/tick.ts";
import type { SymbolName } from "../../protocols/units.ts";
import { type Dynamic, dynamic, type Ref, supervisor, worker } from "../../runtime/mod.ts";
import { type MemoryTickHistory, memoryTickHistory } from "./memory_journal.ts";
import { type MemoryStore, memoryStore } from "./memory_store.ts";
import { TUESDAY_MS } from "./signals.ts";
import { type TestSystem, testSystem } from "./test_system.ts";

/** What outlives a process. */
export interface OutcomeDisk {
  readonly edge: MemoryStore;
  readonly history: MemoryTickHistory;
}

/** One process over it. */
export interface OutcomeHouse extends TestSystem, OutcomeDisk {
  readonly store: StoreClient;
  readonly bus: Ref<EventBusMessage>;
  readonly opener: Ref<OutcomeOpenerMessage>;
  readonly books: Dynamic<SymbolName, LevelBookMessage>;
  readonly watchers: Dynamic<Signal, OutcomeMessage>;
  /** Commits a signal with its event, as a symbol actor does. */
  raise(signal: Signal): Promise<void>;
  /** Records a tick and tells the book, as the relay does. */
  tick(tick: Tick): void;
  /** The stored outcome of a signal. */
  outcomeOf(signal: Signal): Promise<Outcome | null>;
  /** Every `outcomeResolved` so far. */
  resolved(): Promise<Outcome[]>;
}

/** Makes empty disks. */
export function outcomeDisk(): OutcomeDisk {
  return { edge: memoryStore(), history: memoryTickHistory() };
}

/** Starts a process at `startMs` of market time. */
export async function outcomeHouse(
  disk: OutcomeDisk,
  options: { readonly startMs?: number; readonly seed?: number } = {},
): Promise<OutcomeHouse> {
  const startMs = options.startMs ?? TUESDAY_MS;
  const test = testSystem({ startMs, ...options.seed === undefined ? {} : { seed: options.seed } });
  const { system, market } = test;
  const store = storeClient(system.ref<StoreMessage>("root/store"));
  const bus = system.ref<EventBusMessage>("root/event_bus");
  const books = system.dynamic<SymbolName, LevelBookMessage>("root/outcomes/books");
  const watchers = system.dynamic<Signal, OutcomeMessage>("root/outcomes/watchers");
  const pipSizeOf = (symbol: SymbolName) => specOf(symbol)!.pipSize;
  const bookDeps = { store, clock: market, history: disk.history, watchers, pipSizeOf, startedAtMs: startMs };
  const intensity = { restarts: 1_000, withinMs: 1 };
  await system.start(supervisor("root", {
    intensity,
    children: [
      worker("store", () => storeActor({ edge: disk.edge, bus })),
      worker("event_bus", () => eventBusActor({ store, subscribers: subscriberBook() })),
      supervisor("outcomes", {
        intensity,
        children: [
          dynamic<SymbolName, LevelBookMessage>("books", {
            child: (_key, symbol) => outcomeBookActor(bookDeps, symbol),
            intensity,
          }),
          dynamic<Signal, OutcomeMessage>("watchers", {
            child: (_key, signal) => outcomeActor({ store, clock: market }, signal),
            childOptions: { restart: "transient" },
            intensity,
          }),
          worker("opener", () => outcomeOpenerActor({ store, bus, books, watchers })),
        ],
      }),
    ],
  }));
  system.go();

  return {
    ...test,
    ...disk,
    store,
    bus,
    opener: system.ref("root/outcomes/opener"),
    books,
    watchers,
    async raise(signal) {
      const event = { kind: signal.shadow ? "signalShadowed" : "signalRaised", signal } as const;
      const result = await store.commit([
        { put: "signals", row: { ...signal, outcome: null } },
        { event, source: "test", atMs: market.nowMs() },
      ]);
      if (!result.ok) throw new Error(result.message);
    },
    tick(tick) {
      disk.history.record(tick);
      books.get(tick.symbol)?.tell({ kind: "tick", tick });
    },
    async outcomeOf(signal) {
      const [row] = await store.select({ from: "signals", where: { id: signal.id } });
      return row?.outcome ?? null;
    },
    async resolved() {
      const events = await store.events(0, 100_000);
      return events.flatMap(({ event }) => event.kind === "outcomeResolved" ? [event.outcome] : []);
    },
  };
}
