/**
 * The living supervision tree as text.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { TreeNode } from "../../runtime/mod.ts";
import { fill, oneLine, shorten, widthOf, wrap } from "../../scripts/lib/columns.ts";
import { spanText, totalText } from "../../scripts/lib/tree_rows.ts";
import { treeText, type TreeTextOptions } from "../../scripts/lib/tree_text.ts";

/** Somebody who is well, unless `is` says otherwise. */
function node(path: string, is: Partial<TreeNode> = {}, children: readonly TreeNode[] = []): TreeNode {
  return {
    path,
    type: children.length > 0 ? "supervisor" : "worker",
    state: "running",
    mailboxDepth: 0,
    restarts: 0,
    lastError: null,
    uptimeMs: 192_000,
    children,
    ...is,
  };
}

const house = node("bitten", {}, [
  node("bitten/store", { mailboxDepth: 12 }),
  node("bitten/execution", {}, [
    node("bitten/execution/slots", { type: "dynamic" }, [
      node("bitten/execution/slots/ann_ea_00017"),
      node("bitten/execution/slots/bob/ea", {
        state: "restarting",
        restarts: 2,
        lastError: "TypeError: x is not a function\n  at y",
        uptimeMs: 0,
      }),
    ]),
    node("bitten/execution/gateway", { uptimeMs: 4_000 }),
  ]),
  node("bitten/autofire", { type: "dynamic", restarts: 1, lastError: "killed" }),
]);

/** Several on one dynamic supervisor, by key. */
function crowd(...children: readonly TreeNode[]): TreeNode {
  return node("crowd", { type: "dynamic" }, children);
}

function linesOf(root: TreeNode, is: Partial<TreeTextOptions> = {}): string[] {
  return treeText([root], { width: null, colour: false, depth: 100, children: 20, ...is }).split("\n");
}

/** The names and box characters alone. */
function namesOf(root: TreeNode, is: Partial<TreeTextOptions> = {}): string[] {
  return linesOf(root, is).slice(1).map((line) => line.split(/ {2,}(?=running|st|restarting)/)[0]!);
}

Deno.test("treeText() draws names with box characters and aligns the columns", () => {
  assert.deepEqual(linesOf(house), [
    "                       state       mail  restarts  uptime    last error",
    "bitten                 running                  0  3 m 12 s",
    "├─ store               running       12         0  3 m 12 s",
    "├─ execution           running                  0  3 m 12 s",
    "│  ├─ slots (2)        running                  0  3 m 12 s",
    "│  │  ├─ bob/ea        restarting     0         2            TypeError: x is not a function at y",
    "│  │  └─ ann_ea_00017  running        0         0  3 m 12 s",
    "│  └─ gateway          running        0         0  4 s",
    "└─ autofire (0)        running                  1  3 m 12 s  killed",
  ]);
});

Deno.test("treeText() shortens errors first, and names where that is not enough, to the terminal's width", () => {
  const long = node("a_supervisor_whose_name_is_long", {}, [
    node("a_supervisor_whose_name_is_long/a_worker_of_39_characters_and_no_less_", {
      lastError: "Error: Cannot open ledger as fires must be <= 10: current value is 11",
    }),
  ]);

  assert.deepEqual(
    linesOf(long, { width: 120 }).at(-1),
    [
      "└─ a_worker_of_39_characters_and_no_less_  running     0         0  3 m 12 s",
      "Error: Cannot open ledger as fires must b…",
    ].join("  "),
  );
  assert.deepEqual(linesOf(long, { width: 80 }), [
    "                          state    mail  restarts  uptime    last error",
    "a_supervisor_whose_name…  running               0  3 m 12 s",
    "└─ a_worker_of_39_chara…  running     0         0  3 m 12 s  Error: Cannot open…",
  ]);
  assert.deepEqual(
    linesOf(long, { width: 40 }).at(-1),
    [
      "└─ a_worker_of_39_chara…  running     0         0  3 m 12 s",
    ].join(),
  );
});

Deno.test("treeText() is never wider than a terminal that has room for the figures, and keeps names unharmed first", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 60 });
  fc.assert(fc.property(text, text, fc.integer({ min: 80, max: 200 }), (name, error, width) => {
    const root = node("root", {}, [node(`root/${name}`, { lastError: error })]);

    const lines = linesOf(root, { width });

    assert.equal(lines.length, 3);
    assert.deepEqual(lines.filter((line) => widthOf(line) > width), []);
  }));
});

