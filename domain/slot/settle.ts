/**
 * Settling: what a confirmation means for the fire it is about.
 *
 * Only a definitive refusal frees a slot. A success that cannot be verified and a failure that may have been executed
 * leave the fire ambiguous. Applying one twice, late or out of order ends in the same state.
 *
 * @module
 */
import type { Fire } from "../../protocols/fire.ts";
import type { ConfirmationRecord } from "../../protocols/store.ts";
import { price as priceOf } from "../../protocols/units.ts";
import type { FireConfirmation } from "../../protocols/wire.ts";
import { markAmbiguous, markFilled, markRejected, mayBecome } from "../fire.ts";
import { differInAccount } from "../node_id.ts";
import { closedByBroker, closedByCommand } from "./closes.ts";
import { Draft } from "./draft.ts";
import { guardLevels } from "./levels.ts";
import { findFire, type MarketView, mergeAccount, type SlotLedger } from "./ledger.ts";
import { contradict, matched, type Settlement, unmatched } from "./settlement.ts";

/** Trade return codes that say for certain that nothing was opened (ENUM_TRADE_RETURN_CODES of MT5). */
const DEFINITIVE: ReadonlySet<number> = new Set([
  ...[10004, 10006, 10007, 10013, 10014, 10015, 10016, 10017, 10018, 10019, 10020, 10021, 10022, 10024],
  ...[10025, 10026, 10027, 10029, 10030, 10032, 10033, 10034, 10035, 10036, 10038, 10039, 10040],
  ...[10042, 10043, 10044, 10045, 10046],
]);
/** "AutoTrading disabled by client terminal". */
const AUTOTRADING_OFF = 10027;
/** v2.05's words on a trade it tried: "Error: 4756, Result: 10016". Without a code nobody knows how that ended. */
const TRIED = /\berror\b\D{0,3}\d|\bresult\b\D{0,3}\d/i;
/**
 * Applies one confirmation.
 *
 * @param fire the fire it names by id or ticket, from the ledger or the store, ended ones included; null: none found
 */
export function settle(
  ledger: SlotLedger,
  record: ConfirmationRecord,
  fire: Fire | null,
  market: MarketView,
): Settlement {
  const draft = new Draft(ledger);
  const { confirmation } = record;
  if (fire !== null && fire.eaId !== record.eaId) {
    impostor(draft, record, fire);
    return { step: draft.done(), matched: true };
  }
  if ("account" in confirmation && !differInAccount(confirmation.nodeId, ledger.ea.nodeId)) {
    draft.patch({ account: mergeAccount(ledger.account, confirmation.account, record.receivedAtMs) });
  }
  switch (confirmation.kind) {
    case "confirmation":
      return answered(draft, confirmation, fire, record);
    case "closeConfirmation":
      return closedByCommand(draft, confirmation, fire, record, market);
    case "positionClosed":
      return closedByBroker(draft, confirmation, fire, record);
  }
}

/** The fire among these that a confirmation is about, or null: the store may know an ended one. */
export function fireOf(fires: Iterable<Fire>, record: ConfirmationRecord): Fire | null {
  return findFire(fires, record.fireId, record.confirmation.ticket);
}

function answered(
  draft: Draft,
  confirmation: FireConfirmation,
  fire: Fire | null,
  record: ConfirmationRecord,
): Settlement {
  if (confirmation.commandType === "unknown" || confirmation.fireId === null) {
    draft.raise("COMMAND_UNKNOWN", record.eaId, `the EA answered no fire of ours: ${confirmation.message}`);
    return { step: draft.done(), matched: true };
  }
  if (fire === null) return unmatched(draft, record, `fire ${confirmation.fireId}`);
  matched(draft, record);
  const stranger = otherSession(fire, confirmation);
  if (stranger !== null) estrange(draft, fire, stranger, confirmation, record);
  else if (confirmation.status === "failed") refusedByBroker(draft, fire, confirmation, record);
  else if (confirmation.ticket > 0 && confirmation.price > 0) filled(draft, fire, confirmation, record);
  else doubt(draft, fire, "success without a ticket or a price", confirmation, record);
  return { step: draft.done(), matched: true };
}

function filled(draft: Draft, fire: Fire, told: FireConfirmation, record: ConfirmationRecord): void {
  if (fire.status === "reserved") return contradict(draft, fire, told.message);
  if (fire.ticket !== null && fire.ticket !== told.ticket && fire.status !== "ambiguous") {
    const message = `fire ${fire.id} has ticket ${fire.ticket} and was confirmed again as ${told.ticket}: ` +
      "two positions may be open, close one by hand";
    return draft.raise("FIRE_DOUBLED", fire.id, message);
  }
  const step = markFilled(
    { ...fire, ticket: fire.status === "ambiguous" ? null : fire.ticket },
    { ticket: told.ticket, price: priceOf(told.price), lots: null, atMs: record.receivedAtMs },
  );
  draft.learn(step, record.receivedAtMs);
  guardLevels(draft, { nowMs: record.receivedAtMs });
  if (draft.ledger.ea.autotrading === false) draft.change({ autotrading: true });
}

function refusedByBroker(draft: Draft, fire: Fire, told: FireConfirmation, record: ConfirmationRecord): void {
  if (told.retcode === AUTOTRADING_OFF) draft.change({ autotrading: false });
  const definitive = told.retcode === null ? !TRIED.test(told.message) : DEFINITIVE.has(told.retcode);
  if (!definitive) return doubt(draft, fire, `failed, but perhaps executed: ${told.message}`, told, record);
  if (mayBecome(fire, "rejected")) {
    return draft.learn(markRejected(fire, told.retcode, told.message), record.receivedAtMs);
  }
  if (fire.status !== "rejected") contradict(draft, fire, told.message);
}

function doubt(
  draft: Draft,
  fire: Fire,
  why: string,
  told: FireConfirmation,
  record: ConfirmationRecord,
): void {
  if (fire.status !== "sent" && fire.status !== "ambiguous") return;
  const ticket = told.ticket > 0 ? told.ticket : null;
  draft.learn(markAmbiguous(fire, why, { retcode: told.retcode, ticket }), record.receivedAtMs);
}

function estrange(
  draft: Draft,
  fire: Fire,
  why: string,
  told: FireConfirmation,
  record: ConfirmationRecord,
): void {
  draft.raise("EA_IMPOSTOR", record.eaId, `fire ${fire.id} was ${why}: its word was not taken`);
  doubt(draft, fire, why, told, record);
}

/** The answer of another start of the EA than the command went to proves nothing: an impostor would give it. */
function otherSession(fire: Fire, told: FireConfirmation): string | null {
  if (fire.sentToNodeId === null || told.nodeId === null || fire.sentToNodeId === told.nodeId) return null;
  return `answered by ${told.nodeId}, sent to ${fire.sentToNodeId}`;
}

function impostor(draft: Draft, record: ConfirmationRecord, fire: Fire): void {
  const message = `EA ${record.eaId} answered fire ${fire.id} of EA ${fire.eaId}: its word was not taken`;
  draft.raise("EA_IMPOSTOR", record.eaId, message);
}
