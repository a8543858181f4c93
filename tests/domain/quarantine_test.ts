/**
 * Quarantine: wild ticks wait, real jumps get through, and nothing is lost but what was contradicted.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { Quarantine } from "../../domain/quarantine.ts";
import type { Tick } from "../../protocols/tick.ts";
import { makeTick, TUESDAY_MS } from "../kit/signals.ts";

function gate(): { passed: Tick[]; quarantine: Quarantine } {
  const passed: Tick[] = [];
  return { passed, quarantine: new Quarantine((tick) => passed.push(tick)) };
}

/** An hour of one tick every 10 s whose M5 ranges are 5 pips: ATR is 0.0005, and 20 of them are 100 pips. */
function calm(quarantine: Quarantine): number {
  for (let i = 0; i < 360; i++) {
    quarantine.take(makeTick(TUESDAY_MS + i * 10_000, 1.1 + 0.0005 * (i % 6) / 5));
  }
  return TUESDAY_MS + 3_600_000;
}

const bids = (passed: readonly Tick[]) => passed.map((tick) => tick.bid);

Deno.test("Quarantine holds the very first tick until the second agrees", () => {
  const { passed, quarantine } = gate();

  const verdicts = [1.1, 1.1001, 1.1002].map((bid, i) => quarantine.take(makeTick(TUESDAY_MS + i, bid)));

  assert.deepEqual(verdicts, ["first", "released", "passed"]);
  assert.deepEqual(bids(passed), [1.1, 1.1001, 1.1002]);
});

Deno.test("Quarantine discards a wild first tick when the next two agree with each other", () => {
  const { passed, quarantine } = gate();

  for (const [i, bid] of [11, 1.1, 1.1001].entries()) quarantine.take(makeTick(TUESDAY_MS + i, bid));

  assert.deepEqual([bids(passed), quarantine.discarded], [[1.1, 1.1001], 1]);
});

Deno.test("Quarantine lets a jump of 99 pips pass and holds one of 101 when 20 ATR are 100 pips", () => {
  const near = gate();
  const far = gate();
  const atMs = calm(near.quarantine);
  calm(far.quarantine);
  const last = near.passed.at(-1)!.bid;

  const verdicts = [
    near.quarantine.take(makeTick(atMs, last + 0.0099)),
    far.quarantine.take(makeTick(atMs, last + 0.0101)),
  ];

  assert.deepEqual(verdicts, ["passed", "held"]);
});

Deno.test("Quarantine releases a jump that two ticks confirm, in order", () => {
  const { passed, quarantine } = gate();
  const atMs = calm(quarantine);
  const before = passed.length;

  const verdicts = [1.15, 1.1502, 1.1499].map((bid, i) => quarantine.take(makeTick(atMs + i, bid)));

  assert.deepEqual(verdicts, ["held", "held", "released"]);
  assert.deepEqual([bids(passed.slice(before)), quarantine.discarded], [[1.15, 1.1502, 1.1499], 0]);
});

Deno.test("Quarantine discards a spike from which the next tick comes back", () => {
  const { passed, quarantine } = gate();
  const atMs = calm(quarantine);
  const before = passed.length;

  const verdicts = [1.15, 1.1501, 1.1003].map((bid, i) => quarantine.take(makeTick(atMs + i, bid)));

  assert.deepEqual(verdicts, ["held", "held", "passed"]);
  assert.deepEqual([bids(passed.slice(before)), quarantine.discarded], [[1.1003], 2]);
});

Deno.test("Quarantine holds a tick whose ask alone jumps", () => {
  const { quarantine } = gate();
  const atMs = calm(quarantine);

  assert.equal(quarantine.take(makeTick(atMs, 1.1, { ask: makeTick(0, 1.12).ask })), "held");
});

Deno.test("Quarantine moves on from a market that stood still for an hour", () => {
  const { passed, quarantine } = gate();
  for (let i = 0; i < 360; i++) {
    quarantine.take(makeTick(TUESDAY_MS + i * 10_000, 1.1, { ask: makeTick(0, 1.1).bid }));
  }

  const verdict = quarantine.take(makeTick(TUESDAY_MS + 3_600_000, 1.1005, { ask: makeTick(0, 1.1005).bid }));

  assert.deepEqual([verdict, passed.length], ["passed", 361]);
});

Deno.test("Quarantine passes, holds or discards every tick, each once, in order", () => {
  const steps = fc.array(
    fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, fc.integer({ min: -9, max: 9 })),
    {
      maxLength: 200,
      size: "max",
    },
  );
  fc.assert(fc.property(steps, (jumps) => {
    const { passed, quarantine } = gate();
    const ticks = jumps.map((jump, i) => makeTick(TUESDAY_MS + i * 7_000, 1.1 + jump / 10));
    ticks.forEach((tick) => quarantine.take(tick));

    const times = passed.map((tick) => tick.atMs);
    assert.deepEqual(times, [...new Set(times)].toSorted((a, b) => a - b));
    const held = ticks.length - passed.length - quarantine.discarded;
    assert.ok(held >= 0 && held <= 2, `held ${held}`);
  }));
});
