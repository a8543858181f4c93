/**
 * What both kinds of supervisor do: stop by order, report, and decide whether a child lives again.
 *
 * @module
 */
import type { Exit } from "./actor.ts";
import type { Branch, LifeState } from "./branch.ts";
import type { Cell } from "./cell.ts";
import { describeExit, isNormal, type ReportContext } from "./report.ts";
import type { Keeper, Mail, Order, Seat } from "./seat.ts";

/** A supervisor that could not start, as one of its children could not. */
export class StartError extends Error {
  override readonly name = "StartError";
  constructor(readonly path: string, readonly child: string, readonly exit: Exit) {
    super(`Cannot start ${path} as ${child} did not start: ${describeExit(exit)}`, {
      cause: exit.kind === "error" ? exit.error : exit.kind === "shutdown" ? exit.why : undefined,
    });
  }
}

/** A supervisor that gave up, as one of its children failed too often. */
export class GaveUpError extends Error {
  override readonly name = "GaveUpError";
  constructor(readonly path: string, readonly child: string, readonly exit: Exit) {
    super(`Cannot keep ${path} up as ${child} failed too often: ${describeExit(exit)}`);
  }
}

/** True when a child is to be started again after this end. A restart whose `init` failed is always tried again. */
export function isWanted(seat: Seat, exit: Exit, booted: boolean): boolean {
  if (!booted || seat.plan.restart === "permanent") return true;
  return seat.plan.restart === "transient" && !isNormal(exit);
}

/** The common part of a supervisor. */
export abstract class Supervising implements Branch, Keeper {
  abstract readonly kind: "supervisor" | "dynamic";
  state: LifeState = "stopped";
  /** The order that is being carried out; once set, nothing is started any more. */
  closing: Order | null = null;
  /** True when the order to stop came before the start was done. */
  wasStarting = false;

  constructor(readonly cell: Cell) {
    cell.branch = this;
  }

  abstract open(): void;
  abstract child(id: string): Cell | undefined;
  abstract seats(): Iterable<Seat>;
  abstract fell(seat: Seat, exit: Exit, booted: boolean): void;
  /** Stops every child; calls `close` when they are gone. */
  abstract shut(mail: () => Mail): void;

  get path(): string {
    return this.cell.path;
  }

  rose(_seat: Seat): void {}

  stumbled(seat: Seat, exit: Exit): void {
    this.report("shutdown_error", seat, exit);
  }

  stop(order: Order): void {
    if (this.cell.life === null) return this.cell.withdraw(order.exit);
    this.cell.life.limit(order.limitMs, () => this.kill());
    const closed = this.closing !== null;
    // The reason of the first order stands; whether mail is kept is for the latest to say.
    this.closing = { ...order, exit: this.closing?.exit ?? order.exit };
    if (!closed) this.#begin();
  }

  /** Ends by itself: children are stopped, and the one above decides what becomes of their mail. */
  giveUp(exit: Exit): void {
    if (this.closing !== null) return;
    this.closing = { exit, mail: "linger", limitMs: Infinity };
    this.#begin();
  }

  kill(): void {
    if (this.cell.life === null) return this.cell.withdraw({ kind: "killed" });
    const booted = this.state !== "starting";
    this.closing ??= { exit: { kind: "killed" }, mail: "linger", limitMs: 0 };
    for (const seat of [...this.seats()].reverse()) {
      seat.settle();
      if (seat.taken) seat.cell.kill();
    }
    if (this.cell.life !== null) this.close({ kind: "killed" }, booted);
  }

  vacate(exit: Exit): void {
    for (const seat of this.seats()) seat.vacate(exit);
  }

  /** Its last act. */
  close(exit: Exit, booted: boolean): void {
    this.state = "stopped";
    this.closing = null;
    this.cell.finish(exit, booted);
  }

  report(context: ReportContext, seat: Seat, reason: Exit, atMs = this.cell.core.clock.nowMs()): void {
    this.cell.core.report({
      supervisor: this.path,
      context,
      reason,
      offender: seat.cell.path,
      messageKind: context === "start_error" ? null : seat.past?.messageKind ?? null,
      restarts: seat.past?.restarts ?? 0,
      atMs,
    });
  }

  /** Reports a child's end where it should not have ended: before anything is done about it. */
  reportFall(seat: Seat, exit: Exit, booted: boolean, atMs?: number): void {
    if (!booted) this.report("start_error", seat, exit, atMs);
    else if (seat.plan.restart === "permanent" || !isNormal(exit)) {
      this.report("child_terminated", seat, exit, atMs);
    }
  }

  #begin(): void {
    this.wasStarting = this.state === "starting";
    this.state = "stopping";
    this.shut(() => this.closing?.mail ?? "linger");
  }
}
