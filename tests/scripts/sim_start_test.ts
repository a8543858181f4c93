/**
 * Simulated EAs at work: on a fake network in virtual time, and once over real sockets.
 *
 * @module
 */
import assert from "node:assert/strict";
import { openZmqEdge } from "../../edges/zmq.ts";
import type { Frames, InSocket, RouterSocket, ZmqEdge } from "../../protocols/ports.ts";
import { virtualClock } from "../../runtime/virtual_clock.ts";
import { scaledClock, wallClock } from "../../runtime/clocks.ts";
import { historyTicks } from "../../scripts/sim/market.ts";
import { type SimEa, type SimEaOptions, type SimEvent, startSimEa } from "../../scripts/sim_ea.ts";
import { fakeNetwork } from "../kit/fake_zmq.ts";

/** Tuesday 2026-09-08, 13:00 UTC, 40 hours after the epoch. */
const EPOCH = Date.UTC(2026, 8, 6, 21);
const START = EPOCH + 40 * 3_600_000;
const SECOND = 1_000;
const LOCAL = { host: "127.0.0.1", port: 0 };

interface Heard {
  readonly router: RouterSocket;
  readonly telemetry: InSocket;
  readonly confirm: InSocket;
  readonly messages: Record<string, unknown>[];
  of(type: string): Record<string, unknown>[];
  /** The identity a uuid last spoke with. */
  identity(uuid: string): Uint8Array;
}

/** The server's three sockets, listening to everything. */
async function listen(edge: ZmqEdge, ports = [0, 0, 0]): Promise<Heard> {
  const router = await edge.router({ ...LOCAL, port: ports[0]! });
  const telemetry = await edge.pull({ ...LOCAL, port: ports[1]! });
  const confirm = await edge.pull({ ...LOCAL, port: ports[2]! });
  const messages: Record<string, unknown>[] = [];
  const identities = new Map<unknown, Uint8Array>();
  const read = (frame: Uint8Array) => JSON.parse(new TextDecoder().decode(frame));
  const keep = (batch: readonly Frames[]) => batch.forEach(([frame]) => messages.push(read(frame!)));
  router.start((batch) =>
    batch.forEach(([identity, frame]) => {
      const message = read(frame!);
      messages.push(message);
      identities.set(message.target_uuid, identity!);
    })
  );
  telemetry.start(keep);
  confirm.start(keep);
  const of = (type: string) => messages.filter((message) => message.type === type);
  return { router, telemetry, confirm, messages, of, identity: (uuid) => identities.get(uuid)! };
}

const portsOf = ({ router, telemetry, confirm }: Heard) => ({
  commandPort: router.port,
  telemetryPort: telemetry.port,
  confirmPort: confirm.port,
});

/** One EA on a fake network, its server listening, in virtual time. */
async function world(options: Partial<SimEaOptions> = {}, startMs = START) {
  const network = fakeNetwork({ auto: true });
  const edge = network.edge();
  const server = await listen(edge);
  const clock = virtualClock(startMs);
  const events: SimEvent[] = [];
  const start = (more: Partial<SimEaOptions> = {}): Promise<SimEa> =>
    startSimEa({
      uuid: "user_demo_00017",
      clock,
      epochMs: EPOCH,
      symbols: ["EURUSD", "GBPUSD", "XAUUSD"],
      ...portsOf(server),
      peers: network.peers,
      manual: true,
      onEvent: (event) => void events.push(event),
      ...options,
      ...more,
    });
  const ea = await start();
  /** Market seconds, lived through one by one. */
  const live = async (seconds: number, who: SimEa = ea) => {
    for (let second = 0; second < seconds; second++) {
      await clock.advance(SECOND);
      await who.pump();
      network.deliver();
    }
  };
  const send = (text: string, uuid = "user_demo_00017") =>
    server.router.send(server.identity(uuid), new TextEncoder().encode(text));
  const end = async () => {
    await ea.stop();
    await edge.close();
  };
  return { network, edge, server, clock, events, ea, start, live, send, end };
}

