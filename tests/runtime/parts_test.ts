/**
 * The runtime's small parts: random, ring, restart window, serial.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { seededRandom } from "../../runtime/mod.ts";
import { Ring } from "../../runtime/ring.ts";
import { Serial } from "../../runtime/serial.ts";
import { RestartWindow } from "../../runtime/window.ts";
import { gate } from "./probe.ts";
import { trials } from "./seeds.ts";

Deno.test("equal seeds draw equal numbers, other seeds others", () => {
  const draw = (seed: number) => {
    const random = seededRandom(seed);
    return Array.from({ length: 5 }, () => random.whole(1_000_000));
  };

  assert.deepEqual(draw(1), draw(1));
  assert.notDeepEqual(draw(1), draw(2));
  assert.notDeepEqual(draw(0), draw(1));
});

Deno.test("random numbers are >= 0 and < 1, whole ones below their bound and evenly spread", () => {
  const random = seededRandom(42);
  const counts = new Array(10).fill(0);
  for (let i = 0; i < 100_000; i++) {
    const next = random.next();
    assert.ok(next >= 0 && next < 1);
    counts[random.whole(10)]++;
  }

  assert.ok(counts.every((count) => Math.abs(count - 10_000) < 500), counts.join());
});

Deno.test("chance() is true about as often as asked", () => {
  const random = seededRandom(7);
  let hits = 0;
  for (let i = 0; i < 10_000; i++) if (random.chance(0.25)) hits++;

  assert.ok(Math.abs(hits - 2_500) < 200, String(hits));
});

Deno.test("a fork draws its own numbers, and how many it draws does not matter to its origin", () => {
  const [a, b] = [seededRandom(3), seededRandom(3)];
  const [forkA, forkB] = [a.fork(), b.fork()];
  for (let i = 0; i < 10; i++) forkA.next();

  assert.equal(a.next(), b.next());
  assert.notEqual(forkB.next(), b.next());
});

Deno.test("a ring does what an array does, whatever is pushed, taken and looked at", () => {
  const operation = fc.oneof(
    fc.record({ kind: fc.constantFrom("push", "unshift" as const), value: fc.nat() }),
    fc.record({ kind: fc.constantFrom("shift", "removeAt" as const), value: fc.nat() }),
  );
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 200 }), (operations) => {
      const ring = new Ring<number>();
      const array: number[] = [];
      for (const { kind, value } of operations) {
        if (kind === "push") ring.push(array[array.push(value) - 1] as number);
        if (kind === "unshift") array.unshift(value), ring.unshift(value);
        if (kind === "shift" && array.length > 0) assert.equal(ring.shift(), array.shift());
        if (kind === "removeAt" && array.length > 0) {
          const place = value % array.length;
          assert.equal(ring.removeAt(place), array.splice(place, 1)[0]);
        }
        assert.equal(ring.size, array.length);
        assert.deepEqual(array.map((_, i) => ring.at(i)), array);
      }
    }),
    trials(100),
  );
});

Deno.test("a ring that held a burst works on after it has run empty", () => {
  const ring = new Ring<number>();
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 5_000; i++) ring.push(i);
    for (let i = 0; i < 5_000; i++) assert.equal(ring.shift(), i);
  }

  assert.equal(ring.size, 0);
});

Deno.test("a restart window admits exactly what a list of all restarts would", () => {
  const intensity = fc.record({ restarts: fc.nat({ max: 5 }), withinMs: fc.integer({ min: 1, max: 100 }) });
  fc.assert(
    fc.property(intensity, fc.array(fc.nat({ max: 60 }), { maxLength: 60 }), (intensity, waits) => {
      const window = new RestartWindow(intensity);
      let admitted: number[] = [];
      let now = 0;
      for (const wait of waits) {
        now += wait;
        admitted = admitted.filter((time) => time >= now - intensity.withinMs);
        const expected = admitted.length < intensity.restarts;
        if (expected) admitted.push(now);

        assert.equal(window.admits(now), expected);
      }
    }),
    trials(100),
  );
});

Deno.test("jobs run one after another; those that take no time are done on the spot", async () => {
  const serial = new Serial();
  const log: string[] = [];
  const slow = gate();

  serial.run(() => void log.push("at once"));
  assert.deepEqual(log, ["at once"]);
  serial.run(async () => {
    await slow.promise;
    log.push("slow");
  });
  serial.run(() => void log.push("behind it"));
  assert.deepEqual(log, ["at once"]);
  slow.open();
  await new Promise((resolve) => setImmediate(resolve));

  assert.deepEqual(log, ["at once", "slow", "behind it"]);
});

Deno.test("a job started by a job waits until that one is done", () => {
  const serial = new Serial();
  const log: string[] = [];

  serial.run(() => {
    serial.run(() => void log.push("inner"));
    log.push("outer");
  });

  assert.deepEqual(log, ["outer", "inner"]);
});

Deno.test("clearing forgets the jobs that wait", async () => {
  const serial = new Serial();
  const slow = gate();
  serial.run(() => slow.promise);
  serial.run(() => assert.fail("was forgotten"));

  serial.clear();
  slow.open();
  await new Promise((resolve) => setImmediate(resolve));
});

/** A time that counts how often it is looked at. */
function countedTime(ms: number, looks: { count: number }): number {
  return { valueOf: () => (looks.count++, ms) } as unknown as number;
}

Deno.test("otp 62: the cost of a restart does not grow with their number: only the oldest is looked at", () => {
  const costs = [200, 20_000, 200_000].map((restarts) => {
    const looks = { count: 0 };
    const window = new RestartWindow({ restarts, withinMs: 1e9 });
    for (let i = 0; i < restarts; i++) assert.equal(window.admits(i), true);
    assert.equal(window.admits(countedTime(restarts, looks)), false);
    return looks.count;
  });

  assert.ok(costs.every((cost) => cost <= 1), costs.join());
});

Deno.test("otp 62: a window keeps no more times than it may count", () => {
  const looks = { count: 0 };
  const window = new RestartWindow({ restarts: 3, withinMs: 10 });
  for (let i = 0; i < 3; i++) window.admits(countedTime(i * 100, looks));
  looks.count = 0;

  for (let i = 3; i < 1_000; i++) assert.equal(window.admits(i * 100), true);

  assert.ok(looks.count <= 3, String(looks.count));
});
