/**
 * The tick relay: who hears which tick of which EA.
 *
 * @module
 */
import assert from "node:assert/strict";
import { tickRelayActor, type TickRelayDeps } from "../../actors/tick_relay.ts";
import type { DeskMessage } from "../../protocols/desk.ts";
import type {
  LevelBookMessage,
  PublisherMessage,
  SymbolMessage,
  TickRelayMessage,
  TickRelayStatus,
} from "../../protocols/market.ts";
import type { SlotMessage } from "../../protocols/slot.ts";
import type { Tick } from "../../protocols/tick.ts";
import { type EaId, eaId, price } from "../../protocols/units.ts";
import type { Ohlc, WireTick } from "../../protocols/wire.ts";
import type { Ref } from "../../runtime/actor.ts";
import { type Recorder, recorder } from "../kit/gateway_room.ts";
import { TUESDAY_MS } from "../kit/signals.ts";
import { spawnOne, type TestSystem, testSystem } from "../kit/test_system.ts";

const A = eaId("ea-a");
const B = eaId("ea-b");
const HOUR = 3_600_000;
const RAW = new TextEncoder().encode("{}");

interface Room extends TestSystem {
  readonly relay: Ref<TickRelayMessage>;
  readonly published: Recorder<PublisherMessage>;
  readonly slot: Recorder<SlotMessage>;
  readonly symbol: Recorder<SymbolMessage>;
  readonly book: Recorder<LevelBookMessage>;
  readonly desk: Recorder<DeskMessage>;
  readonly recorded: Tick[];
  readonly ensured: string[];
  readonly trusted: Set<EaId>;
  /** Sends one tick of `EURUSD.r` at UTC+3, now, and settles. */
  tick(ea: EaId, bid: number, changes?: Partial<WireTick>): Promise<void>;
  /** Ticks of an EA, one a second, until its zone is known; then forgets what was told. */
  learn(...eas: EaId[]): Promise<void>;
  status(): Promise<TickRelayStatus>;
}

async function room(changes: Partial<TickRelayDeps> = {}): Promise<Room> {
  const system = testSystem({ startMs: TUESDAY_MS });
  const [published, slot, symbol, book, desk] = [
    recorder<PublisherMessage>(),
    recorder<SlotMessage>(),
    recorder<SymbolMessage>(),
    recorder<LevelBookMessage>(),
    recorder<DeskMessage>(),
  ];
  const [recorded, ensured, trusted]: [Tick[], string[], Set<EaId>] = [[], [], new Set([A, B])];
  const relay = spawnOne(
    system.system,
    tickRelayActor({
      clock: system.market,
      publisher: published,
      slots: { get: () => slot },
      symbols: {
        ensure(key) {
          ensured.push(key);
          return symbol;
        },
      },
      books: { get: () => book },
      history: { record: (each) => void recorded.push(each) },
      desk,
      overrides: new Map(),
      isTrusted: (ea) => trusted.has(ea),
      ...changes,
    }),
  );
  const tick: Room["tick"] = (ea, bid, wire = {}) => {
    const brokerTimeMs = system.market.nowMs() + 3 * HOUR;
    const spread = { bid: price(bid), ask: price(bid + 0.0001) };
    const sent: WireTick = {
      kind: "tick",
      eaId: ea,
      nodeId: null,
      brokerSymbol: "EURUSD.r",
      brokerTimeMs,
      ...spread,
      ...wire,
    };
    relay.tell({ kind: "tick", tick: sent, receivedAtMs: system.market.nowMs(), raw: RAW });
    return system.settle();
  };
  const learn = async (...eas: EaId[]) => {
    for (let s = 0; s < 8; s++) {
      for (const [i, ea] of eas.entries()) await tick(ea, 1.1 + (10 * s + i) / 100_000);
      await system.advance(1_000);
    }
    [published, slot, symbol, book, desk].forEach((each) => each.take());
    recorded.length = 0;
  };
  const status = () => relay.ask<TickRelayStatus>((reply) => ({ kind: "status", reply }));
  await system.settle();
  return {
    ...system,
    relay,
    published,
    slot,
    symbol,
    book,
    desk,
    recorded,
    ensured,
    trusted,
    tick,
    learn,
    status,
  };
}

Deno.test("the relay tells one tick to publisher, slot, history, level book and symbol, in UTC under its true name", async () => {
  const { system, tick, learn, market, published, slot, symbol, book, recorded, ensured } = await room();
  await learn(A);

  await tick(A, 1.1);

  const utc: Tick = {
    symbol: "EURUSD" as Tick["symbol"],
    bid: price(1.1),
    ask: price(1.1001),
    atMs: market.nowMs(),
    receivedAtMs: market.nowMs(),
    feed: A,
  };
  assert.deepEqual(published.take(), [{ kind: "relayTick", symbol: "EURUSD", raw: RAW }]);
  assert.deepEqual(slot.take(), [{ kind: "tick", tick: utc, brokerSymbol: "EURUSD.r" }]);
  assert.deepEqual(symbol.take(), [{ kind: "tick", tick: utc }]);
  assert.deepEqual(book.take(), [{ kind: "tick", tick: utc }]);
  assert.deepEqual(recorded, [utc]);
  assert.deepEqual(ensured, ["EURUSD"]);
  await system.stop();
});

