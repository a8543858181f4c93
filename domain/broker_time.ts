/**
 * Broker time: how far an EA's stamps lie ahead of UTC, learned from when they arrive.
 *
 * A stamp is the broker's wall clock without a zone. Fresh, it lies a zone ahead of its arrival (less the way here);
 * out of a backlog it lies as much less as it is old. So the zone is the *greatest* difference seen, rounded to 15
 * min, once the stream runs at the pace of time: a backlog that is being drained runs faster. Until then nobody
 * knows what time a tick is of, and its ticks have to wait.
 *
 * A zone that is settled stays until the market reopens after a weekend (when clocks are put forward or back) or
 * the EA shakes hands again. Between those a backlog must not look like a change of the clocks.
 *
 * @module
 */
import { symbolName } from "../protocols/units.ts";
import { isOpen, nextOpen } from "./calendar.ts";

const MINUTE_MS = 60_000;
const STEP_MS = 15 * MINUTE_MS;
/** How long the stream has to keep the pace of time before the zone is believed, market ms. */
export const SETTLE_MS = 5_000;
/** A stamp has whole seconds and may wait a second for the EA's timer: less is no sign of a backlog. */
const PACE_MS = 2_000;
/** Ticks that have to agree on a zone, where that many came: one mad stamp is no zone. */
const SUPPORT = 3;
/** The least UTC offset on Earth is −12 h, the greatest +14 h; and a terminal keeps nothing for a week. */
const EARLIEST_MS = -(12 * 60 * MINUTE_MS + 7 * 24 * 60 * MINUTE_MS);
const LATEST_MS = 14 * 60 * MINUTE_MS + STEP_MS / 2;
/** A tick this far ahead of the freshest one of the last minutes is not of now. */
const AHEAD_MS = MINUTE_MS;
/** A stamp this near to a whole zone looks fresh. */
const FITS_MS = 10_000;
const WEEK = symbolName("EURUSD");
/** Ten minutes, the window of the greatest difference. */
const WINDOW_MINUTES = 10;

/** What the clock says of one stamp. */
export type StampVerdict =
  /** The zone is known: the tick's time is `stamp − offsetMs`. */
  | "settled"
  /** Not yet known: keep the tick. */
  | "learning"
  /** 1970, 2099, or a minute in the future: no time of ours. */
  | "implausible";

const roundToStep = (ms: number): number => Math.round(ms / STEP_MS) * STEP_MS + 0;

/** The greatest difference per minute of arrival, over the last ten. */
class MaxWindow {
  readonly #perMinute = new Float64Array(WINDOW_MINUTES).fill(-Infinity);
  #minute = -Infinity;
  #max = -Infinity;
  #before = -Infinity;

