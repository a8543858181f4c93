/**
 * A thread that runs simulated worlds: hears a seed, answers what became of it.
 *
 * @module
 */
/// <reference lib="deno.worker" />
import type { FaultKind } from "./faults.ts";
import { runWorld } from "./simulate.ts";

/** What the thread is asked. */
export interface WorldRequest {
  readonly seed: number;
  readonly hours: number;
  /** Null: all kinds. */
  readonly faults: readonly FaultKind[] | null;
}

self.onmessage = async ({ data }: MessageEvent<WorldRequest>) => {
  const { seed, hours, faults } = data;
  self.postMessage(await runWorld(seed, { hours, ...(faults === null ? {} : { faults: new Set(faults) }) }));
};