Deno.test("the relay publishes each line at once and holds the tick back while the EA's zone is unknown", async () => {
  const { system, tick, advance, published, slot, symbol, status } = await room();

  await tick(A, 1.1);
  const before = [published.heard.length, slot.heard.length, (await status()).eas];
  await advance(5_000);
  await tick(A, 1.1001);

  assert.deepEqual(before, [1, 0, [{ eaId: A, offsetMs: null, waiting: 1 }]]);
  assert.deepEqual([slot.heard.length, symbol.heard.length], [2, 2]);
  assert.deepEqual((await status()).eas, [{ eaId: A, offsetMs: 3 * HOUR, waiting: 0 }]);
  await system.stop();
});

Deno.test("the relay publishes what it cannot map under the broker's own name, and tells nobody else", async () => {
  const { system, tick, learn, published, slot, symbol, desk, status } = await room();
  await learn(A);

  await tick(A, 40_000, { brokerSymbol: "US30" });
  await tick(A, 1.1, { brokerSymbol: "EURUSDmicro" });

  assert.deepEqual(published.take().map((each) => each.kind === "relayTick" && each.symbol), [
    "US30",
    "EURUSDmicro",
  ]);
  assert.deepEqual([slot.heard, symbol.heard, (await status()).unmapped], [[], [], 2]);
  assert.deepEqual(desk.take().map((each) => "code" in each && [each.code, each.subject]), [
    ["SYMBOL_DOUBTFUL", "EURUSDmicro"],
  ]);
  await system.stop();
});

Deno.test("the relay counts crossed ticks and second copies, and tells nobody of them", async () => {
  const { system, tick, learn, slot, symbol, status } = await room();
  await learn(A);

  await tick(A, 1.1, { ask: price(1.09) });
  await tick(A, 1.1001);
  await tick(A, 1.1001);

  const { duplicates, quarantined, counts } = await status();
  assert.deepEqual([slot.heard.length, symbol.heard.length, duplicates, quarantined], [1, 1, 1, 1]);
  assert.equal(counts["crossed"], 1);
  await system.stop();
});

Deno.test("the relay gives candles one feed at a time, and the level book every trusted one", async () => {
  const { system, tick, learn, advance, slot, symbol, book, recorded, status } = await room();
  await learn(A, B);

  for (let s = 0; s < 3; s++) {
    await tick(A, 1.1 + s / 100_000);
    await tick(B, 1.1002 + s / 100_000);
    await advance(1_000);
  }

  const feeds = (heard: readonly { kind: string }[]) =>
    heard.map((each) => (each as Extract<SymbolMessage, { kind: "tick" }>).tick.feed);
  assert.deepEqual(feeds(symbol.take()), [A, A, A]);
  assert.deepEqual(feeds(book.take()), [A, B, A, B, A, B]);
  assert.deepEqual([feeds(slot.take()).length, recorded.length], [6, 6]);
  assert.deepEqual((await status()).feeds.map(({ symbol, primary }) => [symbol, primary]), [["EURUSD", A]]);
  await system.stop();
});

Deno.test("the relay goes over to the other feed when the primary falls silent, and says so", async () => {
  const { system, tick, learn, advance, symbol, status, logs } = await room();
  await learn(A, B);
  await tick(A, 1.1);
  symbol.take();

  for (let s = 0; s < 7; s++) {
    await advance(1_000);
    await tick(B, 1.1 + s / 100_000);
  }

  assert.equal((await status()).feeds[0]?.primary, B);
  const atS = symbol.take().map((each) =>
    each.kind === "tick" ? (each.tick.atMs - TUESDAY_MS) / 1_000 - 8 : null
  );
  assert.deepEqual(atS, [5, 6, 7]);
  assert.deepEqual(logs.filter(({ level }) => level === "warn").map(({ message }) => message), [
    "primary feed changed",
  ]);
  await system.stop();
});

Deno.test("the relay makes no candle of an EA that nobody trusts, though its slot has its quotes", async () => {
  const { system, tick, learn, slot, symbol, book, recorded, desk, trusted, status } = await room();
  await learn(A);
  trusted.delete(A);

  await tick(A, 1.1);
  await tick(A, 1.1002);
  trusted.add(A);
  await tick(A, 1.1003);

  assert.deepEqual([slot.heard.length, symbol.heard.length, book.heard.length, recorded.length], [
    3,
    1,
    1,
    1,
  ]);
  assert.equal((await status()).counts["untrusted"], 2);
  assert.deepEqual(desk.take().map((each) => [each.kind, "subject" in each && each.subject]), [
    ["raise", A],
    ["clear", A],
  ]);
  await system.stop();
});

