/**
 * Situations worth reaching: what a batch of seeds must have met at least once, else it proves little.
 *
 * @module
 */
import { type CrashReport, GaveUpError, type TreeNode } from "../../../runtime/mod.ts";
import type { World } from "./actor.ts";

/** Somebody in the tree. */
export function nodeAt({ kit }: World, path: string): TreeNode | undefined {
  let nodes = kit.system.tree();
  let node: TreeNode | undefined;
  const ids = path.split("/");
  for (let i = 1; i <= ids.length; i++) {
    node = nodes.find((child) => child.path === ids.slice(0, i).join("/"));
    nodes = node?.children ?? [];
  }
  return node;
}

/** Notes whom a kill meets. */
export function noteKill({ ledger }: World, path: string): void {
  const life = ledger.living(path);
  if (life?.phase === "stops") ledger.reached.add("killed in its stop hook");
  if (life?.phase === "init") ledger.reached.add("killed in its init");
}

/** Notes whom an order to stop by hand meets. */
export function noteStop({ ledger }: World, path: string): void {
  if (ledger.living(path)?.phase === "init") ledger.reached.add("stopped in its init");
}

/** Notes a child whose restart has just failed; answers what to call when the attempts have been ended by hand. */
export function noteRestartLoop(world: World, path: string): () => void {
  const last = world.kit.reports.findLast((report) => report.offender === path);
  const loops = nodeAt(world, path)?.state === "restarting" && last?.context === "start_error";
  return () => loops && world.ledger.reached.add("a retry loop ended by hand");
}

/** Names everything that has come about in a run, by its reports, dead letters, answers and lines. */
export function situationsOf(world: World): ReadonlySet<string> {
  const { kit, ledger, policies } = world;
  const names = new Set(ledger.reached);
  for (const line of ledger.settled) names.add(`ask: ${line.split(" ")[1]}`);
  for (const said of ledger.answers) names.add(`request: ${said}`);
  for (const { context } of kit.reports) names.add(`report: ${context}`);
  for (const { reason, path } of kit.deadLetters) {
    names.add(`letter: ${reason}`);
    if (reason === "mailbox_full") names.add(`a mailbox that was full: ${policies.get(path)?.full}`);
  }
  for (const i of kit.reports.keys()) nameReport(names, kit.reports, i);
  return names;
}

function nameReport(names: Set<string>, reports: readonly CrashReport[], i: number): void {
  const { supervisor, context, reason } = reports[i] as CrashReport;
  if (context !== "gave_up") return nameAbsorbed(names, reports, i);
  if (supervisor === "root") names.add("the root gave up");
  const isBelow = reason.kind === "shutdown" && reason.why instanceof GaveUpError;
  if (supervisor === "root" && isBelow) names.add("giving up went on to the root");
  const isRestart = reports[i - 1]?.context === "start_error";
  if (supervisor === "root/group" && isRestart) names.add("gave up in the middle of a group restart");
}

/** Two of a group that are killed at one moment are one restart: one report says so, and no other follows. */
function nameAbsorbed(names: Set<string>, reports: readonly CrashReport[], i: number): void {
  const first = reports[i];
  const next = reports[i + 1];
  if (first?.context !== "child_terminated" || first.supervisor !== "root/group") return;
  const absorbed = next?.context === "shutdown_error" && next.supervisor === "root/group" &&
    next.atMs === first.atMs && next.reason.kind === "killed" && first.reason.kind === "killed";
  if (absorbed) names.add("two deaths in one group restart");
}
