/**
 * A broken promise, found in a simulated world.
 *
 * @module
 */

/** The promises, by the name a report gives them; numbers are those of the project's list of invariants. */
export const INVARIANTS = {
  AT_MOST_ONE_POSITION: "1: one intent has at most one position at the broker",
  POSITION_IN_LEDGER: "2: every position of ours is in the ledger within one reconciliation",
  LIMITS: "3: open risk and slots never exceed the limits, and a halt lets nothing out",
  SLOTS: "4: taken slots are open and in flight, and none leaks past the reconciliation after its fire ended",
  REPLAY: "5: replaying the journal gives the same state",
  IDEMPOTENT: "6: a second reconciliation changes nothing",
  ISOLATION: "8: one user's faults never change another user's log",
  ONE_OUTCOME: "9: every signal ends in exactly one outcome",
  ALERTS: "10: every alert is sent at least once, and a repeat says so",
  ALIVE: "liveness: the faults over, everybody works again",
} as const;

/** The name of a promise. */
export type Invariant = keyof typeof INVARIANTS;

/** Ends a world. */
export class Violation extends Error {
  constructor(readonly invariant: Invariant, readonly detail: string) {
    super(`${invariant} (${INVARIANTS[invariant]}): ${detail}`);
  }
}
