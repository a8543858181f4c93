/**
 * What lies in a mailbox beside bare messages.
 *
 * Messages from others are told bare; only what needs bookkeeping travels in an envelope, so that telling
 * allocates nothing.
 *
 * @module
 */

/** Marks what is not a bare message. */
export abstract class Envelope {}

/** The incarnation an envelope belongs to, as far as a mailbox cares. */
export interface Owner {
  readonly alive: boolean;
}

/**
 * A message an incarnation sends itself: from a timer, a monitor, a finished promise.
 *
 * Nobody else may handle it: it is void once its owner has ended or has called it off, even when it is already
 * in the mailbox.
 */
export class Own extends Envelope {
  calledOff = false;
  /** True while it lies in the mailbox. */
  waiting = false;

  constructor(
    readonly owner: Owner,
    public content: unknown,
    readonly make: ((content: never) => unknown) | null,
  ) {
    super();
  }

  get isVoid(): boolean {
    return this.calledOff || !this.owner.alive;
  }

  /** The message; made only now, so that a `make` that throws crashes the actor it belongs to. */
  open(): unknown {
    return this.make === null ? this.content : this.make(this.content as never);
  }
}

/** What a message calls itself: its `kind`, else its `type`, else what JavaScript calls it. */
export function kindOf(message: unknown): string {
  if (typeof message !== "object" || message === null) return typeof message;
  const { kind, type } = message as { readonly kind?: unknown; readonly type?: unknown };
  if (typeof kind === "string") return kind;
  return typeof type === "string" ? type : "object";
}