const FIRE = (fireId: string, more = '"sl":0,"tp":0,"lot":0.10') =>
  `{"type":"fire","target_uuid":"user_demo_00017","fire_id":"${fireId}","symbol":"EURUSD","direction":"BUY",` +
  `"entry":0,${more}}`;

Deno.test("sim EA: it introduces itself with its identity one character short", async () => {
  const { server, live, end, events } = await world();
  await live(1);

  const [hello, handshake] = [server.of("HELLO"), server.of("handshake")];

  assert.deepEqual([hello.length, handshake.length], [1, 1]);
  assert.equal(new TextDecoder().decode(server.identity("user_demo_00017")), "user_demo_0001");
  assert.equal(handshake[0]!.chart_symbol, "EURUSD");
  assert.deepEqual(events.map((event) => event.kind), ["ready"]);
  await end();
});

Deno.test("sim EA: it sends the very prices of the market's history, stamped in broker time", async () => {
  const { server, live, end } = await world();

  await live(600);

  const told = historyTicks(
    { seed: 1, epochMs: EPOCH, symbols: ["EURUSD", "GBPUSD", "XAUUSD"] },
    START + 1,
    START + 600 * SECOND,
  )
    .filter((tick) => tick.symbol === "GBPUSD")
    .map(({ bid, ask, atMs }) => [bid, ask, atMs + 3 * 3_600_000]);
  const sent = server.of("TICK").filter((message) => message.symbol === "GBPUSD").map((
    { bid, ask, timestamp },
  ) => [
    bid,
    ask,
    Date.parse(`${String(timestamp).replaceAll(".", "-").replace(" ", "T")}Z`),
  ]);
  assert(told.length > 100, `${told.length} ticks`);
  assert.deepEqual(sent.filter(([, , atMs]) => Number(atMs) > START + 3 * 3_600_000), told);
  await end();
});

Deno.test("sim EA: lived through in one leap or second by second, it says the same", async () => {
  const [slow, fast] = [await world(), await world()];

  await slow.live(900);
  await fast.clock.advance(900 * SECOND);
  await fast.ea.pump();
  fast.network.deliver();

  assert(slow.server.messages.length > 800, `${slow.server.messages.length} messages`);
  const sorted = (one: typeof slow) => one.server.of("TICK").concat(one.server.of("OHLC"));
  assert.deepEqual(sorted(fast), sorted(slow));
  await slow.end();
  await fast.end();
});

Deno.test("sim EA: a fire is filled at the market's price and confirmed, and stats tell of it", async () => {
  const { server, live, send, ea, events, end } = await world();
  await live(2);

  await send(FIRE("F-1"));
  await live(30);

  const [confirmation] = server.of("confirmation");
  assert.deepEqual([confirmation!.fire_id, confirmation!.status, confirmation!.lot], ["F-1", "success", 0.1]);
  const stats = ea.stats();
  assert.equal(stats.positions.length, 1);
  assert.equal(stats.positions[0]!.openPrice, confirmation!.price);
  assert.deepEqual([stats.events.command, stats.events.fill, stats.waitingFrames, stats.behindMs], [
    1,
    1,
    0,
    0,
  ]);
  assert.deepEqual(events.map((event) => event.kind), ["ready", "command", "fill"]);
  await end();
});

Deno.test("sim EA: --reject and a broker's suffix reach the broker", async () => {
  const { server, live, send, end } = await world({ suffix: ".r", rejects: { 1: 10019 } });
  await live(2);

  await send(FIRE("F-1").replace('"EURUSD"', '"EURUSD.r"'));
  await send(FIRE("F-2").replace('"EURUSD"', '"EURUSD.r"'));
  await live(60);

  const answers = server.of("confirmation").map(({ fire_id, status, message }) => [fire_id, status, message]);
  assert.deepEqual(answers, [
    ["F-1", "failed", "Trade failed - Error: 4756 Result: 10019"],
    ["F-2", "success", "ok"],
  ]);
  await end();
});

