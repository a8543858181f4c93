/**
 * Actors under everything at once, by seed: what must hold whatever happens, and that a seed repeats it.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { World } from "./chaos/actor.ts";
import { run } from "./chaos/run.ts";
import { situationsOf } from "./chaos/situations.ts";
import { seedsOf } from "./seeds.ts";

/** What a batch must have met. */
const SITUATIONS = [
  ...["ok", "timeout", "noproc", "exit", "refused"].map((code) => `ask: ${code}`),
  ...["crashed", "expired_ask", "late_reply", "mailbox_full", "no_such_actor", "stopped"].map((reason) =>
    `letter: ${reason}`
  ),
  ...["child_terminated", "gave_up", "shutdown_error", "start_error"].map((context) => `report: ${context}`),
  ...[
    "already_present",
    "already_started",
    "failed",
    "noproc",
    "not_found",
    "ok",
    "restarting",
    "running",
    "shutdown",
  ]
    .map((reason) => `request: ${reason}`),
  ...["dropNewest", "dropOldest", "refuse"].map((full) => `a mailbox that was full: ${full}`),
  "a handler that was cut off went on",
  "a retry loop ended by hand",
  "a start that failed",
  "a transient child restarted by its group",
  "gave up in the middle of a group restart",
  "giving up went on to the root",
  "killed in its init",
  "killed in its stop hook",
  "stopped in its init",
  "the root gave up",
  "two deaths in one group restart",
];

Deno.test("whatever happens, every promise holds after every turn, in the calm afterwards, and at the end", async () => {
  const reached = new Set<string>();
  const seeds = seedsOf(150);
  for (const seed of seeds) {
    const world = await run(seed);
    assert.deepEqual([...world.ledger.broken], [], `BITTEN_SEED=${seed}`);
    for (const situation of situationsOf(world)) reached.add(situation);
  }

  // A small batch cannot have met everything.
  if (seeds.length < 150) return;
  assert.deepEqual(SITUATIONS.filter((situation) => !reached.has(situation)), []);
});

Deno.test("otp 187: the same seed gives the same trace, byte for byte, with no real time passing", async () => {
  for (const seed of seedsOf(5)) {
    const [first, second] = [await run(seed), await run(seed)];

    assert.notDeepEqual(first.ledger.lines, []);
    assert.deepEqual(first.ledger.lines, second.ledger.lines);
    assert.deepEqual(first.ledger.settled, second.ledger.settled);
    assert.equal(traceOf(first), traceOf(second));
  }
});

Deno.test("different seeds give different orders of turns", async () => {
  const traces = new Set<string>();
  for (let seed = 1; seed <= 10; seed++) traces.add(traceOf(await run(seed)));

  assert.equal(traces.size, 10);
});

function traceOf({ kit }: World): string {
  assert.ok("trace" in kit.scheduler);
  return String(kit.scheduler.trace);
}
