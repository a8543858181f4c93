/**
 * The symbol actor: candles that outlive it, scans of now only, signals that are stored before anyone hears of them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { storeActor, storeClient } from "../../actors/store.ts";
import { symbolActor, type SymbolDeps } from "../../actors/symbol.ts";
import { emptyMemory, scan, type ScanInput, type ScanResult } from "../../domain/scan.ts";
import { specOf } from "../../domain/symbol_spec.ts";
import type { DeskMessage } from "../../protocols/desk.ts";
import type { EventBusMessage } from "../../protocols/event_bus.ts";
import type { SymbolMessage, SymbolStatus } from "../../protocols/market.ts";
import type { Signal } from "../../protocols/signal.ts";
import type { StoreMessage } from "../../protocols/store.ts";
import type { Tick } from "../../protocols/tick.ts";
import { eaId, price, signalId, symbolName } from "../../protocols/units.ts";
import type { Ref } from "../../runtime/actor.ts";
import { type Recorder, recorder } from "../kit/gateway_room.ts";
import { type MemoryStore, memoryStore } from "../kit/memory_store.ts";
import { makeSignal, makeTick, TUESDAY_MS } from "../kit/signals.ts";
import { spawnOne, type TestSystem, testSystem } from "../kit/test_system.ts";

const EURUSD = symbolName("EURUSD");
const MINUTE = 60_000;
const M5 = 5 * MINUTE;

interface Room extends TestSystem {
  readonly edge: MemoryStore;
  readonly bus: Recorder<EventBusMessage>;
  readonly desk: Recorder<DeskMessage>;
  readonly ticks: Tick[];
  readonly scans: ScanInput[];
  /** What the next scans answer; empty: nothing. */
  readonly results: (Partial<ScanResult> | Error)[];
  readonly symbol: Ref<SymbolMessage>;
  /** One tick now, recorded and told as the relay does. */
  tick(bid: number, changes?: Partial<Tick>): Promise<void>;
  /** A tick every so many ms for `forMs`, the clock moving on. */
  stream(forMs: number, everyMs?: number): Promise<void>;
  status(): Promise<SymbolStatus>;
}

interface RoomOptions {
  readonly startMs?: number;
  readonly edge?: MemoryStore;
  readonly ticks?: readonly Tick[];
  readonly deps?: Partial<SymbolDeps>;
}

async function room(
  { startMs = TUESDAY_MS, edge = memoryStore(), ticks: old = [], deps = {} }: RoomOptions = {},
): Promise<
  Room
> {
  const system = testSystem({ startMs });
  const bus = recorder<EventBusMessage>();
  const desk = recorder<DeskMessage>();
  const [ticks, scans, results]: [Tick[], ScanInput[], (Partial<ScanResult> | Error)[]] = [[...old], [], []];
  const store = spawnOne<StoreMessage>(system.system, storeActor({ edge, bus }), "store");
  const symbol = spawnOne<SymbolMessage>(
    system.system,
    symbolActor({
      symbol: EURUSD,
      clock: system.market,
      store: storeClient(store),
      history: { flush: () => {}, read: (_, fromMs) => ticks.filter((each) => each.atMs >= fromMs) },
      specOf,
      desk,
      scan(input) {
        scans.push(input);
        const result = results.shift() ?? {};
        if (result instanceof Error) throw result;
        return { raised: null, shadows: [], memory: input.memory, ...result };
      },
      ...deps,
    }),
    "symbol",
  );
  const tick: Room["tick"] = (bid, changes = {}) => {
    const each = makeTick(system.market.nowMs(), bid, changes);
    ticks.push(each);
    symbol.tell({ kind: "tick", tick: each });
    return system.settle();
  };
  const stream: Room["stream"] = async (forMs, everyMs = 10_000) => {
    for (let ms = 0; ms < forMs; ms += everyMs) {
      await tick(1.1 + (ms / everyMs % 7) / 10_000);
      await system.advance(everyMs);
    }
  };
  const status = () => symbol.ask<SymbolStatus>((reply) => ({ kind: "status", reply }));
  await system.settle();
  return { ...system, edge, bus, desk, ticks, scans, results, symbol, tick, stream, status };
}

const stored = (edge: MemoryStore) => edge.select({ from: "candles", order: "openedAtMs" });
const signalAt = (atMs: number, changes: Partial<Signal> = {}) =>
  makeSignal({ id: signalId(`ELITE_RAPID_BB_SCALP_EURUSD_${atMs / 1_000}`), signaledAtMs: atMs, ...changes });
