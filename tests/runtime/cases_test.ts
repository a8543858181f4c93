/**
 * The list of OTP's cases: each has its test by number, and holds for every seed.
 *
 * @module
 */
import assert from "node:assert/strict";
import { note, stage } from "./probe.ts";
import { startGroup } from "./scenes.ts";
import { isOneSeed, runForAll, seedOfRun, seedsOf } from "./seeds.ts";

/** How many cases the list has. */
const CASES = 189;

/** Cases with no test that `seeded` runs, and why. */
const OTHERWISE: Readonly<Record<number, string>> = {
  62: "counts what a window costs: nothing has a turn",
  149: "compares the orders that twenty seeds draw",
  187: "compares two runs of each seed",
  188: "is about all the others",
};

/** Numbers of the cases that tests begun by `opening` name. */
async function numbered(opening: string): Promise<Set<number>> {
  const numbers = new Set<number>();
  const names = new RegExp(`${opening}\\(\\s*["\`]otp ([\\d, ]+):`, "g");
  for await (const { name } of Deno.readDir(new URL("./", import.meta.url))) {
    if (!name.endsWith("_test.ts")) continue;
    const text = await Deno.readTextFile(new URL(name, import.meta.url));
    for (const [, list] of text.matchAll(names)) {
      for (const number of (list as string).split(",")) numbers.add(Number(number));
    }
  }
  return numbers;
}

const all = Array.from({ length: CASES }, (_, i) => i + 1);

Deno.test("every case of the list has a test of its number", async () => {
  const numbers = await numbered("(?:seeded|Deno\\.test)");

  assert.deepEqual([...numbers].toSorted((a, b) => a - b), all);
});

Deno.test("otp 188: every case has a test that runs for as many seeds as are asked for", async () => {
  const numbers = await numbered("seeded");

  assert.deepEqual(all.filter((number) => !numbers.has(number)), Object.keys(OTHERWISE).map(Number));
});

Deno.test("otp 188: a case runs first come, first served, and then once for every seed", async () => {
  const seeds: (number | undefined)[] = [];

  await runForAll(() => void seeds.push(seedOfRun()));

  assert.deepEqual(seeds, isOneSeed() ? seedsOf() : [undefined, ...seedsOf()]);
  assert.equal(seedOfRun(), undefined);
});

Deno.test("otp 188: different seeds draw different orders of turns on the same stage", async () => {
  const orders = new Set<string>();
  await runForAll(async () => {
    const s = stage();
    const ids = ["a", "b", "c", "d"];
    await startGroup(s, "one_for_one", ids);
    for (const id of ids) s.ref(`root/${id}`).tell(note(1));
    await s.settle();
    orders.add(s.seen().join());
    await s.close();
  });

  assert.ok(orders.size >= Math.min(5, seedsOf().length), [...orders].join(" | "));
});

Deno.test("otp 188: a failure names its seed", async () => {
  const seed = seedsOf().at(-1);
  const failing = () => {
    if (seedOfRun() === seed) throw new Error("only then");
  };

  await assert.rejects(
    runForAll(failing),
    (error) =>
      error instanceof Error && error.message.includes(`BITTEN_SEED=${seed}`) &&
      error.cause instanceof Error && error.cause.message === "only then",
  );
});
