/**
 * The ZeroMQ edge on loopback, and its fake twin, by one contract; and what only a real network shows.
 *
 * @module
 */
import assert from "node:assert/strict";
import { openZmqEdge, peers, type ZmqPeers } from "../../edges/zmq.ts";
import { PollLoop } from "../../edges/zmq/poll_loop.ts";
import { timerWaiter } from "../../edges/zmq/wait.ts";
import type { RouterSocket } from "../../protocols/ports.ts";
import { fakeNetwork } from "../kit/fake_zmq.ts";
import { collect, until, zmqContract, type ZmqWorld } from "../contracts/zmq_contract.ts";

const LOCAL = { host: "127.0.0.1", port: 0 };
const step = () => new Promise<void>((resolve) => setTimeout(resolve, 1));
const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);

interface RealWorld extends ZmqWorld {
  readonly edge: ReturnType<typeof openZmqEdge>;
}

/** A world on loopback that closes every peer it made: a process must not end with sockets open. */
async function realWorld(options: Parameters<typeof openZmqEdge>[0] = {}): Promise<RealWorld> {
  const edge = openZmqEdge(options);
  const made: { close(lingerMs?: number): Promise<void> }[] = [];
  const keep = <T extends (typeof made)[number]>(peer: T): T => {
    made.push(peer);
    return peer;
  };
  const kept: ZmqPeers = {
    dealer: (how) => keep(peers.dealer(how)),
    push: (how) => keep(peers.push(how)),
    sub: (how) => keep(peers.sub(how)),
  };
  const close = async () => void await Promise.all([...made.map((peer) => peer.close(0)), edge.close()]);
  return { edge, peers: kept, step, close };
}

function realTest(title: string, run: (world: RealWorld) => Promise<void>, options = {}): void {
  Deno.test(`zmq edge: ${title}`, async () => {
    const world = await realWorld(options);
    try {
      await run(world);
    } finally {
      await world.close();
    }
  });
}

zmqContract("zmq edge", () => realWorld());
zmqContract("fake zmq", async () => {
  const network = fakeNetwork();
  const edge = network.edge();
  return {
    edge,
    peers: network.peers,
    step: async () => void network.deliver(),
    close: () => edge.close(),
  };
});

realTest("an allow-list admits its addresses and refuses others, who are counted", async (world) => {
  const open = await world.edge.pull({ ...LOCAL, allow: ["127.0.0.1", "10.8.0.0/16"] });
  const shut = await world.edge.pull({ ...LOCAL, allow: ["192.0.2.1"] });
  const [openGot, shutGot] = [collect(open), collect(shut)];
  const guest = world.peers.push({ connect: `tcp://127.0.0.1:${open.port}` });
  const stranger = world.peers.push({ connect: `tcp://127.0.0.1:${shut.port}` });

  await guest.send(["let in"]);
  await stranger.send(["kept out"]);
  await until(world, () => openGot.length === 1 && world.edge.refused() === 1, "one let in, one refused");

  assert.deepEqual([openGot.length, shutGot.length], [1, 0]);
});

realTest("a refused peer is let in by a server that starts with a mended allow-list", async (world) => {
  const first = openZmqEdge();
  const shut = await first.pull({ ...LOCAL, allow: ["192.0.2.1"] });
  const push = world.peers.push({ connect: `tcp://127.0.0.1:${shut.port}` });
  await push.send(["kept out, then let in"]);
  await until(world, () => first.refused() > 0, "a refusal");

  await first.close();
  const open = await world.edge.pull({ host: "127.0.0.1", port: shut.port, allow: ["127.0.0.1"] });
  const got = collect(open);
  await until(world, () => got.length === 1, "the message, at the second server");

  assert.equal(new TextDecoder().decode(got[0]![0]), "kept out, then let in");
});

realTest("each refusal is told with the address it came from", async (world) => {
  const refusals: string[] = [];
  const edge = openZmqEdge({ onRefused: (address) => void refusals.push(address) });
  const shut = await edge.router({ ...LOCAL, allow: [] });
  world.peers.dealer({ connect: `tcp://127.0.0.1:${shut.port}`, identity: "a" });
  world.peers.dealer({ connect: `tcp://127.0.0.1:${shut.port}`, identity: "b" });

  await until(world, () => refusals.length === 2, "two refusals");

  assert.deepEqual([refusals, edge.refused()], [["127.0.0.1", "127.0.0.1"], 2]);
  await edge.close();
});

realTest("a router with an allow-list answers the EA it admitted", async (world) => {
  const router = await world.edge.router({ ...LOCAL, allow: ["127.0.0.0/8"] });
  const got = collect(router);
  const dealer = world.peers.dealer({ connect: `tcp://127.0.0.1:${router.port}`, identity: "guest" });
  const heard = collect(dealer);

  await dealer.send(["hello"]);
  await until(world, () => got.length === 1, "hello");
  const result = await router.send(bytes("guest"), bytes("welcome"));
  await until(world, () => heard.length === 1, "the answer");

  assert.deepEqual([result, heard.length], ["sent", 1]);
});