Deno.test("sim EA: a server that restarts finds it again by its heartbeat, with its positions", async () => {
  const { network, edge, server, live, send, ea, end } = await world();
  await live(2);
  await send(FIRE("F-1"));
  await live(30);
  const ports = [server.router.port, server.telemetry.port, server.confirm.port];
  await edge.close();
  await live(5);

  const second = network.edge();
  const again = await listen(second, ports);
  await live(60);

  assert.deepEqual([again.of("HELLO").length, ea.stats().positions.length], [0, 1]);
  assert(again.of("HEARTBEAT").length >= 1, "a heartbeat");
  assert.equal(new TextDecoder().decode(again.identity("user_demo_00017")), "user_demo_0001");
  await end();
  await second.close();
});

Deno.test("sim EA: over a weekend it is silent, and it goes on when the market opens", async () => {
  const friday = Date.UTC(2026, 8, 11, 20, 59, 50);
  const { server, clock, ea, network, live, end } = await world({}, friday);
  await live(30);
  const before = server.messages.length;

  await clock.advanceTo(Date.UTC(2026, 8, 13, 20, 59, 59));
  await ea.pump();
  network.deliver();
  const silent = server.messages.length - before;
  await live(120);

  assert.equal(silent, 0);
  assert(server.messages.length > before + 20, "it ticks again");
  await end();
});

Deno.test("sim EA: its state outlives it, and what the market did meanwhile is caught up with", async () => {
  const stateFile = await Deno.makeTempFile();
  await Deno.remove(stateFile);
  const one = await world({ stateFile });
  await one.live(2);
  await one.send(FIRE("F-1"));
  await one.live(30);
  const { openPrice } = one.ea.stats().positions[0]!;
  await one.ea.stop();
  const stop = (openPrice - 0.0006).toFixed(5);
  await Deno.writeTextFile(
    stateFile,
    (await Deno.readTextFile(stateFile)).replace('"stopLoss": 0', `"stopLoss": ${stop}`),
  );

  await one.clock.advance(6 * 3_600_000);
  const missed = historyTicks(
    { seed: 1, epochMs: EPOCH, symbols: ["EURUSD"] },
    START + 32 * SECOND,
    one.clock.nowMs(),
  );
  const hit = missed.find(({ bid }) => bid <= Number(stop));
  const again = await one.start();

  const stats = again.stats();
  assert.equal(stats.positions.length, hit === undefined ? 1 : 0);
  const loss = hit === undefined ? 0 : Math.round((hit.bid - openPrice) * 10_000 * 100) / 100 - 0.35;
  assert.equal(stats.account.balance.toFixed(2), (10_000 - 0.35 + loss).toFixed(2));
  await again.stop();
  await one.edge.close();
  await Deno.remove(stateFile);
});

