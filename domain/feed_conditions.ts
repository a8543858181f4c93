/**
 * Feed conditions: what an operator is told of a feed, and what to do about it.
 *
 * @module
 */
import type { DeskMessage } from "../protocols/desk.ts";
import { type EaId, type SymbolName, symbolName } from "../protocols/units.ts";
import { isOpen } from "./calendar.ts";

/** An open market in which no tick comes, or none is fit to be used, for so long is reported. */
export const FEED_SILENT_MS = 5 * 60_000;
/** Stamps that contradict an EA's zone for so long are reported. */
export const SUSPECT_MS = 10 * 60_000;

/** A broker's name that is left out until an operator maps it. */
export function doubtfulName(
  brokerSymbol: string,
  maybe: SymbolName,
  why: "unknown mark" | "second name",
): DeskMessage {
  const message = why === "second name"
    ? `${brokerSymbol} is a second name for ${maybe} on one EA, its ticks are left out: map one of the two to nothing`
    : `${brokerSymbol} looks like ${maybe} but its mark is not known, its ticks are left out: map it if it is`;
  return { kind: "raise", code: "SYMBOL_DOUBTFUL", subject: brokerSymbol, message };
}

/**
 * Watches one EA's feed for what only an operator can mend. Each trouble is raised once and cleared once.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { eaId } from "../protocols/units.ts";
 * import { FeedWatch } from "./feed_conditions.ts";
 *
 * const watch = new FeedWatch(eaId("ea-1"));
 * assert.deepEqual([false, false, true].map((trusted) => watch.trust(trusted)?.kind), ["raise", undefined, "clear"]);
 * ```
 */
export class FeedWatch {
  readonly #eaId: EaId;
  #untrusted = false;
  #suspect = false;

  constructor(eaId: EaId) {
    this.#eaId = eaId;
  }

  /** Says whether the EA may be a primary feed now; answers what to tell the desk, or null. */
  trust(trusted: boolean): DeskMessage | null {
    if (this.#untrusted !== trusted) return null;
    this.#untrusted = !trusted;
    const about = { code: "FEED_UNTRUSTED", subject: this.#eaId };
    if (trusted) return { kind: "clear", ...about };
    const message =
      `Ticks of EA ${this.#eaId} make no candles: register it, or list it among the trusted feeds`;
    return { kind: "raise", ...about, message };
  }

  /** Says since when stamps contradict the EA's zone, if they do; answers what to tell the desk, or null. */
  zone(offsetMs: number | null, contradictedSinceMs: number | null, nowMs: number): DeskMessage | null {
    const since = contradictedSinceMs;
    if (this.#suspect ? since !== null : since === null || nowMs - since < SUSPECT_MS) return null;
    this.#suspect = !this.#suspect;
    const about = { code: "BROKER_TIME_SUSPECT", subject: this.#eaId };
    if (!this.#suspect) return { kind: "clear", ...about };
    const message =
      `Stamps of EA ${this.#eaId} contradict its zone of ${(offsetMs ?? 0) / 60_000} min for 10 min: ` +
      "check the clock of this machine, then attach the EA again";
    return { kind: "raise", ...about, message };
  }
}

const WEEK = symbolName("EURUSD");
const SILENT = { code: "FEED_SILENT", subject: "" } as const;
const UNUSED = { code: "FEED_UNUSED", subject: "" } as const;

/**
 * Watches the feeds of all EAs together: an open market is never silent for long, a closed one always is. Each
 * trouble is raised once, and cleared once by the next tick or by the market's close.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { FeedAlarm } from "./feed_conditions.ts";
 *
 * const tuesday = Date.UTC(2026, 6, 7, 10);
 * const alarm = new FeedAlarm(tuesday, 0);
 * assert.deepEqual(alarm.look(tuesday + 300_000, {}), []);
 * assert.equal(alarm.look(tuesday + 300_001, {})[0]?.kind, "raise");
 * ```
 */
export class FeedAlarm {
  readonly #limitMs: number;
  /** Since when the market is open and watched; null while it is closed. */
  #openSinceMs: number | null;
  #arrivedAtMs = -Infinity;
  #usedAtMs = -Infinity;
  /** Null: not known since the start, when a trouble of the run before may still stand. */
  #silent: boolean | null = null;
  #unused: boolean | null = null;

  /** @param slackMs what a message may lose on its way on a scaled clock */
  constructor(startedAtMs: number, slackMs: number) {
    this.#openSinceMs = isOpen(WEEK, startedAtMs) ? startedAtMs : null;
    this.#limitMs = FEED_SILENT_MS + slackMs;
  }

  /** A tick of some EA came; market clock. */
  arrived(atMs: number): void {
    this.#arrivedAtMs = atMs;
  }

  /** A tick went on to candles and level books. */
  used(atMs: number): void {
    this.#usedAtMs = atMs;
  }

  /** To be asked every minute; answers what to tell the desk. `counts`: ticks left out so far, by reason. */
  look(nowMs: number, counts: Readonly<Record<string, number>>): readonly DeskMessage[] {
    if (!isOpen(WEEK, nowMs)) {
      this.#openSinceMs = null;
      return [...this.#saySilent(false), ...this.#sayUnused(false, counts)];
    }
    const since = this.#openSinceMs ??= nowMs;
    const silent = this.#verdict(nowMs, since, this.#arrivedAtMs);
    const unused = silent === true ? false : this.#verdict(nowMs, since, this.#usedAtMs);
    return [...this.#saySilent(silent), ...this.#sayUnused(unused, counts)];
  }

  /** True: too long ago; false: since the market opened, and lately; null: too early to say. */
  #verdict(nowMs: number, sinceMs: number, lastAtMs: number): boolean | null {
    if (nowMs - Math.max(lastAtMs, sinceMs) > this.#limitMs) return true;
    return lastAtMs >= sinceMs ? false : null;
  }

  #saySilent(silent: boolean | null): readonly DeskMessage[] {
    if (silent === null || silent === this.#silent) return [];
    this.#silent = silent;
    const message =
      "The market is open and no EA sent a tick for 5 min: look at the terminals, and whether they " +
      "push to the telemetry port (on a holiday nothing is wrong)";
    return [silent ? { kind: "raise", ...SILENT, message } : { kind: "clear", ...SILENT }];
  }

  #sayUnused(unused: boolean | null, counts: Readonly<Record<string, number>>): readonly DeskMessage[] {
    if (unused === null || unused === this.#unused) return [];
    this.#unused = unused;
    const reasons = Object.entries(counts).filter(([, count]) => count > 0).map((each) => each.join(" "));
    const message = `Ticks come and for 5 min not one could be used, so that nothing is scanned: ${
      reasons.join(", ") || "their zone is not known yet"
    }`;
    return [unused ? { kind: "raise", ...UNUSED, message } : { kind: "clear", ...UNUSED }];
  }
}
