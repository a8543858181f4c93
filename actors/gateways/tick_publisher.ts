/**
 * Tick publisher: the market data relay on 5560 and 5660.
 *
 * - Hears each tick's line from the tick relay.
 * - Tells 5560 the bare JSON line and 5660 topic and line.
 * - Restarts with fresh counts; under pressure the oldest lines go.
 *
 * @module
 */
import type { TickPublisherMessage } from "../../protocols/market.ts";
import { tickTopic } from "../../protocols/wire.ts";
import type { Actor } from "../../runtime/actor.ts";
import { Outlet, type OutletDeps, statusOf, UNDER_WAY_MAX } from "./outlet.ts";

/** What the tick publisher is handed. */
export interface TickPublisherDeps {
  /** 5560: one frame, the JSON line. */
  readonly line: OutletDeps;
  /** 5660: `tick.<SYMBOL>` and the line. */
  readonly topic: OutletDeps;
}

/** What the tick publisher remembers. */
export interface TickPublisherState {
  readonly line: Outlet;
  readonly topic: Outlet;
}

/**
 * A line leaves as text: bytes of its length are lent to ZeroMQ, once per port, and handed back by a call of their
 * own, a quarter of what a tick's two sends cost. It is UTF-8, as what was not has been mended; nothing may change.
 */
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** The tick publisher. */
export function tickPublisherActor(deps: TickPublisherDeps): Actor<TickPublisherState, TickPublisherMessage> {
  return {
    mailbox: { capacity: UNDER_WAY_MAX, full: "dropOldest" },
    init(context) {
      const nowMs = () => context.nowMs();
      return {
        line: new Outlet(deps.line, context.log, nowMs),
        topic: new Outlet(deps.topic, context.log, nowMs),
      };
    },
    handle(state, message) {
      switch (message.kind) {
        case "relayTick": {
          const line = utf8.decode(message.raw);
          state.line.offer([line]);
          state.topic.offer([tickTopic(message.symbol), line]);
          return state;
        }
        case "status":
          message.reply(statusOf(state.line, state.topic));
          return state;
      }
    },
  };
}