const eventsOf = (bus: Recorder<EventBusMessage>) =>
  bus.heard.flatMap((each) => each.kind === "committed" ? each.events : []);

Deno.test("the symbol stores each minute when the next one's first tick closes it", async () => {
  const { system, stream, edge } = await room();

  await stream(2 * MINUTE + 10_000);

  assert.deepEqual(stored(edge).map((each) => [each.timeframe, each.openedAtMs - TUESDAY_MS, each.ticks]), [
    ["M1", 0, 6],
    ["M1", MINUTE, 6],
  ]);
  await system.stop();
});

Deno.test("the symbol closes a minute by the clock two seconds after its end when no tick comes", async () => {
  const { system, tick, advance, edge } = await room();
  await tick(1.1);

  await advance(MINUTE + 1_999);
  const before = stored(edge).length;
  await advance(1);

  assert.deepEqual([before, stored(edge).length], [0, 1]);
  await system.stop();
});

Deno.test("the symbol waits as long as its feed always lags before the clock closes a minute", async () => {
  const { system, tick, advance, edge } = await room();
  for (let i = 0; i < 8; i++) {
    await tick(1.1, { atMs: TUESDAY_MS + i * 10_000 - 3_000 });
    await advance(10_000);
  }
  const afterFirst = stored(edge).length;

  await advance(MINUTE + 5_000 - 20_000 - 1);
  const before = stored(edge).length;
  await advance(1);

  assert.deepEqual([before - afterFirst, stored(edge).length - afterFirst], [0, 1]);
  await system.stop();
});

Deno.test("the symbol scans a closed M5 candle with the live quote, the closed candles and the usual spread", async () => {
  const { system, stream, tick, market, scans } = await room();
  await stream(61 * MINUTE);
  scans.length = 0;

  await stream(4 * MINUTE);
  await tick(1.1009);

  assert.equal(scans.length, 1);
  const { m5, quote, spreadMedian24h, nowMs, feed, spec, symbol } = scans[0]!;
  assert.deepEqual(
    m5.map((each) => (each.openedAtMs - TUESDAY_MS) / M5),
    Array.from({ length: 13 }, (_, i) => i),
  );
  assert.deepEqual([quote.bid, quote.atMs, nowMs], [1.1009, market.nowMs(), market.nowMs()]);
  assert.deepEqual([feed, spec, symbol], ["ea-1", specOf(EURUSD), EURUSD]);
  assert.equal(spreadMedian24h?.toFixed(6), "0.000100");
  await system.stop();
});

Deno.test("the symbol scans by the clock, two seconds after the candle's end, while its quote is live", async () => {
  const { system, stream, advance, market, scans } = await room();
  await stream(M5);

  await advance(2_000);

  assert.deepEqual(scans.map(({ nowMs }) => nowMs), [market.nowMs()]);
  assert.equal(market.nowMs(), TUESDAY_MS + M5 + 2_000);
  await system.stop();
});

Deno.test("the symbol stores a signal with its event, and the bus hears of it once it is on disk", async () => {
  const { system, stream, tick, market, edge, bus, results } = await room();
  await stream(M5);
  const raised = signalAt(market.nowMs());
  const shadow = signalAt(market.nowMs(), {
    id: signalId("ELITE_RAPID_VCB_BREAKOUT_EURUSD_1"),
    shadow: true,
    shadowReason: "spread",
  });
  results.push({ raised, shadows: [shadow] });

  await tick(1.1);

  assert.deepEqual(
    eventsOf(bus).map((
      { source, atMs, event },
    ) => [source, atMs, event.kind, "signal" in event && event.signal.id]),
    [
      ["test2/symbol", raised.signaledAtMs, "signalRaised", raised.id],
      ["test2/symbol", shadow.signaledAtMs, "signalShadowed", shadow.id],
    ],
  );
  assert.deepEqual(edge.select({ from: "signals", order: "-shadow" }), [
    { ...shadow, outcome: null },
    { ...raised, outcome: null },
  ]);
  await system.stop();
});

Deno.test("the symbol says nothing of a signal that the disk refused, and stores it when the disk is back", async () => {
  const { system, stream, tick, market, clock, settle, edge, bus, results } = await room();
  await stream(M5);
  const raised = signalAt(market.nowMs());
  results.push({ raised });

  edge.failNext(2);
  await tick(1.1);
  const early = eventsOf(bus).length;
  for (let i = 0; i < 5; i++) {
    await clock.advance(1_000);
    await settle();
  }

  assert.equal(early, 0);
  assert.deepEqual(eventsOf(bus).map(({ event }) => event.kind), ["signalRaised"]);
  assert.equal(stored(edge).length, 5);
  await system.stop();
});

