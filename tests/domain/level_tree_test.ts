/**
 * Level tree: equal to looking at every level.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { LevelTree } from "../../domain/level_tree.ts";

Deno.test("LevelTree finds exactly the levels a price reaches among the first ones", () => {
  const level = fc.integer({ min: -20, max: 20 });
  const change = fc.record({ at: fc.nat(15), level: fc.oneof(level, fc.constant(-Infinity)) });
  fc.assert(
    fc.property(fc.array(change), fc.nat(16), level, (changes, end, price) => {
      const tree = new LevelTree(16);
      const plain = new Array<number>(16).fill(-Infinity);
      for (const { at, level } of changes) {
        tree.set(at, level);
        plain[at] = level;
      }

      const found: number[] = [];
      tree.collect(end, price, found);

      assert.deepEqual(found, plain.flatMap((each, at) => at < end && each >= price ? [at] : []));
      assert.equal(tree.reaches(price), plain.some((each) => each >= price));
    }),
    { numRuns: 2_000, seed: 2 },
  );
});
