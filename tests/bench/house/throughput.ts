/**
 * Whether the house takes so many ticks a second without losing one, and what it needs for them.
 *
 * @module
 */
import type { GatewayStatus } from "../../../protocols/gateways.ts";
import type { SymbolStatus, TickRelayStatus } from "../../../protocols/market.ts";
import { symbolName } from "../../../protocols/units.ts";
import { residentMiB, workedMs } from "./machine.ts";
import { type BenchHouse, pause, SYMBOLS, withHouse } from "./open_house.ts";
import { PeerLink } from "./peer_link.ts";

const SECONDS = 7;
/** Pause after the first load, before memory is looked at again, ms. */
const REST_MS = 10_000;
/** An M5 and M15 candle of all symbols closes in the middle of the load, over warm candles: all patterns look. */
const CLOSE_MS = Date.UTC(2026, 5, 16, 10, 15);
const START_MS = CLOSE_MS - 18_000;
const LOAD_MS = CLOSE_MS - 3_000;

/** One load. */
export interface Throughput {
  /** Ticks a second that were offered. */
  readonly offered: number;
  readonly sent: number;
  /** Accepted by the relay. */
  readonly accepted: number;
  /** Ticks per second of wall time, from the first to the last. */
  readonly perSecond: number;
  /** Share of one core that the actors' thread was busy. */
  readonly coreShare: number;
  /** Share of the time in which it could have worked, but other processes had the cores. */
  readonly keptShare: number;
  /** µs of the actors' thread per tick, and of all threads of the server. */
  readonly coreUsPerTick: number;
  readonly allUsPerTick: number;
  /** Share of one core that the loading process was busy while it sent. */
  readonly peerShare: number;
  /** Symbols whose M5 candle closed, and was scanned, under the load. */
  readonly m5Closes: number;
  readonly deadLetters: number;
  readonly wireFaults: number;
  /** Ticks the relay refused, by reason. */
  readonly refused: Readonly<Record<string, number>>;
  readonly memory: Memory;
}

/** What the house held, MiB. */
export interface Memory {
  /** Started, garbage collected, nobody connected. */
  readonly restMiB: number;
  /** Right after the load. */
  readonly loadedMiB: number;
  /** Ten seconds later, garbage collected. */
  readonly laterMiB: number;
}

/** Offers `rate` ticks a second. Memory is that of a house only in a process that had no other before. */
export function throughput(rate: number): Promise<Throughput> {
  return withHouse(START_MS, async (bench) => {
    const accepted = countAccepted(bench);
    collect();
    const restMiB = residentMiB();
    const peer = new PeerLink("flood", { ...bench.terms, symbols: SYMBOLS, bids: bench.bids });
    await peer.next();
    while (bench.house.clock.nowMs() < LOAD_MS) await pause(10);
    const measured = await load(bench, peer, rate, accepted);
    const loadedMiB = residentMiB();
    await peer.end();
    await pause(REST_MS);
    collect();
    return { ...measured, memory: { restMiB, loadedMiB, laterMiB: residentMiB() } };
  });
}

interface Accepted {
  count: number;
  lastMs: number;
}

/** Counts what the relay accepts where it hands it on: to ask a relay that is behind would take its turn in the queue. */
function countAccepted({ house }: BenchHouse): Accepted {
  const accepted = { count: 0, lastMs: 0 };
  const { history } = house.edges;
  const record = history.record.bind(history);
  history.record = (tick) => {
    accepted.count++;
    accepted.lastMs = performance.now();
    record(tick);
  };
  return accepted;
}

async function load(
  { house }: BenchHouse,
  peer: PeerLink,
  rate: number,
  counted: Accepted,
): Promise<Omit<Throughput, "memory">> {
  const sent = rate * SECONDS;
  const before = counted.count;
  const worked = workedMs();
  const beganMs = performance.now();
  await peer.say({ count: sent, perSecond: rate });
  const { ms: sendingMs, peerCpuMs } = await peer.next<{ ms: number; peerCpuMs: number }>();
  // Nothing more for a second: what is missing will not come.
  while (counted.count - before < sent && performance.now() - counted.lastMs < 1_000) await pause(20);
  const accepted = counted.count - before;
  const { lastMs } = counted;
  const ms = lastMs - beganMs;
  const { core, kept, all } = workedMs();
  const gateway = await house.at.tickGateway.ask<GatewayStatus>((reply) => ({ kind: "status", reply }));
  const relay = await house.at.tickRelay.ask<TickRelayStatus>((reply) => ({ kind: "status", reply }));
  return {
    offered: rate,
    sent,
    accepted,
    perSecond: Math.round(accepted / ms * 1_000),
    coreShare: (core - worked.core) / ms,
    keptShare: (kept - worked.kept) / ms,
    coreUsPerTick: (core - worked.core) / accepted * 1_000,
    allUsPerTick: (all - worked.all) / accepted * 1_000,
    peerShare: peerCpuMs / sendingMs,
    m5Closes: await closes(house),
    deadLetters: house.system.counters().deadLetters,
    wireFaults: gateway.faultsTotal,
    refused: Object.fromEntries(
      Object.entries(relay.counts).filter(([name, count]) => name !== "accepted" && count > 0),
    ),
  };
}

async function closes({ at }: BenchHouse["house"]): Promise<number> {
  const asked = SYMBOLS.map((name) => {
    const symbol = symbolName(name);
    return at.symbols.ensure(symbol, symbol).ask<SymbolStatus>((reply) => ({ kind: "status", reply }));
  });
  return (await Promise.all(asked)).filter(({ lastM5 }) => lastM5?.openedAtMs === CLOSE_MS - 300_000).length;
}

/** Collects garbage where the process was started with `--v8-flags=--expose-gc`. */
function collect(): void {
  (globalThis as { gc?: () => void }).gc?.();
}
