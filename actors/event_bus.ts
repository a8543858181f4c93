/**
 * Event bus actor: hands committed events to whoever subscribed, each at its own pace.
 *
 * - Hears `committed` from the store, `subscribe`, `acknowledge` and `unsubscribe` from everybody.
 * - Tells each subscriber its next batch once it has acknowledged the one before; nobody waits for another.
 * - Restarts from the store's last seq and the book of subscribers: a batch that was on its way is sent again.
 *
 * @module
 */
import { EventRing, type Taken } from "../domain/event_ring.ts";
import type { EventBusMessage, EventBusStatus, Subscription } from "../protocols/event_bus.ts";
import type { EventKind, StoredEvent } from "../protocols/events.ts";
import type { Store } from "../protocols/store.ts";
import type { Actor, Context } from "../runtime/actor.ts";

/** What the event bus is handed. */
export interface EventBusDeps {
  readonly store: Pick<Store, "events"> & { lastSeq(): Promise<number> };
  /** Made once beside the tree: subscriptions are not in the store and must outlive a crash of the bus. */
  readonly subscribers: SubscriberBook;
}

/** Who has subscribed, by name. */
export type SubscriberBook = Map<string, Subscriber>;

/** One subscription and how far it is. */
export interface Subscriber {
  readonly subscription: Subscription;
  readonly kinds: ReadonlySet<EventKind> | null;
  /** Every event up to here was acknowledged, or not wanted. */
  seq: number;
  /** The batch it has not acknowledged: its last event, and where the subscriber stands after it. */
  inFlight: { readonly last: number; readonly seq: number } | null;
  /** Number of the reading from the store it waits for. */
  reading: number | null;
}

/** The bus's own state. */
export interface EventBusState {
  readonly ring: EventRing;
  readings: number;
}

const RING_EVENTS = 4_096;
const BATCH_EVENTS = 256;
const READ_AGAIN_MS = 1_000;

type Bus = Context<EventBusMessage>;

/** An empty book. */
export function subscriberBook(): SubscriberBook {
  return new Map();
}

/** The event bus actor. */
export function eventBusActor(deps: EventBusDeps): Actor<EventBusState, EventBusMessage> {
  return {
    onStop: "drain",
    async init(context) {
      const state = { ring: new EventRing(RING_EVENTS, await deps.store.lastSeq()), readings: 0 };
      for (const known of deps.subscribers.values()) {
        admit(deps, state, { ...known, inFlight: null, reading: null }, context);
      }
      return state;
    },
    handle(state, message, context) {
      switch (message.kind) {
        case "committed":
          state.ring.add(message.events);
          for (const subscriber of deps.subscribers.values()) serve(deps, state, subscriber, context);
          return state;
        case "subscribe":
          admit(deps, state, newcomer(state, message.subscription, context), context);
          return state;
        case "acknowledge":
          acknowledge(deps, state, message, context);
          return state;
        case "unsubscribe":
          deps.subscribers.delete(message.name);
          return state;
        case "replayed":
          return replayed(deps, state, message.reading, message.events, context);
        case "replayFailed":
          context.log.warn("events could not be read again", { message: message.message });
          context.after(READ_AGAIN_MS, { kind: "replayDue", reading: message.reading });
          return state;
        case "replayDue":
          return replayDue(deps, state, message.reading, context);
        case "status":
          message.reply(statusOf(deps.subscribers, state.ring.lastSeq));
          return state;
      }
    },
  };
}

function newcomer(state: EventBusState, subscription: Subscription, context: Bus): Subscriber {
  const { name, kinds, afterSeq } = subscription;
  const { lastSeq } = state.ring;
  const seq = afterSeq === "now" ? lastSeq : afterSeq;
  if (seq > lastSeq) context.log.warn("a subscriber is ahead of the events", { name, seq, lastSeq });
  return {
    subscription,
    kinds: kinds === undefined ? null : new Set(kinds),
    seq,
    inFlight: null,
    reading: null,
  };
}

