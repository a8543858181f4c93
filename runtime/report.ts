/**
 * Crash reports: what a supervisor says when a child fails.
 *
 * @module
 */
import type { Exit } from "./actor.ts";

/**
 * What the supervisor was doing.
 *
 * - `start_error`: a child's `init` failed
 * - `child_terminated`: a running child ended where it should not
 * - `shutdown_error`: a child did not stop as it was told to
 * - `gave_up`: the restart limit was passed
 */
export type ReportContext = "start_error" | "child_terminated" | "shutdown_error" | "gave_up";

/** One failure, as its supervisor saw it. Made once per failure. */
export interface CrashReport {
  /** Path of the supervisor. */
  readonly supervisor: string;
  readonly context: ReportContext;
  /** How the offender ended. */
  readonly reason: Exit;
  /** Path of the child. */
  readonly offender: string;
  /** Kind of the message it failed on; null when it was none. */
  readonly messageKind: string | null;
  /** Restarts of the offender before this report. */
  readonly restarts: number;
  /** Runtime clock, ms. */
  readonly atMs: number;
}

/** Says in words how an incarnation ended. */
export function describeExit(exit: Exit): string {
  if (exit.kind === "error") {
    return exit.error instanceof Error ? `${exit.error.name}: ${exit.error.message}` : String(exit.error);
  }
  if (exit.kind === "shutdown" && exit.why !== undefined) {
    return `shutdown: ${exit.why instanceof Error ? exit.why.message : String(exit.why)}`;
  }
  return exit.kind;
}

/** True for an end that transient children are not restarted after. */
export function isNormal(exit: Exit): boolean {
  return exit.kind === "normal" || exit.kind === "shutdown";
}