Deno.test("the symbol gives a signal up that could not be stored within a minute, and no candle ever", async () => {
  const { system, stream, tick, market, advance, edge, bus, results, status, logs } = await room();
  await stream(M5);
  results.push({ raised: signalAt(market.nowMs()) });

  edge.failNext(70);
  await tick(1.1);
  await advance(90_000);

  assert.deepEqual(eventsOf(bus), []);
  assert.deepEqual([stored(edge).length, (await status()).unsaved], [6, 0]);
  assert.deepEqual(logs.filter(({ message }) => message === "not stored").length, 1);
  await system.stop();
});

Deno.test("the symbol stores its candles though the signal beside them is in the store already", async () => {
  const { system, stream, tick, market, edge, bus, results } = await room();
  await stream(M5);
  const raised = signalAt(market.nowMs());
  edge.commit([[{ insert: "signals", row: { ...raised, outcome: null } }]]);
  results.push({ raised });

  await tick(1.1);

  assert.deepEqual([stored(edge).length, eventsOf(bus).length], [5, 0]);
  await system.stop();
});

Deno.test("the symbol never signals from candles it found in the store, nor from a backlog (F26, F4)", async () => {
  const edge = memoryStore();
  const first = await room({ edge });
  await first.stream(30 * MINUTE);
  await first.system.stop();
  const sunday = Date.UTC(2026, 6, 12, 21);

  const again = await room({ edge, startMs: sunday });
  const flood = Array.from(
    { length: 200 },
    (_, i) => makeTick(sunday - 40 * MINUTE + i * 10_000, 1.1, { receivedAtMs: sunday }),
  );
  for (const tick of flood) again.symbol.tell({ kind: "tick", tick });
  await again.settle();

  assert.deepEqual(again.scans, []);
  assert.ok((await again.status()).candles.M5 >= 10);
  await again.system.stop();
});

Deno.test("the symbol does not scan while the market is closed, though ticks come", async () => {
  const saturday = Date.UTC(2026, 6, 11, 10);
  const { system, stream, scans, status } = await room({ startMs: saturday });

  await stream(11 * MINUTE);

  assert.deepEqual([scans.length, (await status()).candles.M5], [0, 2]);
  await system.stop();
});

Deno.test("the symbol does not scan on a quote that is more than a minute old", async () => {
  const { system, tick, advance, stream, scans } = await room();
  await stream(M5);
  await tick(1.1);
  scans.length = 0;

  await advance(M5 + 2_000);

  assert.deepEqual(scans, []);
  await system.stop();
});

Deno.test("the symbol restarted knows the candles and signals it had, and goes on", async () => {
  const edge = memoryStore();
  const first = await room({ edge });
  const raised = signalAt(TUESDAY_MS + M5, { candleOpenedAtMs: TUESDAY_MS, structureId: "block-1" });
  first.results.push({ raised });
  await first.stream(12 * MINUTE);
  const before = await first.status();
  await first.system.stop();

  const again = await room({ edge, startMs: TUESDAY_MS + 12 * MINUTE, ticks: first.ticks });
  await again.stream(3 * MINUTE + 10_000);

  assert.deepEqual(before.candles, { M1: 11, M5: 2, M15: 0 });
  assert.deepEqual((await again.status()).candles, { M1: 15, M5: 3, M15: 1 });
  assert.deepEqual(again.scans.map(({ m5, memory }) => [m5.length, memory.signals.map(({ id }) => id)]), [[
    3,
    [raised.id],
  ]]);
  assert.deepEqual(stored(edge).map((each) => each.ticks), Array(15).fill(6));
  await again.system.stop();
});

Deno.test("the symbol that crashed in a scan loses that scan, and not one tick or candle", async () => {
  const { system, stream, tick, results, scans, edge, reports } = await room();
  await stream(M5);
  results.push(new Error("a pattern broke its promise"));

  await tick(1.1009);
  await stream(M5 + 10_000);

  assert.deepEqual(reports.length, 1);
  assert.deepEqual(scans.map(({ m5 }) => m5.length), [1, 2]);
  assert.deepEqual(stored(edge).map((each) => each.ticks), [6, 6, 6, 6, 6, 7, 6, 6, 6, 6]);
  await system.stop();
});

