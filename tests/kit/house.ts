/**
 * The whole house over fake edges and virtual clocks, with simulated EAs on its network.
 *
 * @module
 */
import { type Config, readConfig } from "../../config.ts";
import type { HouseEdges } from "../../edges/open.ts";
import type { StoredEvent } from "../../protocols/events.ts";
import { eaId, type UserId, userId } from "../../protocols/units.ts";
import type { User } from "../../protocols/user.ts";
import { type Addresses, addressesOf, houseTree } from "../../supervisor.ts";
import { type SimEa, type SimEaOptions, startSimEa } from "../../scripts/sim/start.ts";
import { fakeBreaker } from "./fake_breaker.ts";
import { type FakeNetwork, fakeNetwork } from "./fake_zmq.ts";
import { memoryLineJournal, memoryTickHistory } from "./memory_journal.ts";
import { memoryStore } from "./memory_store.ts";
import { type TestSystem, testSystem } from "./test_system.ts";

/** What outlives a server: its disk and the network around it. */
export interface World {
  readonly network: FakeNetwork;
  readonly store: ReturnType<typeof memoryStore>;
  readonly journal: ReturnType<typeof memoryLineJournal>;
  readonly history: ReturnType<typeof memoryTickHistory>;
}

/** A house that runs in a world. */
export interface FakeHouse extends TestSystem {
  readonly at: Addresses;
  readonly ports: Readonly<Record<keyof HouseEdges["sockets"], number>>;
  /** Every event since it started, in order. */
  readonly events: StoredEvent[];
  /** Lets the network deliver and everybody act until nothing moves. */
  flow(): Promise<void>;
  /** Moves both clocks second by second, the EAs with them. */
  run(seconds: number): Promise<void>;
  /** Starts a simulated EA on this house's network and clock. */
  ea(options: Omit<SimEaOptions, "clock" | "peers" | "manual">): Promise<SimEa>;
  /** Makes a COMMANDER on AUTO with one EA, or changes what `change` says of him. */
  user(id: string, ea: string, change?: Partial<User>): Promise<void>;
  stop(): Promise<void>;
}

/** An empty world. */
export function emptyWorld(): World {
  return {
    network: fakeNetwork(),
    store: memoryStore(),
    journal: memoryLineJournal(),
    history: memoryTickHistory(),
  };
}

/** Starts a house in a world. */
export async function fakeHouse(
  world: World,
  options: { readonly startMs: number; readonly config?: string; readonly ports?: FakeHouse["ports"] },
): Promise<FakeHouse> {
  const test = testSystem({ startMs: options.startMs, seed: 1 });
  const edges = await fakeEdges(world, options.ports);
  const at = addressesOf(test.system);
  let ids = 0;
  const newId = () => `id${(++ids).toString().padStart(4, "0")}`;
  const config = defaults(options.config ?? "{}");
  await test.system.start(houseTree({ system: test.system, config, clock: test.market, edges, newId }, at));
  test.system.go();
  const events = follow(at);
  const eas: SimEa[] = [];
  const flow = async () => {
    do await test.settle(); while (world.network.deliver() > 0);
    await test.settle();
  };
  await flow();
  return {
    ...test,
    at,
    ports: portsOf(edges),
    events,
    flow,
    async run(seconds) {
      for (let second = 0; second < seconds; second++) {
        await test.advance(1_000);
        for (const ea of eas) await ea.pump();
        await flow();
      }
    },
    async ea(how) {
      const { command, telemetry, confirm } = portsOf(edges);
      const ea = await startSimEa({
        ...how,
        clock: test.market,
        peers: world.network.peers,
        manual: true,
        commandPort: command,
        telemetryPort: telemetry,
        confirmPort: confirm,
      });
      eas.push(ea);
      await flow();
      return ea;
    },
    async user(id, ea, change = {}) {
      const asked = at.desk.ask<User | { readonly error: string }>((reply) => ({
        kind: "changeUser",
        change: { tier: "COMMANDER", mode: "AUTO", ...change, id: userId(id) as UserId, eaIds: [eaId(ea)] },
        by: "test",
        reply,
      }));
      await flow();
      const answer = await asked;
      if ("error" in answer) throw new Error(answer.error);
    },
    async stop() {
      const stopped = test.system.stop();
      await flow();
      await stopped;
      await Promise.all(Object.values(edges.sockets).map((socket) => socket.close()));
    },
  };
}

function defaults(text: string): Config {
  const result = readConfig(text, () => undefined);
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return result.config;
}

async function fakeEdges(world: World, ports?: FakeHouse["ports"]): Promise<HouseEdges> {
  const zmq = world.network.edge();
  const at = (name: keyof HouseEdges["sockets"]) => ({ host: "127.0.0.1", port: ports?.[name] ?? 0 });
  const closed = { port: 0, close: () => Promise.resolve() };
  return {
    sockets: {
      command: await zmq.router(at("command")),
      telemetry: await zmq.pull(at("telemetry")),
      confirm: await zmq.pull(at("confirm")),
      signal: await zmq.pub(at("signal")),
      signalTopic: await zmq.pub(at("signalTopic")),
      relay: await zmq.pub(at("relay")),
      relayTopic: await zmq.pub(at("relayTopic")),
    },
    store: world.store,
    journal: world.journal,
    history: world.history,
    chat: null,
    breaker: () => fakeBreaker(),
    servePublic: () => Promise.resolve(closed),
    serveAdmin: null,
    close: () => Promise.resolve(),
  };
}

function portsOf({ sockets }: HouseEdges): FakeHouse["ports"] {
  const entries = Object.entries(sockets).map(([name, socket]) => [name, socket.port]);
  return Object.fromEntries(entries) as FakeHouse["ports"];
}

function follow(at: Addresses): StoredEvent[] {
  const events: StoredEvent[] = [];
  const deliver = (batch: readonly StoredEvent[]) => {
    events.push(...batch);
    at.bus.tell({ kind: "acknowledge", name: "test", seq: batch.at(-1)!.seq });
  };
  at.bus.tell({ kind: "subscribe", subscription: { name: "test", afterSeq: "now", deliver } });
  return events;
}