Deno.test("the relay learns the zone anew after a handshake", async () => {
  const { system, tick, learn, relay, advance, status } = await room();
  await learn(A);
  const handshake = {
    kind: "handshake" as const,
    eaId: A,
    nodeId: null,
    accountLogin: null,
    broker: null,
    version: null,
    chartSymbol: null,
    symbols: [],
    account: null,
  };

  relay.tell({ kind: "handshake", handshake, receivedAtMs: TUESDAY_MS });
  const at2 = { brokerTimeMs: 0 };
  for (let s = 0; s < 8; s++) {
    await tick(A, 1.1 + s / 100_000, { ...at2, brokerTimeMs: TUESDAY_MS + (8 + s) * 1_000 + 2 * HOUR });
    await advance(1_000);
  }

  assert.deepEqual((await status()).eas, [{ eaId: A, offsetMs: 2 * HOUR, waiting: 0 }]);
  await system.stop();
});

Deno.test("the relay raises a condition when stamps contradict the zone for ten minutes, and clears it", async () => {
  const { system, tick, learn, advance, market, desk } = await room();
  await learn(A);
  const send = (zoneMs: number, i: number) =>
    tick(A, 1.1 + i / 100_000, { brokerTimeMs: market.nowMs() + zoneMs });

  for (let minute = 0; minute <= 10; minute++) {
    await send(4 * HOUR, minute);
    await advance(60_000);
  }
  await send(3 * HOUR, 11);

  assert.deepEqual(desk.take().map((each) => [each.kind, "code" in each && each.code]), [
    ["clear", "FEED_SILENT"],
    ["clear", "FEED_UNUSED"],
    ["raise", "FEED_UNUSED"],
    ["raise", "BROKER_TIME_SUSPECT"],
    ["clear", "BROKER_TIME_SUSPECT"],
  ]);
  await system.stop();
});

Deno.test("the relay passes the terminal's candle of the primary feed on, in UTC, and no other feed's", async () => {
  const { system, learn, relay, settle, symbol } = await room();
  await learn(A, B);
  const bar = (ea: EaId): Ohlc => ({
    kind: "ohlc",
    eaId: ea,
    brokerSymbol: "EURUSD.r",
    timeframe: "M1",
    brokerOpenedAtMs: TUESDAY_MS + 3 * HOUR,
    open: price(1.1),
    high: price(1.1),
    low: price(1.1),
    close: price(1.1),
  });

  for (const ea of [A, B, eaId("nobody")]) relay.tell({ kind: "ohlc", ohlc: bar(ea) });
  await settle();

  assert.deepEqual(symbol.take(), [{ kind: "ohlc", ohlc: bar(A), openedAtMs: TUESDAY_MS }]);
  await system.stop();
});

Deno.test("the relay looks for a symbol actor that is gone at most every ten seconds", async () => {
  const { system, tick, learn, advance, symbol, ensured, status } = await room();
  await learn(A);
  symbol.open = false;

  for (let s = 0; s < 12; s++) {
    await tick(A, 1.1 + s / 100_000);
    await advance(1_000);
  }

  assert.deepEqual([ensured.length, (await status()).counts["untold"]], [3, 12]);
  await system.stop();
});

Deno.test("the relay that crashed learns everything again within seconds, and loses no line of 5560", async () => {
  let poison = true;
  const broken = {
    record() {
      if (poison) throw new Error("disk gone");
    },
  };
  const { system, tick, advance, published, symbol, reports } = await room({ history: broken });
  for (let s = 0; s < 7; s++) {
    await tick(A, 1.1 + s / 100_000);
    await advance(1_000);
  }
  poison = false;
  for (let s = 7; s < 15; s++) {
    await tick(A, 1.1 + s / 100_000);
    await advance(1_000);
  }

  assert.ok(reports.length >= 1);
  assert.equal(published.heard.length, 15);
  assert.ok(symbol.heard.length >= 2);
  await system.stop();
});

Deno.test("the relay tells the level books that ticks may be missing after each of its starts", async () => {
  const book = recorder<LevelBookMessage>();
  let poison = false;
  const { system, tick, learn, market } = await room({
    books: { get: (symbol) => symbol === "EURUSD" ? book : undefined },
    history: {
      record() {
        if (poison) throw new Error("disk gone");
      },
    },
  });
  await learn(A);
  book.take();

  poison = true;
  await tick(A, 1.1);

  assert.deepEqual(book.take(), [{ kind: "missed", untilMs: market.nowMs() }]);
  await system.stop();
});
