/**
 * A cell: an address and whoever lives at it, one incarnation after another.
 *
 * An actor's code (`init`, `handle`, `stop`) only ever runs in a turn the scheduler gives to its cell.
 *
 * @module
 */
import type { AnyActor, Exit } from "./actor.ts";
import { Address, Phase } from "./address.ts";
import { Ask } from "./ask.ts";
import type { Branch } from "./branch.ts";
import type { Core } from "./core.ts";
import { Envelope, kindOf, Own } from "./envelope.ts";
import { Life } from "./life.ts";
import { Mailbox } from "./mailbox.ts";
import type { Order, Seat } from "./seat.ts";

const killed: Exit = { kind: "killed" };

/** What a handler is not called for: void messages of its own, asks nobody waits for any more. */
const SKIP = Symbol("skip");

/** One actor's place in the house, or one supervisor's. */
export class Cell extends Address {
  declare actor: AnyActor<unknown> | null;
  declare state: unknown;
  declare order: Order | null;
  /** Its place under its supervisor; null when nobody has taken it in yet. */
  declare seat: Seat | null;
  /** The supervisor that lives here. */
  declare branch: Branch | null;
  /** Children somebody holds a ref to that no supervisor has started yet. */
  declare pins: Map<string, Cell> | null;

  constructor(core: Core, parent: Cell | null, id: string) {
    super(core, parent, id);
    this.actor = null;
    this.state = undefined;
    this.order = null;
    this.seat = null;
    this.branch = null;
    this.pins = null;
  }

  /** Calls for the next incarnation. */
  start(): void {
    if (this.branch !== null) return this.branch.open();
    this.phase = Phase.STARTING;
    this.core.scheduler.ready(this);
  }

  /** Orders the incarnation to stop; its seat hears of its end. A second order replaces the first. */
  stop(order: Order): void {
    if (this.branch !== null) return this.branch.stop(order);
    if (this.life === null) return this.withdraw(order.exit);
    this.order = order;
    if (order.limitMs > 0) this.life.limit(order.limitMs, () => this.kill());
    else if (this.phase > Phase.HALTING) return this.kill();
    if (this.phase === Phase.LEAVING && order.mail === "drop") this.phase = Phase.CLOSING;
    this.interrupt();
  }

  /** Cuts the incarnation off: from now on it is dead for everybody, whatever its code still does. */
  kill(): void {
    if (this.branch !== null) return this.branch.kill();
    if (this.life === null) return this.withdraw(killed);
    this.finish(killed, this.phase !== Phase.BOOTING);
  }

  /** Nobody will live here: what waits is given back. */
  vacate(exit: Exit): void {
    this.branch?.vacate(exit);
    this.phase = Phase.VACANT;
    this.actor = null;
    this.state = undefined;
    this.empty(exit);
  }

  /** The cell of a child somebody holds a ref to; made when it is not known yet. */
  pin(id: string): Cell {
    const known = this.branch?.child(id) ?? this.pins?.get(id);
    if (known !== undefined) return known;
    const cell = new Cell(this.core, this, id);
    (this.pins ??= new Map()).set(id, cell);
    return cell;
  }

  /** A supervisor moves in. */
  enter(): void {
    this.phase = Phase.SUPERVISING;
    this.life = new Life(this);
  }

  /** Ends the incarnation and tells its seat. */
  finish(exit: Exit, booted: boolean): void {
    const life = this.life as Life;
    this.life = null;
    this.order = null;
    this.phase = Phase.WAITING;
    if (booted && this.branch === null) this.core.actors--;
    life.end(exit);
    this.seat?.ended(exit, booted, life);
  }

  /** Calls a start off that has not begun. */
  withdraw(exit: Exit): void {
    this.phase = Phase.WAITING;
    this.seat?.ended(exit, false, null);
  }

  turn(budget: number): number {
    if (this.phase === Phase.QUEUED) return this.#work(budget);
    if (this.phase === Phase.STARTING) this.#boot();
    return 1;
  }

  #work(budget: number): number {
    const life = this.life as Life;
    if (this.#isLeaving(life)) return 1;
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
    if (this.phase === Phase.PARKED) this.#goOn(life);
  }

