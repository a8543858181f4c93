/**
 * Outcome opener: sees to it that every signal without an outcome is followed.
 *
 * - Hears `signalRaised` and `signalShadowed` from the event bus, and its own `sweep`.
 * - Tells each symbol's level book the signals to judge; starts a watcher for each.
 * - Restarts from the store's unresolved signals and the events after them; every five minutes it looks again, so
 *   that nothing stays unfollowed because somebody had crashed at the wrong moment.
 *
 * @module
 */
import { signalOf } from "../domain/outcome.ts";
import type { EventBusMessage, EventBusStatus } from "../protocols/event_bus.ts";
import type { EventKind, StoredEvent } from "../protocols/events.ts";
import type { LevelBookMessage, OutcomeMessage, OutcomeOpenerMessage } from "../protocols/market.ts";
import type { Mailbox } from "../protocols/ports.ts";
import type { Signal } from "../protocols/signal.ts";
import type { Store } from "../protocols/store.ts";
import type { SignalId, SymbolName } from "../protocols/units.ts";
import type { Actor, Ref } from "../runtime/actor.ts";

/** What the opener is handed. */
export interface OutcomeOpenerDeps {
  readonly store: Store;
  readonly bus: Ref<EventBusMessage>;
  readonly books: { ensure(key: string, symbol: SymbolName): Mailbox<LevelBookMessage> };
  readonly watchers: { ensure(key: string, signal: Signal): Mailbox<OutcomeMessage> };
}

const NAME = "outcome_opener";
const KINDS: readonly EventKind[] = ["signalRaised", "signalShadowed"];
/** Runtime ms between two looks at what is unresolved. */
const SWEEP_MS = 300_000;

/** Makes the opener of outcomes. */
export function outcomeOpenerActor(deps: OutcomeOpenerDeps): Actor<null, OutcomeOpenerMessage> {
  return {
    async init(context) {
      // Asked before the rows are read: what is committed in between comes as an event.
      const { lastSeq } = await deps.bus.ask<EventBusStatus>((reply) => ({ kind: "status", reply }));
      await openAll(deps);
      const deliver = (batch: readonly StoredEvent[]) => void context.self.tell({ kind: "events", batch });
      deps.bus.tell({
        kind: "subscribe",
        subscription: { name: NAME, kinds: KINDS, afterSeq: lastSeq, deliver },
      });
      context.every(SWEEP_MS, { kind: "sweep" });
      return null;
    },
    async handle(_state, message) {
      if (message.kind === "sweep") await openAll(deps);
      else {
        await openNew(deps, message.batch);
        deps.bus.tell({ kind: "acknowledge", name: NAME, seq: message.batch.at(-1)!.seq });
      }
      return null;
    },
  };
}

async function openAll(deps: OutcomeOpenerDeps): Promise<void> {
  const rows = await deps.store.select({ from: "signals", where: { outcome: null }, order: "signaledAtMs" });
  rows.forEach((row) => follow(deps, signalOf(row)));
}

/** An event may come again long after its signal has ended: only what the store has open is followed. */
async function openNew(deps: OutcomeOpenerDeps, batch: readonly StoredEvent[]): Promise<void> {
  const ids = batch.flatMap(({ event }): SignalId[] =>
    event.kind === "signalRaised" || event.kind === "signalShadowed" ? [event.signal.id] : []
  );
  if (ids.length === 0) return;
  const where = { id: { in: ids }, outcome: null };
  const rows = await deps.store.select({ from: "signals", where, order: "signaledAtMs" });
  rows.forEach((row) => follow(deps, signalOf(row)));
}

function follow(deps: OutcomeOpenerDeps, signal: Signal): void {
  deps.watchers.ensure(signal.id, signal);
  deps.books.ensure(signal.symbol, signal.symbol).tell({ kind: "open", signal });
}
