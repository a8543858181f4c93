/**
 * Evidence: a fair game stays fair however one bets on it, and a losing one is found out.
 *
 * @module
 */
import assert from "node:assert/strict";
import { evidenceOfLoss } from "../../../domain/statistics/evidence.ts";
import { mulberry32 } from "../../kit/candles.ts";
import { times } from "./cohort.ts";

const betsOf = (rs: readonly number[], bestR: number) => rs.map((r) => ({ r, bestR }));

/** Every series of `n` results of a game that pays `win` or takes 1, with its probability. */
function* games(n: number, win: number, chance: number): Generator<{ rs: number[]; weight: number }> {
  for (let code = 0; code < 2 ** n; code++) {
    const won = Array.from({ length: n }, (_, i) => (code >> i) % 2 === 1);
    const weight = won.reduce((product, one) => product * (one ? chance : 1 - chance), 1);
    yield { rs: won.map((one) => one ? win : -1), weight };
  }
}

Deno.test("evidenceOfLoss() keeps the mean wealth of a fair game at 1, over every way it can go", () => {
  for (const win of [0.5, 1, 1.5, 4]) {
    let mean = 0;
    for (const { rs, weight } of games(12, win, 1 / (1 + win))) {
      mean += weight * evidenceOfLoss(betsOf(rs, win)).eValue;
    }

    assert.ok(Math.abs(mean - 1) < 1e-9, `mean ${mean} at a win of ${win}`);
  }
});

Deno.test("evidenceOfLoss() is fooled by a fair game no more often than it says, looked at after every result", () => {
  for (const win of [0.6, 1, 3]) {
    let fooled = 0;
    for (const { rs, weight } of games(14, win, 1 / (1 + win))) {
      if (evidenceOfLoss(betsOf(rs, win)).p <= 0.2) fooled += weight;
    }

    assert.ok(fooled > 0 && fooled <= 0.2, `fooled ${fooled} at a win of ${win}`);
  }
});

Deno.test("evidenceOfLoss() says nothing of nothing and little of a winner", () => {
  assert.deepEqual(evidenceOfLoss([]), { eValue: 1, highest: 1, p: 1 });
  assert.deepEqual(evidenceOfLoss(betsOf(times(50, 1), 1)), { eValue: 1, highest: 1, p: 1 });
});

Deno.test("evidenceOfLoss() remembers the most it has been", () => {
  // Lost, lost: 1, then 1.5. Won with λ 1 / 2 at its most: 0.75.
  assert.deepEqual(evidenceOfLoss(betsOf([-1, -1, 1], 1)), { eValue: 0.75, highest: 1.5, p: 1 / 1.5 });
});

Deno.test("evidenceOfLoss() finds out a game that loses 0.2 R each time", () => {
  const random = mulberry32(4);
  const rs = Array.from({ length: 400 }, () => random() < 0.5 ? 0.6 : -1);

  assert.ok(evidenceOfLoss(betsOf(rs, 0.6)).p < 0.01);
});

Deno.test("evidenceOfLoss() takes a gap beyond the stop for what it is and refuses more than a win", () => {
  const [gap, plain] = [-5, -1].map((r) => evidenceOfLoss(betsOf([-1, r], 1)).eValue);

  assert.deepEqual([gap, plain], [3.5, 1.5]);
  assert.throws(() => evidenceOfLoss(betsOf([1.1], 1)), /current value is 1\.1/);
  assert.throws(() => evidenceOfLoss(betsOf([-1], 0)), RangeError);
});
