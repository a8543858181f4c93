/**
 * The life of a fire: which status may follow which, what each step writes down, and what it announces.
 *
 * A fire leaves a slot-holding status only on proof. Proof that a position exists is stronger than any earlier
 * belief that it does not, so a refused, rejected or expired fire may still become `filled` or `closed`; that
 * makes the end state independent of the order in which confirmations come.
 *
 * @module
 */
import type { BittenEvent } from "../protocols/events.ts";
import { type CloseReason, type Fire, type FireStatus, SLOT_HOLDING } from "../protocols/fire.ts";
import type { Refusal } from "../protocols/gates.ts";
import type { Lots, Money, Price } from "../protocols/units.ts";

export { makeFireId } from "./fire_id.ts";

/** The next fire and what the house is told of it, in order. No events: nothing new was learnt. */
export interface FireStep {
  readonly fire: Fire;
  readonly events: readonly BittenEvent[];
}

/** What is known at the moment a command goes out. */
export interface Sent {
  readonly atMs: number;
  readonly nodeId: string | null;
  readonly margin: Money | null;
  readonly balance: Money | null;
}

/** Proof that a position was opened. */
export interface FillProof {
  readonly ticket: number;
  readonly price: Price | null;
  readonly lots: Lots | null;
  readonly atMs: number;
}

/** Proof, or inference by the rules, that a position is gone. */
export interface CloseProof {
  readonly reason: CloseReason;
  readonly atMs: number;
  readonly price: Price | null;
  /** The broker's figure only. */
  readonly profit: Money | null;
  readonly ticket: number | null;
  readonly note: string | null;
}

const NEXT: Readonly<Record<FireStatus, readonly FireStatus[]>> = {
  reserved: ["sent", "refused"],
  sent: ["filled", "closed", "ambiguous", "rejected", "refused", "expired"],
  ambiguous: ["filled", "closed", "rejected", "refused", "expired"],
  filled: ["closed"],
  closed: ["filled"],
  refused: ["filled", "closed"],
  rejected: ["filled", "closed"],
  expired: ["filled", "closed"],
};

/** Reasons that rest on inference: a position seen at the broker afterwards overrules them. */
const INFERRED: readonly CloseReason[] = [
  "CLOSED_EA_SYNC",
  "CLOSED_INFERRED",
  "CLOSED_MANUAL_INFERRED",
  "CLOSED_BY_OPERATOR",
];

/** Best word first: of two reports of one close the earlier in this list names the reason. */
const CLOSE_RANK: readonly CloseReason[] = [
  "TP_HIT",
  "SL_HIT",
  "STOP_OUT",
  "CLOSED_BY_COMMAND",
  "MANUAL",
  "OTHER",
  ...INFERRED,
];

/**
 * Tells whether a fire holds a slot.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { holdsSlot } from "./fire.ts";
 *
 * assert.equal(holdsSlot({ status: "ambiguous" }), true);
 * assert.equal(holdsSlot({ status: "rejected" }), false);
 * ```
 */
export function holdsSlot(fire: Pick<Fire, "status">): boolean {
  return SLOT_HOLDING.includes(fire.status);
}

/** Tells whether `fire` may go to `status` next. */
export function mayBecome(fire: Fire, status: FireStatus): boolean {
  if (!NEXT[fire.status].includes(status)) return false;
  return fire.status !== "closed" || INFERRED.includes(fire.closeReason ?? "OTHER");
}

/**
 * Announces a fire whose slot was just reserved.
 *
 * @throws when the fire is not `reserved`
 */
export function announceReserved(fire: Fire): FireStep {
  if (fire.status !== "reserved") {
    throw new Error(
      `Cannot take a slot for fire ${fire.id} as its status must be reserved: current value is ${fire.status}`,
    );
  }
  return { fire, events: [{ kind: "slotTaken", fire }] };
}

/**
 * Marks a reserved fire as on its way; committed before the command leaves.
 *
 * @throws when the fire is not `reserved`
 */
export function markSent(fire: Fire, sent: Sent): FireStep {
  return move(fire, "sent", "fireSent", {
    sentAtMs: sent.atMs,
    sentToNodeId: sent.nodeId,
    preSendMargin: sent.margin,
    preSendBalance: sent.balance,
  });
}

/**
 * Marks a fire as executed. A fire already filled or closed only learns what it did not know.
 *
 * @throws when the fire was never sent
 */
export function markFilled(fire: Fire, fill: FillProof): FireStep {
  const facts = {
    ticket: fire.ticket ?? fill.ticket,
    fillPrice: fire.fillPrice ?? fill.price,
    filledLots: fire.filledLots ?? fill.lots,
    filledAtMs: fire.filledAtMs ?? fill.atMs,
  };
  if (fire.status === "filled" || fire.status === "closed") return amend(fire, facts);
  return move(fire, "filled", "fireFilled", { ...facts, code: null, retcode: null, note: null });
}

