/**
 * Journal actor: writes the line of every outcome into `comprehensive_tracking.jsonl`, exactly once.
 *
 * - Hears `events` (`outcomeResolved`) from the event bus, behind the journal's own cursor.
 * - Tells the bus what it has written, and the desk when it cannot write.
 * - Restarts from the journal's cursor: what was sent twice is passed over.
 *
 * @module
 */
import { trackingAppends } from "../domain/tracking.ts";
import type { DeskMessage } from "../protocols/desk.ts";
import type { EventBatch, EventBusMessage } from "../protocols/event_bus.ts";
import type { JournalMessage } from "../protocols/gateways.ts";
import type { LineJournal, Mailbox } from "../protocols/ports.ts";
import type { Actor, Context } from "../runtime/actor.ts";

/** What the journal actor is handed. */
export interface JournalDeps {
  readonly journal: LineJournal;
  readonly bus: Mailbox<EventBusMessage>;
  readonly desk: Mailbox<DeskMessage>;
}

/** Whether the disk refused the last append. */
export interface JournalState {
  readonly refused: boolean;
}

const NAME = "journal";
const TRY_AGAIN_MS = 5_000;
const UNWRITABLE = { code: "JOURNAL_UNWRITABLE", subject: "" } as const;

/** The journal actor. */
export function journalActor(deps: JournalDeps): Actor<JournalState, JournalMessage> {
  return {
    onStop: "drain",
    init(context) {
      subscribe(deps, context);
      return { refused: false };
    },
    handle(state, { batch }, context) {
      const refusal = write(deps.journal, batch);
      if (refusal !== null) return wait(deps, state, batch, refusal, context);
      if (state.refused) deps.desk.tell({ kind: "clear", ...UNWRITABLE });
      const last = batch.at(-1);
      if (last !== undefined) deps.bus.tell({ kind: "acknowledge", name: NAME, seq: last.seq });
      return { refused: false };
    },
  };
}

function subscribe(deps: JournalDeps, context: Context<JournalMessage>): void {
  deps.bus.tell({
    kind: "subscribe",
    subscription: {
      name: NAME,
      kinds: ["outcomeResolved"],
      afterSeq: deps.journal.cursor(),
      deliver: (batch) => context.self.tell({ kind: "events", batch }),
    },
  });
}

/** Null when every line is in; what the disk said otherwise. Lines that are in are not written again. */
function write(journal: LineJournal, batch: EventBatch): unknown {
  try {
    for (const { lines, cursor, atMs } of trackingAppends(batch, journal.cursor())) {
      journal.append(lines, cursor, atMs);
    }
    return null;
  } catch (error) {
    return error ?? "unknown";
  }
}

/** A full disk is not a crash: the batch waits here, the others in the store, and nobody else is restarted. */
function wait(
  deps: JournalDeps,
  state: JournalState,
  batch: EventBatch,
  refusal: unknown,
  context: Context<JournalMessage>,
): JournalState {
  const message = refusal instanceof Error ? refusal.message : String(refusal);
  context.log.error("outcomes could not be journaled", { message, events: batch.length });
  if (!state.refused) {
    deps.desk.tell({
      kind: "raise",
      ...UNWRITABLE,
      message:
        `comprehensive_tracking.jsonl: ${message}. Make room or mend the folder: it is tried again by itself`,
    });
  }
  context.after(TRY_AGAIN_MS, { kind: "events", batch });
  return { refused: true };
}
