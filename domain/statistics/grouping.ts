/**
 * Grouping: one cohort cut along one or more dimensions, each cell with its n and how sure it is.
 *
 * The more cells, the more of them look good by chance: nothing acts on a cell before `multiplicity.ts` has spoken.
 *
 * @module
 */
import { PATTERN_NAMES, type Session } from "../../protocols/signal.ts";
import type { SignalRecord } from "../../protocols/store.ts";
import { DESIGN_EFFECT } from "../analytics.ts";
import { type IntervalSettings, type Range, wilsonInterval } from "./proportions.ts";
import { meanOf, rsOf, type Tally, tallyOf } from "./tracked.ts";

/** What signals may be grouped by; hour and weekday are those of `signaledAtMs`, UTC. */
export const DIMENSIONS = [
  "pattern",
  "symbol",
  "session",
  "hour",
  "weekday",
  "confidenceBand",
  "direction",
] as const;

/** One of the dimensions. */
export type Dimension = typeof DIMENSIONS[number];

/** One cell. */
export interface Group extends Tally {
  /** One per dimension asked for, in that order: `["EURUSD", "07"]`. */
  readonly keys: readonly string[];
  /** Wins over n, 0 to 1; null when n is 0. */
  readonly winRate: number | null;
  /** Wilson interval of it, 0 to 1; null when n is 0. */
  readonly interval: Range | null;
  /** Mean R of what was won or lost; null when n is 0. */
  readonly expectancyR: number | null;
  readonly totalR: number;
}

/** A cell with the signals in it. */
export interface Cell {
  readonly keys: readonly string[];
  readonly signals: readonly SignalRecord[];
}

/** How a cohort is cut. */
export interface GroupSettings extends IntervalSettings {
  /** Width of a confidence band in whole points, 1 to 100; 5 unless given: 80 to 84.9. */
  readonly bandWidth?: number;
}

interface Key {
  /** Order among the keys of its dimension; equal ranks go by name. */
  readonly rank: number;
  readonly name: string;
}

const HOUR_MS = 3_600_000;
const SESSIONS: readonly Session[] = ["ASIAN", "LONDON", "OVERLAP", "NEWYORK", "LATE"];
const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;
/** 1970-01-01 was a Thursday, the fourth day of the week. */
const EPOCH_WEEKDAY = 3;

/**
 * Figures of every cell that holds a signal, in the natural order of its keys (patterns and sessions as the house
 * lists them, weekdays from Monday, symbols by name).
 *
 * @param dimensions one or more; the first is the outermost
 * @throws {RangeError} when `bandWidth` is not a whole number from 1 to 100
 */
export function groupBy(
  signals: Iterable<SignalRecord>,
  dimensions: readonly Dimension[],
  settings: GroupSettings = {},
): Group[] {
  const interval = { designEffect: DESIGN_EFFECT, ...settings };
  return cellsOf(signals, dimensions, settings).map(({ keys, signals }) => {
    const tally = tallyOf(signals), rs = rsOf(signals);
    return {
      keys,
      ...tally,
      winRate: tally.n === 0 ? null : tally.wins / tally.n,
      interval: wilsonInterval(tally.wins, tally.n, interval),
      expectancyR: meanOf(rs),
      totalR: rs.reduce((sum, r) => sum + r, 0),
    };
  });
}

/** Every cell that holds a signal, ordered as `groupBy` does. */
export function cellsOf(
  signals: Iterable<SignalRecord>,
  dimensions: readonly Dimension[],
  { bandWidth = 5 }: GroupSettings = {},
): Cell[] {
  if (!(Number.isInteger(bandWidth) && bandWidth >= 1 && bandWidth <= 100)) {
    throw new RangeError(
      `Cannot cut bands as bandWidth must be whole, 1 to 100: current value is ${bandWidth}`,
    );
  }
  const cells = new Map<string, { readonly keys: readonly Key[]; readonly signals: SignalRecord[] }>();
  for (const signal of signals) {
    const keys = dimensions.map((dimension) => keyOf(signal, dimension, bandWidth));
    const id = JSON.stringify(keys.map(({ name }) => name));
    const cell = cells.get(id);
    if (cell === undefined) cells.set(id, { keys, signals: [signal] });
    else cell.signals.push(signal);
  }
  return [...cells.values()]
    .sort((a, b) => byKeys(a.keys, b.keys))
    .map(({ keys, signals }) => ({ keys: keys.map(({ name }) => name), signals }));
}

function keyOf(signal: SignalRecord, dimension: Dimension, bandWidth: number): Key {
  const { signaledAtMs } = signal;
  switch (dimension) {
    case "pattern":
      return { rank: PATTERN_NAMES.indexOf(signal.pattern), name: signal.pattern };
    case "symbol":
      return { rank: 0, name: signal.symbol };
    case "session":
      return { rank: SESSIONS.indexOf(signal.session), name: signal.session };
    case "hour":
      return hourKey(new Date(signaledAtMs).getUTCHours());
    case "weekday":
      return weekdayKey(Math.floor(signaledAtMs / (24 * HOUR_MS)));
    case "confidenceBand":
      return bandKey(Math.floor(signal.confidence / bandWidth) * bandWidth, bandWidth);
    case "direction":
      return { rank: 0, name: signal.direction };
  }
}

function hourKey(hour: number): Key {
  return { rank: hour, name: String(hour).padStart(2, "0") };
}

function weekdayKey(day: number): Key {
  const rank = (((day + EPOCH_WEEKDAY) % 7) + 7) % 7;
  return { rank, name: WEEKDAYS[rank] as string };
}

function bandKey(from: number, width: number): Key {
  return { rank: from, name: `${from} to ${(from + width - 0.1).toFixed(1)}` };
}

function byKeys(a: readonly Key[], b: readonly Key[]): number {
  for (const [i, left] of a.entries()) {
    const right = b[i] as Key;
    const order = left.rank - right.rank || (left.name < right.name ? -1 : left.name > right.name ? 1 : 0);
    if (order !== 0) return order;
  }
  return 0;
}
