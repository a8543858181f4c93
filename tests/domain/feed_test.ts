/**
 * Feed: sound quotes, no tick twice, one primary at a time.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { DEAD_MS, DuplicateRing, HOLD_MS, PrimaryFeed, quoteFault, SILENT_MS } from "../../domain/feed.ts";
import { eaId } from "../../protocols/units.ts";

const A = eaId("a");
const B = eaId("b");

Deno.test("quoteFault() names what is wrong with a bid and an ask", () => {
  const quotes: [number, number][] = [
    [1.1, 1.1001],
    [1.1, 1.1],
    [1.1, 1.0999],
    [NaN, 1.1],
    [1.1, Infinity],
    [0, 1.1],
    [-1, -0.5],
  ];

  assert.deepEqual(quotes.map(([bid, ask]) => quoteFault(bid, ask)), [
    null,
    null,
    "crossed",
    "notFinite",
    "notFinite",
    "notPositive",
    "notPositive",
  ]);
});

Deno.test("DuplicateRing drops the chart symbol's second copy, and no other tick", () => {
  const ring = new DuplicateRing();

  const seen = [
    ring.seen(1_000, 1.1, 1.2),
    ring.seen(1_000, 1.1, 1.2),
    ring.seen(1_000, 1.1, 1.3),
    ring.seen(2_000, 1.1, 1.2),
    ring.seen(1_000, 1.1, 1.3),
    ring.seen(2_000, 1.1, 1.2),
  ];

  assert.deepEqual(seen, [false, true, false, false, true, true]);
});

Deno.test("DuplicateRing knows a copy when an older tick came between", () => {
  const ring = new DuplicateRing();
  ring.seen(5_000, 1.1, 1.2);
  ring.seen(1_000, 1.1, 1.2);

  assert.equal(ring.seen(5_000, 1.1, 1.2), true);
});

Deno.test("DuplicateRing agrees with a set on any stream that repeats within 64 ticks", () => {
  const ticks = fc.array(fc.tuple(fc.nat(6), fc.nat(2), fc.nat(2)), { maxLength: 60, size: "max" });
  fc.assert(fc.property(ticks, (stream) => {
    const ring = new DuplicateRing();
    const known = new Set<string>();
    for (const [atMs, bid, ask] of stream) {
      const key = `${atMs} ${bid} ${ask}`;
      assert.equal(ring.seen(atMs, bid, ask), known.has(key));
      known.add(key);
    }
  }));
});

Deno.test("PrimaryFeed takes the first feed that ticks and stays with it while both tick", () => {
  const feed = new PrimaryFeed(0);

  const heard = [0, 100, 200, 300].flatMap((atMs) => [feed.offer(A, atMs), feed.offer(B, atMs + 50)]);

  assert.deepEqual(heard, [true, false, true, false, true, false, true, false]);
  assert.deepEqual([feed.primary, feed.switches], [A, 0]);
});

Deno.test("PrimaryFeed leaves a primary that is silent for 5 s while another ticked three times", () => {
  const feed = new PrimaryFeed(0);
  feed.offer(A, 0);

  const heard = [1_000, 2_000, SILENT_MS - 1, SILENT_MS].map((atMs) => feed.offer(B, atMs));

  assert.deepEqual(heard, [false, false, false, true]);
  assert.deepEqual([feed.primary, feed.switches], [B, 1]);
});

Deno.test("PrimaryFeed waits for the third tick of the other feed, up to 30 s", () => {
  const two = new PrimaryFeed(0);
  two.offer(A, 0);
  const dead = new PrimaryFeed(0);
  dead.offer(A, 0);

  assert.deepEqual([two.offer(B, 6_000), two.offer(B, 7_000), two.offer(B, 8_000)], [false, false, true]);
  assert.deepEqual([dead.offer(B, DEAD_MS - 1), dead.offer(B, DEAD_MS)], [false, true]);
});

Deno.test("PrimaryFeed counts the other feed's ticks anew after each tick of the primary", () => {
  const feed = new PrimaryFeed(0);
  feed.offer(A, 0);
  for (const atMs of [1, 2, 3, 4]) feed.offer(B, atMs);
  feed.offer(A, 10);

  assert.deepEqual([feed.offer(B, 10_000), feed.offer(B, 10_001), feed.offer(B, 10_002)], [
    false,
    false,
    true,
  ]);
});

Deno.test("PrimaryFeed holds a new primary for 10 min, but never a dead one", () => {
  const holds = new PrimaryFeed(0);
  for (const [ea, atMs] of [[A, 0], [B, DEAD_MS]] as const) holds.offer(ea, atMs);
  const back = (feed: PrimaryFeed, fromMs: number) => [0, 1, 2].map((ms) => feed.offer(A, fromMs + ms));

  const early = back(holds, DEAD_MS + 6_000);
  const dead = holds.offer(A, 2 * DEAD_MS);
  const later = new PrimaryFeed(0);
  for (const [ea, atMs] of [[A, 0], [B, DEAD_MS], [B, DEAD_MS + HOLD_MS]] as const) later.offer(ea, atMs);

  assert.deepEqual([early, dead], [[false, false, false], true]);
  assert.deepEqual(back(later, DEAD_MS + HOLD_MS + SILENT_MS), [false, false, true]);
});

Deno.test("PrimaryFeed waits longer on a scaled clock, whose bytes travel in wall time", () => {
  const feed = new PrimaryFeed(2_000);
  feed.offer(A, 0);

  const heard = [5_000, 6_000, 6_999, 7_000].map((atMs) => feed.offer(B, atMs));

  assert.deepEqual(heard, [false, false, false, true]);
});

Deno.test("PrimaryFeed never interleaves: between two switches every tick heard is of one feed", () => {
  const offers = fc.array(fc.tuple(fc.constantFrom(A, B, eaId("c")), fc.nat(9_000)), {
    maxLength: 500,
    size: "max",
  });
  fc.assert(fc.property(offers, (steps) => {
    const feed = new PrimaryFeed(0);
    let atMs = 0;
    const switchedAt: number[] = [];
    for (const [ea, pause] of steps) {
      atMs += pause;
      const [before, switches] = [feed.primary, feed.switches];
      const heard = feed.offer(ea, atMs);
      assert.equal(heard, feed.primary === ea);
      assert.ok(feed.primary === before || heard);
      if (feed.switches > switches) switchedAt.push(atMs);
    }
    const holds = switchedAt.slice(1).map((ms, i) => ms - switchedAt[i]!);
    assert.ok(holds.every((ms) => ms >= DEAD_MS), `switched after ${holds}`);
  }));
});
