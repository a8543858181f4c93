/**
 * Queue: what a slot is given to do, before any of it leaves: fires, closes, holds, and the word on what was sent.
 *
 * @module
 */
import type { Fire } from "../../protocols/fire.ts";
import type { SlotMessage } from "../../protocols/slot.ts";
import type { Tick } from "../../protocols/tick.ts";
import type { FireId } from "../../protocols/units.ts";
import { mayBecome } from "../fire.ts";
import { Draft } from "./draft.ts";
import { watchTick } from "./evidence.ts";
import type { Moment, SlotLedger, SlotStep } from "./ledger.ts";

type CommandResult = Pick<Extract<SlotMessage, { kind: "commandResult" }>, "result" | "reason">;

/**
 * Takes a fire whose row is on disk as `reserved` into the queue.
 *
 * @throws when the fire is another EA's or not `reserved`
 */
export function takeFire(ledger: SlotLedger, fire: Fire, at: Moment): SlotStep {
  if (fire.eaId !== ledger.ea.id || fire.status !== "reserved") {
    throw new Error(
      `Cannot take fire ${fire.id} as it must be reserved for ${ledger.ea.id}: ` +
        `current value is ${fire.status} for ${fire.eaId}`,
    );
  }
  const draft = new Draft(ledger);
  if (ledger.fires.has(fire.id)) return draft.done();
  draft.patch({ fires: new Map(ledger.fires).set(fire.id, fire) });
  const full = ledger.fires.size >= ledger.ea.slotsMax;
  const reason = `${ledger.fires.size} of ${ledger.ea.slotsMax} slots of the EA are taken`;
  if (full) draft.refuse(fire, { code: "SLOTS_FULL", reason }, at.nowMs);
  return draft.done();
}

/** Notes a tick of this EA: its chart's pulse, and what it shows of open positions. */
export function hearTick(ledger: SlotLedger, tick: Tick, brokerSymbol: string, at: Moment): SlotStep {
  const draft = new Draft(ledger);
  const { chart } = ledger;
  if (ledger.firstTickAtMs === null) draft.patch({ firstTickAtMs: tick.receivedAtMs });
  if (brokerSymbol === ledger.ea.chartSymbol) {
    draft.patch({ chart: { ...chart, ticks: chart.ticks + 1, lastAtMs: tick.receivedAtMs } });
  }
  for (const fire of ledger.fires.values()) {
    const mayBeOpen = fire.status === "filled" || fire.status === "ambiguous";
    if (!mayBeOpen || fire.symbol !== tick.symbol) continue;
    const { evidence } = draft.ledger;
    const next = watchTick(evidence, fire, tick, at.slackMs);
    if (next.touches !== evidence.touches) draft.save();
    if (next !== evidence) draft.patch({ evidence: next });
  }
  return draft.done();
}

/** Stops what waits and what would come, for everyone or for this user, or lets it go again. */
export function setHold(
  ledger: SlotLedger,
  code: SlotLedger["holds"][number],
  held: boolean,
): SlotLedger {
  const others = ledger.holds.filter((each) => each !== code);
  return { ...ledger, holds: held ? [...others, code] : others };
}

/** Takes the command gateway's word on a command: anything but `sent` means that it never left. */
export function hearResult(
  ledger: SlotLedger,
  fireId: FireId | null,
  told: CommandResult,
  at: Moment,
): SlotStep {
  const draft = new Draft(ledger);
  if (told.result === "sent") return draft.done();
  if (fireId === null) {
    draft.patch({ closes: unsend(ledger.closes) });
    return draft.done();
  }
  const fire = ledger.fires.get(fireId);
  const code = told.result === "halted" ? "TRADING_HALTED" : "EA_OFFLINE";
  const reason = told.reason ?? `the command was not sent: ${told.result}`;
  if (fire !== undefined && mayBecome(fire, "refused")) draft.refuse(fire, { code, reason }, at.nowMs);
  return draft.done();
}

/** Asks for one position, or all of them, to be closed; a close of the same that still waits is enough. */
export function askClose(ledger: SlotLedger, ticket: number | null, at: Moment): SlotStep {
  const draft = new Draft(ledger);
  const waits = ledger.closes.some((each) => each.ticket === ticket && each.sentAtMs === null);
  const order = { ticket, why: "asked", askedAtMs: at.nowMs, sentAtMs: null } as const;
  if (!waits) draft.patch({ closes: [...ledger.closes, order] });
  return draft.done();
}

/** The moment at which something here is due: an expiry, or an answer overdue; null: nothing waits. */
export function nextWakeMs(ledger: SlotLedger, answerMaxMs: number, slackMs: number): number | null {
  const due = [...ledger.fires.values()].flatMap((fire) => {
    if (fire.status === "reserved") return [fire.expiresAtMs + slackMs + 1];
    if (fire.status === "sent") return [(fire.sentAtMs ?? 0) + answerMaxMs + slackMs + 1];
    return [];
  });
  return due.length === 0 ? null : Math.min(...due);
}

/** The close that went out last goes back into the queue. */
function unsend(closes: SlotLedger["closes"]): SlotLedger["closes"] {
  const last = closes.findLastIndex((each) => each.sentAtMs !== null);
  return closes.map((each, index) => index === last ? { ...each, sentAtMs: null } : each);
}
