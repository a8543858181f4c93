/**
 * Names from the machine's own chance.
 *
 * @module
 */
import assert from "node:assert/strict";
import { newId } from "../../edges/ids.ts";

Deno.test("newId() gives 21 characters of the URL alphabet, another name every time", () => {
  const names = Array.from({ length: 1_000 }, newId);

  assert.deepEqual(names.filter((name) => !/^[\w-]{21}$/.test(name)), []);
  assert.equal(new Set(names).size, 1_000);
});
