/**
 * Which room may reach for reality: the machine's time, chance and timers, and Deno's.
 *
 * A recorded day replays to the same bytes only when time and chance come in by the door, and a failing simulation
 * is one number only then.
 *
 * @module
 */
import { type Leak, leaksIn, type Reach } from "./leaks.ts";

const HOST: readonly Reach[] = ["time", "chance", "timer"];
const HANDED: readonly Reach[] = [...HOST, "door"];

/** What each room must not reach for. */
const FORBIDDEN: Readonly<Record<string, readonly Reach[]>> = {
  protocols: [...HANDED, "deno"],
  domain: [...HANDED, "deno"],
  actors: [...HANDED, "deno"],
  "config.ts": [...HANDED, "deno"],
  "supervisor.ts": HANDED,
  // Programs: they open the house's own doors, `runtime/host.ts` and real clocks, and hand on what is behind them.
  runtime: HOST,
  scripts: HOST,
  tests: HANDED,
  edges: [],
};

/** A file, or a folder ending with "/", that has to do with reality; and why. */
export interface Exception {
  readonly path: string;
  readonly reason: string;
}

/** Every exception. One that is no longer needed is a fault. */
export const EXCEPTIONS: readonly Exception[] = [
  { path: "runtime/host.ts", reason: "it is the door" },
  { path: "tests/bench/", reason: "measures real time" },
  { path: "tests/contracts/zmq_contract.ts", reason: "runs over real sockets too: waits for them" },
  { path: "tests/edges/ids_test.ts", reason: "tests the door of chance" },
  { path: "tests/edges/zmq_test.ts", reason: "runs over real sockets: waits for them" },
  { path: "tests/failures/log_test.ts", reason: "runs a real process: gives up waiting for it" },
  { path: "tests/kit/process.ts", reason: "runs real processes: gives up waiting for them" },
  {
    path: "tests/protocols/wire_repair_test.ts",
    reason: "a reader that is quadratic shows in real time alone",
  },
  { path: "tests/runtime/age_test.ts", reason: "tests how a live system reads the machine's clock" },
  { path: "tests/runtime/clock_test.ts", reason: "tests the real clocks" },
  { path: "tests/runtime/fairness_test.ts", reason: "tests that actors leave timers and sockets their turn" },
  { path: "tests/runtime/log_test.ts", reason: "tests a system with its own real clocks" },
  {
    path: "tests/runtime/parts_test.ts",
    reason: "tests the log's sink beside the host's turns, and its speed",
  },
  {
    path: "tests/runtime/scaled_clock_test.ts",
    reason: "tests what real and scaled clocks say of themselves",
  },
  { path: "tests/runtime/scheduler_test.ts", reason: "tests the live scheduler against the host" },
  { path: "tests/scripts/sim_start_test.ts", reason: "runs over real sockets in scaled real time" },
  { path: "tests/walks/real_sockets_test.ts", reason: "runs over real sockets: waits for them" },
  { path: "tests/walks/restart_test.ts", reason: "runs real processes: waits for them" },
];

const SAYS: Readonly<Record<Reach, string>> = {
  time: "tells the machine's time; take it from the clock that is handed in (a program: runtime/host.ts)",
  chance: "is chance; take numbers from a seeded Random and names from newId, handed in",
  timer:
    "is the machine's timer; take `after` of the clock or context that is handed in (a program: runtime/host.ts)",
  door: "is the door to real time or chance; whatever is behind it is handed in here",
  deno: "belongs to edges/ and scripts/",
};

/** The exception that covers a file; undefined when none does. */
export function exceptionFor(
  path: string,
  exceptions: readonly Exception[] = EXCEPTIONS,
): Exception | undefined {
  return exceptions.find((one) => one.path.endsWith("/") ? path.startsWith(one.path) : path === one.path);
}

/** Leaks of a file that its room forbids, exceptions not counted. `path` is relative to the house. */
export function forbiddenLeaks(path: string, text: string): readonly Leak[] {
  const forbidden = FORBIDDEN[path.split("/")[0]!] ?? HOST;
  return leaksIn(text).filter(({ reach }) => forbidden.includes(reach));
}

/**
 * Every fault of the files: each forbidden leak as `path:line: what …`, and each exception nothing needs.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { realityFaults } from "./reality.ts";
 *
 * const files = [{ path: "domain/a.ts", text: "export const id = () =>\n  Math.random();" }];
 *
 * assert.deepEqual(realityFaults(files, []), [
 *   "domain/a.ts:2: Math.random is chance; take numbers from a seeded Random and names from newId, handed in",
 * ]);
 * ```
 */
export function realityFaults(
  files: readonly { readonly path: string; readonly text: string }[],
  exceptions: readonly Exception[] = EXCEPTIONS,
): readonly string[] {
  const needed = new Set<Exception>();
  const faults = files.flatMap(({ path, text }) => {
    const leaks = forbiddenLeaks(path, text);
    const exception = exceptionFor(path, exceptions);
    if (exception === undefined) return leaks.map((leak) => faultOf(path, leak));
    if (leaks.length > 0) needed.add(exception);
    return [];
  });
  const needless = exceptions.filter((exception) => !needed.has(exception));
  return [...faults, ...needless.map(({ path }) => `${path}: needs no exception any more`)];
}

function faultOf(path: string, { line, what, reach }: Leak): string {
  return `${path}:${line}: ${what} ${SAYS[reach]}`;
}
