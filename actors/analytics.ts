/**
 * Analytics: knows every signal of the last ninety days and what became of it, and answers with figures.
 *
 * - Hears `signalRaised`, `signalShadowed` and `outcomeResolved` from the event bus, `summary` from who shows it.
 * - Tells nobody; a summary is its answer.
 * - Restarts from the store's signals and the events after them; an event that comes twice changes nothing.
 *
 * @module
 */
import { type Fact, factOf, summarize } from "../domain/analytics.ts";
import { FactBook } from "../domain/fact_book.ts";
import type { AnalyticsMessage } from "../protocols/analytics.ts";
import type { EventBusMessage, EventBusStatus } from "../protocols/event_bus.ts";
import type { BittenEvent, EventKind, StoredEvent } from "../protocols/events.ts";
import type { Store } from "../protocols/store.ts";
import type { Actor, Ref } from "../runtime/actor.ts";
import type { MarketClock } from "../runtime/clock.ts";

/** What analytics is handed. */
export interface AnalyticsDeps {
  readonly store: Store;
  readonly bus: Ref<EventBusMessage>;
  readonly clock: MarketClock;
}

const NAME = "analytics";
const KINDS: readonly EventKind[] = ["signalRaised", "signalShadowed", "outcomeResolved"];
/** Older signals are in the store, and in no summary. Market ms. */
export const REMEMBERED_MS = 90 * 86_400_000;

/** Makes the analytics actor. */
export function analyticsActor(deps: AnalyticsDeps): Actor<FactBook, AnalyticsMessage> {
  return {
    async init(context) {
      // Asked before the rows are read: what is committed in between comes as an event.
      const { lastSeq } = await deps.bus.ask<EventBusStatus>((reply) => ({ kind: "status", reply }));
      const book = await load(deps);
      const deliver = (batch: readonly StoredEvent[]) => void context.self.tell({ kind: "events", batch });
      deps.bus.tell({
        kind: "subscribe",
        subscription: { name: NAME, kinds: KINDS, afterSeq: lastSeq, deliver },
      });
      return book;
    },
    handle(book, message) {
      switch (message.kind) {
        case "events":
          message.batch.flatMap(({ event }) => factsOf(event)).forEach((fact) => book.put(fact));
          book.forget(deps.clock.nowMs() - REMEMBERED_MS);
          deps.bus.tell({ kind: "acknowledge", name: NAME, seq: message.batch.at(-1)!.seq });
          return book;
        case "summary": {
          const { timeframeMs, nowMs } = message;
          message.reply(summarize(book.since(nowMs - timeframeMs), timeframeMs, nowMs));
          return book;
        }
      }
    },
  };
}

async function load(deps: AnalyticsDeps): Promise<FactBook> {
  const gte = deps.clock.nowMs() - REMEMBERED_MS;
  const where = { signaledAtMs: { gte } };
  const rows = await deps.store.select({ from: "signals", where, order: "signaledAtMs" });
  const book = new FactBook();
  for (const row of rows) book.put(factOf(row));
  return book;
}

function factsOf(event: BittenEvent): Fact[] {
  switch (event.kind) {
    case "signalRaised":
    case "signalShadowed":
      return [factOf({ ...event.signal, outcome: null })];
    case "outcomeResolved":
      return [factOf({ ...event.signal, outcome: event.outcome })];
    default:
      return [];
  }
}
