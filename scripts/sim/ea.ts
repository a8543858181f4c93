/**
 * An EA of generation 2, without sockets or clock: ticks and commands in, messages out, quirks included.
 *
 * v2.05 has one thread. Its tick handler runs for the chart's symbol alone and reads one frame of 5555 each time;
 * its timer runs once a second. Times are broker time, the time of the last quote: when no symbol ticks, that time
 * stands still, and heartbeats and bars stop.
 *
 * @module
 */
import type { Position } from "./account.ts";
import { Bars, type BarTimeframe } from "./bars.ts";
import { closingMessage, type CommandContext, type EaEvent, obey } from "./ea_commands.ts";
import * as say from "./ea_messages.ts";
import { readText, textOf } from "./ea_text.ts";
import { type FireRequest, readFire } from "./ea_trades.ts";
import type { Closing, PaperBroker } from "./paper_broker.ts";
import type { MarketTick } from "./prices.ts";
import type { EaVariant, Moment, Outgoing, Writer } from "./writer.ts";

/** What makes an EA. */
export interface EaSetup {
  readonly writer: Writer;
  readonly variant: EaVariant;
  /** Appended to canonical names by this broker: `.r`. */
  readonly suffix: string;
  /** Broker time minus UTC, ms. */
  readonly utcOffsetMs: number;
  /** How long the terminal waits for the broker's answer to an order, ms of market time; its thread stands still. */
  readonly latencyMs: number;
  readonly onEvent: (event: EaEvent) => void;
}

const SECOND_MS = 1_000;
const HEARTBEAT_MS = 30_000;
const BARS_MS = 60_000;

/** One running EA. */
export class Ea {
  readonly #setup: EaSetup;
  readonly #broker: PaperBroker;
  readonly #context: CommandContext;
  readonly #chart: string;
  readonly #watched: readonly string[];
  readonly #bars: ReadonlyMap<string, Bars>;
  readonly #inbox: Uint8Array[] = [];
  /** Second of the last TICK sent by the timer, by canonical symbol. */
  readonly #sentSecond = new Map<string, number>();
  #chartSentSecond = -1;
  #nowMs: number;
  #heartbeatAtMs: number;
  #barsAtMs: number;
  #timerSecond = -1;
  #ticksProcessed = 0;
  /** A fire that is at the broker, and when the answer comes. */
  #atBroker: { readonly fire: FireRequest; readonly untilMs: number } | null = null;

