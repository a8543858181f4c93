/**
 * A market in a test's hand: the whole house over fake edges, and one EA of which every tick and byte is decided here.
 *
 * @module
 */
import type { SymbolStatus, TickRelayStatus } from "../../protocols/market.ts";
import type { Candle } from "../../protocols/candle.ts";
import type { BittenEvent, EventKind } from "../../protocols/events.ts";
import type { GatewayStatus } from "../../protocols/gateways.ts";
import { symbolName } from "../../protocols/units.ts";
import type { Ref, Reply } from "../../runtime/mod.ts";
import type { Ohlct } from "../kit/candles.ts";
import type { RawTick } from "../kit/data.ts";
import { emptyWorld, type FakeHouse, fakeHouse, type World } from "../kit/house.ts";
import { TUESDAY_MS } from "../kit/signals.ts";

/** The symbol of these tests, and the minute and the candle the patterns are looked for on. */
export const EURUSD = symbolName("EURUSD");
/** @see EURUSD */
export const MINUTE = 60_000;
/** @see EURUSD */
export const M5 = 300_000;
/** The EA of these tests, and of the wire fixtures; its broker's clock shows UTC+3. */
export const EA = "user_demo_00017";
const ZONE_MS = 3 * 3_600_000;
const PIP = 0.0001;

/** How one TICK differs. */
export interface TickOptions {
  /** As in MarketWatch; default `EURUSD.r`. */
  readonly name?: string;
  /** Default 1 pip above the bid. */
  readonly ask?: number;
  /** The tick's own time, UTC; default now. */
  readonly atMs?: number;
  readonly ea?: string;
  /** Decimal places; default 5. */
  readonly digits?: number;
}

/** A house and its one EA. */
export interface Market {
  readonly world: World;
  /** The house that runs now: another one after `restart`. */
  readonly house: FakeHouse;
  readonly nowMs: number;
  /** Ticks sent under the usual name, in order. */
  readonly sent: readonly RawTick[];
  /** Sends one TICK now and lets everybody act. */
  tick(bid: number, options?: TickOptions): Promise<void>;
  /** Sends bytes to 5556 as they are; false when the queue is full. */
  push(payload: string | Uint8Array): Promise<boolean>;
  /** Lets time pass on both clocks. */
  pass(ms: number): Promise<void>;
  /** A tick every so many ms for `forMs`, the last one `everyMs` before its end. */
  stream(forMs: number, everyMs?: number, bid?: (index: number) => number): Promise<void>;
  /** The ticks of one M5 candle of this shape, beginning now; ends at the candle's end. */
  candle(shape: Ohlct): Promise<void>;
  /** Stored M1 candles of a symbol, oldest first. */
  minutes(symbol?: string): readonly Candle[];
  symbol(symbol?: string): Promise<SymbolStatus>;
  relay(): Promise<TickRelayStatus>;
  gateway(name: "tickGateway" | "commandGateway" | "confirmGateway"): Promise<GatewayStatus>;
  ask<T>(ref: Ref<never>, make: (reply: Reply<T>) => unknown): Promise<T>;
  /** Events of a kind on disk, in order. */
  events<K extends EventKind>(kind: K): Extract<BittenEvent, { kind: K }>[];
  /** `code subject` of every standing condition, sorted. */
  conditions(): readonly string[];
  /** Lines that came out of a publishing port since it was asked for. */
  listen(port: "relay" | "signal", topic?: string): readonly string[];
  /** Stops the house; its peers go on sending into their queues. */
  stop(): Promise<void>;
  /** Starts another house on the same disk and ports at that time. */
  start(startMs: number): Promise<void>;
}

/** How a market may differ. */
export interface MarketOptions {
  readonly startMs?: number;
  readonly world?: World;
  readonly config?: string;
}

/** Runs a test in a market, and closes it. Nothing may have crashed. */
export async function inMarket(
  run: (market: Market) => Promise<void>,
  options: MarketOptions = {},
): Promise<void> {
  const world = options.world ?? emptyWorld();
  const { startMs = TUESDAY_MS, config } = options;
  const house = await fakeHouse(world, { startMs, ...(config === undefined ? {} : { config }) });
  const market = new HandMarket(world, house, config);
  try {
    await run(market);
    const crashed = market.house.reports.map(({ reason }) => String(reason));
    if (crashed.length > 0) throw new Error(`Cannot end as nothing may have crashed: ${crashed.join("; ")}`);
  } finally {
    await market.stop();
    world.store.close();
  }
}

