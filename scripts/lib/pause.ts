/**
 * Waiting in real time, for programs.
 *
 * @module
 */
import { startTimer } from "../../runtime/host.ts";

/** Resolves after `ms` of wall time. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void startTimer(ms, resolve));
}
