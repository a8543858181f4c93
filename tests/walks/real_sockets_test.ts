/**
 * The walk over real sockets, a real database file and real HTTP: rubbish between good frames, and a clean stop.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { readConfig } from "../../config.ts";
import { peers } from "../../edges/zmq.ts";
import type { GatewayStatus, InboundMessage } from "../../protocols/gateways.ts";
import type { HttpPorts } from "../../protocols/http.ts";
import type { TickRelayStatus } from "../../protocols/market.ts";
import type { Ref } from "../../runtime/mod.ts";
import { portsOf, runHouse, type RunningHouse } from "../../scripts/lib/run_house.ts";
import { BAD_PAYLOADS } from "../kit/bad_input.ts";
import { bytes, fixture, fixtureText } from "../kit/wire_fixture.ts";

const TOKEN = "real-sockets-token";
/** The minute of the fixtures' stamps, broker time being UTC+3. */
const START = "2025-09-12T11:03:30Z";

Deno.test("ten thousand bad frames between two good ones on every port cost one fault each, and nothing restarts", async () => {
  await withHouse(async (house) => {
    const { command, telemetry, confirm } = portsOf(house.edges);
    const dealer = peers.dealer({ ...at(command), identity: "user_demo_0001" });
    const ticks = peers.push({ ...at(telemetry), sendHighWaterMark: 50_000 });
    const answers = peers.push({ ...at(confirm), sendHighWaterMark: 50_000 });
    const bad = Array.from(
      { length: 10_000 },
      (_, index) => BAD_PAYLOADS[index % BAD_PAYLOADS.length]!.payload,
    )
      .map((payload) => payload.length > 65_536 ? bytes("x".repeat(70_000)) : payload);

    for (
      const [peer, good] of [[dealer, "v205_heartbeat"], [ticks, "v205_tick"], [
        answers,
        "v205_pong",
      ]] as const
    ) {
      await sent(peer, [fixture(good)]);
      for (const payload of bad) await sent(peer, [payload]);
      await sent(peer, Array.from({ length: 20 }, () => bytes("{}")));
      await sent(peer, [fixture(good)]);
    }

    const { commandGateway, tickGateway, confirmGateway } = house.at;
    const gateways: readonly Ref<InboundMessage>[] = [commandGateway, tickGateway, confirmGateway];
    for (const gateway of gateways) {
      const status = await until(gateway, (seen) => seen.faultsTotal >= 10_001 && goodOnes(seen) >= 2);
      assert.deepEqual([goodOnes(status), status.faultsTotal], [2, 10_001]);
    }
    const { restarts, crashes, deadLetters } = house.system.counters();
    assert.deepEqual({ restarts, crashes, deadLetters }, { restarts: 0, crashes: 0, deadLetters: 0 });
    await Promise.all([dealer.close(0), ticks.close(0), answers.close(0)]);
  });
});

Deno.test("an EA's ticks reach the relay port as they came, and unknown symbols and crossed prices go no further", async () => {
  await withHouse(async (house) => {
    const { telemetry, relay } = portsOf(house.edges);
    const heard: string[] = [];
    const sub = peers.sub({ ...at(relay), topics: [""] });
    sub.start((batch) => heard.push(...batch.map((frames) => new TextDecoder().decode(frames[0]))));
    const ticks = peers.push(at(telemetry));
    const tick = (symbol: string, bid: string, second: number) =>
      fixtureText("v205_tick").replace("EURUSD.r", symbol).replace("1.17602", bid)
        .replace("14:03:36", `14:03:${String(second).padStart(2, "0")}`);
    const sentLines = [
      ...Array.from({ length: 10 }, (_, index) => tick("EURUSD.r", `1.1760${index % 3}`, 31 + index)),
      tick("FRITTEN.x", "1.17602", 42),
      tick("EURUSD.r", "1.19999", 43),
    ];

    // A SUB that has just connected misses what was sent before its subscription arrived.
    for (let looks = 0; heard.length === 0 && looks < 400; looks++) {
      await ticks.send([bytes(tick("EURUSD.r", "1.17500", 30))]);
      await pause();
    }
    const before = heard.length;
    for (const line of sentLines) await ticks.send([bytes(line)]);
    for (let looks = 0; !heard.includes(sentLines.at(-1)!) && looks < 1_000; looks++) await pause();
    const status = await relayed(house, ({ counts }) => counts["unmapped"] === 1 && counts["crossed"] === 1);

    assert.deepEqual(heard.slice(before).filter((line) => sentLines.includes(line)), sentLines);
    assert.deepEqual([status.counts["unmapped"], status.counts["crossed"]], [1, 1]);
    await Promise.all([sub.close(0), ticks.close(0)]);
  });
});

