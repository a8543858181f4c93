/**
 * Line journal contract: no line doubled or lost, whatever the moment of the kill.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { LineJournal } from "../../protocols/ports.ts";
import { TUESDAY_MS } from "../kit/signals.ts";

/** A journal under test, on a disk of its own. */
export interface JournalUnderTest {
  readonly journal: LineJournal;
  /** The journal as it is after the process was killed. */
  reopen(): LineJournal;
  /** Every whole line on disk, oldest first. */
  lines(): readonly string[];
  dispose(): void;
}

/** A line as the journal wants it. */
export function journalLine(seq: number, atMs: number = TUESDAY_MS): string {
  return JSON.stringify({ signal_id: `S${seq}`, note: "é🙂", timestamp: Math.floor(atMs / 1000), seq });
}

/** Registers the suite for one kind of journal. */
export function lineJournalContract(name: string, open: () => JournalUnderTest): void {
  const test = (sentence: string, run: (under: JournalUnderTest) => void) =>
    Deno.test(`${name}: ${sentence}`, () => {
      const under = open();
      try {
        run(under);
      } finally {
        under.dispose();
      }
    });

  test("an empty journal has cursor 0 and no lines", ({ journal, lines }) => {
    assert.equal(journal.cursor(), 0);
    assert.deepEqual(lines(), []);
  });

  test("appended lines are in, in order, and the cursor is known after a kill", (under) => {
    under.journal.append([journalLine(3), journalLine(4)], 4, TUESDAY_MS);
    under.journal.append([journalLine(9)], 9, TUESDAY_MS + 1_000);
    assert.equal(under.journal.cursor(), 9);

    const journal = under.reopen();

    assert.equal(journal.cursor(), 9);
    assert.deepEqual(under.lines(), [journalLine(3), journalLine(4), journalLine(9)]);
    journal.append([journalLine(10)], 10, TUESDAY_MS + 2_000);
    assert.deepEqual(under.lines(), [journalLine(3), journalLine(4), journalLine(9), journalLine(10)]);
  });

  test("an append without lines moves the cursor, and a kill takes it back to the last line", (under) => {
    under.journal.append([journalLine(3)], 5, TUESDAY_MS);
    under.journal.append([], 8, TUESDAY_MS);
    assert.equal(under.journal.cursor(), 8);

    assert.equal(under.reopen().cursor(), 3);
    assert.deepEqual(under.lines(), [journalLine(3)]);
  });

  test("a line that is in is not taken twice", ({ journal, lines }) => {
    journal.append([journalLine(3)], 3, TUESDAY_MS);

    assert.throws(() => journal.append([journalLine(3)], 3, TUESDAY_MS), /Cannot append line/);

    assert.deepEqual(lines(), [journalLine(3)]);
  });

  for (
    const [what, lines, cursor] of [
      ["no seq", ['{"timestamp":1}'], 5],
      ["a seq that does not rise", [journalLine(4), journalLine(4)], 5],
      ["a seq beyond the cursor", [journalLine(4), journalLine(6)], 5],
      ["a newline in it", ['{"seq":4,\n"timestamp":1}'], 5],
    ] as const
  ) {
    test(`lines with ${what} throw, and none of them is in`, (under) => {
      assert.throws(() => under.journal.append(lines, cursor, TUESDAY_MS), /Cannot append line/);

      assert.deepEqual([under.journal.cursor(), under.lines()], [0, []]);
    });
  }
}
