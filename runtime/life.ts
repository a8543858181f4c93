/**
 * One incarnation of an actor: its context, and everything that dies with it.
 *
 * @module
 */
import type { Context, Exit, Monitor, Ref } from "./actor.ts";
import { type Address, livingAt } from "./address.ts";
import type { Ask, Debtor } from "./ask.ts";
import type { Clock, Timer } from "./clock.ts";
import { Own, type Owner } from "./envelope.ts";
import type { Log } from "./log.ts";
import { OwnTimer } from "./own_timer.ts";
import type { Order } from "./seat.ts";
import { Link, type ToMessage, Watch } from "./watch.ts";

/** What only some incarnations have; made at first use, so that an idle actor stays small. */
class Belongings {
  /** The exit the actor asked for itself. */
  exiting: Exit | null = null;
  /** The order to stop that it obeys. */
  order: Order | null = null;
  /** Promises it piped that have not settled. */
  pipes = 0;
  timers: Set<OwnTimer> | null = null;
  /** Asks it has taken up and not answered. */
  asks: Set<Ask> | null = null;
  /** Those who watch this incarnation. */
  watchers: Set<Watch> | null = null;
  /** Those this incarnation watches. */
  watching: Set<Watch> | null = null;
  /** Those it lives and dies with. */
  links: Map<Life, Link> | null = null;
  controller: AbortController | null = null;
  limit: Timer | null = null;
  log: Log | null = null;
}

/** One life of an actor, from `init` to its end. Calls on it after its end have no effect. */
export class Life implements Context<unknown>, Owner, Debtor {
  declare readonly cell: Address;
  /** Runtime clock, whole ms; the time of the host's turn, not of the moment. */
  declare readonly startedAtMs: number;
  /** Null until something is first used: for most actors, for ever. */
  declare belongings: Belongings | null;

  constructor(cell: Address) {
    this.cell = cell;
    this.startedAtMs = cell.core.roughMs();
    this.belongings = null;
  }

  get alive(): boolean {
    return this.cell.life === this;
  }

  /** The exit the actor asked for itself. */
  get exiting(): Exit | null {
    return this.belongings === null ? null : this.belongings.exiting;
  }

  /** The order to stop that it obeys; the latest counts. */
  get order(): Order | null {
    return this.belongings === null ? null : this.belongings.order;
  }

  set order(order: Order | null) {
    this.#own().order = order;
  }

  /** True when an exit or an order waits to be obeyed. */
  get mustLeave(): boolean {
    const own = this.belongings;
    return own !== null && (own.exiting !== null || own.order !== null);
  }

  /** True while promises it piped have not settled. */
  get isPiping(): boolean {
    return this.belongings !== null && this.belongings.pipes > 0;
  }

  get self(): Ref<unknown> {
    return this.cell;
  }

  get log(): Log {
    const own = this.#own();
    return own.log ??= this.cell.core.log.child(this.cell.path);
  }

  get signal(): AbortSignal {
    const own = this.#own();
    if (own.controller === null) {
      own.controller = new AbortController();
      if (!this.alive) own.controller.abort();
    }
    return own.controller.signal;
  }

  nowMs(): number {
    return this.cell.core.clock.nowMs();
  }

  after(delayMs: number, message: unknown, clock: Clock = this.cell.core.clock): Timer {
    return new OwnTimer(this, message, clock, delayMs, null);
  }

  every(periodMs: number, message: unknown, clock: Clock = this.cell.core.clock): Timer {
    if (!(periodMs > 0)) {
      throw new RangeError(`Cannot repeat a message as periodMs must be > 0: current value is ${periodMs}`);
    }
    return new OwnTimer(this, message, clock, periodMs, periodMs);
  }

  monitor(ref: Ref<never>, toMessage: ToMessage): Monitor {
    const watch = new Watch(this, toMessage);
    if (!this.alive) return watch;
    const target = livingAt(ref);
    if (target === null) watch.fire({ kind: "noproc" });
    else watch.begin(target);
    return watch;
  }

  link(ref: Ref<never>, toMessage?: ToMessage): Monitor {
    const other = this.alive ? livingAt(ref) : null;
    if (other === this) {
      throw new TypeError(`Cannot link ${ref.path} as it must be another actor: it is itself`);
    }
    const link = (other === null ? null : this.links().get(other)) ?? new Link(this, other ?? this);
    link.trap(toMessage);
    if (other === null) link.sever({ kind: "noproc" });
    else this.#tie(link, other);
    return link;
  }

  #tie(link: Link, other: Life): void {
    this.links().set(other, link);
    if (!other.links().has(this)) other.links().set(this, new Link(other, this));
  }

  pipe<T>(promise: Promise<T>, ok: (value: T) => unknown, failed: (error: unknown) => unknown): void {
    this.#own().pipes++;
    const settle = (make: (content: never) => unknown) => (content: unknown) => {
      this.#own().pipes--;
      this.post(new Own(this, content, make));
    };
    promise.then(settle(ok), settle(failed));
  }

  next(message: unknown): void {
    if (this.alive) this.cell.post(new Own(this, message, null), true);
  }

  onGo(message: unknown): void {
    const own = new Own(this, message, null);
    if (this.cell.core.went) this.post(own);
    else this.cell.core.waitingForGo.add(() => this.post(own));
  }

  exit(exit: Exit = { kind: "normal" }): void {
    if (!this.alive || this.exiting !== null) return;
    this.#own().exiting = exit;
    this.cell.interrupt();
  }

  /** Puts one of its own messages into the mailbox. */
  post(own: Own): void {
    if (!own.isVoid) this.cell.post(own, false);
  }

  /** Takes up an ask whose answer comes later than its handler's end. */
  owe(ask: Ask): void {
    ask.debtor = this;
    (this.#own().asks ??= new Set()).add(ask);
  }

  settleAsk(ask: Ask): void {
    this.belongings?.asks?.delete(ask);
  }

  watchers(): Set<Watch> {
    return this.#own().watchers ??= new Set();
  }

  watching(): Set<Watch> {
    return this.#own().watching ??= new Set();
  }

  links(): Map<Life, Link> {
    return this.#own().links ??= new Map();
  }

  timers(): Set<OwnTimer> {
    return this.#own().timers ??= new Set();
  }

  /** Calls `run` when it still lives after `limitMs`; the latest limit replaces the one before. */
  limit(limitMs: number, run: () => void): void {
    this.unlimit();
    if (limitMs < Infinity) this.#own().limit = this.cell.core.clock.after(limitMs, run);
  }

  /** Takes the limit back. */
  unlimit(): void {
    this.belongings?.limit?.cancel();
  }

  /** Ends it: timers stop, asks fail, watchers hear of it, its signal is aborted. */
  end(exit: Exit): void {
    const own = this.belongings;
    if (own === null) return;
    own.limit?.cancel();
    for (const timer of own.timers ?? []) timer.cancel();
    for (const watch of own.watching ?? []) watch.cancel();
    for (const watch of own.watchers ?? []) watch.fire(exit);
    for (const other of own.links?.keys() ?? []) other.links().get(this)?.sever(exit);
    for (const ask of own.asks ?? []) ask.fail("exit", exit);
    own.controller?.abort(exit);
  }

  #own(): Belongings {
    return this.belongings ??= new Belongings();
  }
}
