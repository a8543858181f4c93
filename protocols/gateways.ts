/**
 * What the gateways hear, and what they count.
 *
 * @module
 */
import type { StoredEvent } from "./events.ts";
import type { Frames, Reply } from "./ports.ts";
import type { EaId } from "./units.ts";
import type { Command, FaultReason } from "./wire.ts";

/** Counted by every gateway that reads from outside. */
export interface GatewayStatus {
  /** Well-formed messages by kind. */
  readonly received: Readonly<Record<string, number>>;
  /** Faults by reason. */
  readonly faults: Readonly<Partial<Record<FaultReason | "no_such_ea" | "not_allowed", number>>>;
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
export type ConfirmGatewayMessage = InboundMessage;

/** What the command gateway (5555) hears. */
export type CommandGatewayMessage =
  | InboundMessage
  /** From a slot actor; answered to it with `commandResult`. */
  | { readonly kind: "send"; readonly command: Command }
  /** From the desk: the last door. While closed no fire command leaves. */
  | { readonly kind: "halt"; readonly halted: boolean; readonly reply: Reply<void> }
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
