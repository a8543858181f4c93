/**
 * Admission: rates per EA, and room for so many of them.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { Admission } from "../../domain/admission.ts";
import { eaId } from "../../protocols/units.ts";

const ONE = eaId("user_demo_00017");
const TWO = eaId("user_demo_00021");

Deno.test("ask() lets a burst of one second's frames in, then the rate, and one EA never takes another's share", () => {
  const admission = new Admission({ framesPerSecondMax: 3, easMax: 10 });
  const ask = (id: typeof ONE, atMs: number) => admission.ask(id, atMs);

  const burst = [0, 0, 0, 0, 0].map((atMs) => ask(ONE, atMs));
  const other = ask(TWO, 0);
  const later = [300, 400, 500, 5_000, 5_000, 5_000, 5_000].map((atMs) => ask(ONE, atMs));

  assert.deepEqual(burst, ["admitted", "admitted", "admitted", "rate_limited", "rate_limited"]);
  assert.equal(other, "admitted");
  assert.deepEqual(later, [
    "rate_limited",
    "admitted",
    "rate_limited",
    "admitted",
    "admitted",
    "admitted",
    "rate_limited",
  ]);
});

Deno.test("ask() answers not_allowed when the room is full, until an EA was silent for an hour", () => {
  const admission = new Admission({ framesPerSecondMax: 10, easMax: 1 });

  const answers = [
    admission.ask(ONE, 0),
    admission.ask(TWO, 3_599_999),
    admission.ask(TWO, 3_600_000),
    admission.ask(ONE, 3_600_001),
  ];

  assert.deepEqual(answers, ["admitted", "not_allowed", "admitted", "not_allowed"]);
});

Deno.test("ask() gives nothing for a clock that goes backwards", () => {
  const admission = new Admission({ framesPerSecondMax: 1, easMax: 10 });

  assert.deepEqual([admission.ask(ONE, 1_000), admission.ask(ONE, 0), admission.ask(ONE, 999)], [
    "admitted",
    "rate_limited",
    "rate_limited",
  ]);
});

Deno.test("ask() never admits more than the burst and the rate allow, whatever the schedule", () => {
  const schedule = fc.array(fc.nat(200), { minLength: 1, maxLength: 300 });

  fc.assert(
    fc.property(schedule, fc.integer({ min: 1, max: 50 }), (gaps, framesPerSecondMax) => {
      const admission = new Admission({ framesPerSecondMax, easMax: 1 });
      let nowMs = 0;
      let admitted = 0;
      for (const gapMs of gaps) {
        nowMs += gapMs;
        if (admission.ask(ONE, nowMs) === "admitted") admitted++;
      }
      assert.ok(admitted <= framesPerSecondMax + nowMs * framesPerSecondMax / 1_000 + 1e-6);
    }),
    { numRuns: 300, seed: 7 },
  );
});

Deno.test("Admission refuses limits below 1", () => {
  assert.throws(
    () => new Admission({ framesPerSecondMax: 0, easMax: 1 }),
    /^Error: Cannot limit framesPerSecondMax as it must be >= 1: current value is 0$/,
  );
});
