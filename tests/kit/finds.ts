/**
 * Finds for tests: what a pattern sees on candles written by hand.
 *
 * @module
 */
import assert from "node:assert/strict";
import { confidenceOf } from "../../domain/confidence.ts";
import { contextOf } from "../../domain/patterns/chart.ts";
import type { Find, Pattern } from "../../domain/patterns/pattern.ts";
import { symbolName } from "../../protocols/units.ts";
import { candlesOf, type Ohlct } from "./candles.ts";

/** A candle of range 14 around 1000 that goes nowhere: as many as one likes give an ATR of exactly 14. */
export const QUIET: Ohlct = [1000, 1007, 993, 1000, 100];

/** The same row `count` times. */
export function times(count: number, row: Ohlct): Ohlct[] {
  return Array.from({ length: count }, () => row);
}

/** The rows with the one at `back` places before the last (0: the last) changed. */
export function changed(rows: readonly Ohlct[], back: number, row: Ohlct): Ohlct[] {
  return rows.with(rows.length - 1 - back, row);
}

/** The find on the last of some rows. */
export function findOn(pattern: Pattern, rows: readonly Ohlct[]): Find | null {
  return pattern.detect(contextOf(symbolName("EURUSD"), candlesOf(rows)));
}

/** What a hand calculation says of a find. */
export interface ByHand {
  readonly direction: Find["direction"];
  readonly atr: number;
  /** How many candles back the one lies that names the structure; null for a pattern without one. */
  readonly structureBack: number | null;
  /** Name, value and weight of every part, in order. */
  readonly parts: readonly (readonly [string, number, number])[];
  readonly confidence: number;
}

/** Averages that never quite forget how they began differ from their limit by less. */
const DUST = 1e-8;

/** Holds a find against the hand calculation. */
export function assertByHand(pattern: Pattern, rows: readonly Ohlct[], byHand: ByHand): void {
  const candles = candlesOf(rows);
  const find = findOn(pattern, rows);
  assert.ok(find !== null, "nothing was found");
  assert.equal(find.direction, byHand.direction);
  assert.ok(Math.abs(find.atr - byHand.atr) < DUST, `ATR ${find.atr}`);
  assert.deepEqual(
    find.parts.map(({ name, weight }) => [name, weight]),
    byHand.parts.map(([n, , w]) => [n, w]),
  );
  for (const [i, [name, value]] of byHand.parts.entries()) {
    assert.ok(
      Math.abs(find.parts[i]!.value - value) < DUST,
      `${name} is ${find.parts[i]!.value}, not ${value}`,
    );
  }
  assert.equal(confidenceOf(find.parts), byHand.confidence);
  assert.equal(find.candleOpenedAtMs, candles.at(-1)?.openedAtMs);
  const structureId = byHand.structureBack === null
    ? null
    : `${pattern.name}_EURUSD_${byHand.direction}_${
      candles.at(-1 - byHand.structureBack)!.openedAtMs / 1000
    }`;
  assert.equal(find.structureId, structureId);
}

/** The mirror image of rows in the price of 1000. */
export function mirrorImage(rows: readonly Ohlct[]): Ohlct[] {
  return rows.map((
    [open, high, low, close, ticks],
  ) => [2000 - open, 2000 - low, 2000 - high, 2000 - close, ticks]);
}
