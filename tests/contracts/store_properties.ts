/**
 * Store properties: what must hold of any row of any table, and of any selection.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { StoreEdge } from "../../protocols/ports.ts";
import type { Selection, TableName, Tables, Write } from "../../protocols/store.ts";
import { arbitraryRow, KEYS } from "./rows.ts";

/** Whatever rows are put, the same rows are read, in the order of their key. */
export function roundTrip<T extends TableName>(store: StoreEdge, table: T): void {
  const rows = fc.uniqueArray(arbitraryRow(table), { selector: (row) => keyOf(table, row), maxLength: 5 });
  fc.assert(
    fc.property(rows, (rows) => {
      store.commit([
        [{ remove: table, where: {} } as Write],
        rows.map((row) => ({ put: table, row }) as Write),
      ]);

      const found = store.select({ from: table });

      assert.deepEqual(found, [...rows].sort((a, b) => keyOrder(table, a, b)));
      for (const row of rows) {
        assert.deepEqual(store.select({ from: table, where: byKey(table, row) }), [row]);
      }
    }),
    { numRuns: 40 },
  );
}

/** A put with a known key takes the place of the whole row. */
export function replaces<T extends TableName>(store: StoreEdge, table: T): void {
  fc.assert(
    fc.property(arbitraryRow(table), arbitraryRow(table), (before, other) => {
      const after = { ...other, ...byKey(table, before), ...ownOutcome(table, before, other) } as Tables[T];
      store.commit([[{ remove: table, where: {} } as Write, { put: table, row: before } as Write]]);

      assert.deepEqual(store.commit([[{ put: table, row: after } as Write]]), [{ ok: true, seqs: [] }]);

      assert.deepEqual(store.select({ from: table }), [after]);
    }),
    { numRuns: 25 },
  );
}

/** An insert with a known key changes nothing and says so. */
export function conflicts<T extends TableName>(store: StoreEdge, table: T): void {
  const [row] = fc.sample(arbitraryRow(table), { numRuns: 1, seed: 3 });
  const write = { insert: table, row } as Write;
  assert.deepEqual(store.commit([[write]]), [{ ok: true, seqs: [] }]);

  const [again] = store.commit([[write]]);

  assert.equal(again?.ok === false && again.fault, "conflict");
  assert.deepEqual(store.select({ from: table }), [row]);
}

/** Compares selections with a filter, a sort and a slice over the same rows. */
export function selects<T extends "fires" | "candles" | "users">(store: StoreEdge, table: T): void {
  const rows = fc.sample(arbitraryRow(table), { numRuns: 60, seed: 11 });
  const kept = [...new Map(rows.map((row) => [keyOf(table, row), row])).values()];
  store.commit([kept.map((row) => ({ put: table, row }) as Write)]);
  const fields = Object.keys(kept[0]!) as (keyof Tables[T] & string)[];

  fc.assert(
    fc.property(
      anyCondition(fields, kept),
      anyCondition(fields, kept),
      fc.constantFrom(...fields),
      fc.nat(70),
      fc.boolean(),
      (
        one,
        two,
        sort,
        limit,
        down,
      ) => {
        const where = { [one.field]: one.condition, [two.field]: two.condition };
        const order = down ? `-${sort}` : sort;
        const found = store.select({ from: table, where, order, limit } as unknown as Selection<T>);

        const expected = kept.filter((row) =>
          Object.entries(where).every(([field, c]) => holds(row[field as never], c))
        )
          .sort((a, b) => (down ? -1 : 1) * sqlOrder(a[sort], b[sort]) || keyOrder(table, a, b))
          .slice(0, limit);
        assert.deepEqual(found, expected);
      },
    ),
    { numRuns: 300 },
  );
}

interface AnyCondition {
  readonly field: string;
  readonly condition: unknown;
}

function anyCondition<Row extends object>(fields: readonly (keyof Row & string)[], rows: readonly Row[]) {
  return fc.constantFrom(...fields).chain((field): fc.Arbitrary<AnyCondition> => {
    const value = fc.constantFrom(...rows.map((row) => row[field]));
    const present = fc.constantFrom(...rows.map((row) => row[field]).filter((v) => v !== null), "nobody");
    const sample = rows.map((row) => row[field]).find((v) => v !== null);
    const bound = typeof sample === "boolean"
      ? fc.boolean()
      : present.filter((v) => typeof v === typeof sample);
    return fc.oneof(
      value,
      fc.array(value, { maxLength: 9 }).map((list) => ({ in: list })),
      bound.map((gte) => ({ gte })),
      fc.tuple(bound, bound).map(([gte, lt]) => ({ gte, lt })),
    ).map((condition) => ({ field, condition }));
  });
}

function holds(value: unknown, condition: unknown): boolean {
  if (condition === null || typeof condition !== "object") return value === condition;
  if ("in" in condition) return (condition.in as unknown[]).includes(value);
  if (value === null) return false;
  const { gte, lt } = condition as { gte?: unknown; lt?: unknown };
  return (gte === undefined || sqlOrder(value, gte) >= 0) && (lt === undefined || sqlOrder(value, lt) < 0);
}

/** SQLite's order: null first, then numbers, then text by its UTF-8 bytes. */
function sqlOrder(a: unknown, b: unknown): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  if (typeof a !== "string") return Number(a) - Number(b) || 0;
  const [x, y] = [new TextEncoder().encode(a), new TextEncoder().encode(b as string)];
  for (let i = 0; i < Math.min(x.length, y.length); i += 1) if (x[i] !== y[i]) return x[i]! - y[i]!;
  return x.length - y.length;
}

function keyOrder<T extends TableName>(table: T, a: Tables[T], b: Tables[T]): number {
  return KEYS[table].reduce((order, field) => order || sqlOrder(a[field], b[field]), 0);
}

function keyOf<T extends TableName>(table: T, row: Tables[T]): string {
  return JSON.stringify(KEYS[table].map((field) => row[field]));
}

function byKey<T extends TableName>(table: T, row: Tables[T]): object {
  return Object.fromEntries(KEYS[table].map((field) => [field, row[field]]));
}

/** A signal's outcome bears the id of the signal it is put on. */
function ownOutcome<T extends TableName>(table: T, before: Tables[T], other: Tables[T]): object {
  if (table !== "signals") return {};
  const [kept, changed] = [before, other] as unknown as [Tables["signals"], Tables["signals"]];
  return { outcome: changed.outcome === null ? null : { ...changed.outcome, signalId: kept.id } };
}
