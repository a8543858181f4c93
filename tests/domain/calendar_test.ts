/**
 * The calendar, held against the host's own time zone data.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  closedBetween,
  closedIntervals,
  isOpen,
  newYorkMinute,
  newYorkOffsetMs,
  nextClose,
  nextOpen,
  sessionOf,
} from "../../domain/calendar.ts";
import { symbolName } from "../../protocols/units.ts";

const EURUSD = symbolName("EURUSD");
const XAUUSD = symbolName("XAUUSD");
const HOUR_MS = 3_600_000;

const NEW_YORK = new Intl.DateTimeFormat("en-US", {
  timeZone: "America/New_York",
  weekday: "short",
  hour: "numeric",
  minute: "numeric",
  hourCycle: "h23",
});

/** Weekday and minute of the day in New York, by the host's time zone data. */
function newYork(atMs: number): { day: string; minute: number } {
  const parts = Object.fromEntries(NEW_YORK.formatToParts(atMs).map(({ type, value }) => [type, value]));
  return { day: parts["weekday"]!, minute: Number(parts["hour"]) * 60 + Number(parts["minute"]) };
}

function isOpenInNewYork(gold: boolean, atMs: number): boolean {
  const { day, minute } = newYork(atMs);
  const close = 17 * 60;
  if (day === "Sat" || (day === "Fri" && minute >= close)) return false;
  if (day === "Sun") return minute >= (gold ? close + 60 : close);
  return !(gold && minute >= close && minute < close + 60);
}

const moments = fc.integer({ min: Date.UTC(2007, 3, 1), max: Date.UTC(2037, 11, 31) });

Deno.test("newYorkMinute() agrees with the host's time zone data from 2007 to 2037", () => {
  fc.assert(fc.property(moments, (atMs) => assert.equal(newYorkMinute(atMs), newYork(atMs).minute)), {
    numRuns: 1_000,
  });
});

Deno.test("newYorkOffsetMs() changes at 02:00 local on the second Sunday of March and the first of November", () => {
  const switches = [
    [Date.UTC(2024, 2, 10, 7), Date.UTC(2024, 10, 3, 6)],
    [Date.UTC(2025, 2, 9, 7), Date.UTC(2025, 10, 2, 6)],
    [Date.UTC(2026, 2, 8, 7), Date.UTC(2026, 10, 1, 6)],
    [Date.UTC(2027, 2, 14, 7), Date.UTC(2027, 10, 7, 6)],
  ];

  const hours = switches.flatMap(([spring, autumn]) =>
    [spring! - 1, spring!, autumn! - 1, autumn!].map((atMs) => newYorkOffsetMs(atMs) / HOUR_MS)
  );

  assert.deepEqual(hours, switches.flatMap(() => [-5, -4, -4, -5]));
});

Deno.test("isOpen() agrees with the host's time zone data for EURUSD and XAUUSD", () => {
  fc.assert(
    fc.property(moments, fc.boolean(), (atMs, gold) => {
      assert.equal(isOpen(gold ? XAUUSD : EURUSD, atMs), isOpenInNewYork(gold, atMs));
    }),
    { numRuns: 1_000 },
  );
});

Deno.test("isOpen() opens EURUSD on Sunday 21:00 UTC in summer and 22:00 UTC in winter", () => {
  const opens = [Date.UTC(2026, 6, 5, 21), Date.UTC(2026, 0, 4, 22)];

  const around = opens.flatMap((atMs) => [isOpen(EURUSD, atMs - 1), isOpen(EURUSD, atMs)]);

  assert.deepEqual(around, [false, true, false, true]);
});

Deno.test("closedIntervals() lists gold's four pauses and its weekend, whole, in order", () => {
  const week = closedIntervals(Date.UTC(2026, 6, 6), Date.UTC(2026, 6, 13), XAUUSD);

  const hour = (day: number, hours: number) => Date.UTC(2026, 6, day, hours);
  assert.deepEqual(week, [
    { fromMs: hour(6, 21), toMs: hour(6, 22) },
    { fromMs: hour(7, 21), toMs: hour(7, 22) },
    { fromMs: hour(8, 21), toMs: hour(8, 22) },
    { fromMs: hour(9, 21), toMs: hour(9, 22) },
    { fromMs: hour(10, 21), toMs: hour(12, 22) },
  ]);
});

Deno.test("closedIntervals() of the currency week spans the switch to summer time in 47 h, not 48", () => {
  const march = closedIntervals(Date.UTC(2026, 2, 6), Date.UTC(2026, 2, 9));

  assert.deepEqual(march, [{ fromMs: Date.UTC(2026, 2, 6, 22), toMs: Date.UTC(2026, 2, 8, 21) }]);
});

Deno.test("closedIntervals() refuses a stretch that runs backwards", () => {
  assert.throws(() => closedIntervals(2, 1), /Cannot list closures as toMs must be >= 2: current value is 1/);
});

Deno.test("closedIntervals() contains exactly the moments at which the market is not open", () => {
  fc.assert(fc.property(moments, fc.nat(20 * 24 * HOUR_MS), fc.boolean(), (fromMs, length, gold) => {
    const symbol = gold ? XAUUSD : EURUSD;
    const closures = closedIntervals(fromMs, fromMs + length, symbol);
    for (let atMs = fromMs; atMs < fromMs + length; atMs += 7 * HOUR_MS) {
      const inside = closures.some((each) => atMs >= each.fromMs && atMs < each.toMs);
      assert.equal(inside, !isOpen(symbol, atMs));
    }
  }));
});

Deno.test("nextClose() and nextOpen() name the first closed and the first open moment", () => {
  fc.assert(fc.property(moments, fc.boolean(), (atMs, gold) => {
    const symbol = gold ? XAUUSD : EURUSD;
    const open = isOpen(symbol, atMs);
    const edge = open ? nextClose(symbol, atMs) : nextOpen(symbol, atMs);
    assert.ok(edge > atMs);
    assert.equal(isOpen(symbol, edge - 1), open);
    assert.equal(isOpen(symbol, edge), !open);
  }));
});

Deno.test("closedBetween() sees gold's pause, and not the moment at which it begins", () => {
  const pause = Date.UTC(2026, 6, 7, 21);

  const seen = [
    closedBetween(XAUUSD, pause - 1, pause),
    closedBetween(XAUUSD, pause - 1, pause + 1),
    closedBetween(XAUUSD, pause, pause + 1),
    closedBetween(XAUUSD, pause + HOUR_MS, pause + 2 * HOUR_MS),
    closedBetween(EURUSD, pause - 1, pause + 1),
  ];

  assert.deepEqual(seen, [false, true, true, false, false]);
});

Deno.test("sessionOf() names every UTC hour once: hour 7 and 8 are London, not Asia", () => {
  const sessions = Array.from({ length: 24 }, (_, hour) => sessionOf(Date.UTC(2026, 6, 7, hour, 59)));

  assert.deepEqual(sessions, [
    ...Array(7).fill("ASIAN"),
    ...Array(6).fill("LONDON"),
    ...Array(4).fill("OVERLAP"),
    ...Array(5).fill("NEWYORK"),
    ...Array(2).fill("LATE"),
  ]);
});
