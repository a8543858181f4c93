/**
 * What the desk hears: the one owner of halt, of users, and of which EA belongs to whom.
 *
 * @module
 */
import type { Condition, StoredEvent } from "./events.ts";
import type { Reply } from "./ports.ts";
import type { EaId, FireId, UserId } from "./units.ts";
import type { User } from "./user.ts";

/** Whether the house may fire at all. */
export interface HaltState {
  readonly halted: boolean;
  readonly by: string | null;
  readonly reason: string | null;
  readonly sinceMs: number | null;
  /** Generation-2 commands already out that may still fill. */
  readonly mayStillFill: readonly string[];
}

/** Name of the setting in which halt outlives the process; its value is a `HaltRecord`. */
export const HALT_SETTING = "halt";

/** Halt as it is stored. */
export type HaltRecord = Omit<HaltState, "mayStillFill">;

/** What closing everything has begun. */
export interface FlattenReport {
  /** Open fires whose EA was told to close everything. */
  readonly asked: readonly FireId[];
  /** Open fires whose EA is not there: close them by hand. */
  readonly unreachable: readonly FireId[];
}

/** A user to make or change; absent fields keep what is there, or take the tier's defaults. */
export interface UserChange {
  readonly id: UserId;
  readonly tier?: User["tier"];
  readonly mode?: User["mode"];
  readonly confidenceMin?: number;
  readonly confidenceMax?: number;
  readonly maxAutoSlots?: number;
  readonly riskPercent?: number;
  readonly openRiskPercentMax?: number;
  readonly halted?: boolean;
  /** EAs that are this user's from now on. */
  readonly eaIds?: readonly EaId[];
}

/** What the desk hears. */
export type DeskMessage =
  | { readonly kind: "halt"; readonly by: string; readonly reason: string; readonly reply: Reply<HaltState> }
  | { readonly kind: "resume"; readonly by: string; readonly reply: Reply<HaltState> }
  | { readonly kind: "haltState"; readonly reply: Reply<HaltState> }
  /** Closes every position; what would not close is raised as `CLOSE_FAILED` within two minutes. */
  | { readonly kind: "flatten"; readonly by: string; readonly reply: Reply<FlattenReport> }
  | {
    readonly kind: "changeUser";
    readonly change: UserChange;
    readonly by: string;
    readonly reply: Reply<User | { readonly error: string }>;
  }
  | {
    readonly kind: "users";
    readonly reply: Reply<readonly { readonly user: User; readonly eaIds: readonly EaId[] }[]>;
  }
  | { readonly kind: "raise"; readonly code: string; readonly subject: string; readonly message: string }
  | { readonly kind: "clear"; readonly code: string; readonly subject: string }
  | { readonly kind: "conditions"; readonly reply: Reply<readonly Condition[]> }
  | { readonly kind: "events"; readonly batch: readonly StoredEvent[] }
  /** To itself: the root said go, so users' actors may start. */
  | { readonly kind: "go" }
  /** To itself: what the store did not take is tried again. */
  | { readonly kind: "storeAgain" };
