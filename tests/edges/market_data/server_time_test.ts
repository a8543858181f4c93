/**
 * Server time, against the machine's own time zone database.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { toUtc } from "../../../edges/market_data/mod.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The local clock of an IANA zone at a moment, its fields read as if they were UTC. */
function localMs(zone: string): (utcMs: number) => number {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  return (utcMs) => {
    const part = Object.fromEntries(
      format.formatToParts(utcMs).map(({ type, value }) => [type, Number(value)]),
    );
    return Date.UTC(
      part["year"]!,
      part["month"]! - 1,
      part["day"],
      part["hour"],
      part["minute"],
      part["second"],
    ) +
      utcMs % 1_000;
  };
}

/** Every hour of the Sundays of spring and autumn, when clocks are switched, in every second year and the last five. */
function hoursOfSundays(firstYear: number, lastYear: number): number[] {
  const hours: number[] = [];
  for (let at = Date.UTC(firstYear, 0, 2); at < Date.UTC(lastYear + 1, 0); at += HOUR_MS) {
    const day = new Date(at);
    const isSeason = [2, 3, 9, 10].includes(day.getUTCMonth());
    const isYear = day.getUTCFullYear() % 2 === 1 || day.getUTCFullYear() > lastYear - 5;
    if (day.getUTCDay() === 0 && isSeason && isYear) hours.push(at);
  }
  return hours;
}

for (
  const [name, zone, shiftMs, sinceYear] of [
    ["newYork", "America/New_York", 0, 1987],
    ["newYorkClose", "America/New_York", 7 * HOUR_MS, 1987],
    ["europe", "Europe/Athens", 0, 1996],
  ] as const
) {
  Deno.test(`toUtc("${name}") undoes the local clock at every hour but the one that is there twice`, () => {
    const local = localMs(zone);
    const utc = toUtc(name);

    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(sinceYear, 0, 2), max: Date.UTC(2040, 0) }), (at) => {
        const isTwice = local(at) === local(at - HOUR_MS);
        assert.equal(utc(local(at) + shiftMs), isTwice ? at - HOUR_MS : at);
      }),
      { numRuns: 2_000, seed: 7 },
    );
  });

  Deno.test(`toUtc("${name}") switches in the right hour of every year`, () => {
    const local = localMs(zone);
    const utc = toUtc(name);

    const wrong = hoursOfSundays(sinceYear, 2030).filter((at) => {
      const isTwice = local(at) === local(at - HOUR_MS);
      return utc(local(at) + shiftMs) !== (isTwice ? at - HOUR_MS : at);
    });
    assert.deepEqual(wrong, []);
  });
}

Deno.test("toUtc() takes times in any order, across seasons and years", () => {
  const utc = toUtc("newYorkClose");
  const winter = Date.UTC(2025, 0, 15);
  const summer = Date.UTC(2025, 6, 15);

  const offsets = [winter, summer, winter, summer + 365 * DAY_MS, winter].map((at) =>
    (at - utc(at)) / HOUR_MS
  );

  assert.deepEqual(offsets, [2, 3, 2, 3, 2]);
});

Deno.test("toUtc() of a fixed offset is the same all year, and of UTC nothing", () => {
  const [est, india] = [toUtc({ utcOffsetMinutes: -300 }), toUtc({ utcOffsetMinutes: 330 })];
  const times = [Date.UTC(2025, 0, 15), Date.UTC(2025, 6, 15)];

  assert.deepEqual(times.map((at) => (est(at) - at) / HOUR_MS), [5, 5]);
  assert.deepEqual(times.map((at) => (india(at) - at) / HOUR_MS), [-5.5, -5.5]);
  assert.deepEqual(times.map(toUtc("utc")), times);
});
