/**
 * Risk: open risk, exposure, results and losses, all derived from the stored fires.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { newYorkMinute } from "../../domain/calendar.ts";
import {
  boundMargin,
  currencyExposure,
  dailyLossPercent,
  drawdownPercent,
  firesSince,
  lossStreak,
  openRiskMoney,
  openRiskPercent,
  realisedSince,
  resultOf,
  tradingDayStart,
} from "../../domain/risk.ts";
import { specOf } from "../../domain/symbol_spec.ts";
import type { FireStatus } from "../../protocols/fire.ts";
import { money, price, symbolName } from "../../protocols/units.ts";
import { makeFire } from "../kit/records.ts";

const HOUR_MS = 3_600_000;
const closed = (profit: number | null, closedAtMs: number) =>
  makeFire({ status: "closed", profit: profit === null ? null : money(profit), closedAtMs });

Deno.test("tradingDayStart() is 17:00 New York in summer, in winter and across both switches", () => {
  const at = (...parts: [number, number, number, number]) =>
    new Date(Date.UTC(...parts)).toISOString().slice(0, 16);
  const start = (...parts: [number, number, number, number]) =>
    new Date(tradingDayStart(Date.UTC(...parts))).toISOString().slice(0, 16);

  assert.deepEqual([
    start(2026, 6, 7, 20),
    start(2026, 6, 7, 21),
    start(2026, 0, 7, 21),
    start(2026, 0, 7, 22),
    // Summer time began on 2026-03-08 at 07:00 UTC, ended on 2026-11-01 at 06:00 UTC.
    start(2026, 2, 8, 12),
    start(2026, 10, 1, 12),
  ], [
    at(2026, 6, 6, 21),
    at(2026, 6, 7, 21),
    at(2026, 0, 6, 22),
    at(2026, 0, 7, 22),
    at(2026, 2, 7, 22),
    at(2026, 9, 31, 21),
  ]);
});

Deno.test("tradingDayStart() is always 17:00 in New York and at most 25 hours back", () => {
  fc.assert(
    fc.property(fc.integer({ min: Date.UTC(2025, 0, 1), max: Date.UTC(2028, 0, 1) }), (atMs) => {
      const start = tradingDayStart(atMs);
      assert.equal(newYorkMinute(start), 17 * 60);
      assert.ok(start <= atMs && atMs - start < 25 * HOUR_MS);
      assert.equal(tradingDayStart(start), start);
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("open risk and margin count the four statuses that hold a slot", () => {
  const statuses: readonly FireStatus[] = [
    "reserved",
    "sent",
    "ambiguous",
    "filled",
    "closed",
    "refused",
    "rejected",
    "expired",
  ];
  const fires = statuses.map((status) =>
    makeFire({ status, riskPercent: 2, riskMoney: money(20), marginMoney: money(30) })
  );

  assert.deepEqual([openRiskPercent(fires), openRiskMoney(fires), boundMargin(fires)], [8, 80, 120]);
  assert.equal(boundMargin([makeFire({ marginMoney: null })]), NaN);
});

Deno.test("currencyExposure() nets legs over symbols and keeps an unknown symbol as its own", () => {
  const exposure = currencyExposure([
    { symbol: symbolName("EURUSD"), direction: "BUY", riskPercent: 5 },
    { symbol: symbolName("EURGBP"), direction: "SELL", riskPercent: 2 },
    { symbol: symbolName("XAUUSD"), direction: "BUY", riskPercent: 1 },
    { symbol: symbolName("WHAT"), direction: "SELL", riskPercent: 4 },
  ], specOf);

  assert.deepEqual([...exposure], [["EUR", 3], ["USD", -6], ["GBP", 2], ["XAU", 1], ["WHAT", -4], ["?", 4]]);
});

Deno.test("resultOf() takes the broker's profit, else the close price in shares of the risk, else the whole risk", () => {
  const fill = { status: "closed" as const, riskMoney: money(30), fillPrice: price(1.1) };

  assert.equal(resultOf(makeFire({ ...fill, profit: money(-3), closePrice: price(1.2) })), -3);
  // 20 pips of target over a stop of 15, risk 30: 40
  assert.equal(resultOf(makeFire({ ...fill, closePrice: price(1.102) })).toFixed(6), "40.000000");
  const sell = { ...fill, direction: "SELL" as const, stopLoss: price(1.1015) };
  assert.equal(resultOf(makeFire({ ...sell, closePrice: price(1.1015) })).toFixed(6), "-30.000000");
  assert.equal(resultOf(makeFire(fill)), -30);
});

Deno.test("realisedSince() adds closes at or after the moment, and nothing else", () => {
  const fires = [
    closed(5, 99),
    closed(7, 100),
    closed(-3, 200),
    makeFire({ status: "filled", profit: money(50) }),
  ];

  assert.equal(realisedSince(fires, 100), 4);
});

Deno.test("dailyLossPercent() counts realised and floating against the equity the day began with", () => {
  // Began with 10,000; lost 1,000 closed and 500 floating.
  assert.equal(dailyLossPercent({ balance: 9_000, equity: 8_500 }, -1_000), 15);
  assert.equal(dailyLossPercent({ balance: 11_000, equity: 11_000 }, 1_000), -10);
  assert.equal(dailyLossPercent({ balance: 10_000, equity: 10_000 }, 0, 2_000), 20);
  assert.equal(dailyLossPercent({ balance: 0, equity: 0 }, 0), NaN);
});

Deno.test("drawdownPercent() falls from the highest balance any fire was sent with", () => {
  const fires = [makeFire({ preSendBalance: money(12_500) }), makeFire()];

  assert.equal(drawdownPercent(fires, { balance: 11_000, equity: 10_000 }), 20);
  assert.equal(drawdownPercent([], { balance: 10_000, equity: 12_000 }), 0);
});

Deno.test("lossStreak() counts back from the latest close to the first that did not lose", () => {
  assert.deepEqual(lossStreak([closed(-1, 30), closed(2, 10), closed(-1, 20), closed(-1, 5)]), {
    losses: 2,
    lastAtMs: 30,
  });
  assert.deepEqual(lossStreak([closed(-1, 30), closed(1, 40)]), { losses: 0, lastAtMs: null });
  assert.deepEqual(lossStreak([]), { losses: 0, lastAtMs: null });
});

Deno.test("firesSince() counts what was asked for, without our own refusals", () => {
  const fires = [
    makeFire({ requestedAtMs: 10 }),
    makeFire({ requestedAtMs: 10, status: "refused" }),
    makeFire({ requestedAtMs: 10, status: "rejected" }),
    makeFire({ requestedAtMs: 9 }),
  ];

  assert.equal(firesSince(fires, 10), 2);
});
