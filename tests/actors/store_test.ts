/**
 * The store actor: shared transactions, the order of answers, failing disks, stopping.
 *
 * @module
 */
import assert from "node:assert/strict";
import { storeActor, type StoreClient, storeClient } from "../../actors/store.ts";
import type { EventBusMessage } from "../../protocols/event_bus.ts";
import type { StoreEdge } from "../../protocols/ports.ts";
import type { CommitResult, Write } from "../../protocols/store.ts";
import { type MemoryStore, memoryStore } from "../kit/memory_store.ts";
import { TUESDAY_MS } from "../kit/signals.ts";
import { spawnOne, type TestSystem, testSystem } from "../kit/test_system.ts";

const cursor = (seq: number, name = "journal"): Write => ({ put: "cursors", row: { name, seq } });
const resumed = (by: string): Write => ({
  event: { kind: "tradingResumed", by },
  source: "desk",
  atMs: TUESDAY_MS,
});

interface House extends TestSystem {
  readonly edge: MemoryStore;
  readonly store: StoreClient;
  /** How many groups each transaction had. */
  readonly transactions: number[];
  readonly told: EventBusMessage[];
}

/** A store actor over a memory store, beside a bus that only listens. */
async function withStore(run: (house: House) => Promise<void>): Promise<void> {
  const system = testSystem();
  const edge = memoryStore();
  const transactions: number[] = [];
  const told: EventBusMessage[] = [];
  const counting: StoreEdge = {
    ...edge,
    commit(groups) {
      transactions.push(groups.length);
      return edge.commit(groups);
    },
  };
  const bus = { tell: (message: EventBusMessage) => told.push(message) > 0 };
  const store = storeClient(spawnOne(system.system, storeActor({ edge: counting, bus })));
  try {
    await run({ ...system, edge, store, transactions, told });
  } finally {
    await system.system.stop();
    edge.close();
  }
}

const outcomeOf = (result: CommitResult) => result.ok ? result.seqs : result.fault;
const bySeq = (told: readonly EventBusMessage[]) =>
  told.map((message) =>
    message.kind === "committed" && message.events.map((e) => [e.seq, e.event, e.source, e.atMs])
  );

Deno.test("commits that waited share one transaction, and each is answered for itself", async () => {
  await withStore(async ({ store, transactions, told }) => {
    const results = await Promise.all([
      store.commit([cursor(1), resumed("a"), resumed("b")]),
      store.commit([{ insert: "cursors", row: { name: "journal", seq: 9 } }, resumed("lost")]),
      store.commit([resumed("c")]),
      store.commit([cursor(2)]),
    ]);

    assert.deepEqual(results.map(outcomeOf), [[1, 2], "conflict", [3], []]);
    assert.deepEqual(transactions, [4]);
    assert.deepEqual(bySeq(told), [[
      [1, { kind: "tradingResumed", by: "a" }, "desk", TUESDAY_MS],
      [2, { kind: "tradingResumed", by: "b" }, "desk", TUESDAY_MS],
      [3, { kind: "tradingResumed", by: "c" }, "desk", TUESDAY_MS],
    ]]);
    assert.deepEqual(await store.select({ from: "cursors" }), [{ name: "journal", seq: 2 }]);
  });
});

Deno.test("a commit is on disk before it is answered, and answered before the bus hears of it", async () => {
  const system = testSystem();
  const edge = memoryStore();
  const order: string[] = [];
  const bus = { tell: () => order.push(`told at ${edge.lastSeq()}`) > 0 };
  const ref = spawnOne(system.system, storeActor({ edge, bus }));

  ref.tell({
    kind: "commit",
    writes: [resumed("a")],
    reply: () => order.push(`answered at ${edge.lastSeq()}`),
  });
  await system.settle();

  assert.deepEqual(order, ["answered at 1", "told at 1"]);
  await system.system.stop();
  edge.close();
});

Deno.test("the bus is told nothing of a commit without events", async () => {
  await withStore(async ({ store, told }) => {
    await store.commit([cursor(1)]);
    assert.deepEqual(told, []);
  });
});

