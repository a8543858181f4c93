/**
 * The eighth invariant: one user's faults never change another user's log. A world is lived twice, once with the faults
 * of its first user and once without, and what happened to everybody else is compared line by line. His EAs watch
 * symbols that nobody else's do, or his prices would be the others' market.
 *
 * @module
 */
import type { BittenEvent } from "../../protocols/events.ts";
import { afflict } from "./afflictions.ts";
import { FAULT_KINDS, type FaultKind } from "./faults.ts";
import { planOf } from "./plan.ts";
import { World } from "./world.ts";

const HOUR_MS = 3_600_000;

/** Faults that are one user's own: his network, terminal, broker, actors and wishes. */
export const PERSONAL_FAULTS: readonly FaultKind[] = FAULT_KINDS.filter((kind) =>
  /^(NET_|EA_|HAND_|LATE_|PARTIAL_|REQUOTE|DOUBLE_|LOST_|THROW_|ACTOR_|MODE_|MANUAL_)/.test(kind)
);

/** What a comparison gives. */
export interface Comparison {
  /** Lines of others in the world without faults, and in the one with them. */
  readonly undisturbed: readonly string[];
  readonly disturbed: readonly string[];
  /** Faults that struck. */
  readonly faults: number;
}

/** Lives the world of a seed twice. */
export async function compareWorlds(seed: number, hours: number): Promise<Comparison> {
  const [undisturbed] = await logOfOthers(seed, hours, []);
  const [disturbed, faults] = await logOfOthers(seed, hours, PERSONAL_FAULTS);
  return { undisturbed, disturbed, faults };
}

async function logOfOthers(
  seed: number,
  hours: number,
  faults: readonly FaultKind[],
): Promise<[lines: string[], struck: number]> {
  const plan = planOf(seed, { hours, faults: new Set(faults), victim: true });
  const world = new World(plan);
  try {
    world.begin();
    afflict(world);
    await world.run(plan.startMs + hours * HOUR_MS);
    if (world.violation !== null) throw world.violation;
    const his = new Set(
      plan.eas.filter(({ user }) => user === plan.victim).flatMap(({ symbols }) => symbols),
    );
    const { events, signals } = world.disk.ledger;
    const lines = events.flatMap(({ event }) => {
      const signal = "fire" in event
        ? event.fire.signalId
        : event.kind === "decisionRefused"
        ? event.signalId
        : null;
      const symbol = signal === null ? undefined : signals.get(signal)?.symbol;
      return symbol === undefined || his.has(symbol) ? [] : lineOf(event, plan.victim!);
    });
    const struck = [...world.struck.values()].reduce((sum, count) => sum + count, 0);
    return [lines.toSorted(), struck];
  } finally {
    world.end();
  }
}

/** What an event means to somebody who is not the victim; without times, which his mailbox decides by a hair. */
function lineOf(event: BittenEvent, victim: string): string[] {
  if (event.kind === "decisionRefused") {
    return event.userId === victim ? [] : [`${event.userId} ${event.signalId} ${event.code}`];
  }
  if ("fire" in event) {
    const { userId, signalId, lots, closeReason, profit, code } = event.fire;
    if (userId === victim) return [];
    return [`${userId} ${signalId} ${event.kind} ${lots} ${closeReason ?? code ?? ""} ${profit ?? ""}`];
  }
  return [];
}
