/**
 * The restart walk: a server killed between fire and confirmation, real processes on real sockets.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openSqliteStore } from "../../edges/sqlite.ts";
import { historyWrites, USUAL_SYMBOLS } from "../../scripts/sim/market.ts";
import { freePorts, type Program, program } from "../kit/process.ts";

const EPOCH_MS = Date.UTC(2026, 5, 14, 21);
const START_MS = Date.UTC(2026, 5, 16, 10, 38, 30);
const SEED = 4;
const SPEED = 20;
const UUID = "restart_ann_ea_01";
const TOKEN = "restart-walk-token-1";
/** Market ms from order to answer: time enough to kill the server in between. */
const LATENCY_MS = 20_000;

Deno.test({
  name: "a confirmation that comes after SIGKILL and restart lands on the right fire, once",
  async fn() {
    const dataDir = await Deno.makeTempDir({ prefix: "bitten-restart-" });
    const env = environment(dataDir);
    await warmUp(dataDir);
    const running: Program[] = [];
    const run = (...how: Parameters<typeof program>): Program => {
      const one = program(...how);
      running.push(one);
      return one;
    };
    try {
      const first = run("supervisor.ts", [], env);
      await first.line(/The house is open/);
      await register(env);
      const ea = run("scripts/sim_ea.ts", eaArguments(env), {});
      await ea.line(/"kind":"command","type":"fire"/);
      await first.kill();
      const unanswered = firesIn(dataDir).filter(({ status }) => ["sent", "ambiguous"].includes(status));
      await ea.line(/"kind":"fill"/);

      const second = run("supervisor.ts", [], env);
      await second.line(/The house is open/);
      assert.equal(unanswered.length, 1, JSON.stringify([firesIn(dataDir), ea.lines]));
      const [before] = unanswered;
      const after = await answered(dataDir, before!.fire_id);
      const fills = ea.lines.filter((line) => line.includes(`"fireId":"${before!.fire_id}"`));
      assert.equal(fills.length, 1);
      assert.equal(after.ticket, JSON.parse(fills[0]!).position.ticket);
      assert.equal(eventsIn(dataDir, "fireFilled", before!.fire_id), 1);
      assert.equal(await second.end(), 0);
    } finally {
      for (const one of running) await one.kill();
      await Deno.remove(dataDir, { recursive: true });
    }
  },
});

function environment(dataDir: string): Record<string, string> {
  const [command, telemetry, signal, signalTopic, confirm, relay, relayTopic, http, admin] = freePorts(9);
  return {
    BITTEN_DATA_DIR: dataDir,
    BITTEN_CLOCK_SPEED: String(SPEED),
    BITTEN_CLOCK_START: new Date(START_MS).toISOString(),
    BITTEN_GATEWAYS_COMMAND_PORT: String(command),
    BITTEN_GATEWAYS_TELEMETRY_PORT: String(telemetry),
    BITTEN_GATEWAYS_SIGNAL_PORT: String(signal),
    BITTEN_GATEWAYS_SIGNAL_TOPIC_PORT: String(signalTopic),
    BITTEN_GATEWAYS_CONFIRM_PORT: String(confirm),
    BITTEN_GATEWAYS_RELAY_PORT: String(relay),
    BITTEN_GATEWAYS_RELAY_TOPIC_PORT: String(relayTopic),
    BITTEN_HTTP_PORT: String(http),
    BITTEN_HTTP_ADMIN_PORT: String(admin),
    BITTEN_ADMIN_TOKEN: TOKEN,
  };
}

function eaArguments(env: Record<string, string>): string[] {
  return [
    ...[
      "--uuid",
      UUID,
      "--symbols",
      "EURUSD,USDCAD,USDCHF",
      "--chart",
      "EURUSD",
      "--seed",
      String(SEED),
      "--epoch-ms",
      String(EPOCH_MS),
      "--json",
    ],
    ...["--command-port", env.BITTEN_GATEWAYS_COMMAND_PORT!, "--latency-ms", String(LATENCY_MS)],
    ...["--telemetry-port", env.BITTEN_GATEWAYS_TELEMETRY_PORT!],
    ...["--confirm-port", env.BITTEN_GATEWAYS_CONFIRM_PORT!],
    ...["--health", `http://127.0.0.1:${env.BITTEN_HTTP_PORT}/healthz`],
  ];
}

async function warmUp(dataDir: string): Promise<void> {
  const store = openSqliteStore({ path: join(dataDir, "bitten.db") });
  const market = { seed: SEED, epochMs: EPOCH_MS, symbols: USUAL_SYMBOLS };
  store.commit([...historyWrites(market, START_MS - 36 * 3_600_000, START_MS)]);
  await store.close();
}

async function register(env: Record<string, string>): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${env.BITTEN_HTTP_ADMIN_PORT}/admin/api/users`, {
    method: "POST",
    headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify({ user_id: "ann", tier: "COMMANDER", mode: "AUTO", ea_uuids: [UUID] }),
  });
  assert.equal(response.status, 200, await response.text());
}

/** Looks until the fire is filled: its confirmation waits in the EA's queue until that has connected again. */
async function answered(dataDir: string, fireId: string): Promise<FireRow> {
  for (let looks = 0; looks < 400; looks++) {
    const fire = firesIn(dataDir).find(({ fire_id: id }) => id === fireId);
    if (fire !== undefined && ["filled", "closed"].includes(fire.status)) return fire;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Cannot go on as fire ${fireId} must be filled: ${JSON.stringify(firesIn(dataDir))}`);
}

interface FireRow {
  readonly fire_id: string;
  readonly status: string;
  readonly ticket: number;
}

function query<T>(dataDir: string, sql: string): T[] {
  const db = new DatabaseSync(join(dataDir, "bitten.db"), { readOnly: true });
  try {
    return db.prepare(sql).all() as T[];
  } finally {
    db.close();
  }
}

function firesIn(dataDir: string): FireRow[] {
  return query(dataDir, "SELECT fire_id, status, ticket FROM fires ORDER BY created_at");
}

function eventsIn(dataDir: string, kind: string, fireId: string): number {
  const sql =
    `SELECT count(*) AS n FROM events WHERE event_type = '${kind}' AND correlation_id = '${fireId}'`;
  return query<{ n: number }>(dataDir, sql)[0]!.n;
}
