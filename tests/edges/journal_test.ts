/**
 * The line journal on disk: the contract on both twins, days, torn lines, kills at any byte, full disks.
 *
 * @module
 */
import assert from "node:assert/strict";
import { openLineJournal } from "../../edges/journal.ts";
import { journalLine, lineJournalContract } from "../contracts/line_journal_contract.ts";
import { memoryLineJournal } from "../kit/memory_journal.ts";
import { TUESDAY_MS } from "../kit/signals.ts";

const DAY_MS = 86_400_000;
const NAME = "comprehensive_tracking";

lineJournalContract("line journal", () => {
  const dir = Deno.makeTempDirSync();
  const path = `${dir}/data/${NAME}.jsonl`;
  let journal = openLineJournal({ path });
  return {
    journal,
    reopen() {
      journal.close();
      return journal = openLineJournal({ path });
    },
    lines: () => linesOf(path),
    dispose() {
      journal.close();
      Deno.removeSync(dir, { recursive: true });
    },
  };
});

lineJournalContract("memory line journal", () => {
  const journal = memoryLineJournal();
  return {
    journal,
    reopen() {
      journal.crash();
      return journal;
    },
    lines: () => journal.lines,
    dispose() {},
  };
});

/** Runs with a path of its own for a journal. */
function withPath(run: (path: string, dir: string) => void): void {
  const dir = Deno.makeTempDirSync();
  try {
    run(`${dir}/${NAME}.jsonl`, dir);
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}

/** The names in a folder, sorted, each with its lines' seqs. */
function seqsByFile(dir: string): Record<string, number[]> {
  const names = [...Deno.readDirSync(dir)].map((entry) => entry.name).sort();
  return Object.fromEntries(
    names.map((name) => [name, linesOf(`${dir}/${name}`).map((line) => JSON.parse(line).seq)]),
  );
}

function linesOf(path: string): string[] {
  return Deno.readTextFileSync(path).split("\n").slice(0, -1);
}

Deno.test("openLineJournal() begins a new file each UTC day and keeps the older ones under their date", () => {
  withPath((path, dir) => {
    const journal = openLineJournal({ path });
    for (const [seq, day] of [[1, 0], [2, 0], [3, 1], [4, 5]] as const) {
      journal.append([journalLine(seq, TUESDAY_MS + day * DAY_MS)], seq, TUESDAY_MS + day * DAY_MS);
    }
    journal.close();

    assert.deepEqual(seqsByFile(dir), {
      [`${NAME}.2026-07-07.jsonl`]: [1, 2],
      [`${NAME}.2026-07-08.jsonl`]: [3],
      [`${NAME}.jsonl`]: [4],
    });
  });
});

Deno.test("openLineJournal() knows after a restart which day its file is of", () => {
  withPath((path, dir) => {
    const before = openLineJournal({ path });
    before.append([journalLine(1)], 1, TUESDAY_MS);
    before.close();

    const journal = openLineJournal({ path });
    journal.append([journalLine(2)], 2, TUESDAY_MS + 3_600_000);
    journal.append([journalLine(3, TUESDAY_MS + DAY_MS)], 3, TUESDAY_MS + DAY_MS);
    journal.close();

    assert.deepEqual(seqsByFile(dir), { [`${NAME}.2026-07-07.jsonl`]: [1, 2], [`${NAME}.jsonl`]: [3] });
  });
});

Deno.test("append() keeps a line of a day that is over with the day that has begun", () => {
  withPath((path, dir) => {
    const journal = openLineJournal({ path });
    journal.append([journalLine(1, TUESDAY_MS + DAY_MS)], 1, TUESDAY_MS + DAY_MS);

    journal.append([journalLine(2)], 2, TUESDAY_MS);
    journal.append([journalLine(3, TUESDAY_MS + DAY_MS)], 3, TUESDAY_MS + DAY_MS);
    journal.close();

    assert.deepEqual(seqsByFile(dir), { [`${NAME}.jsonl`]: [1, 2, 3] });
  });
});

Deno.test("append() never writes over an older day's file", () => {
  withPath((path, dir) => {
    Deno.writeTextFileSync(`${dir}/${NAME}.2026-07-07.jsonl`, journalLine(1) + "\n");
    const journal = openLineJournal({ path });
    journal.append([journalLine(2)], 2, TUESDAY_MS);

    journal.append([journalLine(3)], 3, TUESDAY_MS + DAY_MS);
    journal.close();

    assert.deepEqual(seqsByFile(dir), {
      [`${NAME}.2026-07-07.2.jsonl`]: [2],
      [`${NAME}.2026-07-07.jsonl`]: [1],
      [`${NAME}.jsonl`]: [3],
    });
  });
});

Deno.test("openLineJournal() finds its cursor in the older files when a kill parted a rotation", () => {
  withPath((path, dir) => {
    const journal = openLineJournal({ path });
    journal.append([journalLine(7)], 7, TUESDAY_MS);
    journal.close();
    Deno.renameSync(path, `${dir}/${NAME}.2026-07-07.jsonl`);
    Deno.writeTextFileSync(`${dir}/${NAME}.notes.jsonl`, '{"seq":99}\n');

    const reopened = openLineJournal({ path });

    assert.equal(reopened.cursor(), 7);
    reopened.close();
  });
});

Deno.test("openLineJournal() after a kill at any byte has whole lines only, and takes up the rest", () => {
  withPath((path, dir) => {
    const all = [1, 2, 3].map((seq) => journalLine(seq));
    const bytes = new TextEncoder().encode(all.map((line) => line + "\n").join(""));
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      Deno.writeFileSync(path, bytes.subarray(0, cut));

      const journal = openLineJournal({ path });
      const rest = all.slice(journal.cursor());
      if (rest.length > 0) journal.append(rest, 3, TUESDAY_MS);
      journal.close();

      assert.deepEqual(linesOf(path), all, `cut at byte ${cut}`);
    }
    assert.deepEqual(Object.keys(seqsByFile(dir)), [`${NAME}.jsonl`]);
  });
});

