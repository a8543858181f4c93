/**
 * The table of recorded failures: each of the 58 is in it once, and replayed by a test of its number.
 *
 * @module
 */
import assert from "node:assert/strict";
import { fromFileUrl, walk } from "../../scripts/lib/files.ts";

const root = fromFileUrl(new URL("../..", import.meta.url));
const NUMBERS = Array.from({ length: 58 }, (_, index) => index + 1);

Deno.test("each of the 58 recorded failures has its row and a test that carries its number", async () => {
  const table = await Deno.readTextFile(`${root}tests/README.md`);
  const rows = [...table.matchAll(/^\| F(\d+) +\|/gm)].map((row) => Number(row[1]));
  const tested = new Set<number>();
  for (const path of await walk(root, ["tests"], ".ts")) {
    const text = await Deno.readTextFile(root + path);
    for (const name of text.matchAll(/["`]F(\d+): /g)) tested.add(Number(name[1]));
  }

  assert.deepEqual(rows, NUMBERS);
  assert.deepEqual(NUMBERS.filter((number) => !tested.has(number)), []);
});
