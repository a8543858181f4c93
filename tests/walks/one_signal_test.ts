/**
 * The walk of one tick, as the README's table tells it: from an EA's bytes to a number in the statistics.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { AnalyticsSummary } from "../../protocols/analytics.ts";
import type { BittenEvent, EventKind } from "../../protocols/events.ts";
import { historyWrites, USUAL_SYMBOLS } from "../../scripts/sim/market.ts";
import { emptyWorld, type FakeHouse, fakeHouse } from "../kit/house.ts";
import { signalId, userId } from "../../protocols/units.ts";

const EPOCH_MS = Date.UTC(2026, 5, 14, 21);
const START_MS = Date.UTC(2026, 5, 16, 10, 33);
const SEED = 4;
/** v2.05 with a suffix, and v2.06H, which reports its closes. */
const EAS = [
  { uuid: "walk_alpha_ea_001", variant: "v2.05" as const, suffix: ".r" },
  { uuid: "walk_bravo_ea_001", variant: "v2.06H" as const, suffix: "" },
];

function of<K extends EventKind>(house: FakeHouse, kind: K): Extract<BittenEvent, { kind: K }>[] {
  return house.events.map(({ event }) => event).filter((event) => event.kind === kind) as never;
}

Deno.test("one tick becomes a signal, two fires, two fills, two closes and one outcome", async (t) => {
  const world = emptyWorld();
  const market = { seed: SEED, epochMs: EPOCH_MS, symbols: USUAL_SYMBOLS };
  world.store.commit([...historyWrites(market, START_MS - 36 * 3_600_000, START_MS)]);
  const house = await fakeHouse(world, { startMs: START_MS });
  const relayed: string[] = [];
  const published: string[] = [];
  const topics: string[] = [];
  subscribe(world, house.ports.relay, "", (frames) => relayed.push(frames[0]!));
  subscribe(world, house.ports.signal, "ELITE_GUARD_SIGNAL", (frames) => published.push(frames[0]!));
  subscribe(world, house.ports.signalTopic, "signal.", (frames) => topics.push(frames[0]!));
  await house.user("ann", EAS[0]!.uuid);
  await house.user("bob", EAS[1]!.uuid);
  for (const ea of EAS) {
    await house.ea({ ...ea, seed: SEED, epochMs: EPOCH_MS, symbols: USUAL_SYMBOLS, chart: "EURUSD" });
  }

  await house.run(60 * 15);

  // Gold's target stands so near to its broker's stops level that one tick decides whether it may be fired.
  const signal = of(house, "signalRaised").map((event) => event.signal).find(({ confidence, symbol }) =>
    confidence >= 80 && confidence <= 89 && symbol !== "XAUUSD"
  )!;
  await t.step("1, 2: the EA's line goes out on 5560 as it came", () => {
    assert.match(relayed[0]!, /^\{"type":"TICK","node_id":"NODE_/);
  });
  await t.step("3: candles of every symbol are stored", () => {
    const minutes = world.store.select({ from: "candles", where: { openedAtMs: { gte: START_MS } } });
    assert.deepEqual(new Set(minutes.map(({ symbol }) => symbol)), new Set(USUAL_SYMBOLS));
  });
  await t.step("4, 5, 6: the signal is stored before it is published, once, on both ports", () => {
    const [row] = world.store.select({ from: "signals", where: { id: signal.id } });
    assert.equal(row!.confidence, signal.confidence);
    const lines = published.filter((line) => line.includes(`"signal_id":"${signal.id}"`));
    assert.equal(lines.length, 1);
    assert.ok(topics.includes(`signal.${signal.symbol}`));
  });
  await t.step("7, 8: each user got a mission and a fire of his own", () => {
    const fires = world.store.select({ from: "fires", where: { signalId: signal.id } });
    assert.deepEqual(fires.map(({ userId: user }) => user).toSorted(), ["ann", "bob"]);
    assert.equal(new Set(fires.map(({ id }) => id)).size, 2);
    assert.ok(fires.every(({ riskPercent }) => riskPercent <= 5));
    const decisions = world.store.select({ from: "decisions", where: { signalId: signal.id } });
    assert.deepEqual(decisions.map(({ code }) => code), ["FIRED", "FIRED"]);
  });
  await t.step("9, 10, 11: both were filled", () => {
    const filled = of(house, "fireFilled").map(({ fire }) => fire).filter(({ signalId: id }) =>
      id === signal.id
    );
    assert.deepEqual(filled.map(({ userId: user }) => user).toSorted(), ["ann", "bob"]);
    assert.ok(filled.every(({ ticket, fillPrice }) => ticket !== null && fillPrice !== null));
  });
  await t.step("11: both were closed: one as reported, one as inferred", async () => {
    await house.run(60 * 10);
    const closed = of(house, "fireClosed").map(({ fire }) => fire).filter(({ signalId: id }) =>
      id === signal.id
    );
    const reasons = Object.fromEntries(closed.map(({ userId: user, closeReason }) => [user, closeReason]));
    assert.deepEqual(reasons, { ann: "CLOSED_INFERRED", bob: "TP_HIT" });
  });
  await t.step("12, 13: the outcome is in the table, the journal and the statistics", async () => {
    const [row] = world.store.select({ from: "signals", where: { id: signalId(signal.id) } });
    assert.equal(row!.outcome!.result, "WIN");
    assert.equal(world.journal.lines.filter((line) => line.includes(`"${signal.id}"`)).length, 1);
    const asked = house.at.analytics.ask<AnalyticsSummary>((reply) => ({
      kind: "summary",
      timeframeMs: 6 * 3_600_000,
      nowMs: house.market.nowMs(),
      reply,
    }));
    await house.flow();
    const stats = (await asked).patterns[signal.pattern]!;
    assert.ok(stats.wins >= 1);
  });
  await t.step("nothing was lost on the way, and nobody fell", () => {
    assert.deepEqual(house.deadLetters, []);
    assert.deepEqual(house.reports, []);
    assert.deepEqual(world.store.select({ from: "users", where: { id: userId("ann") } }).length, 1);
  });
  await house.stop();
  world.store.close();
});

function subscribe(
  world: ReturnType<typeof emptyWorld>,
  port: number,
  topic: string,
  heard: (frames: string[]) => void,
): void {
  const sub = world.network.peers.sub({ connect: `tcp://127.0.0.1:${port}`, topics: [topic] });
  sub.start((batch) => {
    for (const frames of batch) heard(frames.map((frame) => new TextDecoder().decode(frame)));
  });
}
