/**
 * Schedulers: who runs next, for how long, and who else gets a turn.
 *
 * @module
 */
import assert from "node:assert/strict";
import { hostTurn } from "../../runtime/host.ts";
import { liveScheduler, type Runnable, type Scheduler, simulatedScheduler } from "../../runtime/mod.ts";

/** A runnable that wants a number of turns, each taking `taken` messages. */
function worker(scheduler: Scheduler, log: string[], path: string, turns: number, taken = 1): Runnable {
  let left = turns;
  const runnable: Runnable = {
    path,
    turn() {
      log.push(path);
      if (--left > 0) scheduler.ready(runnable);
      return taken;
    },
  };
  return runnable;
}

async function idle(scheduler: Scheduler): Promise<void> {
  while (!scheduler.idle) await hostTurn();
}

Deno.test("the live scheduler gives turns first come, first served", async () => {
  const scheduler = liveScheduler();
  const log: string[] = [];
  for (const path of ["a", "b", "c"]) scheduler.ready(worker(scheduler, log, path, 2));

  await idle(scheduler);

  assert.deepEqual(log, ["a", "b", "c", "a", "b", "c"]);
  assert.equal(scheduler.turns, 6);
});

Deno.test("the live scheduler leaves timers and sockets their turn within its slice, however busy it is", async () => {
  const scheduler = liveScheduler({ sliceMs: 4 });
  let over = false;
  const busy: Runnable = {
    path: "busy",
    turn() {
      if (!over) scheduler.ready(busy);
      return 64;
    },
  };
  scheduler.ready(busy);
  const turns: number[] = [];
  for (let i = 0; i < 5; i++) {
    await hostTurn();
    turns.push(scheduler.turns);
  }
  over = true;
  await idle(scheduler);

  assert.ok(turns.every((count, i) => i === 0 || count > (turns[i - 1] as number)), turns.join());
});

Deno.test("slow handlers shorten the way to the next look at the clock", async () => {
  const scheduler = liveScheduler({ sliceMs: 1 });
  const budgets: number[] = [];
  let left = 40;
  const slow: Runnable = {
    path: "slow",
    turn(budget) {
      budgets.push(budget);
      const endMs = performance.now() + 0.5;
      while (performance.now() < endMs);
      if (--left > 0) scheduler.ready(slow);
      return budget;
    },
  };
  scheduler.ready(slow);

  await idle(scheduler);

  assert.equal(budgets.at(-1), 1);
});

Deno.test("an async actor goes on while others keep the queue full, within one slice", async () => {
  const scheduler = liveScheduler({ sliceMs: 50 });
  let took = 0;
  const chain = async () => {
    const before = scheduler.turns;
    for (let i = 0; i < 20; i++) await Promise.resolve();
    took = scheduler.turns - before;
  };
  const busy: Runnable = {
    path: "busy",
    turn() {
      // The first turn ends a slice of no length; the second is the first of a whole one.
      if (scheduler.turns === 2) void chain();
      if (took === 0) scheduler.ready(busy);
      return 1;
    },
  };

  scheduler.ready(busy);
  await idle(scheduler);

  assert.ok(took > 0 && took <= 20 * 256, `20 awaits were over after ${took} turns`);
});

Deno.test("a chain of promises that wakes the queue again and again does not hold the host", async () => {
  const scheduler = liveScheduler({ sliceMs: 1 });
  let over = false;
  const chained: Runnable = {
    path: "chained",
    turn() {
      if (!over) void Promise.resolve().then(() => scheduler.ready(chained));
      return 1;
    },
  };
  scheduler.ready(chained);

  const timer = await new Promise<string>((resolve) => setTimeout(() => resolve("fired"), 1));
  over = true;
  await hostTurn();
  await idle(scheduler);

  assert.equal(timer, "fired");
});

Deno.test("the simulated scheduler draws the same turns for the same seed, and others for another", async () => {
  const run = async (seed: number) => {
    const seen: string[] = [];
    const scheduler = simulatedScheduler(seed, { onTurn: (path, turn) => seen.push(`${turn} ${path}`) });
    const log: string[] = [];
    for (const path of ["a", "b", "c", "d"]) scheduler.ready(worker(scheduler, log, path, 5));
    await idle(scheduler);
    assert.deepEqual(seen.map((line) => line.split(" ")[1]), log);
    return `${scheduler.trace} ${log.join("")}`;
  };

  const [one, again, two] = [await run(1), await run(1), await run(2)];

  assert.equal(one, again);
  assert.notEqual(one, two);
});

Deno.test("the simulated scheduler lets everybody run in the end", async () => {
  for (let seed = 0; seed < 20; seed++) {
    const scheduler = simulatedScheduler(seed);
    const log: string[] = [];
    for (const path of ["a", "b", "c"]) scheduler.ready(worker(scheduler, log, path, 10));

    await idle(scheduler);

    assert.deepEqual(log.toSorted().join(""), `${"a".repeat(10)}${"b".repeat(10)}${"c".repeat(10)}`);
  }
});
