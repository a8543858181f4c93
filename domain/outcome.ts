/**
 * Outcomes: what a signal earned, from the price at which it really ended.
 *
 * A BUY is opened at ask and given back at bid, a SELL is opened at bid and bought back at ask, so each is
 * judged on its exit side alone. A stop becomes a market order and gets the tick's price; a target is a limit
 * order and gets its own price, however far the tick went beyond it.
 *
 * @module
 */
import type { Outcome } from "../protocols/outcome.ts";
import type { Signal } from "../protocols/signal.ts";
import type { SignalRecord } from "../protocols/store.ts";
import { type Direction, type Pips, pips, type Price } from "../protocols/units.ts";

/** The side of the market a tick or quote shows. */
export interface Sides {
  readonly bid: Price;
  readonly ask: Price;
}

/** A level that ends a signal. */
export type Level = "stop" | "target";

/** What was seen of a signal while it was open. */
export interface Seen {
  /** Highest and lowest exit-side price up to the exit tick; the exit tick's own price may be left out. */
  readonly high: number;
  readonly low: number;
  readonly gap: boolean;
  readonly feedChanged: boolean;
}

/** A signal that has ended. */
export interface Resolution {
  readonly signal: Signal;
  readonly outcome: Outcome;
}

/** The signal of a stored row, without its outcome. */
export function signalOf({ outcome: _, ...signal }: SignalRecord): Signal {
  return signal;
}

/**
 * The price at which a position of this direction is given back.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { exitSide } from "./outcome.ts";
 * import { price } from "../protocols/units.ts";
 *
 * const quote = { bid: price(1.1), ask: price(1.1002) };
 * assert.equal(exitSide("BUY", quote), 1.1);
 * assert.equal(exitSide("SELL", quote), 1.1002);
 * ```
 */
export function exitSide(direction: Direction, sides: Sides): Price {
  return direction === "BUY" ? sides.bid : sides.ask;
}

/** The level that an exit-side price has reached or passed. Where both are, the stop: a doubt is never a win. */
export function touchedLevel(signal: Signal, exit: number): Level | null {
  const sign = signal.direction === "BUY" ? 1 : -1;
  if ((exit - signal.stopLoss) * sign <= 0) return "stop";
  if ((exit - signal.takeProfit) * sign >= 0) return "target";
  return null;
}

/** Signed distance from entry to `exit` in pips, rounded to 0.01: profit is positive for both directions. */
export function pipsFromEntry(signal: Signal, exit: number, pipSize: number): Pips {
  const distance = signal.direction === "BUY" ? exit - signal.entry : signal.entry - exit;
  return pips(round(distance / pipSize, 100));
}

/**
 * The outcome of a signal that ended at a level.
 *
 * @param exit exit-side price of the tick that touched the level
 * @param atMs that tick's own time, UTC ms
 * @param pipSize the symbol's pip in price units
 */
export function endAtLevel(
  signal: Signal,
  level: Level,
  exit: Price,
  atMs: number,
  seen: Seen,
  pipSize: number,
): Outcome {
  const exitPrice = level === "target" ? signal.takeProfit : exit;
  const result = pipsFromEntry(signal, exitPrice, pipSize);
  return {
    signalId: signal.id,
    result: level === "target" ? "WIN" : "LOSS",
    exitPrice,
    pips: result,
    r: round(result / signal.stopPips, 1_000),
    ...excursions(signal, withinTarget(signal, withExit(seen, exitPrice)), pipSize),
    resolvedAtMs: atMs,
    durationMs: atMs - signal.signaledAtMs,
    gap: seen.gap,
    feedChanged: seen.feedChanged,
  };
}

/** The outcome of a signal of which nobody can say how it ended; `atMs` is the first tick after the doubt. */
export function endUnknown(signal: Signal, atMs: number, seen: Seen, pipSize: number): Outcome {
  return {
    signalId: signal.id,
    result: "UNKNOWN",
    exitPrice: null,
    pips: null,
    r: null,
    ...excursions(signal, seen, pipSize),
    resolvedAtMs: atMs,
    durationMs: atMs - signal.signaledAtMs,
    gap: true,
    feedChanged: seen.feedChanged,
  };
}

function excursions(signal: Signal, seen: Seen, pipSize: number): Pick<Outcome, "mfePips" | "maePips"> {
  const buy = signal.direction === "BUY";
  const best = pipsFromEntry(signal, buy ? seen.high : seen.low, pipSize);
  const worst = pipsFromEntry(signal, buy ? seen.low : seen.high, pipSize);
  return { mfePips: pips(atLeastZero(best)), maePips: pips(atLeastZero(-worst)) };
}

function withExit(seen: Seen, exit: number): Seen {
  return { ...seen, high: Math.max(seen.high, exit), low: Math.min(seen.low, exit) };
}

/** The limit order was filled at the target: what the exit tick showed beyond it was never this signal's. */
function withinTarget(signal: Signal, seen: Seen): Seen {
  return signal.direction === "BUY"
    ? { ...seen, high: Math.min(seen.high, signal.takeProfit) }
    : { ...seen, low: Math.max(seen.low, signal.takeProfit) };
}

/** Also turns what no tick ever showed (an infinity) and −0 into 0. */
function atLeastZero(value: number): number {
  return value > 0 && value !== Infinity ? value : 0;
}

/** Hundredths of a pip are finer than any point; the rest is the noise of binary fractions. Halves go outward. */
function round(value: number, parts: number): number {
  return Math.sign(value) * Math.round(Math.abs(value) * parts) / parts + 0;
}
