/**
 * Dead letters: messages nobody handled, each with its reason, counted and shown to a hook.
 *
 * @module
 */
import { kindOf } from "./envelope.ts";

/**
 * Why a message was not handled, or not to its end.
 *
 * - `crashed`: its actor threw on it
 * - `no_such_actor`: nobody lives at the address
 * - `stopped`: it waited, or came, while its actor stopped for good
 * - `mailbox_full`: refused, dropped, or pushed out by a newer one
 * - `expired_ask`: its asker had given up before its turn came
 * - `late_reply`: an answer nobody waited for any more, or a second one
 */
export type DeadLetterReason =
  | "crashed"
  | "no_such_actor"
  | "stopped"
  | "mailbox_full"
  | "expired_ask"
  | "late_reply";

/** One message that was lost, and why. */
export interface DeadLetter {
  /** Whom it was for. */
  readonly path: string;
  /** The message's `kind`. */
  readonly kind: string;
  readonly reason: DeadLetterReason;
  /** The message itself; of a late reply: the answer. */
  readonly message: unknown;
  /** What its actor threw on it. */
  readonly error?: unknown;
}

/** How many messages were lost, by reason. */
export type DeadLetterCounts = Readonly<Record<DeadLetterReason, number>>;

/** Counts dead letters and shows them to whoever asked. */
export class DeadLetterOffice {
  readonly #counts = {
    crashed: 0,
    no_such_actor: 0,
    stopped: 0,
    mailbox_full: 0,
    expired_ask: 0,
    late_reply: 0,
  };
  readonly #hook: ((letter: DeadLetter) => void) | undefined;

  constructor(hook: ((letter: DeadLetter) => void) | undefined) {
    this.#hook = hook;
  }

  get counts(): DeadLetterCounts {
    return { ...this.#counts };
  }

  get total(): number {
    return Object.values(this.#counts).reduce((sum, count) => sum + count, 0);
  }

  /** `to` makes its path only when somebody wants to read it: a flood that is shed must not cost a text each. */
  add(to: { readonly path: string }, message: unknown, reason: DeadLetterReason, error?: unknown): void {
    this.#counts[reason]++;
    if (this.#hook === undefined) return;
    const letter = { path: to.path, kind: kindOf(message), reason, message };
    this.#hook(error === undefined ? letter : { ...letter, error });
  }
}
