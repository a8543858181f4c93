/**
 * Recorded failures of signals: delayed and yet published, fields that were silently constant, names of sessions.
 *
 * @module
 */
import assert from "node:assert/strict";
import { eventBusActor, subscriberBook } from "../../actors/event_bus.ts";
import { signalPublisherActor } from "../../actors/gateways/signal_publisher.ts";
import { storeActor, storeClient } from "../../actors/store.ts";
import { symbolActor, type SymbolDeps } from "../../actors/symbol.ts";
import type { Filter } from "../../domain/filters/filter.ts";
import { PATTERNS } from "../../domain/patterns/all.ts";
import { contextOf } from "../../domain/patterns/chart.ts";
import { HOUSE_RULES, scan } from "../../domain/scan.ts";
import { specOf } from "../../domain/symbol_spec.ts";
import { trackingRecord } from "../../domain/tracking.ts";
import type { DeskMessage } from "../../protocols/desk.ts";
import type { EventBusMessage } from "../../protocols/event_bus.ts";
import type { SymbolMessage } from "../../protocols/market.ts";
import type { PubSocket } from "../../protocols/ports.ts";
import type { Session } from "../../protocols/signal.ts";
import type { StoreMessage } from "../../protocols/store.ts";
import { confidence } from "../../protocols/units.ts";
import { encodeSignalJson } from "../../protocols/wire.ts";
import { supervisor, worker } from "../../runtime/mod.ts";
import { walk } from "../kit/candles.ts";
import { makeFind } from "../kit/candidates.ts";
import { fakeBreaker } from "../kit/fake_breaker.ts";
import { recorder } from "../kit/gateway_room.ts";
import { emptyWorld } from "../kit/house.ts";
import { makeOutcome, makeTick, TUESDAY_MS } from "../kit/signals.ts";
import { testSystem } from "../kit/test_system.ts";
import { CALM, FALL, REBUFFS, storeHistory } from "./market_history.ts";
import { EURUSD, M5 } from "./market_setup.ts";

/** What 5557 carried of two finds in a row, the filter `shield` delaying so many of them first. */
async function publishedWith(delays: number) {
  const { disk, room, symbol, lines } = await publishingRoom(delays);
  for (const [index, shape] of REBUFFS.entries()) {
    const [open, high, low, close, ticks] = shape;
    const bids = [open, high, low, ...Array<number>(ticks - 4).fill(open), close];
    for (const [nth, bid] of bids.entries()) {
      const atMs = TUESDAY_MS + index * M5 + Math.floor(nth * M5 / ticks);
      await room.advance(atMs - room.market.nowMs());
      symbol.tell({ kind: "tick", tick: makeTick(atMs, bid) });
    }
  }
  await room.advance(10_000);
  const stored = disk.select({ from: "signals", order: "signaledAtMs" });
  // A bus that falls hands over its last batch once more.
  room.system.kill("root/event_bus");
  await room.advance(10_000);
  await room.system.stop();
  return { lines, stored };
}

async function publishingRoom(delays: number) {
  const room = testSystem({ startMs: TUESDAY_MS });
  const world = emptyWorld();
  storeHistory(world, [...CALM, FALL], TUESDAY_MS);
  const disk = world.store;
  const store = storeClient(room.system.ref<StoreMessage>("root/store"));
  const bus = room.system.ref<EventBusMessage>("root/event_bus");
  const lines: string[] = [];
  let left = delays;
  const shield: Filter = {
    name: "shield",
    judge: () => ({
      filter: "shield",
      verdict: left-- > 0 ? "delay" : "pass",
      reason: "a zone",
      adjustment: 0,
    }),
  };
  const rules = { ...HOUSE_RULES, filters: [...HOUSE_RULES.filters, shield] };
  const symbolDeps: SymbolDeps = {
    symbol: EURUSD,
    clock: room.market,
    store,
    history: { flush: () => {}, read: () => [] },
    specOf,
    scan: (input) => scan(input, rules),
    desk: recorder<DeskMessage>(),
  };
  const subscribers = subscriberBook();
  const [line, topic] = [outletTo((frames) => lines.push(frames[0] as string)), outletTo(() => {})];
  await room.system.start(supervisor("root", {
    children: [
      worker("store", () => storeActor({ edge: disk, bus })),
      worker("event_bus", () => eventBusActor({ store, subscribers })),
      worker("publisher", () => signalPublisherActor({ bus, line, topic })),
      worker("symbol", () => symbolActor(symbolDeps)),
    ],
  }));
  room.system.go();
  return { disk, room, symbol: room.system.ref<SymbolMessage>("root/symbol"), lines };
}

function outletTo(heard: (frames: readonly (string | Uint8Array)[]) => void) {
  const socket: PubSocket = {
    port: 0,
    send: (frames) => {
      heard(frames);
      return Promise.resolve(true);
    },
    close: () => Promise.resolve(),
  };
  return { socket, breaker: fakeBreaker() };
}

