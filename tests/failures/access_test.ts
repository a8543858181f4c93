/**
 * Recorded failures of access: doors that anybody could use, and names that stood in for missing ones.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readConfig } from "../../config.ts";
import { KNOWN_SYMBOLS } from "../../domain/symbol_spec.ts";
import { type HouseEdges, openEdges } from "../../edges/open.ts";
import { peers } from "../../edges/zmq.ts";
import type { SymbolName } from "../../protocols/units.ts";
import { memoryLog, virtualClock } from "../../runtime/mod.ts";
import { pause } from "../../scripts/lib/pause.ts";
import { emptyWorld } from "../kit/house.ts";
import { ANN_EA, annWithPound, BOB_EA, onFloor, ordered, TOKEN } from "./floor.ts";

Deno.test("F55: no door takes a signal, a fire or a confirmation of somebody who has no right to it", async () => {
  await onFloor(async (floor) => {
    const ea = await annWithPound(floor);
    const json = { method: "POST", headers: { "Content-Type": "application/json" } };
    const signal = JSON.stringify({ signal_id: "X", symbol: "EURUSD", direction: "BUY", user_id: "ann" });
    for (const path of ["/api/signals", "/api/fire", "/api/confirm", "/admin/api/users", "/healthz"]) {
      const answer = await floor.web.public(path, { ...json, body: signal });
      assert.ok(answer.status === 404 || answer.status === 405, `${path} ${answer.status}`);
    }
    for (const path of ["users", "flatten", "resume", "missions/X/fire", "fires/X/resolve", "signals"]) {
      for (const headers of [{}, { Authorization: "Bearer guess" }]) {
        const answer = await floor.web.admin(`/admin/api/${path}`, { method: "POST", headers, body: signal });
        assert.ok(answer.status === 401 || answer.status === 429, `${path} ${answer.status}`);
      }
    }

    // Signals told to every port, the publishing ones too.
    const { ports } = floor.house;
    for (const port of Object.values(ports)) {
      const peer = floor.world.network.peers.push({ connect: `tcp://127.0.0.1:${port}` });
      await peer.send([`ELITE_GUARD_SIGNAL ${signal}`]);
      await peer.send([signal]);
    }
    await ea.say(signal);
    await floor.run(2);
    assert.deepEqual([floor.count("signalRaised"), floor.rows("fires"), ea.told], [0, [], []]);
  });
});

Deno.test("F55: an EA belongs to whom an operator gave it, whatever user it names and whatever balance it tells", async () => {
  await onFloor(async (floor) => {
    const ea = await annWithPound(floor);
    const stranger = floor.terminal({
      uuid: BOB_EA,
      login: 2_000_002,
      variant: "v2.06H",
      balance: 9_000_000,
    });
    stranger.edit = (text) => text.replace('"user_id":""', '"user_id":"ann"');
    await stranger.introduce();
    await floor.run(31);
    assert.deepEqual(floor.conditions(), [`EA_UNASSIGNED ${BOB_EA}`]);
    // And figures for Ann's EA from another account.
    stranger.edit = (text) => text.replaceAll(BOB_EA, ANN_EA);
    await stranger.telemetry();
    await floor.run(1);

    await floor.raise(floor.signal(ea, "EURUSD"));
    await floor.run(1);
    assert.deepEqual([ea.fires.map(({ lot }) => lot), stranger.told], [[2.3], []]);
    assert.ok(floor.conditions().includes(`EA_IMPOSTOR ${ANN_EA}`));
    const owners = floor.rows("ea_instances").map(({ id, userId }) => [id as string, userId]).toSorted();
    assert.deepEqual(owners, [[ANN_EA, "ann"], [BOB_EA, null]]);
  });
});

async function edgesFor(legacyAllow: readonly string[], adminToken: string | null) {
  const dataDir = await Deno.makeTempDir();
  const { log, records } = memoryLog(virtualClock(0));
  const ports = { commandPort: 0, telemetryPort: 0, signalPort: 0, signalTopicPort: 0, confirmPort: 0 };
  const edges = await openEdges({
    dataDir,
    gateways: { host: "127.0.0.1", legacyAllow, ...ports, relayPort: 0, relayTopicPort: 0 },
    telegram: { token: null, apiRoot: null },
    http: { host: "127.0.0.1", port: 0, adminPort: 0, adminToken },
    log,
  });
  const close = async () => {
    await edges.close();
    await Deno.remove(dataDir, { recursive: true });
  };
  return { edges, records, close };
}

function listen({ command, telemetry, confirm }: HouseEdges["sockets"], heard: unknown[]): void {
  for (const socket of [command, telemetry, confirm]) socket.start((batch) => heard.push(...batch));
}

Deno.test("F55: an EA without authentication is let in from the addresses an operator names, on all three ports", async () => {
  const { edges, records, close } = await edgesFor(["192.0.2.1"], null);
  const { command, telemetry, confirm } = edges.sockets;
  const heard: unknown[] = [];
  listen(edges.sockets, heard);
  const at = ({ port }: { port: number }) => ({ connect: `tcp://127.0.0.1:${port}` });
  const strangers = [
    peers.dealer({ ...at(command), identity: "x" }),
    peers.push(at(telemetry)),
    peers.push(at(confirm)),
  ];
  try {
    for (const one of strangers) await one.send(['{"type":"HELLO","target_uuid":"ann_terminal_0001a"}']);
    const refused = () => new Set(records.filter(({ message }) => message === "A peer was not let in"));
    for (let looks = 0; looks < 400 && refused().size < 3; looks++) {
      await pause(5);
    }
    assert.ok(refused().size >= 3);
    assert.deepEqual(heard, []);
  } finally {
    await Promise.all(strangers.map((one) => one.close(0)));
    await close();
  }
});

Deno.test("F56: nothing stands in for a missing user, owner, token or secret", async () => {
  await onFloor(async (floor) => {
    const ea = await annWithPound(floor);
    const before = floor.rows("users");
    for (const body of [{ mode: "AUTO" }, { user_id: "", mode: "AUTO" }, { user_id: null }, {}]) {
      assert.equal((await floor.admin("POST", "/admin/api/users", body)).status, 400);
    }
    await floor.admin("POST", "/admin/api/users", { user_id: "../ann" });
    assert.deepEqual(floor.rows("users"), before);

    await ordered(floor, "users", { user_id: "ann", ea_uuids: [] });
    await floor.raise(floor.signal(ea, "EURUSD"));
    assert.deepEqual([floor.decisions(), floor.fires(), ea.told], [["ann EA_OFFLINE"], [], []]);
  });
  const defaults = readConfig(null, () => undefined);
  assert.ok(defaults.ok);
  assert.deepEqual([defaults.config.http.adminToken, defaults.config.telegram.token], [null, null]);
  const { edges, close } = await edgesFor(["127.0.0.1"], defaults.config.http.adminToken);
  assert.equal(edges.serveAdmin, null);
  await close();
  const open = readConfig('{ "gateways": { "host": "0.0.0.0" } }', () => undefined);
  assert.deepEqual(open.ok ? [] : open.faults.map(({ path }) => path), ["gateways.host"]);
});

Deno.test("F56: no other origin may read an answer, and the token stands in no log", async () => {
  await onFloor(async (floor) => {
    const headers = { Origin: "https://elsewhere.example", Authorization: `Bearer ${TOKEN}` };
    const answers = [
      await floor.web.public("/healthz", { headers }),
      await floor.web.public("/healthz", { method: "OPTIONS", headers }),
      await floor.web.admin("/admin/api/users", { headers }),
      await floor.web.admin("/admin/api/halt", { method: "OPTIONS", headers }),
      await floor.web.admin("/admin/api/users", { headers: { Authorization: `Bearer ${TOKEN}x` } }),
    ];
    for (const { headers } of answers) {
      assert.deepEqual([...headers.keys()].filter((name) => name.startsWith("access-control-")), []);
    }
    await ordered(floor, "halt", { reason: "look" });
    assert.ok(floor.adminLog.length >= 2);
    assert.doesNotMatch(JSON.stringify(floor.adminLog), new RegExp(TOKEN));
  });
});

Deno.test("F56: names from outside are looked up and never become a path", async () => {
  const recorded = new Set<SymbolName>();
  const world = emptyWorld();
  const { record } = world.history;
  const history = {
    ...world.history,
    record: (tick: Parameters<typeof record>[0]) => void recorded.add(tick.symbol),
  };
  await onFloor(async (floor) => {
    const ea = await annWithPound(floor);
    for (const name of ["../../etc/passwd", "EURUSD/../../x", "..", "C:\\EURUSD", "\u0000EURUSD"]) {
      ea.edit = (text) => text.replace('"symbol":"GBPUSD.r"', `"symbol":"${name}"`);
      await floor.run(8);
    }
    const strange = floor.terminal({ uuid: "../../../tmp/ea_0001" });
    await strange.introduce();
    await floor.run(8);
    const outside = ["..%2F..%2Fetc%2Fpasswd", "%2e%2e", "a%00b"];
    for (const id of outside) {
      assert.equal((await floor.admin("POST", `/admin/api/missions/${id}/fire`)).status, 404);
      const answer = await floor.admin("POST", `/admin/api/fires/${id}/resolve`, { status: "expired" });
      assert.equal(answer.status, 404);
    }

    assert.ok(recorded.has("EURUSD" as SymbolName));
    assert.deepEqual([...recorded].filter((symbol) => !KNOWN_SYMBOLS.includes(symbol)), []);
  }, { world: { ...world, history } });
});
