/**
 * The floor: the whole house over fake edges, and terminals on its network whose every byte a test decides.
 *
 * @module
 */
import assert from "node:assert/strict";
import { adminApi } from "../../actors/http/admin_api.ts";
import { publicApi } from "../../actors/http/public_api.ts";
import { adminApp } from "../../edges/http/admin_app.ts";
import { publicApp } from "../../edges/http/public_app.ts";
import { specOf } from "../../domain/symbol_spec.ts";
import type { Fire } from "../../protocols/fire.ts";
import type { FireAnswer } from "../../protocols/autofire.ts";
import type { Signal } from "../../protocols/signal.ts";
import type { CommitResult, TableName, Tables } from "../../protocols/store.ts";
import { missionId, price, signalId, symbolName } from "../../protocols/units.ts";
import type { User } from "../../protocols/user.ts";
import { type Log, type LogRecord, memoryLog } from "../../runtime/mod.ts";
import { emptyWorld, type FakeHouse, fakeHouse, type World } from "../kit/house.ts";
import { makeSignal, TUESDAY_MS } from "../kit/signals.ts";
import { Terminal, type TerminalOptions } from "./terminal.ts";

/** Ann's EA, and Bob's. They differ before their last character, as uuids have to. */
export const ANN_EA = "ann_terminal_0001a";
/** @see ANN_EA */
export const BOB_EA = "bob_terminal_0001b";
/** Bearer token of the floor's admin app. */
export const TOKEN = "floor-admin-token-1";

/** How a floor may differ. */
export interface FloorOptions {
  readonly startMs?: number;
  readonly world?: World;
  /** Text of the configuration. */
  readonly config?: string;
}

