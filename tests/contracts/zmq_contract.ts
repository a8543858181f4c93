/**
 * What every ZeroMQ edge does, real or fake: one suite for both.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { DealerPeer, PushPeer, ZmqPeers } from "../../edges/zmq.ts";
import type { Frames, ZmqEdge } from "../../protocols/ports.ts";

/** A network to run the suite in. */
export interface ZmqWorld {
  readonly edge: ZmqEdge;
  readonly peers: ZmqPeers;
  /** Lets the network move a little. */
  step(): Promise<void>;
  /** Closes the edge and what the test left open. */
  close(): Promise<void>;
}

const LOCAL = { host: "127.0.0.1", port: 0 };
const text = (frame: Uint8Array | undefined): string => new TextDecoder().decode(frame);
const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);
const address = ({ port }: { port: number }): string => `tcp://127.0.0.1:${port}`;

/** Steps until `done`, or fails. */
export async function until(world: ZmqWorld, done: () => boolean, what: string): Promise<void> {
  const deadlineMs = performance.now() + 10_000;
  while (!done()) {
    assert(performance.now() < deadlineMs, `nothing came of: ${what}`);
    await world.step();
  }
}

/** Keeps everything a socket hands over. */
export function collect(socket: { start(onBatch: (batch: readonly Frames[]) => void): void }): Frames[] {
  const got: Frames[] = [];
  socket.start((batch) => {
    assert(batch.length >= 1 && batch.length <= 256, `a batch of ${batch.length}`);
    got.push(...batch);
  });
  return got;
}

/** Sends, waiting for room as long as the queue is full. */
export async function sendAll(
  world: ZmqWorld,
  peer: PushPeer | DealerPeer,
  messages: Iterable<readonly (string | Uint8Array)[]>,
): Promise<void> {
  for (const message of messages) while (!await peer.send(message)) await world.step();
}

