/**
 * The SQLite edge: the store contract on disk and on its twin, kills, full disks and damage.
 *
 * @module
 */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { durableBracket, openDatabase, openSqliteStore } from "../../edges/sqlite.ts";
import { SqliteStore } from "../../edges/sqlite/store.ts";
import type { Write } from "../../protocols/store.ts";
import { storeContract } from "../contracts/store_contract.ts";
import { memoryStore } from "../kit/memory_store.ts";
import { TUESDAY_MS } from "../kit/signals.ts";

storeContract("sqlite store", () => {
  const dir = Deno.makeTempDirSync();
  const path = `${dir}/data/bitten.db`;
  let store = openSqliteStore({ path });
  return {
    store,
    reopen() {
      store.close();
      return store = openSqliteStore({ path });
    },
    dispose() {
      store.close();
      Deno.removeSync(dir, { recursive: true });
    },
  };
});

storeContract("memory store", () => {
  const store = memoryStore();
  return {
    store,
    reopen() {
      store.crash();
      return store;
    },
    dispose: () => store.close(),
  };
});

/** Runs with a path of its own for a database. */
function withPath(run: (path: string) => void): void {
  const dir = Deno.makeTempDirSync();
  try {
    run(`${dir}/bitten.db`);
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}

const cursor = (seq: number): Write => ({ put: "cursors", row: { name: "journal", seq } });
const halted: Write = {
  event: { kind: "tradingHalted", by: "op", reason: "test", queuedFires: [] },
  source: "desk",
  atMs: TUESDAY_MS,
};

Deno.test("openSqliteStore() makes a database that syncs every commit and that nobody else may read", () => {
  withPath((path) => {
    const db = openDatabase({ path });
    const pragma = (name: string) => Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0];

    assert.deepEqual(["journal_mode", "synchronous", "foreign_keys", "busy_timeout"].map(pragma), [
      "wal",
      2,
      1,
      5_000,
    ]);
    assert.equal(Deno.statSync(path).mode! & 0o777, 0o600);
    assert.equal(Deno.statSync(`${path}-wal`).mode! & 0o777, 0o600);
    db.close();
  });
});

Deno.test("openSqliteStore() reads what a process left that never closed the database", () => {
  withPath((path) => {
    const killed = openSqliteStore({ path });
    killed.commit([[cursor(3), halted]]);
    const copy = `${path}.copy`;
    for (const end of ["", "-wal"]) Deno.copyFileSync(path + end, copy + end);
    killed.close();

    const store = openSqliteStore({ path: copy });

    assert.deepEqual(store.select({ from: "cursors" }), [{ name: "journal", seq: 3 }]);
    assert.equal(store.lastSeq(), 1);
    store.close();
  });
});

Deno.test("openSqliteStore() loses only the last commit when its frames are torn", () => {
  withPath((path) => {
    const killed = openSqliteStore({ path });
    killed.commit([[cursor(1), halted]]);
    const whole = Deno.statSync(`${path}-wal`).size;
    killed.commit([[cursor(2), halted]]);
    const copy = `${path}.copy`;
    for (const end of ["", "-wal"]) Deno.copyFileSync(path + end, copy + end);
    killed.close();
    Deno.truncateSync(`${copy}-wal`, whole + Math.floor((Deno.statSync(`${copy}-wal`).size - whole) / 2));

    const store = openSqliteStore({ path: copy });

    assert.deepEqual(store.select({ from: "cursors" }), [{ name: "journal", seq: 1 }]);
    assert.deepEqual(store.commit([[halted]]), [{ ok: true, seqs: [2] }]);
    store.close();
  });
});

Deno.test("commit() answers failed for all and writes nothing when another process holds the lock", () => {
  withPath((path) => {
    const store = openSqliteStore({ path, busyTimeoutMs: 1 });
    const other = new DatabaseSync(path);
    other.exec("BEGIN IMMEDIATE");

    const refused = store.commit([[cursor(1)], [halted]]);
    other.exec("ROLLBACK");

    const message = "Cannot commit as the database said: database is locked";
    assert.deepEqual(refused, [{ ok: false, fault: "failed", message }, {
      ok: false,
      fault: "failed",
      message,
    }]);
    assert.deepEqual(store.commit([[cursor(2), halted]]), [{ ok: true, seqs: [1] }]);
    assert.deepEqual(store.select({ from: "cursors" }), [{ name: "journal", seq: 2 }]);
    other.close();
    store.close();
  });
});

