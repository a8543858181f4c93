/**
 * Outcome watcher: one per signal; it writes down how the signal ended, once, and goes.
 *
 * - Hears `touched` from the symbol's level book, with the outcome.
 * - Commits the signal's row with its outcome together with the event `outcomeResolved`.
 * - Restarts with nothing (transient): who follows the signal is the level book, and the opener's sweep makes it
 *   tell again what was not written down.
 *
 * @module
 */
import type { OutcomeMessage } from "../protocols/market.ts";
import type { Outcome } from "../protocols/outcome.ts";
import type { Signal } from "../protocols/signal.ts";
import type { Store } from "../protocols/store.ts";
import type { Actor } from "../runtime/actor.ts";
import type { MarketClock } from "../runtime/clock.ts";

/** What a watcher is handed. */
export interface OutcomeDeps {
  readonly store: Store;
  readonly clock: MarketClock;
}

const RETRY_MIN_MS = 500;
/** Longest wait between two tries, runtime ms. */
const RETRY_MAX_MS = 30_000;

/** Makes the watcher of a signal. Its state is the number of tries that failed. */
export function outcomeActor(deps: OutcomeDeps, signal: Signal): Actor<number, OutcomeMessage> {
  return {
    init: () => 0,
    async handle(failures, message, context) {
      const trouble = await settle(deps, signal, message.outcome, context.self.path);
      if (trouble === null) {
        context.exit();
        return failures;
      }
      const delayMs = Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** failures);
      context.log.warn("an outcome is not on disk yet", { signalId: signal.id, trouble, delayMs });
      context.after(delayMs, message);
      return failures + 1;
    },
  };
}

/** Null once the outcome is on disk, by this call or an earlier one; else what stands in the way. */
async function settle(
  deps: OutcomeDeps,
  signal: Signal,
  outcome: Outcome,
  source: string,
): Promise<string | null> {
  try {
    const [row] = await deps.store.select({ from: "signals", where: { id: signal.id } });
    if (row !== undefined && row.outcome !== null) return null;
    const result = await deps.store.commit([
      { put: "signals", row: { ...signal, outcome } },
      { event: { kind: "outcomeResolved", signal, outcome }, source, atMs: deps.clock.nowMs() },
    ]);
    return result.ok ? null : result.message;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
