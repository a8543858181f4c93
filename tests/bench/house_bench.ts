/**
 * The whole house over real sockets and a real database, loaded by another process: `deno task bench:house [--json]`.
 *
 * Budgets: a tick is on 5560 within 5 ms (p99) at 2,000 ticks/s; 50,000 ticks/s without loss on one core, all six
 * patterns looking; a fire's frame at the EA within 5 ms (p99) of its signal; a house at rest within 200 MiB.
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { machine, type Spread } from "./house/machine.ts";
import { signalToFire } from "./house/signal_to_fire.ts";
import { throughput } from "./house/throughput.ts";
import { tickLatency } from "./house/tick_latency.ts";

const RELAY_P99_MS = 5;
const TICKS_PER_SECOND = 50_000;
const FIRE_P99_MS = 5;
const REST_MIB = 200;

interface Row {
  readonly what: string;
  readonly measured: string;
  readonly budget: string;
  readonly ok: boolean | null;
}

async function main(): Promise<void> {
  const where = machine();
  // First: memory is what a fresh process holds.
  const { throughput: load, memory } = await throughput();
  const ticks = await tickLatency();
  const fires = await signalToFire();
  if (Deno.args.includes("--json")) {
    console.log(JSON.stringify({ machine: where, load, memory, ticks, fires }));
    return;
  }
  const rate = `${ticks.perSecond} ticks/s`;
  const rows: Row[] = [
    timed(`tick 5556 to 5560, ${rate}`, ticks.relayed, RELAY_P99_MS),
    timed(`tick 5556 to history and level book, ${rate}`, ticks.accepted, RELAY_P99_MS),
    timed(`tick 5556 to symbol actor, ${rate}`, ticks.taken, RELAY_P99_MS),
    { what: "… lost", measured: String(ticks.lost), budget: "0", ok: ticks.lost === 0 },
    {
      what: `${load.sent} ticks, 16 EAs, 16 symbols, ${load.m5Closes} M5 closes`,
      measured: `${load.perSecond} ticks/s`,
      budget: `>= ${TICKS_PER_SECOND}`,
      ok: load.perSecond >= TICKS_PER_SECOND,
    },
    {
      what: "… accepted, dead letters, wire faults",
      measured: `${load.accepted}, ${load.deadLetters}, ${load.wireFaults}`,
      budget: "all, 0, 0",
      ok: load.accepted === load.sent && load.deadLetters + load.wireFaults === 0,
    },
    {
      what: "… the actors' thread, the whole server, the loading process",
      measured: `${percent(load.coreShare)} (${load.coreUsPerTick.toFixed(1)} µs/tick), ` +
        `${load.allUsPerTick.toFixed(1)} µs/tick, ${percent(load.peerShare)}`,
      budget: "",
      ok: null,
    },
    timed(`signal to fire frame at DEALER, 1 user, ${fires.signals} signals`, fires.one, FIRE_P99_MS),
    timed(`… ${fires.users} users at once, each fire`, fires.each, null),
    timed("… the last of them", fires.last, null),
    { what: "… missing fires", measured: String(fires.missing), budget: "0", ok: fires.missing === 0 },
    {
      what: "memory at rest, resident",
      measured: `${memory.restMiB} MiB`,
      budget: `<= ${REST_MIB} MiB`,
      ok: memory.restMiB <= REST_MIB,
    },
    {
      what: "… right after the load, 10 s later",
      measured: `${memory.loadedMiB}, ${memory.laterMiB} MiB`,
      budget: "",
      ok: null,
    },
  ];
  console.log(`${where}\n`);
  print(rows);
}

function timed(what: string, { p50, p99, max }: Spread, budgetMs: number | null): Row {
  return {
    what,
    measured: `p50 ${p50.toFixed(2)}, p99 ${p99.toFixed(2)}, max ${max.toFixed(2)} ms`,
    budget: budgetMs === null ? "" : `p99 < ${budgetMs} ms`,
    ok: budgetMs === null ? null : p99 < budgetMs,
  };
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}

function print(rows: readonly Row[]): void {
  const width = Math.max(...rows.map(({ what }) => what.length));
  const wide = Math.max(...rows.map(({ measured }) => measured.length));
  for (const { what, measured, budget, ok } of rows) {
    const verdict = ok === null ? "" : ok ? "ok" : "MISSED";
    console.log(
      `${what.padEnd(width)}  ${measured.padEnd(wide)}  ${budget.padEnd(14)}  ${verdict}`.trimEnd(),
    );
  }
}

if (import.meta.main) await main();
