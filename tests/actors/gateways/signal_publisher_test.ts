/**
 * Signal publisher over a network in memory.
 *
 * @module
 */
import assert from "node:assert/strict";
import { signalPublisherActor } from "../../../actors/gateways/signal_publisher.ts";
import type { EventBusMessage, Subscription } from "../../../protocols/event_bus.ts";
import type { BittenEvent, StoredEvent } from "../../../protocols/events.ts";
import type { PublisherStatus, SignalPublisherMessage } from "../../../protocols/market.ts";
import type { PubSocket } from "../../../protocols/ports.ts";
import { symbolName } from "../../../protocols/units.ts";
import { encodeSignal, encodeSignalJson } from "../../../protocols/wire.ts";
import type { Ref } from "../../../runtime/actor.ts";
import { fakeBreaker } from "../../kit/fake_breaker.ts";
import {
  ANY_PORT,
  at,
  type GatewayRoom,
  gatewayRoom,
  type Recorder,
  recorder,
} from "../../kit/gateway_room.ts";
import { makeSignal } from "../../kit/signals.ts";

interface Scene extends GatewayRoom {
  readonly publisher: Ref<SignalPublisherMessage>;
  readonly bus: Recorder<EventBusMessage>;
  /** What came out of each port, frame by frame. */
  readonly line: string[][];
  readonly topic: string[][];
  status(): Promise<PublisherStatus>;
}

const EURUSD = makeSignal();
const GOLD = makeSignal({ symbol: symbolName("XAUUSD") });

async function scene(wrap: (socket: PubSocket) => PubSocket = (socket) => socket): Promise<Scene> {
  const room = gatewayRoom();
  const bus = recorder<EventBusMessage>();
  const edge = room.network.edge();
  const [first, second] = [await edge.pub(ANY_PORT), await edge.pub(ANY_PORT)];
  const line: string[][] = [];
  const topic: string[][] = [];
  const listen = (socket: PubSocket, out: string[][]) => {
    const sub = room.network.peers.sub({ ...at(socket.port), topics: [""] });
    sub.start((batch) =>
      out.push(...batch.map((frames) => frames.map((frame) => new TextDecoder().decode(frame))))
    );
  };
  listen(first, line);
  listen(second, topic);
  const publisher = await room.start(signalPublisherActor({
    bus,
    line: { socket: wrap(first), breaker: fakeBreaker() },
    topic: { socket: second, breaker: fakeBreaker() },
  }));
  const status = async () => {
    const answer = publisher.ask<PublisherStatus>((reply) => ({ kind: "status", reply }));
    await room.flow();
    return await answer;
  };
  return { ...room, publisher, bus, line, topic, status };
}

function stored(seq: number, event: BittenEvent): StoredEvent {
  return { seq, atMs: 0, source: "test", event };
}

function subscriptionOf(bus: Recorder<EventBusMessage>): Subscription {
  const [message] = bus.take();
  assert.ok(message?.kind === "subscribe");
  return message.subscription;
}

Deno.test("the signal publisher subscribes to live signals from now on", async () => {
  const { bus, system } = await scene();

  const { name, kinds, afterSeq } = subscriptionOf(bus);

  assert.deepEqual({ name, kinds, afterSeq }, {
    name: "signal_publisher",
    kinds: ["signalRaised"],
    afterSeq: "now",
  });
  await system.stop();
});

Deno.test("the signal publisher sends the legacy line, topic and JSON, and acknowledges the batch", async () => {
  const { bus, flow, line, topic, status, system } = await scene();

  subscriptionOf(bus).deliver([
    stored(4, { kind: "signalRaised", signal: EURUSD }),
    stored(9, { kind: "signalRaised", signal: GOLD }),
  ]);
  await flow();

  assert.deepEqual(line, [[encodeSignal(EURUSD)], [encodeSignal(GOLD)]]);
  assert.deepEqual(topic, [
    ["signal.EURUSD", encodeSignalJson(EURUSD)],
    ["signal.XAUUSD", encodeSignalJson(GOLD)],
  ]);
  assert.deepEqual(bus.heard, [{ kind: "acknowledge", name: "signal_publisher", seq: 9 }]);
  assert.deepEqual(await status(), { sent: 4, dropped: 0 });
  await system.stop();
});

Deno.test("the signal publisher publishes no event twice and nothing but live signals", async () => {
  const { bus, flow, line, system } = await scene();
  const { deliver } = subscriptionOf(bus);

  deliver([stored(4, { kind: "signalRaised", signal: EURUSD })]);
  deliver([
    stored(4, { kind: "signalRaised", signal: EURUSD }),
    stored(5, { kind: "signalShadowed", signal: GOLD }),
  ]);
  await flow();

  assert.deepEqual(line, [[encodeSignal(EURUSD)]]);
  assert.deepEqual(bus.heard.map((told) => told.kind === "acknowledge" ? told.seq : null), [4, 5]);
  await system.stop();
});

Deno.test("the signal publisher holds nobody up when a socket fails: it drops, counts and acknowledges", async () => {
  let sends = 0;
  const broken = (socket: PubSocket): PubSocket => ({
    ...socket,
    send() {
      sends++;
      return Promise.reject(new Error("down"));
    },
  });
  const { bus, flow, topic, status, reports, system } = await scene(broken);
  const { deliver } = subscriptionOf(bus);

  for (let seq = 1; seq <= 8; seq++) {
    deliver([stored(seq, { kind: "signalRaised", signal: EURUSD })]);
    await flow();
  }

  assert.equal(sends, 5);
  assert.equal(topic.length, 8);
  assert.equal(bus.heard.length, 8);
  assert.deepEqual(await status(), { sent: 8, dropped: 8 });
  assert.deepEqual(reports, []);
  await system.stop();
});