/**
 * Takes a position that is at the broker though we believed it gone back into its slot.
 *
 * @throws when the broker itself reported its close
 */
export function reopen(fire: Fire, fill: FillProof): FireStep {
  if (fire.status !== "closed") return markFilled(fire, fill);
  return move(fire, "filled", "fireFilled", {
    closePrice: null,
    closeReason: null,
    closedAtMs: null,
    note: `was ${fire.closeReason}, but the position is still at the broker`,
  });
}

/**
 * Marks a fire as definitively refused by the broker or the EA.
 *
 * @throws when it cannot have been answered so
 */
export function markRejected(fire: Fire, retcode: number | null, note: string): FireStep {
  return move(fire, "rejected", "fireRejected", { retcode, note });
}

/**
 * Marks a fire as refused by ourselves: it never reached the EA.
 *
 * @throws when it may have reached the EA
 */
export function markRefused(fire: Fire, refusal: Refusal): FireStep {
  return move(fire, "refused", "fireRefused", { code: refusal.code, note: refusal.reason });
}

/**
 * Marks a fire as sent and unknown. Its slot stays held.
 *
 * @throws when its end is known
 */
export function markAmbiguous(
  fire: Fire,
  note: string,
  facts: { readonly retcode?: number | null; readonly ticket?: number | null } = {},
): FireStep {
  const known = { retcode: facts.retcode ?? fire.retcode, ticket: fire.ticket ?? facts.ticket ?? null };
  if (fire.status === "ambiguous") return amend(fire, known);
  return move(fire, "ambiguous", "fireAmbiguous", { ...known, note });
}

/**
 * Marks a fire as proved not executed.
 *
 * @throws when it is known to have been executed, or never went out
 */
export function markExpired(fire: Fire, note: string): FireStep {
  return move(fire, "expired", "fireExpired", { note });
}

/**
 * Marks a fire's position as gone. Of two reports of one close the better reason and every known figure stay.
 *
 * @throws when the fire never went out
 */
export function markClosed(fire: Fire, close: CloseProof): FireStep {
  if (fire.status === "closed") return amend(fire, mergeClose(fire, close));
  return move(fire, "closed", "fireClosed", {
    closeReason: close.reason,
    closePrice: close.price,
    profit: close.profit,
    closedAtMs: close.atMs,
    ticket: fire.ticket ?? close.ticket,
    code: null,
    retcode: null,
    note: close.note,
  });
}

type FireEventKind = Extract<BittenEvent, { readonly fire: Fire }>["kind"];

function move(fire: Fire, status: FireStatus, kind: FireEventKind, facts: Partial<Fire>): FireStep {
  if (!mayBecome(fire, status)) {
    const allowed = NEXT[fire.status].join(", ");
    throw new Error(
      `Cannot move fire ${fire.id} from ${fire.status} as the next status must be one of ${allowed}: current value is ${status}`,
    );
  }
  const next: Fire = { ...fire, ...facts, status };
  const events: BittenEvent[] = [{ kind, fire: next }];
  if (holdsSlot(fire) && !holdsSlot(next)) events.push({ kind: "slotReleased", fire: next });
  if (!holdsSlot(fire) && holdsSlot(next)) events.unshift({ kind: "slotTaken", fire: next });
  return { fire: next, events };
}

function amend(fire: Fire, facts: Partial<Fire>): FireStep {
  const keys = Object.keys(facts) as (keyof Fire)[];
  if (keys.every((key) => facts[key] === fire[key])) return { fire, events: [] };
  const next: Fire = { ...fire, ...facts };
  return { fire: next, events: [{ kind: "fireAmended", fire: next }] };
}

function mergeClose(fire: Fire, close: CloseProof): Partial<Fire> {
  const better = CLOSE_RANK.indexOf(close.reason) < CLOSE_RANK.indexOf(fire.closeReason ?? "OTHER");
  // The price beside a profit is the broker's; any other is our estimate.
  const prefersNew = fire.profit === null && (close.profit !== null || better);
  return {
    closeReason: better ? close.reason : fire.closeReason,
    closePrice: prefersNew ? close.price ?? fire.closePrice : fire.closePrice ?? close.price,
    profit: fire.profit ?? close.profit,
    closedAtMs: Math.min(fire.closedAtMs ?? close.atMs, close.atMs),
    ticket: fire.ticket ?? close.ticket,
    note: better ? close.note : fire.note,
  };
}
