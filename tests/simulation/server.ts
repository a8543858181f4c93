/**
 * One life of the server's process in a simulated world: the house as it is, over this world's edges and clocks.
 *
 * @module
 */
import { type Config, readConfig } from "../../config.ts";
import type { HouseEdges } from "../../edges/open.ts";
import type { ChatEdge, CircuitBreaker, RouterSocket } from "../../protocols/ports.ts";
import {
  type AnyActor,
  type ChildSpec,
  type CrashReport,
  type DeadLetter,
  type MarketClock,
  memoryLog,
  type SimulatedScheduler,
  simulatedScheduler,
  System,
} from "../../runtime/mod.ts";
import { type Addresses, addressesOf, houseTree } from "../../supervisor.ts";
import { fakeBreaker } from "../kit/fake_breaker.ts";
import type { FakeNetwork } from "../kit/fake_zmq.ts";
import type { Disk } from "./disk.ts";
import { FairScheduler } from "./fair_scheduler.ts";
import { type Breath, marketClockOf, runtimeClockOf, type Timeline } from "./timeline.ts";

/** Where the EAs find it. */
export const PORTS = {
  command: 5555,
  telemetry: 5556,
  confirm: 5558,
  signal: 5557,
  signalTopic: 5657,
  relay: 5560,
  relayTopic: 5660,
} as const;

/** When a handler of the house throws. */
export type Harm = "before" | "after";

/** What a process is started with. */
export interface ServerParts {
  /** Number of this life, from 1: its ids differ from those of others. */
  readonly life: number;
  readonly seed: number;
  /** True: turns in the order they were asked for, instead of drawn. */
  readonly inOrder: boolean;
  readonly timeline: Timeline;
  readonly network: FakeNetwork;
  readonly disk: Disk;
  readonly chat: (breath: Breath) => ChatEdge;
  readonly skewMs: () => number;
  readonly slotsPerEa: number;
  readonly chatIds: readonly string[];
  readonly onTurn: (path: string) => void;
  readonly onReport: (report: CrashReport) => void;
  readonly onDeadLetter: (letter: DeadLetter) => void;
  /** Called with every frame handed to the command socket. */
  readonly onCommand: (payload: Uint8Array) => void;
  /** Called when it runs, and when it ended by itself. */
  readonly onStarted: () => void;
  readonly onEnded: (why: string) => void;
}

/** A process. */
export class Server implements Breath {
  alive = true;
  /** True from the end of its start to the beginning of its stop. */
  open = false;
  readonly startedMs: number;
  readonly system: System;
  readonly scheduler: Pick<SimulatedScheduler, "step" | "idle">;
  readonly at: Addresses;
  readonly clock: MarketClock;
  /** Paths of the workers that have run. */
  readonly workers = new Set<string>();
  /** Who throws on his next message, and when. */
  readonly harms = new Map<string, Harm>();
  readonly #parts: ServerParts;
  readonly #closers: (() => void)[] = [];

  constructor(parts: ServerParts) {
    const { timeline, life, seed } = parts;
    this.#parts = parts;
    this.startedMs = timeline.nowMs;
    const scheduler = parts.inOrder
      ? new FairScheduler(parts.onTurn)
      : simulatedScheduler(seed + life * 7_919, { manual: true, onTurn: parts.onTurn });
    this.scheduler = scheduler;
    this.clock = marketClockOf(timeline, this, parts.skewMs);
    this.system = new System({
      clock: runtimeClockOf(timeline, this),
      scheduler,
      log: memoryLog(this.clock).log,
      onReport: parts.onReport,
      onDeadLetter: parts.onDeadLetter,
    });
    this.at = addressesOf(this.system);
    void this.#start().catch((error) => this.#fell(`it did not start: ${error}`));
  }

