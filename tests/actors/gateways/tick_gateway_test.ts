/**
 * Tick gateway over a network in memory.
 *
 * @module
 */
import assert from "node:assert/strict";
import { tickGatewayActor } from "../../../actors/gateways/tick_gateway.ts";
import type { PushPeer } from "../../../edges/zmq.ts";
import type { GatewayStatus, TickGatewayMessage } from "../../../protocols/gateways.ts";
import type { TickRelayMessage } from "../../../protocols/market.ts";
import type { InSocket } from "../../../protocols/ports.ts";
import type { Ref } from "../../../runtime/actor.ts";
import { supervisor, worker } from "../../../runtime/supervisor.ts";
import { BAD_PAYLOADS } from "../../kit/bad_input.ts";
import {
  ANY_PORT,
  at,
  type GatewayRoom,
  gatewayRoom,
  type Recorder,
  recorder,
} from "../../kit/gateway_room.ts";
import { bytes, changed, fixture, fixtureText } from "../../kit/wire_fixture.ts";

interface Scene extends GatewayRoom {
  readonly relay: Recorder<TickRelayMessage>;
  readonly socket: InSocket;
  readonly ea: PushPeer;
  readonly gateway: Ref<TickGatewayMessage>;
  status(): Promise<GatewayStatus>;
}

async function scene(framesPerSecondMax = 100_000): Promise<Scene> {
  const room = gatewayRoom();
  const relay = recorder<TickRelayMessage>();
  const socket = await room.network.edge().pull(ANY_PORT);
  const { slots, market } = room;
  const gateway = await room.start(
    tickGatewayActor({ socket, relay, slots, clock: market, framesPerSecondMax }),
  );
  const ea = room.network.peers.push(at(socket.port));
  const status = async () => {
    const answer = gateway.ask<GatewayStatus>((reply) => ({ kind: "status", reply }));
    await room.flow();
    return await answer;
  };
  return { ...room, relay, socket, ea, gateway, status };
}

function tickAt(second: number): Uint8Array {
  return changed("v205_tick", "14:03:36", `14:03:${String(second).padStart(2, "0")}`);
}

Deno.test("the tick gateway tells the relay each tick with its arrival and its line", async () => {
  const { ea, flow, relay, slots, market, system, reports } = await scene();

  await ea.send([fixture("nul_tick")]);
  await ea.send([fixture("v205_ohlc")]);
  await flow();

  const [tick, ohlc] = relay.heard;
  assert.equal(relay.heard.length, 2);
  assert.ok(tick?.kind === "tick");
  assert.deepEqual([tick.tick.brokerSymbol, tick.tick.bid, tick.receivedAtMs], [
    "EURUSD.r",
    1.17602,
    market.nowMs(),
  ]);
  assert.equal(new TextDecoder().decode(tick.raw), fixtureText("v205_tick"));
  assert.equal(ohlc?.kind, "ohlc");
  assert.deepEqual([slots.heard, reports], [[], []]);
  await system.stop();
});

Deno.test("the tick gateway makes valid JSON of a line that had to be mended", async () => {
  const { ea, flow, relay, system } = await scene();

  await ea.send([fixture("single_quoted_tick")]);
  await flow();

  const [tick] = relay.heard;
  assert.ok(tick?.kind === "tick");
  assert.equal(JSON.parse(new TextDecoder().decode(tick.raw)).timestamp, "2025.09.12 14:03:36");
  await system.stop();
});

Deno.test("the tick gateway tells handshakes to relay and slot, heartbeats and farewells to the slot", async () => {
  const { ea, flow, relay, slots, market, system, status } = await scene();
  const receivedAtMs = market.nowMs();

  for (const name of ["v205_handshake", "v205_telemetry", "v205_disconnect"]) await ea.send([fixture(name)]);
  await flow();

  assert.deepEqual(relay.heard.map(({ kind }) => kind), ["handshake"]);
  assert.deepEqual(slots.heard.map(({ eaId, message }) => `${eaId} ${message.kind}`), [
    "user_demo_00017 handshake",
    "user_demo_00017 telemetry",
    "user_demo_00017 disconnected",
  ]);
  const [shaken] = slots.heard;
  assert.ok(shaken?.message.kind === "handshake");
  assert.deepEqual([shaken.message.handshake.chartSymbol, shaken.message.receivedAtMs], [
    "EURUSD.r",
    receivedAtMs,
  ]);
  assert.deepEqual(await status(), {
    received: { handshake: 1, telemetry: 1, disconnect: 1 },
    faults: {},
    faultsTotal: 0,
  });
  await system.stop();
});

