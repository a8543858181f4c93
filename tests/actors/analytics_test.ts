/**
 * The analytics actor: what it knows after events, after a crash and after a restart.
 *
 * @module
 */
import assert from "node:assert/strict";
import { analyticsActor, REMEMBERED_MS } from "../../actors/analytics.ts";
import { eventBusActor, subscriberBook } from "../../actors/event_bus.ts";
import { storeActor, type StoreClient, storeClient } from "../../actors/store.ts";
import type { AnalyticsMessage, AnalyticsSummary } from "../../protocols/analytics.ts";
import type { EventBusMessage, EventBusStatus } from "../../protocols/event_bus.ts";
import type { Signal } from "../../protocols/signal.ts";
import type { StoreMessage, Write } from "../../protocols/store.ts";
import { signalId } from "../../protocols/units.ts";
import { type Ref, supervisor, worker } from "../../runtime/mod.ts";
import { type MemoryStore, memoryStore } from "../kit/memory_store.ts";
import { makeOutcome, makeSignal, TUESDAY_MS } from "../kit/signals.ts";
import { type TestSystem, testSystem } from "../kit/test_system.ts";

const HOUR_MS = 3_600_000;

interface House extends TestSystem {
  readonly store: StoreClient;
  readonly analytics: Ref<AnalyticsMessage>;
  readonly bus: Ref<EventBusMessage>;
  summary(timeframeMs?: number): Promise<AnalyticsSummary>;
}

async function withAnalytics(
  run: (house: House) => Promise<void>,
  edge: MemoryStore = memoryStore(),
): Promise<void> {
  const test = testSystem({ startMs: TUESDAY_MS });
  const store = storeClient(test.system.ref<StoreMessage>("root/store"));
  const bus = test.system.ref<EventBusMessage>("root/event_bus");
  const analytics = test.system.ref<AnalyticsMessage>("root/analytics");
  await test.system.start(supervisor("root", {
    children: [
      worker("store", () => storeActor({ edge, bus })),
      worker("event_bus", () => eventBusActor({ store, subscribers: subscriberBook() })),
      worker("analytics", () => analyticsActor({ store, bus, clock: test.market })),
    ],
  }));
  const summary = (timeframeMs = 6 * HOUR_MS) =>
    analytics.ask<AnalyticsSummary>((reply) => ({
      kind: "summary",
      timeframeMs,
      nowMs: test.market.nowMs(),
      reply,
    }));
  try {
    await test.settle();
    await run({ ...test, store, analytics, bus, summary });
  } finally {
    await test.system.stop();
  }
}

let made = 0;

const signal = (changes: Partial<Signal> = {}) =>
  makeSignal({ id: signalId(`signal-${made++}`), ...changes });
const source = "test", atMs = TUESDAY_MS;

function raise(one: Signal): Write[] {
  const kind = one.shadow ? "signalShadowed" : "signalRaised";
  return [{ put: "signals", row: { ...one, outcome: null } }, { event: { kind, signal: one }, source, atMs }];
}

function resolve(one: Signal): Write[] {
  const outcome = makeOutcome(one);
  return [
    { put: "signals", row: { ...one, outcome } },
    { event: { kind: "outcomeResolved", signal: one, outcome }, source, atMs },
  ];
}

const counts = ({ totalSignals, openSignals, shadowSignals, winRate }: AnalyticsSummary) => ({
  totalSignals,
  openSignals,
  shadowSignals,
  winRate,
});

Deno.test("analytics counts signals as they are raised and resolved, shadows apart", async () => {
  await withAnalytics(async ({ store, settle, summary }) => {
    const live = signal(), shadow = signal({ shadow: true, shadowReason: "spread" });
    assert.deepEqual(counts(await summary()), {
      totalSignals: 0,
      openSignals: 0,
      shadowSignals: 0,
      winRate: null,
    });

    await store.commit([...raise(live), ...raise(shadow)]);
    await settle();
    const open = counts(await summary());
    await store.commit([...resolve(live), ...resolve(shadow)]);
    await settle();

    assert.deepEqual(open, { totalSignals: 1, openSignals: 1, shadowSignals: 1, winRate: null });
    assert.deepEqual(counts(await summary()), {
      totalSignals: 1,
      openSignals: 0,
      shadowSignals: 1,
      winRate: 100,
    });
  });
});

Deno.test("analytics knows the same after a crash, and hears what came meanwhile", async () => {
  await withAnalytics(async ({ store, settle, summary, analytics, reports }) => {
    const first = signal(), second = signal();
    await store.commit([...raise(first), ...raise(second)]);
    await settle();

    analytics.tell({ kind: "events", batch: null as never });
    await store.commit(resolve(first));
    await settle();
    await store.commit(resolve(second));
    await settle();

    assert.equal(reports.length, 1);
    assert.deepEqual(counts(await summary()), {
      totalSignals: 2,
      openSignals: 0,
      shadowSignals: 0,
      winRate: 100,
    });
  });
});

Deno.test("analytics reads ninety days back when it starts", async () => {
  const edge = memoryStore();
  const ages = [0, HOUR_MS, REMEMBERED_MS - HOUR_MS, REMEMBERED_MS + HOUR_MS];
  edge.commit(ages.map((age) => raise(signal({ signaledAtMs: TUESDAY_MS - age }))));

  await withAnalytics(async ({ summary }) => {
    const totals = await Promise.all([HOUR_MS, 2 * HOUR_MS, 2 * REMEMBERED_MS].map(summary));

    assert.deepEqual(totals.map(({ totalSignals }) => totalSignals), [1, 2, 3]);
  }, edge);
});

Deno.test("analytics takes a batch that comes twice as told once, and asks for the next", async () => {
  await withAnalytics(async ({ store, settle, summary, analytics, bus }) => {
    await store.commit(raise(signal()));
    await settle();

    analytics.tell({ kind: "events", batch: await store.events(0, 10) });
    await settle();

    assert.equal((await summary()).totalSignals, 1);
    const { subscribers } = await bus.ask<EventBusStatus>((reply) => ({ kind: "status", reply }));
    assert.deepEqual(subscribers, [{ name: "analytics", seq: 1, lag: 0 }]);
  });
});