Deno.test("commit() answers failed for all and writes nothing when the disk is full", () => {
  withPath((path) => {
    const db = openDatabase({ path });
    db.exec(
      `PRAGMA max_page_count = ${Number(Object.values(db.prepare("PRAGMA page_count").get()!)[0]) + 2}`,
    );
    const store = new SqliteStore(db, durableBracket(db));
    const big: Write = { put: "settings", row: { name: "big", value: "x".repeat(100_000) } };

    const refused = store.commit([[cursor(1)], [big], [halted]]);

    assert.deepEqual(
      refused.map((r) => r.ok ? "ok" : r.message),
      Array(3).fill(
        "Cannot commit as the database said: database or disk is full",
      ),
    );
    assert.deepEqual(store.commit([[cursor(2), halted]]), [{ ok: true, seqs: [1] }]);
    assert.deepEqual(store.select({ from: "cursors" }), [{ name: "journal", seq: 2 }]);
    store.close();
  });
});

Deno.test("commit() answers failed for all and writes nothing when the sync at its end fails", () => {
  const store = memoryStore();
  store.failNext(1);

  const refused = store.commit([[cursor(1)], [halted]]);

  const message = "Cannot commit as the database said: disk I/O error";
  assert.deepEqual(refused, [{ ok: false, fault: "failed", message }, {
    ok: false,
    fault: "failed",
    message,
  }]);
  assert.deepEqual([store.select({ from: "cursors" }), store.lastSeq(), store.commits], [[], 0, 0]);
  assert.deepEqual(store.commit([[halted]]), [{ ok: true, seqs: [1] }]);
  store.close();
});

Deno.test("commit() leaves nothing in the write-ahead log that a crash could bring back after a failed COMMIT", () => {
  withPath((path) => {
    const db = openDatabase({ path });
    const bracket = durableBracket(db);
    bracket.begin();
    db.exec("PRAGMA defer_foreign_keys = ON");
    db.exec("INSERT INTO user_fire_modes VALUES ('nobody', 'AUTO', 10, 80, 89, 5, 50, 0, 0)");

    assert.throws(() => bracket.commit(), /FOREIGN KEY constraint failed/);
    bracket.rollback();

    assert.equal(Deno.statSync(`${path}-wal`).size, 0);
    assert.deepEqual(db.prepare("SELECT * FROM user_fire_modes").all(), []);
    assert.equal(db.isTransaction, false);
    db.close();
  });
});

Deno.test("commit() throws when the store is closed", () => {
  const store = openSqliteStore({ path: ":memory:" });
  store.close();
  assert.throws(() => store.commit([[cursor(1)]]), /database is not open/);
});

Deno.test("lastSeq() stays when old events are taken away", () => {
  const db = openDatabase({ path: ":memory:" });
  const store = new SqliteStore(db, durableBracket(db));
  store.commit([[halted, halted]]);

  db.exec("DELETE FROM events");

  assert.equal(store.lastSeq(), 2);
  assert.deepEqual(store.commit([[halted]]), [{ ok: true, seqs: [3] }]);
  store.close();
});

Deno.test("openSqliteStore() says what to do with a file that is no database, or a damaged one", () => {
  withPath((path) => {
    Deno.writeTextFileSync(path, "these are not the pages you are looking for ".repeat(100));
    assert.throws(() => openSqliteStore({ path }), {
      message: `Cannot open store as ${path} must be a sound SQLite database: file is not a database. ` +
        "Keep it and its -wal file aside, then restore the last backup in its place",
    });

    Deno.removeSync(path);
    const store = openSqliteStore({ path });
    store.commit([Array.from({ length: 500 }, () => halted)]);
    store.close();
    overwrite(path, 4096 * 3, 4096 * 20);
    assert.throws(
      () => openSqliteStore({ path }),
      /must be a sound SQLite database: .*restore the last backup/,
    );
  });
});

/** Writes noise over a part of a file. */
function overwrite(path: string, from: number, to: number): void {
  const file = Deno.openSync(path, { write: true });
  const end = Math.min(to, file.statSync().size);
  file.seekSync(from, Deno.SeekMode.Start);
  file.writeSync(new Uint8Array(Math.max(0, end - from)).fill(0xa5));
  file.close();
}
