/**
 * Memory store: the twin of the SQLite edge, the same SQL over `:memory:` with a disk that can be broken.
 *
 * Its volatile tail is one open transaction: `sync` commits it, `crash` rolls it back.
 *
 * @module
 */
import { openDatabase } from "../../edges/sqlite.ts";
import { type Bracket, SqliteStore } from "../../edges/sqlite/store.ts";
import type { StoreEdge } from "../../protocols/ports.ts";

/** What a simulation may do to the store's disk. */
export interface MemoryStore extends StoreEdge {
  /** `immediately` (at first): a commit survives a crash. `whenTold`: only once `sync` was called after it. */
  syncs: "immediately" | "whenTold";
  /** Makes everything committed so far survive a crash. */
  sync(): void;
  /** Power cut and reopening: what was not synced never happened. */
  crash(): void;
  /** The next `times` commits answer `failed` for all their groups. */
  failNext(times: number): void;
  /** The next commit throws `error`: before it writes, or after its writes are durable (the answer is lost). */
  throwNext(error: Error, when?: "before" | "after"): void;
  /** Called before each commit: a slow disk passes its time here. Null: not slow. */
  stall: (() => void) | null;
  /** Commits that reached the disk. */
  readonly commits: number;
}

/** Makes an empty store. */
export function memoryStore(): MemoryStore {
  const db = openDatabase({ path: ":memory:" });
  let failures = 0;
  let thrown: { readonly error: Error; readonly when: "before" | "after" } | null = null;
  let commits = 0;
  const settle = (how: "COMMIT" | "ROLLBACK") => {
    if (db.isTransaction) db.exec(how);
  };

  const bracket: Bracket = {
    begin() {
      if (!db.isTransaction) db.exec("BEGIN");
      db.exec("SAVEPOINT one_commit");
    },
    commit() {
      if (failures > 0) {
        failures -= 1;
        throw Object.assign(new Error("disk I/O error"), { errcode: 10 });
      }
      db.exec("RELEASE one_commit");
      if (store.syncs === "immediately") settle("COMMIT");
      commits += 1;
    },
    rollback() {
      db.exec("ROLLBACK TO one_commit");
      db.exec("RELEASE one_commit");
      if (store.syncs === "immediately") settle("COMMIT");
    },
  };

  const edge = new SqliteStore(db, bracket);
  const store: MemoryStore = {
    syncs: "immediately",
    stall: null,
    commit(groups) {
      store.stall?.();
      const fault = thrown;
      thrown = null;
      if (fault?.when === "before") throw fault.error;
      const results = edge.commit(groups);
      if (fault !== null) throw fault.error;
      return results;
    },
    select: (selection) => edge.select(selection),
    events: (afterSeq, limit) => edge.events(afterSeq, limit),
    lastSeq: () => edge.lastSeq(),
    close: () => edge.close(),
    sync: () => settle("COMMIT"),
    crash: () => settle("ROLLBACK"),
    failNext: (times) => failures = times,
    throwNext: (error, when = "before") => thrown = { error, when },
    get commits() {
      return commits;
    },
  };
  return store;
}