  /** The process is gone, in the middle of whatever it did. */
  kill(): void {
    this.alive = false;
    this.open = false;
    for (const close of this.#closers.splice(0)) close();
  }

  /** Ends as the operator wants it; calls back when it is gone. */
  stop(): void {
    if (!this.open) return;
    this.open = false;
    void this.system.stop().then(() => this.#fell("stopped"), (error) => this.#fell(String(error)));
  }

  async #start(): Promise<void> {
    const { life, slotsPerEa } = this.#parts;
    const edges = await this.#edges();
    let ids = 0;
    const newId = () => `l${life}i${++ids}`;
    const config = configOf({
      execution: { slotsPerEa },
      telegram: { chatIds: [...this.#parts.chatIds] },
    });
    const tree = houseTree({ system: this.system, config, clock: this.clock, edges, newId }, this.at);
    await this.system.start(this.#harmable(tree, ""));
    this.system.go();
    void this.system.ended.then(() => this.#fell("the root gave up"));
    this.open = true;
    this.#parts.onStarted();
  }

  #fell(why: string): void {
    if (!this.alive) return;
    this.kill();
    this.#parts.onEnded(why);
  }

  async #edges(): Promise<HouseEdges> {
    const { network, disk, chat, onCommand } = this.#parts;
    const zmq = network.edge();
    this.#closers.push(() => void zmq.close());
    const at = (name: keyof typeof PORTS) => ({ host: "127.0.0.1", port: PORTS[name] });
    const closed = { port: 0, close: () => Promise.resolve() };
    return {
      sockets: {
        command: heard(await zmq.router(at("command")), this, onCommand),
        telemetry: await zmq.pull(at("telemetry")),
        confirm: await zmq.pull(at("confirm")),
        signal: await zmq.pub(at("signal")),
        signalTopic: await zmq.pub(at("signalTopic")),
        relay: await zmq.pub(at("relay")),
        relayTopic: await zmq.pub(at("relayTopic")),
      },
      store: disk.storeEdge(this),
      journal: disk.journalEdge(this),
      history: disk.historyEdge(this),
      chat: chat(this),
      breaker: () => breakerOn(this.#parts.timeline),
      servePublic: () => Promise.resolve(closed),
      serveAdmin: null,
      close: () => Promise.resolve(),
    };
  }

  /** The same tree, whose workers can be made to throw. */
  #harmable(spec: ChildSpec, above: string): ChildSpec {
    const path = above + spec.id;
    if (spec.type === "supervisor") {
      return { ...spec, children: spec.children.map((child) => this.#harmable(child, `${path}/`)) };
    }
    if (spec.type === "dynamic") {
      const child = (key: string, argument: never) =>
        this.#clumsy(`${path}/${key}`, spec.child(key, argument));
      return { ...spec, child };
    }
    return { ...spec, start: () => this.#clumsy(path, spec.start()) };
  }

  #clumsy(path: string, actor: AnyActor<never>): AnyActor<never> {
    this.workers.add(path);
    const { harms } = this;
    return {
      ...actor,
      handle(state, message, context) {
        const harm = harms.get(path);
        if (harm === undefined) return actor.handle(state, message, context);
        harms.delete(path);
        if (harm === "before") throw new Error("simulated: it fell before it had begun");
        const next: unknown = actor.handle(state, message, context);
        if (!(next instanceof Promise)) throw new Error("simulated: it fell when it was done");
        return next.then(() => {
          throw new Error("simulated: it fell when it was done");
        });
      },
    };
  }
}

function heard(socket: RouterSocket, breath: Breath, onCommand: (payload: Uint8Array) => void): RouterSocket {
  return {
    ...socket,
    send(identity, payload) {
      if (!breath.alive) return new Promise(() => {});
      onCommand(payload);
      return socket.send(identity, payload);
    },
  };
}

function breakerOn(timeline: Timeline): CircuitBreaker {
  const breaker = fakeBreaker();
  let lastMs = timeline.nowMs;
  return {
    get state() {
      return breaker.state;
    },
    run(work) {
      breaker.advance(timeline.nowMs - lastMs);
      lastMs = timeline.nowMs;
      return breaker.run(work);
    },
  };
}

function configOf(settings: unknown): Config {
  const result = readConfig(JSON.stringify(settings), () => undefined);
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return result.config;
}
