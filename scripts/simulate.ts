/**
 * Simulates the whole house in worlds that misbehave by a seed, and checks what must never break.
 *
 * @example
 * ```sh
 * deno task sim --seeds 200 --hours 24
 * deno task sim --seed 83 --hours 1 --trace
 * ```
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { parseArgs } from "node:util";
import { type BatchSummary, runBatch, summarize } from "../tests/simulation/batch.ts";
import { FAULT_KINDS, type FaultKind } from "../tests/simulation/faults.ts";
import { runWorld, shrink, type WorldResult } from "../tests/simulation/simulate.ts";

const USAGE = `deno task sim [options]

  --seeds N          how many worlds (50)
  --first-seed N     seed of the first (1)
  --hours N          hours each lives with faults; a quarter of an hour of healing follows (1)
  --jobs N           threads (one a core)
  --seed N           one world alone
  --trace            with --seed: print everything that happens
  --faults A,B       only these kinds of faults strike, or "none" (all)
  --no-shrink        do not look for the faults that a failure needs
  --first-failure    end with the first world that fails
  --json             end with one JSON line
  --help`;

const FLAGS = {
  seeds: { type: "string", default: "50" },
  "first-seed": { type: "string", default: "1" },
  hours: { type: "string", default: "1" },
  jobs: { type: "string" },
  seed: { type: "string" },
  trace: { type: "boolean", default: false },
  faults: { type: "string" },
  "no-shrink": { type: "boolean", default: false },
  "first-failure": { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

interface Wish {
  readonly firstSeed: number;
  readonly seeds: number;
  readonly hours: number;
  readonly jobs: number;
  readonly trace: boolean;
  readonly faults: readonly FaultKind[] | null;
  readonly shrinks: boolean;
  readonly firstFailure: boolean;
  readonly json: boolean;
}

/** Reads the arguments; null: help was asked for. */
export function readWish(args: readonly string[]): Wish | null {
  const { values } = parseArgs({ args: [...args], options: FLAGS, strict: true });
  if (values.help) return null;
  const alone = values.seed !== undefined;
  if (values.trace && !alone) throw new Error("Cannot trace as --trace must come with --seed");
  return {
    firstSeed: whole("seed", alone ? values.seed! : values["first-seed"], 0),
    seeds: alone ? 1 : whole("seeds", values.seeds, 1),
    hours: positive("hours", values.hours),
    jobs: values.jobs === undefined ? navigator.hardwareConcurrency : whole("jobs", values.jobs, 1),
    trace: values.trace,
    faults: values.faults === undefined ? null : faultsOf(values.faults),
    shrinks: !values["no-shrink"],
    firstFailure: values["first-failure"],
    json: values.json,
  };
}

function whole(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least) {
    throw new Error(
      `Cannot simulate as --${name} must be a whole number >= ${least}: current value is ${text}`,
    );
  }
  return value;
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 10_000)) {
    throw new Error(`Cannot simulate as --${name} must be > 0 and <= 10000: current value is ${text}`);
  }
  return value;
}

function faultsOf(text: string): FaultKind[] {
  if (text === "none") return [];
  return text.split(",").map((name) => {
    const kind = FAULT_KINDS.find((each) => each === name);
    if (kind === undefined) {
      throw new Error(`Cannot simulate as --faults must be of ${FAULT_KINDS}: current value is ${name}`);
    }
    return kind;
  });
}

/** Runs what was wished for; answers whether every promise held. */
export async function simulate(wish: Wish): Promise<boolean> {
  const results = wish.trace ? [await traced(wish)] : await batch(wish);
  for (const result of results) if (result.violation !== null) await explain(result, wish);
  const summary = summarize(results);
  console.log(wish.json ? JSON.stringify(summary) : inWords(summary, results));
  return summary.violations === 0;
}

async function traced({ firstSeed, hours, faults }: Wish): Promise<WorldResult> {
  const only = faults === null ? {} : { faults: new Set(faults) };
  const result = await runWorld(firstSeed, { hours, ...only, tell: (line) => console.log(line) });
  console.log(`trace hash ${result.traceHash}`);
  return result;
}

async function batch(wish: Wish): Promise<WorldResult[]> {
  const isTerminal = Deno.stderr.isTerminal();
  let done = 0;
  const onResult = (result: WorldResult) => {
    done++;
    if (isTerminal) Deno.stderr.writeSync(new TextEncoder().encode(`\r${done}/${wish.seeds} worlds `));
    if (result.violation !== null) console.log(`seed ${result.seed}: ${result.violation.message}`);
  };
  const results = await runBatch({ ...wish, onResult });
  if (isTerminal) Deno.stderr.writeSync(new TextEncoder().encode("\r\x1b[K"));
  return results;
}

/** Says what a failure needs, and how to see it again. */
async function explain(result: WorldResult, { hours, shrinks, faults, trace }: Wish): Promise<void> {
  const small = shrinks && !trace && faults === null ? await shrink(result, { hours }) : null;
  const shown = small?.result ?? result;
  const kinds = small === null || small.faults.size === FAULT_KINDS.length
    ? ""
    : ` --faults ${[...small.faults].join(",") || "none"}`;
  console.log(`\nseed ${result.seed}: ${shown.violation!.message}`);
  console.log(`  after ${shown.steps} steps, ${shown.worldHours.toFixed(3)} h; the last events:`);
  for (const line of shown.last) console.log(`    ${line}`);
  console.log(`  again: deno task sim --seed ${result.seed} --hours ${hours}${kinds} --trace\n`);
}

function inWords(summary: BatchSummary, results: readonly WorldResult[]): string {
  const sum = (pick: (result: WorldResult) => number) =>
    results.reduce((total, each) => total + pick(each), 0);
  const faults = Object.entries(summary.faults).map(([kind, count]) => `${kind} ${count}`).join(", ");
  return [
    `${summary.worlds} worlds, ${summary.world_hours} world-hours, ${summary.steps} steps`,
    `${sum(({ signals }) => signals)} signals, ${sum(({ fires }) => fires)} fires, ` +
    `${sum(({ fills }) => fills)} filled, ${sum(({ lives }) => lives)} lives of the server`,
    `faults: ${faults || "none"}`,
    `violations: ${summary.violations}${
      summary.violations === 0 ? "" : ` (seeds ${summary.failed_seeds.join(", ")})`
    }`,
    `trace hash ${summary.trace_hash}`,
  ].join("\n");
}

if (import.meta.main) {
  const wish = readWish(Deno.args);
  if (wish === null) console.log(USAGE);
  else if (!await simulate(wish)) Deno.exit(1);
}
