/**
 * Symbol restore: the candles of a symbol as they were, from stored candles and recorded ticks.
 *
 * @module
 */
import type { Candle } from "../protocols/candle.ts";
import type { Tick } from "../protocols/tick.ts";
import type { SymbolName } from "../protocols/units.ts";
import { GRACE_MS, SymbolCandles } from "./symbol_candles.ts";
import { PrimaryFeed } from "./feed.ts";

/** A silence longer than this, around a start, may be ticks that nobody heard. */
export const HOLE_MS = 60_000;
/** Recorded ticks older than this are not gone through again. */
const HISTORY_MS = 24 * 60 * 60_000;

/** What a start is made of. */
export interface RestoreInput {
  readonly symbol: SymbolName;
  /** Stored M1 candles, oldest first. */
  readonly m1: readonly Candle[];
  /** Recorded ticks of the symbol with `atMs >= fromMs`, of every trusted feed, in order of arrival. */
  readonly ticks: (fromMs: number) => Iterable<Tick>;
  /** Market clock, UTC ms. */
  readonly nowMs: number;
  readonly slackMs: number;
}

/** A symbol as it was. */
export interface Restored {
  readonly candles: SymbolCandles;
  /** M1 candles that the recorded ticks closed and the store does not have. */
  readonly unsaved: readonly Candle[];
  readonly quote: Tick | null;
  /** M5 candles that opened before it may lack ticks, and are not scanned. */
  readonly scanFromMs: number;
  /** Tells ticks that were in the history already from those that were not. */
  readonly overlap: Overlap;
}

/** The recorded ticks that may come once more: what was recorded was also told, and may wait in the mailbox. */
export class Overlap {
  #throughMs = -Infinity;
  #last: Tick[] = [];

  /** Notes a recorded tick, in order of arrival. */
  note(tick: Tick): void {
    if (tick.receivedAtMs > this.#throughMs) {
      this.#throughMs = tick.receivedAtMs;
      this.#last = [];
    }
    if (tick.receivedAtMs === this.#throughMs) this.#last.push(tick);
  }

  /** True when a tick was among the recorded ones; each counts once. */
  covers(tick: Tick): boolean {
    if (tick.receivedAtMs > this.#throughMs) return false;
    if (tick.receivedAtMs < this.#throughMs) return true;
    const at = this.#last.findIndex((each) => isSame(each, tick));
    if (at >= 0) this.#last.splice(at, 1);
    return at >= 0;
  }
}

function isSame(a: Tick, b: Tick): boolean {
  return a.atMs === b.atMs && a.bid === b.bid && a.ask === b.ask && a.feed === b.feed;
}

/**
 * Rebuilds a symbol. Ticks since the last stored minute are gone through as if they came now, so that a crash costs
 * no candle; which feed was the primary is not recorded, and is chosen again by the same rule.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { symbolName } from "../protocols/units.ts";
 * import { restoreSymbol } from "./symbol_restore.ts";
 *
 * const empty = restoreSymbol({
 *   symbol: symbolName("EURUSD"), m1: [], ticks: () => [], nowMs: 1_000, slackMs: 0,
 * });
 * assert.deepEqual([empty.quote, empty.unsaved, empty.scanFromMs], [null, [], 1_000]);
 * ```
 */
export function restoreSymbol({ symbol, m1, ticks, nowMs, slackMs }: RestoreInput): Restored {
  const candles = new SymbolCandles(symbol);
  candles.restore(m1);
  const primary = new PrimaryFeed(slackMs);
  const overlap = new Overlap();
  const unsaved: Candle[] = [];
  let quote: Tick | null = null;
  let heardMs = candles.closedThroughMs;
  let scanFromMs = -Infinity;
  const fromMs = Math.max(candles.closedThroughMs, nowMs - HISTORY_MS);
  for (const tick of ticks(fromMs)) {
    overlap.note(tick);
    if (!primary.offer(tick.feed, tick.receivedAtMs)) continue;
    if (tick.receivedAtMs - heardMs > HOLE_MS) scanFromMs = tick.atMs;
    heardMs = tick.receivedAtMs;
    if (quote === null || tick.atMs >= quote.atMs) quote = tick;
    unsaved.push(...minutesOf(candles.tick(tick)));
  }
  unsaved.push(...minutesOf(candles.advance(nowMs - GRACE_MS - slackMs)));
  if (nowMs - heardMs > HOLE_MS) scanFromMs = nowMs;
  return { candles, unsaved, quote, scanFromMs, overlap };
}

function minutesOf(closed: readonly Candle[]): readonly Candle[] {
  return closed.filter((candle) => candle.timeframe === "M1");
}
