/**
 * Write queue: in order, one at a time, until stored.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type WriteGroup, WriteQueue } from "../../domain/write_queue.ts";
import type { CommitResult, Write } from "../../protocols/store.ts";

const OK: CommitResult = { ok: true, seqs: [] };
const FAILED: CommitResult = { ok: false, fault: "failed", message: "disk" };
const CONFLICT: CommitResult = { ok: false, fault: "conflict", message: "exists" };

const write = (name: string): Write => ({ put: "cursors", row: { name, seq: 1 } });
const group = (name: string, staleAtMs: number | null = null): WriteGroup => ({
  writes: [write(name)],
  staleAtMs,
});
const names = (writes: readonly Write[] | undefined) =>
  writes?.map((each) => "put" in each && each.put === "cursors" ? each.row.name : "?");

function queueOf(...groups: WriteGroup[]): WriteQueue {
  const queue = new WriteQueue();
  groups.forEach((each) => queue.add(each));
  return queue;
}

Deno.test("WriteQueue commits what waits together, and what comes meanwhile after it", () => {
  const queue = queueOf(group("a"), group("b"));
  const first = queue.next();
  queue.add(group("c"));

  const meanwhile = queue.next();
  queue.land(first!.number, OK, 0);

  assert.deepEqual([names(first?.writes), meanwhile, names(queue.next()?.writes)], [["a", "b"], null, ["c"]]);
});

Deno.test("WriteQueue keeps what the disk refused, in order, and tries it group by group", () => {
  const queue = queueOf(group("a"), group("b"));
  const first = queue.next();
  queue.add(group("c"));

  const landing = queue.land(first!.number, FAILED, 0);
  const tried: unknown[] = [];
  for (let flight = queue.next(); flight !== null; flight = queue.next()) {
    tried.push(names(flight.writes));
    queue.land(flight.number, OK, 0);
  }

  assert.deepEqual(landing, { retry: true, dropped: [] });
  assert.deepEqual([tried, queue.size], [[["a"], ["b"], ["c"]], 0]);
});

Deno.test("WriteQueue drops the one group that conflicts, and stores those that flew with it", () => {
  const queue = queueOf(group("a"), group("b"), group("c"));
  queue.land(queue.next()!.number, CONFLICT, 0);

  const landings = [OK, CONFLICT, OK].map((result) => queue.land(queue.next()!.number, result, 0));

  assert.deepEqual(landings, [
    { retry: false, dropped: [] },
    { retry: false, dropped: [group("b")] },
    { retry: false, dropped: [] },
  ]);
  assert.equal(queue.size, 0);
});

Deno.test("WriteQueue gives up a stale group when the disk refuses, and none before", () => {
  const queue = queueOf(group("candle"), group("signal", 60_000));

  const early = queue.land(queue.next()!.number, FAILED, 59_999);
  const late = queue.land(queue.next()!.number, null, 60_000);

  assert.deepEqual([early.dropped, late.dropped, queue.size], [[], [group("signal", 60_000)], 1]);
});

Deno.test("WriteQueue takes a lost answer for a no, and an answer that comes after all for nothing", () => {
  const queue = queueOf(group("a"));
  const lost = queue.next()!;
  queue.giveUp();
  const again = queue.next()!;

  queue.land(lost.number, OK, 0);
  const still = queue.busy;
  queue.land(again.number, OK, 0);

  assert.deepEqual([names(again.writes), still, queue.busy, queue.size], [["a"], true, false, 0]);
});

Deno.test("WriteQueue flies whole batches again once every group of a refused one has landed", () => {
  const queue = queueOf(group("a"), group("b"));
  queue.land(queue.next()!.number, FAILED, 0);
  for (let i = 0; i < 2; i++) queue.land(queue.next()!.number, OK, 0);
  queue.add(group("c"));
  queue.add(group("d"));

  assert.deepEqual(names(queue.next()?.writes), ["c", "d"]);
});
