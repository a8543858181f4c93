/**
 * Levels: what a fill left of its stop and target, and what becomes of a position that has lost one.
 *
 * An EA of generation 2 drops a level on the wrong side of the price at which it opens, without a word. A command that
 * is read late can fill past its stop: then the position has none, and its loss has no limit.
 *
 * @module
 */
import type { Fire } from "../../protocols/fire.ts";
import type { Draft } from "./draft.ts";
import type { CloseOrder, Moment } from "./ledger.ts";

/** Whether a level of a fire stands at its broker; while the fill's price is unknown, both are taken to. */
export function levelStands(fire: Fire, level: "SL" | "TP"): boolean {
  if (fire.fillPrice === null) return true;
  const side = fire.direction === "BUY" ? 1 : -1;
  return level === "SL"
    ? (fire.fillPrice - fire.stopLoss) * side > 0
    : (fire.takeProfit - fire.fillPrice) * side > 0;
}

/** A position without one of its levels is reported, and closed at once. */
export function guardLevels(draft: Draft, at: Pick<Moment, "nowMs">): void {
  for (const fire of draft.firesOf("filled")) {
    const dropped = (["SL", "TP"] as const).filter((level) => !levelStands(fire, level));
    if (dropped.length === 0) continue;
    const message = `fire ${fire.id} filled at ${fire.fillPrice}, past its ${dropped.join(" and ")} ` +
      `(${fire.stopLoss}, ${fire.takeProfit}): the position stands without, and is being closed`;
    draft.raise("LEVEL_DROPPED", fire.id, message);
    askOnce(draft, fire, at.nowMs);
  }
}

function askOnce(draft: Draft, { ticket }: Fire, nowMs: number): void {
  const { closes } = draft.ledger;
  if (ticket === null || closes.some((each) => each.ticket === ticket || each.ticket === null)) return;
  const order: CloseOrder = { ticket, why: "asked", askedAtMs: nowMs, sentAtMs: null };
  draft.patch({ closes: [...closes, order] });
}
