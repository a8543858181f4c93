/**
 * SQLite edge: opens the house's one database, durable to the last commit, or says why it cannot.
 *
 * WAL with `synchronous=FULL`: a commit returns after its frames are synced, readers such as `sqlite3` and a
 * backup do not hold it up. One process writes; another one that locks is waited for.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import { dirname } from "node:path";
import type { StoreEdge } from "../protocols/ports.ts";
import { migrate } from "./sqlite/migrate.ts";
import { type Bracket, sqliteCode, SqliteStore } from "./sqlite/store.ts";

/** Where the database is and how patient it is. */
export interface SqliteOptions {
  /** File to open or make, folders included; `:memory:` for one that is gone at `close`. */
  readonly path: string;
  /** How long a write waits for another process's lock, ms; default 5,000. */
  readonly busyTimeoutMs?: number;
}

/** CORRUPT and NOTADB. */
const DAMAGE: readonly number[] = [11, 26];

/**
 * Opens the store: checks the file, applies the missing migrations.
 *
 * @throws {Error} when the file is damaged, belongs to another program or to newer code, or cannot be opened
 */
export function openSqliteStore(options: SqliteOptions): StoreEdge {
  const db = openDatabase(options);
  return new SqliteStore(db, durableBracket(db));
}

/**
 * Opens the database alone, sound and with its schema current.
 *
 * @throws {Error} as `openSqliteStore`
 */
export function openDatabase(options: SqliteOptions): DatabaseSync {
  const { path, busyTimeoutMs = 5_000 } = options;
  if (path !== ":memory:") makeFile(path);
  let db: DatabaseSync | null = null;
  try {
    db = new DatabaseSync(path, { timeout: busyTimeoutMs });
    configure(db);
    checkIntegrity(db, path);
    migrate(db);
    return db;
  } catch (error) {
    db?.close();
    throw isDamage(error) ? damaged(path, (error as Error).message) : error;
  }
}

/** A transaction of its own for every commit. */
export function durableBracket(db: DatabaseSync): Bracket {
  const begin = db.prepare("BEGIN IMMEDIATE");
  const commit = db.prepare("COMMIT");
  let committing = false;
  return {
    begin: () => begin.run(),
    commit: () => {
      committing = true;
      commit.run();
      committing = false;
    },
    rollback: () => {
      if (db.isTransaction) db.exec("ROLLBACK");
      if (committing) forgetFrames(db);
      committing = false;
    },
  };
}

/** Account data is nobody else's: SQLite gives its side files the mode of this one. */
function makeFile(path: string): void {
  Deno.mkdirSync(dirname(path), { recursive: true });
  Deno.openSync(path, { create: true, write: true, mode: 0o600 }).close();
}

function checkIntegrity(db: DatabaseSync, path: string): void {
  const found = String(Object.values(db.prepare("PRAGMA quick_check(1)").get() ?? {})[0]);
  if (found !== "ok") throw damaged(path, found);
}

function configure(db: DatabaseSync): void {
  db.exec("PRAGMA journal_mode = WAL");
  db.exec("PRAGMA synchronous = FULL");
  db.exec("PRAGMA foreign_keys = ON");
  db.exec("PRAGMA journal_size_limit = 67108864");
}

/**
 * Empties the write-ahead log. When a sync failed, frames of the refused transaction may lie in it whole, and a
 * crash before they are written over would bring back what was answered `failed`.
 */
function forgetFrames(db: DatabaseSync): void {
  try {
    db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  } catch {
    // A disk that fails here too leaves the log as it is: the next commit writes over those frames.
  }
}

/** Opening itself throws without a code: there the words decide. */
function isDamage(error: unknown): boolean {
  const code = sqliteCode(error);
  if (code !== null) return DAMAGE.includes(code & 0xff);
  return error instanceof Error && /not a database|malformed/.test(error.message);
}

function damaged(path: string, detail: string): Error {
  return new Error(
    `Cannot open store as ${path} must be a sound SQLite database: ${detail}. ` +
      `Keep it and its -wal file aside, then restore the last backup in its place`,
  );
}