Deno.test("the symbol holds the terminal's candles against its own, and says how often they differ", async () => {
  const { system, stream, symbol, status } = await room();
  await stream(MINUTE + 10_000);
  const bar = (low: number, high: number): SymbolMessage => ({
    kind: "ohlc",
    openedAtMs: TUESDAY_MS,
    ohlc: {
      kind: "ohlc",
      eaId: eaId("ea-1"),
      brokerSymbol: "EURUSD.r",
      timeframe: "M1",
      brokerOpenedAtMs: TUESDAY_MS + 3_600_000,
      open: price(1.1),
      high: price(high),
      low: price(low),
      close: price(1.1),
    },
  });

  for (const each of [bar(1.0999, 1.1006), bar(1.1001, 1.1006)]) symbol.tell(each);

  assert.deepEqual((await status()).crossChecks, { checked: 2, outside: 1 });
  await system.stop();
});

Deno.test("the symbol without a specification has candles and no scans", async () => {
  const { system, stream, scans, status } = await room({ deps: { specOf: () => null } });

  await stream(11 * MINUTE);

  assert.deepEqual([scans.length, (await status()).candles.M5], [0, 2]);
  await system.stop();
});

Deno.test("the symbol leaves one timer behind while it lives, and none when it is stopped", async () => {
  const { system, stream, market } = await room();
  await stream(7 * MINUTE);
  const living = market.pending;

  await system.stop();

  assert.deepEqual([living, market.pending], [1, 0]);
});

Deno.test("the symbol scans with the house's own patterns and filters", async () => {
  const scanned: ScanResult[] = [];
  const { system, stream } = await room({
    deps: {
      scan(input) {
        scanned.push(scan(input));
        return scanned.at(-1)!;
      },
    },
  });

  await stream(11 * MINUTE);

  assert.deepEqual(scanned, Array(2).fill({ raised: null, shadows: [], memory: emptyMemory() }));
  await system.stop();
});

Deno.test("the symbol started in the middle of an M5 candle scans the next one first", async () => {
  const { system, stream, scans } = await room({ startMs: TUESDAY_MS + 2 * MINUTE });

  await stream(9 * MINUTE);

  assert.deepEqual(scans.map(({ m5 }) => m5.map((each) => each.openedAtMs - TUESDAY_MS)), [[0, M5]]);
  await system.stop();
});

Deno.test("the symbol counts a tick once that was recorded and still waits in its mailbox", async () => {
  const old = Array.from({ length: 6 }, (_, i) => makeTick(TUESDAY_MS + i * 10_000, 1.1));
  const { system, symbol, tick, advance, edge } = await room({ startMs: TUESDAY_MS + 50_000, ticks: old });

  for (const each of old.slice(3)) symbol.tell({ kind: "tick", tick: each });
  await advance(10_000);
  await tick(1.1);

  assert.deepEqual(stored(edge).map((each) => each.ticks), [6]);
  await system.stop();
});

Deno.test("the symbol gives the store a last try with what it does not have yet when it is stopped", async () => {
  const { system, stream, tick, edge } = await room();
  await stream(MINUTE);
  edge.failNext(1);
  await tick(1.1);
  const before = stored(edge).length;

  await system.stop();

  assert.deepEqual([before, stored(edge).length], [0, 1]);
});

Deno.test("the symbol says after a quarter of an hour that ticks come and nothing is scanned, and when it is over", async () => {
  const { system, tick, advance, stream, scans, desk } = await room();
  await stream(6 * MINUTE);
  desk.take();
  scans.length = 0;

  for (let i = 0; i < 130; i++) {
    await tick(1.1, { atMs: TUESDAY_MS + 6 * MINUTE + i * 10_000 - 70_000 });
    await advance(10_000);
  }
  const [raised, ...more] = desk.take();
  const scansLate = scans.length;
  await stream(6 * MINUTE);

  assert.equal(scansLate, 0);
  assert.ok(raised?.kind === "raise" && more.length === 0);
  assert.deepEqual([raised.code, raised.subject], ["SCAN_OVERDUE", "EURUSD"]);
  assert.match(raised.message, /^4 candles of EURUSD with 61 ticks closed unscanned: .* stamped 72 s ago/);
  assert.deepEqual(desk.take(), [{ kind: "clear", code: "SCAN_OVERDUE", subject: "EURUSD" }]);
  await system.stop();
});
