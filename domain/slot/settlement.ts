/**
 * Settlement: how the application of one confirmation ends.
 *
 * @module
 */
import type { Fire } from "../../protocols/fire.ts";
import type { ConfirmationRecord } from "../../protocols/store.ts";
import type { Draft } from "./draft.ts";
import type { SlotStep } from "./ledger.ts";

/** A confirmation's step; `matched` is false when its fire is not known (yet). */
export interface Settlement {
  readonly step: SlotStep;
  readonly matched: boolean;
}

/** Ends with a question: the confirmation is of no fire that is known, and may be tried again. */
export function unmatched(draft: Draft, record: ConfirmationRecord, what: string): Settlement {
  const message = `EA ${record.eaId} confirmed ${what}, which is no fire of ours`;
  draft.raise(UNMATCHED, subjectOf(record), message);
  return { step: draft.done(), matched: false };
}

/** Takes back the question that an earlier try may have raised. */
export function matched(draft: Draft, record: ConfirmationRecord): void {
  draft.clear(UNMATCHED, subjectOf(record));
}

/** Reports a word of the EA that what is known of the fire rules out. */
export function contradict(draft: Draft, fire: Fire, message: string): void {
  draft.raise("FIRE_CONTRADICTED", fire.id, `fire ${fire.id} is ${fire.status}, yet the EA said: ${message}`);
}

const UNMATCHED = "CONFIRMATION_UNMATCHED";

function subjectOf({ eaId, fireId, confirmation }: ConfirmationRecord): string {
  return `${eaId}/${fireId ?? confirmation.ticket}`;
}
