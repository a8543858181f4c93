/**
 * Store contract: what every `StoreEdge` keeps, the SQLite one and its twin alike.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { StoreEdge } from "../../protocols/ports.ts";
import type { Write } from "../../protocols/store.ts";
import { userId } from "../../protocols/units.ts";
import { makeFire } from "../kit/records.ts";
import { makeOutcome, makeSignal } from "../kit/signals.ts";
import { arbitraryRow, TABLES } from "./rows.ts";
import { conflicts, replaces, roundTrip, selects } from "./store_properties.ts";

/** A store under test, on a disk of its own. */
export interface StoreUnderTest {
  readonly store: StoreEdge;
  /** The store as it is after the process was killed. */
  reopen(): StoreEdge;
  dispose(): void;
}

const cursor = (name: string, seq: number): Write => ({ put: "cursors", row: { name, seq } });
const newCursor = (name: string, seq: number): Write => ({ insert: "cursors", row: { name, seq } });
const halted = (by: string): Write => ({
  event: { kind: "tradingHalted", by, reason: "test", queuedFires: [] },
  source: "desk",
  atMs: 1_757_685_800_123,
});

/** Registers the suite for one kind of store. */
export function storeContract(name: string, open: () => StoreUnderTest): void {
  const test = (sentence: string, run: (under: StoreUnderTest) => void) =>
    Deno.test(`${name}: ${sentence}`, () => {
      const under = open();
      try {
        run(under);
      } finally {
        under.dispose();
      }
    });

  for (const table of TABLES) {
    test(`a row of ${table} reads back as it was put`, ({ store }) => roundTrip(store, table));
    test(`a row of ${table} is replaced, not doubled, by a put with its key`, ({ store }) =>
      replaces(store, table));
    test(`an insert of a row of ${table} conflicts with one that is there`, ({ store }) =>
      conflicts(store, table));
  }
  test("a selection of fires answers what a filter over all fires answers", ({ store }) =>
    selects(store, "fires"));
  test("a selection of candles answers what a filter over all does", ({ store }) =>
    selects(store, "candles"));
  test("a selection of users answers what a filter over all does", ({ store }) => selects(store, "users"));

  test("the writes of one group happen together or not at all", ({ store }) => {
    store.commit([[cursor("journal", 1)]]);

    const results = store.commit([
      [cursor("a", 1), halted("first")],
      [cursor("b", 2), halted("second"), newCursor("journal", 9), cursor("c", 3)],
      [cursor("d", 4), halted("third")],
    ]);

    assert.deepEqual(results.map((r) => r.ok ? r.seqs : r.fault), [[1], "conflict", [2]]);
    assert.deepEqual(store.select({ from: "cursors" }), [
      { name: "a", seq: 1 },
      { name: "d", seq: 4 },
      { name: "journal", seq: 1 },
    ]);
    assert.deepEqual(store.events(0, 10).map((e) => [e.seq, e.event]), [
      [1, { kind: "tradingHalted", by: "first", reason: "test", queuedFires: [] }],
      [2, { kind: "tradingHalted", by: "third", reason: "test", queuedFires: [] }],
    ]);
  });

  test("a row that holds no number where one belongs fails its own group only", ({ store }) => {
    const bad = { ...makeFire(), lots: NaN as never };

    const results = store.commit([[cursor("a", 1), { put: "fires", row: bad }], [cursor("b", 2)]]);

    assert.deepEqual(results, [
      {
        ok: false,
        fault: "failed",
        message: "Cannot store lots as it must be a finite number: current value is NaN",
      },
      { ok: true, seqs: [] },
    ]);
    assert.deepEqual(store.select({ from: "cursors" }), [{ name: "b", seq: 2 }]);
  });

  test("a missing value where one belongs fails its own group only", ({ store }) => {
    const bad = { ...makeFire(), symbol: null as never };

    const results = store.commit([[{ put: "fires", row: bad }], [cursor("b", 2)]]);

    assert.deepEqual(results.map((r) => r.ok ? "ok" : r.fault), ["failed", "ok"]);
  });

  test("an event with what JSON cannot say is refused, not bent", ({ store }) => {
    const event = { kind: "eaLost", eaId: "ea" as never, silentMs: Infinity } as const;

    const [result] = store.commit([[{ event, source: "slot/ea", atMs: 1 }]]);

    assert.deepEqual(result, {
      ok: false,
      fault: "failed",
      message: "Cannot store data_json as it must be finite: current value is Infinity",
    });
    assert.equal(store.lastSeq(), 0);
  });

  test("an outcome of another signal is refused", ({ store }) => {
    const row = { ...makeSignal({ id: "OTHER" as never }), outcome: makeOutcome(makeSignal()) };

    const [result] = store.commit([[{ put: "signals", row }]]);

    assert.equal(result?.ok === false && result.fault, "failed");
    assert.deepEqual(store.select({ from: "signals" }), []);
  });

  test("events are numbered from 1, in order over groups, and read behind a seq", ({ store }) => {
    assert.equal(store.lastSeq(), 0);

    const results = store.commit([[halted("a"), halted("b")], [], [halted("c")]]);

    assert.deepEqual(results.map((r) => r.ok && r.seqs), [[1, 2], [], [3]]);
    assert.equal(store.lastSeq(), 3);
    assert.deepEqual(store.events(1, 1), [{
      seq: 2,
      atMs: 1_757_685_800_123,
      source: "desk",
      event: { kind: "tradingHalted", by: "b", reason: "test", queuedFires: [] },
    }]);
    assert.deepEqual(store.events(3, 10), []);
  });

  test("a commit of nothing answers nothing", ({ store }) => {
    assert.deepEqual(store.commit([]), []);
  });

  test("a signal without outcome is found by outcome null, and no more once it has one", ({ store }) => {
    const open = { ...makeSignal(), outcome: null };
    const ended = { ...open, outcome: makeOutcome(makeSignal()) };
    const unresolved = { from: "signals", where: { outcome: null } } as const;
    store.commit([[{ insert: "signals", row: open }]]);
    assert.deepEqual(store.select(unresolved), [open]);

    store.commit([[{ put: "signals", row: ended }]]);

    assert.deepEqual(store.select(unresolved), []);
    assert.deepEqual(store.select({ from: "signals" }), [ended]);
  });

  test("comparing what lies in JSON with anything but null throws", ({ store }) => {
    const where = { outcome: makeOutcome(makeSignal()) };
    assert.throws(() => store.select({ from: "signals", where }), {
      name: "RowError",
      message: "Cannot select by outcome as it must be compared with null only",
    });
  });

  test("NUL in a text becomes a visible sign and hides nothing behind it", ({ store }) => {
    const row = { code: "A", subject: "ea\0one", message: "x\0y", sinceMs: 5 };

    store.commit([[{ put: "conditions", row }]]);

    const expected = [{ code: "A", subject: "ea␀one", message: "x␀y", sinceMs: 5 }];
    assert.deepEqual(store.select({ from: "conditions", where: { subject: row.subject } }), expected);
  });

  test("removing by condition takes those rows alone; a user goes with his fire mode", ({ store }) => {
    const base = fc.sample(arbitraryRow("users"), { numRuns: 1, seed: 7 })[0]!;
    const users = (["u1", "u2", "u3"] as const).map((id, i) => ({
      ...base,
      id: userId(id),
      mode: i === 1 ? "SELECT" as const : "AUTO" as const,
    }));
    store.commit([users.map((row) => ({ put: "users", row }))]);

    store.commit([[{ remove: "users", where: { mode: "AUTO" } }]]);

    assert.deepEqual(store.select({ from: "users" }), [users[1]]);
    assert.deepEqual(store.commit([[{ insert: "users", row: users[0]! }]]), [{ ok: true, seqs: [] }]);
  });

  test("what was committed is there after a kill", (under) => {
    under.store.commit([[cursor("journal", 7), halted("a")]]);

    const store = under.reopen();

    assert.deepEqual(store.select({ from: "cursors" }), [{ name: "journal", seq: 7 }]);
    assert.deepEqual(store.commit([[halted("b")]]), [{ ok: true, seqs: [2] }]);
  });
}
