/**
 * Signals and ticks for tests: whole, valid, and changed where a test says so.
 *
 * @module
 */
import type { Outcome } from "../../protocols/outcome.ts";
import type { Signal } from "../../protocols/signal.ts";
import type { Tick } from "../../protocols/tick.ts";
import { confidence, eaId, pips, price, signalId, symbolName } from "../../protocols/units.ts";

/** 2026-07-07 10:00 UTC, a Tuesday: the market is open for days on both sides. */
export const TUESDAY_MS = Date.UTC(2026, 6, 7, 10);

/** A EURUSD BUY at 1.10000, stop 15 pips under it, target 20 above, spread 1 pip; SELL mirrors it. */
export function makeSignal(changes: Partial<Signal> = {}): Signal {
  const buy = (changes.direction ?? "BUY") === "BUY";
  return {
    id: signalId("ELITE_RAPID_BB_SCALP_EURUSD_1783418400"),
    symbol: symbolName("EURUSD"),
    direction: "BUY",
    pattern: "BB_SCALP",
    signalClass: "RAPID",
    confidence: confidence(82.5),
    parts: [{ name: "wick", value: 0.7, weight: 1 }],
    verdicts: [],
    entry: price(1.1),
    stopLoss: price(buy ? 1.0985 : 1.1015),
    takeProfit: price(buy ? 1.102 : 1.098),
    stopPips: pips(15),
    targetPips: pips(20),
    riskReward: 20 / 15,
    atr: 0.0005,
    spreadPips: pips(1),
    session: "LONDON",
    structureId: null,
    signaledAtMs: TUESDAY_MS,
    candleOpenedAtMs: TUESDAY_MS - 300_000,
    feed: eaId("ea-1"),
    shadow: false,
    shadowReason: null,
    ...changes,
  };
}

/** A EURUSD tick of feed `ea-1`, received when it was stamped; `ask` is 1 pip over `bid` unless given. */
export function makeTick(atMs: number, bid: number, changes: Partial<Tick> = {}): Tick {
  return {
    symbol: symbolName("EURUSD"),
    bid: price(bid),
    ask: price(bid + 0.0001),
    atMs,
    receivedAtMs: atMs,
    feed: eaId("ea-1"),
    ...changes,
  };
}

/** The outcome of `makeSignal()` at its target, ten minutes on. */
export function makeOutcome(signal: Signal, changes: Partial<Outcome> = {}): Outcome {
  return {
    signalId: signal.id,
    result: "WIN",
    exitPrice: signal.takeProfit,
    pips: pips(20),
    r: 1.333,
    mfePips: pips(20),
    maePips: pips(3),
    resolvedAtMs: signal.signaledAtMs + 600_000,
    durationMs: 600_000,
    gap: false,
    feedChanged: false,
    ...changes,
  };
}
