/**
 * Fire ids: one for each fire, short enough for the comment of an order, telling nothing of the signal.
 *
 * @module
 */
import type { Signal } from "../protocols/signal.ts";
import type { FireId, UserId } from "../protocols/units.ts";

/**
 * Makes a fire id: at most 25 characters of `[a-z0-9-]`, different for every nonce, user and signal.
 *
 * The distinguishing part comes first, since v2.06H reads it back from an order comment that brokers cut short.
 * 25 and not 31, because an EA may append a suffix of its own to the comment.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { makeFireId } from "./fire_id.ts";
 * import { userId } from "../protocols/units.ts";
 *
 * const signal = { id: "ELITE_RAPID_BB_SCALP_EURUSD_1757685600" as never, signaledAtMs: 1_757_685_600_000 };
 * assert.match(makeFireId(signal, userId("u17"), "n1"), /^[a-z0-9]{11}-[a-z0-9]{4}-t2haw0$/);
 * ```
 */
export function makeFireId(
  signal: Pick<Signal, "id" | "signaledAtMs">,
  user: UserId,
  nonce: string,
): FireId {
  const unique = hash53(`${nonce}|${signal.id}|${user}`).toString(36).padStart(11, "0");
  const owner = (hash53(user) % 36 ** 4).toString(36).padStart(4, "0");
  const second = Math.floor(signal.signaledAtMs / 1000).toString(36);
  return `${unique}-${owner}-${second}` as FireId;
}

/** 53 bits of two differently seeded 32-bit multiplicative hashes (cyrb53, public domain). */
function hash53(text: string): number {
  let high = 0xdeadbeef, low = 0x41c6ce57;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return 4294967296 * (2097151 & low) + (high >>> 0);
}
