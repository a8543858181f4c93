/**
 * Statements: turns a table's map, a `Where` and a `Selection` into SQL with bound values.
 *
 * @module
 */
import type { Selection, TableName, Where } from "../../protocols/store.ts";
import { type Field, RowError, type SqlValue } from "./column.ts";
import { TABLE_MAPS } from "./tables.ts";

/** SQL and the values of its placeholders. */
export interface Bound {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** A `TableMap` of any row, for code that knows its fields by name only. */
export interface AnyTable {
  readonly source: string;
  readonly targets: readonly { readonly table: string; readonly fields: readonly string[] }[];
  readonly key: readonly string[];
  readonly fields: Readonly<Record<string, Field<unknown>>>;
  readonly check?: (row: unknown) => void;
  readonly mend?: (row: unknown) => unknown;
}

/** One SQL table's write of one kind. */
export interface RowWrite {
  readonly sql: string;
  /** The values of a row, one per placeholder. */
  readonly values: (row: unknown) => SqlValue[];
}

/** What is fixed about a table: compiled once. */
export interface TableStatements {
  readonly map: AnyTable;
  readonly entries: readonly (readonly [string, Field<unknown>])[];
  readonly columns: string;
  readonly puts: readonly RowWrite[];
  readonly inserts: readonly RowWrite[];
}

/** SQLite's limit on placeholders in one statement. */
const PLACEHOLDERS_MAX = 32_766;

/** Compiles every table. */
export function compileTables(): { readonly [T in TableName]: TableStatements } {
  const compiled = Object.entries(TABLE_MAPS).map((
    [name, map],
  ) => [name, compile(map as unknown as AnyTable)]);
  return Object.fromEntries(compiled);
}

/** SQL of a selection; without an order rows come by key, and equals of an order by key too. */
export function selectionSql(table: TableStatements, selection: Selection<TableName>): Bound {
  const { map } = table;
  const where = whereSql(map, selection.where ?? {});
  const limit = limitOf(selection.limit);
  const sql =
    `SELECT ${table.columns} FROM ${map.source}${where.sql} ORDER BY ${orderSql(map, selection.order)}` +
    (limit === null ? "" : " LIMIT ?");
  return { sql, values: limit === null ? where.values : [...where.values, limit] };
}

/** SQL that removes the rows of a table for which all conditions hold. */
export function removalSql(table: TableStatements, conditions: Where<TableName>): Bound {
  const { map } = table;
  const first = map.targets[0]!.table;
  const where = whereSql(map, conditions);
  if (map.source === first) return { sql: `DELETE FROM ${first}${where.sql}`, values: where.values };
  const key = keyColumns(map).join(", ");
  const sql = `DELETE FROM ${first} WHERE (${key}) IN (SELECT ${key} FROM ${map.source}${where.sql})`;
  return { sql, values: where.values };
}

function compile(map: AnyTable): TableStatements {
  const entries = Object.entries(map.fields);
  const columns = entries.flatMap(([, field]) => field.columns).join(", ");
  const insertOf = (fields: readonly string[], table: string) => {
    const names = fields.flatMap((name) => fieldOf(map, name).columns);
    return `INSERT INTO ${table} (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`;
  };
  const writes = (ending: (fields: readonly string[]) => string) =>
    map.targets.map(({ table, fields }) => ({
      sql: insertOf(fields, table) + ending(fields),
      values: valuesOf(map, fields),
    }));
  return { map, entries, columns, inserts: writes(() => ""), puts: writes((fields) => upsert(map, fields)) };
}

function upsert(map: AnyTable, fields: readonly string[]): string {
  const changed = fields.filter((name) => !map.key.includes(name))
    .flatMap((name) => fieldOf(map, name).columns);
  const key = keyColumns(map).join(", ");
  return ` ON CONFLICT (${key}) DO UPDATE SET ${
    changed.map((name) => `${name} = excluded.${name}`).join(", ")
  }`;
}

function valuesOf(map: AnyTable, names: readonly string[]): (row: unknown) => SqlValue[] {
  const fields = names.map((name) => [name, fieldOf(map, name)] as const);
  return (row) => {
    map.check?.(row);
    const values: SqlValue[] = [];
    for (const [name, field] of fields) field.write((row as Record<string, unknown>)[name], values);
    return values;
  };
}

function whereSql(map: AnyTable, conditions: object): Bound {
  const parts: string[] = [];
  const values: SqlValue[] = [];
  for (const [name, condition] of Object.entries(conditions)) {
    parts.push(conditionSql(name, fieldOf(map, name), condition, values));
  }
  if (values.length >= PLACEHOLDERS_MAX) {
    throw new RowError(
      `Cannot select as its values must be < ${PLACEHOLDERS_MAX}: current value is ${values.length}`,
    );
  }
  return { sql: parts.length === 0 ? "" : ` WHERE ${parts.join(" AND ")}`, values };
}

function conditionSql(name: string, field: Field<unknown>, condition: unknown, out: SqlValue[]): string {
  const column = field.columns[0]!;
  if (condition === null) return `${column} IS NULL`;
  if (!field.comparable) throw new RowError(`Cannot select by ${name} as it must be compared with null only`);
  if (typeof condition !== "object") {
    field.write(condition, out);
    return `${column} = ?`;
  }
  if ("in" in condition) return inSql(column, field, condition.in as readonly unknown[], out);
  return rangeSql(name, field, condition as { gte?: unknown; lt?: unknown }, out);
}

/** Pads the list to a power of two with its last value, so that few statements serve every length. */
function inSql(column: string, field: Field<unknown>, list: readonly unknown[], out: SqlValue[]): string {
  const present = list.filter((value) => value !== null);
  const orNull = present.length < list.length ? ` OR ${column} IS NULL` : "";
  if (present.length === 0) return orNull === "" ? "0" : `(0${orNull})`;
  const length = 2 ** Math.ceil(Math.log2(present.length));
  for (let i = 0; i < length; i += 1) field.write(present[Math.min(i, present.length - 1)], out);
  return `(${column} IN (${"?, ".repeat(length - 1)}?)${orNull})`;
}

function rangeSql(
  name: string,
  field: Field<unknown>,
  range: { readonly gte?: unknown; readonly lt?: unknown },
  out: SqlValue[],
): string {
  const parts: string[] = [];
  for (const [bound, sign] of [["gte", ">="], ["lt", "<"]] as const) {
    if (range[bound] === undefined) continue;
    field.write(range[bound], out);
    parts.push(`${field.columns[0]} ${sign} ?`);
  }
  if (parts.length === 0) throw new RowError(`Cannot select by ${name} as its range must have gte or lt`);
  return parts.join(" AND ");
}

function orderSql(map: AnyTable, order: string | undefined): string {
  const down = order?.startsWith("-") ?? false;
  const name = down ? order!.slice(1) : order;
  const first = name === undefined ? [] : [`${fieldOf(map, name).columns[0]}${down ? " DESC" : ""}`];
  const rest = map.key.filter((key) => key !== name).map((key) => fieldOf(map, key).columns[0]!);
  return [...first, ...rest].join(", ");
}

function limitOf(limit: number | undefined): number | null {
  if (limit === undefined) return null;
  if (Number.isSafeInteger(limit) && limit >= 0) return limit;
  throw new RowError(`Cannot select as limit must be a whole number >= 0: current value is ${limit}`);
}

function fieldOf(map: AnyTable, name: string): Field<unknown> {
  const field = map.fields[name];
  if (field === undefined) throw new RowError(`Cannot use ${map.source}.${name} as there is no such field`);
  return field;
}

function keyColumns(map: AnyTable): readonly string[] {
  return map.key.map((name) => fieldOf(map, name).columns[0]!);
}