Deno.test("treeText() shows the worst children of a dynamic supervisor first and sums the others up", () => {
  const root = crowd(
    node("crowd/well"),
    node("crowd/failed_once", { lastError: "Error: x" }),
    node("crowd/deep", { mailboxDepth: 900 }),
    node("crowd/deeper", { mailboxDepth: 901 }),
    node("crowd/restarted", { restarts: 3, lastError: "Error: x" }),
    node("crowd/stopped", { state: "stopped", uptimeMs: 0 }),
    node("crowd/restarting", { state: "restarting", restarts: 1, uptimeMs: 0 }),
    node("crowd/fine"),
  );

  assert.deepEqual(namesOf(root, { children: 8 }), [
    "crowd (8)",
    "├─ stopped",
    "├─ restarting",
    "├─ restarted",
    "├─ deeper",
    "├─ deep",
    "├─ failed_once",
    "├─ well",
    "└─ fine",
  ]);
  assert.deepEqual(linesOf(root, { children: 2 }), [
    "               state       mail  restarts  uptime    last error",
    "crowd (8)      running                  0  3 m 12 s",
    "├─ stopped     stopped        0         0",
    "├─ restarting  restarting     0         1",
    "└─ … 6 more    running     1801         3",
  ]);
  assert.deepEqual(
    linesOf(root, { children: 0 }).at(-1),
    [
      "└─ … 8 more  stopped  1801         4            6 running, 1 restarting, 1 stopped",
    ].join(),
  );
});

Deno.test("treeText() keeps the start order of a static supervisor and leaves none of its children out", () => {
  const children = ["c", "a", "b"].map((id) => node(`root/${id}`, { restarts: id === "b" ? 1 : 0 }));

  assert.deepEqual(namesOf(node("root", {}, children), { children: 1 }), ["root", "├─ c", "├─ a", "└─ b"]);
});

Deno.test("treeText() sums up what lies below its depth", () => {
  assert.deepEqual(namesOf(house, { depth: 0 }), ["bitten", "└─ … 7 below"]);
  assert.deepEqual(linesOf(house, { depth: 1 }).slice(3), [
    "├─ execution     running                  0  3 m 12 s",
    "│  └─ … 4 below  restarting     0         2            3 running, 1 restarting",
    "└─ autofire (0)  running                  1  3 m 12 s  killed",
  ]);
});

Deno.test("treeText() draws five thousand children in a page", () => {
  const many = Array.from({ length: 5_000 }, (_, n) => node(`crowd/${n}`, { restarts: n === 4_321 ? 1 : 0 }));

  const lines = linesOf(crowd(...many));

  assert.equal(lines.length, 23);
  assert.deepEqual(lines.filter((_, index) => [2, 22].includes(index)), [
    "├─ 4321         running     0         1  3 m 12 s",
    "└─ … 4980 more  running     0         0",
  ]);
});

Deno.test("treeText() colours only when told to, and only what is to be seen", () => {
  // deno-lint-ignore no-control-regex
  const plain = (text: string) => text.replace(/\x1b\[\d+m/g, "");
  const coloured = linesOf(house, { colour: true });

  assert.deepEqual(coloured.map((line) => plain(line).trimEnd()), linesOf(house));
  assert.ok(coloured[5]!.includes("\x1b[33mrestarting\x1b[39m"));
  assert.ok(coloured[5]!.includes("\x1b[31mTypeError: x is not a function at y\x1b[39m"));
  assert.ok(coloured[2]!.includes("\x1b[32mrunning   \x1b[39m"));
});

Deno.test("treeText() lets nothing from outside move the cursor or break a line", () => {
  const root = crowd(node("crowd/\x1b[2Jann\r\n", { lastError: "a\x07\u009b1m\u202eb\u2028c" }));

  assert.deepEqual(linesOf(root).slice(2), ["└─ [2Jann  running     0         0  3 m 12 s  a 1m b c"]);
});

Deno.test("totalText() counts actors, what waits and restarts", () => {
  assert.equal(totalText([house]), "4 actors: 3 running, 1 restarting; messages waiting 12, restarts 3");
});

Deno.test("spanText() names the two largest units", () => {
  const at = [0, 59_999, 60_000, 3_599_000, 3_600_000, 86_399_000, 86_400_000, 100 * 86_400_000];

  assert.deepEqual(at.map(spanText), [
    ...["0 s", "59 s", "1 m 0 s", "59 m 59 s", "1 h 0 m", "23 h 59 m", "1 d 0 h", "100 d 0 h"],
  ]);
});

Deno.test("columns: wide signs count two, marks none; cutting and filling keep to them", () => {
  assert.deepEqual(["abc", "漢字", "e\u0301", "🚀x", ""].map(widthOf), [3, 4, 1, 3, 0]);
  assert.deepEqual([4, 3, 2, 1, 0].map((width) => shorten("漢字", width)), ["漢字", "漢…", "…", "…", ""]);
  assert.deepEqual([fill("漢", 4), fill("7", 3, "start"), fill("long", 2)], ["漢  ", "  7", "long"]);
  assert.equal(oneLine("  a\t\n b\x00c "), "a b c");
  assert.equal(
    wrap("Nobody answers at http://127.0.0.1:8899 now", 14),
    "Nobody answers\nat\nhttp://127.0.0.1:8899\nnow",
  );
});
