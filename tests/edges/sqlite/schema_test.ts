/**
 * The schema: migrations and their lock, what reads by hand, views and indexes.
 *
 * @module
 */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { durableBracket, openDatabase } from "../../../edges/sqlite.ts";
import { migrate } from "../../../edges/sqlite/migrate.ts";
import { MIGRATIONS } from "../../../edges/sqlite/schema.ts";
import { SqliteStore } from "../../../edges/sqlite/store.ts";
import type { Write } from "../../../protocols/store.ts";
import { makeFire } from "../../kit/records.ts";
import { makeOutcome, makeSignal, TUESDAY_MS } from "../../kit/signals.ts";

const halted: Write = {
  event: { kind: "tradingHalted", by: "op", reason: "test", queuedFires: [] },
  source: "desk",
  atMs: TUESDAY_MS,
};

Deno.test("migrate() applies each step once and keeps the rows", () => {
  const db = new DatabaseSync(":memory:");
  const first = { number: 1, name: "one", sql: "CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (1)" };
  const second = { number: 2, name: "two", sql: "ALTER TABLE a ADD COLUMN y TEXT DEFAULT 'new'" };
  migrate(db, [first]);

  migrate(db, [first, second]);
  migrate(db, [first, second]);

  assert.deepEqual(db.prepare("SELECT x, y FROM a").all().map((row) => ({ ...row })), [{ x: 1, y: "new" }]);
  assert.deepEqual(
    db.prepare("SELECT number, name FROM schema_migrations").all().map((row) => ({ ...row })),
    [
      { number: 1, name: "one" },
      { number: 2, name: "two" },
    ],
  );
  db.close();
});

Deno.test("migrate() leaves nothing of a step that fails half-way", () => {
  const db = new DatabaseSync(":memory:");
  const broken = { number: 1, name: "broken", sql: "CREATE TABLE a (x INTEGER); CREATE TABLE a (x INTEGER)" };

  assert.throws(() => migrate(db, [broken]), /table a already exists/);

  assert.deepEqual(db.prepare("SELECT name FROM sqlite_schema WHERE name = 'a'").all(), []);
  assert.equal(db.isTransaction, false);
  db.close();
});

Deno.test("migrate() refuses a step that was changed after it ran, newer code's database and a foreign one", () => {
  const db = new DatabaseSync(":memory:");
  const first = { number: 1, name: "one", sql: "CREATE TABLE a (x INTEGER)" };
  migrate(db, [first, { number: 2, name: "two", sql: "CREATE TABLE b (x INTEGER)" }]);
  const foreign = new DatabaseSync(":memory:");
  foreign.exec("CREATE TABLE people (name TEXT)");

  const changed = { ...first, sql: "CREATE TABLE a (x TEXT)" };
  assert.throws(
    () => migrate(db, [changed]),
    /^Error: Cannot open store as migration 1 \("one"\) must be what once ran here .* add a migration after it$/,
  );
  assert.throws(
    () => migrate(db, [first]),
    /^Error: Cannot open store as its schema must be <= 1: current value is 2 \("two"\)\. It was written by newer code/,
  );
  assert.throws(() => migrate(foreign, [first]), /must be empty or ours: current tables are people/);
  db.close();
  foreign.close();
});

Deno.test("the migrations are numbered 1, 2, 3 without a gap", () => {
  assert.deepEqual(MIGRATIONS.map((m) => m.number), MIGRATIONS.map((_, i) => i + 1));
});

Deno.test("an event is never changed", () => {
  const db = openDatabase({ path: ":memory:" });
  new SqliteStore(db, durableBracket(db)).commit([[halted]]);
  assert.throws(() => db.exec("UPDATE events SET source = 'x'"), /an event is never changed/);
  db.close();
});

