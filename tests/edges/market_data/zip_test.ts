/**
 * Zip archives: every way of writing one that market data comes in, and what is refused.
 *
 * @module
 */
import assert from "node:assert/strict";
import { findTable } from "../../../edges/market_data/zip.ts";
import { readContent, withFile } from "../../kit/market_files.ts";
import { zip, type ZipOptions } from "../../kit/zip_file.ts";

const TICKS = "timestamp_ms,bid,ask\n1398902400043,1.38619,1.38630\n";

for (
  const [name, options] of [
    ["deflated", {}],
    ["stored", { method: 0 }],
    ["with 64-bit sizes", { long: true }],
    ["with a comment behind it", { comment: "packed by hand. ".repeat(4_000) }],
  ] satisfies [string, ZipOptions][]
) {
  Deno.test(`a table comes out of an archive ${name}, whatever else is in it`, async () => {
    const entries = { "readme.txt": "a report", "folder/": "", "folder/EURUSD.CSV": TICKS };

    const { rows, summary } = await readContent("pack.zip", zip(entries, options));

    assert.deepEqual(rows, [[1398902400043, 1.38619, 1.3863]]);
    assert.deepEqual([summary.symbol, summary.damage], ["EURUSD", null]);
  });
}

Deno.test("an archive's only file is its table, whatever its name", async () => {
  const { rows } = await readContent("EURUSD.zip", zip({ "export.txt": TICKS }));

  assert.equal(rows.length, 1);
});

Deno.test("findTable() refuses what it cannot unpack, and says what to do", async () => {
  const whole = zip({ "a.csv": TICKS });
  const lost = Uint8Array.from(whole);
  lost[0] = 0;

  const details: string[] = [];
  for (
    const archive of [
      zip({ "a.csv": TICKS, "b.csv": TICKS }),
      zip({}),
      zip({ "a.csv": TICKS }, { flags: 1 }),
      zip({ "a.csv": TICKS }, { method: 93 }),
      whole.subarray(0, whole.length - 1),
      lost,
    ]
  ) {
    const found = await withFile("a.zip", archive, findTable);
    details.push("kind" in found ? found.detail.replace(/^.*a\.zip /, "") : found.name);
  }

  assert.deepEqual(details, [
    "holds 2 tables, not one: unpack it",
    "holds 0 tables, not one: unpack it",
    "is encrypted, of another method than deflate, or too large: unpack it",
    "is encrypted, of another method than deflate, or too large: unpack it",
    "is no whole zip archive: load it again",
    "is no whole zip archive: load it again",
  ]);
});