/** Takes the place of a subscriber of the same name, whose batch and readings are nobody's from now on. */
function admit(deps: EventBusDeps, state: EventBusState, subscriber: Subscriber, context: Bus): void {
  deps.subscribers.set(subscriber.subscription.name, subscriber);
  serve(deps, state, subscriber, context);
}

/** Hands over the next batch, from the ring or by way of the store, unless one is on its way. */
function serve(deps: EventBusDeps, state: EventBusState, subscriber: Subscriber, context: Bus): void {
  if (subscriber.inFlight !== null || subscriber.reading !== null) return;
  if (subscriber.seq >= state.ring.lastSeq) return;
  const taken = state.ring.take(subscriber.seq, (stored) => wants(subscriber, stored), BATCH_EVENTS);
  if (taken === null) readBack(deps, state, subscriber, context);
  else hand(deps, subscriber, taken, context);
}

/** A filtered gap is passed at once; a subscriber that throws is out, and the bus goes on. */
function hand(deps: EventBusDeps, subscriber: Subscriber, taken: Taken, context: Bus): void {
  const last = taken.batch.at(-1);
  if (last === undefined) {
    subscriber.seq = taken.seq;
    return;
  }
  subscriber.inFlight = { last: last.seq, seq: taken.seq };
  const { name, deliver } = subscriber.subscription;
  try {
    deliver(taken.batch);
  } catch (error) {
    context.log.error("a subscriber threw and is dropped", { name, error });
    if (deps.subscribers.get(name) === subscriber) deps.subscribers.delete(name);
  }
}

/** An older or unknown acknowledgement, of a subscription that was replaced, changes nothing. */
function acknowledge(
  deps: EventBusDeps,
  state: EventBusState,
  { name, seq }: { readonly name: string; readonly seq: number },
  context: Bus,
): void {
  const subscriber = deps.subscribers.get(name);
  if (subscriber === undefined || subscriber.inFlight === null || seq < subscriber.inFlight.last) return;
  subscriber.seq = subscriber.inFlight.seq;
  subscriber.inFlight = null;
  serve(deps, state, subscriber, context);
}

function readBack(deps: EventBusDeps, state: EventBusState, subscriber: Subscriber, context: Bus): void {
  const reading = state.readings += 1;
  subscriber.reading = reading;
  context.pipe(
    deps.store.events(subscriber.seq, BATCH_EVENTS),
    (events) => ({ kind: "replayed", reading, events }),
    (error) => ({
      kind: "replayFailed",
      reading,
      message: error instanceof Error ? error.message : String(error),
    }),
  );
}

function replayed(
  deps: EventBusDeps,
  state: EventBusState,
  reading: number,
  events: readonly StoredEvent[],
  context: Bus,
): EventBusState {
  const subscriber = readerOf(deps.subscribers, reading);
  if (subscriber === undefined) return state;
  subscriber.reading = null;
  // Nothing left on disk before the ring: what it begins with comes next.
  const seq = events.at(-1)?.seq ?? Math.max(subscriber.seq, state.ring.after);
  hand(deps, subscriber, { batch: events.filter((stored) => wants(subscriber, stored)), seq }, context);
  serve(deps, state, subscriber, context);
  return state;
}

function replayDue(deps: EventBusDeps, state: EventBusState, reading: number, context: Bus): EventBusState {
  const subscriber = readerOf(deps.subscribers, reading);
  if (subscriber !== undefined) readBack(deps, state, subscriber, context);
  return state;
}

function readerOf(subscribers: SubscriberBook, reading: number): Subscriber | undefined {
  for (const subscriber of subscribers.values()) if (subscriber.reading === reading) return subscriber;
  return undefined;
}

function wants(subscriber: Subscriber, stored: StoredEvent): boolean {
  return subscriber.kinds === null || subscriber.kinds.has(stored.event.kind);
}

function statusOf(subscribers: SubscriberBook, lastSeq: number): EventBusStatus {
  const lines = [...subscribers.entries()].map(([name, { seq }]) => ({
    name,
    seq,
    lag: Math.max(0, lastSeq - seq),
  }));
  return { lastSeq, subscribers: lines };
}
