/**
 * What every part of one system shares.
 *
 * @module
 */
import type { Address } from "./address.ts";
import type { AskBook } from "./ask.ts";
import type { Clock } from "./clock.ts";
import type { DeadLetterOffice } from "./dead_letters.ts";
import type { Log } from "./log.ts";
import type { CrashReport } from "./report.ts";
import type { Scheduler } from "./scheduler.ts";

/** The inside of a system, as its cells and supervisors see it. */
export interface Core {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log: Log;
  readonly letters: DeadLetterOffice;
  readonly asks: AskBook;
  /** Whose code is on the stack. */
  running: Address | null;
  /** Incarnations that live. */
  actors: number;
  crashes: number;
  restarts: number;
  /** True once the root said go; until then `waitingForGo` holds who wants to hear it. */
  went: boolean;
  readonly waitingForGo: Set<() => void>;
  /** The runtime clock, whole ms, at some moment of the host's turn: for ages, of which there are many. */
  roughMs(): number;
  /** Who lives at a path now; undefined when no supervisor knows it. */
  find(path: string): Address | undefined;
  report(report: CrashReport): void;
  /** Runs a hook of the user's; what it throws is logged, and harms nobody. */
  guard(hook: () => void): void;
}
