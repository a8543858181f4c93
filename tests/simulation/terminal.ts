/**
 * A terminal of a simulated world: one account at a broker, and the EA that comes and goes on it.
 *
 * Broker and wire are those of the simulated EA; what is added here is everything that goes wrong around them.
 *
 * @module
 */
import type { FakeNetwork } from "../kit/fake_zmq.ts";
import type { Random } from "../../runtime/mod.ts";
import { Ea } from "../../scripts/sim/ea.ts";
import type { EaEvent } from "../../scripts/sim/ea_commands.ts";
import type { MarketOrder } from "../../scripts/sim/orders.ts";
import { type OrderResult, PaperBroker } from "../../scripts/sim/paper_broker.ts";
import type { MarketTick } from "../../scripts/sim/prices.ts";
import { EaSockets } from "../../scripts/sim/sockets.ts";
import type { Outgoing } from "../../scripts/sim/writer.ts";
import type { EaPlan } from "./plan.ts";
import { PORTS } from "./server.ts";

/** What strikes a terminal at each thing it does. */
export interface TerminalWeather {
  strikes(
    kind: "LATE_FILL" | "PARTIAL_FILL" | "REQUOTE" | "DOUBLE_ANSWER" | "LOST_ANSWER",
    random: Random,
  ): boolean;
  /** True time, UTC ms. */
  nowMs(): number;
  /** What happened in the EA or at its broker. */
  happened(uuid: string, event: EaEvent): void;
  /** Commands that its EA had not executed when it ended: nobody ever will. */
  dropped(uuid: string, fireIds: readonly string[]): void;
}

/** Everything a terminal is made of. */
export interface TerminalParts {
  readonly plan: EaPlan;
  readonly symbols: readonly string[];
  readonly network: FakeNetwork;
  readonly random: Random;
  readonly weather: TerminalWeather;
}

/** A requote, as MT5 numbers it. */
const REQUOTE = 10_004;

/** A broker that fills less than was asked for, or asks again. */
class FickleBroker extends PaperBroker {
  part: () => number = () => 1;

  override open(order: MarketOrder, atMs: number): OrderResult {
    const lots = Math.max(0.01, Math.floor(order.lots * this.part() * 100 + 1e-9) / 100);
    return super.open({ ...order, lots: Math.min(order.lots, lots) }, atMs);
  }
}

/** One account and its EA. */
export class Terminal {
  readonly uuid: string;
  readonly broker: FickleBroker;
  /** Until then its heartbeats tell lies about positions. */
  liesUntilMs = 0;
  frozenUntilMs = 0;
  readonly #parts: TerminalParts;
  #ea: Ea | null = null;
  #sockets: EaSockets | null = null;
  #chart: string;
  #lives = 0;
  /** Messages a full queue did not take. */
  #unsaid: Outgoing[] = [];
  #saying: Promise<void> | null = null;
  /** Fires it has read or has in its queue, and has not answered. */
  readonly #pending = new Set<string>();

  constructor(parts: TerminalParts) {
    const { plan, random, weather, symbols } = parts;
    this.#parts = parts;
    this.uuid = plan.uuid;
    this.#chart = plan.chart;
    this.broker = new FickleBroker({
      symbols,
      balance: plan.balance,
      currency: "USD",
      leverage: plan.leverage,
      commissionPerLot: 7,
      stopOutLevelPercent: 50,
      slippagePointsMax: plan.slippagePoints,
      random: () => random.next(),
      reject: () => weather.strikes("REQUOTE", random) ? REQUOTE : null,
    });
    this.broker.part = () => weather.strikes("PARTIAL_FILL", random) ? 0.2 + 0.7 * random.next() : 1;
  }

  /** What it watches, canonical names. */
  get symbols(): readonly string[] {
    return this.#parts.symbols;
  }

  /** Whether its EA runs and its thread is free. */
  get awake(): boolean {
    return this.#ea !== null && this.#parts.weather.nowMs() >= this.frozenUntilMs &&
      this.#unsaid.length === 0;
  }

  get running(): boolean {
    return this.#ea !== null;
  }

  get lying(): boolean {
    return this.#parts.weather.nowMs() < this.liesUntilMs;
  }

