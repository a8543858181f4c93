/**
 * SQLite store: one transaction per commit, one savepoint per group, every statement prepared once.
 *
 * @module
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { StoredEvent } from "../../protocols/events.ts";
import type { StoreEdge } from "../../protocols/ports.ts";
import type { CommitResult, Selection, TableName, Tables, Write } from "../../protocols/store.ts";
import { readFields, RowError, type SqlValue } from "./column.ts";
import { eventValues, INSERT_EVENT, readEvent, SELECT_EVENTS } from "./event_row.ts";
import { compileTables, removalSql, type RowWrite, selectionSql } from "./statements.ts";

/** What surrounds a commit: a durable transaction here, something more breakable in simulations. */
export interface Bracket {
  begin(): void;
  /** Returns when the transaction is durable. */
  commit(): void;
  /** Takes everything since `begin` back, also when `begin` or `commit` failed half-way. */
  rollback(): void;
}

/** SQLite's primary result codes that blame the row and not the disk. */
const ROW_FAULTS: readonly number[] = [
  18, /* TOOBIG */
  19, /* CONSTRAINT */
  20, /* MISMATCH */
  25, /* RANGE */
];
/** Extended codes of a key that is already there: PRIMARYKEY, UNIQUE, ROWID. */
const KEY_FAULTS: readonly number[] = [1555, 2067, 2579];

/** `node:sqlite`'s statement with a method that its types leave out. */
type ArrayStatement = StatementSync & { setReturnArrays(on: boolean): void };

/** A `StoreEdge` over an open database whose schema is current. */
export class SqliteStore implements StoreEdge {
  readonly #db: DatabaseSync;
  readonly #bracket: Bracket;
  readonly #tables = compileTables();
  readonly #prepared = new Map<string, StatementSync>();

  constructor(db: DatabaseSync, bracket: Bracket) {
    this.#db = db;
    this.#bracket = bracket;
  }

  /** @throws {Error} when the store is closed */
  commit(groups: readonly (readonly Write[])[]): readonly CommitResult[] {
    if (groups.length === 0) return [];
    try {
      this.#bracket.begin();
      const results = groups.map((group) => this.#writeGroup(group));
      this.#bracket.commit();
      return results;
    } catch (error) {
      if (sqliteCode(error) === null) throw error;
      this.#bracket.rollback();
      const message = `Cannot commit as the database said: ${(error as Error).message}`;
      return groups.map(() => ({ ok: false, fault: "failed", message }));
    }
  }

  /** @throws {RowError} when the selection names an unknown field or compares what cannot be compared */
  select<T extends TableName>(selection: Selection<T>): readonly Tables[T][] {
    const table = this.#tables[selection.from];
    const { sql, values } = selectionSql(table, selection as unknown as Selection<TableName>);
    const rows = this.#statement(sql).all(...values) as unknown as SqlValue[][];
    const read = rows.map((row) => readFields<Tables[T]>(table.entries as never, row, 0));
    return table.map.mend === undefined ? read : read.map((row) => table.map.mend!(row) as Tables[T]);
  }

  events(afterSeq: number, limit: number): readonly StoredEvent[] {
    const rows = this.#statement(SELECT_EVENTS).all(afterSeq, limit) as unknown as SqlValue[][];
    return rows.map(readEvent);
  }

  /** The highest seq ever given, which outlives its event. */
  lastSeq(): number {
    const row = this.#statement("SELECT max(seq) FROM sqlite_sequence WHERE name = 'events'")
      .get() as unknown as SqlValue[];
    return (row[0] ?? 0) as number;
  }

  close(): void {
    this.#prepared.clear();
    this.#db.close();
  }

  #writeGroup(group: readonly Write[]): CommitResult {
    this.#statement("SAVEPOINT one_group").run();
    try {
      const seqs: number[] = [];
      for (const write of group) this.#write(write, seqs);
      this.#statement("RELEASE one_group").run();
      return { ok: true, seqs };
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === null) throw error;
      this.#statement("ROLLBACK TO one_group").run();
      this.#statement("RELEASE one_group").run();
      return refusal;
    }
  }

  #write(write: Write, seqs: number[]): void {
    if ("event" in write) {
      const values = eventValues(write.event, write.source, write.atMs);
      seqs.push(this.#statement(INSERT_EVENT).run(...values).lastInsertRowid as number);
    } else if ("put" in write) this.#writeRow(this.#tables[write.put].puts, write.row);
    else if ("insert" in write) this.#writeRow(this.#tables[write.insert].inserts, write.row);
    else {
      const { sql, values } = removalSql(this.#tables[write.remove], write.where);
      this.#statement(sql).run(...values);
    }
  }

  #writeRow(writes: readonly RowWrite[], row: unknown): void {
    for (const { sql, values } of writes) this.#statement(sql).run(...values(row));
  }

  #statement(sql: string): StatementSync {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    const statement = this.#db.prepare(sql) as ArrayStatement;
    statement.setReturnArrays(true);
    this.#prepared.set(sql, statement);
    return statement;
  }
}

/** A group's own no, or null when the whole transaction is in doubt. */
function refusalOf(error: unknown): CommitResult | null {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof RowError) return { ok: false, fault: "failed", message };
  const code = sqliteCode(error);
  if (code === null || !ROW_FAULTS.includes(code & 0xff)) return null;
  return { ok: false, fault: KEY_FAULTS.includes(code) ? "conflict" : "failed", message };
}

/** SQLite's extended result code, or null when SQLite did not say this. */
export function sqliteCode(error: unknown): number | null {
  const code = (error as { readonly errcode?: unknown } | null)?.errcode;
  return typeof code === "number" ? code : null;
}
