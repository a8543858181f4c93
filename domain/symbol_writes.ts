/**
 * Symbol writes: the rows of a closed minute and of a signal.
 *
 * @module
 */
import type { Candle } from "../protocols/candle.ts";
import type { Signal } from "../protocols/signal.ts";
import { FRESH_MS } from "./symbol_candles.ts";
import type { WriteGroup } from "./write_queue.ts";

/** A closed M1 candle; longer ones are made of it again after a restart. */
export function candleWrites(candle: Candle): WriteGroup {
  return { writes: [{ put: "candles", row: candle }], staleAtMs: null };
}

/**
 * A signal or shadow, and its event, which go together. A signal that could not be stored while it was fresh is no
 * signal any more; a shadow is a number in a statistic and can wait.
 *
 * @param source who says it, for the journal
 * @param slackMs what a message may lose on its way on a scaled clock
 */
export function signalWrites(signal: Signal, source: string, slackMs: number): WriteGroup {
  const kind = signal.shadow ? "signalShadowed" : "signalRaised";
  const atMs = signal.signaledAtMs;
  return {
    writes: [
      { insert: "signals", row: { ...signal, outcome: null } },
      { event: { kind, signal }, source, atMs },
    ],
    staleAtMs: signal.shadow ? null : atMs + FRESH_MS + slackMs,
  };
}
