/**
 * Tick publisher over a network in memory.
 *
 * @module
 */
import assert from "node:assert/strict";
import { tickPublisherActor } from "../../../actors/gateways/tick_publisher.ts";
import type { PublisherStatus } from "../../../protocols/market.ts";
import type { PubSocket } from "../../../protocols/ports.ts";
import { symbolName } from "../../../protocols/units.ts";
import { fakeBreaker } from "../../kit/fake_breaker.ts";
import { ANY_PORT, at, gatewayRoom } from "../../kit/gateway_room.ts";
import { bytes } from "../../kit/wire_fixture.ts";

const EURUSD = symbolName("EURUSD");

function outlet(socket: PubSocket): { socket: PubSocket; breaker: ReturnType<typeof fakeBreaker> } {
  return { socket, breaker: fakeBreaker() };
}

/** A socket that takes nothing, in one of three ways. */
function stubborn(how: "full" | "broken" | "silent"): PubSocket {
  const answers = {
    full: () => Promise.resolve(false),
    broken: () => Promise.reject(new Error("down")),
    silent: () => new Promise<boolean>(() => {}),
  };
  return { port: 5560, send: answers[how], close: () => Promise.resolve() };
}

Deno.test("the tick publisher sends the bare line on one port and topic and line on the other", async () => {
  const { network, start, flow, system } = gatewayRoom();
  const edge = network.edge();
  const [line, topic] = [await edge.pub(ANY_PORT), await edge.pub(ANY_PORT)];
  const heard: string[][] = [];
  const listen = (port: number, topics: readonly string[]) =>
    network.peers.sub({ ...at(port), topics }).start((batch) =>
      heard.push(...batch.map((frames) => frames.map((frame) => new TextDecoder().decode(frame))))
    );
  listen(line.port, [""]);
  listen(topic.port, ["tick.EURUSD"]);
  const publisher = await start(tickPublisherActor({ line: outlet(line), topic: outlet(topic) }));

  publisher.tell({ kind: "relayTick", symbol: EURUSD, raw: bytes('{"type":"TICK"}') });
  await flow();
  publisher.tell({ kind: "relayTick", symbol: symbolName("XAUUSD"), raw: bytes('{"type":"TICK","n":2}') });
  await flow();

  assert.deepEqual(heard, [
    ['{"type":"TICK"}'],
    ["tick.EURUSD", '{"type":"TICK"}'],
    ['{"type":"TICK","n":2}'],
  ]);
  await system.stop();
});

for (const how of ["full", "broken", "silent"] as const) {
  Deno.test(`the tick publisher drops and counts when a socket is ${how}, logs it once, and the other port goes on`, async () => {
    const { network, start, flow, system, logs, reports } = gatewayRoom();
    const topic = await network.edge().pub(ANY_PORT);
    const publisher = await start(tickPublisherActor({ line: outlet(stubborn(how)), topic: outlet(topic) }));

    for (let sent = 0; sent < 20_000; sent++) {
      publisher.tell({ kind: "relayTick", symbol: EURUSD, raw: bytes("{}") });
      if (sent % 10_000 === 9_999) await flow();
    }

    const answer = publisher.ask<PublisherStatus>((reply) => ({ kind: "status", reply }));
    await flow();
    // A silent socket has 16,384 sends under way, which are neither sent nor dropped.
    assert.deepEqual(await answer, { sent: 20_000, dropped: how === "silent" ? 20_000 - 16_384 : 20_000 });
    assert.equal(logs.filter(({ message }) => message === "message not published").length, 1);
    assert.deepEqual(reports, []);
    await system.stop();
  });
}
