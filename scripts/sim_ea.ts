/**
 * A simulated EA in a process of its own: an EA of generation 2 with a paper broker behind it.
 *
 * @example
 * ```sh
 * deno run -A scripts/sim_ea.ts --uuid user_demo_00017 --health http://127.0.0.1:8888/healthz
 * ```
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { parseArgs } from "node:util";
import type { ClockAnchor } from "../runtime/clock.ts";
import { anchorOf, clockOf } from "./sim/clock.ts";
import { type SimEa, type SimEaOptions, type SimEvent, startSimEa } from "./sim/start.ts";
import type { EaVariant } from "./sim/writer.ts";

export { type SimEa, type SimEaOptions, type SimEaStats, type SimEvent, startSimEa } from "./sim/start.ts";

const USAGE = `sim_ea --uuid UUID [options]

  --uuid UUID                what the EA calls itself, at least 10 characters (required)
  --account N                account login (1000001)
  --balance N                in account currency (10000)
  --currency CCC             ISO 4217 (USD)
  --leverage N               (500)
  --symbols A,B,C            MarketWatch, canonical names (EURUSD,GBPUSD,USDJPY,AUDUSD,NZDUSD,USDCAD,USDCHF,EURJPY,XAUUSD)
  --chart SYMBOL             the chart it sits on (the first symbol)
  --variant v2.05|v2.06H     (v2.05)
  --suffix TEXT              appended to symbol names by this broker, as .r (nothing)
  --server TEXT              broker's server name (Paper-Server)
  --company TEXT             broker's company (Paper Broker Ltd)
  --utc-offset-hours N       broker time minus UTC (3)

  --host HOST                the server (127.0.0.1)
  --command-port N           (5555)
  --telemetry-port N         (5556)
  --confirm-port N           (5558)

  --seed N                   the simulated market; equal seeds and epochs see equal prices (1)
  --epoch-ms N               where the market's paths begin, UTC ms (Sunday opening before the last whole week)
  --data [SYMBOL=]FILE       recorded ticks instead: csv or csv.gz of timestamp_ms,bid,ask; once per symbol

  --health URL               adopt the clock of a server's /healthz
  --clock-wall-ms N --clock-market-ms N --clock-speed N [--clock-skips JSON]
                             or an anchor; neither: real time

  --commission N             per lot and round turn (7)
  --stop-out-level N         percent (50)
  --slippage-points N        most points lost on a fill (0)
  --latency-ms N             market ms from order to answer (0)
  --reject N:RETCODE,...     refuse the nth order (from 1) with a return code
  --state FILE               keep account and positions between runs

  --json                     one JSON line per event: ready, command, fill, refused, close, blocked, stopped
  --quiet                    print nothing
  --parent-stdin             end when standard input closes
  --help`;

const FLAGS = {
  uuid: { type: "string" },
  account: { type: "string" },
  balance: { type: "string" },
  currency: { type: "string" },
  leverage: { type: "string" },
  symbols: { type: "string" },
  chart: { type: "string" },
  variant: { type: "string" },
  suffix: { type: "string" },
  server: { type: "string" },
  company: { type: "string" },
  "utc-offset-hours": { type: "string" },
  host: { type: "string" },
  "command-port": { type: "string" },
  "telemetry-port": { type: "string" },
  "confirm-port": { type: "string" },
  seed: { type: "string" },
  "epoch-ms": { type: "string" },
  data: { type: "string", multiple: true },
  health: { type: "string" },
  "clock-wall-ms": { type: "string" },
  "clock-market-ms": { type: "string" },
  "clock-speed": { type: "string" },
  "clock-skips": { type: "string" },
  commission: { type: "string" },
  "stop-out-level": { type: "string" },
  "slippage-points": { type: "string" },
  "latency-ms": { type: "string" },
  reject: { type: "string" },
  state: { type: "string" },
  json: { type: "boolean" },
  quiet: { type: "boolean" },
  "parent-stdin": { type: "boolean" },
  help: { type: "boolean" },
} as const;

type Flags = ReturnType<typeof readFlags>;

function readFlags(args: readonly string[]) {
  return parseArgs({ args: [...args], options: FLAGS, strict: true }).values;
}

/**
 * Reads a number.
 *
 * @throws {Error} when it is none
 */
function numberOf(name: keyof Flags, text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) {
    throw new Error(`Cannot read --${name} as it must be a number: current value is ${text}`);
  }
  return value;
}