  /** After a turn: out, when that is asked for; else to the next turn, or to rest. */
  #rest(life: Life): void {
    if (this.phase !== Phase.HALTING || !this.#isLeaving(life)) this.#goOn(life);
  }

  /** To the next message, or to rest. */
  #goOn(life: Life): void {
    const busy = this.order !== null || life.exiting !== null || (this.inbox?.size ?? 0) > 0;
    if (busy) this.wake();
    else this.phase = Phase.IDLE;
  }

  /** Obeys an exit asked for or an order to stop. False: the work goes on, for now. */
  #isLeaving(life: Life): boolean {
    if (life.exiting !== null) {
      this.#leave(life.exiting, life);
      return true;
    }
    if (this.order === null) return false;
    const drains = this.order.mail !== "keep" && this.actor?.onStop === "drain";
    if (drains && (this.inbox?.size ?? 0) > 0) return false;
    if (drains && life.pipes > 0) this.phase = Phase.IDLE;
    else this.#leave(this.order.exit, life);
    return true;
  }

  #crash(error: unknown, item: unknown, life: Life): void {
    if (this.life !== life) return item instanceof Ask ? item.fail("exit", killed) : undefined;
    const exit: Exit = { kind: "error", error };
    const message = item instanceof Ask ? item.message : item instanceof Own ? item.content : item;
    this.core.crashes++;
    this.core.letters.add(this.path, message, "crashed", error);
    if (item instanceof Ask) item.fail("exit", exit);
    if (this.seat !== null) this.seat.history.messageKind = kindOf(message);
    this.#leave(exit, life);
  }

  /** Calls the stop hook, then ends. */
  #leave(exit: Exit, life: Life): void {
    this.phase = this.order?.mail === "drop" ? Phase.CLOSING : Phase.LEAVING;
    this.core.running = this;
    let pending: unknown;
    let end = exit;
    try {
      pending = this.actor?.stop?.(this.state, exit, life);
    } catch (error) {
      end = { kind: "error", error };
    }
    this.core.running = null;
    if (!(pending instanceof Promise)) return this.#left(end, life);
    pending.then(() => this.#left(exit, life), (error) => this.#left({ kind: "error", error }, life));
    if (this.life === life) this.#limitLeaving(life);
  }

  /** A stop hook gets the time its supervisor gives it, after a crash too. */
  #limitLeaving(life: Life): void {
    if (this.order?.limitMs === 0) this.kill();
    else if (this.order === null) life.limit(this.seat?.plan.limitMs ?? Infinity, () => this.kill());
  }

  #left(exit: Exit, life: Life): void {
    if (this.life === life) this.finish(exit, true);
  }

  #boot(): void {
    const life = this.life = new Life(this);
    this.phase = Phase.BOOTING;
    this.core.running = this;
    let state: unknown;
    try {
      state = this.#init(life);
    } catch (error) {
      this.core.running = null;
      return this.#fail(error, life);
    }
    this.core.running = null;
    if (!(state instanceof Promise)) return this.#live(state, life);
    state.then((settled) => this.#live(settled, life), (error) => this.#fail(error, life));
  }

  #init(life: Life): unknown {
    const seat = this.seat as Seat;
    if (seat.plan.initMs < Infinity) {
      life.limit(seat.plan.initMs, () => this.#fail(new Error("init took too long"), life));
    }
    const actor = this.actor = seat.plan.make(this.id, seat.argument);
    if (actor.mailbox !== undefined) this.inbox ??= new Mailbox();
    this.inbox?.bound(actor.mailbox);
    return actor.init(life);
  }

  #fail(error: unknown, life: Life): void {
    if (this.life !== life) return;
    this.core.crashes++;
    this.finish({ kind: "error", error }, false);
  }

  #live(state: unknown, life: Life): void {
    if (this.life !== life) return;
    if (life.exiting !== null) return this.finish(life.exiting, false);
    this.state = state;
    this.core.actors++;
    if (this.order === null) life.unlimit();
    this.#goOn(life);
    if (this.order === null) this.seat?.started();
  }
}
