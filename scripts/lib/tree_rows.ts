/**
 * The living supervision tree as rows: who is shown, in which order, and who is summed up.
 *
 * @module
 */
import type { LifeState, TreeNode } from "../../runtime/mod.ts";
import { oneLine } from "./columns.ts";

/** How much of a tree is shown. */
export interface TreeCut {
  /** Levels below the roots; what lies deeper is summed up. */
  readonly depth: number;
  /** Children shown of one dynamic supervisor, the worst first; the others are summed up. */
  readonly children: number;
}

/** Somebody, or several summed up. */
export interface Row {
  /** Box characters. */
  readonly lead: string;
  readonly name: string;
  readonly state: LifeState;
  /** Messages that wait; empty for a supervisor, which takes none. */
  readonly mail: string;
  readonly restarts: number;
  readonly uptime: string;
  readonly note: string;
  /** Whether the note is an error or says more about a sum. */
  readonly isError: boolean;
}

/** From what is well to what is not. */
const STATES: readonly LifeState[] = ["running", "starting", "stopping", "restarting", "stopped"];

/**
 * A span of time in words, in its two largest units: `3 m 12 s`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { spanText } from "./tree_rows.ts";
 *
 * assert.deepEqual([900, 192_000, 7_500_000, 90_000_000].map(spanText), ["0 s", "3 m 12 s", "2 h 5 m", "1 d 1 h"]);
 * ```
 */
export function spanText(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} m ${seconds % 60} s`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h ${Math.floor(seconds / 60) % 60} m`;
  return `${Math.floor(seconds / 86_400)} d ${Math.floor(seconds / 3_600) % 24} h`;
}

/** Everybody in these trees: the nodes themselves and all below. */
export function everybody(nodes: readonly TreeNode[]): readonly TreeNode[] {
  return nodes.flatMap((node) => [node, ...everybody(node.children)]);
}

/** How many there are, and how they are, in one line. */
export function totalText(roots: readonly TreeNode[]): string {
  const all = everybody(roots);
  const workers = all.filter(({ type }) => type === "worker");
  const restarts = sum(all, ({ restarts }) => restarts);
  const waiting = sum(all, ({ mailboxDepth }) => mailboxDepth);
  return `${workers.length} actors: ${
    statesText(workers)
  }; messages waiting ${waiting}, restarts ${restarts}`;
}

/** A row for each of those shown, parents before their children. */
export function rowsOf(roots: readonly TreeNode[], cut: TreeCut): readonly Row[] {
  return roots.flatMap((root) => [rowOf(root, "", ""), ...rowsBelow(root, "", cut, 1)]);
}

function rowsBelow(parent: TreeNode, lead: string, cut: TreeCut, level: number): Row[] {
  if (parent.children.length === 0) return [];
  if (level > cut.depth) {
    return [sumRow(parent.children, `${lead}└─ `, `… ${everybody(parent.children).length} below`)];
  }
  // The order of a static supervisor's children says who starts before whom.
  const isDynamic = parent.type === "dynamic";
  const ordered = isDynamic ? worstFirst(parent.children) : parent.children;
  const shown = isDynamic ? ordered.slice(0, cut.children) : ordered;
  const hidden = ordered.slice(shown.length);
  const rows = shown.flatMap((child, index) => {
    const isLast = index === shown.length - 1 && hidden.length === 0;
    const below = rowsBelow(child, `${lead}${isLast ? "   " : "│  "}`, cut, level + 1);
    return [rowOf(child, `${lead}${isLast ? "└─ " : "├─ "}`, parent.path), ...below];
  });
  if (hidden.length > 0) rows.push(sumRow(hidden, `${lead}└─ `, `… ${hidden.length} more`));
  return rows;
}

/** Those who are not running, then the most restarts, the deepest mailbox, any error; else as they stood. */
function worstFirst(nodes: readonly TreeNode[]): readonly TreeNode[] {
  return nodes.toSorted((a, b) =>
    STATES.indexOf(b.state) - STATES.indexOf(a.state) || b.restarts - a.restarts ||
    b.mailboxDepth - a.mailboxDepth || Number(b.lastError !== null) - Number(a.lastError !== null)
  );
}

function rowOf(node: TreeNode, lead: string, parentPath: string): Row {
  const { path, type, state, children, restarts, lastError, uptimeMs } = node;
  const isBelow = parentPath !== "" && path.startsWith(`${parentPath}/`);
  const name = oneLine(isBelow ? path.slice(parentPath.length + 1) : path);
  return {
    lead,
    name: type === "dynamic" ? `${name} (${children.length})` : name,
    state,
    // A supervisor takes no messages.
    mail: type === "worker" ? String(node.mailboxDepth) : "",
    restarts,
    uptime: uptimeMs === 0 && state !== "running" ? "" : spanText(uptimeMs),
    note: oneLine(lastError ?? ""),
    isError: true,
  };
}

/** One row for many: the worst state, and what they have together. */
function sumRow(nodes: readonly TreeNode[], lead: string, name: string): Row {
  const all = everybody(nodes);
  const isMixed = new Set(all.map(({ state }) => state)).size > 1;
  return {
    lead,
    name,
    state: worstFirst(all)[0]!.state,
    mail: String(sum(all, ({ mailboxDepth }) => mailboxDepth)),
    restarts: sum(all, ({ restarts }) => restarts),
    uptime: "",
    note: isMixed ? statesText(all) : "",
    isError: false,
  };
}

function statesText(nodes: readonly TreeNode[]): string {
  const counts = STATES.map((state) => [nodes.filter((node) => node.state === state).length, state] as const);
  return counts.filter(([count]) => count > 0).map(([count, state]) => `${count} ${state}`).join(", ");
}

function sum(nodes: readonly TreeNode[], numberOf: (node: TreeNode) => number): number {
  return nodes.reduce((total, node) => total + numberOf(node), 0);
}