/** The flags that were given, as options of their names. */
function given(flags: Flags): Partial<SimEaOptions> {
  const texts = {
    currency: flags.currency,
    chart: flags.chart,
    suffix: flags.suffix,
    server: flags.server,
    company: flags.company,
    host: flags.host,
    stateFile: flags.state,
  };
  const numbers = {
    account: "account",
    balance: "balance",
    leverage: "leverage",
    utcOffsetHours: "utc-offset-hours",
    commandPort: "command-port",
    telemetryPort: "telemetry-port",
    confirmPort: "confirm-port",
    seed: "seed",
    epochMs: "epoch-ms",
    commission: "commission",
    stopOutLevel: "stop-out-level",
    slippagePoints: "slippage-points",
    latencyMs: "latency-ms",
  } as const;
  const read = Object.entries(numbers).flatMap(([option, flag]) =>
    flags[flag] === undefined ? [] : [[option, numberOf(flag, flags[flag])]]
  );
  const told = Object.entries(texts).filter(([, text]) => text !== undefined);
  return Object.fromEntries([...told, ...read]);
}

/**
 * Options from command-line arguments, without the clock.
 *
 * @throws {Error} when a value cannot be read, or there is no uuid
 */
export function optionsOf(args: readonly string[]): Omit<SimEaOptions, "clock"> {
  const flags = readFlags(args);
  if (flags.uuid === undefined) throw new Error("Cannot start EA as --uuid must be given: it is not");
  return {
    ...given(flags),
    uuid: flags.uuid,
    variant: variantOf(flags.variant ?? "v2.05"),
    rejects: rejectsOf(flags.reject ?? ""),
    ...(flags.symbols === undefined ? {} : { symbols: flags.symbols.split(",") }),
    ...(flags.data === undefined ? {} : { data: flags.data }),
  };
}

function variantOf(text: string): EaVariant {
  if (text === "v2.05" || text === "v2.06H") return text;
  throw new Error(`Cannot read --variant as it must be v2.05 or v2.06H: current value is ${text}`);
}

function rejectsOf(text: string): Record<number, number> {
  const pairs = text.split(",").filter((pair) => pair !== "").map((pair) => pair.split(":").map(Number));
  if (pairs.some(([nth, code]) => !(nth! >= 1) || !(code! > 0))) {
    throw new Error(`Cannot read --reject as it must be like 2:10019,5:10004: current value is ${text}`);
  }
  return Object.fromEntries(pairs);
}

/** The anchor the arguments name: from a server, from themselves, or null for real time. */
export async function anchorFrom(args: readonly string[]): Promise<ClockAnchor | null> {
  const flags = readFlags(args);
  if (flags.health !== undefined) return await anchorOf(flags.health);
  const parts = (["clock-wall-ms", "clock-market-ms", "clock-speed"] as const).map((name) => flags[name]);
  if (parts.every((part) => part === undefined)) return null;
  const [wallMs, marketMs, speed] = (["clock-wall-ms", "clock-market-ms", "clock-speed"] as const)
    .map((name) => numberOf(name, flags[name] ?? ""));
  return {
    wallMs: wallMs!,
    marketMs: marketMs!,
    speed: speed!,
    skips: JSON.parse(flags["clock-skips"] ?? "[]"),
  };
}

function lineOf(event: SimEvent, uuid: string, json: boolean): string {
  if (json) return JSON.stringify({ uuid, ...event });
  const { kind, ...rest } = event;
  return `${uuid}  ${kind.padEnd(8)} ${JSON.stringify(rest)}`;
}

/** Ends the EA at a signal or, when asked for, when standard input closes. */
function endWhenTold(ea: SimEa, withStdin: boolean): Promise<void> {
  return new Promise((resolve) => {
    const end = () => void ea.stop().then(resolve);
    const signals = Deno.build.os === "windows"
      ? ["SIGINT", "SIGBREAK"] as const
      : ["SIGINT", "SIGTERM"] as const;
    for (const signal of signals) Deno.addSignalListener(signal, end);
    if (withStdin) void Deno.stdin.readable.pipeTo(new WritableStream()).then(end, end);
  });
}

if (import.meta.main) {
  // An uncaught error would tear the process down with sockets open, which crashes before it is printed.
  addEventListener("unhandledrejection", (event) => {
    console.error(event.reason);
    Deno.exit(1);
  });
  const flags = readFlags(Deno.args);
  if (flags.help) {
    console.log(USAGE);
    Deno.exit(0);
  }
  try {
    const options = optionsOf(Deno.args);
    const print = (event: SimEvent) => {
      if (!flags.quiet) console.log(lineOf(event, options.uuid, flags.json ?? false));
    };
    const clock = clockOf(await anchorFrom(Deno.args));
    await endWhenTold(
      await startSimEa({ ...options, clock, onEvent: print }),
      flags["parent-stdin"] ?? false,
    );
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exit(1);
  }
  Deno.exit(0);
}
