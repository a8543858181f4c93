/**
 * Chooses where an EA's prices come from, and which symbols its broker needs besides the watched ones.
 *
 * @module
 */
import { specOf } from "../../domain/symbol_spec.ts";
import { symbolName } from "../../protocols/units.ts";
import { defaultEpochMs, marketSource, USUAL_SYMBOLS } from "./market.ts";
import type { SimEaOptions } from "./options.ts";
import type { PriceSource } from "./prices.ts";
import { parseRecording, recordedSource } from "./recorded.ts";

/** Prices, and the symbols in MarketWatch. */
export interface Prices {
  readonly source: PriceSource;
  readonly watched: readonly string[];
}

/**
 * Opens the prices from `fromMs` on.
 *
 * @throws {Error} (as rejection) when a symbol is unknown or has no recording
 */
export async function pricesFor(options: SimEaOptions, fromMs: number): Promise<Prices> {
  if (options.data === undefined || options.data.length === 0) return simulated(options, fromMs);
  const recordings = options.data.map(parseRecording);
  const watched = options.symbols ?? recordings.map(({ symbol }) => symbol);
  const missing = watched.filter((symbol) => !recordings.some((one) => one.symbol === symbol));
  if (missing.length > 0) {
    throw new Error(`Cannot start EA as each symbol must have a recording: there is none of ${missing}`);
  }
  return { source: await recordedSource(recordings, fromMs), watched };
}

function simulated(options: SimEaOptions, fromMs: number): Prices {
  const watched = options.symbols ?? USUAL_SYMBOLS;
  const epochMs = options.epochMs ?? defaultEpochMs(options.clock.nowMs());
  const symbols = [...new Set([...watched, ...watched.flatMap(ratesOf)])];
  return { source: marketSource({ seed: options.seed ?? 1, epochMs, symbols }, fromMs), watched };
}

/** The pairs with USD that a broker needs to value a symbol in its account's currency. */
function ratesOf(symbol: string): string[] {
  const spec = specOf(symbolName(symbol));
  const currencies = spec === null ? [] : [spec.baseCurrency, spec.quoteCurrency];
  return currencies.flatMap((currency) =>
    [`${currency}USD`, `USD${currency}`].filter((pair) => specOf(symbolName(pair)) !== null)
  );
}
