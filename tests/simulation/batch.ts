/**
 * A batch of simulated worlds over several threads, and what it comes to.
 *
 * @module
 */
import { streamOf } from "../../scripts/sim/values.ts";
import type { FaultKind } from "./faults.ts";
import type { WorldResult } from "./simulate.ts";
import type { WorldRequest } from "./worker.ts";

/** Which worlds. */
export interface BatchOptions {
  readonly firstSeed: number;
  readonly seeds: number;
  readonly hours: number;
  readonly faults: readonly FaultKind[] | null;
  /** Threads. */
  readonly jobs: number;
  /** True: no world begins after one has failed. */
  readonly firstFailure?: boolean;
  /** Hears of each world as it ends, in no order. */
  readonly onResult?: (result: WorldResult) => void;
}

/** What a batch comes to, in the words of its JSON line. */
export interface BatchSummary {
  readonly worlds: number;
  readonly world_hours: number;
  readonly steps: number;
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
  readonly violations: number;
  readonly failed_seeds: readonly number[];
  /** Hash of all worlds' trace hashes in order of their seeds, 8 hex digits. */
  readonly trace_hash: string;
}

/** Runs every world; answers the results in order of their seeds. */
export async function runBatch(options: BatchOptions): Promise<WorldResult[]> {
  const { firstSeed, seeds, hours, faults, jobs, firstFailure = false, onResult = () => {} } = options;
  const results: (WorldResult | undefined)[] = new Array(seeds).fill(undefined);
  let next = 0;
  const work = async () => {
    const thread = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    try {
      while (next < seeds) {
        const place = next++;
        const result = await ask(thread, { seed: firstSeed + place, hours, faults });
        results[place] = result;
        onResult(result);
        if (firstFailure && result.violation !== null) next = seeds;
      }
    } finally {
      thread.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, seeds) }, work));
  return results.filter((result) => result !== undefined);
}

/** Adds a batch up. */
export function summarize(results: readonly WorldResult[]): BatchSummary {
  const traces = results.map(({ traceHash }) => traceHash);
  const failed = results.filter(({ violation }) => violation !== null);
  const faults: Partial<Record<FaultKind, number>> = {};
  for (const result of results) {
    for (const [kind, count] of Object.entries(result.faults)) {
      faults[kind as FaultKind] = (faults[kind as FaultKind] ?? 0) + count;
    }
  }
  return {
    worlds: results.length,
    world_hours: Math.round(results.reduce((sum, { worldHours }) => sum + worldHours, 0) * 10) / 10,
    steps: results.reduce((sum, { steps }) => sum + steps, 0),
    faults: Object.fromEntries(Object.entries(faults).toSorted(([a], [b]) => a < b ? -1 : 1)),
    violations: failed.length,
    failed_seeds: failed.map(({ seed }) => seed),
    trace_hash: streamOf(0, traces.join("\n")).toString(16).padStart(8, "0"),
  };
}

function ask(thread: Worker, request: WorldRequest): Promise<WorldResult> {
  return new Promise((resolve, reject) => {
    thread.onmessage = ({ data }) => resolve(data);
    thread.onerror = (event) => {
      event.preventDefault();
      reject(new Error(`seed ${request.seed}: ${event.message}`));
    };
    thread.postMessage(request);
  });
}
