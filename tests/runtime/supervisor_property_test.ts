/**
 * Random trees and random ends against the supervisor on paper, for random orders of turns.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { type ChildSpec, supervisor, type TreeNode } from "../../runtime/mod.ts";
import { boom, exit, type Stage, stage } from "./probe.ts";
import { type End, ModelNode, type Plan } from "./supervisor_model.ts";

const restart = fc.constantFrom("permanent", "transient", "temporary" as const);
const strategy = fc.constantFrom("one_for_one", "one_for_all", "rest_for_one" as const);
const intensity = fc.record({
  restarts: fc.integer({ min: 0, max: 3 }),
  withinMs: fc.constantFrom(100, 1_000),
});

const { tree } = fc.letrec<{ tree: Plan; child: Plan; worker: Plan }>((tie) => ({
  worker: fc.record({ type: fc.constant("worker"), id: fc.constant(""), restart }) as fc.Arbitrary<Plan>,
  child: fc.oneof({ depthSize: "small", maxDepth: 2 }, tie("worker"), tie("worker"), tie("tree")),
  tree: fc.record({
    type: fc.constant("supervisor"),
    id: fc.constant("root"),
    restart,
    strategy,
    intensity,
    children: fc.array(tie("child"), { minLength: 1, maxLength: 4 }),
  }) as fc.Arbitrary<Plan>,
}));

/** Names every child by its place. */
function named(plan: Plan, id: string): Plan {
  if (plan.type === "worker") return { ...plan, id };
  return { ...plan, id, children: plan.children.map((child, i) => named(child, `${id}${i}`)) };
}

/** The same tree for the runtime. */
function specOf(s: Stage, plan: Plan): ChildSpec {
  if (plan.type === "worker") return s.child(plan.id, { restart: plan.restart });
  const { id, restart, strategy, intensity } = plan;
  return supervisor(id, {
    restart,
    strategy,
    intensity,
    children: plan.children.map((child) => specOf(s, child)),
  });
}

const step = fc.record({
  waitMs: fc.constantFrom(0, 0, 60, 100, 101, 1_001),
  who: fc.nat(),
  how: fc.constantFrom("normal", "crash", "kill" as const),
});

/** What the runtime shows, in the model's words: who is listed, and who of them lives. */
function shown(nodes: readonly TreeNode[]): [string, boolean][] {
  return nodes.flatMap((
    node,
  ) => [[node.path, node.state === "running"] as [string, boolean], ...shown(node.children)]);
}

/** How often each worker was started, by the trace. */
function starts(trace: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of trace.filter((line) => line.startsWith("+"))) {
    counts.set(line.slice(1), (counts.get(line.slice(1)) ?? 0) + 1);
  }
  return counts;
}

/** Ends a worker in both worlds. */
async function end(s: Stage, chosen: ModelNode, how: End): Promise<void> {
  const { path } = chosen;
  chosen.end(how, s.clock.nowMs());
  if (how === "kill") s.system.kill(path);
  else s.ref(path).tell(how === "crash" ? boom() : exit());
  await s.settle();
}

function compare(s: Stage, root: ModelNode): void {
  const lives = shown(s.system.tree());
  const expected = [...root.listed()].map((node) => [node.path, node.up]);
  // After the root has ended nobody lives; who is still listed does not matter.
  assert.deepEqual(lives, root.up ? expected : lives.map(([path]) => [path, false]));
  assert.deepEqual([...starts(s.trace)].toSorted(), [...root.lives].toSorted());
}

Deno.test("a supervision tree does what the supervisor on paper says, for 500 trees, schedules and orders of turns", async () => {
  await fc.assert(
    fc.asyncProperty(tree, fc.array(step, { maxLength: 20 }), fc.nat(), async (plan, steps, seed) => {
      const s = stage({ seed });
      const root = new ModelNode(named(plan, "r"), null, new Map());
      root.start();
      await s.system.start(specOf(s, root.plan));

      compare(s, root);
      for (const { waitMs, who, how } of steps) {
        await s.clock.advance(waitMs);
        const living = root.living();
        const chosen = living[who % living.length];
        if (chosen === undefined) break;
        await end(s, chosen, how);
        compare(s, root);
      }

      await s.close();
    }),
    { numRuns: 500 },
  );
});
