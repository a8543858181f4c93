/**
 * What durability costs. Load: a fire's decision as autofire commits it (mission, fire, decision, cursor, one
 * event) and candles as a symbol commits them. Budget: a single synced commit p99 < 10 ms.
 *
 * @module
 */
import { openSqliteStore } from "../../edges/sqlite.ts";
import type { StoreEdge } from "../../protocols/ports.ts";
import type { Write } from "../../protocols/store.ts";
import { fireId, missionId, price, symbolName } from "../../protocols/units.ts";
import { makeFire } from "../kit/records.ts";

let made = 0;

function decision(): Write[] {
  made += 1;
  const fire = makeFire({ id: fireId(`F${made}`), missionId: missionId(`M${made}`) });
  const { missionId: id, signalId, userId, requestedAtMs, expiresAtMs } = fire;
  return [
    {
      put: "missions",
      row: { id, signalId, userId, status: "FIRED", offeredAtMs: requestedAtMs, expiresAtMs },
    },
    { insert: "fires", row: fire },
    { put: "decisions", row: { signalId, userId, code: "FIRED", reason: "", decidedAtMs: requestedAtMs } },
    { put: "cursors", row: { name: `autofire/${userId}`, seq: made } },
    { event: { kind: "slotTaken", fire }, source: `autofire/${userId}`, atMs: requestedAtMs },
  ];
}

const candles: Write[] = Array.from({ length: 10_000 }, (_, i) => ({
  put: "candles",
  row: {
    symbol: symbolName("EURUSD"),
    timeframe: "M1",
    openedAtMs: i * 60_000,
    open: price(1.17),
    high: price(1.171),
    low: price(1.169),
    close: price(1.1705),
    ticks: 57,
    spread: 0.00001,
    gapBefore: false,
  },
}));

/** A store of its own, gone with its folder when the process ends. */
function openTemporary(): StoreEdge {
  const dir = Deno.makeTempDirSync();
  const store = openSqliteStore({ path: `${dir}/bitten.db` });
  addEventListener("unload", () => {
    store.close();
    Deno.removeSync(dir, { recursive: true });
  });
  return store;
}

const store = openTemporary();
store.commit([candles]);

Deno.bench("one decision, synced", { group: "decisions", baseline: true }, () => {
  store.commit([decision()]);
});

Deno.bench("256 decisions that waited together, synced once", { group: "decisions" }, () => {
  store.commit(Array.from({ length: 256 }, decision));
});

Deno.bench("10,000 candles in one commit", { group: "rows", baseline: true }, () => {
  store.commit([candles]);
});

Deno.bench("select 10,000 candles", { group: "rows" }, () => {
  store.select({ from: "candles", where: { symbol: symbolName("EURUSD"), timeframe: "M1" } });
});

Deno.bench("read 256 events", { group: "events" }, () => {
  store.events(100, 256);
});