/** Registers the suite; `open` makes a fresh world for each test. */
export function zmqContract(name: string, open: () => Promise<ZmqWorld>): void {
  const test = (title: string, run: (world: ZmqWorld) => Promise<void>): void =>
    Deno.test(`${name}: ${title}`, async () => {
      const world = await open();
      try {
        await run(world);
      } finally {
        await world.close();
      }
    });

  test("pull binds port 0 to a real one, and two pulls to different ones", async ({ edge }) => {
    const one = await edge.pull(LOCAL);
    const two = await edge.pull(LOCAL);

    assert(Number.isInteger(one.port) && one.port >= 1_024 && one.port <= 65_535, `port ${one.port}`);
    assert.notEqual(one.port, two.port);
  });

  test("binding a taken port throws, and the port stays with its owner", async (world) => {
    const owner = await world.edge.pull(LOCAL);
    const got = collect(owner);

    await assert.rejects(
      async () => await world.edge.pull({ host: "127.0.0.1", port: owner.port }),
      /^Error: Cannot bind tcp:/,
    );
    const push = world.peers.push({ connect: address(owner) });
    await push.send(["still here"]);
    await until(world, () => got.length === 1, "a message to the owner");

    assert.deepEqual(got.map((frames) => frames.map(text)), [["still here"]]);
    await push.close();
  });

  test("pull hands over 10,000 messages, in order, none lost", async (world) => {
    const pull = await world.edge.pull(LOCAL);
    const got = collect(pull);
    const push = world.peers.push({ connect: address(pull) });
    const sent = Array.from({ length: 10_000 }, (_, index) => `message ${index}`);

    await sendAll(world, push, sent.map((one) => [one]));
    await until(world, () => got.length >= 10_000, "10,000 messages");

    assert.deepEqual(got.map((frames) => frames.map(text)), sent.map((one) => [one]));
    await push.close();
  });

  test("a pull that has to wait first gets what comes later", async (world) => {
    const pull = await world.edge.pull(LOCAL);
    const got = collect(pull);
    for (let step = 0; step < 30; step++) await world.step();

    const push = world.peers.push({ connect: address(pull) });
    for (let index = 0; index < 5; index++) {
      for (let step = 0; step < 5; step++) await world.step();
      await push.send([`${index}`]);
    }
    await until(world, () => got.length === 5, "five messages after a wait");

    assert.deepEqual(got.map((frames) => frames.map(text)), [["0"], ["1"], ["2"], ["3"], ["4"]]);
    await push.close();
  });

  test("a push that was there before the pull is heard once it binds", async (world) => {
    const first = await world.edge.pull(LOCAL);
    await first.close();
    const push = world.peers.push({ connect: address(first) });
    await push.send(["early"]);
    await world.step();

    const pull = await world.edge.pull({ host: "127.0.0.1", port: first.port });
    const got = collect(pull);
    await until(world, () => got.length === 1, "the early message");

    assert.deepEqual(got.map((frames) => frames.map(text)), [["early"]]);
    await push.close();
  });

  test("frames that are empty, and 20 frames in one message, arrive as such", async (world) => {
    const pull = await world.edge.pull(LOCAL);
    const got = collect(pull);
    const push = world.peers.push({ connect: address(pull) });
    const many = Array.from({ length: 20 }, (_, index) => `frame ${index}`);

    await push.send([""]);
    await push.send(["", "between", ""]);
    await push.send(many);
    await until(world, () => got.length === 3, "three messages");

    assert.deepEqual(got.map((frames) => frames.map(text)), [[""], ["", "between", ""], many]);
    await push.close();
  });

  test("bytes arrive unchanged, also a view into a larger buffer", async (world) => {
    const pull = await world.edge.pull(LOCAL);
    const got = collect(pull);
    const push = world.peers.push({ connect: address(pull) });
    const large = Uint8Array.from({ length: 5_000 }, (_, index) => index % 251);

    await push.send([large.subarray(7, 11)]);
    await push.send([large.subarray(100, 1_100)]);
    await until(world, () => got.length === 2, "two messages");

    const expected = [[Array.from(large.subarray(7, 11))], [Array.from(large.subarray(100, 1_100))]];
    assert.deepEqual(got.map((frames) => frames.map((frame) => Array.from(frame))), expected);
    await push.close();
  });

  test("a message over 2 MiB is refused; its sender and others go on", async (world) => {
    const pull = await world.edge.pull(LOCAL);
    const got = collect(pull);
    const big = world.peers.push({ connect: address(pull) });
    const small = world.peers.push({ connect: address(pull) });

    await big.send([new Uint8Array(2 * 1024 * 1024 + 1)]);
    await small.send(["from another"]);
    await until(world, () => got.length === 1, "the other's message");
    let tries = 0;
    // What a peer had queued behind the refused message is lost with the connection: it says it again.
    for (; got.length === 1 && tries < 2_000; tries++) {
      await big.send(["from the same"]);
      await world.step();
    }

    assert.deepEqual(got.slice(0, 2).map((frames) => frames.map(text)), [["from another"], [
      "from the same",
    ]]);
    await big.close(0);
    await small.close();
  });

  test("pause and start lose nothing and keep the order", async (world) => {
    const pull = await world.edge.pull(LOCAL);
    const got: string[] = [];
    const listener = (batch: readonly Frames[]) => {
      got.push(...batch.map((frames) => text(frames[0])));
      pull.pause();
    };
    const push = world.peers.push({ connect: address(pull) });
    const sent = Array.from({ length: 1_500 }, (_, index) => `${index}`);

    pull.start(listener);
    const sending = sendAll(world, push, sent.map((one) => [one]));
    let pauses = 0;
    await until(world, () => {
      pauses++;
      pull.start(listener);
      return got.length >= sent.length;
    }, "all messages over pauses");
    await sending;

    assert.deepEqual(got, sent);
    assert(pauses >= 3, `paused ${pauses} times`);
    await push.close();
  });

  test("a pull reads nothing before start, and the latest listener gets it", async (world) => {
    const pull = await world.edge.pull(LOCAL);
    const push = world.peers.push({ connect: address(pull) });
    await push.send(["kept"]);
    for (let step = 0; step < 10; step++) await world.step();

    const first: Frames[] = [];
    pull.start((batch) => void first.push(...batch));
    pull.pause();
    const got = collect(pull);
    await until(world, () => got.length + first.length === 1, "the kept message");

    assert.deepEqual([first.length, got.map((frames) => frames.map(text))], [0, [["kept"]]]);
    await push.close();
  });

  test("600 router/dealer round trips, each answered before the next", async (world) => {
    const router = await world.edge.router(LOCAL);
    router.start((batch) => {
      for (const [identity, payload] of batch) void router.send(identity!, payload!);
    });
    const dealer = world.peers.dealer({ connect: address(router), identity: "COMMANDER_DEV_00" });
    const got = collect(dealer);

    for (let trip = 0; trip < 600; trip++) {
      await dealer.send([`trip ${trip}`]);
      await until(world, () => got.length === trip + 1, `answer ${trip}`);
    }

    const expected = Array.from({ length: 600 }, (_, trip) => [`trip ${trip}`]);
    assert.deepEqual(got.map((frames) => frames.map(text)), expected);
    await dealer.close();
  });

  test("the router hands over the identity first, then the frames", async (world) => {
    const router = await world.edge.router(LOCAL);
    const got = collect(router);
    const dealer = world.peers.dealer({ connect: address(router), identity: "user_demo_0001" });

    await dealer.send(["hello"]);
    await dealer.send(["", "two frames"]);
    await until(world, () => got.length === 2, "two messages");

    assert.deepEqual(got.map((frames) => frames.map(text)), [
      ["user_demo_0001", "hello"],
      ["user_demo_0001", "", "two frames"],
    ]);
    await dealer.close();
  });

  test("sending to nobody, to a stranger and to one who left is unroutable", async (world) => {
    const router = await world.edge.router(LOCAL);
    const got = collect(router);
    const empty = await router.send(bytes("nobody"), bytes("{}"));
    const dealer = world.peers.dealer({ connect: address(router), identity: "guest" });
    await dealer.send(["here"]);
    await until(world, () => got.length === 1, "the guest's message");

    const known = await router.send(bytes("guest"), bytes("{}"));
    const stranger = await router.send(bytes("gues"), bytes("{}"));
    await dealer.close();
    let left: string = "sent";
    for (let tries = 0; tries < 2_000 && left === "sent"; tries++) {
      await world.step();
      left = await router.send(bytes("guest"), bytes("{}"));
    }

    assert.deepEqual([empty, known, stranger, left], ["unroutable", "sent", "unroutable", "unroutable"]);
  });

  test("sending to one who does not read ends in full, and nobody else is held up", async (world) => {
    const router = await world.edge.router(LOCAL);
    const got = collect(router);
    const deaf = world.peers.dealer({ connect: address(router), identity: "deaf" });
    const alert = world.peers.dealer({ connect: address(router), identity: "alert" });
    const heard = collect(alert);
    await deaf.send(["here"]);
    await alert.send(["here"]);
    await until(world, () => got.length === 2, "both");

    const payload = new Uint8Array(100_000);
    let result = "sent";
    for (let count = 0; count < 20_000 && result === "sent"; count++) {
      result = await router.send(bytes("deaf"), payload);
    }
    const other = await router.send(bytes("alert"), bytes("you"));
    await until(world, () => heard.length === 1, "the other's message");

    assert.deepEqual([result, other, heard.map((frames) => frames.map(text))], ["full", "sent", [["you"]]]);
    await deaf.close(0);
    await alert.close();
  });

  test("the newest connection with an identity gets what is sent to it", async (world) => {
    const router = await world.edge.router(LOCAL);
    const got = collect(router);
    const older = world.peers.dealer({ connect: address(router), identity: "twin" });
    const olderGot = collect(older);
    await older.send(["older"]);
    await until(world, () => got.length === 1, "the older twin");
    const newer = world.peers.dealer({ connect: address(router), identity: "twin" });
    const newerGot = collect(newer);
    await newer.send(["newer"]);
    await until(world, () => got.length === 2, "the newer twin");

    const result = await router.send(bytes("twin"), bytes("for the newest"));
    await until(world, () => newerGot.length === 1, "the newer twin's message");

    assert.equal(result, "sent");
    assert.deepEqual([olderGot.length, newerGot.map((frames) => frames.map(text))], [0, [[
      "for the newest",
    ]]]);
    await older.close(0);
    await newer.close();
  });

  test("pub sends by topic, to every subscriber", async (world) => {
    const pub = await world.edge.pub(LOCAL);
    const gold = world.peers.sub({ connect: address(pub), topics: ["tick.XAU"] });
    const all = world.peers.sub({ connect: address(pub), topics: [""] });
    const [goldGot, allGot] = [collect(gold), collect(all)];
    await until(world, () => {
      void pub.send(["tick.XAUUSD", "hello"]);
      return goldGot.length > 0 && allGot.length > 0;
    }, "both subscriptions");
    await quiet(world, goldGot, allGot);
    const [goldFirst, allFirst] = [goldGot.length, allGot.length];

    await pub.send(["tick.EURUSD", "1.1"]);
    await pub.send(["tick.XAUUSD", "2400"]);
    await until(world, () => goldGot.length > goldFirst && allGot.length > allFirst + 1, "the ticks");

    assert.deepEqual(goldGot.slice(goldFirst).map((frames) => frames.map(text)), [["tick.XAUUSD", "2400"]]);
    assert.deepEqual(allGot.slice(allFirst).map((frames) => frames.map(text)), [
      ["tick.EURUSD", "1.1"],
      ["tick.XAUUSD", "2400"],
    ]);
    await gold.close();
    await all.close();
  });

  test("close flushes what a pub has sent", async (world) => {
    const pub = await world.edge.pub(LOCAL);
    const sub = world.peers.sub({ connect: address(pub), topics: [""] });
    const got = collect(sub);
    await until(world, () => {
      void pub.send(["hello"]);
      return got.length > 0;
    }, "the subscription");
    await quiet(world, got);
    const first = got.length;

    const sent = Array.from({ length: 2_000 }, (_, index) => `last words ${index} ${"x".repeat(500)}`);
    for (const one of sent) await pub.send([one]);
    await pub.close(5_000);
    await until(world, () => got.length >= first + 2_000, "the last words");

    assert.deepEqual(got.slice(first).map((frames) => frames.map(text)), sent.map((one) => [one]));
    await sub.close();
  });

  test("a pub with no subscriber takes everything and keeps nothing", async (world) => {
    const pub = await world.edge.pub(LOCAL);
    const results = new Set<boolean>();

    for (let index = 0; index < 20_000; index++) results.add(await pub.send(["void"]));

    assert.deepEqual([...results], [true]);
  });

  test("everything can be closed twice, and a closed socket refuses politely", async (world) => {
    const pull = await world.edge.pull(LOCAL);
    const router = await world.edge.router(LOCAL);
    const pub = await world.edge.pub(LOCAL);
    const dealer = world.peers.dealer({ connect: address(router), identity: "twice" });

    await Promise.all([pull.close(), pull.close(), router.close(), pub.close(0), dealer.close(0)]);
    await Promise.all([router.close(), pub.close(), dealer.close(), world.edge.close()]);
    await world.edge.close();

    const late = [
      await router.send(bytes("twice"), bytes("x")),
      await pub.send(["x"]),
      await dealer.send(["x"]),
    ];
    assert.deepEqual(late, ["unroutable", false, false]);
  });

  test("a port can be bound again as soon as close resolved", async (world) => {
    const first = await world.edge.pull(LOCAL);

    for (let round = 0; round < 20; round++) {
      const again = round === 0 ? first : await world.edge.pull({ host: "127.0.0.1", port: first.port });
      await again.close();
    }

    const last = await world.edge.pull({ host: "127.0.0.1", port: first.port });
    assert.equal(last.port, first.port);
  });
}

/** Waits until nothing more comes. */
async function quiet(world: ZmqWorld, ...lists: readonly (readonly Frames[])[]): Promise<void> {
  const count = () => lists.reduce((sum, list) => sum + list.length, 0);
  for (let still = 0, last = count(); still < 30; still++) {
    await world.step();
    if (count() !== last) [still, last] = [0, count()];
  }
}
