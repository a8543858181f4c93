/**
 * Runs a house on real edges: opens them, decides the clock, starts the tree, says go, and stops it all in order.
 *
 * @module
 */
import { type Config, isRehearsal } from "../../config.ts";
import { decideClock } from "../../domain/rehearsal.ts";
import { newId } from "../../edges/ids.ts";
import { type HouseEdges, openEdges } from "../../edges/open.ts";
import type { HttpPorts } from "../../protocols/http.ts";
import type { Write } from "../../protocols/store.ts";
import { startTimer } from "../../runtime/host.ts";
import {
  type ClockAnchor,
  createLog,
  formatJson,
  formatText,
  type LineSink,
  lineSink,
  type Log,
  type LogSink,
  type MarketClock,
  scaledClock,
  System,
  wallClock,
} from "../../runtime/mod.ts";
import { type Addresses, addressesOf, houseTree } from "../../supervisor.ts";

/** What a run may differ in. */
export interface RunOptions {
  readonly config: Config;
  /** Closed hours that a rehearsal passes over. */
  readonly skips?: ClockAnchor["skips"];
  /** Written to the store before anybody reads it: warm-up candles. */
  readonly before?: (clock: MarketClock) => Iterable<readonly Write[]>;
  /** Takes the log instead of standard error. */
  readonly logSink?: LogSink;
}

/** A house that runs. */
export interface RunningHouse {
  readonly system: System;
  readonly at: Addresses;
  readonly clock: MarketClock;
  readonly edges: HouseEdges;
  readonly log: Log;
  /** Stops the tree, the ticks first; then flushes and closes the edges. */
  stop(why: string): Promise<void>;
}

/**
 * Starts a house.
 *
 * @throws {Error} (as rejection) when an edge cannot be opened, the folder holds another clock's results, or an actor
 * does not start; nothing stays open
 */
export async function runHouse(options: RunOptions): Promise<RunningHouse> {
  const { config } = options;
  const wall = wallClock();
  const lines = lineSink(writeError, { format: config.log.format === "json" ? formatJson : formatText });
  let clock: MarketClock = wall;
  // The log is dated by the market clock, which is known only once the store is open.
  const dated = { nowMs: () => clock.nowMs(), after: wall.after.bind(wall) };
  const log = createLog({
    sink: options.logSink ?? lines.sink,
    clock: dated,
    level: config.log.level,
    source: "house",
  });
  const edges = await openEdges({ ...config, log });
  try {
    clock = marketClock(options, edges, wall);
    for (const group of options.before?.(clock) ?? []) mustWrite(edges, group);
    return await start(options, { edges, clock, log, lines });
  } catch (error) {
    await edges.close();
    await flushLog(lines);
    throw error;
  }
}

interface Parts {
  readonly edges: HouseEdges;
  readonly clock: MarketClock;
  readonly log: Log;
  readonly lines: LineSink;
}

async function start({ config }: RunOptions, { edges, clock, log, lines }: Parts): Promise<RunningHouse> {
  const system = new System({ log });
  const at = addressesOf(system);
  if (isRehearsal(config)) {
    log.warn("REHEARSAL: this is not real time, and no real account gets a command", { ...clock.anchor });
  }
  await system.start(houseTree({ system, config, clock, edges, newId }, at));
  system.go();
  const http = await at.http.ask<HttpPorts>((reply) => ({ kind: "ports", reply }));
  log.info("The house is open", { ...portsOf(edges), http: http.public, admin: http.admin });
  const stop = async (why: string) => {
    log.info("Stopping", { why });
    await system.stop();
    edges.history.flush();
    await edges.close();
    log.info("Stopped", { deadLetters: system.counters().deadLettersByReason });
    await flushLog(lines);
  };
  return { system, at, clock, edges, log, stop };
}

/** The ports the sockets are bound to. */
export function portsOf({ sockets }: HouseEdges): Record<keyof HouseEdges["sockets"], number> {
  const entries = Object.entries(sockets).map(([name, socket]) => [name, socket.port]);
  return Object.fromEntries(entries) as Record<keyof HouseEdges["sockets"], number>;
}

function marketClock({ config, skips }: RunOptions, edges: HouseEdges, wall: MarketClock): MarketClock {
  const startAtMs = config.clock.startAt === null ? null : Date.parse(config.clock.startAt);
  const [row] = edges.store.select({ from: "settings", where: { name: CLOCK_SETTING } });
  const decision = decideClock({
    speed: config.clock.speed,
    startAtMs,
    wallMs: wall.nowMs(),
    stored: row?.value as never,
    ...(skips === undefined ? {} : { skips }),
  });
  if (!decision.ok) throw new Error(decision.message);
  const { anchor } = decision;
  const value = anchor === null ? null : { ...anchor, startAtMs };
  if (!decision.kept) mustWrite(edges, [{ put: "settings", row: { name: CLOCK_SETTING, value } }]);
  return anchor === null ? wall : scaledClock(anchor, wall);
}

const CLOCK_SETTING = "clock";

function mustWrite(edges: HouseEdges, writes: readonly Write[]): void {
  const [result] = edges.store.commit([writes]);
  if (!result!.ok) throw new Error(`Cannot prepare the store: ${result!.message}`);
}

/** Waits for whoever reads standard error: a synchronous write into a full pipe would stop the house with it. */
async function writeError(text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  for (let from = 0; from < bytes.length;) from += await Deno.stderr.write(bytes.subarray(from));
}

/** The last lines, if somebody reads them; nobody's silence keeps a stopped house from ending. */
async function flushLog(lines: LineSink): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const callOff = startTimer(FLUSH_MS, resolve);
  await Promise.race([lines.flush(), late]);
  callOff();
}

const FLUSH_MS = 1_000;
