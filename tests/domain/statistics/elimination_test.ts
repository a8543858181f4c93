/**
 * Elimination: bounds worked by hand, looks at their time only, and few break-even patterns condemned.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  ELIMINATION,
  judgeElimination,
  judgeReturn,
  RESTORATION,
} from "../../../domain/statistics/elimination.ts";
import type { Signal } from "../../../protocols/signal.ts";
import { mulberry32 } from "../../kit/candles.ts";
import { cohort, ended, minute, open, times, unknown } from "./cohort.ts";

const DAY = 24 * 60;
const SHADOW: Partial<Signal> = { shadow: true, shadowReason: "status" };
const loser = [...times(6, 0.6), ...times(14, -1)];
const even = [...times(10, 1), ...times(10, -1)];
const near = (actual: number, expected: number) => assert.ok(Math.abs(actual - expected) < 1e-3, `${actual}`);

Deno.test("judgeElimination() bounds 6 wins of 0.6 R in 20 as by hand, and by day keeps what alone it would condemn", () => {
  const { verdict, n, meanR, looks, nextLookAt, reason } = judgeElimination(cohort(loser));
  const [look] = looks;

  // Mean (3.6 − 14) / 20 = −0.52; squares about it 6 × 1.12² + 14 × 0.48² = 10.752, over 19: s = 0.75226.
  // Two signals count as one: t(0.975, 9) = 2.262, standard error s × √(2 / 20) = 0.23788; bound 0.01811.
  near(meanR!, -0.52);
  near(look!.boundR, 0.0181);
  assert.deepEqual([verdict, n, looks.length, nextLookAt], ["keep", 20, 1, 40]);
  assert.equal(
    reason,
    "keep: mean -0.52 R over the first 20, one-sided 97.5 % bound +0.018 R, not beyond 0; next look at 40",
  );

  // With signals that stand alone, t(0.975, 19) = 2.093 and the error is 0.16821: bound −0.168.
  const alone = judgeElimination(cohort(loser), { ...ELIMINATION, designEffect: 1 });
  near(alone.looks[0]!.boundR, -0.1679);
  assert.deepEqual([alone.verdict, alone.nextLookAt], ["eliminate", null]);
  assert.equal(
    alone.reason,
    "eliminate: mean -0.52 R over the first 20, one-sided 97.5 % bound -0.168 R, beyond 0",
  );
});

Deno.test("judgeElimination() looks at 20, 40 and 80 with alpha halved, and not in between", () => {
  const { looks, nextLookAt, verdict, n } = judgeElimination(
    cohort([...even, ...even, ...even, ...even, -1, -1]),
  );

  assert.deepEqual(looks.map(({ n, alpha }) => [n, alpha]), [[20, 0.025], [40, 0.0125], [80, 0.00625]]);
  assert.deepEqual([verdict, n, nextLookAt], ["keep", 82, 160]);
});

Deno.test("judgeElimination() says notEnough before the first look", () => {
  assert.deepEqual(judgeElimination(cohort(times(19, -1))).verdict, "notEnough");
  assert.deepEqual(judgeElimination([open(0), unknown(1)]), {
    n: 0,
    meanR: null,
    looks: [],
    verdict: "notEnough",
    nextLookAt: 20,
    reason: "notEnough: 0 outcomes, first looked at when there are 20",
    evidence: { eValue: 1, highest: 1, p: 1 },
  });
});

Deno.test("judgeElimination() stays by a decisive look, whatever comes after", () => {
  const lost = times(20, -1);
  const before = judgeElimination(cohort(lost));
  const after = judgeElimination(cohort([...lost, ...times(60, 1)]));

  assert.equal(before.verdict, "eliminate");
  assert.deepEqual([after.verdict, after.looks, after.reason], ["eliminate", before.looks, before.reason]);
});

Deno.test("judgeElimination() does not condemn a pattern of rare large wins for losses alone", () => {
  // A win of 19 R once in 20 breaks even, and has 20 losses in a row once in three times.
  assert.equal(judgeElimination(cohort(times(20, -1), { riskReward: 19 })).verdict, "keep");
  assert.equal(judgeElimination(cohort(times(20, -1), { riskReward: 0.7 })).verdict, "eliminate");
});

Deno.test("judgeElimination() counts live signals made since the pattern was made active", () => {
  const signals = [...cohort(times(30, -1)), ...cohort(times(30, -1), SHADOW)];

  assert.equal(judgeElimination(signals).n, 30);
  assert.equal(judgeElimination(signals, ELIMINATION, minute(9)).n, 20);
  assert.equal(judgeElimination(signals, ELIMINATION, minute(10)).verdict, "notEnough");
});

Deno.test("judgeElimination() brings the evidence that needs no schedule", () => {
  const daily = (rs: readonly number[]) => rs.map((r, day) => ended(day * DAY, r, { riskReward: 1 }));

  // λ is 0, then 1 / 2 at its most: 1.5 to the 19th.
  assert.equal(judgeElimination(daily(times(20, -1))).evidence.eValue, 1.5 ** 19);
  assert.ok(judgeElimination(daily(even)).evidence.p > 0.05);
  assert.equal(judgeElimination(cohort(times(20, -1))).evidence.eValue, 1);
});

Deno.test("judgeElimination() is not fooled by good and bad days that even out", () => {
  const random = mulberry32(19);
  let condemned = 0, evident = 0;
  for (let i = 0; i < 300; i++) {
    const signals = Array.from({ length: 40 }, (_, day) => {
      const chance = 0.625 + (random() < 0.5 ? -0.18 : 0.18);
      return times(8, 0).map((_, k) =>
        ended(day * DAY + k, random() < chance ? 0.6 : -1, { riskReward: 0.6 })
      );
    }).flat();
    const { verdict, evidence } = judgeElimination(signals);
    if (verdict === "eliminate") condemned++;
    if (evidence.p <= 0.05) evident++;
  }

  // 5 % of 300 is 15, and four standard deviations 15. Signals taken one by one would be 11 % and 13 %.
  assert.ok(condemned <= 30 && evident <= 30, `condemned ${condemned}, evident ${evident}`);
});

Deno.test("judgeElimination() condemns at most one break-even pattern in twenty over 320 outcomes", () => {
  const random = mulberry32(17);
  for (const [win, designEffect] of [[0.6, 1], [1, 1], [1.5, 1], [0.6, 2]] as const) {
    let condemned = 0;
    for (let i = 0; i < 300; i++) {
      const rs = Array.from({ length: 320 }, () => random() < 1 / (1 + win) ? win : -1);
      const settings = { ...ELIMINATION, designEffect };
      if (judgeElimination(cohort(rs, { riskReward: win }), settings).verdict === "eliminate") condemned++;
    }

    // 5 % of 300 is 15, and four standard deviations 15.
    assert.ok(condemned <= 30, `${condemned} of 300 at a win of ${win}, design effect ${designEffect}`);
  }
});

Deno.test("judgeElimination() condemns most patterns that lose 0.2 R within 320 outcomes", () => {
  const random = mulberry32(18);
  for (const [designEffect, least] of [[1, 85], [2, 50]] as const) {
    let condemned = 0;
    for (let i = 0; i < 100; i++) {
      const rs = Array.from({ length: 320 }, () => random() < 0.5 ? 0.6 : -1);
      if (judgeElimination(cohort(rs), { ...ELIMINATION, designEffect }).verdict === "eliminate") condemned++;
    }

    assert.ok(condemned >= least, `${condemned} of 100 at design effect ${designEffect}`);
  }
});

Deno.test("judgeReturn() brings back 30 wins of 1 R in 50, by hand", () => {
  const signals = cohort([...times(30, 1), ...times(20, -1)], SHADOW);
  const { verdict, looks, meanR, reason } = judgeReturn(signals);

  // Mean 0.2, s² = 50 × 0.96 / 49: s = 0.98974; t(0.8, 24) = 0.85686; error s × √(2 / 50) = 0.19795: bound 0.0304.
  near(meanR!, 0.2);
  near(looks[0]!.boundR, 0.0304);
  assert.equal(verdict, "return");
  assert.equal(reason, "return: mean +0.2 R over the first 50, one-sided 80 % bound +0.03 R, beyond 0");
  assert.deepEqual(looks.map(({ n, alpha, decisive }) => [n, alpha, decisive]), [[50, 0.2, true]]);
});

Deno.test("judgeReturn() stays away on 28 wins in 50 and has not enough in 49", () => {
  assert.equal(judgeReturn(cohort([...times(28, 1), ...times(22, -1)], SHADOW)).verdict, "stay");
  assert.equal(judgeReturn(cohort(times(49, 1), SHADOW)).verdict, "notEnough");
});

Deno.test("judgeReturn() counts newer shadows that are no repeats", () => {
  const wins = times(60, 1);
  const repeats = cohort(wins, { shadow: true, shadowReason: "cooldown" });

  assert.equal(judgeReturn([...repeats, ...cohort(wins)]).n, 0);
  assert.equal(judgeReturn(cohort(wins, SHADOW), RESTORATION, minute(9)).n, 50);
  assert.equal(judgeReturn(cohort(wins, SHADOW), RESTORATION, minute(10)).verdict, "notEnough");
  assert.equal(judgeReturn([...cohort(wins, SHADOW), unknown(99, SHADOW), open(100, SHADOW)]).n, 60);
});

Deno.test("a verdict on a history is the verdict of its beginning until the next look", () => {
  const settings = { firstN: 4, firstAlpha: 0.2, designEffect: 1 };
  fc.assert(
    fc.property(fc.array(fc.constantFrom(-1, -1, 0.6, 1.3), { maxLength: 40 }), (rs) => {
      const whole = judgeElimination(cohort(rs), settings);
      const looked = whole.looks.at(-1)?.n ?? 0;
      const begun = judgeElimination(cohort(rs.slice(0, looked)), settings);

      assert.deepEqual(
        [whole.verdict, whole.looks, whole.reason],
        looked === 0 ? ["notEnough", [], whole.reason] : [begun.verdict, begun.looks, begun.reason],
      );
      for (const { boundR, meanR, decisive } of whole.looks) {
        assert.ok(boundR >= meanR && decisive === boundR < 0);
      }
    }),
    { seed: 12 },
  );
});

Deno.test("judging mirrors: what condemns losses brings back the same gains", () => {
  const settings = { firstN: 4, firstAlpha: 0.1, designEffect: 1 };
  fc.assert(
    fc.property(fc.array(fc.constantFrom(-1, 1), { maxLength: 40 }), (rs) => {
      const losing = judgeElimination(cohort(rs, { riskReward: 1 }), settings);
      const gaining = judgeReturn(cohort(rs.map((r) => -r), SHADOW), settings);
      const mirrored = losing.looks.map((look) => ({
        ...look,
        meanR: -look.meanR + 0,
        boundR: -look.boundR + 0,
      }));

      assert.deepEqual(gaining.looks, mirrored);
      assert.equal(gaining.verdict === "return", losing.verdict === "eliminate");
    }),
    { seed: 13 },
  );
});

Deno.test("looks that cannot be taken are refused", () => {
  const wrong = [{ firstN: 3 }, { firstN: 20.5 }, { firstAlpha: 0 }, { firstAlpha: 0.6 }, {
    designEffect: 0.5,
  }];
  for (const change of wrong) {
    assert.throws(() => judgeElimination([], { ...ELIMINATION, ...change }), RangeError);
    assert.throws(() => judgeReturn([], { ...RESTORATION, ...change }), RangeError);
  }
});
