/**
 * Recorded failures of alerts: sent twice, stuck until a restart, not to be stopped.
 *
 * @module
 */
import assert from "node:assert/strict";
import { eventBusActor, subscriberBook } from "../../actors/event_bus.ts";
import { telegramGatewayActor } from "../../actors/gateways/telegram_gateway.ts";
import { storeActor, storeClient } from "../../actors/store.ts";
import { readConfig } from "../../config.ts";
import { REPEAT_NOTE } from "../../domain/alert.ts";
import type { EventBusMessage, EventBusStatus } from "../../protocols/event_bus.ts";
import type { ChatEdge, ChatResult } from "../../protocols/ports.ts";
import type { StoreMessage } from "../../protocols/store.ts";
import { signalId } from "../../protocols/units.ts";
import { supervisor, worker } from "../../runtime/mod.ts";
import { type MemoryStore, memoryStore } from "../kit/memory_store.ts";
import { makeSignal, TUESDAY_MS } from "../kit/signals.ts";
import { testSystem } from "../kit/test_system.ts";
import { inMarket } from "./market_setup.ts";

const CHATS = ["-100", "7"];
const MINUTE = 60_000;

/** A chat that keeps what arrives; `next` says how each message is answered, null: never. */
function chatOf(next: () => ChatResult | null = () => ({ kind: "sent", messageId: 1 })) {
  const arrived: string[] = [];
  const send: ChatEdge["send"] = (chatId, text) => {
    const result = next();
    if (result === null || result.kind !== "retry") arrived.push(`${chatId} ${text}`);
    return result === null ? new Promise<ChatResult>(() => {}) : Promise.resolve(result);
  };
  return { arrived, edge: { send } };
}

/** One process with store, bus and telegram gateway on a disk. */
async function alerting(disk: MemoryStore, chat: ChatEdge, startMs = TUESDAY_MS) {
  const room = testSystem({ startMs });
  const store = storeClient(room.system.ref<StoreMessage>("root/store"));
  const bus = room.system.ref<EventBusMessage>("root/event_bus");
  const deps = { store, bus, chat, chatIds: CHATS, clock: room.market };
  const subscribers = subscriberBook();
  await room.system.start(supervisor("root", {
    children: [
      worker("store", () => storeActor({ edge: disk, bus })),
      worker("event_bus", () => eventBusActor({ store, subscribers })),
      worker("telegram", () => telegramGatewayActor(deps), { backoff: { minMs: 1_000, maxMs: 1_000 } }),
    ],
  }));
  room.system.go();
  await room.settle();
  const raise = async (count: number) => {
    for (let nth = 1; nth <= count; nth++) {
      const signal = makeSignal({ id: signalId(`S${nth}`), takeProfit: 1.1 + nth / 1e5 as never });
      await store.commit([{
        event: { kind: "signalRaised", signal },
        source: "test",
        atMs: room.market.nowMs(),
      }]);
    }
    await room.settle();
  };
  const lag = async () =>
    (await bus.ask<EventBusStatus>((reply) => ({ kind: "status", reply }))).subscribers[0]?.lag;
  return { ...room, raise, lag };
}

const statuses = (disk: MemoryStore) => disk.select({ from: "alerts" }).map(({ status }) => status);
/** How often each chat got each signal, and how often a repeat said that it was one. */
function tally(arrived: readonly string[]) {
  const times = new Map<string, number>();
  for (const line of arrived) {
    const key = `${line.split(" ")[0]} ${/TP ([\d.]+)/.exec(line)![1]}`;
    times.set(key, (times.get(key) ?? 0) + 1);
  }
  return {
    each: [...times.values()].toSorted(),
    notes: arrived.filter((line) => line.includes(REPEAT_NOTE)).length,
  };
}

Deno.test("F16: over crashes, a redelivery and a restart in the middle of sending each chat gets each signal exactly once", async () => {
  const disk = memoryStore();
  const chat = chatOf();
  const first = await alerting(disk, chat.edge);
  await first.raise(4);

  await first.advance(1_500);
  first.system.kill("root/telegram");
  first.system.kill("root/event_bus");
  await first.advance(1_500);
  await first.system.stop();
  const inBetween = chat.arrived.length;
  const second = await alerting(disk, chat.edge, TUESDAY_MS + MINUTE);
  await second.advance(MINUTE);
  await second.system.stop();

  assert.ok(inBetween > 0 && inBetween < 8, `${inBetween} of 8 before the restart`);
  assert.deepEqual(tally(chat.arrived), { each: Array(8).fill(1), notes: 0 });
  assert.deepEqual(statuses(disk), Array(8).fill("SENT"));
  disk.close();
});

Deno.test("F16: an alert whose answer a restart cut off is repeated once to that chat, and says so", async () => {
  const disk = memoryStore();
  let silent = true;
  const chat = chatOf(() => silent ? null : { kind: "sent", messageId: 1 });
  const first = await alerting(disk, chat.edge);
  await first.raise(2);
  await first.advance(5_000);
  first.system.kill("root/telegram");
  silent = false;
  await first.advance(MINUTE);
  await first.system.stop();
  const second = await alerting(disk, chat.edge, TUESDAY_MS + 2 * MINUTE);
  await second.advance(MINUTE);
  await second.system.stop();

  assert.deepEqual(tally(chat.arrived), { each: [1, 1, 1, 2], notes: 1 });
  disk.close();
});

Deno.test("F17: a chat that is down for ten minutes holds up no acknowledgement, and gets each alert once without a restart", async () => {
  const disk = memoryStore();
  let down = true;
  const chat = chatOf(() =>
    down ? { kind: "retry", afterMs: 0, message: "502" } : { kind: "sent", messageId: 1 }
  );
  const house = await alerting(disk, chat.edge);

  await house.raise(3);
  await house.advance(10 * MINUTE);
  const meanwhile = [await house.lag(), chat.arrived.length, statuses(disk)];
  down = false;
  await house.advance(10 * MINUTE);

  assert.deepEqual(meanwhile, [0, 0, Array(6).fill("QUEUED")]);
  assert.deepEqual(tally(chat.arrived), { each: Array(6).fill(1), notes: 0 });
  await house.system.stop();
  disk.close();
});

Deno.test("F18: a server that is told to stop sends nothing more, whatever still waits", async () => {
  const disk = memoryStore();
  const chat = chatOf();
  const house = await alerting(disk, chat.edge);
  await house.raise(5);
  await house.advance(1_200);

  await house.system.stop();
  const sent = chat.arrived.length;
  await house.advance(60 * MINUTE);

  assert.ok(sent < 10);
  assert.equal(chat.arrived.length, sent);
  disk.close();
});

Deno.test("F18: without a token nobody sends or queues alerts, and switching them on later sends nothing of before", async () => {
  const read = readConfig("{}", () => undefined);
  assert.ok(read.ok && read.config.telegram.token === null);
  await inMarket(async ({ house, world }) => {
    const signal = makeSignal();
    const committed = house.at.store.commit([{
      event: { kind: "signalRaised", signal },
      source: "test",
      atMs: TUESDAY_MS,
    }]);
    await house.flow();
    assert.ok((await committed).ok);
    const chat = chatOf();

    assert.doesNotMatch(JSON.stringify(house.system.tree()), /telegram/);
    assert.deepEqual(statuses(world.store), []);
    const later = await alerting(world.store, chat.edge, TUESDAY_MS + MINUTE);
    await later.advance(MINUTE);
    await later.system.stop();
    assert.deepEqual(chat.arrived, []);
  });
});
