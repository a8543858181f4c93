/**
 * Inference of closes from two heartbeats: what it may say, what it must ask, what it must never release.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { type Candidate, inferCloses, type Sample } from "../../domain/close_inference.ts";
import { fireId } from "../../protocols/units.ts";

const at = (value: number) => ({ low: value, high: value });
const open = (name: string, changes: Partial<Candidate> = {}): Candidate => ({
  id: fireId(name),
  margin: 100,
  included: true,
  touched: false,
  result: at(-50),
  commission: 1,
  seasoned: true,
  maybe: false,
  ...changes,
});
const touched = (name: string, changes: Partial<Candidate> = {}) => open(name, { touched: true, ...changes });
const infer = (
  base: readonly [number | null, number | null],
  now: readonly [number | null, number | null],
  ...candidates: readonly Candidate[]
) => inferCloses(sample(base), sample(now), candidates);
const sample = ([margin, balance]: readonly [number | null, number | null]): Sample => ({ margin, balance });
const closed = (
  touchedIds: readonly string[],
  manual: readonly string[] = [],
  included: readonly string[] = [],
) => ({
  kind: "closed",
  touched: touchedIds,
  manual,
  included,
});

Deno.test("a crossed position is closed when the margin is 0.00, though the balance says nothing", () => {
  assert.deepEqual(infer([100, 1_000], [0, 700], touched("f")), closed(["f"]));
});

Deno.test("a crossed position is closed when the margin fell by its own ± 20 %", () => {
  const other = open("other", { margin: 300 });

  assert.deepEqual(infer([400, 1_000], [281, 1_300], touched("f"), other), closed(["f"], [], ["other"]));
  assert.deepEqual(infer([400, 1_000], [319, 1_300], touched("f"), other), closed(["f"], [], ["other"]));
  assert.deepEqual(infer([400, 1_000], [270, 1_300], touched("f"), other).kind, "unexplained");
});

Deno.test("a crossed position is closed when the balance moved by its result ± 25 % ± commission", () => {
  const gold = touched("f", { margin: null });

  assert.deepEqual(infer([400, 1_000], [400, 1_000 - 63.4], gold), closed(["f"]));
  assert.deepEqual(infer([400, 1_000], [400, 1_000 - 36.6], gold), closed(["f"]));
  assert.equal(infer([400, 1_000], [400, 1_000 - 64], gold).kind, "unchanged");
});

Deno.test("a crossed position stays open while neither sign agrees", () => {
  assert.deepEqual(infer([100, 1_000], [100, 1_000], touched("f")), { kind: "unchanged", included: ["f"] });
});

Deno.test("a position that was not crossed needs both signs, and is called closed by hand", () => {
  const f = open("f", { result: { low: -20, high: 10 } });
  const g = open("g", { margin: 300 });

  assert.deepEqual(infer([400, 1_000], [300, 1_005], f, g), closed([], ["f"], ["g"]));
  assert.equal(infer([400, 1_000], [300, 1_200], f, g).kind, "unexplained");
  assert.deepEqual(infer([400, 1_000], [400, 985], f, g), { kind: "unchanged", included: ["f", "g"] });
});

Deno.test("a margin of 0.00 does not release what was not crossed unless the balance agrees for all together", () => {
  const f = touched("f");
  const g = open("g", { margin: 300, result: { low: 20, high: 30 } });

  assert.deepEqual(infer([400, 1_000], [0, 975], f, g), closed(["f"], ["g"]));
  assert.deepEqual(infer([400, 1_000], [0, 800], f, g), closed(["f"]));
  assert.deepEqual(infer([300, 1_000], [0, 800], g), { kind: "question", solutions: [["g"]] });
});

Deno.test("two crossed positions of one size raise a question when one closed and the balance cannot tell which", () => {
  assert.deepEqual(infer([200, 1_000], [100, 950], touched("f"), touched("g")), {
    kind: "question",
    solutions: [["f"], ["g"]],
  });
});

Deno.test("two crossed positions of one size are told apart by their results, and solved together", () => {
  const f = touched("f");
  const g = touched("g", { result: at(80) });

  assert.deepEqual(infer([200, 1_000], [100, 950], f, g), closed(["f"], [], ["g"]));
  assert.deepEqual(infer([200, 1_000], [100, 1_080], f, g), closed(["g"], [], ["f"]));
  assert.deepEqual(infer([300, 1_000], [100, 1_030], f, g, open("h")), closed(["f", "g"], [], ["h"]));
});

Deno.test("a close by hand beside a crossed and open position is asked about, not guessed", () => {
  const f = touched("f");
  const g = open("g", { margin: 300, result: { low: 10, high: 20 } });

  assert.deepEqual(infer([400, 1_000], [100, 1_015], f, g), { kind: "question", solutions: [["g"]] });
});

Deno.test("a heartbeat made before the last fill frees nothing", () => {
  const fresh = touched("f", { included: false, seasoned: false });

  assert.deepEqual(infer([0, 1_000], [0, 1_000], fresh), { kind: "unchanged", included: [] });
  assert.deepEqual(infer([0, 1_000], [100, 999.5], fresh), { kind: "unchanged", included: ["f"] });
  const beside = open("g", { margin: 300 });
  assert.deepEqual(infer([300, 1_000], [300, 1_000], beside, fresh), { kind: "unchanged", included: ["g"] });
});

Deno.test("a fill that opened and closed between two heartbeats is seen by its result", () => {
  const quick = touched("f", { included: false, seasoned: false });

  assert.deepEqual(
    infer([300, 1_000], [300, 950], open("g", { margin: 300 }), quick),
    closed(["f"], [], ["g"]),
  );
});

Deno.test("an unknown balance leaves the margin alone to speak", () => {
  assert.deepEqual(infer([100, null], [0, 990], touched("f")), closed(["f"]));
  assert.equal(infer([400, null], [300, 990], open("f"), open("g", { margin: 300 })).kind, "unexplained");
});

Deno.test("a fall that fits no set of positions is unexplained, and so is a rise", () => {
  assert.equal(infer([400, 1_000], [150, 1_000], open("f"), open("g", { margin: 300 })).kind, "unexplained");
  assert.equal(infer([100, 1_000], [250, 1_000], open("f")).kind, "unexplained");
  assert.equal(infer([null, 1_000], [null, 1_200], open("f")).kind, "unexplained");
});

Deno.test("an unanswered fire that was crossed is closed when both signs agree, and beside it nothing else", () => {
  const maybe = touched("m", { maybe: true, included: false });
  const other = open("f", { result: { low: -60, high: 80 } });

  assert.deepEqual(infer([200, 1_000], [100, 950], other, maybe), closed(["m"], [], ["f"]));
  assert.deepEqual(infer([100, 1_000], [0, 950], maybe), closed(["m"]));
});

Deno.test("an unanswered fire that was not crossed is a rival to a close by hand, and no answer itself", () => {
  const maybe = open("m", { maybe: true, included: false, result: { low: -60, high: 80 } });
  const other = open("f", { result: { low: -60, high: 80 } });

  assert.deepEqual(infer([200, 1_000], [100, 950], other, maybe), {
    kind: "question",
    solutions: [["f"], ["m"]],
  });
  assert.deepEqual(infer([300, 1_000], [200, 950], open("g", { margin: 200 }), maybe), {
    kind: "question",
    solutions: [["m"]],
  });
  assert.deepEqual(infer([100, 1_000], [100, 1_000], maybe), { kind: "unchanged", included: [] });
  assert.deepEqual(infer([0, 1_000], [0, 1_000], maybe), { kind: "unchanged", included: [] });
});

Deno.test("an unanswered fire binds no margin in what is expected", () => {
  const maybe = open("m", { maybe: true, included: false });

  assert.deepEqual(infer([100, 1_000], [100, 1_000], open("f"), maybe), {
    kind: "unchanged",
    included: ["f"],
  });
  assert.deepEqual(infer([100, 1_000], [0, 950], touched("f"), maybe), closed(["f"]));
});

Deno.test("a fill that the heartbeat lacks stays out of what it binds, beside one that closed", () => {
  const fresh = open("g", { included: false, seasoned: false });

  assert.deepEqual(infer([100, 1_000], [0, 950], touched("f"), fresh), closed(["f"]));
  assert.deepEqual(infer([100, 1_000], [100, 950], touched("f"), fresh), closed(["f"], [], ["g"]));
});

Deno.test("a fill whose margin no heartbeat has shown as expected lets no other be called closed by hand", () => {
  const first = open("first", { margin: 60, result: at(0) });
  // Told as one lot, filled in part: it binds 40 of the 100 it should.
  const part = open("part", { included: false });

  assert.notEqual(infer([60, 1_000], [100, 999], first, part).kind, "closed");
  assert.deepEqual(
    infer([160, 1_000], [100, 999], first, { ...part, included: true }),
    closed([], ["first"], ["part"]),
  );
});

Deno.test("two closed by hand at once are asked about: sums of several agree by chance", () => {
  const [one, two] = [
    open("one", { margin: 60, result: at(-20) }),
    open("two", { margin: 50, result: at(-30) }),
  ];

  assert.deepEqual(
    infer([310, 1_000], [200, 950], one, two, open("three", { margin: 200, result: at(500) })),
    {
      kind: "question",
      solutions: [["one", "two"]],
    },
  );
});

Deno.test("a balance that did not move is no sign of a close by hand", () => {
  const fresh = open("f", { included: false, result: { low: -60, high: 80 } });

  assert.equal(infer([100, 1_000], [100, 1_000], fresh).kind, "unexplained");
});

interface Book {
  readonly positions: readonly { readonly candidate: Candidate; readonly gone: boolean }[];
  readonly balance: number;
}

const books: fc.Arbitrary<Book> = fc.record({
  balance: fc.double({ min: 100, max: 100_000, noNaN: true }),
  positions: fc.uniqueArray(
    fc.record({
      margin: fc.double({ min: 5, max: 2_000, noNaN: true }),
      result: fc.double({ min: -500, max: 500, noNaN: true }),
      touched: fc.boolean(),
      gone: fc.boolean(),
    }),
    { minLength: 1, maxLength: 8, selector: (each) => each.margin },
  ),
}).map(({ balance, positions }) => ({
  balance,
  positions: positions.map(({ margin, result, touched, gone }, nth) => ({
    candidate: open(`p${nth}`, { margin, touched, result: at(result), commission: 0.5 }),
    gone,
  })),
}));

function heartbeats({ positions, balance }: Book): readonly [Sample, Sample] {
  const sum = (values: readonly number[]) => values.reduce((total, each) => total + each, 0);
  const margin = (all: Book["positions"]) => sum(all.map(({ candidate }) => candidate.margin!));
  const results = positions.filter((each) => each.gone).map(({ candidate }) => candidate.result!.low);
  return [
    { margin: margin(positions), balance },
    { margin: margin(positions.filter((each) => !each.gone)), balance: balance + sum(results) },
  ];
}

/** What the inference calls closed, or null, and what is gone. */
function judge(book: Book): { readonly said: readonly string[] | null; readonly gone: readonly string[] } {
  const [base, now] = heartbeats(book);
  const answer = inferCloses(base, now, book.positions.map(({ candidate }) => candidate));
  const gone = book.positions.filter((each) => each.gone).map(({ candidate }) => candidate.id);
  return { said: answer.kind === "closed" ? [...answer.touched, ...answer.manual].toSorted() : null, gone };
}

