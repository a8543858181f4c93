/**
 * What a user's autofire actor hears: it alone reserves for its user.
 *
 * @module
 */
import type { StoredEvent } from "./events.ts";
import type { Fire } from "./fire.ts";
import type { Refusal } from "./gates.ts";
import type { Reply } from "./ports.ts";
import type { EaId, MissionId } from "./units.ts";
import type { User } from "./user.ts";

/** The answer to a fire by hand. */
export type FireAnswer =
  | { readonly ok: true; readonly fire: Fire }
  | { readonly ok: false; readonly refusal: Refusal };

/** What an autofire actor hears. */
export type AutofireMessage =
  /** `signalRaised` events from the bus. */
  | { readonly kind: "events"; readonly batch: readonly StoredEvent[] }
  /** From a slot actor, after the change is on disk. */
  | { readonly kind: "fireChanged"; readonly fire: Fire }
  | { readonly kind: "manualFire"; readonly missionId: MissionId; readonly reply: Reply<FireAnswer> }
  | { readonly kind: "userChanged"; readonly user: User; readonly reply: Reply<void> }
  | { readonly kind: "easChanged"; readonly eaIds: readonly EaId[] }
  | { readonly kind: "haltChanged"; readonly halted: boolean }
  | { readonly kind: "view"; readonly reply: Reply<AutofireView> };

/** What an autofire actor shows of itself. */
export interface AutofireView {
  readonly user: User;
  readonly eaIds: readonly EaId[];
  readonly openFires: readonly Fire[];
  /** "4/10": slots taken of slots allowed. */
  readonly slots: string;
}
