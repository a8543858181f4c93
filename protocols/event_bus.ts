/**
 * What the event bus hears, and what it hands to its subscribers.
 *
 * @module
 */
import type { EventKind, StoredEvent } from "./events.ts";
import type { Reply } from "./ports.ts";

/** Events in order of seq; the subscriber acknowledges the last one before it is given more. */
export type EventBatch = readonly StoredEvent[];

/** Who wants which events, from where on. */
export interface Subscription {
  /** Unique; a second subscription of the same name replaces the first. */
  readonly name: string;
  /** Absent: every kind. */
  readonly kinds?: readonly EventKind[];
  /** Hand over events with a greater seq; `"now"`: only those committed from now on. */
  readonly afterSeq: number | "now";
  /** Called with 1 to 256 events; not again until `acknowledge`. */
  readonly deliver: (batch: EventBatch) => void;
}

/** What the event bus hears. */
export type EventBusMessage =
  /** From the store, after fsync, in order of seq. */
  | { readonly kind: "committed"; readonly events: readonly StoredEvent[] }
  | { readonly kind: "subscribe"; readonly subscription: Subscription }
  | { readonly kind: "acknowledge"; readonly name: string; readonly seq: number }
  | { readonly kind: "unsubscribe"; readonly name: string }
  /** To itself: what the store answered to the reading of that number. */
  | { readonly kind: "replayed"; readonly reading: number; readonly events: readonly StoredEvent[] }
  /** To itself: the store did not answer. */
  | { readonly kind: "replayFailed"; readonly reading: number; readonly message: string }
  /** To itself: read again what the store did not answer. */
  | { readonly kind: "replayDue"; readonly reading: number }
  | { readonly kind: "status"; readonly reply: Reply<EventBusStatus> };

/** How the bus is doing. */
export interface EventBusStatus {
  readonly lastSeq: number;
  readonly subscribers: readonly { readonly name: string; readonly seq: number; readonly lag: number }[];
}
