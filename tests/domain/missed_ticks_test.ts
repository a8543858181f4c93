/**
 * Missed ticks: when an unseen stretch leaves a signal's fate known.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  exitAtBirth,
  fateKnown,
  openTimeMs,
  touchChance,
  UNDECIDED_CHANCE,
} from "../../domain/missed_ticks.ts";
import { price, symbolName } from "../../protocols/units.ts";
import { makeSignal } from "../kit/signals.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const EURUSD = symbolName("EURUSD");

/** Mulberry32: a fixed walk, so that the figure below never moves. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ state >>> 15, 1 | state);
    mixed = mixed + Math.imul(mixed ^ mixed >>> 7, 61 | mixed) ^ mixed;
    return ((mixed ^ mixed >>> 14) >>> 0) / 4_294_967_296;
  };
}

Deno.test("touchChance() is what 20,000 pinned random walks do", () => {
  const random = randomOf(5), steps = 400, walks = 20_000;
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  let touched = 0;
  for (let walk = 0; walk < walks; walk++) {
    const path = [0];
    for (let step = 0; step < steps; step++) path.push(path[step]! + normal() / Math.sqrt(steps));
    const end = path[steps]!;
    // Pinned: 0 at both ends; the level stands 1 below.
    if (path.some((at, step) => at - end * step / steps <= -1)) touched++;
  }

  // One variance, so one ATR over five minutes. Walks in steps touch a little less than continuous ones.
  const chance = touchChance(-1, 1, { before: 0, after: 0, openMs: 5 * MINUTE_MS });

  assert.equal(Math.round(chance * 1_000) / 1_000, 0.135);
  assert.equal(Math.abs(touched / walks - chance) < 0.02, true, `walks touched ${touched / walks}`);
});

Deno.test("touchChance() is certain for a level between the two prices or at one of them", () => {
  const stretch = { before: 1.1, after: 1.099, openMs: 1 };

  assert.deepEqual([1.0995, 1.1, 1.099].map((level) => touchChance(level, 0.0005, stretch)), [1, 1, 1]);
});

Deno.test("touchChance() excludes a level only when it knows the market's width", () => {
  const stretch = { before: 1.1, after: 1.1, openMs: MINUTE_MS };

  assert.deepEqual([NaN, 0.0005].map((atr) => touchChance(1.05, atr, stretch) === 1), [true, false]);
  assert.equal(touchChance(1.05, 0.0005, { ...stretch, openMs: 0 }), 0);
});

Deno.test("fateKnown() holds for 15 and 20 pips over ten minutes at an ATR of 5, and no more after an hour", () => {
  const after = (openMs: number) => fateKnown(makeSignal(), { before: 1.1, after: 1.1, openMs });

  assert.deepEqual([10 * MINUTE_MS, HOUR_MS].map(after), [true, false]);
});

Deno.test("fateKnown() turns at one chance in a thousand", () => {
  // exp(−2·15²/(5²·t/5 min)) = 0.001 at t = 5 min · 18 / ln 1000 = 13.03 min, for the stop 15 pips away.
  const signal = makeSignal({ takeProfit: price(2) });
  const at = (minutes: number) => fateKnown(signal, { before: 1.1, after: 1.1, openMs: minutes * MINUTE_MS });

  assert.equal(UNDECIDED_CHANCE, 0.001);
  assert.deepEqual([13, 13.1].map(at), [true, false]);
});

Deno.test("fateKnown() knows an end beyond the stop unless the target may have come first", () => {
  const beyond = (openMs: number) => fateKnown(makeSignal(), { before: 1.1, after: 1.098, openMs });

  assert.deepEqual([10 * MINUTE_MS, 10 * HOUR_MS].map(beyond), [true, false]);
});

Deno.test("openTimeMs() leaves out the weekend, and gold's hour each day", () => {
  const fridayMs = Date.UTC(2026, 6, 10, 20), sundayMs = Date.UTC(2026, 6, 12, 22);
  const tuesdayMs = Date.UTC(2026, 6, 7, 20), evening = Date.UTC(2026, 6, 7, 23);

  assert.equal(openTimeMs(EURUSD, fridayMs, sundayMs), 2 * HOUR_MS);
  assert.equal(openTimeMs(EURUSD, tuesdayMs, evening), 3 * HOUR_MS);
  assert.equal(openTimeMs(symbolName("XAUUSD"), tuesdayMs, evening), 2 * HOUR_MS);
});

Deno.test("exitAtBirth() is the entry less the spread, on the exit side", () => {
  const near = (value: number) => Math.round(value * 1e6) / 1e6;

  assert.equal(near(exitAtBirth(makeSignal(), 0.0001)), 1.0999);
  assert.equal(near(exitAtBirth(makeSignal({ direction: "SELL" }), 0.0001)), 1.1001);
});