Deno.test("of crossed positions, some of them still open, exactly those are called closed that are", () => {
  let told = 0;
  fc.assert(
    fc.property(books, (book) => {
      const positions = book.positions.map((each) => ({
        ...each,
        gone: each.gone && each.candidate.touched,
      }));
      const { said, gone } = judge({ ...book, positions });
      if (said === null) return;

      told += 1;
      assert.deepEqual(said, gone);
    }),
    { numRuns: 2_000, seed: 3 },
  );
  assert.ok(told > 300, `only ${told} of 2000 books were solved`);
});

Deno.test("an open position is never called closed, whatever was closed by hand beside the crossed ones", () => {
  let told = 0;
  fc.assert(
    fc.property(books, (book) => {
      const positions = book.positions.map((each) => ({
        ...each,
        gone: each.gone || each.candidate.touched,
      }));
      const { said, gone } = judge({ ...book, positions });
      if (said === null) return;

      told += 1;
      assert.deepEqual(said.filter((id) => !gone.includes(id)), []);
    }),
    { numRuns: 2_000, seed: 5 },
  );
  assert.ok(told > 300, `only ${told} of 2000 books were solved`);
});

Deno.test("nothing is called closed while nothing closed, whatever was crossed", () => {
  fc.assert(
    fc.property(books, (book) => {
      const all = { ...book, positions: book.positions.map((each) => ({ ...each, gone: false })) };
      const [base, now] = heartbeats(all);

      assert.equal(inferCloses(base, now, all.positions.map(({ candidate }) => candidate)).kind, "unchanged");
    }),
    { numRuns: 500, seed: 4 },
  );
});
