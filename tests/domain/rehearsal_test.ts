/**
 * Rehearsal: the anchor is kept over a restart, and results of different clocks never share a folder.
 *
 * @module
 */
import assert from "node:assert/strict";
import { decideClock } from "../../domain/rehearsal.ts";

const anchor = { wallMs: 1_000, marketMs: 500, speed: 60, skips: [] };

Deno.test("decideClock() is the wall clock when nothing is asked for", () => {
  const base = { speed: 1, startAtMs: null, wallMs: 9_000 };

  assert.deepEqual(decideClock({ ...base, stored: undefined }), { ok: true, anchor: null, kept: false });
  assert.deepEqual(decideClock({ ...base, stored: null }), { ok: true, anchor: null, kept: true });
});

Deno.test("decideClock() begins a rehearsal at its start, or now", () => {
  const base = { speed: 60, wallMs: 9_000, stored: undefined };

  assert.deepEqual(decideClock({ ...base, startAtMs: 500 }), {
    ok: true,
    anchor: { wallMs: 9_000, marketMs: 500, speed: 60, skips: [] },
    kept: false,
  });
  assert.deepEqual(decideClock({ ...base, startAtMs: null }), {
    ok: true,
    anchor: { wallMs: 9_000, marketMs: 9_000, speed: 60, skips: [] },
    kept: false,
  });
});

Deno.test("decideClock() keeps the anchor of a rehearsal over a restart", () => {
  const decision = decideClock({
    speed: 60,
    startAtMs: 500,
    wallMs: 99_000,
    stored: { ...anchor, startAtMs: 500 },
  });

  assert.deepEqual(decision, { ok: true, anchor, kept: true });
});

Deno.test("decideClock() refuses to mix real time and rehearsals in one folder", () => {
  const stored = { ...anchor, startAtMs: 500 };
  const refused = [
    decideClock({ speed: 1, startAtMs: null, wallMs: 9_000, stored }),
    decideClock({ speed: 60, startAtMs: 500, wallMs: 9_000, stored: null }),
    decideClock({ speed: 30, startAtMs: 500, wallMs: 9_000, stored }),
    decideClock({ speed: 60, startAtMs: null, wallMs: 9_000, stored }),
  ];

  assert.deepEqual(refused.map((decision) => decision.ok), [false, false, false, false]);
});
