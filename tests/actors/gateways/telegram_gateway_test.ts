/**
 * The telegram gateway: an outbox that neither loses an alert nor repeats one silently.
 *
 * @module
 */
import assert from "node:assert/strict";
import { telegramGatewayActor } from "../../../actors/gateways/telegram_gateway.ts";
import type { EventBusMessage, Subscription } from "../../../protocols/event_bus.ts";
import type { BittenEvent, StoredEvent } from "../../../protocols/events.ts";
import type { ChatResult, StoreEdge } from "../../../protocols/ports.ts";
import type { Store } from "../../../protocols/store.ts";
import type { Actor } from "../../../runtime/mod.ts";
import { memoryStore } from "../../kit/memory_store.ts";
import { spawnOne, testSystem } from "../../kit/test_system.ts";

const resumed: BittenEvent = { kind: "tradingResumed", by: "admin" };

function storeOver(edge: StoreEdge): Store {
  return {
    commit: (writes) => Promise.resolve(edge.commit([writes])[0]!),
    select: (selection) => Promise.resolve(edge.select(selection)),
    events: (afterSeq, limit) => Promise.resolve(edge.events(afterSeq, limit)),
  };
}

function house(edge: StoreEdge, results: ChatResult[], chatIds = ["-100"]) {
  const { system, settle, clock, market } = testSystem();
  const sent: string[] = [];
  const acknowledged: number[] = [];
  let subscription: Subscription | undefined;
  const bus: Actor<null, EventBusMessage> = {
    init: () => null,
    handle(state, message) {
      if (message.kind === "subscribe") subscription = message.subscription;
      if (message.kind === "acknowledge") acknowledged.push(message.seq);
      if (message.kind === "status") message.reply({ lastSeq: 40, subscribers: [] });
      return state;
    },
  };
  const gateway = telegramGatewayActor({
    store: storeOver(edge),
    bus: spawnOne(system, bus),
    chat: {
      send(chatId, text) {
        sent.push(`${chatId}: ${text}`);
        return Promise.resolve(results.shift() ?? { kind: "sent", messageId: sent.length });
      },
    },
    chatIds,
    clock: Object.assign(market, { anchor: null, slackMs: 0 }),
  });
  spawnOne(system, gateway);
  const deliver = (...events: [number, BittenEvent][]) => {
    const batch: StoredEvent[] = events.map(([seq, event]) => ({ seq, atMs: 0, source: "desk", event }));
    subscription!.deliver(batch);
  };
  return { system, settle, clock, sent, acknowledged, deliver, from: () => subscription?.afterSeq };
}

const statuses = (edge: StoreEdge) =>
  edge.select({ from: "alerts", order: "id" }).map(({ id, status }) => `${id} ${status}`);

Deno.test("a gateway that never ran begins with what happens from now on", async () => {
  const edge = memoryStore();
  const { system, settle, from } = house(edge, []);

  await settle();

  assert.equal(from(), 40);
  assert.deepEqual(edge.select({ from: "cursors" }), [{ name: "telegram", seq: 40 }]);
  await system.stop();
  edge.close();
});

Deno.test("an alert goes once to each chat, in order, no faster than a chat takes it", async () => {
  const edge = memoryStore();
  const { system, settle, clock, sent, acknowledged, deliver } = house(edge, [], ["-100", "7"]);
  await settle();

  deliver([41, resumed], [42, { kind: "tradingResumed", by: "ann" }]);
  await settle();
  await clock.advance(1);
  const atOnce = [...sent];
  await clock.advance(1_100);

  assert.deepEqual(atOnce, ["-100: ▶️ Trading resumed by admin", "7: ▶️ Trading resumed by admin"]);
  assert.deepEqual(sent.slice(2), ["-100: ▶️ Trading resumed by ann", "7: ▶️ Trading resumed by ann"]);
  assert.deepEqual(acknowledged, [42]);
  assert.deepEqual(statuses(edge), ["41/-100 SENT", "41/7 SENT", "42/-100 SENT", "42/7 SENT"]);
  await system.stop();
  edge.close();
});

