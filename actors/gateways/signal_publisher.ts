/**
 * Signal publisher: every live signal, once it is on disk, to whoever listens on 5557 and 5657.
 *
 * - Hears `signalRaised` from the event bus.
 * - Tells 5557 the legacy line and 5657 topic and JSON; acknowledges to the bus whether or not they left.
 * - Restarts at the present: a signal raised while it was down is not published late.
 *
 * @module
 */
import type { EventBatch, EventBusMessage } from "../../protocols/event_bus.ts";
import type { SignalPublisherMessage } from "../../protocols/market.ts";
import type { Mailbox } from "../../protocols/ports.ts";
import type { Signal } from "../../protocols/signal.ts";
import { encodeSignal, encodeSignalJson, signalTopic } from "../../protocols/wire.ts";
import type { Actor } from "../../runtime/actor.ts";
import { Outlet, type OutletDeps, statusOf } from "./outlet.ts";

/** What the signal publisher is handed. */
export interface SignalPublisherDeps {
  readonly bus: Mailbox<EventBusMessage>;
  /** 5557: one frame, `ELITE_GUARD_SIGNAL {json}`. */
  readonly line: OutletDeps;
  /** 5657: `signal.<SYMBOL>` and JSON. */
  readonly topic: OutletDeps;
}

/** What the signal publisher remembers; changes in place. */
export interface SignalPublisherState {
  readonly line: Outlet;
  readonly topic: Outlet;
  /** A bus that restarts hands its last batch over again: what was published is not published twice. */
  lastSeq: number;
}

const NAME = "signal_publisher";

/** The signal publisher. Its mailbox has no limit: the bus hands it one batch at a time. */
export function signalPublisherActor(
  deps: SignalPublisherDeps,
): Actor<SignalPublisherState, SignalPublisherMessage> {
  return {
    init(context) {
      deps.bus.tell({
        kind: "subscribe",
        subscription: {
          name: NAME,
          kinds: ["signalRaised"],
          afterSeq: "now",
          deliver: (batch) => void context.self.tell({ kind: "events", batch }),
        },
      });
      const nowMs = () => context.nowMs();
      return {
        line: new Outlet(deps.line, context.log, nowMs),
        topic: new Outlet(deps.topic, context.log, nowMs),
        lastSeq: 0,
      };
    },
    handle(state, message) {
      switch (message.kind) {
        case "events":
          publishAll(state, message.batch);
          deps.bus.tell({ kind: "acknowledge", name: NAME, seq: message.batch.at(-1)?.seq ?? state.lastSeq });
          return state;
        case "status":
          message.reply(statusOf(state.line, state.topic));
          return state;
      }
    },
  };
}

function publishAll(state: SignalPublisherState, batch: EventBatch): void {
  for (const { seq, event } of batch) {
    if (seq <= state.lastSeq) continue;
    state.lastSeq = seq;
    if (event.kind === "signalRaised") publish(state, event.signal);
  }
}

function publish(state: SignalPublisherState, signal: Signal): void {
  state.line.offer([encodeSignal(signal)]);
  state.topic.offer([signalTopic(signal.symbol), encodeSignalJson(signal)]);
}
