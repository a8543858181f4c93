/**
 * Server time: from a broker's or vendor's local clock to UTC, daylight saving included.
 *
 * Rules: USA since 1987 (Energy Policy Act 2005 from 2007 on; tz database, `northamerica`), European Union since 1996
 * (Directive 2000/84/EC; tz database, `europe`). Before those years the standard offset holds all year.
 *
 * @module
 */

/**
 * Whose clock a file's stamps are of.
 *
 * - `newYorkClose`: New York + 7 h, so that the server's day ends at 17:00 New York (UTC+2, UTC+3 in US summer); most
 *   MT5 brokers.
 * - `europe`: EET/EEST, UTC+2, UTC+3 in European summer.
 * - `newYork`: the wall clock of New York.
 * - a fixed offset: minutes east of UTC, -840 to 840, without daylight saving; HistData's EST is -300.
 */
export type ServerTime = "utc" | "newYork" | "newYorkClose" | "europe" | {
  readonly utcOffsetMinutes: number;
};

/** A switch of clocks: the nth Sunday of a month (-1 is the last) at an hour of UTC. */
interface Switch {
  /** 1 to 12. */
  readonly month: number;
  readonly nth: 1 | 2 | -1;
  readonly utcHour: number;
}

interface DaylightRule {
  readonly sinceYear: number;
  readonly starts: Switch;
  readonly ends: Switch;
}

interface Zone {
  /** Minutes east of UTC outside daylight saving; inside it is an hour more. */
  readonly standardMinutes: number;
  /** Newest first. */
  readonly rules: readonly DaylightRule[];
}

const USA: readonly DaylightRule[] = [
  { sinceYear: 2007, starts: { month: 3, nth: 2, utcHour: 7 }, ends: { month: 11, nth: 1, utcHour: 6 } },
  { sinceYear: 1987, starts: { month: 4, nth: 1, utcHour: 7 }, ends: { month: 10, nth: -1, utcHour: 6 } },
];
const EU: readonly DaylightRule[] = [
  { sinceYear: 1996, starts: { month: 3, nth: -1, utcHour: 1 }, ends: { month: 10, nth: -1, utcHour: 1 } },
];
const ZONES: Readonly<Record<string, Zone>> = {
  utc: { standardMinutes: 0, rules: [] },
  newYork: { standardMinutes: -300, rules: USA },
  newYorkClose: { standardMinutes: 120, rules: USA },
  europe: { standardMinutes: 120, rules: EU },
};

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const OFFSET_MAX_MINUTES = 840;

/**
 * Makes a function from local ms (a wall clock's fields read as if they were UTC) to UTC ms.
 *
 * The hour that autumn repeats is read as its first pass, the hour that spring leaves out by the standard offset; the
 * market is closed in both.
 *
 * @throws {RangeError} when a fixed offset is not within ±840 minutes
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { toUtc } from "./server_time.ts";
 *
 * const utc = toUtc("newYorkClose");
 *
 * assert.equal(utc(Date.UTC(2026, 0, 15, 14, 30)), Date.UTC(2026, 0, 15, 12, 30));
 * assert.equal(utc(Date.UTC(2026, 6, 15, 14, 30)), Date.UTC(2026, 6, 15, 11, 30));
 * ```
 */
export function toUtc(serverTime: ServerTime): (localMs: number) => number {
  const zone = zoneOf(serverTime);
  let season = { from: 0, until: 0, offsetMs: 0 };
  return (localMs) => {
    if (localMs < season.from || localMs >= season.until) season = seasonAt(zone, localMs);
    return localMs - season.offsetMs;
  };
}

function zoneOf(serverTime: ServerTime): Zone {
  if (typeof serverTime === "string") return ZONES[serverTime]!;
  const { utcOffsetMinutes } = serverTime;
  if (Math.abs(utcOffsetMinutes) <= OFFSET_MAX_MINUTES) {
    return { standardMinutes: utcOffsetMinutes, rules: [] };
  }
  throw new RangeError(
    `Cannot read server time as its offset must be -840 to 840 minutes: current value is ${utcOffsetMinutes}`,
  );
}

/** The stretch of local time around `localMs` in which one offset holds. */
function seasonAt(zone: Zone, localMs: number): { from: number; until: number; offsetMs: number } {
  const year = new Date(localMs).getUTCFullYear();
  const standardMs = zone.standardMinutes * MINUTE_MS;
  const rule = zone.rules.find((each) => each.sinceYear <= year);
  const [from, until] = [Date.UTC(year, 0), Date.UTC(year + 1, 0)];
  if (rule === undefined) return { from, until, offsetMs: standardMs };
  const daylightMs = standardMs + HOUR_MS;
  const starts = switchMs(rule.starts, year) + daylightMs;
  const ends = switchMs(rule.ends, year) + daylightMs;
  if (localMs < starts) return { from, until: starts, offsetMs: standardMs };
  if (localMs >= ends) return { from: ends, until, offsetMs: standardMs };
  return { from: starts, until: ends, offsetMs: daylightMs };
}

/** The moment of a switch in UTC ms. */
function switchMs({ month, nth, utcHour }: Switch, year: number): number {
  if (nth === -1) {
    const last = new Date(Date.UTC(year, month, 0));
    return Date.UTC(year, month - 1, last.getUTCDate() - last.getUTCDay(), utcHour);
  }
  const first = new Date(Date.UTC(year, month - 1, 1)).getUTCDay();
  return Date.UTC(year, month - 1, 1 + (7 - first) % 7 + 7 * (nth - 1), utcHour);
}