Deno.test("sim EA: recorded ticks drive it in step with the clock", async () => {
  const folder = await Deno.makeTempDir();
  const rows = Array.from(
    { length: 30 },
    (_, index) =>
      `${START + index * 400},${(1.1 + index / 1e5).toFixed(5)},${(1.1001 + index / 1e5).toFixed(5)}`,
  );
  const text = `timestamp_ms,bid,ask\n${rows.join("\n")}\n`;
  const path = `${folder}/EURUSD_test.csv.gz`;
  const zipped = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  await Deno.writeFile(path, zipped);
  const { server, live, end } = await world({ data: [path], symbols: ["EURUSD"] });

  await live(5);
  const after5 = server.of("TICK").length;
  await live(20);

  const bids = server.of("TICK").map((message) => message.bid as number);
  assert(after5 >= 10 && after5 <= 12, `${after5} ticks after five seconds`);
  assert(Math.max(...bids) > 1.1 + 27 / 1e5, `${Math.max(...bids)} at the end`);
  assert.deepEqual(bids, bids.toSorted((a, b) => a - b));
  await end();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("sim EA: a symbol without a recording, a short uuid and a foreign chart are refused by name", async () => {
  const clock = virtualClock(START);
  const { peers } = fakeNetwork();
  const base = { uuid: "user_demo_00017", clock, epochMs: EPOCH, symbols: ["EURUSD"], peers, manual: true };

  await assert.rejects(startSimEa({ ...base, uuid: "short" }), /uuid must have >= 10 characters: .* short/);
  await assert.rejects(startSimEa({ ...base, chart: "GBPUSD" }), /chart must be one of EURUSD: .* GBPUSD/);
  await assert.rejects(
    startSimEa({ ...base, symbols: ["EURUSD", "GBPUSD"], data: ["EURUSD=nowhere.csv"] }),
    /there is none of GBPUSD/,
  );
});

Deno.test("sim EA: over real sockets, by itself, at 600 times: it keeps up, trades and says goodbye", async () => {
  const edge = openZmqEdge();
  const server = await listen(edge);
  const anchor = { wallMs: Date.now(), marketMs: START, speed: 600, skips: [] };
  const clock = scaledClock(anchor, wallClock());
  const ea = await startSimEa({
    uuid: "user_demo_00017",
    clock,
    epochMs: EPOCH,
    symbols: ["EURUSD", "XAUUSD"],
    ...portsOf(server),
  });
  const until = async (done: () => boolean, what: string) => {
    const deadlineMs = performance.now() + 15_000;
    while (!done()) {
      assert(performance.now() < deadlineMs, `nothing came of: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };
  try {
    await until(() => server.of("HELLO").length === 1, "HELLO");
    await server.router.send(server.identity("user_demo_00017"), new TextEncoder().encode(FIRE("F-1")));
    await until(() => server.of("confirmation").length === 1, "a confirmation");
    await until(() => server.of("HEARTBEAT").length >= 20, "ten minutes of heartbeats");
    await until(() => ea.stats().behindMs < 60_000, "less than 100 ms of wall time behind");

    assert.equal(server.of("confirmation")[0]!.fire_id, "F-1");
    const seconds = server.of("TICK").filter((one) => one.symbol === "XAUUSD").map((one) =>
      String(one.timestamp)
    );
    assert.deepEqual(seconds, seconds.toSorted());
    assert.equal(new Set(seconds).size, seconds.length);
  } finally {
    await ea.stop();
    await until(() => server.of("DISCONNECT").length === 1, "DISCONNECT");
    await edge.close();
  }
});

Deno.test("sim EA: a full queue blocks it; when the server reads again it goes on, with what it missed missing", async () => {
  const network = fakeNetwork({ queueMessages: 20 });
  const edge = network.edge();
  const server = await listen(edge);
  const clock = virtualClock(START);
  const events: SimEvent[] = [];
  const ea = await startSimEa({
    uuid: "user_demo_00017",
    clock,
    epochMs: EPOCH,
    symbols: ["EURUSD"],
    ...portsOf(server),
    peers: network.peers,
    manual: true,
    onEvent: (event) => void events.push(event),
  });

  await clock.advance(300 * SECOND);
  const pumping = ea.pump();
  while (!events.some((event) => event.kind === "blocked")) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  network.deliver();
  await pumping;
  await clock.advance(30 * SECOND);
  const more = ea.pump();
  network.deliver();
  await more;
  network.deliver();

  const times = server.of("TICK").map((message) => String(message.timestamp));
  assert.deepEqual(times, times.toSorted());
  assert(times.length < 150, `${times.length} of some 200 ticks`);
  assert(times.at(-1)! > "2026.09.08 16:05:00", `the last is of ${times.at(-1)}`);
  await ea.stop();
  await edge.close();
});
