/**
 * Closes that an EA reports: answers to close commands, and notices that a position closed.
 *
 * @module
 */
import type { Fire } from "../../protocols/fire.ts";
import type { ConfirmationRecord } from "../../protocols/store.ts";
import type { CloseConfirmation, PositionClosed } from "../../protocols/wire.ts";
import { type CloseProof, markClosed, mayBecome } from "../fire.ts";
import { differInAccount } from "../node_id.ts";
import type { Draft } from "./draft.ts";
import type { MarketView } from "./ledger.ts";
import { contradict, matched, type Settlement, unmatched } from "./settlement.ts";

/** Words on a ticket that is not there: ERR_TRADE_POSITION_NOT_FOUND is 4753, "position already closed" 10036. */
const NO_POSITION = /\b4753\b|\b10036\b|not found|unknown ticket|no such|not exist|no position/i;
const FOREIGN = /magic/i;

/** Applies the answer to a close command, which names a ticket or means every position. */
export function closedByCommand(
  draft: Draft,
  told: CloseConfirmation,
  fire: Fire | null,
  record: ConfirmationRecord,
  market: MarketView,
): Settlement {
  if (fire !== null && differInAccount(fire.sentToNodeId, told.nodeId)) {
    strange(draft, told, [fire]);
    return { step: draft.done(), matched: true };
  }
  const order = draft.ledger.closes.find((each) =>
    each.sentAtMs !== null &&
    (told.commandType === "close_all" ? each.ticket === null : each.ticket === told.ticket)
  );
  draft.patch({ closes: draft.ledger.closes.filter((each) => each !== order) });
  if (told.commandType === "close_all") {
    closedAll(draft, told, record, market);
    return { step: draft.done(), matched: true };
  }
  if (fire === null) return unmatched(draft, record, `ticket ${told.ticket}`);
  matched(draft, record);
  const proof = closeProof(draft, told, fire, record, market);
  if (proof === null) {
    draft.raise("CLOSE_FAILED", fire.id, `ticket ${told.ticket} was not closed: ${told.message}`);
  } else close(draft, fire, proof, record);
  return { step: draft.done(), matched: true };
}

/** What a success proves, or an unknown ticket: the position is flat. Null: it is perhaps still there. */
function closeProof(
  draft: Draft,
  told: CloseConfirmation,
  fire: Fire,
  record: ConfirmationRecord,
  market: MarketView,
): CloseProof | null {
  const flat = { atMs: record.receivedAtMs, profit: null, ticket: told.ticket };
  if (told.status === "success") {
    const note = "close price is our quote";
    return { ...flat, reason: "CLOSED_BY_COMMAND", price: exitQuote(fire, market), note };
  }
  if (FOREIGN.test(told.message) || !NO_POSITION.test(told.message)) return null;
  const touch = draft.ledger.evidence.touches[fire.id];
  const level = touch?.level === "TP" ? fire.takeProfit : fire.stopLoss;
  return {
    ...flat,
    reason: "CLOSED_INFERRED",
    price: touch === undefined ? null : level,
    note: "close_ticket found no such position",
  };
}

/** Every position that was confirmed before the EA closed them all is gone; one confirmed later came after it. */
function closedAll(
  draft: Draft,
  told: CloseConfirmation,
  record: ConfirmationRecord,
  market: MarketView,
): void {
  if (told.status === "failed") {
    return draft.raise("CLOSE_FAILED", record.eaId, `not every position was closed: ${told.message}`);
  }
  const open = draft.firesOf("filled").filter((each) => (each.filledAtMs ?? Infinity) <= record.receivedAtMs);
  const elsewhere = open.filter((each) => differInAccount(each.sentToNodeId, told.nodeId));
  if (elsewhere.length > 0) return strange(draft, told, elsewhere);
  for (const fire of open) {
    close(draft, fire, {
      reason: "CLOSED_BY_COMMAND",
      atMs: record.receivedAtMs,
      price: exitQuote(fire, market),
      profit: null,
      ticket: null,
      note: "close price is our quote",
    }, record);
  }
  draft.clear("CLOSE_FAILED", record.eaId);
}

/** What another account closed is none of ours: an impostor would say so. */
function strange(draft: Draft, told: CloseConfirmation, fires: readonly Fire[]): void {
  const ids = fires.map((fire) => fire.id).join(", ");
  const message =
    `${told.nodeId} says ${told.commandType}, but not to it was sent ${ids}: its word was not taken`;
  draft.raise("EA_IMPOSTOR", told.eaId, message);
}

/** Applies the broker's notice that a position closed. */
export function closedByBroker(
  draft: Draft,
  told: PositionClosed,
  fire: Fire | null,
  record: ConfirmationRecord,
): Settlement {
  if (fire === null) return unmatched(draft, record, `position ${told.ticket ?? told.fireId}`);
  matched(draft, record);
  close(draft, fire, {
    reason: told.reason,
    atMs: record.receivedAtMs,
    price: told.closePrice,
    profit: told.profit,
    ticket: told.ticket,
    note: null,
  }, record);
  return { step: draft.done(), matched: true };
}

function close(draft: Draft, fire: Fire, proof: CloseProof, record: ConfirmationRecord): void {
  if (fire.status !== "closed" && !mayBecome(fire, "closed")) return contradict(draft, fire, proof.reason);
  draft.learn(markClosed(fire, proof), record.receivedAtMs);
  draft.clear("CLOSE_FAILED", fire.id);
}

function exitQuote(fire: Fire, market: MarketView): CloseProof["price"] {
  const quote = market.quotes.get(fire.symbol);
  if (quote === undefined) return null;
  return fire.direction === "BUY" ? quote.bid : quote.ask;
}
