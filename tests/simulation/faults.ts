/**
 * What can go wrong in a simulated world, and how often: drawn per seed, most kinds absent from most worlds.
 *
 * @module
 */
import type { Random } from "../../runtime/mod.ts";

/** How a fault strikes: so many times an hour, or each time something is done. */
interface Rate {
  readonly per: "hour" | "each";
  /** Least and most, drawn logarithmically; a share (0..1) when `each`. */
  readonly from: number;
  readonly to: number;
}

const hour = (from: number, to: number): Rate => ({ per: "hour", from, to });
const each = (from: number, to: number): Rate => ({ per: "each", from, to });

/** Every kind of fault. */
export const FAULTS = {
  // The network between EAs and server.
  NET_SLOW: each(0.005, 0.2),
  NET_LOSS: each(0.0005, 0.02),
  NET_DOUBLE: each(0.001, 0.05),
  NET_REORDER: each(0.001, 0.05),
  NET_CLOG: hour(0.5, 8),
  GARBAGE: hour(1, 60),
  // Terminals, traders and brokers.
  EA_CRASH: hour(0.3, 4),
  EA_RECONNECT: hour(0.3, 4),
  EA_CHART_CHANGE: hour(0.3, 3),
  EA_FREEZE: hour(0.3, 6),
  EA_LIES: hour(0.3, 4),
  HAND_CLOSE: hour(0.5, 10),
  HAND_OPEN: hour(0.3, 4),
  LATE_FILL: each(0.05, 0.6),
  PARTIAL_FILL: each(0.02, 0.4),
  REQUOTE: each(0.02, 0.4),
  DOUBLE_ANSWER: each(0.02, 0.5),
  LOST_ANSWER: each(0.01, 0.2),
  BURST: hour(0.5, 4),
  // The server's machine.
  CLOCK_JUMP: hour(0.3, 6),
  PAUSE: hour(0.5, 12),
  KILL: hour(0.3, 6),
  KILL_AT_WRITE: each(0.0002, 0.005),
  STOP: hour(0.2, 2),
  STORE_FAILS: hour(0.5, 20),
  STORE_ANSWER_LOST: hour(0.3, 6),
  STORE_SLOW: each(0.002, 0.05),
  JOURNAL_FAILS: hour(0.5, 10),
  // The house itself.
  THROW_BEFORE: hour(0.5, 20),
  THROW_AFTER: hour(0.5, 20),
  ACTOR_KILLED: hour(0.5, 10),
  // Telegram.
  CHAT_DOWN: hour(0.3, 3),
  CHAT_REFUSES: each(0.01, 0.3),
  CHAT_ANSWER_LOST: each(0.01, 0.3),
  // People who mean well.
  HALT: hour(0.3, 3),
  FLATTEN: hour(0.2, 1),
  MODE_CHANGE: hour(0.5, 4),
  MANUAL_FIRE: hour(1, 20),
} as const satisfies Record<string, Rate>;

/** The name of a fault. */
export type FaultKind = keyof typeof FAULTS;

/** Names of all faults. */
export const FAULT_KINDS = Object.keys(FAULTS) as readonly FaultKind[];

/** Whether a kind strikes by the hour. */
export function isHourly(kind: FaultKind): boolean {
  return FAULTS[kind].per === "hour";
}

/** The faults of one world: how many an hour, or what share; a kind that is not there never strikes. */
export type FaultRates = ReadonlyMap<FaultKind, number>;

/** Draws which faults a world has, and how often each strikes; `allowed` takes kinds away, and shifts nothing else. */
export function drawRates(random: Random, allowed: ReadonlySet<FaultKind>): FaultRates {
  const share = 0.15 + 0.5 * random.next();
  const rates = new Map<FaultKind, number>();
  for (const kind of FAULT_KINDS) {
    const has = random.chance(share);
    const at = random.next();
    const { from, to } = FAULTS[kind];
    if (has && allowed.has(kind)) rates.set(kind, from * (to / from) ** at);
  }
  return rates;
}

/** How long until a fault that strikes `perHour` times an hour strikes next, ms: exponentially distributed. */
export function waitOf(random: Random, perHour: number): number {
  return -Math.log(1 - random.next()) / perHour * 3_600_000;
}
