/**
 * A whole house to be measured: real sockets on free ports, a real database in a folder of its own, warm candles.
 *
 * @module
 */
import { readConfig } from "../../../config.ts";
import type { Write } from "../../../protocols/store.ts";
import { portsOf, runHouse, type RunningHouse } from "../../../scripts/lib/run_house.ts";
import { history } from "../../../scripts/sim/market.ts";
import type { ClockAnchor } from "../../../runtime/mod.ts";

/** Sixteen symbols of a usual MarketWatch. */
export const SYMBOLS: readonly string[] =
  "EURUSD GBPUSD USDJPY AUDUSD NZDUSD USDCAD USDCHF EURJPY XAUUSD XAGUSD EURGBP GBPJPY EURAUD AUDJPY EURCHF CADJPY"
    .split(" ");

const EPOCH_MS = Date.UTC(2026, 5, 14, 21);
const WARMUP_MS = 36 * 3_600_000;
/** More frames than any load here makes: what is measured is the house, not its limit. */
const FRAMES_PER_SECOND_MAX = 1_000_000;

/** A house, and where its symbols stood when it opened. */
export interface BenchHouse {
  readonly house: RunningHouse;
  /** Last bid by symbol, in the order of {@link SYMBOLS}. */
  readonly bids: readonly number[];
  readonly terms: { readonly ports: Readonly<Record<string, number>>; readonly anchor: ClockAnchor };
}

/** Opens a house at a market time, lets `work` measure it, and takes it away again. */
export async function withHouse<T>(startAtMs: number, work: (house: BenchHouse) => Promise<T>): Promise<T> {
  const dataDir = await Deno.makeTempDir({ prefix: "bitten-bench-" });
  const bids: number[] = [];
  const before = function* (): Generator<Write[]> {
    const market = { seed: 4, epochMs: EPOCH_MS, symbols: SYMBOLS };
    for (const candles of history(market, startAtMs - WARMUP_MS, startAtMs).values()) {
      bids.push(candles.findLast(({ timeframe }) => timeframe === "M1")!.close);
      yield candles.map((row): Write => ({ put: "candles", row }));
    }
  };
  const house = await runHouse({ config: configOf(startAtMs, dataDir), before });
  try {
    const terms = { ports: portsOf(house.edges), anchor: house.clock.anchor! };
    return await work({ house, bids, terms });
  } finally {
    await house.stop("measured");
    await Deno.remove(dataDir, { recursive: true });
  }
}

function configOf(startAtMs: number, dataDir: string) {
  const names = ["command", "telemetry", "signal", "signalTopic", "confirm", "relay", "relayTopic"];
  const ports = Object.fromEntries(names.map((name) => [`${name}Port`, 0]));
  const text = JSON.stringify({
    dataDir,
    clock: { speed: 1, startAt: new Date(startAtMs).toISOString() },
    gateways: { ...ports, framesPerSecondMax: FRAMES_PER_SECOND_MAX },
    http: { port: 0, adminPort: 0 },
    log: { level: "error" },
  });
  const result = readConfig(text, () => undefined);
  if (result.ok) return result.config;
  throw new Error(`Cannot measure the house: ${JSON.stringify(result.faults)}`);
}

/** Resolves after a wall-clock pause, ms. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
