/**
 * Columns: how one field of a row is written into SQL values and read back, without loss.
 *
 * Every time in the database is epoch seconds with a fraction, as the seed's columns are, so that
 * `datetime(created_at, 'unixepoch')` reads; inside the house the same time is milliseconds.
 *
 * @module
 */

/** What this house binds to a statement and reads from one. */
export type SqlValue = null | number | string;

/** A row that cannot be stored as it is: a broken promise of the caller, never of the disk. */
export class RowError extends Error {
  override readonly name = "RowError";
}

/** One field of a row and its column, or its columns when it is nested. */
export interface Field<V> {
  readonly columns: readonly string[];
  /** True when SQL compares it as the house does; a field in JSON can only be compared with null. */
  readonly comparable: boolean;
  /**
   * Adds one value per column.
   *
   * @throws {RowError} when the value is missing, or a number that is not finite
   */
  write(value: V, out: SqlValue[]): void;
  /** Reads the value whose first column stands at `at`. */
  read(values: readonly SqlValue[], at: number): V;
}

/** The fields of a row, every one of them named. */
export type Fields<Row> = { readonly [F in keyof Row]-?: Field<Row[F]> };

/** Text as it is, but for NUL, which becomes `␀`: what reads SQLite's text, `sqlite3` too, stops at a NUL. */
export function text<V extends string | null>(column: string): Field<V> {
  return single(column, (value) => {
    if (typeof value !== "string") throw misfit(column, "text", value);
    return value.includes("\0") ? value.replaceAll("\0", "\u2400") : value;
  }, (stored) => stored as V);
}

/** A number as it is, whole or not. */
export function real<V extends number | null>(column: string): Field<V> {
  return single(column, (value) => finite(column, value), (stored) => stored as V);
}

/** A whole number. */
export function integer<V extends number | null>(column: string): Field<V> {
  return single(column, (value) => {
    if (!Number.isSafeInteger(value)) throw misfit(column, "a whole number within 2^53", value);
    return value as number;
  }, (stored) => stored as V);
}

/** A boolean as 0 or 1. */
export function flag<V extends boolean | null>(column: string): Field<V> {
  return single(column, (value) => {
    if (typeof value !== "boolean") throw misfit(column, "true or false", value);
    return value ? 1 : 0;
  }, (stored) => (stored === null ? null : stored === 1) as V);
}

/** A time or a duration in ms, kept as seconds; whole ms come back exactly, parts of a ms to 2 µs. */
export function time<V extends number | null>(column: string): Field<V> {
  return single(
    column,
    (value) => toSeconds(finite(column, value)),
    (stored) => (stored === null ? null : toMs(stored as number)) as V,
  );
}

/** Anything that JSON can say, kept as the house says it. */
export function json<V>(column: string): Field<V> {
  return {
    columns: [column],
    comparable: false,
    write: (value, out) => out.push(value === null ? null : toJson(column, value)),
    read: (values, at) => values[at] === null ? null as V : JSON.parse(values[at] as string) as V,
  };
}

/** An object spread over columns of its own; it is null when its first column is. */
export function nested<V extends object>(fields: Fields<V>): Field<V | null> {
  const entries = Object.entries(fields) as [keyof V & string, Field<unknown>][];
  const columns = entries.flatMap(([, field]) => field.columns);
  return {
    columns,
    comparable: false,
    write(value, out) {
      if (value === null) { for (const _ of columns) out.push(null); }
      else for (const [name, field] of entries) field.write(value[name], out);
    },
    read: (values, at) => values[at] === null ? null : readFields<V>(entries, values, at),
  };
}

/** Reads fields that stand one after the other into an object. */
export function readFields<V>(
  entries: readonly (readonly [keyof V & string, Field<unknown>])[],
  values: readonly SqlValue[],
  at: number,
): V {
  const row: Record<string, unknown> = {};
  let next = at;
  for (const [name, field] of entries) {
    row[name] = field.read(values, next);
    next += field.columns.length;
  }
  return row as V;
}

/** Milliseconds as the seconds a time column holds. */
export function toSeconds(ms: number): number {
  return ms / 1000;
}

/** The milliseconds of a time column; the division's last bit is taken back where they were whole. */
export function toMs(seconds: number): number {
  const ms = seconds * 1000;
  const whole = Math.round(ms);
  return Math.abs(ms - whole) < 0.002 ? whole : ms;
}

/**
 * JSON that says exactly what `value` says.
 *
 * @throws {RowError} on what JSON would silently turn into null or leave out: NaN, infinities, undefined
 */
export function toJson(column: string, value: unknown): string {
  refuseNotFinite(column, value);
  const written = JSON.stringify(value);
  if (written === undefined) throw misfit(column, "present", value);
  return written;
}

/** Walks by hand: a replacer makes `JSON.stringify` twice as slow. */
function refuseNotFinite(column: string, value: unknown): void {
  if (typeof value === "number" && !Number.isFinite(value)) throw misfit(column, "finite", value);
  if (typeof value !== "object" || value === null) return;
  for (const name in value) refuseNotFinite(column, (value as Record<string, unknown>)[name]);
}

function single<V>(
  column: string,
  encode: (value: NonNullable<V>) => SqlValue,
  decode: (stored: SqlValue) => V,
): Field<V> {
  return {
    columns: [column],
    comparable: true,
    write: (value, out) => out.push(value === null ? null : encode(value as NonNullable<V>)),
    read: (values, at) => decode(values[at]!),
  };
}

function finite(column: string, value: unknown): number {
  if (typeof value !== "number" || !Number.isFinite(value)) throw misfit(column, "a finite number", value);
  return value;
}

function misfit(column: string, needed: string, value: unknown): RowError {
  return new RowError(`Cannot store ${column} as it must be ${needed}: current value is ${String(value)}`);
}
