/**
 * Ticks and quotes: what the market says, and what it last said.
 *
 * @module
 */
import type { EaId, Price, SymbolName } from "./units.ts";

/** One bid/ask change of one symbol: an event. */
export interface Tick {
  readonly symbol: SymbolName;
  readonly bid: Price;
  readonly ask: Price;
  /** The tick's own time, UTC ms (the broker's stamp less that broker's offset). */
  readonly atMs: number;
  /** When it reached us, market clock, UTC ms. */
  readonly receivedAtMs: number;
  /** The EA that sent it. */
  readonly feed: EaId;
}

/** The latest bid and ask of one symbol on one feed: a state. */
export interface Quote {
  readonly symbol: SymbolName;
  readonly bid: Price;
  readonly ask: Price;
  readonly atMs: number;
  readonly receivedAtMs: number;
}
