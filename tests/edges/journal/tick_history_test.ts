/**
 * The tick history on disk: the contract on both twins, its format, its timer, torn tails and full disks.
 *
 * @module
 */
import assert from "node:assert/strict";
import { openTickHistory } from "../../../edges/journal.ts";
import type { TickHistory } from "../../../protocols/ports.ts";
import { eaId, symbolName } from "../../../protocols/units.ts";
import { tickHistoryContract } from "../../contracts/tick_history_contract.ts";
import { memoryTickHistory } from "../../kit/memory_journal.ts";
import { makeTick, TUESDAY_MS } from "../../kit/signals.ts";

const DAY_MS = 86_400_000;
const EURUSD = symbolName("EURUSD");

tickHistoryContract("tick history", () => {
  const folder = Deno.makeTempDirSync();
  let history = openTickHistory({ folder });
  return {
    history,
    reopen() {
      history.close();
      return history = openTickHistory({ folder });
    },
    dispose() {
      history.close();
      Deno.removeSync(folder, { recursive: true });
    },
  };
});

tickHistoryContract("memory tick history", () => {
  const history = memoryTickHistory();
  return {
    history,
    reopen() {
      history.crash();
      return history;
    },
    dispose() {},
  };
});

/** Runs with a folder of its own and a timer that is rung by hand. */
function withHistory(
  run: (history: TickHistory, folder: string, ring: () => number, faults: unknown[]) => void,
): void {
  const folder = Deno.makeTempDirSync();
  let waiting: (() => void)[] = [];
  const faults: unknown[] = [];
  const history = openTickHistory({
    folder,
    after(delayMs, due) {
      assert.equal(delayMs, 1_000);
      waiting.push(due);
      return { cancel: () => waiting = waiting.filter((other) => other !== due) };
    },
    onFault: (error) => faults.push(error),
  });
  const ring = () => {
    const due = waiting;
    waiting = [];
    for (const run of due) run();
    return due.length;
  };
  try {
    run(history, folder, ring, faults);
  } finally {
    history.close();
    assert.deepEqual(waiting, []);
    Deno.removeSync(folder, { recursive: true });
  }
}

/** Every write throws while `run` runs. */
function withFullDisk(run: () => void): void {
  const { writeSync } = Deno.FsFile.prototype;
  Deno.FsFile.prototype.writeSync = () => {
    throw new Error("No space left on device");
  };
  try {
    run();
  } finally {
    Deno.FsFile.prototype.writeSync = writeSync;
  }
}

Deno.test("a tick file names each feed once and says the rest in a short line per tick", () => {
  withHistory((history, folder) => {
    history.record(makeTick(TUESDAY_MS, 1.17603, { receivedAtMs: TUESDAY_MS + 120 }));
    history.record(makeTick(TUESDAY_MS + 1_000, 1.5, { feed: eaId("ea-2") }));
    history.record(makeTick(TUESDAY_MS + 2_000, 1.17604));
    history.flush();

    assert.equal(
      Deno.readTextFileSync(`${folder}/EURUSD/2026-07-07.ticks`),
      '= 0 "ea-1"\n36000120 -120 1.17603 1.17613 0\n= 1 "ea-2"\n36001000 0 1.5 1.5001 1\n' +
        "36002000 0 1.17604 1.17614 0\n",
    );
  });
});

Deno.test("record() has its ticks written within a second, with one timer for all", () => {
  withHistory((history, folder, ring) => {
    history.record(makeTick(TUESDAY_MS, 1.1));
    history.record(makeTick(TUESDAY_MS, 2650, { symbol: symbolName("XAUUSD") }));
    assert.deepEqual([...Deno.readDirSync(folder)], []);

    assert.equal(ring(), 1);

    assert.match(
      Deno.readTextFileSync(`${folder}/EURUSD/2026-07-07.ticks`),
      /\n36000000 0 1\.1 1\.1001\d* 0\n$/,
    );
    assert.match(Deno.readTextFileSync(`${folder}/XAUUSD/2026-07-07.ticks`), /\n36000000 0 2650 /);
    assert.equal(ring(), 0);
  });
});

Deno.test("read() passes over a torn last line, and writing again cuts it off", () => {
  withHistory((history, folder) => {
    const [first, second] = [makeTick(TUESDAY_MS, 1.1), makeTick(TUESDAY_MS + 1, 1.2)];
    history.record(first);
    history.close();
    const path = `${folder}/EURUSD/2026-07-07.ticks`;
    Deno.writeTextFileSync(path, "36000001 0 1.1", { append: true });
    assert.deepEqual([...history.read(EURUSD, 0)], [first]);

    history.record(second);

    assert.deepEqual([...history.read(EURUSD, 0)], [first, second]);
    assert.ok(!Deno.readTextFileSync(path).includes("36000001 0 1.136"));
  });
});

Deno.test("read() passes over what a power cut left in the middle", () => {
  withHistory((history, folder) => {
    const tick = makeTick(TUESDAY_MS, 1.1);
    history.record(tick);
    history.flush();
    const path = `${folder}/EURUSD/2026-07-07.ticks`;
    const garbage = `${"\0".repeat(30)}\n= x y\n= 7 "\\q"\n\n36000001 0 1.1 1.2 9\n36000001 0 x 1.2 0\n`;
    Deno.writeTextFileSync(path, garbage, { append: true });

    assert.deepEqual([...history.read(EURUSD, 0)], [tick]);
  });
});

Deno.test("read() goes over many days in bounded memory, in order", () => {
  withHistory((history) => {
    const count = 40_000;
    for (let i = 0; i < count; i += 1) history.record(makeTick(TUESDAY_MS + i * 10_000, 1.1));

    let seen = 0;
    for (const tick of history.read(EURUSD, TUESDAY_MS + 5_000)) {
      seen += 1;
      assert.equal(tick.atMs, TUESDAY_MS + seen * 10_000);
    }

    assert.equal(seen, count - 1);
  });
});

Deno.test("record() keeps its ticks while the disk is full and writes them when it is not", () => {
  withHistory((history, _folder, ring, faults) => {
    const ticks = [0, 1, 2].map((i) => makeTick(TUESDAY_MS + i * DAY_MS, 1.1));
    withFullDisk(() => {
      for (const tick of ticks) history.record(tick);
      assert.equal(ring(), 1);
      assert.throws(() => history.flush(), /No space left/);
    });
    assert.match(String(faults), /^Error: No space left on device$/);

    assert.equal(ring(), 1);

    assert.equal(faults.length, 1);
    assert.deepEqual([...history.read(EURUSD, 0)], ticks);
  });
});

Deno.test("record() drops the oldest ticks, and says so, when the disk stays full for hours", () => {
  withHistory((history, _folder, _ring, faults) => {
    withFullDisk(() => {
      for (let i = 0; i < 16_384; i += 1) history.record(makeTick(TUESDAY_MS + i, 1.1));
    });

    assert.deepEqual(faults.map(String), [
      "Error: No space left on device",
      "Error: Cannot keep ticks as less than 16384 may wait: 8192 are dropped",
    ]);
    assert.equal([...history.read(EURUSD, 0)].length, 8_192);
  });
});
