/**
 * Fake twin of the circuit breaker: the same behaviour on a clock that the test moves.
 *
 * @module
 */
import type { BreakerOptions } from "../../edges/breaker.ts";
import type { CircuitBreaker } from "../../protocols/ports.ts";

/** A breaker whose time stands still. */
export interface FakeBreaker extends CircuitBreaker {
  /** Lets the pause of an open breaker pass. */
  advance(ms: number): void;
}

/** Makes a closed breaker. */
export function fakeBreaker(options: BreakerOptions = {}): FakeBreaker {
  const { failures = 5, halfOpenAfterMs = 5_000 } = options;
  let inARow = 0;
  let nowMs = 0;
  let openedAtMs = 0;
  let state: CircuitBreaker["state"] = "closed";
  return {
    get state() {
      return state;
    },
    advance: (ms) => void (nowMs += ms),
    async run(work) {
      if (state === "open" && nowMs - openedAtMs >= halfOpenAfterMs) state = "halfOpen";
      if (state === "open") throw new Error("Cannot run as the circuit breaker is open");
      try {
        const result = await work();
        inARow = 0;
        state = "closed";
        return result;
      } catch (error) {
        if (++inARow >= failures || state === "halfOpen") {
          state = "open";
          openedAtMs = nowMs;
        }
        throw error;
      }
    },
  };
}
