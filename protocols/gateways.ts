/**
 * What the gateways hear, and what they count.
 *
 * @module
 */
import type { StoredEvent } from "./events.ts";
import type { Frames, Mailbox, Reply } from "./ports.ts";
import type { SlotMessage } from "./slot.ts";
import type { EaId } from "./units.ts";
import type { Command, FaultReason } from "./wire.ts";

/**
 * Why a frame went no further: it was not understood, its EA may not (`not_allowed`: more EAs than the gateway
 * keeps), its EA is over its rate, or nobody behind the gateway could take it (`shed`).
 */
export type GatewayFault = FaultReason | "no_such_ea" | "not_allowed" | "rate_limited" | "shed";

/** Where the slot actor of an EA is found, started when it is not there yet. A runtime `Dynamic` is one. */
export interface SlotDirectory {
  ensure(key: string, eaId: EaId): Mailbox<SlotMessage>;
}

/** Counted by every gateway that reads from outside. */
export interface GatewayStatus {
  /** Well-formed messages by kind. */
  readonly received: Readonly<Record<string, number>>;
  /** Faults by reason. */
  readonly faults: Readonly<Partial<Record<GatewayFault, number>>>;
  readonly faultsTotal: number;
}

/** Any gateway with a receiving socket. */
export type InboundMessage =
  /** The root's go: begin to read. */
  | { readonly kind: "go" }
  | { readonly kind: "frames"; readonly batch: readonly Frames[] }
  | { readonly kind: "status"; readonly reply: Reply<GatewayStatus> };

/** What the tick gateway (5556) hears. */
export type TickGatewayMessage = InboundMessage;
/** What the confirm gateway (5558) hears. */
export type ConfirmGatewayMessage =
  | InboundMessage
  /** To itself: what became of the confirmations it handed to the store; null when they are on disk. */
  | { readonly kind: "committed"; readonly failure: string | null }
  /** To itself: try again what could not be stored. */
  | { readonly kind: "commitDue" };

/** What the command gateway (5555) hears. */
export type CommandGatewayMessage =
  | InboundMessage
  /** From a slot actor; answered to it with `commandResult`. */
  | { readonly kind: "send"; readonly command: Command }
  /** From the desk: the last door. While closed no fire command leaves. */
  | { readonly kind: "halt"; readonly halted: boolean; readonly reply: Reply<void> }
  /** To itself: ask the desk whether trading is halted, until it has said so. */
  | { readonly kind: "learnHalt" }
  /** From an operator: the newest connection of this EA is the right one; its conditions are cleared. */
  | { readonly kind: "settle"; readonly eaId: EaId; readonly reply: Reply<void> }
  | {
    readonly kind: "connections";
    readonly reply: Reply<
      readonly { readonly eaId: EaId; readonly identity: string; readonly lastFrameAtMs: number }[]
    >;
  };

/** What the telegram gateway hears. */
export type TelegramGatewayMessage =
  | { readonly kind: "events"; readonly batch: readonly StoredEvent[] }
  | { readonly kind: "send" };

/** What the journal actor hears. */
export type JournalMessage = { readonly kind: "events"; readonly batch: readonly StoredEvent[] };
