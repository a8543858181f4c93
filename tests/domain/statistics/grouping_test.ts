/**
 * Grouping: every signal in one cell, cells in their natural order, figures of their own signals.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { cellsOf, type Dimension, DIMENSIONS, groupBy } from "../../../domain/statistics/grouping.ts";
import { PATTERN_NAMES, type Session } from "../../../protocols/signal.ts";
import type { SignalRecord } from "../../../protocols/store.ts";
import { confidence, symbolName } from "../../../protocols/units.ts";
import { TUESDAY_MS } from "../../kit/signals.ts";
import { cohort, ended, open, rounded, unknown } from "./cohort.ts";

const HOUR_MS = 3_600_000;
const at = (hours: number) => ({ signaledAtMs: TUESDAY_MS + hours * HOUR_MS });
const keysBy = (signals: readonly SignalRecord[], ...dimensions: Dimension[]) =>
  groupBy(signals, dimensions).map(({ keys }) => keys.join(" "));

Deno.test("groupBy() gives each cell its own figures and keeps the unknown outside the rate", () => {
  const signals = [
    ...cohort([2, -1, -1]),
    unknown(3),
    open(4),
    ended(5, 1, { direction: "SELL" }),
    unknown(6, { direction: "SELL" }),
  ];

  const groups = groupBy(signals, ["direction"], { designEffect: 1 });

  // Wilson at 95 %, by hand: 1 of 3 is 0.0615 to 0.7923, 1 of 1 is 0.2065 to 1.
  assert.deepEqual(
    groups.map(({ interval, winRate, ...rest }) => ({
      ...rest,
      winRate: winRate!.toFixed(3),
      interval: rounded(interval!, 4),
    })),
    [
      {
        keys: ["BUY"],
        n: 3,
        wins: 1,
        losses: 2,
        unknown: 1,
        open: 1,
        expectancyR: 0,
        totalR: 0,
        winRate: "0.333",
        interval: [0.0615, 0.7923],
      },
      {
        keys: ["SELL"],
        n: 1,
        wins: 1,
        losses: 0,
        unknown: 1,
        open: 0,
        expectancyR: 1,
        totalR: 1,
        winRate: "1.000",
        interval: [0.2065, 1],
      },
    ],
  );
});

Deno.test("groupBy() of a cell in which nothing ended has null where there is no number", () => {
  assert.deepEqual(groupBy([open(0), unknown(1)], ["symbol"]), [{
    keys: ["EURUSD"],
    n: 0,
    wins: 0,
    losses: 0,
    unknown: 1,
    open: 1,
    winRate: null,
    interval: null,
    expectancyR: null,
    totalR: 0,
  }]);
  assert.deepEqual(groupBy([], ["symbol"]), []);
});

Deno.test("groupBy() lists keys in their natural order", () => {
  const sessions: Session[] = ["LATE", "ASIAN", "NEWYORK", "LONDON", "OVERLAP"];
  const signals = [
    ...sessions.map((session, i) => ended(i, 1, { session })),
    ended(5, 1, { pattern: "VCB_BREAKOUT", symbol: symbolName("AUDUSD"), session: "LATE" }),
    ended(6, 1, { pattern: "KALMAN_QUICKFIRE", direction: "SELL", session: "LATE" }),
  ];

  assert.deepEqual(keysBy(signals, "session"), ["ASIAN", "LONDON", "OVERLAP", "NEWYORK", "LATE"]);
  assert.deepEqual(keysBy(signals, "pattern"), ["KALMAN_QUICKFIRE", "BB_SCALP", "VCB_BREAKOUT"]);
  assert.deepEqual(keysBy(signals, "symbol"), ["AUDUSD", "EURUSD"]);
  assert.deepEqual(keysBy(signals.slice(4), "direction", "symbol"), [
    "BUY AUDUSD",
    "BUY EURUSD",
    "SELL EURUSD",
  ]);
});

Deno.test("groupBy() takes hour and weekday in UTC by signal time", () => {
  // The signals' Tuesday begins at 10:00; 14 hours on it is Wednesday.
  const signals = [at(13.99), at(14), at(-10), at(-10.01), at(14 + 24 * 4)].map((when, i) =>
    ended(i, 1, when)
  );

  assert.deepEqual(keysBy(signals, "weekday", "hour"), [
    "Monday 23",
    "Tuesday 00",
    "Tuesday 23",
    "Wednesday 00",
    "Sunday 00",
  ]);
});

Deno.test("groupBy() cuts confidence bands at whole points", () => {
  const signals = [79.9, 80, 84.9, 85, 100].map((value, i) => ended(i, 1, { confidence: confidence(value) }));
  const bands = groupBy(signals, ["confidenceBand"]).map(({ keys, n }) => [keys[0], n]);

  assert.deepEqual(bands, [["75 to 79.9", 1], ["80 to 84.9", 2], ["85 to 89.9", 1], ["100 to 104.9", 1]]);
  assert.deepEqual(
    groupBy(signals, ["confidenceBand"], { bandWidth: 10 }).map(({ keys, n }) => [keys[0], n]),
    [["70 to 79.9", 1], ["80 to 89.9", 3], ["100 to 109.9", 1]],
  );
  assert.throws(() => groupBy(signals, ["confidenceBand"], { bandWidth: 2.5 }), RangeError);
});

Deno.test("groupBy() parts a cohort: every signal in one cell, sums that add up", () => {
  const signal = fc.record({
    r: fc.constantFrom(-1, 0.5, 2),
    pattern: fc.constantFrom(...PATTERN_NAMES),
    hours: fc.integer({ min: -500, max: 500 }),
    said: fc.integer({ min: 600, max: 950 }),
  });
  fc.assert(
    fc.property(fc.array(signal), fc.subarray([...DIMENSIONS]), (made, dimensions) => {
      const signals = made.map(({ r, pattern, hours, said }, i) =>
        ended(i, r, { pattern, confidence: confidence(said / 10), ...at(hours) })
      );
      const cells = cellsOf(signals, dimensions);
      const names = cells.map(({ keys }) => JSON.stringify(keys));
      const total = groupBy(signals, dimensions).reduce((sum, { totalR }) => sum + totalR, 0);

      assert.deepEqual(
        cells.flatMap(({ signals }) => signals.map(({ id }) => id)).sort(),
        signals.map(({ id }) => id),
      );
      assert.equal(new Set(names).size, names.length);
      assert.equal(total, made.reduce((sum, { r }) => sum + r, 0));
    }),
    { seed: 6 },
  );
});
