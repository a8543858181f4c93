/**
 * Best-of and confidence filters.
 *
 * @module
 */
import assert from "node:assert/strict";
import { bestOf, bestVerdict } from "../../../domain/filters/best.ts";
import { published } from "../../../domain/filters/published.ts";
import { makeCandidate, makeFilterContext } from "../../kit/candidates.ts";

const kalman = makeCandidate({ pattern: "KALMAN_QUICKFIRE" }, 81.5);
const scalp = makeCandidate({ pattern: "BB_SCALP" }, 81.5);
const block = makeCandidate({ pattern: "ORDER_BLOCK_BOUNCE" }, 84);

Deno.test("bestOf() takes the highest confidence, wherever it stands", () => {
  assert.equal(bestOf([kalman, block, scalp]), block);
  assert.equal(bestOf([block, kalman]), block);
  assert.equal(bestOf([]), null);
});

Deno.test("bestOf() breaks a tie by the order of the patterns", () => {
  assert.equal(bestOf([scalp, kalman]), kalman);
  assert.equal(bestOf([kalman, scalp]), kalman);
});

Deno.test("bestVerdict() names the winner to the others", () => {
  assert.deepEqual(bestVerdict(scalp, block), {
    filter: "best",
    verdict: "veto",
    reason: "81.5 is no more than 84 of ORDER_BLOCK_BOUNCE in the same scan",
    adjustment: 0,
  });
  assert.equal(bestVerdict(block, block).verdict, "pass");
});

Deno.test("published vetoes 69.9 and passes 70", () => {
  const context = makeFilterContext();

  assert.equal(published.judge(makeCandidate({}, 69.9), context).verdict, "veto");
  assert.deepEqual(published.judge(makeCandidate({}, 70), context), {
    filter: "confidence",
    verdict: "pass",
    reason: "70, published from 70",
    adjustment: 0,
  });
});
