/**
 * The simulation's command line, and the known bugs it is tried on.
 *
 * @module
 */
import assert from "node:assert/strict";
import { MUTANTS } from "../../scripts/lib/mutants.ts";
import { readWish } from "../../scripts/simulate.ts";
import { runBatch, summarize } from "../simulation/batch.ts";
import type { WorldResult } from "../simulation/simulate.ts";

Deno.test("readWish() has a default for everything, and takes one seed alone", () => {
  const usual = readWish([])!;
  const alone = readWish(["--seed", "83", "--trace", "--hours", "0.5", "--faults", "KILL,NET_LOSS"])!;

  assert.deepEqual([usual.firstSeed, usual.seeds, usual.hours, usual.faults], [1, 50, 1, null]);
  assert.deepEqual([alone.firstSeed, alone.seeds, alone.hours, alone.trace], [83, 1, 0.5, true]);
  assert.deepEqual(alone.faults, ["KILL", "NET_LOSS"]);
  assert.deepEqual(readWish(["--faults", "none"])!.faults, []);
  assert.equal(readWish(["--help"]), null);
});

Deno.test("readWish() refuses what no world can be made of", () => {
  for (
    const args of [["--seeds", "0"], ["--hours", "0"], ["--hours", "x"], ["--faults", "RAIN"], ["--trace"], [
      "--first-seed",
      "1.5",
    ]]
  ) assert.throws(() => readWish(args), /Cannot|Unknown/, args.join(" "));
});

Deno.test("a batch over several threads is the batch over one, and its summary adds it up", async () => {
  const options = { firstSeed: 1, seeds: 3, hours: 0.01, faults: null };
  const one = await runBatch({ ...options, jobs: 1 });
  const two = await runBatch({ ...options, jobs: 2 });
  const summary = summarize(two);

  assert.deepEqual(two, one);
  assert.deepEqual(Object.keys(summary), [
    ...["worlds", "world_hours", "steps", "faults", "violations", "failed_seeds", "trace_hash"],
  ]);
  assert.deepEqual([summary.worlds, summary.violations, summary.failed_seeds], [3, 0, []]);
  assert.equal(summary.steps, one.reduce((sum: number, { steps }: WorldResult) => sum + steps, 0));
});

Deno.test("every known bug still fits into the house", async () => {
  for (const { name, file, from, to } of MUTANTS) {
    const text = await Deno.readTextFile(new URL(`../../${file}`, import.meta.url));
    assert.equal(text.split(from).length, 2, name);
    assert.notEqual(from, to);
  }
});
