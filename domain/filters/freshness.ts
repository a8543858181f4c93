/**
 * Freshness filter: refuses a find on an old candle, or at an old quote.
 *
 * A find is an opinion of the moment its candle closed; after a stall or a restart that moment may be long gone.
 *
 * @module
 */
import { TIMEFRAME_MS } from "../../protocols/candle.ts";
import { type Filter, pass, veto } from "./filter.ts";

/** Greatest time between the end of the candle and now, either way: half a candle. */
export const CANDLE_AGE_MAX_MS = 150_000;
/** Greatest age of the quote by its arrival; a symbol without a tick for a minute was never scanned. */
export const QUOTE_AGE_MAX_MS = 60_000;

/** The filter. */
export const freshness: Filter = {
  name: "freshness",
  judge({ find }, { quote, nowMs }) {
    const candleAgeMs = nowMs - (find.candleOpenedAtMs + TIMEFRAME_MS.M5);
    const quoteAgeMs = nowMs - quote.receivedAtMs;
    const ages = `candle closed ${seconds(candleAgeMs)} ago, quote came ${seconds(quoteAgeMs)} ago`;
    const stale = Math.abs(candleAgeMs) > CANDLE_AGE_MAX_MS || quoteAgeMs > QUOTE_AGE_MAX_MS;
    const limits = `limits ${seconds(CANDLE_AGE_MAX_MS)} and ${seconds(QUOTE_AGE_MAX_MS)}`;
    return stale ? veto("freshness", `${ages}; ${limits}`) : pass("freshness", ages);
  },
};

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