Deno.test("the tables read by hand under the seed's names, times as epoch seconds", () => {
  const db = openDatabase({ path: ":memory:" });
  const store = new SqliteStore(db, durableBracket(db));
  const fire = makeFire({
    status: "filled",
    ticket: 20813351,
    sentAtMs: TUESDAY_MS + 250,
    filledAtMs: TUESDAY_MS + 900,
  });
  const read = (sql: string) => ({ ...db.prepare(sql).get() });

  store.commit([[
    { put: "signals", row: { ...makeSignal(), outcome: makeOutcome(makeSignal()) } },
    { put: "fires", row: fire },
    { event: { kind: "fireFilled", fire }, source: "slot/user_demo_00017", atMs: TUESDAY_MS + 900 },
  ]]);

  assert.deepEqual(
    read(`SELECT datetime(created_at, 'unixepoch') AS at, pattern_type, outcome, pips_result, resolution_time,
      tracking_duration, payload_json ->> '$.parts[0].name' AS part FROM signals`),
    {
      at: "2026-07-07 10:00:00",
      pattern_type: "BB_SCALP",
      outcome: "WIN",
      pips_result: 20,
      resolution_time: 1_783_419_000,
      tracking_duration: 600,
      part: "wick",
    },
  );
  assert.deepEqual(read("SELECT status, ticket, target_uuid, created_at, updated_at, pnl FROM fires"), {
    status: "filled",
    ticket: 20813351,
    target_uuid: "user_demo_00017",
    created_at: 1_783_418_400.2,
    updated_at: 1_783_418_400.9,
    pnl: null,
  });
  assert.deepEqual(read("SELECT user_id, slot_id, slot_type, status FROM active_slots"), {
    user_id: "u17",
    slot_id: "F7Q2K9-u17",
    slot_type: "AUTO",
    status: "filled",
  });
  assert.deepEqual(
    read("SELECT seq, event_type, timestamp, correlation_id, user_id, session_id FROM events"),
    {
      seq: 1,
      event_type: "fireFilled",
      timestamp: 1_783_418_400.9,
      correlation_id: "F7Q2K9-u17",
      user_id: "u17",
      session_id: null,
    },
  );
  store.close();
});

Deno.test("view pattern_performance counts live and shadow signals apart, UNKNOWN in no rate", () => {
  const db = openDatabase({ path: ":memory:" });
  const store = new SqliteStore(db, durableBracket(db));
  const ends = [
    { shadow: false, result: "WIN", pips: 22.5, r: 1.5 },
    { shadow: false, result: "LOSS", pips: -15, r: -1 },
    { shadow: false, result: "WIN", pips: 22.5, r: 1.5 },
    { shadow: false, result: "UNKNOWN", pips: null, r: null },
    { shadow: false, result: null, pips: null, r: null },
    { shadow: true, result: "LOSS", pips: -15, r: -1 },
    { shadow: true, result: null, pips: null, r: null },
  ] as const;
  const rows = ends.map(({ shadow, result, pips, r }, i) => {
    const id = `S${i}` as never;
    const outcome = result && makeOutcome(makeSignal({ id }), { result, pips: pips as never, r });
    return { ...makeSignal({ id, shadow }), outcome };
  });

  store.commit([rows.map((row) => ({ put: "signals", row }))]);

  const counted = db.prepare("SELECT * FROM pattern_performance").all().map((row) => ({ ...row }));
  const pattern_type = "BB_SCALP";
  assert.deepEqual(counted, [
    {
      pattern_type,
      shadow: 0,
      signals: 5,
      resolved: 3,
      wins: 2,
      losses: 1,
      unknown: 1,
      win_rate: 66.7,
      mean_r: 0.667,
      pips: 30,
    },
    {
      pattern_type,
      shadow: 1,
      signals: 2,
      resolved: 1,
      wins: 0,
      losses: 1,
      unknown: 0,
      win_rate: 0,
      mean_r: -1,
      pips: -15,
    },
  ]);
  store.close();
});

Deno.test("the selections of the hot paths use an index", () => {
  const db = openDatabase({ path: ":memory:" });
  const plan = (sql: string) =>
    db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all().map((row) => row.detail).join("; ");

  assert.match(plan("SELECT * FROM fires WHERE target_uuid = ? AND status IN (?, ?)"), /INDEX fires_by_ea/);
  assert.match(plan("SELECT * FROM fires WHERE user_id = ? AND status IN (?, ?)"), /INDEX fires_by_user/);
  assert.match(
    plan("SELECT * FROM signals WHERE symbol = ? AND outcome IS NULL"),
    /INDEX signals_unresolved/,
  );
  assert.match(plan("SELECT * FROM signals WHERE created_at >= ?"), /INDEX signals_by_time/);
  assert.match(
    plan("SELECT * FROM confirmations WHERE target_uuid = ? AND applied_at IS NULL"),
    /INDEX confirmations_unapplied/,
  );
  assert.equal(
    plan(
      "SELECT * FROM candles WHERE symbol = ? AND timeframe = ? ORDER BY opened_at DESC, symbol, timeframe LIMIT ?",
    ),
    "SEARCH candles USING PRIMARY KEY (symbol=? AND timeframe=?)",
  );
  db.close();
});
