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
import { type SignalToFire, signalToFire } from "./house/signal_to_fire.ts";
import { type Throughput, throughput } from "./house/throughput.ts";
import { type TickLatency, tickLatency } from "./house/tick_latency.ts";

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

/** Rates that are tried, ticks a second; the first without a loss is the last. */
const RATES: readonly number[] = [60_000, 50_000, 40_000, 30_000, 20_000];

/** Each figure is taken in a process of its own: code that ran warm for one would run otherwise for the next. */
const PARTS: Readonly<Record<string, (rate: number) => Promise<unknown>>> = {
  load: throughput,
  ticks: tickLatency,
  fires: signalToFire,
};

async function measure<T>(part: string, rate = 0): Promise<T> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--v8-flags=--expose-gc", import.meta.filename!, part, String(rate)],
    stdout: "piped",
    stderr: "inherit",
  }).output();
  return JSON.parse(new TextDecoder().decode(stdout)) as T;
}

async function main(): Promise<void> {
  const where = machine();
  const loads: Throughput[] = [];
  for (const rate of RATES) {
    const measured = await measure<Throughput>("load", rate);
    loads.push(measured);
    if (measured.accepted === measured.sent) break;
  }
  const ticks = await measure<TickLatency>("ticks");
  const fires = await measure<SignalToFire>("fires");
  const { memory } = loads[0]!;
  if (Deno.args.includes("--json")) {
    console.log(JSON.stringify({ machine: where, loads, ticks, fires }));
    return;
  }
  const rate = `${ticks.perSecond} ticks/s`;
  const rows: Row[] = [
    timed(`tick 5556 to 5560, ${rate}`, ticks.relayed, RELAY_P99_MS),
    timed(`tick 5556 to history and level book, ${rate}`, ticks.accepted, RELAY_P99_MS),
    timed(`tick 5556 to symbol actor, ${rate}`, ticks.taken, RELAY_P99_MS),
    { what: "… lost", measured: String(ticks.lost), budget: "0", ok: ticks.lost === 0 },
    ...loads.flatMap(rowsOf),
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

function rowsOf(load: Throughput): Row[] {
  const { sent, accepted, perSecond, deadLetters, wireFaults, m5Closes } = load;
  return [
    {
      what: `${load.offered} ticks/s offered by 16 EAs on 16 symbols, ${m5Closes} M5 closes`,
      measured: `${perSecond} ticks/s`,
      budget: `>= ${TICKS_PER_SECOND}`,
      ok: perSecond >= TICKS_PER_SECOND,
    },
    {
      what: "… accepted of sent, dead letters, wire faults",
      measured: `${accepted} of ${sent}, ${deadLetters}, ${wireFaults} ${reasons(load.refused)}`,
      budget: "all, 0, 0",
      ok: accepted === sent && deadLetters + wireFaults === 0,
    },
    {
      what: "… the actors' thread worked, was kept waiting by others; the whole server; the loading process",
      measured: `${percent(load.coreShare)} (${load.coreUsPerTick.toFixed(1)} µs/tick, ${alone(load)}), ` +
        `${percent(load.keptShare)}; ${load.allUsPerTick.toFixed(1)} µs/tick; ${percent(load.peerShare)}`,
      budget: "",
      ok: null,
    },
  ];
}

/** What the thread would take if it had a core to itself all the time. */
function alone({ coreUsPerTick }: Throughput): string {
  return `${Math.round(1e6 / coreUsPerTick)}/s on a core of its own`;
}

function reasons(refused: Throughput["refused"]): string {
  return Object.entries(refused).map(([name, count]) => `(${name} ${count})`).join(" ");
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

if (import.meta.main) {
  const part = PARTS[Deno.args[0] ?? ""];
  if (part === undefined) await main();
  else console.log(JSON.stringify(await part(Number(Deno.args[1]))));
}
