/**
 * What must hold of any tree between any two turns.
 *
 * @module
 */
import type { TreeNode } from "../../../runtime/mod.ts";
import type { TestSystem } from "../../kit/test_system.ts";
import { cellAt } from "./order.ts";

/** Somebody in the tree, and who is above. */
export type Placed = readonly [node: TreeNode, parent: TreeNode | null];

/** Everybody in the tree, those above first. */
export function* everybody(nodes: readonly TreeNode[], parent: TreeNode | null = null): Iterable<Placed> {
  for (const node of nodes) {
    yield [node, parent];
    yield* everybody(node.children, node);
  }
}

const lives = ({ state }: TreeNode): boolean => state === "running" || state === "stopping";

/** What is wrong: two at one path, an orphan, a name that leads to the dead. */
export function* faultsOf(kit: TestSystem, nodes: readonly Placed[]): Iterable<string> {
  const paths = new Set<string>();
  let workers = 0;
  for (const [node, parent] of nodes) {
    if (!lives(node)) continue;
    if (paths.has(node.path)) yield `two live at ${node.path}`;
    if (parent?.state === "stopped") yield `${node.path} outlives its supervisor`;
    if (node.type === "worker") workers++;
    paths.add(node.path);
  }
  if (workers !== kit.system.counters().actors) yield "living actors are not those of the tree";
  for (const [node, parent] of nodes) if (parent?.type !== "dynamic") yield* strays(kit, node);
}

/** An address of a static child leads to whoever lives there, or to nobody. */
function* strays(kit: TestSystem, node: TreeNode): Iterable<string> {
  const { life } = cellAt(kit, node.path);
  if (lives(node) && life?.alive !== true) yield `${node.path} leads to the dead`;
  if (node.state === "stopped" && life !== null) yield `${node.path} leads to somebody who should be gone`;
}
