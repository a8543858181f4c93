/**
 * Time frames as people write them in a query: `30m`, `6h`, `7d`.
 *
 * @module
 */

/** What is shown when nothing is asked for: 6 h. */
export const TIMEFRAME_DEFAULT_MS = 6 * 3_600_000;

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
/** Longer ago nothing is summed up. */
const TIMEFRAME_MAX_MS = 90 * 86_400_000;

/** Reads a time frame, 1 m to 90 d, in ms; null when it is none. Undefined is the default. */
export function readTimeframe(text: string | undefined): number | null {
  if (text === undefined) return TIMEFRAME_DEFAULT_MS;
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (count === undefined || unit === undefined) return null;
  const ms = Number(count) * UNIT_MS[unit]!;
  return ms >= UNIT_MS["m"]! && ms <= TIMEFRAME_MAX_MS ? ms : null;
}

/** Writes a time frame in its largest whole unit: 90 min is `90m`, 24 h is `1d`. */
export function formatTimeframe(ms: number): string {
  const unit = ["d", "h", "m"].find((each) => ms % UNIT_MS[each]! === 0) ?? "m";
  return `${ms / UNIT_MS[unit]!}${unit}`;
}
