/**
 * Schema: the numbered migrations, oldest first; what once ran anywhere is never changed, only followed.
 *
 * Tables and columns bear the seed's names where the seed has them; times are epoch seconds.
 *
 * @module
 */
import { TABLES_SQL } from "./schema_tables.ts";
import { VIEWS_SQL } from "./schema_views.ts";

/** One step of the schema. */
export interface Migration {
  /** 1, 2, 3, … without a gap. */
  readonly number: number;
  readonly name: string;
  /** Runs in a transaction of its own. Its text is locked by checksum once it ran. */
  readonly sql: string;
}

/** Every migration of this house. */
export const MIGRATIONS: readonly Migration[] = [
  { number: 1, name: "tables", sql: TABLES_SQL },
  { number: 2, name: "views", sql: VIEWS_SQL },
];