  /** @param startedAtMs UTC; its time until there is a quote */
  constructor(setup: EaSetup, broker: PaperBroker, startedAtMs: number) {
    this.#setup = setup;
    this.#broker = broker;
    this.#nowMs = this.#heartbeatAtMs = this.#barsAtMs = startedAtMs;
    this.#watched = setup.writer.symbols.map((name) => this.#canonical(name));
    this.#chart = this.#canonical(setup.writer.chartSymbol);
    this.#bars = new Map(this.#watched.map((symbol) => [symbol, new Bars(symbol)]));
    const { writer, variant, suffix, onEvent } = setup;
    this.#context = {
      broker,
      writer,
      variant,
      suffix,
      onEvent,
      moment: () => this.#moment(),
      atMs: () => this.#nowMs,
    };
  }

  /** Chart ticks seen since the start. */
  get ticksProcessed(): number {
    return this.#ticksProcessed;
  }

  /** Frames that wait to be read. */
  get waitingFrames(): number {
    return this.#inbox.length;
  }

  /**
   * What it says once, when it is put on its chart, and what its timer finds at first: quotes of any age, since a
   * terminal shows the last ones also over a weekend.
   */
  start(latest: readonly MarketTick[]): Outgoing[] {
    const { writer } = this.#setup;
    const times = latest.map((tick) => tick.atMs);
    if (times.length > 0) this.#nowMs = this.#heartbeatAtMs = this.#barsAtMs = Math.max(...times);
    const missed = this.absorb(latest);
    return [
      { channel: "command", text: say.hello(writer, this.#moment()) },
      { channel: "telemetry", text: say.handshake(writer, this.#moment()) },
      ...missed,
      ...this.#onTimer(),
    ];
  }

  /** What it says when it is taken off. */
  stop(): Outgoing[] {
    return [{ channel: "telemetry", text: say.disconnect(this.#setup.writer, this.#moment()) }];
  }

  /** A position was closed at its broker by somebody else: what it says of that. */
  closed(closing: Closing): Outgoing[] {
    return closingMessage(this.#context, closing);
  }

  /** Frames that came on 5555; each frame, an empty delimiter too, is one read. */
  receive(frames: readonly Uint8Array[]): void {
    this.#inbox.push(...frames);
  }

  /** Lives through ticks of one second, all symbols in order of time; the timer runs once in a second. */
  second(ticks: readonly MarketTick[]): Outgoing[] {
    const out: Outgoing[] = [];
    for (const tick of ticks) {
      out.push(...this.#quote(tick));
      if (this.#atBroker !== null && this.#nowMs >= this.#atBroker.untilMs) out.push(...this.#answered());
      if (this.#atBroker === null && tick.symbol === this.#chart) out.push(...this.#onChartTick(tick));
    }
    if (this.#atBroker === null) out.push(...this.#onTimer());
    return out;
  }

  /** Ticks that pass while its thread is blocked by a full queue: the broker lives on, the EA sees nothing. */
  absorb(ticks: readonly MarketTick[]): Outgoing[] {
    return ticks.flatMap((tick) => this.#quote(tick));
  }

  /** The broker's side of a tick. What closed is only told by v2.06H. */
  #quote(tick: MarketTick): Outgoing[] {
    this.#nowMs = Math.max(this.#nowMs, tick.atMs);
    this.#bars.get(tick.symbol)?.add(tick.bid, this.#brokerMs(tick.atMs));
    return this.#broker.tick(tick).flatMap((closing) => closingMessage(this.#context, closing));
  }

  #onChartTick(tick: MarketTick): Outgoing[] {
    const out: Outgoing[] = [];
    this.#ticksProcessed++;
    const second = secondOf(tick.atMs);
    if (second > this.#chartSentSecond) {
      this.#chartSentSecond = second;
      out.push(this.#tickOf(tick));
    }
    const frame = this.#inbox.shift();
    return frame === undefined ? out : [...out, ...this.#read(textOf(frame))];
  }

  #onTimer(): Outgoing[] {
    const out: Outgoing[] = [];
    if (secondOf(this.#nowMs) <= this.#timerSecond) return out;
    this.#timerSecond = secondOf(this.#nowMs);
    for (const symbol of this.#watched) {
      const tick = this.#broker.quote(symbol);
      if (tick === undefined || secondOf(tick.atMs) <= (this.#sentSecond.get(symbol) ?? -1)) continue;
      this.#sentSecond.set(symbol, secondOf(tick.atMs));
      out.push(this.#tickOf(tick));
    }
    if (this.#nowMs - this.#heartbeatAtMs >= HEARTBEAT_MS) {
      this.#heartbeatAtMs = this.#nowMs;
      out.push(...this.#heartbeats());
    }
    if (this.#nowMs - this.#barsAtMs >= BARS_MS) {
      this.#barsAtMs = this.#nowMs;
      out.push(...this.#barMessages());
    }
    return out;
  }

  /** One frame. A foreign uuid is dropped without a word; an empty frame is a read of nothing. */
  #read(text: string): Outgoing[] {
    const uuid = readText(text, "target_uuid");
    if (text === "" || (uuid !== "" && uuid !== this.#setup.writer.uuid)) return [];
    const { latencyMs } = this.#setup;
    if (latencyMs > 0 && readText(text, "type") === "fire") {
      this.#atBroker = { fire: readFire(text), untilMs: this.#nowMs + latencyMs };
      this.#setup.onEvent({ kind: "command", type: "fire" });
      return [];
    }
    return obey(this.#context, text);
  }

  #answered(): Outgoing[] {
    const fire = this.#atBroker!.fire;
    this.#atBroker = null;
    return obey(this.#context, fire);
  }

  #heartbeats(): Outgoing[] {
    const { writer, variant } = this.#setup;
    const moment = this.#moment();
    const command = variant === "v2.05"
      ? say.heartbeat(writer, moment)
      : say.heartbeatWithPositions(writer, moment, this.#broker.positions.map((one) => this.#valued(one)));
    return [
      { channel: "command", text: command },
      { channel: "telemetry", text: say.telemetry(writer, moment) },
    ];
  }

  /** M1 each time; M5 and M15 only when the second of this run happens to be a multiple of theirs. */
  #barMessages(): Outgoing[] {
    const now = this.#brokerMs(this.#nowMs);
    const second = secondOf(now);
    const due: BarTimeframe[] = ["M1"];
    if (second % 300 === 0) due.push("M5");
    if (second % 900 === 0) due.push("M15");
    return this.#watched.flatMap((symbol) =>
      due.flatMap((timeframe): Outgoing[] => {
        const bar = this.#bars.get(symbol)?.completed(timeframe);
        const name = symbol + this.#setup.suffix;
        return bar === undefined
          ? []
          : [{ channel: "telemetry", text: say.ohlcMessage(this.#setup.writer, name, bar, now) }];
      })
    );
  }

  #tickOf(tick: MarketTick): Outgoing {
    const name = tick.symbol + this.#setup.suffix;
    const text = say.tickMessage(this.#setup.writer, name, tick, this.#brokerMs(tick.atMs));
    return { channel: "telemetry", text };
  }

  #valued(position: Position) {
    const [currentPrice, profit] = [this.#broker.currentPrice(position), this.#broker.floating(position)];
    return { position, brokerSymbol: position.symbol + this.#setup.suffix, currentPrice, profit };
  }

  #moment(): Moment {
    const brokerMs = this.#brokerMs(this.#nowMs);
    return { account: this.#broker.account, brokerMs, ticksProcessed: this.#ticksProcessed };
  }

  #brokerMs(utcMs: number): number {
    return utcMs + this.#setup.utcOffsetMs;
  }

  #canonical(brokerSymbol: string): string {
    const { suffix } = this.#setup;
    return suffix === "" ? brokerSymbol : brokerSymbol.slice(0, -suffix.length);
  }
}

function secondOf(ms: number): number {
  return Math.floor(ms / SECOND_MS);
}
