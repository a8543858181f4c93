/**
 * One run of the demo, from an empty folder to the last line.
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { type Config, readConfig } from "../../config.ts";
import { closedIntervals } from "../../domain/calendar.ts";
import { newId } from "../../edges/ids.ts";
import type { FireAnswer } from "../../protocols/autofire.ts";
import type { StoredEvent } from "../../protocols/events.ts";
import type { Mission } from "../../protocols/signal.ts";
import type { Write } from "../../protocols/store.ts";
import { eaId, userId } from "../../protocols/units.ts";
import type { User } from "../../protocols/user.ts";
import type { HttpPorts } from "../../protocols/http.ts";
import { startTimer } from "../../runtime/host.ts";
import { portsOf, runHouse, type RunningHouse } from "../lib/run_house.ts";
import { historyWrites, USUAL_SYMBOLS } from "../sim/market.ts";
import { type Figures, figures } from "./figures.ts";
import { lineOf } from "./lines.ts";
import type { DemoOptions } from "./options.ts";
import { startPeer, TRADERS } from "./peers.ts";
import { spanOf } from "./recording.ts";
import { Tally } from "./tally.ts";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** A lively hour of the simulated market: signals from its first minutes on. */
const USUAL_START_MS = Date.UTC(2026, 5, 16, 10, 33);
/** Every EA walks the same path from this Sunday's opening. */
const USUAL_EPOCH_MS = Date.UTC(2026, 5, 14, 21);
/** Candles before the start: enough for every pattern's warm-up. */
const WARMUP_MS = 36 * 3_600_000;
/** A rehearsal is not expected to run past so much market time. */
const SKIPS_MS = 366 * DAY_MS;
/** Wall time between two looks whether the recording is over. */
const LOOK_MS = 500;
/** After the last recorded tick, wall ms: what is under way lands. */
const LANDING_MS = 3_000;

/** What one run trades, and when. */
interface Plan {
  readonly startAtMs: number;
  /** Market time of the last recorded tick; Infinity for the simulated market, which never ends. */
  readonly endAtMs: number;
  readonly epochMs: number;
  readonly symbols: readonly string[];
  readonly charts: readonly string[];
}

/** Runs the demo and answers its exit code. */
export async function runDemo(options: DemoOptions): Promise<number> {
  const plan = await planOf(options);
  const dataDir = await Deno.makeTempDir({ prefix: "bitten-demo-" });
  const token = newId();
  const house = await openHouse(options, plan, dataDir, token);
  const tally = new Tally();
  const charlie = TRADERS.find(({ mode }) => mode === "SELECT")!;
  follow(house, options, tally, (mission) => {
    if (mission.userId === charlie.userId) fireByHand(house, mission);
  });
  await registerTraders(house);
  const eas = TRADERS.map((trader, index) =>
    startPeer(trader, plan.charts[index % plan.charts.length]!, peerTerms(house, options, plan))
  );
  if (!options.json) await greet(house, options, token, dataDir);
  const ended = await untilOver(house, options, plan);
  const line = await figures(house, tally, plan.startAtMs);
  await Promise.all(eas.map(endPeer));
  await house.stop(ended);
  if (!options.keep) await Deno.remove(dataDir, { recursive: true });
  console.log(options.json ? JSON.stringify(line) : summary(line));
  return ended === "the tree gave up" ? 1 : 0;
}

async function planOf({ recordings, startAtMs }: DemoOptions): Promise<Plan> {
  if (recordings.length === 0) {
    const start = startAtMs ?? USUAL_START_MS;
    const epochMs = Math.min(USUAL_EPOCH_MS, start - WARMUP_MS);
    const charts = ["EURUSD", "GBPUSD", "XAUUSD"];
    return { startAtMs: start, endAtMs: Infinity, epochMs, symbols: USUAL_SYMBOLS, charts };
  }
  const span = await spanOf(recordings);
  const symbols = recordings.map(({ symbol }) => symbol);
  const start = startAtMs ?? Math.floor(span.fromMs / MINUTE_MS) * MINUTE_MS;
  return { startAtMs: start, endAtMs: span.toMs, epochMs: start, symbols, charts: symbols };
}

function openHouse(
  options: DemoOptions,
  plan: Plan,
  dataDir: string,
  token: string,
): Promise<RunningHouse> {
  const warmup = (): Iterable<readonly Write[]> =>
    options.recordings.length > 0
      ? []
      : historyWrites({ ...plan, seed: options.seed }, plan.startAtMs - WARMUP_MS, plan.startAtMs);
  return runHouse({
    config: configOf(options, plan, dataDir, token),
    skips: closedIntervals(plan.startAtMs, plan.startAtMs + SKIPS_MS),
    before: warmup,
  });
}