Deno.test("an alert that was certainly not sent is sent again without a word about it", async () => {
  const edge = memoryStore();
  const { system, settle, clock, sent, deliver } = house(edge, [{
    kind: "retry",
    afterMs: 7_000,
    message: "429",
  }]);
  await settle();

  deliver([41, resumed]);
  await settle();
  await clock.advance(6_900);
  const early = sent.length;
  await clock.advance(200);

  assert.equal(early, 1);
  assert.deepEqual(sent, ["-100: ▶️ Trading resumed by admin", "-100: ▶️ Trading resumed by admin"]);
  assert.deepEqual(statuses(edge), ["41/-100 SENT"]);
  await system.stop();
  edge.close();
});

Deno.test("an alert whose answer was lost is sent again and says so", async () => {
  const edge = memoryStore();
  const { system, settle, clock, sent, deliver } = house(edge, [{ kind: "unanswered", message: "cut" }]);
  await settle();

  deliver([41, resumed]);
  await settle();
  await clock.advance(2_000);

  assert.deepEqual(sent, [
    "-100: ▶️ Trading resumed by admin",
    "-100: (repeated: no answer came the first time)\n▶️ Trading resumed by admin",
  ]);
  await system.stop();
  edge.close();
});

Deno.test("an alert whose answer was lost says so at every later try, also after one that certainly did not arrive", async () => {
  const edge = memoryStore();
  const { system, settle, clock, sent, deliver } = house(edge, [
    { kind: "unanswered", message: "the connection ended" },
    { kind: "retry", afterMs: 0, message: "429" },
  ]);
  await settle();

  deliver([41, resumed]);
  await settle();
  await clock.advance(10_000);

  assert.equal(sent.length, 3);
  assert.equal(sent[2], "-100: (repeated: no answer came the first time)\n▶️ Trading resumed by admin");
  assert.deepEqual(statuses(edge), ["41/-100 SENT"]);
  await system.stop();
  edge.close();
});

Deno.test("F16: what was on its way when the process ended is sent again and says so; what was sent is not", async () => {
  const edge = memoryStore();
  const alert = {
    chatId: "-100",
    attempts: 1,
    createdAtMs: 1,
    sentAtMs: null,
    messageId: null,
    lastError: null,
  };
  edge.commit([[
    { put: "alerts", row: { ...alert, id: "38/-100", text: "old news", status: "SENT" } },
    { put: "alerts", row: { ...alert, id: "39/-100", text: "half sent", status: "SENDING" } },
    { put: "alerts", row: { ...alert, id: "40/-100", text: "never sent", status: "QUEUED" } },
    { put: "cursors", row: { name: "telegram", seq: 40 } },
  ]]);
  const { system, settle, clock, sent } = house(edge, []);

  await settle();
  await clock.advance(2_200);

  assert.deepEqual(sent, ["-100: (repeated: no answer came the first time)\nhalf sent", "-100: never sent"]);
  await system.stop();
  edge.close();
});

Deno.test("events that come twice make one alert", async () => {
  const edge = memoryStore();
  const { system, settle, clock, sent, deliver } = house(edge, []);
  await settle();

  deliver([41, resumed]);
  await settle();
  await clock.advance(1);
  deliver([41, resumed]);
  await settle();
  await clock.advance(5_000);

  assert.deepEqual(sent, ["-100: ▶️ Trading resumed by admin"]);
  await system.stop();
  edge.close();
});

Deno.test("an alert refused for good is not tried again and does not hold up the next", async () => {
  const edge = memoryStore();
  const { system, settle, clock, sent, deliver } = house(edge, [{ kind: "refused", message: "403 kicked" }]);
  await settle();

  deliver([41, resumed], [42, { kind: "tradingResumed", by: "ann" }]);
  await settle();
  await clock.advance(1_100);

  assert.deepEqual(sent, ["-100: ▶️ Trading resumed by admin", "-100: ▶️ Trading resumed by ann"]);
  assert.deepEqual(statuses(edge), ["41/-100 DEAD", "42/-100 SENT"]);
  await system.stop();
  edge.close();
});
