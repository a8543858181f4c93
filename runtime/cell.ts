/**
 * A cell: an address and whoever lives at it, one incarnation after another.
 *
 * @module
 */
import type { Exit } from "./actor.ts";
import { Phase } from "./address.ts";
import type { Branch } from "./branch.ts";
import type { Core } from "./core.ts";
import { Life } from "./life.ts";
import { checkPolicy } from "./mailbox.ts";
import type { Order, Seat } from "./seat.ts";
import { killed, Working } from "./working.ts";

/** One actor's place in the house, or one supervisor's. */
export class Cell extends Working {
  /** The supervisor that lives here. */
  declare branch: Branch | null;
  /** Children somebody holds a ref to that no supervisor has started yet. */
  declare pins: Map<string, Cell> | null;

  constructor(core: Core, parent: Cell | null, id: string) {
    super(core, parent, id);
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
    this.life.order = order;
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
    this.state = undefined;
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

  /** Obeys an exit asked for or an order to stop. False: the work goes on, for now. */
  isLeaving(life: Life): boolean {
    if (life.exiting !== null) {
      this.leave(life.exiting, life);
      return true;
    }
    const order = life.order;
    if (order === null) return false;
    const drains = order.mail !== "keep" && this.actor?.onStop === "drain";
    if (drains && (this.inbox?.size ?? 0) > 0) return false;
    if (drains && life.isPiping) this.phase = Phase.IDLE;
    else this.leave(order.exit, life);
    return true;
  }

  /** Calls the stop hook, then ends. */
  leave(exit: Exit, life: Life): void {
    this.phase = life.order?.mail === "drop" ? Phase.CLOSING : Phase.LEAVING;
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
    const order = life.order;
    if (order?.limitMs === 0) this.kill();
    else if (order === null) life.limit(this.seat?.plan.limitMs ?? Infinity, () => this.kill());
  }

  #left(exit: Exit, life: Life): void {
    if (this.life === life) this.finish(exit, true);
  }

  boot(): void {
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
    checkPolicy(actor.mailbox);
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
    const isOrdered = life.order !== null;
    if (!isOrdered) life.unlimit();
    this.goOn(life);
    if (!isOrdered) this.seat?.started();
  }
}
