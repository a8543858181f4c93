/**
 * The inside of a system: what its cells and supervisors share, and who lives where.
 *
 * @module
 */
import type { Address } from "./address.ts";
import { AskBook } from "./ask.ts";
import { Cell } from "./cell.ts";
import type { Clock } from "./clock.ts";
import { monotonicClock, wallClock } from "./clocks.ts";
import type { Core } from "./core.ts";
import { type DeadLetter, DeadLetterOffice } from "./dead_letters.ts";
import { afterHostTurn, writeStandardError } from "./host.ts";
import type { Log } from "./log.ts";
import { createLog, formatText } from "./log_sink.ts";
import { type CrashReport, describeExit } from "./report.ts";
import { liveScheduler, type Scheduler } from "./scheduler.ts";

/** What a system is made of; everything has a default for a live house. */
export interface SystemOptions {
  /** The runtime clock: asks, limits, restart windows. Default: monotonic. */
  readonly clock?: Clock;
  readonly scheduler?: Scheduler;
  /** Default: text lines on standard error. */
  readonly log?: Log;
  /** Told of every failure, once; default: the log. */
  readonly onReport?: (report: CrashReport) => void;
  readonly onDeadLetter?: (letter: DeadLetter) => void;
}

function lastResort(): Log {
  return createLog({
    sink: (record) => writeStandardError(`${formatText(record)}\n`),
    clock: wallClock(),
    level: "info",
  });
}

/** The inside of a system. */
export class House implements Core {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log: Log;
  readonly letters: DeadLetterOffice;
  readonly asks: AskBook;
  readonly waitingForGo = new Set<() => void>();
  readonly roots = new Map<string, Cell>();
  running: Address | null = null;
  actors = 0;
  crashes = 0;
  restarts = 0;
  went = false;
  readonly #onReport: ((report: CrashReport) => void) | undefined;
  readonly #asksHost: boolean;
  #roughMs: number | null = null;

  constructor(options: SystemOptions) {
    this.#asksHost = options.clock === undefined;
    this.clock = options.clock ?? monotonicClock();
    this.scheduler = options.scheduler ?? liveScheduler();
    this.log = options.log ?? lastResort();
    this.#onReport = options.onReport;
    const hook = options.onDeadLetter;
    this.letters = new DeadLetterOffice(hook && ((letter) => this.guard(() => hook(letter))));
    this.asks = new AskBook(this.clock, this.letters);
  }

  /** Reading the host's clock is a tenth of a start: one reading serves all starts of a host's turn. */
  roughMs(): number {
    const known = this.#roughMs;
    if (known !== null) return known;
    const now = Math.floor(this.clock.nowMs());
    if (this.#asksHost) {
      this.#roughMs = now;
      afterHostTurn(this.#forgetTime);
    }
    return now;
  }

  readonly #forgetTime = (): void => {
    this.#roughMs = null;
  };

  find(path: string): Cell | undefined {
    const [first, ...rest] = path.split("/");
    let cell = this.roots.get(first as string);
    for (let i = 0; i < rest.length && cell !== undefined; i++) {
      if (cell.branch?.kind === "dynamic") return cell.branch.child(rest.slice(i).join("/"));
      cell = cell.branch?.child(rest[i] as string);
    }
    return cell;
  }

  /** The cell of a path; made when nobody knows it yet. */
  pin(path: string): Cell {
    const known = this.find(path);
    if (known !== undefined) return known;
    const [first, ...rest] = path.split("/");
    let cell = this.root(first as string);
    for (const id of rest) cell = cell.pin(id);
    return cell;
  }

  root(id: string): Cell {
    const cell = this.roots.get(id) ?? new Cell(this, null, id);
    this.roots.set(id, cell);
    return cell;
  }

  report(report: CrashReport): void {
    const hook = this.#onReport;
    if (hook !== undefined) return this.guard(() => hook(report));
    const { supervisor, context, reason, offender, messageKind, restarts } = report;
    const error = reason.kind === "error" ? { error: reason.error } : {};
    const fields = { offender, reason: describeExit(reason), messageKind, restarts, ...error };
    this.log.child(supervisor).error(context, fields);
  }

  guard(hook: () => void): void {
    try {
      hook();
    } catch (error) {
      this.log.error("a hook threw", { error });
    }
  }
}
