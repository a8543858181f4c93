/**
 * Feed conditions: what an operator is told of a feed, and what to do about it.
 *
 * @module
 */
import type { DeskMessage } from "../protocols/desk.ts";
import type { EaId, SymbolName } from "../protocols/units.ts";

/** An EA's ticks came while nobody trusts it, or are trusted now. */
export function untrustedFeed(eaId: EaId, trusted: boolean): DeskMessage {
  const about = { code: "FEED_UNTRUSTED", subject: eaId };
  if (trusted) return { kind: "clear", ...about };
  const message = `Ticks of EA ${eaId} make no candles: register it, or list it among the trusted feeds`;
  return { kind: "raise", ...about, message };
}

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

/** An EA's stamps contradict its zone for ten minutes, or fit it again. */
export function suspectZone(eaId: EaId, offsetMs: number, suspect: boolean): DeskMessage {
  const about = { code: "BROKER_TIME_SUSPECT", subject: eaId };
  if (!suspect) return { kind: "clear", ...about };
  const message = `Stamps of EA ${eaId} contradict its zone of ${offsetMs / 60_000} min for 10 min: ` +
    "check the clock of this machine, then attach the EA again";
  return { kind: "raise", ...about, message };
}
