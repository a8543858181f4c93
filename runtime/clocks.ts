/**
 * The clocks of a running house: wall, monotonic and scaled.
 *
 * @module
 */
import { AlarmClock } from "./alarm_clock.ts";
import type { Clock, ClockAnchor, MarketClock } from "./clock.ts";
import { monotonicMs, startTimer, wallMs } from "./host.ts";

/** How far the wall clock trusts a host timer, ms: the machine's clock may be set while it waits. */
const TRUST_MS = 1_000;

/** What bytes may take from one process to another, wall ms. */
const TRAVEL_MS = 40;

/** The runtime clock of a live house: ms since the process started; never set, never scaled. */
export function monotonicClock(): Clock {
  return new AlarmClock(monotonicMs, (dueMs, run) => startTimer(dueMs - monotonicMs(), run));
}

/** The market clock of a live house: the machine's UTC. Timers follow when the machine's clock is set. */
export function wallClock(): MarketClock {
  const clock = new AlarmClock(
    wallMs,
    (dueMs, run) => startTimer(Math.min(dueMs - wallMs(), TRUST_MS), run),
  );
  return Object.assign(clock, { anchor: null, slackMs: 0 });
}

/** How much market time ran, skips left out, from the anchor to `marketMs`; inside a skip: to its beginning. */
function openMs(anchor: ClockAnchor, marketMs: number): number {
  let passed = 0;
  for (const skip of anchor.skips) {
    const fromMs = Math.max(skip.fromMs, anchor.marketMs);
    if (marketMs < fromMs) break;
    passed += Math.max(0, Math.min(skip.toMs, marketMs) - fromMs);
  }
  return marketMs - anchor.marketMs - passed;
}

/** The market time after `ranMs` of open market since the anchor. */
function marketMs(anchor: ClockAnchor, ranMs: number): number {
  let now = anchor.marketMs + ranMs;
  for (const skip of anchor.skips) {
    const fromMs = Math.max(skip.fromMs, anchor.marketMs);
    if (now < fromMs) break;
    now += Math.max(0, skip.toMs - fromMs);
  }
  return now;
}

function checkAnchor(anchor: ClockAnchor): void {
  if (!(anchor.speed > 0 && Number.isFinite(anchor.speed))) {
    throw new RangeError(`Cannot scale the clock as speed must be > 0: current value is ${anchor.speed}`);
  }
  let endMs = -Infinity;
  for (const { fromMs, toMs } of anchor.skips) {
    if (!(fromMs >= endMs && toMs > fromMs)) {
      throw new RangeError(
        `Cannot scale the clock as skips must be ascending and disjoint: current value is ${fromMs}..${toMs}`,
      );
    }
    endMs = toMs;
  }
}

/**
 * A market clock that runs `anchor.speed` times as fast as `host` and passes over `anchor.skips` in no time.
 *
 * It never shows a time inside a skip: at its beginning it shows its end, and timers due inside fire at once.
 *
 * @param host the wall clock the anchor refers to
 * @throws {RangeError} when the speed is not > 0, or the skips are not ascending and disjoint
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { scaledClock } from "./clocks.ts";
 * import { virtualClock } from "./virtual_clock.ts";
 *
 * const wall = virtualClock(0);
 * const market = scaledClock({ wallMs: 0, marketMs: 1_000, speed: 10, skips: [{ fromMs: 2_000, toMs: 9_000 }] }, wall);
 * await wall.advance(100);
 * assert.equal(market.nowMs(), 9_000);
 * ```
 */
export function scaledClock(anchor: ClockAnchor, host: Clock): MarketClock {
  checkAnchor(anchor);
  const now = () => marketMs(anchor, (host.nowMs() - anchor.wallMs) * anchor.speed);
  const clock = new AlarmClock(now, (dueMs, run) => {
    const wallDueMs = anchor.wallMs + openMs(anchor, dueMs) / anchor.speed;
    // A whole ms at least: a remainder too small to move the host's time would wake for ever at one moment.
    const waitMs = dueMs <= now() ? 0 : Math.max(1, Math.ceil(wallDueMs - host.nowMs()));
    const timer = host.after(waitMs, run);
    return () => timer.cancel();
  });
  return Object.assign(clock, { anchor, slackMs: (anchor.speed - 1) * TRAVEL_MS });
}
