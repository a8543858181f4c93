/**
 * Random steps: each done to the paper and to the runtime.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Context } from "../../../runtime/mod.ts";
import { act, boom, exit, type ProbeMessage, type Stage } from "../probe.ts";
import { PaperDynamic } from "./dynamic.ts";
import { type End, type Paper, type PaperNode, PaperWorker, type Started, type WorkerPlan } from "./paper.ts";
import { specOf } from "./plans.ts";
import { PaperSupervisor } from "./supervisor.ts";

/** Where in its handler a worker ends: at once, around an await, or on a message of a timer. */
type Phase = "sync" | "before await" | "after await" | "timer";

/** One step; `who` is taken among those it fits, `key` and `child` among theirs. */
export type Step =
  | { readonly kind: "wait"; readonly ms: number }
  | { readonly kind: "end"; readonly who: number; readonly how: End; readonly phase: Phase }
  | { readonly kind: "orderInits"; readonly who: number; readonly inits: readonly Started[] }
  | { readonly kind: "breakHook" | "kill"; readonly who: number }
  | { readonly kind: "add"; readonly who: number; readonly child: number; readonly worker: WorkerPlan }
  | { readonly kind: Administered; readonly who: number; readonly child: number }
  | { readonly kind: "ensure" | "startKid" | "stopKid"; readonly who: number; readonly key: number };

type Administered = "stopChild" | "restartChild" | "removeChild";

const who = fc.nat();
const key = fc.nat(2);
const restart = fc.constantFrom("permanent", "transient", "temporary" as const);
const started = fc.constantFrom("failed", "failed", "unneeded", "up" as const);

/** Any step. */
export const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("wait"), ms: fc.constantFrom(1, 60, 100, 101, 1_001) }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("end"),
      who,
      how: fc.constantFrom("normal", "shutdown", "crash", "crash", "kill" as const),
      phase: fc.constantFrom("sync", "before await", "after await", "timer" as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("orderInits"),
      who,
      inits: fc.array(started, { minLength: 1, maxLength: 6 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("breakHook", "kill"), who }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("add"),
      who,
      child: key,
      worker: fc.record({
        type: fc.constant("worker"),
        id: fc.constant(""),
        restart,
        significant: fc.constant(false),
        brutal: fc.constant(false),
        async: fc.boolean(),
      }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom("stopChild", "restartChild", "restartChild", "removeChild" as const),
      who,
      child: fc.nat(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom("ensure", "ensure", "startKid", "stopKid" as const),
      who,
      key,
    }),
  },
) as fc.Arbitrary<Step>;

/** The stage, and the tree on paper that it must agree with. */
export interface Play {
  readonly s: Stage;
  readonly root: PaperSupervisor;
  /** What the runtime's inits and hooks are to do: the paper uses its own copy up. */
  readonly orders: Paper;
}

function all<N extends PaperNode>({ root }: Play, type: new (...args: never[]) => N): readonly N[] {
  return [...root.listed()].filter((node): node is N => node instanceof type);
}

function among<T>(list: readonly T[], place: number): T | undefined {
  return list[place % list.length];
}

/** Does one step to both, and waits until all is quiet. Steps that fit nobody do nothing. */
export async function take(play: Play, step: Step): Promise<void> {
  const { s, root } = play;
  switch (step.kind) {
    case "wait":
      root.paper.nowMs += step.ms;
      return await s.clock.advance(step.ms);
    case "end":
      return await end(play, among(all(play, PaperWorker).filter((node) => node.up), step.who), step);
    case "orderInits":
      return orderInits(play, among(all(play, PaperWorker), step.who), step.inits);
    case "breakHook":
      return breakHook(play, among(all(play, PaperWorker), step.who));
    case "kill":
      return await kill(play, among([...root.listed()].filter((node) => node.up && node !== root), step.who));
    case "ensure":
    case "startKid":
    case "stopKid":
      return await administerKids(play, among(all(play, PaperDynamic), step.who), step);
    default:
      return await administer(
        play,
        among(all(play, PaperSupervisor).filter((node) => node.up), step.who),
        step,
      );
  }
}

function orderInits(
  { root, orders }: Play,
  worker: PaperWorker | undefined,
  inits: readonly Started[],
): void {
  if (worker === undefined) return;
  for (const paper of [root.paper, orders]) paper.inits.set(worker.id, [...inits]);
}

function breakHook({ root, orders }: Play, worker: PaperWorker | undefined): void {
  if (worker === undefined) return;
  for (const paper of [root.paper, orders]) paper.brokenHooks.add(worker.id);
}

async function kill({ s }: Play, node: PaperNode | undefined): Promise<void> {
  if (node === undefined) return;
  s.system.kill(node.path);
  node.kill();
  await s.settle();
}

/** What makes a worker end so. */
function ending(how: Exclude<End, "kill">, phase: Phase): ProbeMessage {
  const now = how === "crash" ? boom() : exit({ kind: how });
  const finish = (context: Context<ProbeMessage>) => {
    if (how === "crash") throw new Error("boom");
    context.exit({ kind: how });
  };
  switch (phase) {
    case "sync":
      return now;
    case "timer":
      return act((context) => void context.after(0, now));
    case "before await":
      return act(async (context) => finish(context));
    case "after await":
      return act(async (context) => {
        await null;
        finish(context);
      });
  }
}

async function end(
  { s }: Play,
  worker: PaperWorker | undefined,
  { how, phase }: { readonly how: End; readonly phase: Phase },
): Promise<void> {
  if (worker === undefined) return;
  const { path } = worker;
  if (how === "kill") {
    if (phase === "after await") await s.tell(path, act(() => new Promise(() => {})));
    s.system.kill(path);
    worker.kill();
  } else {
    s.ref(path).tell(ending(how, phase));
    worker.end(how);
  }
  await s.settle();
  await s.clock.advance(0);
}

async function administer(
  { s, orders }: Play,
  node: PaperSupervisor | undefined,
  step: Extract<Step, { kind: "add" | Administered }>,
): Promise<void> {
  if (node === undefined) return;
  const real = s.system.supervisor(node.path);
  const id = among(node.children, step.child)?.id ?? "nobody";
  const said = (answer: { readonly ok: boolean; readonly reason?: string }) =>
    answer.ok ? "ok" : answer.reason;
  switch (step.kind) {
    case "add": {
      const plan = { ...step.worker, id: `${node.id}x${step.child}` };
      const answer = await s.until(real.start(specOf(s, plan, orders)));
      assert.equal(said(answer), node.add(plan));
      break;
    }
    case "stopChild":
      assert.equal(said(await s.until(real.stop(id))), node.stopChild(id));
      break;
    case "restartChild":
      assert.equal(said(await s.until(real.restart(id))), node.restartChild(id));
      break;
    case "removeChild":
      assert.equal(said(await s.until(real.remove(id))), node.removeChild(id));
  }
  await s.settle();
}

async function administerKids(
  { s }: Play,
  node: PaperDynamic | undefined,
  step: Extract<Step, { key: number }>,
): Promise<void> {
  if (node === undefined) return;
  const real = s.system.dynamic<null, ProbeMessage>(node.path);
  const key = `${node.id}k${step.key}`;
  if (step.kind === "ensure") {
    real.ensure(key, null);
    node.ensure(key);
  } else if (step.kind === "stopKid") {
    await s.until(real.stop(key));
    node.stopChild(key);
  } else {
    const answer = await s.until(real.start(key, null).then(() => true, () => false));
    assert.equal(answer, node.startChild(key) === "up");
  }
  await s.settle();
}
