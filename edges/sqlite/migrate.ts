/**
 * Migrations: brings a database to this code's schema, once per step, and refuses one it does not know.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { type Migration, MIGRATIONS } from "./schema.ts";

interface Applied {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
}

const LEDGER = `CREATE TABLE IF NOT EXISTS schema_migrations (
  number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at REAL NOT NULL
) STRICT`;

/**
 * Applies the migrations that are missing, each in a transaction of its own.
 *
 * @throws {Error} when the database belongs to another program, to newer code, or to a changed migration
 */
export function migrate(db: DatabaseSync, migrations: readonly Migration[] = MIGRATIONS): void {
  refuseForeign(db);
  db.exec(LEDGER);
  const applied = db.prepare("SELECT number, name, checksum FROM schema_migrations ORDER BY number")
    .all() as unknown as Applied[];
  for (const step of applied) verify(step, migrations);
  for (const migration of migrations.slice(applied.length)) apply(db, migration);
}

/** SHA-256 of a migration's text, hex. */
export function checksum(migration: Migration): string {
  return createHash("sha256").update(migration.sql).digest("hex");
}

function refuseForeign(db: DatabaseSync): void {
  const tables = db.prepare(
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
  )
    .all().map((row) => String(row.name));
  if (tables.length === 0 || tables.includes("schema_migrations")) return;
  throw new Error(
    `Cannot open store as its database must be empty or ours: current tables are ${
      tables.join(", ")
    }. Name another file in the configuration`,
  );
}

function verify(step: Applied, migrations: readonly Migration[]): void {
  const known = migrations[step.number - 1];
  if (known === undefined) {
    throw new Error(
      `Cannot open store as its schema must be <= ${migrations.length}: current value is ${step.number} ("${step.name}"). ` +
        "It was written by newer code: run that, or restore a backup from before",
    );
  }
  if (checksum(known) === step.checksum) return;
  throw new Error(
    `Cannot open store as migration ${step.number} ("${step.name}") must be what once ran here (${step.checksum}): ` +
      `current value is ${checksum(known)}. Undo the change and add a migration after it`,
  );
}

function apply(db: DatabaseSync, migration: Migration): void {
  db.exec("BEGIN IMMEDIATE");
  try {
    db.exec(migration.sql);
    db.prepare("INSERT INTO schema_migrations VALUES (?, ?, ?, unixepoch('subsec'))")
      .run(migration.number, migration.name, checksum(migration));
    db.exec("COMMIT");
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}
