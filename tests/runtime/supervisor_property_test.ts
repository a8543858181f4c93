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
  end: fc.constantFrom("normal", "crash", "kill" as const),
});

/** What the runtime shows, in the model's words. */
function shown(nodes: readonly TreeNode[]): [string, boolean][] {
  return nodes.flatMap((
    node,
  ) => [[node.path, node.state === "running"] as [string, boolean], ...shown(node.children)]);
}

function expected(root: ModelNode): [string, boolean][] {
  return [...root.listed()].map((node) => [node.path, node.up]);
}

async function bring(s: Stage, path: string, end: End): Promise<void> {
  if (end === "kill") s.system.kill(path);
  else s.ref(path).tell(end === "crash" ? boom() : exit());
  await s.settle();
}

Deno.test("a supervision tree does what the supervisor on paper says, for 500 trees, schedules and orders", async () => {
  const seed = fc.nat();
  await fc.assert(
    fc.asyncProperty(tree, fc.array(step, { maxLength: 20 }), seed, async (plan, steps, seed) => {
      const s = stage({ seed });
      const root = new ModelNode(named(plan, "r"), null);
      root.start();
      await s.system.start(specOf(s, root.plan));

      for (const { waitMs, who, end } of steps) {
        await s.clock.advance(waitMs);
        const living = [...root.listed()].filter((node) => node.up && node.plan.type === "worker");
        const chosen = living[who % Math.max(1, living.length)];
        if (chosen === undefined) break;
        chosen.end(end, s.clock.nowMs());
        await bring(s, chosen.path, end);

        const { up } = root;
        assert.deepEqual(
          shown(s.system.tree()).map(([path, lives]) => [path, lives]),
          up ? expected(root) : shownStopped(s),
        );
        assert.equal(s.system.tree()[0]?.state, up ? "running" : "stopped");
      }

      await s.close();
    }),
    { numRuns: 500 },
  );
});

/** After the root has ended nobody lives; who is still listed does not matter. */
function shownStopped(s: Stage): [string, boolean][] {
  return shown(s.system.tree()).map(([path]) => [path, false]);
}

Deno.test("every incarnation the supervisor on paper counts was started, and no other", async () => {
  await fc.assert(
    fc.asyncProperty(tree, fc.array(step, { maxLength: 20 }), fc.nat(), async (plan, steps, seed) => {
      const s = stage({ seed });
      const root = new ModelNode(named(plan, "r"), null);
      const everybody = new Set<ModelNode>();
      root.start();
      await s.system.start(specOf(s, root.plan));

      for (const { waitMs, who, end } of steps) {
        for (const node of root.listed()) everybody.add(node);
        await s.clock.advance(waitMs);
        const living = [...root.listed()].filter((node) => node.up && node.plan.type === "worker");
        const chosen = living[who % Math.max(1, living.length)];
        if (chosen === undefined) break;
        chosen.end(end, s.clock.nowMs());
        await bring(s, chosen.path, end);
      }

      const lives = new Map<string, number>();
      for (const node of [...everybody, ...root.listed()]) {
        if (node.plan.type === "worker" && !counted.has(node)) {
          lives.set(node.plan.id, (lives.get(node.plan.id) ?? 0) + node.lives);
          counted.add(node);
        }
      }
      const started = new Map<string, number>();
      for (const line of s.seen().filter((line) => line.startsWith("+"))) {
        started.set(line.slice(1), (started.get(line.slice(1)) ?? 0) + 1);
      }
      assert.deepEqual([...started].toSorted(), [...lives].toSorted());
      await s.close();
    }),
    { numRuns: 300 },
  );
});

const counted = new WeakSet<ModelNode>();
