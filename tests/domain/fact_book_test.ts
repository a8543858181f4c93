/**
 * Fact book: order, replacement and forgetting.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { type Fact, factOf } from "../../domain/analytics.ts";
import { FactBook } from "../../domain/fact_book.ts";
import { signalId } from "../../protocols/units.ts";
import { makeOutcome, makeSignal } from "../kit/signals.ts";

function fact(id: number, signaledAtMs: number, resolved = false): Fact {
  const signal = makeSignal({ id: signalId(`signal-${id}`), signaledAtMs });
  return factOf({ ...signal, outcome: resolved ? makeOutcome(signal) : null });
}

Deno.test("FactBook lists what was made after a moment, newest first, in whatever order it came", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 20 })),
      fc.integer({ min: -1, max: 21 }),
      (times, after) => {
        const book = new FactBook();
        times.forEach((atMs, id) => book.put(fact(id, atMs)));

        const listed = [...book.since(after)].map(({ signaledAtMs }) => signaledAtMs);

        assert.deepEqual(listed, times.filter((atMs) => atMs > after).toSorted((a, b) => b - a));
      },
    ),
  );
});

Deno.test("FactBook keeps an outcome when the raising of its signal is told again", () => {
  const book = new FactBook();
  book.put(fact(1, 10));
  book.put(fact(1, 10, true));

  book.put(fact(1, 10));

  assert.deepEqual([...book.since(0)], [fact(1, 10, true)]);
});

Deno.test("FactBook forgets up to a moment, that moment included, and takes a forgotten one in anew", () => {
  const book = new FactBook();
  [1, 2, 3].forEach((atMs) => book.put(fact(atMs, atMs)));

  book.forget(2);
  book.put(fact(1, 5));

  assert.deepEqual([...book.since(0)], [fact(1, 5), fact(3, 3)]);
});
