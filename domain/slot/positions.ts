/**
 * Positions: an EA that lists its positions (v2.06H) is compared with the ledger, position by position.
 *
 * @module
 */
import type { ReportedPosition } from "../../protocols/ea.ts";
import type { Fire } from "../../protocols/fire.ts";
import { markClosed, markFilled, mayBecome, reopen } from "../fire.ts";
import type { Draft } from "./draft.ts";
import { findFire, type MarketView } from "./ledger.ts";

/** Heartbeats in a row without a position after which it is gone: one may have been made before the fill. */
const MISSING_MAX = 2;
/** A heartbeat made before a close may come this much after it, ms. */
const LATE_HEARTBEAT_MS = 60_000;

/** Positions that no fire in the ledger explains: the store may know an ended one. */
export function strangersIn(
  fires: Iterable<Fire>,
  positions: readonly ReportedPosition[],
): readonly ReportedPosition[] {
  const all = [...fires];
  return positions.filter((each) => findFire(all, each.fireId, each.ticket) === null);
}

/**
 * Compares a heartbeat's positions with the ledger.
 *
 * @param ended ended fires of this EA whose id or ticket is among the positions that the ledger does not explain
 */
export function syncPositions(
  draft: Draft,
  positions: readonly ReportedPosition[],
  ended: readonly Fire[],
  market: MarketView,
  receivedAtMs: number,
): void {
  const seen = new Set<Fire["id"]>();
  for (const position of positions) {
    const fire = findFire(draft.ledger.fires.values(), position.fireId, position.ticket) ??
      findFire(ended, position.fireId, position.ticket);
    if (fire !== null) seen.add(fire.id);
    meetPosition(draft, position, fire, receivedAtMs);
  }
  for (const fire of draft.firesOf("filled")) {
    missPosition(draft, fire, seen.has(fire.id), market, receivedAtMs);
  }
}

function meetPosition(draft: Draft, position: ReportedPosition, fire: Fire | null, atMs: number): void {
  const subject = `${draft.ledger.ea.id}/${position.ticket}`;
  if (fire === null || fire.status === "reserved") {
    if (position.fireId === null) return;
    const message =
      `position ${position.ticket} bears ${position.fireId}, which is no fire of ours that went out`;
    return draft.raise("POSITION_UNKNOWN", subject, message);
  }
  draft.clear("POSITION_UNKNOWN", subject);
  const fill = { ticket: position.ticket, price: position.openPrice, lots: position.lots, atMs };
  if (fire.status === "sent" || fire.status === "ambiguous") return draft.learn(markFilled(fire, fill), atMs);
  if (fire.status === "filled") {
    return draft.learn(markFilled(fire, { ...fill, price: fire.fillPrice }), atMs);
  }
  if (atMs - (fire.closedAtMs ?? 0) <= LATE_HEARTBEAT_MS) return;
  if (mayBecome(fire, "filled")) return draft.learn(reopen(fire, fill), atMs);
  const message =
    `position ${position.ticket} of fire ${fire.id} is listed, yet it was reported ${fire.closeReason}`;
  draft.raise("POSITION_UNKNOWN", subject, message);
}

function missPosition(
  draft: Draft,
  fire: Fire,
  seen: boolean,
  market: MarketView,
  receivedAtMs: number,
): void {
  const { missing } = draft.ledger.evidence;
  const later = receivedAtMs > (fire.filledAtMs ?? Infinity);
  const count = seen || !later ? 0 : (missing[fire.id] ?? 0) + 1;
  draft.note({ missing: { ...missing, [fire.id]: count } });
  if (count < MISSING_MAX) return;
  const quote = market.quotes.get(fire.symbol);
  const exit = quote === undefined ? null : fire.direction === "BUY" ? quote.bid : quote.ask;
  const note = `missing from ${count} heartbeats, close price is our quote`;
  draft.learn(
    markClosed(fire, {
      reason: "CLOSED_EA_SYNC",
      atMs: receivedAtMs,
      price: exit,
      profit: null,
      ticket: null,
      note,
    }),
    receivedAtMs,
  );
}
