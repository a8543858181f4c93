/**
 * Trees from outside: what must hold before a model of them is walked.
 *
 * A child always lies after its parent and inside its tree, so every walk ends at a leaf.
 *
 * @module
 */
import type { GbtParameters } from "./gbt.ts";
import type { Nodes } from "./grower.ts";
import type { Fitted } from "./matrix.ts";
import { parametersFault } from "./gbt_train.ts";
import { isFiniteList, isWholeList, type Json, objectOf } from "./json.ts";

/** The trees of a model as JSON. */
export interface TreesJson extends Nodes {
  readonly parameters: GbtParameters;
  readonly edges: number[][];
  readonly base: number;
}

/** The trees of a JSON model of so many features, or what is wrong with them. */
export function treesOf(json: Json, features: number): Fitted<TreesJson> {
  const reason = treesFault(json, features);
  return reason === null ? { ok: true, model: json as unknown as TreesJson } : { ok: false, reason };
}

function treesFault(json: Json, features: number): string | null {
  const parameters = objectOf(json.parameters);
  if (parameters === null) return "parameters must be an object";
  return parametersFault(parameters) ?? edgesFault(json.edges, features) ??
    (isFiniteList([json.base]) ? null : `base must be a finite number: ${json.base}`) ??
    nodesFault(json, json.edges as number[][]);
}

function edgesFault(edges: unknown, features: number): string | null {
  if (!Array.isArray(edges) || edges.length !== features) return `edges must be ${features} lists`;
  const at = edges.findIndex((list) => !isFiniteList(list) || list.length > 63 || !ascends(list));
  return at < 0 ? null : `edges ${at} must be at most 63 ascending finite numbers`;
}

function ascends(values: readonly number[]): boolean {
  return values.every((value, i) => i === 0 || value > values[i - 1]!);
}

function nodesFault(
  { starts, feature, cut, left, missingLeft, value }: Json,
  edges: number[][],
): string | null {
  if (!isFiniteList(value)) return "value must be a list of finite numbers";
  const last = value.length - 1;
  if (!isWholeList(starts, 0, last) || !ascends(starts) || (starts[0] ?? -1) !== (last < 0 ? -1 : 0)) {
    return "starts must ascend from 0 within the nodes";
  }
  const lists: readonly (readonly [string, unknown, number, number])[] = [
    ["feature", feature, -1, edges.length - 1],
    ["cut", cut, 0, 63],
    ["left", left, 0, last],
    ["missingLeft", missingLeft, 0, 1],
  ];
  for (const [name, list, from, to] of lists) {
    if (!isWholeList(list, from, to) || list.length !== value.length) {
      return `${name} must be ${value.length} whole numbers from ${from} to ${to}`;
    }
  }
  return pathsFault(starts, { feature, cut, left } as Record<"feature" | "cut" | "left", number[]>, edges);
}

function pathsFault(
  starts: readonly number[],
  { feature, cut, left }: Record<"feature" | "cut" | "left", number[]>,
  edges: readonly number[][],
): string | null {
  for (let tree = 0; tree < starts.length; tree++) {
    const end = starts[tree + 1] ?? feature.length;
    for (let node = starts[tree]!; node < end; node++) {
      if (feature[node]! < 0) continue;
      if (cut[node]! > edges[feature[node]!]!.length) {
        return `cut of node ${node} must be one of its feature's`;
      }
      if (left[node]! <= node || left[node]! + 1 >= end) {
        return `left of node ${node} must be after it and in its tree: ${left[node]}`;
      }
    }
  }
  return null;
}
