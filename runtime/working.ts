/**
 * Work: an actor takes its messages, one at a time, in the turns its scheduler gives it.
 *
 * An actor's code (`init`, `handle`, `stop`) only ever runs in such a turn.
 *
 * @module
 */
import type { AnyActor, Exit } from "./actor.ts";
import { Address, Phase } from "./address.ts";
import { Ask } from "./ask.ts";
import type { Core } from "./core.ts";
import { Envelope, kindOf, Own } from "./envelope.ts";
import type { Life } from "./life.ts";
import { Mailbox } from "./mailbox.ts";
import type { Seat } from "./seat.ts";

/** How whoever is cut off ends. */
export const killed: Exit = { kind: "killed" };

/** What a handler is not called for: void messages of its own, asks nobody waits for any more. */
const SKIP = Symbol("skip");

/** An address whose actor works. */
export abstract class Working extends Address {
  declare actor: AnyActor<unknown> | null;
  declare state: unknown;
  /** Its place under its supervisor; null when nobody has taken it in yet. */
  declare seat: Seat | null;
  constructor(core: Core, parent: Address | null, id: string) {
    super(core, parent, id);
    this.actor = null;
    this.state = undefined;
    this.seat = null;
  }

  /** All of it in one function: each one on the stack of a handler that throws makes its error dearer. */
  turn(budget: number): number {
    if (this.phase !== Phase.QUEUED) return this.#begin();
    const life = this.life as Life;
    if (life.mustLeave && this.isLeaving(life)) return 1;
    const inbox = this.inbox as Mailbox;
    const actor = this.actor as AnyActor<unknown>;
    let left = budget;
    let item: unknown;
    this.phase = Phase.RUNNING;
    this.core.running = this;
    try {
      while (left > 0 && inbox.size > 0) {
        left--;
        item = inbox.shift();
        const next = item instanceof Envelope
          ? this.#open(item, inbox, actor, life)
          : actor.handle(this.state, item, life);
        if (next !== this.state && !this.#take(next, item, life)) break;
        if (this.phase !== Phase.RUNNING) break;
      }
    } catch (error) {
      this.#crash(error, item, life);
    }
    this.core.running = null;
    if (this.life === life && this.phase <= Phase.HALTING) this.#rest(life);
    return budget - left;
  }

  openInbox(): Mailbox {
    const inbox = new Mailbox();
    inbox.bound(this.actor?.mailbox);
    return inbox;
  }

  /** Makes the next incarnation. */
  abstract boot(): void;
  /** Obeys an exit asked for or an order to stop. False: the work goes on, for now. */
  abstract isLeaving(life: Life): boolean;
  /** Calls the stop hook, then ends. */
  abstract leave(exit: Exit, life: Life): void;

  #begin(): number {
    if (this.phase === Phase.STARTING) this.boot();
    return 1;
  }

  /** Handles what came in an envelope; answers the next state or SKIP. */
  #open(item: Envelope, inbox: Mailbox, actor: AnyActor<unknown>, life: Life): unknown {
    if (item instanceof Own) {
      inbox.tookOwn(item);
      return item.isVoid ? SKIP : actor.handle(this.state, item.open(), life);
    }
    const ask = item as Ask;
    if (ask.settled) {
      this.bury(ask, "expired_ask");
      return SKIP;
    }
    const next = actor.handle(this.state, ask.message, life);
    if (!ask.settled) this.#owe(ask, life);
    return next;
  }

  #owe(ask: Ask, life: Life): void {
    if (life.alive) life.owe(ask);
    else ask.fail("exit", killed);
  }

  /** Takes the handler's answer for its state; false when the turn is over. */
  #take(next: unknown, item: unknown, life: Life): boolean {
    if (next === SKIP) return true;
    if (!(next instanceof Promise)) {
      if (this.life === life) this.state = next;
      return true;
    }
    if (this.life === life) this.phase = Phase.PARKED;
    next.then((state) => this.#unpark(state, life), (error) => this.#crash(error, item, life));
    return false;
  }

  #unpark(state: unknown, life: Life): void {
    if (this.life !== life) return;
    this.state = state;
    if (this.phase === Phase.PARKED) this.goOn(life);
  }

  /** After a turn: out, when that is asked for; else to the next turn, or to rest. */
  #rest(life: Life): void {
    if (this.phase !== Phase.HALTING || !this.isLeaving(life)) this.goOn(life);
  }

  /** To the next message, or to rest. */
  goOn(life: Life): void {
    if (life.mustLeave || (this.inbox !== null && this.inbox.size > 0)) this.wake();
    else this.phase = Phase.IDLE;
  }

  #crash(error: unknown, item: unknown, life: Life): void {
    if (this.life !== life) return item instanceof Ask ? item.fail("exit", killed) : undefined;
    const exit: Exit = { kind: "error", error };
    const message = item instanceof Ask ? item.message : item instanceof Own ? item.content : item;
    this.core.crashes++;
    this.core.letters.add(this, message, "crashed", error);
    if (item instanceof Ask) item.fail("exit", exit);
    if (this.seat !== null) this.seat.history.messageKind = kindOf(message);
    this.leave(exit, life);
  }
}
