/**
 * What the figures were taken on: cores, versions, memory, the time of this process's threads, and one clock that
 * two processes share.
 *
 * @module
 */
import { readFileSync } from "node:fs";

const CLOCK_MONOTONIC = 1;

/** µs of the machine's monotonic clock: the same in every process of one Linux machine. */
export function openMicros(): () => number {
  const libc = Deno.dlopen("libc.so.6", {
    clock_gettime: { parameters: ["i32", "buffer"], result: "i32" },
  });
  const time = new BigInt64Array(2);
  const bytes = new Uint8Array(time.buffer);
  return () => {
    libc.symbols.clock_gettime(CLOCK_MONOTONIC, bytes);
    return Number(time[0]) * 1e6 + Number(time[1]) / 1e3;
  };
}

/** The machine, in words. */
export function machine(): string {
  const model = /model name\s*:\s*(.*)/.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1] ?? "unknown CPU";
  const { hardwareConcurrency: cores } = navigator;
  const load = Deno.loadavg()[0]!.toFixed(1);
  return `${cores} cores (${model}), load ${load}, Deno ${Deno.version.deno}, V8 ${Deno.version.v8}`;
}

/** Time that threads have worked, ms; a kernel's tick is 10 ms. */
export interface WorkedMs {
  /** The one thread of the house's actors. */
  readonly core: number;
  /** How long that thread could have worked, had other processes not had the cores. */
  readonly kept: number;
  /** All threads of this process. */
  readonly all: number;
}

/** How long this process has worked. */
export function workedMs(): WorkedMs {
  const core = `/proc/self/task/${Deno.pid}`;
  return {
    core: jiffies(`${core}/stat`) * 10,
    kept: Number(readFileSync(`${core}/schedstat`, "utf8").split(" ")[1]) / 1e6,
    all: jiffies("/proc/self/stat") * 10,
  };
}

/** utime and stime: the 14th and 15th field; the second, a name in brackets, may hold spaces. */
function jiffies(path: string): number {
  const fields = readFileSync(path, "utf8").replace(/^.*\) /, "").split(" ");
  return Number(fields[11]) + Number(fields[12]);
}

/** Resident memory of this process, MiB. */
export function residentMiB(): number {
  return Math.round(Deno.memoryUsage().rss / 2 ** 20);
}

/** Median, 99th percentile and greatest of numbers. */
export interface Spread {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  readonly count: number;
}

/** @throws {RangeError} when there is nothing to measure */
export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) throw new RangeError("Cannot spread values as there must be some: there are none");
  const sorted = values.toSorted((one, other) => one - other);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
  return { p50: at(0.5), p99: at(0.99), max: sorted.at(-1)!, count: sorted.length };
}
