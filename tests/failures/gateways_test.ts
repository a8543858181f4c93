/**
 * Recorded failures at the gateways: impostors, clocks, identities, silent channels, shared sockets and ports.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readConfig } from "../../config.ts";
import { type EdgeOptions, type HouseEdges, openEdges } from "../../edges/open.ts";
import { peers } from "../../edges/zmq.ts";
import type { ConnectionView } from "../../domain/routes.ts";
import type { EaReport } from "../../protocols/http.ts";
import type { RouterSocket, ZmqEdge } from "../../protocols/ports.ts";
import { memoryLog, virtualClock } from "../../runtime/mod.ts";
import { emptyWorld, type World } from "../kit/house.ts";
import { ANN_EA, type Floor, onFloor } from "./floor.ts";
import type { Terminal, TerminalOptions } from "./terminal.ts";

async function ann(floor: Floor, how: Partial<TerminalOptions> = {}): Promise<Terminal> {
  await floor.house.user("ann", ANN_EA);
  return await floor.ready(how);
}

async function easOf(floor: Floor): Promise<readonly Record<string, unknown>[]> {
  const { body } = await floor.admin("GET", "/admin/api/eas");
  return (body as { eas: Record<keyof EaReport, unknown>[] }).eas;
}

const STRANGER = { login: 9_999_999, identity: "elsewhere" };

Deno.test("F8: an impostor that takes an EA's place gets no command, is reported at once, and its fills are not believed", async () => {
  await onFloor(async (floor) => {
    const ea = await ann(floor);
    await floor.raise(floor.signal(ea, "EURUSD"));
    const impostor = floor.terminal(STRANGER);
    await impostor.introduce();
    await floor.run(1);
    const reported = floor.conditions();
    assert.deepEqual([reported[0], reported[1]], [`EA_ACCOUNT_CHANGED ${ANN_EA}`, `EA_TAKEN_OVER ${ANN_EA}`]);

    // It saw the command on another day: it answers for the EA.
    await impostor.confirm(impostor.fill(ea.fires[0]));
    await floor.run(40);
    assert.deepEqual(floor.fires(), ["ann EURUSD ambiguous"]);
    assert.ok(floor.conditions().includes(`EA_IMPOSTOR ${ANN_EA}`));
    await impostor.confirm(impostor.closed("close_all", "success", 0));
    impostor.price("GBPUSD", 1.2999, 1.3);
    await floor.run(5);
    await floor.raise(floor.signal(impostor, "GBPUSD"));
    await floor.run(2);

    assert.deepEqual([floor.fire().status, ea.fires.length, impostor.told], ["ambiguous", 1, []]);
    // The EA's own word counts as ever.
    await ea.confirm(ea.fill());
    await floor.run(1);
    assert.deepEqual(floor.fires().filter((each) => each.includes("EURUSD")), ["ann EURUSD filled"]);
  });
});

Deno.test("F8: after a person stopped the impostor and settled its EA, commands go to the EA again", async () => {
  await onFloor(async (floor) => {
    const ea = await ann(floor);
    const impostor = floor.terminal(STRANGER);
    await impostor.introduce();
    await floor.run(31);
    await floor.raise(floor.signal(ea, "EURUSD"));
    await floor.run(2);
    assert.deepEqual(floor.fires(), ["ann EURUSD refused EA_OFFLINE"]);
    assert.match(
      floor.fire().note!,
      /took over from .* Stop the one that should not run, then settle this EA/,
    );

    impostor.gone = true;
    await floor.run(40);
    assert.equal((await floor.admin("POST", `/admin/api/eas/${ANN_EA}/settle`)).status, 200);
    await floor.raise(floor.signal(ea, "EURUSD"));
    await floor.run(2);
    assert.deepEqual([ea.fires.length, impostor.told], [1, []]);
  });
});

Deno.test("F8: a stranger that bears the uuid of an EA long silent is reported as another account", async () => {
  await onFloor(async (floor) => {
    const ea = await ann(floor);
    ea.gone = true;
    await floor.run(200, 5);
    await floor.terminal(STRANGER).introduce();
    await floor.run(1);

    const changed = floor.rows("conditions").find(({ code }) => code === "EA_ACCOUNT_CHANGED")!;
    assert.match(changed.message, /came back on account 9999999 instead of 1000001/);
  });
});

Deno.test("F11: an EA is as fresh as its last arrival, whatever its own clock says", async () => {
  for (const hours of [-3, 3]) {
    await onFloor(async (floor) => {
      const ea = await ann(floor, { variant: "v2.06H" });
      const skew = (text: string) =>
        text.replace(/"ts":(\d+)/, (_, ts) => `"ts":${Number(ts) + hours * 3_600}`);
      ea.edit = skew;
      await floor.run(60);
      await floor.raise(floor.signal(ea, "EURUSD"));
      assert.equal(ea.fires.length, 1);
      await ea.confirm(ea.refusal("Trade failed - Error: 4756 Result: 10019"));

      // Its heart stops while its prices go on.
      ea.mute = true;
      await floor.run(76);
      await floor.raise(floor.signal(ea, "EURUSD"));
      assert.deepEqual(floor.decisions(), ["ann EA_STALE", "ann FIRED"]);
      assert.deepEqual((await easOf(floor)).map(({ connected }) => connected), [false]);
    });
  }
});

Deno.test("F38: an EA that ticks and never beats gets no fire, and the house says which of its channels is silent", async () => {
  await onFloor(async (floor) => {
    await floor.house.user("ann", ANN_EA);
    const ea = floor.terminal();
    ea.mute = true;
    await floor.run(120);
    assert.deepEqual(floor.conditions(), [`COMMAND_CHANNEL_SILENT ${ANN_EA}`]);
    assert.match(floor.rows("conditions")[0]!.message, /ticks, but its command channel has been silent/);

    await ea.introduce();
    ea.mute = false;
    await floor.run(31);
    assert.deepEqual(floor.conditions(), []);
    ea.mute = true;
    await floor.run(120);
    await floor.raise(floor.signal(ea, "EURUSD"));
    assert.deepEqual(floor.conditions(), [`COMMAND_CHANNEL_SILENT ${ANN_EA}`, `EA_LOST ${ANN_EA}`]);
    assert.deepEqual([floor.decisions(), ea.told], [["ann EA_STALE"], []]);
  });
});

Deno.test("F39: after a restart a heartbeat alone brings an EA's route back, by its connection and not by its name", async () => {
  await onFloor(async (floor) => {
    const ea = await ann(floor);
    await floor.restart();
    await floor.run(31);
    await floor.raise(floor.signal(ea, "EURUSD"));
    await floor.run(1);

    const gateway = floor.house.at.commandGateway;
    const known = await floor.answer(
      gateway.ask<readonly ConnectionView[]>((reply) => ({ kind: "connections", reply })),
    );
    assert.deepEqual(known.map(({ eaId, identity }) => [eaId, identity]), [[ANN_EA, ANN_EA.slice(0, -1)]]);
    assert.deepEqual([floor.fires(), ea.fires.length], [["ann EURUSD sent"], 1]);
  });
});

Deno.test("F39: of two EAs whose uuids differ in the character that is cut off, neither gets the other's fire", async () => {
  await onFloor(async (floor) => {
    const twin = ANN_EA.slice(0, -1) + "z";
    const ea = await ann(floor);
    await floor.house.user("bob", twin);
    const other = await floor.ready({ uuid: twin, login: 2_000_002 });
    assert.deepEqual(floor.conditions(), [`IDENTITY_CLASH ${ANN_EA}`, `IDENTITY_CLASH ${twin}`]);
    await floor.raise(floor.signal(ea, "EURUSD"));
    await floor.run(2);

    assert.deepEqual(floor.fires(), ["ann EURUSD refused EA_OFFLINE", "bob EURUSD refused EA_OFFLINE"]);
    assert.deepEqual([ea.told, other.told], [[], []]);
  });
});

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
