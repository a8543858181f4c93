/**
 * The host: the one file of the runtime that asks the machine for time, turns and timers.
 *
 * Everything else is handed a clock and a scheduler, so that a simulation can stand in for the machine.
 *
 * @module
 */

/** Longest delay a host timer takes, ms: a longer one fires at once instead of late. */
const LONGEST_MS = 2 ** 31 - 1;

/** UTC ms as the machine believes it; may jump. */
export function wallMs(): number {
  return Date.now();
}

/** Ms since the process started; never jumps. */
export function monotonicMs(): number {
  return performance.now();
}

/** Runs `run` once after `delayMs` (clamped to 0 and 24.8 days) and answers how to call it off. */
export function startTimer(delayMs: number, run: () => void): () => void {
  const id = setTimeout(run, Math.min(Math.max(0, delayMs), LONGEST_MS));
  return () => clearTimeout(id);
}

/** Runs `run` as the next microtask: before any timer or socket. */
export function soon(run: () => void): void {
  queueMicrotask(run);
}

/** Runs `run` after the host's timers and sockets had their turn. */
export function afterHostTurn(run: () => void): void {
  setImmediate(run);
}

/** Resolves after every microtask now pending has run and the host had its turn. */
export function hostTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Writes text to standard error; the last resort of a log nobody gave a sink. */
export function writeStandardError(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(text));
}
