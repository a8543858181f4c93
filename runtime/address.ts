/**
 * An address: the part of a cell that others see. It outlives every incarnation that lives at it.
 *
 * @module
 */
import type { Exit, Ref, Reply } from "./actor.ts";
import { Ask } from "./ask.ts";
import type { Core } from "./core.ts";
import type { DeadLetterReason } from "./dead_letters.ts";
import { Envelope, kindOf, type Own } from "./envelope.ts";
import type { Life } from "./life.ts";
import type { Mailbox } from "./mailbox.ts";

/** Default time limit of an ask, ms. */
const ASK_MS = 5_000;

/** What goes on at an address. The order matters: from `CLOSING` on nothing is taken in any more. */
export const Phase = {
  /** Lives, with nothing to do. */
  IDLE: 0,
  /** Lives and waits for its turn. */
  QUEUED: 1,
  /** Its handler is on the stack. */
  RUNNING: 2,
  /** Its handler is on the stack, and an exit or an order waits for it to end. */
  HALTING: 3,
  /** Its async handler has not settled. */
  PARKED: 4,
  /** Nobody lives here for the moment: not started yet, or between two incarnations. */
  WAITING: 5,
  /** Waits for the turn in which its `init` is called. */
  STARTING: 6,
  /** Its `init` has not settled. */
  BOOTING: 7,
  /** Its stop hook has not settled; the mailbox stays. */
  LEAVING: 8,
  /** Its stop hook has not settled; the mailbox will not be read again. */
  CLOSING: 9,
  /** A supervisor lives here; it takes no messages. */
  SUPERVISING: 10,
  /** Nobody lives here. */
  VACANT: 11,
} as const;

/**
 * A mailbox at a path.
 *
 * Fields are set in the constructor and none has a private name, here and in the other classes of which every
 * actor has one: initialisers of class fields, which private names need, cost a fifth of a start.
 */
export abstract class Address implements Ref<unknown> {
  declare readonly core: Core;
  declare readonly parent: Address | null;
  declare readonly id: string;
  declare phase: number;
  /** Opened at the first message. */
  declare inbox: Mailbox | null;
  /** The incarnation that lives here now. */
  declare life: Life | null;

  constructor(core: Core, parent: Address | null, id: string) {
    this.core = core;
    this.parent = parent;
    this.id = id;
    this.phase = Phase.VACANT;
    this.inbox = null;
    this.life = null;
  }

  get path(): string {
    return this.parent === null ? this.id : `${this.parent.path}/${this.id}`;
  }

  tell(message: unknown): boolean {
    const inbox = this.inbox;
    if (inbox === null || this.phase >= Phase.CLOSING || inbox.size >= inbox.limit) {
      return this.#tellSlowly(message);
    }
    inbox.push(message);
    if (this.phase === Phase.IDLE) this.wake();
    return true;
  }

  ask<T>(
    make: (reply: Reply<T>) => unknown,
    options?: { readonly timeoutMs?: number },
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const book = this.core.asks;
      const ask = new Ask(this, book, resolve, reject);
      ask.message = make((value) => ask.answer(value));
      book.open(ask, options?.timeoutMs ?? ASK_MS);
      if (this.core.running === this) ask.fail("self");
      else this.tell(ask);
    });
  }

  /** Puts one of the actor's own messages in; the bound does not hold for it. */
  post(own: Own, first: boolean): void {
    if (this.phase >= Phase.CLOSING) return;
    (this.inbox ??= this.openInbox()).pushOwn(own, first);
    if (this.phase === Phase.IDLE) this.wake();
  }

  /** Gives back everything that waits: each a dead letter, each ask failed. */
  empty(exit: Exit): void {
    const inbox = this.inbox;
    this.inbox = null;
    while (inbox !== null && inbox.size > 0) {
      const item = inbox.shift();
      this.bury(item, item instanceof Ask && item.settled ? "expired_ask" : "stopped");
      if (item instanceof Ask) item.fail("exit", exit);
    }
  }

  /** Counts what will not be handled; the actor's own messages die unseen with it. */
  bury(item: unknown, reason: DeadLetterReason): void {
    const letters = this.core.letters;
    if (!(item instanceof Envelope)) letters.add(this, item, reason);
    else if (item instanceof Ask) letters.add(this, item.message, reason);
  }

  /** Gets the actor a turn. */
  wake(): void {
    this.phase = Phase.QUEUED;
    this.core.scheduler.ready(this);
  }

  /** Makes the actor look up from its mail: an exit or an order has come. */
  interrupt(): void {
    if (this.phase === Phase.RUNNING) this.phase = Phase.HALTING;
    else if (this.phase === Phase.IDLE) this.wake();
  }

  abstract turn(budget: number): number;

  /** An empty mailbox, for the first message. */
  abstract openInbox(): Mailbox;

  #tellSlowly(message: unknown): boolean {
    if (this.phase >= Phase.CLOSING) return this.#goAstray(message);
    const offer = (this.inbox ??= this.openInbox()).offer(message);
    if (offer.kind === "droppedOldest") this.#lose(offer.victim);
    else if (offer.kind !== "taken") this.#lose(message);
    if (this.phase === Phase.IDLE) this.wake();
    return offer.kind !== "refused";
  }

  #lose(message: unknown): void {
    if (message instanceof Ask) message.fail("refused");
    this.bury(message, "mailbox_full");
  }

  /** Nobody is here; but perhaps a child of the same key was started anew, at an address of its own. */
  #goAstray(message: unknown): boolean {
    if (this.phase === Phase.VACANT) {
      const home = this.core.find(this.path);
      if (home !== undefined && home !== this && home.phase !== Phase.VACANT) return home.tell(message);
    }
    if (message instanceof Ask) message.fail("noproc");
    this.bury(message, this.phase === Phase.CLOSING ? "stopped" : "no_such_actor");
    return false;
  }
}

/**
 * The incarnation that lives at a ref now, or null.
 *
 * @throws {TypeError} when the ref was not made by a system of this runtime
 */
export function livingAt(ref: Ref<never>): Life | null {
  if (!(ref instanceof Address)) {
    throw new TypeError(
      `Cannot monitor ${ref.path} as it must be a ref of a system: current value is ${kindOf(ref)}`,
    );
  }
  if (ref.phase !== Phase.VACANT) return ref.life;
  return ref.core.find(ref.path)?.life ?? null;
}
