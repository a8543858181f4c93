/**
 * A seat: one child's place under its supervisor, kept while incarnations come and go.
 *
 * @module
 */
import type { Exit } from "./actor.ts";
import { Phase } from "./address.ts";
import type { Cell } from "./cell.ts";
import type { Timer } from "./clock.ts";
import type { Life } from "./life.ts";
import type { Plan } from "./plan.ts";
import type { RestartWindow } from "./window.ts";

/** What becomes of a mailbox when its actor is told to stop. */
export type Mail =
  /** It stops for good: mail is handled first (`drain`) or becomes dead letters. */
  | "drop"
  /** It starts again: mail waits for the next incarnation. */
  | "keep"
  /** Whether it starts again is decided elsewhere: `drain` actors drain, the mail of others waits. */
  | "linger";

/** An order to stop. */
export interface Order {
  readonly exit: Exit;
  readonly mail: Mail;
  /** Ms after which it is cut off. */
  readonly limitMs: number;
}

/** Whoever keeps seats. */
export interface Keeper {
  /** A child that nobody waited for has started again. */
  rose(seat: Seat): void;
  /** A child ended by itself. `booted`: its `init` had succeeded. */
  fell(seat: Seat, exit: Exit, booted: boolean): void;
  /** A child did not stop as it was told to. */
  stumbled(seat: Seat, exit: Exit): void;
}

/** Who waits for a child. */
class Waits {
  started: ((exit: Exit | null) => void) | null = null;
  ended: ((exit: Exit) => void)[] | null = null;
}

/** What is known of a child that has ever failed. */
export class History {
  window: RestartWindow | null = null;
  restarts = 0;
  lastExit: Exit | null = null;
  /** Kind of the message the last incarnation failed on. */
  messageKind: string | null = null;
  /** Its last end, until that has been dealt with. */
  fallen: Exit | null = null;
  /** Restarts in a row that did not last. */
  tries = 0;
  /** A restart that waits for its time. */
  timer: Timer | null = null;
}

/** One child's place. */
export class Seat {
  declare readonly keeper: Keeper;
  declare readonly cell: Cell;
  declare readonly plan: Plan;
  /** What a dynamic child was started with. */
  declare argument: unknown;
  /** What is known of earlier lives; null when there is nothing. */
  declare past: History | null;
  declare waits: Waits | null;

  constructor(keeper: Keeper, cell: Cell, plan: Plan) {
    this.keeper = keeper;
    this.cell = cell;
    this.plan = plan;
    this.argument = undefined;
    this.past = null;
    this.waits = null;
    cell.seat = this;
    cell.phase = Phase.WAITING;
  }

  get history(): History {
    return this.past ??= new History();
  }

  /** True while an order to stop is being carried out. */
  get leaving(): boolean {
    return this.waits !== null && this.waits.ended !== null;
  }

  /** True when an incarnation lives or is on its way. */
  get taken(): boolean {
    return this.cell.life !== null || this.cell.phase === Phase.STARTING;
  }

  /** True when an incarnation lives whose start is done. */
  get up(): boolean {
    const { phase, branch, life } = this.cell;
    if (branch !== null) return life !== null && branch.state === "running";
    return phase <= Phase.PARKED;
  }

  /** True when it will be taken again without anybody asking. */
  get restarting(): boolean {
    return this.cell.phase === Phase.WAITING;
  }

  /** Takes mail in from now on, though nobody lives here yet. */
  await(): void {
    if (!this.taken) this.cell.phase = Phase.WAITING;
  }

  /** Starts the child; nobody waits for it. */
  launch(): void {
    this.settle();
    if (this.past !== null) this.past.messageKind = null;
    this.cell.start();
  }

  /** Starts the child. Told null when it has started, else how it ended instead. */
  begin(told: (exit: Exit | null) => void): void {
    this.#wait().started = told;
    this.launch();
  }

  /** Starts the child again, after its back-off. */
  relaunch(): void {
    const history = this.history;
    history.restarts++;
    this.cell.core.restarts++;
    const waitMs = this.backoffMs();
    if (waitMs === 0) return this.launch();
    history.fallen = null;
    history.timer = this.cell.core.clock.after(waitMs, () => this.launch());
  }

  /** How long the next restart has to wait, ms; each call doubles the next one. */
  backoffMs(): number {
    const backoff = this.plan.backoff;
    if (backoff === null) return 0;
    return Math.min(backoff.maxMs, backoff.minMs * 2 ** this.history.tries++);
  }

  /** Orders the child to stop and tells how it ended; at once when nobody is there. */
  end(mail: Mail, told: (exit: Exit) => void, limitMs = this.plan.limitMs): void {
    this.settle();
    const exit: Exit = { kind: "shutdown" };
    if (!this.taken) return told(exit);
    (this.#wait().ended ??= []).push(told);
    if (this.plan.brutal) this.cell.kill();
    else this.cell.stop({ exit, mail, limitMs });
  }

  /** Forgets an end that has been dealt with, and a restart that waits. */
  settle(): void {
    if (this.past === null) return;
    this.past.fallen = null;
    this.past.timer?.cancel();
    this.past.timer = null;
  }

  /** Nobody will live here: what waits in the mailbox is given back. */
  vacate(exit: Exit = { kind: "shutdown" }): void {
    this.settle();
    this.cell.vacate(exit);
  }

  /** The cell says that `init` has succeeded. */
  started(): void {
    // A temporary child is never started again: what it was started with need not be kept.
    if (this.plan.restart === "temporary") this.argument = undefined;
    const waits = this.waits;
    if (waits === null || waits.started === null) return this.keeper.rose(this);
    const told = waits.started;
    waits.started = null;
    if (waits.ended === null) this.waits = null;
    told(null);
  }

  /** The cell says that the incarnation has ended, or its `init` has failed. */
  ended(exit: Exit, booted: boolean, life: Life | null): void {
    this.#note(exit, life);
    const waits = this.waits;
    this.waits = null;
    if (waits === null) return this.keeper.fell(this, exit, booted);
    if (waits.ended !== null && booted && !this.#isFine(exit)) this.keeper.stumbled(this, exit);
    waits.started?.(exit);
    for (const told of waits.ended ?? []) told(exit);
  }

  #note(exit: Exit, life: Life | null): void {
    if (exit.kind === "error" || exit.kind === "killed") this.history.lastExit = exit;
    const { backoff } = this.plan;
    if (backoff === null || life === null) return;
    if (this.cell.core.clock.nowMs() - life.startedAtMs > backoff.maxMs) this.history.tries = 0;
  }

  /** A permanent child that says goodbye in its own words when told to stop is reported, as in OTP. */
  #isFine(exit: Exit): boolean {
    if (exit.kind === "killed") return this.plan.brutal;
    if (exit.kind === "shutdown" && exit.why === undefined) return true;
    return exit.kind !== "error" && this.plan.restart !== "permanent";
  }

  #wait(): Waits {
    return this.waits ??= new Waits();
  }
}
