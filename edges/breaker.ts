/**
 * Circuit breakers over outbound edges, by cockatiel: after so many failures in a row nothing goes out for a while.
 *
 * @module
 */
import { circuitBreaker, CircuitState, ConsecutiveBreaker, handleAll } from "cockatiel";
import type { CircuitBreaker } from "../protocols/ports.ts";

/** When a breaker opens, and for how long. */
export interface BreakerOptions {
  /** Failures in a row that open it; default 5. */
  readonly failures?: number;
  /** Wall ms after which one call is let through to try; default 5,000. It is looked at, never timed. */
  readonly halfOpenAfterMs?: number;
}

const FAILURES = 5;
const HALF_OPEN_AFTER_MS = 5_000;

/**
 * Makes a closed breaker. It holds no timer: the next call after the pause is the one that tries, and `state` says
 * `open` until then.
 */
export function openBreaker(options: BreakerOptions = {}): CircuitBreaker {
  const { failures = FAILURES, halfOpenAfterMs = HALF_OPEN_AFTER_MS } = options;
  const policy = circuitBreaker(handleAll, {
    breaker: new ConsecutiveBreaker(failures),
    halfOpenAfter: halfOpenAfterMs,
  });
  return {
    run: (work) => policy.execute(work),
    get state() {
      if (policy.state === CircuitState.Closed) return "closed";
      return policy.state === CircuitState.HalfOpen ? "halfOpen" : "open";
    },
  };
}
