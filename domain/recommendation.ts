/**
 * Recommendation: what the figures of a time frame say, in words and with their numbers.
 *
 * @module
 */
import type { AnalyticsSummary, PatternStats } from "../protocols/analytics.ts";

/** The seed's rule: a pattern below this win rate, percent … */
export const WEAK_WIN_RATE = 40;
/** … over at least this many resolved signals is warned of. */
export const WEAK_RESOLVED_MIN = 20;

type Figures = Pick<AnalyticsSummary, "resolved" | "openSignals" | "winRate" | "patterns">;
type Named = readonly [name: string, stats: PatternStats];

/** Words for the figures; null while nothing has resolved. */
export function recommend({ resolved, openSignals, winRate, patterns }: Figures): string | null {
  if (resolved === 0) return null;
  const named = Object.entries(patterns);
  const enough = named.filter(([, stats]) => stats.resolved >= WEAK_RESOLVED_MIN);
  const weak = named.filter(([, stats]) => isWeak(stats));
  if (weak.length > 0) return weak.map(warning).join(" ");
  const best = enough.toSorted(byMeanR)[0];
  if (best === undefined) return tooEarly(resolved, openSignals, winRate);
  return `No pattern with at least ${WEAK_RESOLVED_MIN} resolved signals is below ${WEAK_WIN_RATE} %. ` +
    `Best by mean R: ${figures(best)}.`;
}

/** True when the seed's rule warns of a pattern. */
export function isWeak(stats: PatternStats): boolean {
  return stats.resolved >= WEAK_RESOLVED_MIN && stats.winRate !== null && stats.winRate < WEAK_WIN_RATE;
}

function warning(pattern: Named): string {
  return `Warning: ${figures(pattern)}, below ${WEAK_WIN_RATE} % over at least ${WEAK_RESOLVED_MIN}: ` +
    "review it before more is risked on it.";
}

function figures([name, { winRate, wins, resolved, winRateInterval, meanR }]: Named): string {
  const [low, high] = winRateInterval ?? [0, 100];
  const r = meanR === null ? "" : `, mean ${meanR > 0 ? "+" : ""}${meanR} R`;
  return `${name} won ${winRate} % (${wins} of ${resolved}, 95 % interval ${low} to ${high} %${r})`;
}

function tooEarly(resolved: number, open: number, winRate: number | null): string {
  return `Too early to judge a pattern: ${resolved} resolved (${winRate} % won), ${open} open, ` +
    `and none has ${WEAK_RESOLVED_MIN} resolved.`;
}

function byMeanR([, a]: Named, [, b]: Named): number {
  return (b.meanR ?? -Infinity) - (a.meanR ?? -Infinity);
}
