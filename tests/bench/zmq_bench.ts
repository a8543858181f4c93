/**
 * Load: 20,000 tick-sized messages (about 200 bytes) from 1 and from 20 EAs, and command round trips, on loopback.
 *
 * Budget: 100 EAs at 25 ticks a second are 2,500 messages a second, so 50,000 a second leaves twenty times that;
 * a round trip within 1 ms (p99), which is nothing beside the second between two chart ticks.
 *
 * @module
 */
import { openZmqEdge, peers, type PushPeer } from "../../edges/zmq.ts";

const MESSAGES = 20_000;
const tick = new TextEncoder().encode(
  `{"type":"TICK","node_id":"NODE_1000001_5512345","user_uuid":"user_demo_00017","symbol":"EURUSD.r",` +
    `"bid":1.17602,"ask":1.17603,"spread":1.0,"volume":0,"timestamp":"2025.09.12 14:03:36"}`,
);
const LOCAL = { host: "127.0.0.1", port: 0 };
const soon = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

async function flood(senders: readonly PushPeer[], messages: number): Promise<void> {
  await Promise.all(senders.map(async (sender) => {
    for (let index = 0; index < messages / senders.length; index++) {
      while (!await sender.send([tick])) await soon();
    }
  }));
}

async function throughput(eas: number, bench: Deno.BenchContext): Promise<void> {
  const edge = openZmqEdge();
  const pull = await edge.pull(LOCAL);
  let got = 0;
  pull.start((batch) => void (got += batch.length));
  const connect = `tcp://127.0.0.1:${pull.port}`;
  const senders = Array.from({ length: eas }, () => peers.push({ connect }));
  await flood(senders, eas);
  while (got < eas) await soon();

  bench.start();
  await flood(senders, MESSAGES);
  while (got < eas + MESSAGES) await soon();
  bench.end();
  await Promise.all(senders.map((sender) => sender.close()));
  await edge.close();
}

Deno.bench({
  name: "20,000 ticks from one EA",
  group: "throughput",
  baseline: true,
  fn: async (bench) => await throughput(1, bench),
});
Deno.bench({
  name: "20,000 ticks from 20 EAs",
  group: "throughput",
  fn: async (bench) => await throughput(20, bench),
});

Deno.bench({
  name: "1,000 router/dealer round trips",
  group: "latency",
  fn: async (bench) => {
    const edge = openZmqEdge();
    const router = await edge.router(LOCAL);
    router.start((batch) => {
      for (const [identity, payload] of batch) void router.send(identity!, payload!);
    });
    const dealer = peers.dealer({ connect: `tcp://127.0.0.1:${router.port}`, identity: "user_demo_0001" });
    let answered = () => {};
    dealer.start(() => answered());
    const trip = async () => {
      const answer = new Promise<void>((resolve) => void (answered = resolve));
      await dealer.send([tick]);
      await answer;
    };
    await trip();

    bench.start();
    for (let index = 0; index < 1_000; index++) await trip();
    bench.end();
    await dealer.close();
    await edge.close();
  },
});
