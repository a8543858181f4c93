/**
 * Lives through worlds and says how to see a failing one again.
 *
 * @module
 */
import assert from "node:assert/strict";
import { runWorld } from "./simulate.ts";

/** Lives one hour in each of `count` worlds. */
export async function surviveSeeds(first: number, count: number): Promise<void> {
  let fills = 0;
  let struck = 0;
  for (let seed = first; seed < first + count; seed++) {
    const { violation, faults, ...result } = await runWorld(seed, { hours: 1 });
    assert.equal(
      violation,
      null,
      `${violation?.message}; see it with: deno task sim --seed ${seed}\n${result.last.join("\n")}`,
    );
    fills += result.fills;
    struck += Object.keys(faults).length;
  }

  // Worlds in which nothing happens prove nothing.
  assert.ok(fills >= count, `only ${fills} fires were filled`);
  assert.ok(struck >= 5 * count, `only ${struck} kinds of fault struck`);
}
