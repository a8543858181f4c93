/**
 * Events: past-tense facts, durable with a sequence number before anybody hears of them.
 *
 * @module
 */
import type { Fire } from "./fire.ts";
import type { GateCode } from "./gates.ts";
import type { Outcome } from "./outcome.ts";
import type { Mission, Signal } from "./signal.ts";
import type { EaId, SignalId, UserId } from "./units.ts";
import type { User } from "./user.ts";

/** Every fact the house publishes. */
export type BittenEvent =
  | { readonly kind: "signalRaised"; readonly signal: Signal }
  | { readonly kind: "signalShadowed"; readonly signal: Signal }
  | { readonly kind: "outcomeResolved"; readonly signal: Signal; readonly outcome: Outcome }
  | { readonly kind: "missionOffered"; readonly mission: Mission }
  | {
    /** A signal was not fired for a user: the gate and its numbers. */
    readonly kind: "decisionRefused";
    readonly signalId: SignalId;
    readonly userId: UserId;
    readonly code: GateCode;
    readonly reason: string;
  }
  | { readonly kind: "slotTaken"; readonly fire: Fire }
  | { readonly kind: "fireSent"; readonly fire: Fire }
  | { readonly kind: "fireFilled"; readonly fire: Fire }
  | { readonly kind: "fireRefused"; readonly fire: Fire }
  | { readonly kind: "fireRejected"; readonly fire: Fire }
  | { readonly kind: "fireAmbiguous"; readonly fire: Fire }
  | { readonly kind: "fireExpired"; readonly fire: Fire }
  | { readonly kind: "fireClosed"; readonly fire: Fire }
  /** A fire that filled, closed or fell into doubt before learns what was not known then. */
  | { readonly kind: "fireAmended"; readonly fire: Fire }
  | { readonly kind: "slotReleased"; readonly fire: Fire }
  | {
    readonly kind: "eaConnected";
    readonly eaId: EaId;
    readonly userId: UserId | null;
    readonly nodeId: string | null;
  }
  | { readonly kind: "eaReconciled"; readonly eaId: EaId; readonly openFires: number }
  | { readonly kind: "eaLost"; readonly eaId: EaId; readonly silentMs: number }
  | { readonly kind: "userChanged"; readonly user: User }
  | {
    readonly kind: "tradingHalted";
    readonly by: string;
    readonly reason: string;
    readonly queuedFires: readonly string[];
  }
  | { readonly kind: "tradingResumed"; readonly by: string }
  | { readonly kind: "conditionRaised"; readonly condition: Condition }
  | { readonly kind: "conditionCleared"; readonly code: string; readonly subject: string };

/** The name of an event. */
export type EventKind = BittenEvent["kind"];

/** A standing trouble that an operator should know of; raised once, cleared once. */
export interface Condition {
  /** Upper snake case: `SYMBOL_SPEC_SUSPECT`. */
  readonly code: string;
  /** What it is about: an EA, a symbol, a user, or "". */
  readonly subject: string;
  readonly message: string;
  readonly sinceMs: number;
}

/** An event with its place in the journal. */
export interface StoredEvent {
  /** Rises by at least one; 1 is the first. */
  readonly seq: number;
  /** Market clock, UTC ms. */
  readonly atMs: number;
  /** The actor that said it. */
  readonly source: string;
  readonly event: BittenEvent;
}