/** Free ports, so that a demo runs beside a server; the log says warnings only, the lines are the demo's own. */
function configOf(options: DemoOptions, plan: Plan, dataDir: string, token: string): Config {
  const text = JSON.stringify({
    dataDir,
    clock: { speed: options.speed, startAt: new Date(plan.startAtMs).toISOString() },
    gateways: {
      commandPort: 0,
      telemetryPort: 0,
      signalPort: 0,
      signalTopicPort: 0,
      confirmPort: 0,
      relayPort: 0,
      relayTopicPort: 0,
    },
    http: { port: 0, adminPort: 0, adminToken: token },
    log: { level: "error" },
  });
  const result = readConfig(text, () => undefined);
  if (result.ok) return result.config;
  throw new Error(`Cannot run the demo: ${JSON.stringify(result.faults)}`);
}

function follow(
  house: RunningHouse,
  options: DemoOptions,
  tally: Tally,
  onMission: (mission: Mission) => void,
): void {
  const colour = Deno.stdout.isTerminal();
  const deliver = (batch: readonly StoredEvent[]) => {
    for (const stored of batch) {
      tally.count(stored.event);
      const line = options.json ? null : lineOf(stored, colour);
      if (line !== null) console.log(line);
      if (stored.event.kind === "missionOffered") onMission(stored.event.mission);
    }
    house.at.bus.tell({ kind: "acknowledge", name: "demo", seq: batch.at(-1)!.seq });
  };
  house.at.bus.tell({ kind: "subscribe", subscription: { name: "demo", afterSeq: 0, deliver } });
}

/** The one who fires by hand does so at once; a no is an event like any other. */
function fireByHand(house: RunningHouse, mission: Mission): void {
  const autofire = house.at.autofires.get(mission.userId);
  autofire?.ask<FireAnswer>((reply) => ({ kind: "manualFire", missionId: mission.id, reply })).catch(
    () => {},
  );
}

async function registerTraders({ at }: RunningHouse): Promise<void> {
  for (const { userId: id, tier, mode, uuid } of TRADERS) {
    const change = { id: userId(id), tier, mode, eaIds: [eaId(uuid)] };
    const answer = await at.desk.ask<User | { readonly error: string }>((reply) => ({
      kind: "changeUser",
      change,
      by: "demo",
      reply,
    }));
    if ("error" in answer) throw new Error(`Cannot register ${id}: ${answer.error}`);
  }
}

function peerTerms(house: RunningHouse, { seed, recordings }: DemoOptions, { symbols, epochMs }: Plan) {
  return { ports: portsOf(house.edges), anchor: house.clock.anchor!, symbols, seed, epochMs, recordings };
}

async function untilOver(house: RunningHouse, options: DemoOptions, plan: Plan): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const cancelSeconds = options.seconds === null
    ? null
    : startTimer(options.seconds * 1_000, () => resolve("time is up"));
  let cancelLook = () => {};
  const look = () => {
    cancelLook = house.clock.nowMs() > plan.endAtMs
      ? startTimer(LANDING_MS, () => resolve("the recording ended"))
      : startTimer(LOOK_MS, look);
  };
  if (plan.endAtMs < Infinity) look();
  const stop = () => resolve("told to");
  Deno.addSignalListener("SIGINT", stop);
  Deno.addSignalListener("SIGTERM", stop);
  const ended = await Promise.race([promise, house.system.ended.then(() => "the tree gave up")]);
  cancelSeconds?.();
  cancelLook();
  Deno.removeSignalListener("SIGINT", stop);
  Deno.removeSignalListener("SIGTERM", stop);
  return ended;
}

/** An EA whose standard input closes says goodbye and ends. */
async function endPeer(ea: Deno.ChildProcess): Promise<void> {
  await ea.stdin.close();
  await ea.status;
}

async function greet(
  house: RunningHouse,
  options: DemoOptions,
  token: string,
  dataDir: string,
): Promise<void> {
  const { command, telemetry, signal, confirm, relay } = portsOf(house.edges);
  const http = await house.at.http.ask<HttpPorts>((reply) => ({ kind: "ports", reply }));
  console.log(
    `BITTEN demo: ${options.speed} times as fast, ${TRADERS.length} simulated EAs, data in ${dataDir}

  status   http://127.0.0.1:${http.public}/   /healthz   /api/pattern-analytics
  admin    curl -H "Authorization: Bearer ${token}" http://127.0.0.1:${http.admin}/admin/api/tree
  signals  SUB tcp://127.0.0.1:${signal}     ticks  SUB tcp://127.0.0.1:${relay}
  EAs      ROUTER ${command}, PULL ${telemetry}, PULL ${confirm}
  database sqlite3 ${dataDir}/bitten.db

Ctrl-C ends it.
`,
  );
}

function summary(line: Figures): string {
  const { refusals, ...numbers } = line;
  const told = Object.entries(numbers).map(([name, count]) => `${name.replaceAll("_", " ")} ${count}`);
  const codes = Object.entries(refusals).map(([code, count]) => `${code} ${count}`);
  return `\n${told.join(", ")}\nrefusals: ${codes.length === 0 ? "none" : codes.join(", ")}`;
}
