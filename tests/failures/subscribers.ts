/**
 * Every subscriber of the event bus, started alone to see which kinds it asks for.
 *
 * @module
 */
import { analyticsActor } from "../../actors/analytics.ts";
import { autofireActor } from "../../actors/autofire.ts";
import { deskActor } from "../../actors/desk.ts";
import { signalPublisherActor } from "../../actors/gateways/signal_publisher.ts";
import { telegramGatewayActor } from "../../actors/gateways/telegram_gateway.ts";
import { journalActor } from "../../actors/journal.ts";
import { outcomeOpenerActor } from "../../actors/outcome_opener.ts";
import { storeActor, type StoreClient, storeClient } from "../../actors/store.ts";
import { AUTOFIRE_DEFAULTS } from "../../protocols/autofire.ts";
import type { EventBusMessage, Subscription } from "../../protocols/event_bus.ts";
import type { EventKind } from "../../protocols/events.ts";
import type { PubSocket } from "../../protocols/ports.ts";
import type { StoreMessage } from "../../protocols/store.ts";
import type { Actor, AnyActor, Ref } from "../../runtime/mod.ts";
import { fakeBreaker } from "../kit/fake_breaker.ts";
import { recorder } from "../kit/gateway_room.ts";
import { makeUser } from "../kit/http_api.ts";
import { memoryLineJournal } from "../kit/memory_journal.ts";
import { memoryStore } from "../kit/memory_store.ts";
import { spawnOne, type TestSystem, testSystem } from "../kit/test_system.ts";

/** Who subscribes. */
export const HEARERS = [
  "analytics",
  "autofire",
  "desk",
  "journal",
  "outcome_opener",
  "signal_publisher",
  "telegram",
] as const;
/** One of them. */
export type Hearer = typeof HEARERS[number];

/** The kinds each of them asks the bus for. */
export async function subscriptions(): Promise<ReadonlyMap<string, readonly EventKind[]>> {
  const room = testSystem();
  const edge = memoryStore();
  edge.commit([[{ put: "users", row: makeUser() }]]);
  const asked = new Map<string, readonly EventKind[]>();
  const note = ({ name, kinds = [] }: Subscription) => asked.set(name.replace(/[/:].*$/, ""), kinds);
  const bus = spawnOne(room.system, notingBus(note), "event_bus");
  const store = storeClient(spawnOne<StoreMessage>(room.system, storeActor({ edge, bus }), "store"));
  for (const actor of Object.values(actorsOver(room, store, bus))) spawnOne(room.system, actor);
  await room.settle();
  await room.system.stop();
  edge.close();
  return asked;
}

function notingBus(note: (subscription: Subscription) => void): Actor<null, EventBusMessage> {
  return {
    init: () => null,
    handle(state, message) {
      if (message.kind === "subscribe") note(message.subscription);
      if (message.kind === "status") message.reply({ lastSeq: 0, subscribers: [] });
      return state;
    },
  };
}

/** One actor for each hearer: leaving one out does not compile. */
function actorsOver(
  { market: clock, system }: TestSystem,
  store: StoreClient,
  bus: Ref<EventBusMessage>,
): Readonly<Record<Hearer, AnyActor<never>>> {
  const nobody = recorder<never>() as never;
  const children = system.dynamic<never, never>("nobody") as never;
  const socket: PubSocket = { port: 0, send: () => Promise.resolve(true), close: () => Promise.resolve() };
  const outlet = { socket, breaker: fakeBreaker() };
  const settings = AUTOFIRE_DEFAULTS;
  const user = makeUser().id;
  return {
    analytics: analyticsActor({ store, bus, clock }),
    autofire: autofireActor({
      userId: user,
      store,
      bus,
      slots: children,
      clock,
      newId: () => "id",
      settings,
    }),
    desk: deskActor({ store, bus, commandGateway: nobody, slots: children, autofires: children, clock }),
    journal: journalActor({ journal: memoryLineJournal(), bus, desk: nobody }),
    outcome_opener: outcomeOpenerActor({ store, bus, books: children, watchers: children }),
    signal_publisher: signalPublisherActor({ bus, line: outlet, topic: outlet }),
    telegram: telegramGatewayActor({
      store,
      bus,
      chat: { send: () => Promise.resolve({ kind: "sent", messageId: 1 }) },
      chatIds: ["-100"],
      clock,
    }),
  };
}
