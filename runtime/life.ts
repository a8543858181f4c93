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

/** What only some incarnations have; made at first use, so that an idle actor stays small. */
class Belongings {
  timers: Set<OwnTimer> | null = null;
  /** Asks it has taken up and not answered. */
  asks: Set<Ask> | null = null;
  /** Those who watch this incarnation. */
  watchers: Set<Watch> | null = null;
  /** Those this incarnation watches. */
  watching: Set<Watch> | null = null;
  controller: AbortController | null = null;
  limit: Timer | null = null;
  log: Log | null = null;
}

/** One life of an actor, from `init` to its end. Calls on it after its end have no effect. */
export class Life implements Context<unknown>, Owner, Debtor {
  alive = true;
  /** The exit the actor asked for itself. */
  exiting: Exit | null = null;
  /** Promises it piped that have not settled. */
  pipes = 0;
  readonly startedAtMs: number;
  #belongings: Belongings | null = null;

  constructor(readonly cell: Address) {
    this.startedAtMs = cell.core.clock.nowMs();
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

  monitor(ref: Ref<never>, toMessage: (exit: Exit) => unknown): Monitor {
    const watch = new Watch(this, toMessage);
    if (!this.alive) return watch;
    const target = livingAt(ref);
    if (target === null) watch.fire({ kind: "noproc" });
    else watch.begin(target);
    return watch;
  }

  pipe<T>(promise: Promise<T>, ok: (value: T) => unknown, failed: (error: unknown) => unknown): void {
    this.pipes++;
    const settle = (make: (content: never) => unknown) => (content: unknown) => {
      this.pipes--;
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
    this.exiting = exit;
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
    this.#belongings?.asks?.delete(ask);
  }

  watchers(): Set<Watch> {
    return this.#own().watchers ??= new Set();
  }

  watching(): Set<Watch> {
    return this.#own().watching ??= new Set();
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
    this.#belongings?.limit?.cancel();
  }

  /** Ends it: timers stop, asks fail, watchers hear of it, its signal is aborted. */
  end(exit: Exit): void {
    this.alive = false;
    const own = this.#belongings;
    if (own === null) return;
    own.limit?.cancel();
    for (const timer of own.timers ?? []) timer.cancel();
    for (const watch of own.watching ?? []) watch.cancel();
    for (const watch of own.watchers ?? []) watch.fire(exit);
    for (const ask of own.asks ?? []) ask.fail("exit", exit);
    own.controller?.abort(exit);
  }

  #own(): Belongings {
    return this.#belongings ??= new Belongings();
  }
}

/** A message to itself at a time, once or again and again. */
class OwnTimer implements Timer {
  readonly #clock: Clock;
  readonly #periodMs: number | null;
  readonly #own: Own;
  readonly #life: Life;
  #dueMs: number;
  #timer: Timer | null = null;

  constructor(life: Life, message: unknown, clock: Clock, delayMs: number, periodMs: number | null) {
    this.#life = life;
    this.#clock = clock;
    this.#periodMs = periodMs;
    this.#own = new Own(life, message, null);
    this.#dueMs = clock.nowMs() + delayMs;
    if (!life.alive) return;
    this.#timer = clock.after(delayMs, this.#fire);
    life.timers().add(this);
  }

  cancel(): void {
    this.#own.calledOff = true;
    this.#timer?.cancel();
    this.#life.timers().delete(this);
  }

  /** A tick whose forerunner still waits in the mailbox is left out: a slow actor must not drown in its clock. */
  readonly #fire = (): void => {
    if (!this.#own.waiting) this.#life.post(this.#own);
    if (this.#periodMs === null) this.#life.timers().delete(this);
    else this.#again(this.#periodMs);
  };

  /** The next whole period from the first tick on; periods that went by unseen are left out. */
  #again(periodMs: number): void {
    const now = this.#clock.nowMs();
    this.#dueMs += periodMs * Math.max(1, Math.floor((now - this.#dueMs) / periodMs) + 1);
    this.#timer = this.#clock.after(this.#dueMs - now, this.#fire);
  }
}

/** One incarnation watching another. */
class Watch implements Monitor {
  readonly #watcher: Life;
  readonly #notice: Own;
  #target: Life | null = null;

  constructor(watcher: Life, toMessage: (exit: Exit) => unknown) {
    this.#watcher = watcher;
    this.#notice = new Own(watcher, null, toMessage);
  }

  begin(target: Life): void {
    this.#target = target;
    target.watchers().add(this);
    this.#watcher.watching().add(this);
  }

  fire(exit: Exit): void {
    this.#part();
    this.#notice.content = exit;
    this.#watcher.post(this.#notice);
  }

  cancel(): void {
    this.#notice.calledOff = true;
    this.#part();
  }

  #part(): void {
    this.#target?.watchers().delete(this);
    this.#watcher.watching().delete(this);
    this.#target = null;
  }
}