  /** The EA is put on its chart: a new session. */
  start(chart = this.#chart): void {
    const { plan, weather, network, random, symbols } = this.#parts;
    this.#chart = chart;
    this.#lives++;
    const name = this.uuid;
    const { dealer, push, sub } = network.peers;
    const peers = {
      dealer: (how: Parameters<typeof dealer>[0]) => dealer({ ...how, name }),
      push: (how: Parameters<typeof push>[0]) => push({ ...how, name }),
      sub,
    };
    const at = {
      host: "127.0.0.1",
      commandPort: PORTS.command,
      telemetryPort: PORTS.telemetry,
      confirmPort: PORTS.confirm,
    };
    this.#sockets = new EaSockets(peers, at, this.uuid);
    const nowMs = weather.nowMs();
    const setup = {
      writer: {
        uuid: this.uuid,
        nodeId: `NODE_${plan.account}_${this.#lives}`,
        account: plan.account,
        server: `Broker ${plan.account} "Live"`,
        company: "Simulated Broker",
        currency: "USD",
        leverage: plan.leverage,
        version: plan.variant === "v2.05" ? "2.05" as const : "2.06H" as const,
        symbols: symbols.map((symbol) => symbol + plan.suffix),
        chartSymbol: chart + plan.suffix,
      },
      variant: plan.variant,
      suffix: plan.suffix,
      utcOffsetMs: plan.utcOffsetHours * 3_600_000 + plan.skewMs,
      latencyMs: weather.strikes("LATE_FILL", random) ? random.next() * 12_000 : 0,
      onEvent: (event: EaEvent) => this.#happened(event),
    };
    const ea = new Ea(setup, this.broker, nowMs);
    this.#ea = ea;
    this.#sockets.listen((frames) => ea.receive(frames));
    const latest = symbols.flatMap((symbol) => this.broker.quote(symbol) ?? []);
    this.#say(ea.start(latest));
  }

  /** The EA ends; `politely` it says so. What it had not read is lost. */
  end(politely: boolean): void {
    if (this.#ea === null) return;
    if (politely) this.#say(this.#ea.stop());
    const sockets = this.#sockets;
    this.#ea = null;
    this.#sockets = null;
    this.#unsaid = [];
    this.#parts.weather.dropped(this.uuid, [...this.#pending]);
    this.#pending.clear();
    void Promise.resolve(this.#saying).then(() => sockets?.close());
  }

  /** A fire command reached its socket. */
  received(fireId: string): boolean {
    if (this.#ea === null) return false;
    this.#pending.add(fireId);
    return true;
  }

  /** What the market did in one second. */
  live(ticks: readonly MarketTick[]): void {
    const seen = ticks.filter(({ symbol }) => this.#parts.symbols.includes(symbol));
    if (seen.length === 0) return;
    if (this.#ea === null) {
      for (const tick of seen) this.#closed(this.broker.tick(tick));
      return;
    }
    if (this.awake) return this.#say(this.#ea.second(seen));
    this.#unsaid.push(...this.#ea.absorb(seen));
    if (this.#parts.weather.nowMs() >= this.frozenUntilMs) this.#say(this.#unsaid.splice(0));
  }

  /** The trader closes the nth position himself. */
  closeByHand(nth: number): void {
    const positions = this.broker.positions;
    const position = positions[nth % Math.max(1, positions.length)];
    if (position === undefined) return;
    const result = this.broker.close(position.ticket, this.#parts.weather.nowMs(), "CLIENT");
    if ("position" in result) this.#closed([result]);
  }

  /** The trader opens a position that is not ours. */
  openByHand(symbol: string): void {
    const order = {
      symbol,
      direction: "BUY" as const,
      lots: 0.01,
      stopLoss: 0,
      takeProfit: 0,
      comment: "my own",
    };
    this.broker.open(order, this.#parts.weather.nowMs());
  }

  #closed(closings: ReturnType<PaperBroker["tick"]>): void {
    for (const closing of closings) {
      if (this.#ea !== null) this.#say(this.#ea.closed(closing));
      else {
        const { reason, price, profit, position: { ticket } } = closing;
        this.#happened({ kind: "close", ticket, reason, price, profit });
      }
    }
  }

  #happened(event: EaEvent): void {
    if (event.kind === "fill" || event.kind === "refused") this.#pending.delete(event.fireId);
    this.#parts.weather.happened(this.uuid, event);
  }

  /** Sends in order; a full queue blocks the EA's thread until it takes again. */
  #say(messages: readonly Outgoing[]): void {
    const { weather, random } = this.#parts;
    const sockets = this.#sockets;
    if (sockets === null || messages.length === 0) return;
    const out = messages.flatMap((message) => {
      if (message.channel === "command" && this.lying) return [this.#lie(message)];
      if (message.channel !== "confirm") return [message];
      if (weather.strikes("LOST_ANSWER", random)) return [];
      return weather.strikes("DOUBLE_ANSWER", random) ? [message, message] : [message];
    });
    this.#saying = Promise.resolve(this.#saying).then(async () => {
      for (let index = 0; index < out.length; index++) {
        if (await sockets.send(out[index]!)) continue;
        if (this.#sockets === sockets) this.#unsaid.unshift(...out.slice(index));
        return;
      }
    });
  }

  /** A heartbeat that leaves out positions it has. */
  #lie(message: Outgoing): Outgoing {
    const text = message.text.replace(
      /"open_positions":\d+,"positions":\[.*\]/s,
      '"open_positions":0,"positions":[]',
    );
    return { ...message, text };
  }
}
