/**
 * How many ticks a second the house takes without losing one, and what it needs for them.
 *
 * @module
 */
import type { GatewayStatus } from "../../../protocols/gateways.ts";
import type { SymbolStatus, TickRelayStatus } from "../../../protocols/market.ts";
import { symbolName } from "../../../protocols/units.ts";
import { residentMiB, workedMs } from "./machine.ts";
import { type BenchHouse, pause, SYMBOLS, withHouse } from "./open_house.ts";
import { PeerLink } from "./peer_link.ts";

const TICKS = Number(Deno.env.get("TICKS") ?? 500_000);
/** An M5 and M15 candle of all symbols closes in the middle of the load, over warm candles: all patterns look. */
const CLOSE_MS = Date.UTC(2026, 5, 16, 10, 15);
const START_MS = CLOSE_MS - 30_000;
const LOAD_MS = CLOSE_MS - 2_000;

/** One load. */
export interface Throughput {
  readonly sent: number;
  /** Accepted by the relay. */
  readonly accepted: number;
  /** Ticks per second of wall time, from the first to the last. */
  readonly perSecond: number;
  /** Share of one core that the actors' thread was busy. */
  readonly coreShare: number;
  /** µs of the actors' thread per tick, and of all threads of the server. */
  readonly coreUsPerTick: number;
  readonly allUsPerTick: number;
  /** Share of one core that the loading process was busy while it sent. */
  readonly peerShare: number;
  /** Symbols whose M5 candle closed, and was scanned, under the load. */
  readonly m5Closes: number;
  readonly deadLetters: number;
  readonly wireFaults: number;
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

/** Measures both: the first house of a process tells what a house holds. */
export function throughput(): Promise<{ readonly throughput: Throughput; readonly memory: Memory }> {
  return withHouse(START_MS, async (bench) => {
    const peer = new PeerLink("flood", { ...bench.terms, symbols: SYMBOLS, bids: bench.bids });
    collect();
    const restMiB = residentMiB();
    const prelude = await peer.next<{ sent: number }>();
    while (bench.house.clock.nowMs() < LOAD_MS) await pause(10);
    const measured = await load(bench, peer, prelude.sent);
    const loadedMiB = residentMiB();
    await peer.end();
    await pause(10_000);
    collect();
    return { throughput: measured, memory: { restMiB, loadedMiB, laterMiB: residentMiB() } };
  });
}

async function load({ house }: BenchHouse, peer: PeerLink, before: number): Promise<Throughput> {
  const worked = workedMs();
  const beganMs = performance.now();
  await peer.say({ count: TICKS, perSecond: Number(Deno.env.get("RATE") ?? 0) });
  const accepted = () =>
    house.at.tickRelay.ask<TickRelayStatus>((reply) => ({ kind: "status", reply })).catch(
      () => ({ accepted: 0 } as any),
    );
  let lastMs = beganMs;
  let got = 0;
  // Nothing more for a second: what is missing will not come.
  while (got < TICKS && performance.now() - lastMs < 1_000) {
    await pause(20);
    const now = (await accepted()).accepted - before;
    if (now > got) lastMs = performance.now();
    got = now;
  }
  const ms = lastMs - beganMs;
  const { core, all } = workedMs();
  const { ms: sendingMs, peerCpuMs } = await peer.next<{ ms: number; peerCpuMs: number }>();
  const gateway = await house.at.tickGateway.ask<GatewayStatus>((reply) => ({ kind: "status", reply }));
  return {
    sent: TICKS,
    accepted: got,
    perSecond: Math.round(got / ms * 1_000),
    coreShare: (core - worked.core) / ms,
    coreUsPerTick: (core - worked.core) / got * 1_000,
    allUsPerTick: (all - worked.all) / got * 1_000,
    peerShare: peerCpuMs / sendingMs,
    m5Closes: await closes(house),
    deadLetters: house.system.counters().deadLetters,
    wireFaults: gateway.faultsTotal,
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
