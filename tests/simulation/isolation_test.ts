/**
 * One user's faults never change another user's log.
 *
 * @module
 */
import assert from "node:assert/strict";
import { compareWorlds } from "./isolation.ts";

Deno.test("what befalls one user and his EAs changes no line of anybody else's log", async () => {
  let lines = 0;
  let faults = 0;
  for (let seed = 1; seed <= 4; seed++) {
    const world = await compareWorlds(seed, 1);

    assert.deepEqual(world.disturbed, world.undisturbed, `seed ${seed}`);
    lines += world.undisturbed.length;
    faults += world.faults;
  }

  assert.ok(lines > 30 && faults > 60, `${lines} lines, ${faults} faults`);
});
