/**
 * Random trees: for the paper, and the same ones for the runtime.
 *
 * @module
 */
import fc from "fast-check";
import { type ChildSpec, dynamic, supervisor } from "../../../runtime/mod.ts";
import { probe, type ProbeMessage, type ProbeOptions, type Stage } from "../probe.ts";
import type { DynamicPlan, Paper, Plan, SupervisorPlan, WorkerPlan } from "./paper.ts";

const restart = fc.constantFrom("permanent", "transient", "temporary" as const);
const intensity = fc.record({
  restarts: fc.integer({ min: 0, max: 4 }),
  withinMs: fc.constantFrom(100, 1_000),
});
/** Ids come from the place in the tree: see `named`. */
const kept = { id: fc.constant(""), restart, significant: fc.boolean() };

const workers: fc.Arbitrary<WorkerPlan> = fc.record({
  ...kept,
  type: fc.constant("worker"),
  brutal: fc.nat(4).map((n) => n === 0),
  async: fc.boolean(),
});

const dynamics: fc.Arbitrary<DynamicPlan> = fc.record({
  ...kept,
  type: fc.constant("dynamic"),
  intensity,
  window: fc.constantFrom("perChild", "shared" as const),
  kidRestart: restart,
});

const { tree } = fc.letrec<{ tree: SupervisorPlan; child: Plan }>((tie) => ({
  child: fc.oneof(
    { depthSize: "small", maxDepth: 3 },
    { arbitrary: workers, weight: 4 },
    { arbitrary: dynamics, weight: 1 },
    { arbitrary: tie("tree"), weight: 3 },
  ),
  tree: fc.record({
    ...kept,
    type: fc.constant("supervisor"),
    strategy: fc.constantFrom("one_for_one", "one_for_all", "rest_for_one" as const),
    intensity,
    autoShutdown: fc.constantFrom("never", "any_significant", "all_significant" as const),
    children: fc.array(tie("child"), { minLength: 1, maxLength: 4 }),
  }),
}));

/** Names everybody by the place in the tree; nobody is significant where that is refused. */
function named<P extends Plan>(plan: P, id: string, autoShutdown: string): P {
  const significant = plan.significant && plan.restart !== "permanent" && autoShutdown !== "never";
  if (plan.type !== "supervisor") return { ...plan, id, significant };
  const children = plan.children.map((child, i) => named(child, `${id}${i}`, plan.autoShutdown));
  return { ...plan, id, significant, children };
}

/** Any supervision tree: nested, every strategy, restart type, window and way to shut itself down. */
export const trees: fc.Arbitrary<SupervisorPlan> = tree.map((plan) => named(plan, "r", "never"));

/** What a worker's code does at its beginning and end, by what the paper said it would. */
function behaviour(paper: Paper, id: string, isAsync: boolean): ProbeOptions {
  const maybeAsync = (run: () => void) => isAsync ? Promise.resolve().then(run) : run();
  return {
    init: (_life, context) =>
      maybeAsync(() => {
        const next = paper.inits.get(id)?.shift() ?? "up";
        if (next === "failed") throw new Error("init");
        if (next === "unneeded") context.exit();
      }),
    stop: () =>
      maybeAsync(() => {
        if (paper.brokenHooks.delete(id)) throw new Error("hook");
      }),
  };
}

/** The same child for the runtime. `orders`: what inits and hooks are to do, as the paper knows it. */
export function specOf(s: Stage, plan: Plan, orders: Paper): ChildSpec {
  const { id, restart, significant } = plan;
  const kept = { restart, significant };
  if (plan.type === "worker") {
    const shutdown = plan.brutal ? "brutal" : 5_000;
    return s.child(id, { ...kept, shutdown, ...behaviour(orders, id, plan.async) });
  }
  const { intensity } = plan;
  if (plan.type === "dynamic") {
    const { window, kidRestart } = plan;
    const child = (key: string) => probe(s.trace, key, behaviour(orders, key, false))();
    const childOptions = { restart: kidRestart };
    return dynamic<null, ProbeMessage>(id, { ...kept, intensity, window, childOptions, child });
  }
  const { strategy, autoShutdown } = plan;
  const children = plan.children.map((child) => specOf(s, child, orders));
  return supervisor(id, { ...kept, strategy, intensity, autoShutdown, children });
}
