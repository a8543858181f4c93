/**
 * The repair parser: what it mends, what it refuses, and that it is never slow.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { repairObject } from "../../protocols/wire/repair.ts";

function repaired(text: string): unknown {
  const object = repairObject(text, 16);
  return object === null ? null : JSON.parse(JSON.stringify(object));
}

Deno.test("repairObject() ends a string at the quote before the next key or the end of the object", () => {
  assert.deepEqual(repaired('{"a":"say "x", or "y" now","b":"\\"}'), { a: 'say "x", or "y" now', b: "\\" });
  assert.deepEqual(repaired('{"list":[{"a":"1"2"},{"a":"}"}],"b":"z"z"}'), {
    list: [{ a: '1"2' }, { a: "}" }],
    b: 'z"z',
  });
});

Deno.test("repairObject() reads single quotes, control characters and every kind of bare word", () => {
  assert.deepEqual(repaired('{ \'a\' : \'it"s\' , "b":"\t" }'), { a: 'it"s', b: "\t" });
  assert.deepEqual(repaired("{'t':true,'f':false,'n':null,'x':-1.5e3,'l':['u',2],'e':{},'v':[]}"), {
    t: true,
    f: false,
    n: null,
    x: -1500,
    l: ["u", 2],
    e: {},
    v: [],
  });
});

Deno.test("repairObject() reads what C prints for no number as NaN", () => {
  const words = ["nan", "-nan(ind)", "NaN", "inf", "-Infinity", "1.#QNAN"];

  const read = words.map((word) => repairObject(`{"a":${word}}`, 16)?.a);

  assert.deepEqual(read, words.map(() => NaN));
});

Deno.test("repairObject() keeps the first of two equal keys and no prototype", () => {
  const object = repairObject("{'a':1,'a':2,'__proto__':{'b':1}}", 16);

  assert.deepEqual(Object.keys(object ?? {}), ["a", "__proto__"]);
  assert.equal(object?.a, 1);
  assert.equal(object?.b, undefined);
});

Deno.test("repairObject() refuses what is cut short, trails on, or is nested too deep", () => {
  const refused = [
    "",
    "{",
    "{'a'",
    "{'a':",
    "{'a':'b",
    "{'a':'b'",
    "{'a':1,}",
    "{'a':b}",
    "{'a':1} x",
    "[1]",
    "'a'",
  ];

  assert.deepEqual(refused.filter((text) => repaired(text) !== null), []);
  assert.equal(repairObject("{'a':".repeat(17) + "1" + "}".repeat(17), 16), null);
  assert.notEqual(repairObject("{'a':".repeat(16) + "1" + "}".repeat(16), 16), null);
});

Deno.test("repairObject() agrees with JSON.parse on flat objects that need no repair", () => {
  const text = fc.string({ unit: fc.constantFrom(..."abc XYZ0.-_:éß") });
  const value = fc.oneof(
    text,
    fc.boolean(),
    fc.constant(null),
    fc.integer(),
    fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  );
  const object = fc.dictionary(fc.stringMatching(/^[a-z_]{1,10}$/), value);

  fc.assert(
    fc.property(object, (flat) => {
      const plain = JSON.stringify(flat);
      assert.deepEqual(repaired(plain), JSON.parse(plain));
    }),
    { numRuns: 500, seed: 5 },
  );
});

Deno.test("repairObject() looks at each character a bounded number of times", () => {
  const hostile = [
    `{"a":"${'" '.repeat(30_000)}`,
    `{"a":"${'","bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" '.repeat(1_200)}`,
    `{"a":"${'"}'.repeat(30_000)}x`,
    `{${" ".repeat(60_000)}`,
    `{"a":"x"${" ".repeat(60_000)}`,
  ];
  const startedAtMs = performance.now();

  const read = hostile.map((text) => repairObject(text, 16));

  assert.deepEqual(read, hostile.map(() => null));
  // A quadratic reader needs minutes for these; the bound leaves room for a busy machine.
  assert.ok(performance.now() - startedAtMs < 2_000);
});
