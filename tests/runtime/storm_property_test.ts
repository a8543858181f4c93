/**
 * Random trees in a storm: everything at once, with no pause between two faults for anything to be finished.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { TreeNode } from "../../runtime/mod.ts";
import { everybody, faultsOf } from "./chaos/tree_faults.ts";
import { Paper, type SupervisorPlan } from "./model/paper.ts";
import { specOf, trees } from "./model/plans.ts";
import { act, boom, exit, note, type ProbeMessage, type Stage, stage } from "./probe.ts";
import { trials } from "./seeds.ts";

const kinds = [
  ...["crash", "crash", "slow crash", "slow exit", "exit", "kill", "note", "slow note"],
  ...["stop", "restart", "restart", "remove", "add", "ensure", "stop key", "ask", "spoil", "break hook"],
] as const;

/** One blow; `who` is taken among those it fits. */
type Blow = { readonly kind: string; readonly who: number; readonly waitMs: number };

const blows: fc.Arbitrary<readonly Blow[]> = fc.array(
  fc.record({
    kind: fc.constantFrom(...kinds),
    who: fc.nat(),
    waitMs: fc.constantFrom(0, 0, 0, 1, 5, 40),
  }),
  { maxLength: 40, size: "max" },
);

/** Everything asked for in a storm, each to be answered. */
type Answers = Promise<unknown>[];

function among(s: Stage, type: TreeNode["type"], place: number): string {
  const nodes = [...everybody(s.system.tree())].map(([node]) => node).filter((node) => node.type === type);
  return nodes[place % nodes.length]?.path ?? "no/body";
}

const slowly = (s: Stage, message: ProbeMessage): ProbeMessage =>
  act(async (context) => {
    await new Promise<void>((resolve) => void s.clock.after(20, resolve));
    if (message.kind === "throw") throw message.error;
    if (message.kind === "exit") context.exit();
  });

function strike(s: Stage, answers: Answers, orders: Paper, { kind, who }: Blow): void {
  const worker = among(s, "worker", who);
  const supervisor = among(s, "supervisor", who);
  const id = worker.slice(worker.lastIndexOf("/") + 1);
  const above = s.system.supervisor(worker.slice(0, worker.lastIndexOf("/")));
  const kids = s.system.dynamic<null, ProbeMessage>(among(s, "dynamic", who));
  const key = `k${who % 3}`;
  const strikes: Record<string, () => unknown> = {
    "crash": () => s.ref(worker).tell(boom()),
    "slow crash": () => s.ref(worker).tell(slowly(s, boom())),
    "exit": () => s.ref(worker).tell(exit()),
    "slow exit": () => s.ref(worker).tell(slowly(s, exit())),
    "kill": () => s.system.kill(who % 3 === 0 ? supervisor : worker),
    "note": () => s.ref(worker).tell(note(who)),
    "slow note": () => s.ref(worker).tell(slowly(s, note(who))),
    "stop": () => answers.push(above.stop(id)),
    "restart": () => answers.push(above.restart(id)),
    "remove": () => answers.push(above.remove(id)),
    "add": () => answers.push(s.system.supervisor(supervisor).start(s.child(`x${who % 2}`))),
    "spoil": () => orders.inits.set(id, who % 4 === 0 ? ["unneeded"] : ["failed", "failed"]),
    "break hook": () => orders.brokenHooks.add(id),
    "ensure": () => kids.ensure(key, null),
    "stop key": () => answers.push(kids.stop(key)),
    "ask": () =>
      answers.push(
        s.ref(worker).ask<number>((reply) => ({ kind: "count", reply }), { timeoutMs: 30 }).catch(() => {}),
      ),
  };
  strikes[kind]?.();
}

/** Lets the storm over a tree, checking it after every turn, and the calm after it. */
async function storm(plan: SupervisorPlan, schedule: readonly Blow[], seed: number): Promise<string[]> {
  const faults = new Set<string>();
  const look = () => {
    for (const fault of faultsOf(s, [...everybody(s.system.tree())])) faults.add(fault);
  };
  const s: Stage = stage({ seed, onTurn: () => look() });
  const answers: Answers = [];
  const orders = new Paper();
  await s.until(s.system.start(specOf(s, plan, orders)));

  for (const blow of schedule) {
    strike(s, answers, orders, blow);
    if (blow.waitMs > 0) await s.clock.advance(blow.waitMs);
  }
  await s.clock.advance(60_000);
  await s.until(Promise.all(answers));

  look();
  for (const [node] of everybody(s.system.tree())) {
    if (!["running", "stopped"].includes(node.state)) faults.add(`${node.path} is ${node.state} in the calm`);
  }
  await s.close();
  return [...faults];
}

Deno.test("in a storm of overlapping faults no tree has an orphan, a double or a lost answer, after any turn", async () => {
  await fc.assert(
    fc.asyncProperty(trees, blows, fc.nat(), async (plan, schedule, seed) => {
      assert.deepEqual(await storm(plan, schedule, seed), []);
    }),
    trials(300),
  );
});
