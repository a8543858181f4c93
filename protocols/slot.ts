/**
 * What the slot actor of one EA hears.
 *
 * @module
 */
import type { EaView } from "./ea.ts";
import type { CloseReason, Fire } from "./fire.ts";
import type { Reply, SendResult } from "./ports.ts";
import type { ConfirmationRecord } from "./store.ts";
import type { Tick } from "./tick.ts";
import type { FireId, UserId } from "./units.ts";
import type { Handshake, Heartbeat, Hello, Telemetry } from "./wire.ts";

/** How an operator settles a fire that nobody can prove. */
export type Resolution =
  | { readonly status: "filled"; readonly ticket: number }
  | { readonly status: "closed"; readonly reason: CloseReason }
  | { readonly status: "expired" };

/** What the slot actor hears. */
export type SlotMessage =
  /** From autofire, after the fire's row is on disk with status `reserved`. */
  | { readonly kind: "fire"; readonly fire: Fire }
  | { readonly kind: "hello"; readonly hello: Hello; readonly receivedAtMs: number }
  | { readonly kind: "heartbeat"; readonly heartbeat: Heartbeat; readonly receivedAtMs: number }
  | { readonly kind: "handshake"; readonly handshake: Handshake; readonly receivedAtMs: number }
  | { readonly kind: "telemetry"; readonly telemetry: Telemetry; readonly receivedAtMs: number }
  | { readonly kind: "disconnected"; readonly nodeId: string | null }
  /** A tick of this EA's own feed, canonical symbol, plus the broker's name for it. */
  | { readonly kind: "tick"; readonly tick: Tick; readonly brokerSymbol: string }
  /** From the confirm gateway, after the confirmation is on disk. */
  | { readonly kind: "confirmed"; readonly record: ConfirmationRecord }
  /** From the command gateway: what became of a command. */
  | {
    readonly kind: "commandResult";
    readonly fireId: FireId | null;
    /** Everything but `sent` means: not sent. */
    readonly result: SendResult | "halted" | "breakerOpen";
    /** Why not, in words, where there is more to say. */
    readonly reason?: string;
  }
  | { readonly kind: "closeTicket"; readonly ticket: number }
  | { readonly kind: "closeAll" }
  | { readonly kind: "assign"; readonly userId: UserId | null; readonly reply: Reply<void> }
  | {
    readonly kind: "resolve";
    readonly fireId: FireId;
    readonly resolution: Resolution;
    readonly by: string;
    readonly reply: Reply<string | null>;
  }
  | { readonly kind: "resetCircuit" }
  /** From the desk for everyone, from autofire for its user: what waits is refused, nothing more leaves. */
  | {
    readonly kind: "haltChanged";
    readonly code: "TRADING_HALTED" | "USER_HALTED";
    readonly halted: boolean;
  }
  | { readonly kind: "view"; readonly reply: Reply<EaView> }
  /** Every 30 s of market time. */
  | { readonly kind: "cycle" }
  /** To itself: a fire expires, or an answer is overdue. */
  | { readonly kind: "wake" }
  /** To itself: the store did not take a write, so what it holds is read again. */
  | { readonly kind: "reload" };
