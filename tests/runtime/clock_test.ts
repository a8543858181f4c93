/**
 * Clocks: virtual, scaled, wall and monotonic.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { monotonicClock, seededRandom, virtualClock, wallClock } from "../../runtime/mod.ts";
import { AlarmClock } from "../../runtime/alarm_clock.ts";
import { trials } from "./seeds.ts";

Deno.test("a virtual clock fires timers at their own moment, in the order of their moments", async () => {
  const clock = virtualClock(1_000);
  const fired: string[] = [];
  for (const [delayMs, name] of [[30, "c"], [10, "a"], [20, "b"], [10, "a2"], [31, "late"]] as const) {
    clock.after(delayMs, () => fired.push(`${name} ${clock.nowMs()}`));
  }

  await clock.advance(30);

  assert.deepEqual(fired, ["a 1010", "a2 1010", "b 1020", "c 1030"]);
  assert.deepEqual([clock.nowMs(), clock.pending, clock.nextMs], [1_030, 1, 1_031]);
});

Deno.test("a virtual clock fires timers that timers start, when they fall into the same advance", async () => {
  const clock = virtualClock(0);
  const fired: number[] = [];
  clock.after(10, () => clock.after(5, () => fired.push(clock.nowMs())));

  await clock.advance(20);

  assert.deepEqual(fired, [15]);
});

Deno.test("a cancelled timer does not fire; cancelling twice, or after it ran, does nothing", async () => {
  const clock = virtualClock(0);
  const fired: string[] = [];
  const gone = clock.after(10, () => fired.push("gone"));
  const ran = clock.after(10, () => fired.push("ran"));

  gone.cancel();
  gone.cancel();
  await clock.advance(10);
  ran.cancel();

  assert.deepEqual(fired, ["ran"]);
  assert.equal(clock.pending, 0);
});

Deno.test("timers of one moment fire in the order a seed draws, and the same seed draws the same", async () => {
  const order = async (seed: number) => {
    const clock = virtualClock(0, { random: seededRandom(seed) });
    const fired: number[] = [];
    for (let i = 0; i < 8; i++) clock.after(10, () => fired.push(i));
    await clock.advance(10);
    return fired.join();
  };

  const orders = await Promise.all([1, 2, 3, 4].map(order));

  assert.deepEqual(orders, await Promise.all([1, 2, 3, 4].map(order)));
  assert.equal(new Set(orders).size, 4);
});

Deno.test("a timer with a delay that is not a number is refused; one without end never fires", async () => {
  const clock = virtualClock(0);

  assert.throws(() => clock.after(NaN, () => {}), /delay must be a number of ms: current value is NaN/);
  clock.after(Infinity, () => assert.fail("fired")).cancel();
  clock.after(-5, () => {});
  await clock.advance(0);

  assert.equal(clock.pending, 0);
});

Deno.test("timers fire in order of due time for any set of delays and cancellations", async () => {
  const timers = fc.array(fc.record({ delayMs: fc.nat({ max: 50 }), cancelled: fc.boolean() }), {
    maxLength: 60,
  });
  await fc.assert(
    fc.asyncProperty(timers, async (timers) => {
      const clock = virtualClock(0);
      const fired: number[] = [];
      const started = timers.map(({ delayMs }, i) => clock.after(delayMs, () => fired.push(i)));
      timers.forEach(({ cancelled }, i) => cancelled && started[i]?.cancel());

      await clock.advance(50);

      const kept = timers.map((timer, i) => ({ ...timer, i })).filter((timer) => !timer.cancelled);
      const expected = kept.toSorted((a, b) => a.delayMs - b.delayMs || a.i - b.i).map((timer) => timer.i);
      assert.deepEqual(fired, expected);
    }),
    trials(100),
  );
});

Deno.test("a clock over a host keeps one host timer, for the first of its deadlines", () => {
  let now = 0;
  const armed: number[] = [];
  let calledOff = 0;
  let ring = () => {};
  const clock = new AlarmClock(() => now, (dueMs, run) => {
    armed.push(dueMs);
    ring = run;
    return () => calledOff++;
  });
  const fired: string[] = [];

  clock.after(50, () => fired.push("b"));
  clock.after(90, () => fired.push("c"));
  clock.after(20, () => fired.push("a"));
  now = 55;
  ring();

  assert.deepEqual(armed, [50, 20, 90]);
  assert.equal(calledOff, 1);
  assert.deepEqual(fired, ["a", "b"]);
});

Deno.test("a clock over a host calls its host timer off when the last deadline is cancelled", () => {
  let calledOff = 0;
  const clock = new AlarmClock(() => 0, () => () => calledOff++);

  const timers = [clock.after(50, () => {}), clock.after(90, () => {})];
  for (const timer of timers) timer.cancel();

  assert.equal(calledOff, 1);
});

Deno.test("a timer that throws does not take the others along", () => {
  let now = 0;
  let ring = () => {};
  const clock = new AlarmClock(() => now, (_dueMs, run) => {
    ring = run;
    return () => {};
  });
  const fired: string[] = [];
  clock.after(10, () => {
    throw new Error("own fault");
  });
  clock.after(10, () => fired.push("next"));
  now = 10;

  assert.throws(() => ring(), /own fault/);
  ring();

  assert.deepEqual(fired, ["next"]);
});

Deno.test("a chain of zero delays leaves the host its turn between them", () => {
  const rings: (() => void)[] = [];
  const clock = new AlarmClock(() => 0, (_dueMs, run) => {
    rings.push(run);
    return () => {};
  });
  let fired = 0;
  const chain = () => {
    fired++;
    clock.after(0, chain);
  };
  clock.after(0, chain);

  rings.at(-1)?.();
  rings.at(-1)?.();

  assert.equal(fired, 2);
});

for (const [name, make] of [["wall", wallClock], ["monotonic", monotonicClock]] as const) {
  Deno.test(`the ${name} clock fires its timers in order, none early, and holds no host timer afterwards`, async () => {
    const clock = make();
    const startMs = clock.nowMs();
    const fired: [string, boolean][] = [];
    const cancelled = clock.after(1, () => fired.push(["cancelled", false]));

    await new Promise<void>((resolve) => {
      clock.after(6, () => {
        fired.push(["b", clock.nowMs() - startMs >= 6]);
        resolve();
      });
      clock.after(2, () => fired.push(["a", clock.nowMs() - startMs >= 2]));
      cancelled.cancel();
    });

    assert.deepEqual(fired, [["a", true], ["b", true]]);
  });
}