realTest("a peer that no longer answers heartbeats becomes unroutable", async (world) => {
  const router = await world.edge.router(LOCAL);
  const got = collect(router);
  const frozen = await frozenDealer(router.port, "frozen");
  try {
    await until(world, () => got.length === 1, "the frozen peer's only message");

    const before = await router.send(bytes("frozen"), bytes("{}"));
    const after = await firstRefusal(router, "frozen");

    assert.deepEqual([before, after], ["sent", "unroutable"]);
  } finally {
    frozen.close();
  }
}, { heartbeatIntervalMs: 20, heartbeatTimeoutMs: 60 });

realTest("an IPv6 address binds, and an IPv4-only allow-list keeps its peer out", async (world) => {
  const open = await world.edge.pull({ host: "::1", port: 0, allow: ["::1"] });
  const shut = await world.edge.pull({ host: "::1", port: 0, allow: ["127.0.0.1"] });
  const got = collect(open);
  const guest = world.peers.push({ connect: `tcp://[::1]:${open.port}` });
  world.peers.push({ connect: `tcp://[::1]:${shut.port}` });

  await guest.send(["v6"]);
  await until(world, () => got.length === 1 && world.edge.refused() === 1, "one let in, one refused");

  assert.equal(new TextDecoder().decode(got[0]![0]), "v6");
});

realTest("what was sent to a slow reader is flushed by close before it resolves", async (world) => {
  const pull = await world.edge.pull(LOCAL);
  const push = world.peers.push({ connect: `tcp://127.0.0.1:${pull.port}`, sendHighWaterMark: 50_000 });
  for (let index = 0; index < 20_000; index++) await push.send([`${index}`]);

  const got = collect(pull);
  await push.close(10_000);
  await until(world, () => got.length === 20_000, "all of it");

  assert.equal(new TextDecoder().decode(got.at(-1)![0]), "19999");
});

realTest("a listener that throws is reported, and the stream goes on", async (world) => {
  const reported: unknown[] = [];
  const onError = (event: ErrorEvent) => {
    event.preventDefault();
    reported.push(event.error.message);
  };
  addEventListener("error", onError);
  const pull = await world.edge.pull(LOCAL);
  const got: string[] = [];
  pull.start((batch) => {
    for (const [frame] of batch) {
      if (got.push(new TextDecoder().decode(frame)) === 1) throw new Error("a fault of the listener");
    }
  });
  const push = world.peers.push({ connect: `tcp://127.0.0.1:${pull.port}` });

  await push.send(["first"]);
  await until(world, () => got.length === 1, "the first");
  await push.send(["second"]);
  await until(world, () => got.length === 2, "the second");

  removeEventListener("error", onError);
  assert.deepEqual([got, reported], [["first", "second"], ["a fault of the listener"]]);
});

Deno.test("poll loop: with the timer in place of poll(2) it reads all the same", async () => {
  const loop = new PollLoop(timerWaiter);
  const waiting = [3, 2];
  const drained: number[] = [];
  const reader = {
    descriptor: -1,
    drain: async () => {
      const next = waiting.pop();
      if (next !== undefined) drained.push(next);
      return waiting.length > 0;
    },
  };

  loop.add(reader);
  while (drained.length < 2) await step();
  waiting.push(1);
  while (drained.length < 3) await step();
  await loop.remove(reader);

  assert.deepEqual(drained, [2, 3, 1]);
});

/** Sends until it is refused. */
async function firstRefusal(router: RouterSocket, identity: string): Promise<string> {
  for (let tries = 0; tries < 5_000; tries++) {
    const result = await router.send(bytes(identity), bytes("{}"));
    if (result !== "sent") return result;
    await step();
  }
  return "sent";
}

/** A DEALER by hand, as RFC 23 (ZMTP 3.1) says: shakes hands, sends one message, and never reads again. */
async function frozenDealer(port: number, identity: string): Promise<Deno.TcpConn> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const greeting = new Uint8Array(64);
  greeting.set([0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 1]);
  greeting.set(bytes("NULL"), 12);
  const properties = [...property("Socket-Type", "DEALER"), ...property("Identity", identity)];
  const ready = [5, ...bytes("READY"), ...properties];
  await connection.write(greeting);
  await readAtLeast(connection, 64);
  await connection.write(new Uint8Array([0x04, ready.length, ...ready]));
  await connection.write(new Uint8Array([0x00, 5, ...bytes("hello")]));
  return connection;
}

function property(name: string, value: string): number[] {
  return [name.length, ...bytes(name), 0, 0, 0, value.length, ...bytes(value)];
}

async function readAtLeast(connection: Deno.TcpConn, count: number): Promise<void> {
  const buffer = new Uint8Array(1_024);
  for (let got = 0; got < count;) {
    const read = await connection.read(buffer);
    if (read === null) throw new Error("the router hung up");
    got += read;
  }
}
