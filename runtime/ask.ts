/**
 * Asks: messages that wait for an answer, and the deadlines of all of them.
 *
 * @module
 */
import { AskError } from "./actor.ts";
import type { AskFault, Exit } from "./actor.ts";
import type { Clock, Timer } from "./clock.ts";
import type { DeadLetterOffice } from "./dead_letters.ts";
import { Envelope } from "./envelope.ts";

/** Who has taken an ask up and owes its answer. */
export interface Debtor {
  settleAsk(ask: Ask): void;
}

/** One ask on its way; settles exactly once. It is its own envelope in the mailbox. */
export class Ask extends Envelope {
  message: unknown = undefined;
  settled = false;
  debtor: Debtor | null = null;
  /** Place in its deadline list. */
  dueMs = 0;
  list: DeadlineList | null = null;
  before: Ask | null = null;
  behind: Ask | null = null;

  constructor(
    readonly to: { readonly path: string },
    readonly book: AskBook,
    readonly resolve: (value: never) => void,
    readonly reject: (error: AskError) => void,
  ) {
    super();
  }

  answer(value: unknown): void {
    if (this.settled) return this.book.letters.add(this.to, value, "late_reply");
    this.#settle();
    this.resolve(value as never);
  }

  fail(fault: AskFault, exit?: Exit): void {
    if (this.settled) return;
    this.#settle();
    this.reject(new AskError(fault, this.to.path, exit));
  }

  #settle(): void {
    this.settled = true;
    this.book.pending--;
    this.list?.remove(this);
    this.debtor?.settleAsk(this);
  }
}

/** Asks of one time limit: they fall due in the order they were made, so a list and one timer are enough. */
export class DeadlineList {
  #first: Ask | null = null;
  #last: Ask | null = null;
  #timer: Timer | null = null;

  constructor(readonly limitMs: number, readonly clock: Clock) {}

  add(ask: Ask): void {
    ask.list = this;
    ask.dueMs = this.clock.nowMs() + this.limitMs;
    ask.before = this.#last;
    if (this.#last === null) this.#first = ask;
    else this.#last.behind = ask;
    this.#last = ask;
    if (this.limitMs !== Infinity) this.#timer ??= this.clock.after(this.limitMs, this.#expire);
  }

  remove(ask: Ask): void {
    if (ask.before === null) this.#first = ask.behind;
    else ask.before.behind = ask.behind;
    if (ask.behind === null) this.#last = ask.before;
    else ask.behind.before = ask.before;
    ask.list = ask.before = ask.behind = null;
  }

  *[Symbol.iterator](): Iterator<Ask> {
    for (let ask = this.#first; ask !== null; ask = ask.behind) yield ask;
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  /** The timer is left running when asks are answered: one vain call per limit is cheaper than one timer per ask. */
  readonly #expire = (): void => {
    this.#timer = null;
    const now = this.clock.nowMs();
    while (this.#first !== null && this.#first.dueMs <= now) this.#first.fail("timeout");
    if (this.#first !== null) this.#timer = this.clock.after(this.#first.dueMs - now, this.#expire);
  };
}

/** Every ask of a system that waits for its answer. */
export class AskBook {
  pending = 0;
  readonly #lists = new Map<number, DeadlineList>();
  #latest: DeadlineList | null = null;

  constructor(readonly clock: Clock, readonly letters: DeadLetterOffice) {}

  /** @throws {RangeError} when the limit is not >= 0 */
  open(ask: Ask, limitMs: number): void {
    if (this.#latest?.limitMs !== limitMs) this.#latest = this.#list(limitMs);
    this.#latest.add(ask);
    this.pending++;
  }

  /** Every ask without an answer, by time limit and then by age. */
  *[Symbol.iterator](): Iterator<Ask> {
    for (const list of this.#lists.values()) yield* list;
  }

  /** Stops the timers that no ask needs any more. */
  close(): void {
    for (const list of this.#lists.values()) list.close();
    this.#lists.clear();
    this.#latest = null;
  }

  #list(limitMs: number): DeadlineList {
    if (!(limitMs >= 0)) {
      throw new RangeError(`Cannot ask as timeoutMs must be >= 0: current value is ${limitMs}`);
    }
    const list = this.#lists.get(limitMs) ?? new DeadlineList(limitMs, this.clock);
    this.#lists.set(limitMs, list);
    return list;
  }
}
