/**
 * Random trees, steps and orders of turns against the supervisor on paper.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { TreeNode } from "../../runtime/mod.ts";
import { Paper, type SupervisorPlan } from "./model/paper.ts";
import { specOf, trees } from "./model/plans.ts";
import { type Play, type Step, steps, take } from "./model/steps.ts";
import { PaperSupervisor } from "./model/supervisor.ts";
import { stage } from "./probe.ts";
import { isOneSeed, trials } from "./seeds.ts";

/** What the runtime shows, in the paper's words: who is listed, and who of them lives. */
function shown(nodes: readonly TreeNode[]): [string, boolean][] {
  return nodes.flatMap(({ path, state, children }) => [
    [path, state === "running"] as [string, boolean],
    ...shown(children),
  ]);
}

/** A dynamic supervisor tells its children to stop all at once: of those, the order is the seed's. */
function ordered(trace: readonly string[]): string[] {
  const lines: string[] = [];
  const group: string[] = [];
  let last: string | undefined;
  for (const line of [...trace, ""]) {
    const dynamic = /^-(\d*r\d*)k\d shutdown$/.exec(line)?.[1];
    if (dynamic === undefined || dynamic !== last) lines.push(...group.splice(0).toSorted());
    if (dynamic === undefined) lines.push(line);
    else group.push(line);
    last = dynamic;
  }
  return lines;
}

function compare({ s, root }: Play): void {
  const lives = shown(s.system.tree());
  const expected = [...root.listed()].map((node) => [node.path, node.up]);
  // After the root has ended nobody lives; who is still listed does not matter.
  assert.deepEqual(lives, root.up ? expected : lives.map(([path]) => [path, false]));
  assert.deepEqual(ordered(s.trace), ordered(root.paper.trace));
}

/** Plays the steps on both, comparing after each, and stops both. */
async function play(plan: SupervisorPlan, schedule: readonly Step[], seed: number): Promise<Paper> {
  const s = stage({ seed });
  const paper = new Paper();
  const orders = new Paper();
  const both = { s, root: new PaperSupervisor(paper, plan, null), orders };
  both.root.start();
  await s.system.start(specOf(s, plan, orders));

  compare(both);
  for (const step of schedule) {
    if (!both.root.up) break;
    await take(both, step);
    compare(both);
  }

  both.root.stop();
  await s.close();
  assert.deepEqual(ordered(s.trace), ordered(paper.trace));
  return paper;
}

Deno.test("a supervision tree does what the tree on paper does, line by line, for any tree, schedule and order of turns", async () => {
  const reached = new Set<string>();
  await fc.assert(
    fc.asyncProperty(
      trees,
      fc.array(steps, { maxLength: 30, size: "max" }),
      fc.nat(),
      async (plan, schedule, seed) => {
        const paper = await play(plan, schedule, seed);
        for (const what of paper.reached) reached.add(what);
      },
    ),
    trials(600),
  );

  if (isOneSeed()) return;
  assert.deepEqual([...reached].toSorted(), [
    "a dynamic child rested",
    "a dynamic supervisor gave up",
    "a restart failed",
    "a sibling's restart failed",
    "a supervisor did not start",
    "a temporary child was dropped with its group",
    "gave up",
    "gave up, at the root",
    "shut itself down",
    "shut itself down, at the root",
  ]);
});
