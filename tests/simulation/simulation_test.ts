/**
 * The simulation itself: equal seeds live equal lives, a broken promise is found, and what it needs is told.
 *
 * @module
 */
import assert from "node:assert/strict";
import { FAULT_KINDS, type FaultKind, FAULTS } from "./faults.ts";
import { planOf } from "./plan.ts";
import { runWorld, shrink } from "./simulate.ts";
import type { World } from "./world.ts";

Deno.test("two runs of one seed have the same trace, line by line", async () => {
  const lines: [string[], string[]] = [[], []];
  const first = await runWorld(7, { hours: 0.3, tell: (line) => lines[0].push(line) });
  const second = await runWorld(7, { hours: 0.3, tell: (line) => lines[1].push(line) });

  assert.equal(first.violation, null);
  assert.ok(lines[0].length > 10_000, `${lines[0].length} lines`);
  assert.deepEqual(lines[0], lines[1]);
  assert.deepEqual({ ...second }, { ...first });
});

Deno.test("another seed lives another life", async () => {
  const [one, two] = [await runWorld(3, { hours: 0.02 }), await runWorld(4, { hours: 0.02 })];

  assert.notEqual(one.traceHash, two.traceHash);
});

Deno.test("a world without faults crashes nobody, and its fires come to their end", async () => {
  const result = await runWorld(2, { hours: 1, faults: new Set() });

  assert.equal(result.violation, null);
  assert.deepEqual(result.faults, {});
  assert.equal(result.lives, 1);
  assert.ok(result.fills > 0, "nothing was filled");
});

Deno.test("taking a kind of fault away leaves people, places and the other faults as they were", () => {
  const kinds: readonly FaultKind[] = FAULT_KINDS.filter((kind) => kind !== "KILL" && kind !== "NET_LOSS");
  const [whole, less] = [planOf(11, { hours: 1 }), planOf(11, { hours: 1, faults: new Set(kinds) })];

  assert.deepEqual({ ...less, rates: null }, { ...whole, rates: null });
  assert.deepEqual([...less.rates], [...whole.rates].filter(([kind]) => kinds.includes(kind)));
});

Deno.test("over many seeds every kind of fault is drawn, at rates within its bounds", () => {
  const seen = new Set<FaultKind>();
  for (let seed = 1; seed <= 60; seed++) {
    for (const [kind, rate] of planOf(seed, { hours: 1 }).rates) {
      seen.add(kind);
      assert.ok(rate >= FAULTS[kind].from && rate <= FAULTS[kind].to, `${kind} ${rate}`);
    }
  }

  assert.deepEqual(FAULT_KINDS.filter((kind) => !seen.has(kind)), []);
});

/** A broker that opens every position twice, once an EA has crashed. */
function doubling(world: World): void {
  for (const terminal of world.terminals) {
    const open = terminal.broker.open.bind(terminal.broker);
    terminal.broker.open = (order, atMs) => {
      const result = open(order, atMs);
      if (result.ok && (world.struck.get("EA_CRASH") ?? 0) > 0) {
        world.guard(() => world.checks.filled(order.comment, 2));
      }
      return result;
    };
  }
}

Deno.test("a broken promise ends the world at its step, and shrinking finds the fault it needs", async () => {
  const options = { hours: 0.6, meddle: doubling };
  const seed = await firstFailing(options);
  const failed = await runWorld(seed, options);
  const small = await shrink(failed, options);

  assert.equal(failed.violation?.invariant, "AT_MOST_ONE_POSITION");
  assert.match(failed.last.at(-1)!, /VIOLATION AT_MOST_ONE_POSITION/);
  assert.ok(failed.last.length <= 50 && failed.worldHours < 0.6);
  assert.deepEqual([...small.faults], ["EA_CRASH"]);
  assert.equal(small.result.violation?.invariant, "AT_MOST_ONE_POSITION");
});

async function firstFailing(options: Parameters<typeof runWorld>[1]): Promise<number> {
  for (let seed = 1; seed <= 30; seed++) {
    if (!planOf(seed, options).rates.has("EA_CRASH")) continue;
    if ((await runWorld(seed, options)).violation !== null) return seed;
  }
  throw new Error("no seed of 30 crashed an EA and then filled a fire");
}
