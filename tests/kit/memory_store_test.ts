/**
 * The memory store's own promises: what a crash loses, and how it fails.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Write } from "../../protocols/store.ts";
import { memoryStore } from "./memory_store.ts";
import { TUESDAY_MS } from "./signals.ts";

const cursor = (seq: number): Write => ({ put: "cursors", row: { name: "journal", seq } });
const halted: Write = {
  event: { kind: "tradingHalted", by: "op", reason: "test", queuedFires: [] },
  source: "desk",
  atMs: TUESDAY_MS,
};

Deno.test("memory store loses on a crash what was not synced, and gives its numbers again", () => {
  const store = memoryStore();
  store.syncs = "whenTold";
  store.commit([[cursor(1), halted]]);
  store.sync();
  store.commit([[cursor(2), halted], [halted]]);
  assert.equal(store.lastSeq(), 3);

  store.crash();

  assert.deepEqual(store.select({ from: "cursors" }), [{ name: "journal", seq: 1 }]);
  assert.equal(store.lastSeq(), 1);
  assert.deepEqual(store.commit([[halted]]), [{ ok: true, seqs: [2] }]);
  store.close();
});

Deno.test("memory store keeps the unsynced commits before a failing one", () => {
  const store = memoryStore();
  store.syncs = "whenTold";
  store.commit([[cursor(1)]]);
  store.failNext(1);
  assert.equal(store.commit([[cursor(2)]])[0]?.ok, false);
  assert.deepEqual(store.select({ from: "cursors" }), [{ name: "journal", seq: 1 }]);

  store.sync();
  store.crash();

  assert.deepEqual(store.select({ from: "cursors" }), [{ name: "journal", seq: 1 }]);
  store.close();
});

Deno.test("memory store can lose the answer of a commit that is durable", () => {
  const store = memoryStore();
  let stalls = 0;
  store.stall = () => stalls += 1;
  store.throwNext(new Error("killed"), "after");
  assert.throws(() => store.commit([[cursor(1)]]), /killed/);
  store.throwNext(new Error("gone"));
  assert.throws(() => store.commit([[cursor(2)]]), /gone/);

  store.crash();

  assert.deepEqual(store.select({ from: "cursors" }), [{ name: "journal", seq: 1 }]);
  assert.deepEqual([stalls, store.commits], [2, 1]);
  store.close();
});