Deno.test("the public and the admin port answer over real HTTP, and the database can be read beside", async () => {
  await withHouse(async (house, dataDir) => {
    const http = await house.at.http.ask<HttpPorts>((reply) => ({ kind: "ports", reply }));
    const admin = (path: string, init: RequestInit = {}) =>
      fetch(`http://127.0.0.1:${http.admin}/admin/api/${path}`, {
        ...init,
        headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
      });

    const health = await (await fetch(`http://127.0.0.1:${http.public}/healthz`)).json();
    const refused = await fetch(`http://127.0.0.1:${http.admin}/admin/api/tree`);
    await refused.body?.cancel();
    const user = { user_id: "ann", tier: "COMMANDER", mode: "AUTO", ea_uuids: ["user_demo_00017"] };
    const made = await (await admin("users", { method: "POST", body: JSON.stringify(user) })).json();
    const halted = await (await admin("halt", { method: "POST", body: '{"reason":"a look"}' })).json();
    const tree = await (await admin("tree")).json();

    assert.deepEqual([health.status, health.win_rate, health.clock.speed], ["ok", null, 1]);
    assert.equal(refused.status, 401);
    assert.equal(made.user.mode, "AUTO");
    assert.deepEqual([halted.halt.halted, halted.halt.reason], [true, "a look"]);
    assert.ok(JSON.stringify(tree).includes("bitten/market/tick_gateway"));
    const db = new DatabaseSync(join(dataDir, "bitten.db"), { readOnly: true });
    const rows = db.prepare("SELECT user_id, current_mode, max_auto_slots FROM user_fire_modes").all();
    db.close();
    assert.deepEqual(rows.map((row) => ({ ...row })), [{
      user_id: "ann",
      current_mode: "AUTO",
      max_auto_slots: 10,
    }]);
  });
});

async function withHouse(story: (house: RunningHouse, dataDir: string) => Promise<void>): Promise<void> {
  const dataDir = await Deno.makeTempDir({ prefix: "bitten-sockets-" });
  const ports = ["command", "telemetry", "signal", "signalTopic", "confirm", "relay", "relayTopic"];
  const read = readConfig(
    JSON.stringify({
      dataDir,
      clock: { startAt: START },
      gateways: {
        ...Object.fromEntries(ports.map((name) => [`${name}Port`, 0])),
        framesPerSecondMax: 1_000_000,
      },
      http: { port: 0, adminPort: 0, adminToken: TOKEN },
      log: { level: "error" },
    }),
    () => undefined,
  );
  assert.ok(read.ok, JSON.stringify(read));
  const house = await runHouse({ config: read.config, logSink: () => {} });
  try {
    await story(house, dataDir);
  } finally {
    await house.stop("the walk is over");
    await Deno.remove(dataDir, { recursive: true });
  }
}

const at = (port: number) => ({ connect: `tcp://127.0.0.1:${port}` });
/** One look at the outside world's pace: frames on their way through real sockets. */
const pause = () => new Promise<void>((resolve) => setTimeout(resolve, 5));

/** A full queue drains on its own: the server reads. */
async function sent(
  peer: { send(frames: Uint8Array[]): Promise<boolean> },
  frames: Uint8Array[],
): Promise<void> {
  while (!await peer.send(frames)) await pause();
}

const goodOnes = (status: GatewayStatus) =>
  Object.values(status.received).reduce((sum, count) => sum + count, 0);

async function until(
  gateway: Ref<InboundMessage>,
  done: (status: GatewayStatus) => boolean,
): Promise<GatewayStatus> {
  for (let looks = 0;; looks++) {
    const status = await gateway.ask<GatewayStatus>((reply) => ({ kind: "status", reply }));
    if (done(status) || looks > 2_000) return status;
    await pause();
  }
}

async function relayed(
  house: RunningHouse,
  done: (status: TickRelayStatus) => boolean,
): Promise<TickRelayStatus> {
  for (let looks = 0;; looks++) {
    const status = await house.at.tickRelay.ask<TickRelayStatus>((reply) => ({ kind: "status", reply }));
    if (done(status) || looks > 1_000) return status;
    await pause();
  }
}
