/**
 * The event ring: against a plain list of every event, and at its edges.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { EventRing } from "../../domain/event_ring.ts";
import type { EventKind, StoredEvent } from "../../protocols/events.ts";

const KINDS: readonly EventKind[] = ["eaLost", "eaReconciled", "tradingResumed"];

function stored(seq: number): StoredEvent {
  const kind = KINDS[seq % 3]!;
  return { seq, atMs: seq, source: "test", event: { kind } as StoredEvent["event"] };
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => stored(from + i));
const all = () => true;

Deno.test("take() hands out what a filter over every event hands out, or says that it is too old", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.nat(20),
      fc.array(fc.integer({ min: 0, max: 7 }), { maxLength: 12 }),
      fc.array(fc.tuple(fc.nat(80), fc.integer({ min: 1, max: 5 }), fc.subarray([...KINDS])), {
        maxLength: 12,
      }),
      (capacity, start, sizes, readings) => {
        const ring = new EventRing(capacity, start);
        const known: StoredEvent[] = [];
        for (const size of sizes) {
          const first = start + known.length + 1;
          const events = range(first, first + size - 1);
          ring.add(events);
          known.push(...events);
        }
        const lastSeq = start + known.length;
        assert.equal(ring.lastSeq, lastSeq);
        assert.equal(ring.after, Math.max(start, lastSeq - capacity));

        for (const [seq, max, kinds] of readings) {
          const taken = ring.take(seq, ({ event }) => kinds.includes(event.kind), max);

          const wanted = known.filter((e) => e.seq > seq && kinds.includes(e.event.kind)).slice(0, max);
          const place = wanted.length === max ? wanted.at(-1)!.seq : Math.max(seq, lastSeq);
          assert.deepEqual(taken, seq < ring.after ? null : { batch: wanted, seq: place });
        }
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("add() passes over events that are in already", () => {
  const ring = new EventRing(10, 4);

  ring.add(range(3, 6));
  ring.add(range(5, 7));

  assert.deepEqual(ring.take(4, all, 10), { batch: range(5, 7), seq: 7 });
});

Deno.test("add() begins anew behind a number that was left out, so that nobody misses an untold event", () => {
  const ring = new EventRing(10, 0);
  ring.add(range(1, 3));

  ring.add(range(6, 7));

  assert.equal(ring.take(3, all, 10), null);
  assert.deepEqual(ring.take(5, all, 10), { batch: range(6, 7), seq: 7 });
});

Deno.test("take() leaves a reader who is ahead of the ring where he is", () => {
  const ring = new EventRing(10, 3);
  assert.deepEqual(ring.take(9, all, 10), { batch: [], seq: 9 });
});
