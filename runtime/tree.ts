/**
 * The living tree, as it can be shown.
 *
 * @module
 */
import { Phase } from "./address.ts";
import type { LifeState } from "./branch.ts";
import type { Cell } from "./cell.ts";
import { describeExit } from "./report.ts";

/** Somebody in the tree, at one moment. */
export interface TreeNode {
  readonly path: string;
  readonly type: "worker" | "supervisor" | "dynamic";
  readonly state: LifeState;
  /** Messages that wait. */
  readonly mailboxDepth: number;
  readonly restarts: number;
  /** What the last failed incarnation failed on; null when none ever did. */
  readonly lastError: string | null;
  /** Age of the incarnation, runtime ms; 0 when there is none. */
  readonly uptimeMs: number;
  /** In start order. */
  readonly children: readonly TreeNode[];
}

function stateOf(cell: Cell): LifeState {
  switch (cell.phase) {
    case Phase.VACANT:
      return "stopped";
    case Phase.SUPERVISING:
      return cell.branch?.state ?? "running";
    case Phase.LEAVING:
    case Phase.CLOSING:
      return "stopping";
    case Phase.WAITING:
    case Phase.STARTING:
      return cell.actor === null ? "starting" : "restarting";
    case Phase.BOOTING:
      return (cell.seat?.past?.restarts ?? 0) > 0 ? "restarting" : "starting";
    default:
      return cell.life === null || cell.life.order === null ? "running" : "stopping";
  }
}

/** Shows a cell and everybody below it. */
export function treeOf(cell: Cell): TreeNode {
  const past = cell.seat?.past;
  return {
    path: cell.path,
    type: cell.branch?.kind ?? "worker",
    state: stateOf(cell),
    mailboxDepth: cell.inbox?.size ?? 0,
    restarts: past?.restarts ?? 0,
    lastError: past?.lastExit ? describeExit(past.lastExit) : null,
    uptimeMs: cell.life === null ? 0 : cell.core.clock.nowMs() - cell.life.startedAtMs,
    children: [...cell.branch?.seats() ?? []].map((seat) => treeOf(seat.cell)),
  };
}