Deno.test("a reading stands behind every write told before it", async () => {
  await withStore(async ({ store, transactions }) => {
    const [, rows, , events, , seq] = await Promise.all([
      store.commit([cursor(4)]),
      store.select({ from: "cursors" }),
      store.commit([resumed("a")]),
      store.events(0, 10),
      store.commit([resumed("b")]),
      store.lastSeq(),
    ]);

    assert.deepEqual(rows, [{ name: "journal", seq: 4 }]);
    assert.deepEqual(events, [
      { seq: 1, atMs: TUESDAY_MS, source: "desk", event: { kind: "tradingResumed", by: "a" } },
    ]);
    assert.equal(seq, 2);
    assert.deepEqual(transactions, [1, 1, 1]);
  });
});

Deno.test("a flood of commits is written in portions that the rest of the house can wait for", async () => {
  await withStore(async ({ store, transactions, told }) => {
    const results = await Promise.all(
      Array.from({ length: 1_000 }, (_, i) => store.commit([resumed(`${i}`)])),
    );

    assert.deepEqual(results.map(outcomeOf), Array.from({ length: 1_000 }, (_, i) => [i + 1]));
    assert.ok(transactions.every((groups) => groups <= 256), String(transactions));
    assert.ok(transactions.length <= 5, String(transactions));
    const seqs = told.flatMap((message) =>
      message.kind === "committed" ? message.events.map((e) => e.seq) : []
    );
    assert.deepEqual(seqs, Array.from({ length: 1_000 }, (_, i) => i + 1));
  });
});

Deno.test("a commit that the disk refused is answered failed, and nobody hears of its events", async () => {
  await withStore(async ({ store, edge, told, reports }) => {
    edge.failNext(1);

    const results = await Promise.all([store.commit([resumed("a")]), store.commit([cursor(1)])]);

    assert.deepEqual(results.map(outcomeOf), ["failed", "failed"]);
    assert.deepEqual([told, reports], [[], []]);
    assert.deepEqual(outcomeOf(await store.commit([resumed("b")])), [1]);
  });
});

Deno.test("an edge that breaks leaves nobody waiting: all are answered, the actor restarts and goes on", async () => {
  await withStore(async ({ store, edge, told, reports }) => {
    edge.throwNext(new Error("database is not open"));

    const results = await Promise.all([store.commit([resumed("a")]), store.commit([cursor(1)])]);

    assert.deepEqual(
      results,
      Array(2).fill({
        ok: false,
        fault: "failed",
        message: "Cannot commit as the store broke: database is not open",
      }),
    );
    assert.deepEqual(outcomeOf(await store.commit([resumed("b")])), [1]);
    assert.deepEqual(reports.map((report) => report.context), ["child_terminated"]);
    assert.equal(told.length, 1);
  });
});

Deno.test("a selection that cannot be is its asker's trouble alone", async () => {
  await withStore(async ({ store, reports, logs }) => {
    const wrong = store.select({ from: "cursors", where: { colour: "red" } as never });
    const right = store.select({ from: "cursors" });

    await assert.rejects(wrong, { message: "Cannot use cursors.colour as there is no such field" });
    assert.deepEqual(await right, []);
    assert.deepEqual(reports, []);
    assert.deepEqual(logs.map((line) => [line.level, line.message]), [["error", "a reading failed"]]);
  });
});

Deno.test("stopping writes and answers what was told before", async () => {
  await withStore(async ({ store, system, settle, edge, deadLetters }) => {
    await settle();
    const results = Promise.all([store.commit([cursor(7)]), store.commit([resumed("last")])]);

    await system.stop();

    assert.deepEqual((await results).map(outcomeOf), [[], [1]]);
    assert.deepEqual(edge.select({ from: "cursors" }), [{ name: "journal", seq: 7 }]);
    assert.deepEqual(deadLetters, []);
    await assert.rejects(store.commit([cursor(8)]), { name: "AskError" });
  });
});
