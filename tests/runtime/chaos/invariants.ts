/**
 * What must hold whatever happens: after every turn, in the calm after all faults, and at the end.
 *
 * @module
 */
import type { CrashReport, Intensity, TreeNode } from "../../../runtime/mod.ts";
import type { World } from "./actor.ts";
import { everybody, faultsOf } from "./tree_faults.ts";

/** Checks everything that must hold between any two turns. */
export function checkTurn(world: World): void {
  const placed = [...everybody(world.kit.system.tree())];
  for (const fault of faultsOf(world.kit, placed)) world.ledger.check(false, fault);
  const nodes = placed.map(([node]) => node);
  checkMail(world, nodes);
  checkAsks(world, nodes);
}

/** Mail that waits nowhere was handled or is a dead letter, by actor. */
function checkMail({ kit, ledger, paths }: World, nodes: readonly TreeNode[]): void {
  const { lost } = ledger;
  lost.read(kit.deadLetters);
  for (const path of paths) {
    const waiting = nodes.filter((node) => node.path === path).some((node) => node.mailboxDepth > 0);
    const known = ledger.taken.of(path) + lost.of(path);
    ledger.check(
      waiting ? known <= ledger.sent.of(path) : known === ledger.sent.of(path),
      `${path}: mail is missing`,
    );
  }
}

/** Nobody waits past a deadline, or for somebody who is gone for good. */
function checkAsks({ kit, ledger }: World, nodes: readonly TreeNode[]): void {
  const there = new Set(nodes.filter((node) => node.state !== "stopped").map((node) => node.path));
  for (const { path, dueMs } of kit.system.waiting()) {
    ledger.check(dueMs >= kit.clock.nowMs(), `an ask of ${path} waits past its deadline`);
    ledger.check(there.has(path), `an ask waits for ${path}, where nobody will live`);
  }
}

/** Checks what must hold once no faults have come for a while: everybody is up who should be, nobody was forgotten. */
export function checkCalm(world: World): void {
  const { kit, ledger } = world;
  const nodes = [...everybody(kit.system.tree())];
  const reports = kit.reports.map(({ supervisor, context }) => `${context} ${supervisor}`);
  for (const [node, parent] of nodes) {
    ledger.check(["running", "stopped"].includes(node.state), `${node.path} is ${node.state} in the calm`);
    if (node.state === "running" || parent?.state === "stopped") continue;
    const isExplained = ledger.leftDown.has(node.path) || ledger.goodbyes.has(node.path) ||
      reports.includes(`gave_up ${node.path}`);
    ledger.check(isExplained, `${node.path} is down, and nobody said why`);
  }
  for (const { watcher, target, notices } of ledger.watches) {
    if (watcher.signal.aborted) continue;
    const due = target === null || target.signal.aborted ? 1 : 0;
    ledger.check(notices === due, `${watcher.path} has heard ${notices} of ${due} ends of ${target?.path}`);
  }
}

/** Checks what must hold when the system has stopped. */
export function checkEnd({ kit, ledger }: World): void {
  const { actors, asksPending } = kit.system.counters();
  const left = { actors, asksPending, timers: kit.clock.pending, roots: kit.system.tree().length };
  ledger.check(Object.values(left).every((count) => count === 0), `left over: ${JSON.stringify(left)}`);
  ledger.check(ledger.settled.length === ledger.asked, "an ask was not settled, or twice");
  ledger.check(ledger.answers.length === ledger.requested, "a request was not answered");
  checkLimit(ledger.broken, kit.reports, "root/group", { restarts: 3, withinMs: 200 });
  checkLimit(ledger.broken, kit.reports, "root/deep/inner", { restarts: 1, withinMs: 200 });
}

/** In no window does a supervisor restart more often than it may: then it has given up. */
function checkLimit(
  broken: Set<string>,
  reports: readonly CrashReport[],
  path: string,
  { restarts, withinMs }: Intensity,
): void {
  let times: number[] = [];
  for (const { supervisor, context, offender, atMs } of reports) {
    // Whoever is started anew, or with the one above it, begins with an empty window.
    const fallen = context === "gave_up" ? supervisor : offender;
    if (path === fallen || path.startsWith(`${fallen}/`)) times = [];
    if (supervisor !== path || context !== "child_terminated") continue;
    times = [...times.filter((time) => time >= atMs - withinMs), atMs];
    if (times.length > restarts + 1) broken.add(`${path} restarted too often`);
  }
}