Deno.test("the tick gateway counts one fault for each bad payload, passes the good ones and never restarts", async () => {
  const { ea, flow, relay, system, status, reports, loggedFaults } = await scene();
  const expected: Record<string, number> = {};

  await ea.send([tickAt(1)]);
  for (const { payload, reason } of BAD_PAYLOADS) {
    await ea.send([payload]);
    expected[reason] = (expected[reason] ?? 0) + 1;
  }
  await ea.send(new Array<Uint8Array>(20).fill(tickAt(2)));
  await ea.send([tickAt(3)]);
  await flow();

  const seconds = relay.heard.map((told) =>
    told.kind === "tick" ? new Date(told.tick.brokerTimeMs).getUTCSeconds() : -1
  );
  assert.deepEqual(seconds, [1, 3]);
  assert.deepEqual(await status(), {
    received: { tick: 2 },
    faults: { ...expected, too_many_frames: 1 },
    faultsTotal: BAD_PAYLOADS.length + 1,
  });
  assert.deepEqual(loggedFaults().toSorted(), [...Object.keys(expected), "too_many_frames"].toSorted());
  assert.deepEqual(reports, []);
  await system.stop();
});

Deno.test("the tick gateway passes both good frames around ten thousand bad ones and logs one of them a minute", async () => {
  const { ea, flow, relay, system, status, reports, loggedFaults, clock } = await scene();

  await ea.send([tickAt(1)]);
  for (let sent = 0; sent < 10_000; sent++) {
    await ea.send([bytes(`rubbish ${sent}`)]);
    if (sent % 500 === 0) await flow();
  }
  await ea.send([tickAt(2)]);
  await flow();
  await clock.advance(60_000);
  await ea.send([bytes("rubbish again")]);
  await flow();

  assert.equal(relay.heard.length, 2);
  assert.deepEqual(await status(), {
    received: { tick: 2 },
    faults: { not_json: 10_001 },
    faultsTotal: 10_001,
  });
  assert.deepEqual(loggedFaults(), ["not_json", "not_json"]);
  assert.deepEqual(reports, []);
  await system.stop();
});

Deno.test("the tick gateway ignores and counts what an EA sends over its rate, and hears the others", async () => {
  const { ea, flow, relay, system, status, clock } = await scene(10);
  const other = changed("v205_tick", "user_demo_00017", "user_demo_00021");

  for (let sent = 0; sent < 25; sent++) await ea.send([tickAt(sent)]);
  await ea.send([other]);
  await flow();
  await clock.advance(500);
  await ea.send([tickAt(30)]);
  await flow();

  assert.equal(relay.heard.length, 12);
  assert.deepEqual(await status(), { received: { tick: 12 }, faults: { rate_limited: 15 }, faultsTotal: 15 });
  await system.stop();
});

Deno.test("the tick gateway counts what the relay refuses as shed", async () => {
  const { ea, flow, relay, system, status } = await scene();
  relay.open = false;

  await ea.send([tickAt(1)]);
  await flow();

  assert.deepEqual(await status(), { received: { tick: 1 }, faults: { shed: 1 }, faultsTotal: 1 });
  await system.stop();
});

Deno.test("the tick gateway reads nothing before the root's go", async () => {
  const { network, slots, market, system, flow } = gatewayRoom();
  const relay = recorder<TickRelayMessage>();
  const socket = await network.edge().pull(ANY_PORT);
  const actor = tickGatewayActor({ socket, relay, slots, clock: market, framesPerSecondMax: 10 });
  await network.peers.push(at(socket.port)).send([tickAt(1)]);

  await system.start(supervisor("root", { children: [worker("tick_gateway", () => actor)] }));
  await flow();
  const before = relay.heard.length;
  system.go();
  await flow();

  assert.deepEqual([before, relay.heard.length], [0, 1]);
  await system.stop();
});

Deno.test("the tick gateway goes on reading after a crash, and stops with its supervisor", async () => {
  const { ea, flow, relay, system, gateway, reports } = await scene();
  const crash = () => {
    throw new Error("asked to");
  };

  gateway.tell({ kind: "status", reply: crash });
  await ea.send([tickAt(1)]);
  await flow();

  assert.equal(reports.length, 1);
  assert.deepEqual(relay.heard.map(({ kind }) => kind), ["tick"]);
  await system.stop();
  await ea.send([tickAt(2)]);
  await flow();
  assert.equal(relay.heard.length, 1);
});