Deno.test("F9: a find that a filter delays is not published, and when it may go it goes once and under its own id", async () => {
  const free = await publishedWith(0);
  const delayed = await publishedWith(1);

  const ids = (lines: readonly string[]) => lines.map((line) => /"signal_id":"(.*?)"/.exec(line)![1]);
  assert.deepEqual(ids(free.lines), [free.stored[0]!.id]);
  assert.deepEqual(delayed.stored.map(({ shadowReason }) => shadowReason), ["shield", null]);
  assert.deepEqual(ids(delayed.lines), [delayed.stored[1]!.id]);
  assert.notEqual(delayed.stored[0]!.id, delayed.stored[1]!.id);
});

Deno.test("F36: every pattern fires on a walk, and no part of its confidence is the same number each time", () => {
  const candles = walk(4, 3_000);
  const seen = new Map<string, Set<number>>(PATTERNS.map(({ name }) => [name, new Set()]));

  for (let end = 200; end <= candles.length; end++) {
    const context = contextOf(EURUSD, candles.slice(end - 200, end));
    for (const { name, detect } of PATTERNS) {
      for (const part of detect(context)?.parts ?? []) {
        seen.get(name)!.add(0);
        const key = `${name} ${part.name}`;
        seen.set(key, (seen.get(key) ?? new Set()).add(part.value));
      }
    }
  }

  const silent = PATTERNS.filter(({ name }) => seen.get(name)!.size === 0);
  const constant = [...seen].filter(([key, values]) => key.includes(" ") && values.size < 2).map(([key]) =>
    key
  );
  assert.deepEqual([silent, constant], [[], []]);
});

/** UTC hours of each session: leaving one out does not compile. */
const HOURS: Readonly<Record<Session, readonly number[]>> = {
  ASIAN: [0, 1, 2, 3, 4, 5, 6],
  LONDON: [7, 8, 9, 10, 11, 12],
  OVERLAP: [13, 14, 15, 16],
  NEWYORK: [17, 18, 19, 20, 21],
  LATE: [22, 23],
};

/** Session of a signal made at each hour: in its row, on 5557, in the tracking file. */
function sessionsByHour(): readonly (readonly string[])[] {
  const find = makeFind();
  const always = { ...PATTERNS[0]!, name: find.pattern, detect: () => find };
  const spec = specOf(EURUSD)!;
  return Array.from({ length: 24 }, (_, hour) => {
    const nowMs = Date.UTC(2026, 6, 7, hour);
    const input = { symbol: EURUSD, spec, m5: [], quote: makeTick(nowMs, 1.1), spreadMedian24h: null, nowMs };
    const { raised } = scan({ ...input, feed: input.quote.feed, memory: { signals: [] } }, {
      patterns: [always],
      filters: [],
    });
    const signal = { ...raised!, confidence: confidence(80) };
    return [
      signal.session,
      JSON.parse(encodeSignalJson(signal)).session,
      trackingRecord(signal, makeOutcome(signal), 1)!.session,
    ];
  });
}

Deno.test("F44: maker and readers of a signal call each UTC hour's session by one name, and hour 8 is London's", () => {
  const expected = Array.from({ length: 24 }, (_, hour) => {
    const name = Object.entries(HOURS).find(([, hours]) => hours.includes(hour))![0];
    return [name, name, name];
  });

  assert.deepEqual(sessionsByHour(), expected);
});

const here = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
/** What a signal of 08:00 UTC is called and dated by: its session, the tracking file, 5557, the log. */
const TELLER = `
import { sessionOf } from ${here("../../domain/calendar.ts")};
import { trackingRecord } from ${here("../../domain/tracking.ts")};
import { encodeSignalJson } from ${here("../../protocols/wire.ts")};
import { formatText } from ${here("../../runtime/mod.ts")};
import { makeOutcome, makeSignal } from ${here("../kit/signals.ts")};
const atMs = Date.UTC(2026, 6, 7, 8);
const signal = makeSignal({ signaledAtMs: atMs, session: sessionOf(atMs) });
console.log(JSON.stringify([
  new Date(atMs).getHours(),
  signal.session,
  trackingRecord(signal, makeOutcome(signal), 1).datetime,
  JSON.parse(encodeSignalJson(signal)).timestamp,
  formatText({ level: "info", source: "house", message: "here", fields: {}, atMs }),
]));
`;

Deno.test("F44: on a machine whose clock shows another zone nothing that the house says of a moment changes", async () => {
  const island = { TZ: "Pacific/Kiritimati" };
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["eval", TELLER], env: island })
    .output();

  assert.deepEqual(JSON.parse(new TextDecoder().decode(stdout)), [
    22,
    "LONDON",
    "2026-07-07T08:10:00.000Z",
    "2026-07-07T08:00:00.000+00:00",
    "2026-07-07T08:00:00.000Z INFO  house: here",
  ]);
});
