/**
 * Recorded failures of sockets: two threads on one, two servers on one port.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readConfig } from "../../config.ts";
import { type EdgeOptions, type HouseEdges, openEdges } from "../../edges/open.ts";
import { peers } from "../../edges/zmq.ts";
import type { RouterSocket, ZmqEdge } from "../../protocols/ports.ts";
import { memoryLog, virtualClock } from "../../runtime/mod.ts";
import { emptyWorld, type World } from "../kit/house.ts";
import { onFloor } from "./floor.ts";
import type { Terminal } from "./terminal.ts";

/** A world whose edge counts how each socket is used. */
function watchedWorld(): World & { readonly seen: { starts: number[]; sending: number; together: number } } {
  const world = emptyWorld();
  const seen = { starts: [] as number[], sending: 0, together: 0 };
  const watch = (edge: ZmqEdge): ZmqEdge => ({
    ...edge,
    close: () => edge.close(),
    pub: (options) => edge.pub(options),
    pull: async (options) => {
      const socket = await edge.pull(options);
      return { ...socket, start: (hear) => (seen.starts.push(socket.port), socket.start(hear)) };
    },
    router: async (options): Promise<RouterSocket> => {
      const socket = await edge.router(options);
      return {
        ...socket,
        start: (hear) => (seen.starts.push(socket.port), socket.start(hear)),
        async send(identity, payload) {
          seen.together = Math.max(seen.together, ++seen.sending);
          for (let turn = 0; turn < 20; turn++) await Promise.resolve();
          seen.sending--;
          return await socket.send(identity, payload);
        },
      };
    },
  });
  return { ...world, network: { ...world.network, edge: () => watch(world.network.edge()) }, seen };
}

Deno.test("F35: each socket has one reader and one sender, also while commands and frames of many EAs cross", async () => {
  const world = watchedWorld();
  await onFloor(async (floor) => {
    const names = ["ann", "bob", "cid", "dot", "eve"];
    const terminals: Terminal[] = [];
    for (const [nth, name] of names.entries()) {
      const uuid = `${name}_terminal_000${nth}a`;
      await floor.house.user(name, uuid);
      terminals.push(await floor.ready({ uuid, login: 1_000_001 + nth }));
    }
    await floor.run(1);
    await Promise.all([
      floor.raise(floor.signal(terminals[0]!, "EURUSD")),
      ...terminals.flatMap((ea) => [ea.beat(), ea.beat()]),
    ]);
    await floor.run(2);

    assert.deepEqual(terminals.map((ea) => ea.fires.length), [1, 1, 1, 1, 1]);
    const { command, telemetry, confirm } = floor.house.ports;
    assert.deepEqual(world.seen.starts.toSorted(), [command, telemetry, confirm].toSorted());
    assert.equal(world.seen.together, 1);
  }, { world });
});

async function edgesAt(dataDir: string, ports: Partial<EdgeOptions["gateways"]> = {}): Promise<HouseEdges> {
  const any = { commandPort: 0, telemetryPort: 0, signalPort: 0, signalTopicPort: 0, confirmPort: 0 };
  return await openEdges({
    dataDir,
    gateways: {
      host: "127.0.0.1",
      legacyAllow: ["127.0.0.1"],
      ...any,
      relayPort: 0,
      relayTopicPort: 0,
      ...ports,
    },
    telegram: { token: null, apiRoot: null },
    http: { host: "127.0.0.1", port: 0, adminPort: 0, adminToken: null },
    log: memoryLog(virtualClock(0)).log,
  });
}

Deno.test("F37: a second server on a port or a folder in use does not start, and the first one loses nothing", async () => {
  const [first, second] = [await Deno.makeTempDir(), await Deno.makeTempDir()];
  const edges = await edgesAt(first);
  const { command, confirm, relay } = edges.sockets;
  try {
    const taken = { commandPort: command.port, confirmPort: confirm.port, relayPort: relay.port } as const;
    for (const name of ["commandPort", "confirmPort", "relayPort"] as const) {
      const rival = edgesAt(second, { [name]: taken[name] });
      await assert.rejects(
        rival,
        new RegExp(`Cannot bind gateways\\.${name} to 127\\.0\\.0\\.1:${taken[name]}: `),
      );
    }
    await assert.rejects(edgesAt(first), /another server is using it/);

    const heard: string[] = [];
    const all = new Promise<void>((resolve) =>
      confirm.start((batch) => {
        heard.push(...batch.map(([frame]) => new TextDecoder().decode(frame)));
        if (heard.length === 20) resolve();
      })
    );
    const ea = peers.push({ connect: `tcp://127.0.0.1:${confirm.port}` });
    for (let nth = 0; nth < 20; nth++) await ea.send([String(nth)]);
    await all;
    assert.deepEqual(heard, Array.from({ length: 20 }, (_, nth) => String(nth)));
    await ea.close(0);
  } finally {
    await edges.close();
    for (const folder of [first, second]) await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("F37: two ports of one server cannot be the same", () => {
  const twice = readConfig('{ "gateways": { "confirmPort": 5556 } }', () => undefined);

  assert.deepEqual(twice.ok ? [] : twice.faults.map(({ path, message }) => [path, message]), [
    ["gateways.confirmPort", "Must differ from gateways.telemetryPort: both are 5556"],
  ]);
});