  /** Also of the ten minutes before a longer silence: what breaks it may be stale. −Infinity: nothing was seen. */
  get max(): number {
    return Math.max(this.#max, this.#before);
  }

  add(difference: number, atMs: number): void {
    const minute = Math.floor(atMs / MINUTE_MS);
    if (minute > this.#minute) this.#turnTo(minute);
    const slot = minute % WINDOW_MINUTES;
    if (difference > (this.#perMinute[slot] as number)) this.#perMinute[slot] = difference;
    if (difference > this.#max) this.#max = difference;
  }

  /** Makes room for `minute`; the greatest difference may fall when a minute leaves. */
  #turnTo(minute: number): void {
    if (this.#max > -Infinity) this.#before = this.#max;
    const from = Math.max(this.#minute + 1, minute - WINDOW_MINUTES + 1);
    for (let each = from; each <= minute; each++) this.#perMinute[each % WINDOW_MINUTES] = -Infinity;
    this.#minute = minute;
    this.#max = Math.max(...this.#perMinute);
  }
}

/** What is being learned: how many stamps spoke for each zone, and since when the best one keeps pace. */
interface Lesson {
  readonly votes: Map<number, { count: number; max: number }>;
  samples: number;
  zone: number | null;
  /** Arrival at which the chosen zone's greatest difference last rose by more than the pace allows. */
  steadySinceMs: number;
  steadyMax: number;
  /** The zone the latest stamp spoke for, and when. */
  lastZone: number | null;
  lastAtMs: number;
}

const newLesson = (): Lesson => ({
  votes: new Map(),
  samples: 0,
  zone: null,
  steadySinceMs: Infinity,
  steadyMax: -Infinity,
  lastZone: null,
  lastAtMs: -Infinity,
});

/**
 * The clock of one EA's broker. Deterministic: it knows no time but the arrivals it is told.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { BrokerClock } from "./broker_time.ts";
 *
 * const noon = Date.UTC(2026, 6, 7, 12);
 * const clock = new BrokerClock(0);
 * for (let s = 0; s <= 5; s++) clock.observe(noon + s * 1_000 + 3 * 3_600_000, noon + s * 1_000 + 200);
 * assert.equal(clock.offsetMs, 3 * 3_600_000);
 * ```
 */
export class BrokerClock {
  readonly #slackMs: number;
  #window = new MaxWindow();
  #offsetMs: number | null = null;
  #formerMs: number | null = null;
  #lesson: Lesson | null = newLesson();
  #reopensMs = Infinity;
  #aheadInARow = 0;
  #contradictedSinceMs: number | null = null;

  /** @param slackMs what a message may lose on its way on a scaled clock */
  constructor(slackMs: number) {
    this.#slackMs = slackMs;
  }

  /** Broker time minus UTC, ms, a multiple of 15 min; null until it is settled. */
  get offsetMs(): number | null {
    return this.#offsetMs;
  }

  /** Arrival since which the stamps contradict the settled zone, or null: an operator should look at the EA. */
  get contradictedSinceMs(): number | null {
    return this.#contradictedSinceMs;
  }

  /** Forgets the zone, for the EA started anew; a fresh stamp that fits the former zone settles it again at once. */
  shakeHands(): void {
    this.#relearn(this.#offsetMs ?? this.#formerMs);
  }

  /** How much older a stamp is than the freshest of the last minutes, ms; negative for a fresher one. */
  staleness(stampMs: number, arrivedAtMs: number): number {
    return this.#window.max - (stampMs - arrivedAtMs);
  }

  /** False for a stamp that lies in a zone ahead of the settled one. */
  admits(stampMs: number, arrivedAtMs: number): boolean {
    return this.#offsetMs === null || roundToStep(stampMs - arrivedAtMs) <= this.#offsetMs;
  }

  /** Takes one stamp and its arrival (market clock, UTC ms), arrivals in order. */
  observe(stampMs: number, arrivedAtMs: number): StampVerdict {
    const difference = stampMs - arrivedAtMs;
    if (!(difference >= EARLIEST_MS && difference <= LATEST_MS)) return "implausible";
    if (arrivedAtMs >= this.#reopensMs) this.#relearn(null);
    if (this.#lesson === null) return this.#check(difference, arrivedAtMs);
    this.#window.add(difference, arrivedAtMs);
    this.#learn(this.#lesson, difference, arrivedAtMs);
    return this.settle(arrivedAtMs) && this.admits(stampMs, arrivedAtMs) ? "settled" : "learning";
  }

  /**
   * Settles the zone if what came speaks for one and time enough has passed; to be asked also when no tick comes.
   *
   * A zone that too few ticks speak for is taken for the time being: if more of them speak for one further ahead,
   * those few were stale.
   *
   * @returns true when the zone is settled
   */
  settle(nowMs: number): boolean {
    const lesson = this.#lesson;
    if (lesson === null) return true;
    if (lesson.zone !== this.#offsetMs) this.#offsetMs = null;
    const proof = isOpen(WEEK, nowMs) ? this.#proofOf(lesson, nowMs) : "none";
    if (proof !== "none") {
      this.#offsetMs = lesson.zone;
      this.#reopensMs = nextOpen(WEEK, nowMs);
    }
    if (proof === "firm") this.#lesson = null;
    return this.#offsetMs !== null;
  }

  /** `firm`: live at the pace of time, or fresh and of the former zone; `slight`: fresh, and alone. */
  #proofOf(lesson: Lesson, nowMs: number): "none" | "slight" | "firm" {
    if (lesson.zone === null || lesson.lastZone !== lesson.zone) return "none";
    const fits = Math.abs(lesson.steadyMax - lesson.zone) <= FITS_MS + this.#slackMs;
    if (fits && lesson.zone === this.#formerMs) return "firm";
    const neededMs = SETTLE_MS + this.#slackMs;
    if (lesson.lastAtMs - lesson.steadySinceMs >= neededMs) return "firm";
    return fits && nowMs - lesson.steadySinceMs >= neededMs ? "slight" : "none";
  }

  #relearn(formerMs: number | null): void {
    this.#formerMs = formerMs;
    this.#offsetMs = null;
    this.#lesson = newLesson();
    this.#reopensMs = Infinity;
    this.#window = new MaxWindow();
    this.#aheadInARow = 0;
    this.#contradictedSinceMs = null;
  }

  #learn(lesson: Lesson, difference: number, arrivedAtMs: number): void {
    const zone = roundToStep(difference);
    lesson.samples++;
    lesson.lastZone = zone;
    lesson.lastAtMs = arrivedAtMs;
    const vote = lesson.votes.get(zone) ?? { count: 0, max: -Infinity };
    lesson.votes.set(zone, { count: vote.count + 1, max: Math.max(vote.max, difference) });
    const best = bestZone(lesson);
    const max = best === null ? -Infinity : lesson.votes.get(best)?.max ?? -Infinity;
    if (best === lesson.zone && max <= lesson.steadyMax + PACE_MS + this.#slackMs) return;
    lesson.zone = best;
    lesson.steadyMax = max;
    lesson.steadySinceMs = arrivedAtMs;
  }

  /** A settled zone's check: what lies a zone ahead is refused, what lies a minute ahead has to be three in a row. */
  #check(difference: number, arrivedAtMs: number): StampVerdict {
    const zone = this.#offsetMs as number;
    if (roundToStep(difference) > zone) {
      this.#contradictedSinceMs ??= arrivedAtMs;
      return "implausible";
    }
    const ahead = difference > this.#window.max + AHEAD_MS + this.#slackMs;
    this.#aheadInARow = ahead ? this.#aheadInARow + 1 : 0;
    if (ahead && this.#aheadInARow < SUPPORT) return "implausible";
    this.#window.add(difference, arrivedAtMs);
    if (roundToStep(this.#window.max) === zone) this.#contradictedSinceMs = null;
    else this.#contradictedSinceMs ??= arrivedAtMs;
    return "settled";
  }
}

/** The furthest zone for which enough ticks spoke. */
function bestZone(lesson: Lesson): number | null {
  const needed = Math.min(SUPPORT, lesson.samples);
  let best: number | null = null;
  for (const [zone, vote] of lesson.votes) {
    if (vote.count >= needed && (best === null || zone > best)) best = zone;
  }
  return best;
}
