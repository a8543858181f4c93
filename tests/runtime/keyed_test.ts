/**
 * Values by key: what a `Map` does, whatever the hashes are.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { Keyed } from "../../runtime/keyed.ts";
import { trials } from "./seeds.ts";

interface Named {
  readonly name: string;
  readonly number: number;
}

const nameOf = ({ name }: Named): string => name;

/** Hashes that make neighbours and namesakes of most keys, at both ends of the 32 bits. */
const HASHES: readonly ((key: string) => number)[] = [
  () => 7,
  (key) => key.length,
  (key) => (0x7ffffffe + key.charCodeAt(0)) | 0,
];

const operation = fc.record({
  kind: fc.constantFrom("set", "set", "delete" as const),
  name: fc.constantFrom("a", "b", "c", "aa", "bb", "cc", "aaa", "bbb"),
  number: fc.nat(),
});

for (const [place, hash] of [undefined, ...HASHES].entries()) {
  const how = place === 0 ? "its own hash" : `bad hash ${place}`;

  Deno.test(`values by key are found, replaced, listed and deleted as in a Map, with ${how}`, () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
        const keyed = new Keyed(nameOf, hash);
        const map = new Map<string, Named>();
        for (const { kind, name, number } of operations) {
          if (kind === "set") keyed.set({ name, number }), map.set(name, { name, number });
          else keyed.delete(name), map.delete(name);

          assert.equal(keyed.size, map.size);
          assert.deepEqual([...keyed], [...map.values()]);
          for (const key of ["a", "b", "aa", "bbb", "z"]) {
            assert.deepEqual(keyed.get(key), map.get(key));
            assert.equal(keyed.has(key), map.has(key));
          }
        }
      }),
      trials(200),
    );
  });
}

Deno.test("values by key are found when there are many, and when most of them were deleted again", () => {
  const keyed = new Keyed(nameOf);
  for (let number = 0; number < 10_000; number++) keyed.set({ name: `key ${number}`, number });
  for (let number = 0; number < 10_000; number++) if (number % 100 !== 7) keyed.delete(`key ${number}`);
  keyed.set({ name: "one more", number: -1 });

  const left = Array.from({ length: 100 }, (_, i) => i * 100 + 7);
  assert.deepEqual([...keyed].map(({ number }) => number), [...left, -1]);
  assert.deepEqual(left.map((number) => keyed.get(`key ${number}`)?.number), left);
  assert.equal(keyed.has("key 8"), false);
  assert.equal(keyed.size, 101);
});

Deno.test("two keys of one hash are two keys", () => {
  const keyed = new Keyed(nameOf);
  const names = ["costarring", "liquid", "altarage", "zinke"];
  for (const [number, name] of names.entries()) keyed.set({ name, number });

  keyed.delete("costarring");

  assert.deepEqual(names.map((name) => keyed.get(name)?.number), [undefined, 1, 2, 3]);
  assert.deepEqual([...keyed].map(nameOf), ["liquid", "altarage", "zinke"]);
});
