/**
 * Scaled clocks: market time at another speed, with the dull hours left out.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { type ClockAnchor, scaledClock, virtualClock, wallClock } from "../../runtime/mod.ts";
import { trials } from "./seeds.ts";

const anchor = (rest: Partial<ClockAnchor>): ClockAnchor => ({
  wallMs: 0,
  marketMs: 0,
  speed: 1,
  skips: [],
  ...rest,
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