/** A house and who stands around it. */
export interface Floor {
  readonly world: World;
  /** The house that runs now: another one after `restart`. */
  readonly house: FakeHouse;
  /** A terminal on the network that has said nothing yet. */
  terminal(options?: Partial<TerminalOptions>): Terminal;
  /** A terminal that has introduced itself, whose zone is known and whose heartbeat was compared. */
  ready(options?: Partial<TerminalOptions>): Promise<Terminal>;
  /** Ann, a COMMANDER on AUTO, and her terminal, ready. */
  ann(options?: Partial<TerminalOptions>, change?: Partial<User>): Promise<Terminal>;
  /** Fires a signal on a symbol and fills it; answers the position's ticket. */
  open(ea: Terminal, symbol: string): Promise<number>;
  /** Market and runtime seconds; every terminal does what it does by itself, every second or every `step` of them. */
  run(seconds: number, step?: number): Promise<void>;
  /** A signal of this moment: entry at the terminal's quote, stop 20 pips away, target 30. */
  signal(by: Terminal, symbol: string, changes?: Partial<Signal>): Signal;
  /** Commits a signal as its symbol actor would, and lets everybody act. */
  raise(signal: Signal): Promise<void>;
  /** Fires a user's mission of a signal by hand. */
  byHand(user: string, signal: Signal): Promise<FireAnswer>;
  /** Lets the house act until it has answered. */
  answer<T>(asked: Promise<T>): Promise<T>;
  /** Stops the house and starts another on the same disk and ports, after so long; the terminals live on. */
  restart(afterMs?: number): Promise<void>;
  rows<T extends TableName>(from: T): readonly Tables[T][];
  /** User, symbol and status of every fire, with the code of a refusal, sorted. */
  fires(): readonly string[];
  fire(user?: string): Fire;
  /** User and verdict of every decision, sorted. */
  decisions(): readonly string[];
  /** `code subject` of every standing condition, sorted. */
  conditions(): readonly string[];
  /** How many events of a kind are on disk. */
  count(kind: string): number;
  /** The apps of both ports over the house that runs; the sockets alone are left out. */
  readonly web: Readonly<Record<"admin" | "public", (path: string, init?: RequestInit) => Promise<Response>>>;
  /** A request to the admin port with its token. */
  admin(method: "GET" | "POST", path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
  /** What the admin port wrote into the log. */
  readonly adminLog: readonly LogRecord[];
}

/** Runs a test on a floor, and closes it. Nothing may have crashed. */
export async function onFloor(
  run: (floor: Floor) => Promise<void>,
  options: FloorOptions = {},
): Promise<void> {
  const world = options.world ?? emptyWorld();
  const { startMs = TUESDAY_MS, config } = options;
  const settings = config === undefined ? {} : { config };
  let house = await fakeHouse(world, { startMs, ...settings });
  const houses = [house];
  const adminLog = memoryLog(house.market);
  const terminals: Terminal[] = [];
  let signals = 0;

  const answer = async <T>(asked: Promise<T>): Promise<T> => {
    await house.flow();
    return await asked;
  };
  const terminal = (how: Partial<TerminalOptions> = {}) => {
    const made = new Terminal(
      { uuid: ANN_EA, ...how },
      world.network.peers,
      house.ports,
      () => house.market.nowMs(),
    );
    terminals.push(made);
    return made;
  };
  const pass = async (seconds: number, step = 1) => {
    for (let passed = 0; passed < seconds; passed += step) {
      await house.advance(step * 1_000);
      for (const each of terminals) await each.live(step);
      await house.flow();
    }
  };
  const request = (port: "admin" | "public") => (path: string, init: RequestInit = {}) =>
    answer(Promise.resolve(appsOf(house, adminLog.log)[port].request(path, init, { remote: "127.0.0.1" })));
  const rows = <T extends TableName>(from: T) => world.store.select({ from });

  const floor: Floor = {
    world,
    get house() {
      return house;
    },
    terminal,
    async ready(how = {}) {
      const made = terminal(how);
      await made.introduce();
      await pass(7);
      await made.beat();
      await pass(1);
      return made;
    },
    async ann(how, change) {
      await house.user("ann", ANN_EA, change);
      return await floor.ready(how);
    },
    async open(ea, symbol) {
      await floor.raise(floor.signal(ea, symbol));
      await pass(1);
      await ea.confirm(ea.fill());
      await pass(1);
      assert.equal(floor.fire().status, "filled");
      return ea.positions.at(-1)!.ticket;
    },
    run: pass,
    signal(by, symbol, changes = {}) {
      const { bid, ask } = by.quotes.get(symbol)!;
      const pip = specOf(symbolName(symbol))!.pipSize;
      const sign = changes.direction === "SELL" ? -1 : 1;
      const entry = sign === 1 ? ask : bid;
      return makeSignal({
        id: signalId(`ELITE_RAPID_BB_SCALP_${symbol}_${++signals}`),
        symbol: symbolName(symbol),
        entry: price(entry),
        stopLoss: price(entry - sign * 20 * pip),
        takeProfit: price(entry + sign * 30 * pip),
        signaledAtMs: house.market.nowMs(),
        ...changes,
      });
    },
    async raise(signal) {
      const event = { kind: "signalRaised", signal } as const;
      const row = { ...signal, outcome: null };
      const writes = [{ put: "signals", row } as const, { event, source: "test", atMs: signal.signaledAtMs }];
      const result: CommitResult = await answer(house.at.store.commit(writes));
      if (!result.ok) throw new Error(result.message);
      await house.flow();
    },
    byHand(user, signal) {
      const id = missionId(`${signal.id}_USER_${user}`);
      const actor = house.at.autofires.get(user)!;
      return answer(actor.ask<FireAnswer>((reply) => ({ kind: "manualFire", missionId: id, reply })));
    },
    answer,
    async restart(afterMs = 1_000) {
      const { ports, market } = house;
      await house.stop();
      house = await fakeHouse(world, { startMs: market.nowMs() + afterMs, ports, ...settings });
      houses.push(house);
    },
    rows,
    fires: () => rows("fires").map(inWords).toSorted(),
    fire: (user = "ann") => rows("fires").findLast((each) => each.userId === user)!,
    decisions: () => rows("decisions").map(({ userId, code }) => `${userId} ${code}`).toSorted(),
    conditions: () => rows("conditions").map(({ code, subject }) => `${code} ${subject}`).toSorted(),
    count: (kind) => world.store.events(0, 100_000).filter(({ event }) => event.kind === kind).length,
    async admin(method, path, body) {
      const headers = { Authorization: `Bearer ${TOKEN}`, "Content-Type": "application/json" };
      const init = body === undefined ? {} : { body: JSON.stringify(body) };
      const response = await floor.web.admin(path, { method, headers, ...init });
      return { status: response.status, body: await response.json() };
    },
    adminLog: adminLog.records,
    web: { admin: request("admin"), public: request("public") },
  };
  try {
    await run(floor);
    const crashed = houses.flatMap(({ reports }) => reports).filter(({ reason }) => reason.kind === "error");
    assert.deepEqual(crashed, []);
  } finally {
    await house.stop();
    world.store.close();
  }
}

function inWords({ userId, symbol, status, code }: Fire): string {
  return [userId, symbol, status, code].filter((each) => each !== null).join(" ");
}

/** Both ports as they are, over the house as it is. */
function appsOf({ at, system, market: clock }: FakeHouse, log: Log) {
  const deps = {
    ...at,
    clock,
    runtimeClock: system.clock,
    startedMs: 0,
    version: "test",
    activePatterns: () => [],
    eaStaleMs: 75_000,
    relay: at.tickRelay,
    autofire: at.autofires,
    tree: () => system.tree(),
  };
  const isUp = () => true;
  return {
    admin: adminApp(adminApi(deps, isUp), { token: TOKEN, log }),
    public: publicApp(publicApi(deps, isUp), log),
  };
}

/** Ann's terminal, with a quote of GBPUSD too, once the house has heard of it. */
export async function annWithPound(floor: Floor): Promise<Terminal> {
  const ea = await floor.ann();
  ea.price("GBPUSD", 1.2999, 1.3);
  await floor.run(5);
  return ea;
}

/** Gives an operator's order, which must be taken; answers what the house says to it. */
export async function ordered(
  floor: Floor,
  path: string,
  body: unknown = {},
): Promise<Record<string, unknown>> {
  const answer = await floor.admin("POST", `/admin/api/${path}`, body);
  assert.equal(answer.status, 200);
  return answer.body as Record<string, unknown>;
}
