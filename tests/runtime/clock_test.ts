/**
 * Clocks: virtual, scaled, wall and monotonic.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type ClockAnchor,
  monotonicClock,
  scaledClock,
  seededRandom,
  virtualClock,
  wallClock,
} from "../../runtime/mod.ts";
import { AlarmClock } from "../../runtime/alarm_clock.ts";
import { trials } from "./seeds.ts";

const anchor = (rest: Partial<ClockAnchor>): ClockAnchor => ({
  wallMs: 0,
  marketMs: 0,
  speed: 1,
  skips: [],
  ...rest,
});

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

Deno.test("a scaled clock runs speed times as fast, and its timers with it", async () => {
  const wall = virtualClock(5_000);
  const market = scaledClock(anchor({ wallMs: 5_000, marketMs: 1_000_000, speed: 60 }), wall);
  const fired: number[] = [];
  market.after(60_000, () => fired.push(market.nowMs()));

  await wall.advance(999);
  assert.deepEqual(fired, []);
  await wall.advance(1);

  assert.deepEqual(fired, [1_060_000]);
  assert.equal(market.nowMs(), 1_060_000);
});

Deno.test("a scaled clock passes over skips in no time; timers due inside fire when the skip is reached", async () => {
  const wall = virtualClock(0);
  const skips = [{ fromMs: 1_000, toMs: 5_000 }, { fromMs: 6_000, toMs: 7_000 }];
  const market = scaledClock(anchor({ speed: 10, skips }), wall);
  const fired: [string, number, number][] = [];
  const timer = (name: string, delayMs: number) =>
    market.after(delayMs, () => fired.push([name, wall.nowMs(), market.nowMs()]));
  timer("before", 900);
  timer("at its beginning", 1_000);
  timer("inside", 3_000);
  timer("at its end", 5_000);
  timer("between", 5_500);
  timer("second skip", 6_500);
  timer("after", 7_100);

  await wall.advance(300);

  assert.deepEqual(fired, [
    ["before", 90, 900],
    ["at its beginning", 100, 5_000],
    ["inside", 100, 5_000],
    ["at its end", 100, 5_000],
    ["between", 150, 5_500],
    ["second skip", 200, 7_000],
    ["after", 210, 7_100],
  ]);
});

Deno.test("a scaled clock anchored inside a skip begins at its end, and ignores skips that are over", () => {
  const wall = virtualClock(0);
  const skips = [{ fromMs: 100, toMs: 200 }, { fromMs: 900, toMs: 2_000 }];

  assert.equal(scaledClock(anchor({ marketMs: 1_000, skips }), wall).nowMs(), 2_000);
  assert.equal(scaledClock(anchor({ marketMs: 300, skips }), wall).nowMs(), 300);
});

Deno.test("a scaled clock never runs backwards, and its timers fire at or after their time", async () => {
  const skip = fc.record({
    gapMs: fc.integer({ min: 1, max: 500 }),
    lengthMs: fc.integer({ min: 1, max: 500 }),
  });
  const speeds = fc.double({ min: 0.1, max: 500, noNaN: true });
  const delays = fc.array(fc.integer({ min: 0, max: 3_000 }), { maxLength: 10 });
  await fc.assert(
    fc.asyncProperty(fc.array(skip, { maxLength: 4 }), speeds, delays, async (gaps, speed, delays) => {
      let at = 0;
      const skips = gaps.map(({ gapMs, lengthMs }) => {
        const fromMs = at + gapMs;
        at = fromMs + lengthMs;
        return { fromMs, toMs: at };
      });
      const wall = virtualClock(1_767_606_400_000);
      const market = scaledClock(anchor({ wallMs: wall.nowMs(), speed, skips }), wall);
      const early: number[] = [];
      let last = market.nowMs();
      let left = delays.length;
      for (const delayMs of delays) {
        const dueMs = market.nowMs() + delayMs;
        market.after(delayMs, () => {
          left--;
          if (market.nowMs() < dueMs || market.nowMs() < last) early.push(dueMs);
          last = market.nowMs();
        });
      }

      await wall.advance(3_000 / speed + 2);

      assert.deepEqual({ early, left }, { early: [], left: 0 });
      assert.ok(skips.every(({ fromMs, toMs }) => last < fromMs || last >= toMs));
    }),
    trials(100),
  );
});

Deno.test("a message may lose (speed − 1) × 40 ms of market time on its way", () => {
  const wall = virtualClock(0);

  assert.deepEqual([1, 60].map((speed) => scaledClock(anchor({ speed }), wall).slackMs), [0, 2_360]);
  assert.equal(wallClock().slackMs, 0);
  assert.equal(wallClock().anchor, null);
});

Deno.test("a scaled clock refuses a speed that is not > 0 and skips that are not ascending", () => {
  const wall = virtualClock(0);
  const skips = [{ fromMs: 10, toMs: 20 }, { fromMs: 15, toMs: 30 }];

  assert.throws(() => scaledClock(anchor({ speed: 0 }), wall), /speed must be > 0: current value is 0/);
  assert.throws(() => scaledClock(anchor({ speed: Infinity }), wall), /speed must be > 0/);
  assert.throws(
    () => scaledClock(anchor({ skips }), wall),
    /ascending and disjoint: current value is 15..30/,
  );
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
