/**
 * Feed conditions: what an operator is told of a feed, and what to do about it.
 *
 * @module
 */
import type { DeskMessage } from "../protocols/desk.ts";
import type { EaId, SymbolName } from "../protocols/units.ts";

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