/** The line of one TICK as v2.05 writes it: the volume of such feeds is always 0. */
export function tickLine(bid: number, atMs: number, options: TickOptions = {}): string {
  const { name = "EURUSD.r", ask = bid + PIP, ea = EA, digits = 5 } = options;
  const stamp = new Date((options.atMs ?? atMs) + ZONE_MS).toISOString().slice(0, 19);
  return `{"type":"TICK","node_id":"NODE_7_7","user_uuid":"${ea}","symbol":"${name}","bid":${
    bid.toFixed(digits)
  },` +
    `"ask":${ask.toFixed(digits)},"spread":10.0,"volume":0,"timestamp":"${
      stamp.replaceAll("-", ".").replace("T", " ")
    }"}`;
}

class HandMarket implements Market {
  readonly world: World;
  readonly sent: RawTick[] = [];
  house: FakeHouse;
  readonly #config: string | undefined;
  readonly #ea: ReturnType<World["network"]["peers"]["push"]>;
  readonly #ports: FakeHouse["ports"];
  #running = true;

  constructor(world: World, house: FakeHouse, config: string | undefined) {
    this.world = world;
    this.house = house;
    this.#config = config;
    this.#ports = house.ports;
    this.#ea = world.network.peers.push({ connect: `tcp://127.0.0.1:${house.ports.telemetry}` });
  }

  get nowMs(): number {
    return this.house.market.nowMs();
  }

  async tick(bid: number, options: TickOptions = {}): Promise<void> {
    const { name, atMs = this.nowMs, ask = bid + PIP } = options;
    const [sentBid, sentAsk] = [bid, ask].map((each) => Number(each.toFixed(options.digits ?? 5)));
    if (name === undefined) {
      this.sent.push({ atMs: Math.floor(atMs / 1_000) * 1_000, bid: sentBid!, ask: sentAsk! });
    }
    await this.push(tickLine(bid, this.nowMs, options));
    if (this.#running) await this.house.flow();
  }

  push(payload: string | Uint8Array): Promise<boolean> {
    return this.#ea.send([payload]);
  }

  async pass(ms: number): Promise<void> {
    await this.house.advance(ms);
    if (this.#running) await this.house.flow();
  }

  async stream(forMs: number, everyMs = 5_000, bid = (i: number) => 1.1 + (i % 7) * PIP): Promise<void> {
    for (let index = 0; index * everyMs < forMs; index++) {
      await this.tick(bid(index));
      await this.pass(everyMs);
    }
  }

  async candle([open, high, low, close, ticks]: Ohlct): Promise<void> {
    const fromMs = this.nowMs;
    const inner = Array.from({ length: ticks - 4 }, (_, i) => i % 2 === 0 ? open : close);
    for (const [index, bid] of [open, high, low, ...inner, close].entries()) {
      await this.pass(fromMs + Math.floor(index * M5 / ticks) - this.nowMs);
      await this.tick(bid);
    }
    await this.pass(fromMs + M5 - this.nowMs);
  }

  minutes(symbol = "EURUSD"): readonly Candle[] {
    return this.world.store.select({
      from: "candles",
      where: { symbol: symbolName(symbol) },
      order: "openedAtMs",
    });
  }

  symbol(symbol = "EURUSD"): Promise<SymbolStatus> {
    return this.ask(this.house.at.symbols.get(symbol) as never, (reply) => ({ kind: "status", reply }));
  }

  relay(): Promise<TickRelayStatus> {
    return this.ask(this.house.at.tickRelay as never, (reply) => ({ kind: "status", reply }));
  }

  gateway(name: "tickGateway" | "commandGateway" | "confirmGateway"): Promise<GatewayStatus> {
    return this.ask(this.house.at[name] as never, (reply) => ({ kind: "status", reply }));
  }

  async ask<T>(ref: Ref<never>, make: (reply: Reply<T>) => unknown): Promise<T> {
    const asked = ref.ask<T>((reply) => make(reply) as never);
    await this.house.flow();
    return await asked;
  }

  events<K extends EventKind>(kind: K): Extract<BittenEvent, { kind: K }>[] {
    return this.world.store.events(0, 100_000).map(({ event }) => event).filter((event) =>
      event.kind === kind
    ) as never;
  }

  conditions(): readonly string[] {
    return this.world.store.select({ from: "conditions" }).map(({ code, subject }) => `${code} ${subject}`)
      .toSorted();
  }

  listen(port: "relay" | "signal", topic = ""): readonly string[] {
    const heard: string[] = [];
    const sub = this.world.network.peers.sub({
      connect: `tcp://127.0.0.1:${this.#ports[port]}`,
      topics: [topic],
    });
    sub.start((batch) => heard.push(...batch.map(([frame]) => new TextDecoder().decode(frame))));
    return heard;
  }

  async stop(): Promise<void> {
    if (this.#running) await this.house.stop();
    this.#running = false;
  }

  async start(startMs: number): Promise<void> {
    const settings = this.#config === undefined ? {} : { config: this.#config };
    this.house = await fakeHouse(this.world, { startMs, ports: this.#ports, ...settings });
    this.#running = true;
  }
}
