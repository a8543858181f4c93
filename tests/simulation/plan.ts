/**
 * A world on paper: who lives in it, where it starts and what befalls it, all drawn from one seed.
 *
 * @module
 */
import { type Random, seededRandom } from "../../runtime/mod.ts";
import { USUAL_SYMBOLS } from "../../scripts/sim/market.ts";
import { streamOf } from "../../scripts/sim/values.ts";
import type { EaVariant } from "../../scripts/sim/writer.ts";
import { drawRates, FAULT_KINDS, type FaultKind, type FaultRates } from "./faults.ts";

/** One user. */
export interface UserPlan {
  readonly id: string;
  readonly maxAutoSlots: number;
  readonly riskPercent: number;
  /** Confidences his autofire takes; a wide band makes many fires. */
  readonly band: readonly [number, number];
}

/** One EA and its broker. */
export interface EaPlan {
  readonly uuid: string;
  readonly user: string;
  readonly variant: EaVariant;
  readonly account: number;
  readonly balance: number;
  readonly leverage: number;
  readonly suffix: string;
  /** What it watches; others than everybody else's for the victim of faults. */
  readonly symbols: readonly string[];
  readonly chart: string;
  readonly utcOffsetHours: number;
  /** How far its broker's clock is off, ms. */
  readonly skewMs: number;
  /** Usual time of a message to the server, ms. */
  readonly travelMs: number;
  readonly slippagePoints: number;
}

/** One world. */
export interface WorldPlan {
  readonly seed: number;
  readonly startMs: number;
  readonly hours: number;
  readonly symbols: readonly string[];
  readonly users: readonly UserPlan[];
  readonly eas: readonly EaPlan[];
  readonly chatIds: readonly string[];
  readonly slotsPerEa: number;
  readonly rates: FaultRates;
  /** Faults strike this user and his EAs alone, and nothing takes time of the server; null: everybody. */
  readonly victim: string | null;
}

/** What of a world may be chosen. */
export interface PlanOptions {
  readonly hours: number;
  /** Default: all. */
  readonly faults?: ReadonlySet<FaultKind>;
  /** Spares everybody but the first user, of two at least. Default false. */
  readonly victim?: boolean;
}

/** A Monday. */
const WEEK_MS = Date.UTC(2026, 5, 15);
const HOUR_MS = 3_600_000;

/** Draws a world. The same seed and options give the same world. */
export function planOf(
  seed: number,
  { hours, faults = new Set(FAULT_KINDS), victim = false }: PlanOptions,
): WorldPlan {
  const random = seededRandom(streamOf(seed, "plan"));
  const symbols = shuffled(random, USUAL_SYMBOLS).slice(0, 3 + random.whole(6));
  if (victim) symbols.push(...["GBPUSD", "AUDUSD", "USDJPY"].filter((one) => !symbols.includes(one)));
  // Values in other currencies need their pair with USD.
  if (symbols.includes("EURJPY")) {
    symbols.push(...["USDJPY", "EURUSD"].filter((one) => !symbols.includes(one)));
  }
  const usersMin = victim ? 2 : 1;
  const users = Array.from(
    { length: Math.max(usersMin, 1 + random.whole(5)) },
    (_, index) => userOf(random, index),
  );
  const count = Math.max(users.length, 2 + random.whole(5));
  const his = USUAL_SYMBOLS.filter((symbol) => !/EUR|JPY/.test(symbol)).slice(0, 2);
  const theirs = symbols.filter((symbol) => !his.includes(symbol));
  const eas = Array.from({ length: count }, (_, index) => {
    // One EA each for the others: which of two takes a signal is a race of the same moment.
    const user = users[victim && index >= users.length ? 0 : index % users.length]!.id;
    const watched = user === users[0]!.id ? his : theirs;
    return eaOf(random, index, user, victim ? watched : symbols);
  });
  return {
    seed,
    startMs: WEEK_MS + (random.whole(4) * 24 + 6 + random.whole(11)) * HOUR_MS + random.whole(HOUR_MS),
    hours,
    symbols,
    users,
    eas,
    chatIds: ["-1001", "-1002"].slice(0, 1 + random.whole(2)),
    slotsPerEa: 1 + random.whole(10),
    rates: drawRates(random, faults),
    victim: victim ? users[0]!.id : null,
  };
}

function userOf(random: Random, index: number): UserPlan {
  return {
    id: `user${index + 1}`,
    maxAutoSlots: 1 + random.whole(10),
    riskPercent: 1 + random.whole(5),
    band: random.chance(0.3) ? [80, 89] : [0, 100],
  };
}

function eaOf(random: Random, index: number, user: string, symbols: readonly string[]): EaPlan {
  return {
    uuid: `simulated_ea_${index + 1}_of_${user}`,
    user,
    variant: random.chance(0.5) ? "v2.05" : "v2.06H",
    account: 1_000_001 + index,
    balance: [500, 2_000, 10_000, 100_000][random.whole(4)]!,
    leverage: [100, 500][random.whole(2)]!,
    suffix: ["", ".r", "m"][random.whole(3)]!,
    symbols,
    chart: symbols[random.whole(symbols.length)]!,
    utcOffsetHours: 2 + random.whole(2),
    skewMs: random.chance(0.3) ? Math.round((random.next() - 0.5) * 20_000) : 0,
    travelMs: [0.3, 5, 40, 150][random.whole(4)]!,
    slippagePoints: random.whole(3),
  };
}

function shuffled(random: Random, names: readonly string[]): string[] {
  const left = [...names];
  return names.map(() => left.splice(random.whole(left.length), 1)[0]!);
}
