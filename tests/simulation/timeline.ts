/**
 * True time of a simulated world: one queue of everything that is going to happen, and the clocks a process reads off it.
 *
 * @module
 */
import { AlarmClock } from "../../runtime/alarm_clock.ts";
import type { Clock, MarketClock, Timer } from "../../runtime/mod.ts";
import { TimerQueue } from "../../runtime/timer_queue.ts";

/** Longest trust in a host timer, ms: how soon a running house notices that the machine's clock was set. */
const TRUST_MS = 1_000;

/** Time, and what falls due in it. Nobody in the world can change its order but by the seed. */
export class Timeline {
  readonly #timers: TimerQueue;
  #nowMs: number;

  /** `tie` decides which of two events of one moment comes first; equal ties: the older. */
  constructor(startMs: number, tie: () => number) {
    this.#nowMs = startMs;
    this.#timers = new TimerQueue(tie);
  }

  /** UTC ms; not a whole number. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** When the next event is due; Infinity when there is none. */
  get nextMs(): number {
    return this.#timers.first?.dueMs ?? Infinity;
  }

  after(delayMs: number, run: () => void): Timer {
    return this.#timers.add(this.#nowMs + Math.max(0, delayMs), run);
  }

  /** Lets time pass over what falls due: it comes late. */
  pass(ms: number): void {
    this.#nowMs += ms;
  }

  /** The next event happens; it must exist. */
  fire(): void {
    const next = this.#timers.pop();
    this.#nowMs = Math.max(this.#nowMs, next.dueMs);
    next.run();
  }

  /** Time goes on to `toMs` with nothing happening. */
  rest(toMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, toMs);
  }
}

/** What ends with a process: its timers never fire afterwards. */
export interface Breath {
  readonly alive: boolean;
}

/** The runtime clock of a process that booted now: monotonic, whatever the machine's clock shows. */
export function runtimeClockOf(timeline: Timeline, breath: Breath): Clock {
  const bootMs = timeline.nowMs;
  const now = () => timeline.nowMs - bootMs;
  return new AlarmClock(now, (dueMs, run) => guarded(timeline, breath, dueMs - now(), run));
}

/** The market clock of a process, as the live house has it: the machine's UTC, which may be set at any time. */
export function marketClockOf(timeline: Timeline, breath: Breath, skewMs: () => number): MarketClock {
  const now = () => Math.floor(timeline.nowMs + skewMs());
  const wake = (dueMs: number, run: () => void) =>
    guarded(timeline, breath, Math.min(dueMs - now(), TRUST_MS), run);
  return Object.assign(new AlarmClock(now, wake), { anchor: null, slackMs: 0 });
}

function guarded(timeline: Timeline, breath: Breath, delayMs: number, run: () => void): () => void {
  const timer = timeline.after(delayMs, () => {
    if (breath.alive) run();
  });
  return () => timer.cancel();
}
