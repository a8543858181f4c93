/**
 * What the simulated market is made of: the value of each currency and metal, how it moves, and when.
 *
 * Every symbol is the quotient of two values, so crosses agree with majors as in a real market.
 *
 * @module
 */

/** How one value, or a factor that several values share, moves. */
export interface Mover {
  /** Logarithmic, per open day; 0.003 is 0.3 %. */
  readonly dailyVolatility: number;
  /** Share of activity by UTC hour; 24 numbers about 1. */
  readonly activity: readonly number[];
}

/** One currency or metal. */
export interface Currency extends Mover {
  /** In USD, where the simulation begins. */
  readonly value: number;
  /** Factors it shares with others, by weight. */
  readonly factors: Readonly<Record<string, number>>;
}

// Hours 0..23 UTC. Tokyo wakes first, London doubles it, New York's morning is the busiest, the evening sleeps.
const WORLD = [
  ...[0.6, 0.65, 0.6, 0.55, 0.5, 0.55, 0.75, 1.15, 1.3, 1.2, 1.05, 0.95],
  ...[1.2, 1.55, 1.65, 1.5, 1.2, 0.95, 0.8, 0.7, 0.55, 0.4, 0.45, 0.5],
];
const EUROPE_HOURS = [
  ...[0.45, 0.45, 0.45, 0.4, 0.4, 0.5, 0.9, 1.5, 1.5, 1.3, 1.1, 1.0],
  ...[1.2, 1.5, 1.55, 1.4, 1.1, 0.85, 0.7, 0.6, 0.5, 0.35, 0.4, 0.4],
];
const ASIA_HOURS = [
  ...[1.3, 1.3, 1.15, 1.0, 0.85, 0.8, 0.9, 1.1, 1.15, 1.05, 0.95, 0.85],
  ...[1.05, 1.3, 1.35, 1.2, 1.0, 0.85, 0.75, 0.7, 0.6, 0.6, 0.85, 1.1],
];

/** Factors that move several values at once. */
export const FACTORS: Readonly<Record<string, Mover>> = {
  EUROPE: { dailyVolatility: 0.0023, activity: EUROPE_HOURS },
  PACIFIC: { dailyVolatility: 0.0027, activity: ASIA_HOURS },
  METAL: { dailyVolatility: 0.006, activity: WORLD },
};

/** The values, of the middle of 2025 but for gold. */
export const CURRENCIES: Readonly<Record<string, Currency>> = {
  USD: { value: 1, dailyVolatility: 0.0027, activity: WORLD, factors: {} },
  EUR: { value: 1.17, dailyVolatility: 0.0018, activity: EUROPE_HOURS, factors: { EUROPE: 1 } },
  GBP: { value: 1.345, dailyVolatility: 0.0025, activity: EUROPE_HOURS, factors: { EUROPE: 0.8 } },
  CHF: { value: 1 / 0.805, dailyVolatility: 0.002, activity: EUROPE_HOURS, factors: { EUROPE: 0.9 } },
  JPY: { value: 1 / 147.5, dailyVolatility: 0.004, activity: ASIA_HOURS, factors: {} },
  AUD: { value: 0.65, dailyVolatility: 0.0022, activity: ASIA_HOURS, factors: { PACIFIC: 1 } },
  NZD: { value: 0.59, dailyVolatility: 0.0025, activity: ASIA_HOURS, factors: { PACIFIC: 1 } },
  CAD: { value: 1 / 1.385, dailyVolatility: 0.002, activity: WORLD, factors: { PACIFIC: 0.35 } },
  XAU: { value: 2_400, dailyVolatility: 0.004, activity: WORLD, factors: { METAL: 1 } },
  XAG: { value: 30, dailyVolatility: 0.009, activity: WORLD, factors: { METAL: 1.6 } },
};

/** Usual spread in points of the symbol in London's hours; of what an MT5 account without commission shows. */
const SPREAD_POINTS: Readonly<Record<string, number>> = {
  EURUSD: 8,
  USDJPY: 9,
  GBPUSD: 11,
  AUDUSD: 10,
  USDCHF: 12,
  USDCAD: 13,
  NZDUSD: 14,
  EURJPY: 14,
  EURGBP: 12,
  XAUUSD: 20,
  XAGUSD: 22,
};
const CROSS_SPREAD_POINTS = 20;

/** Usual spread of a symbol, points. */
export function spreadPointsOf(symbol: string): number {
  return SPREAD_POINTS[symbol] ?? CROSS_SPREAD_POINTS;
}