Deno.test("openLineJournal() cuts off the zeros that a power cut leaves, also behind a newline", () => {
  withPath((path) => {
    for (const tail of ["\0".repeat(200), "\0".repeat(50) + "\n" + "\0".repeat(9), '{"seq":5,\n']) {
      Deno.writeTextFileSync(path, `${journalLine(1)}\n${tail}`);

      const journal = openLineJournal({ path });

      assert.equal(journal.cursor(), 1);
      journal.close();
      assert.equal(Deno.readTextFileSync(path), `${journalLine(1)}\n`);
    }
  });
});

Deno.test("openLineJournal() keeps lines of the seed, which bear no seq", () => {
  withPath((path) => {
    const old = '{"signal_id":"ELITE_GUARD_1","outcome":"WIN","timestamp":1757685800}';
    Deno.writeTextFileSync(path, `${old}\n`);

    const journal = openLineJournal({ path });
    journal.append([journalLine(1, 1_757_685_900_000)], 1, 1_757_685_900_000);
    journal.close();

    assert.deepEqual(linesOf(path), [old, journalLine(1, 1_757_685_900_000)]);
  });
});

Deno.test("append() that the disk refuses half-way adds nothing and can be repeated", () => {
  withPath((path) => {
    const journal = openLineJournal({ path });
    journal.append([journalLine(1)], 1, TUESDAY_MS);
    const { writeSync } = Deno.FsFile.prototype;
    let calls = 0;
    Deno.FsFile.prototype.writeSync = function (bytes) {
      calls += 1;
      if (calls > 1) throw new Error("No space left on device");
      return writeSync.call(this, bytes.subarray(0, 10));
    };
    try {
      assert.throws(() => journal.append([journalLine(2)], 2, TUESDAY_MS), /No space left/);
    } finally {
      Deno.FsFile.prototype.writeSync = writeSync;
    }
    assert.equal(journal.cursor(), 1);

    journal.append([journalLine(2)], 2, TUESDAY_MS);
    journal.close();

    assert.deepEqual(linesOf(path), [journalLine(1), journalLine(2)]);
  });
});

Deno.test("append() whose sync fails takes its lines back", () => {
  withPath((path) => {
    const journal = openLineJournal({ path });
    const { syncDataSync } = Deno.FsFile.prototype;
    Deno.FsFile.prototype.syncDataSync = () => {
      throw new Error("Input/output error");
    };
    try {
      assert.throws(() => journal.append([journalLine(1)], 1, TUESDAY_MS), /Input\/output error/);
    } finally {
      Deno.FsFile.prototype.syncDataSync = syncDataSync;
    }
    assert.deepEqual([journal.cursor(), linesOf(path)], [0, []]);

    journal.append([journalLine(1)], 1, TUESDAY_MS);
    journal.close();

    assert.deepEqual(linesOf(path), [journalLine(1)]);
  });
});

Deno.test("append() goes on where it was when a rotation was refused", () => {
  withPath((path, dir) => {
    const journal = openLineJournal({ path });
    journal.append([journalLine(1)], 1, TUESDAY_MS);
    const { renameSync } = Deno;
    Deno.renameSync = () => {
      throw new Error("Permission denied");
    };
    try {
      assert.throws(() => journal.append([journalLine(2)], 2, TUESDAY_MS + DAY_MS), /Permission denied/);
    } finally {
      Deno.renameSync = renameSync;
    }

    journal.append([journalLine(2)], 2, TUESDAY_MS + DAY_MS);
    journal.close();

    assert.deepEqual(seqsByFile(dir), { [`${NAME}.2026-07-07.jsonl`]: [1], [`${NAME}.jsonl`]: [2] });
  });
});
