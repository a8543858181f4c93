/**
 * What a simulated EA can be told, and what it is when it is told nothing.
 *
 * @module
 */
import type { ZmqPeers } from "../../edges/zmq.ts";
import type { MarketClock } from "../../runtime/clock.ts";
import type { EaVariant } from "./writer.ts";
import type { EaEvent } from "./ea_commands.ts";

/** Options of a simulated EA; only the uuid and the clock have no default. */
export interface SimEaOptions {
  /** At least 10 characters, as v2.05 demands; its socket identity lacks the last one. */
  readonly uuid: string;
  readonly clock: MarketClock;
  /** Account login; default 1000001. */
  readonly account?: number;
  /** Default 10,000. */
  readonly balance?: number;
  /** ISO 4217; default USD. */
  readonly currency?: string;
  /** Default 500. */
  readonly leverage?: number;
  /** MarketWatch, canonical names; default `USUAL_SYMBOLS` of market.ts, or the recorded ones. */
  readonly symbols?: readonly string[];
  /** The chart it sits on, canonical; default the first symbol. */
  readonly chart?: string;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Defaults 5555, 5556, 5558. */
  readonly commandPort?: number;
  readonly telemetryPort?: number;
  readonly confirmPort?: number;
  /** Whole number; EAs with the same seed and epoch see the same market. Default 1. */
  readonly seed?: number;
  /** UTC ms; default the Sunday opening before the last whole week. */
  readonly epochMs?: number;
  /** Recordings instead of the simulated market: `SYMBOL=FILE` or a file named after its symbol. */
  readonly data?: readonly string[];
  /** Default v2.05. */
  readonly variant?: EaVariant;
  /** What this broker appends to names: `.r`. Default nothing. */
  readonly suffix?: string;
  /** Broker time minus UTC; default 3. */
  readonly utcOffsetHours?: number;
  /** Server name and company of the broker; texts may hold quotes and ANSI letters. */
  readonly server?: string;
  readonly company?: string;
  /** Per lot and round turn; default 7. */
  readonly commission?: number;
  /** Percent; default 50. */
  readonly stopOutLevel?: number;
  /** Most points lost on a fill; default 0. */
  readonly slippagePoints?: number;
  /** Market ms from an order to its answer; default 0. */
  readonly latencyMs?: number;
  /** Return codes for the nth orders, from 1: `{ "2": 10019 }`. */
  readonly rejects?: Readonly<Record<number, number>>;
  /** Where account and positions are kept between runs; nowhere by default. */
  readonly stateFile?: string;
  /** Hears of what happens. */
  readonly onEvent?: (event: SimEvent) => void;
  /** Default real sockets. */
  readonly peers?: ZmqPeers;
  /** True: nothing happens but by `pump()`. Default false: it lives by itself. */
  readonly manual?: boolean;
}

/** What a simulated EA tells of itself. */
export type SimEvent =
  | {
    readonly kind: "ready";
    readonly uuid: string;
    readonly nodeId: string;
    readonly symbols: readonly string[];
  }
  | { readonly kind: "blocked"; readonly channel: string }
  | { readonly kind: "stopped" }
  | EaEvent;

/** The options with every default filled in. */
export type SimEaSetup =
  & Required<Omit<SimEaOptions, "epochMs" | "stateFile" | "peers" | "data" | "chart">>
  & {
    readonly chart: string;
  };

/**
 * Fills in the defaults.
 *
 * @throws {Error} when the uuid is too short or the chart's symbol is not watched
 */
export function setupOf(options: SimEaOptions, symbols: readonly string[]): SimEaSetup {
  const setup: SimEaSetup = {
    account: 1_000_001,
    balance: 10_000,
    currency: "USD",
    leverage: 500,
    chart: symbols[0] ?? "",
    host: "127.0.0.1",
    commandPort: 5555,
    telemetryPort: 5556,
    confirmPort: 5558,
    seed: 1,
    variant: "v2.05",
    suffix: "",
    utcOffsetHours: 3,
    server: "Paper-Server",
    company: "Paper Broker Ltd",
    commission: 7,
    stopOutLevel: 50,
    slippagePoints: 0,
    latencyMs: 0,
    rejects: {},
    onEvent: () => {},
    manual: false,
    ...options,
    symbols,
  };
  if (setup.uuid.length < 10) {
    throw new Error(`Cannot start EA as its uuid must have >= 10 characters: current value is ${setup.uuid}`);
  }
  if (!symbols.includes(setup.chart)) {
    throw new Error(
      `Cannot start EA as its chart must be one of ${symbols}: current value is ${setup.chart}`,
    );
  }
  return setup;
}
