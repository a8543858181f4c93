/**
 * Node ids: the name of one start of an EA, `NODE_<account login>_<milliseconds>`, as generation 2 makes it.
 *
 * @module
 */

const NODE = /^NODE_(\d+)_/;

/**
 * The account login in a node id; null when there is none to be read.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { loginOf } from "./node_id.ts";
 *
 * assert.equal(loginOf("NODE_1000001_5512345"), "1000001");
 * assert.equal(loginOf("node-1"), null);
 * ```
 */
export function loginOf(nodeId: string | null): string | null {
  return NODE.exec(nodeId ?? "")?.[1] ?? null;
}

/** Tells whether two starts are for certain of different accounts. */
export function differInAccount(one: string | null, other: string | null): boolean {
  const [mine, theirs] = [loginOf(one), loginOf(other)];
  return mine !== null && theirs !== null && mine !== theirs;
}
