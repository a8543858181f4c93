/**
 * Spread filter: refuses a find whose spread is unusual, or takes too much of its stop.
 *
 * @module
 */
import { newYorkMinute } from "../calendar.ts";
import { pipsToPrice, priceToPips } from "../symbol_spec.ts";
import { type Candidate, type Filter, type FilterContext, pass, veto } from "./filter.ts";

/** Greatest spread as a multiple of its median over 24 h. */
export const SPREAD_MEDIANS_MAX = 3;
/** Greatest spread as a share of the stop's distance. */
export const SPREAD_STOP_SHARE_MAX = 0.25;
/** The daily roll-over, 16:50 to 17:15 New York, in minutes of the day; the last one not included. */
export const ROLLOVER_FROM_MINUTE = 16 * 60 + 50;
/** @see {@link ROLLOVER_FROM_MINUTE} */
export const ROLLOVER_TO_MINUTE = 17 * 60 + 15;

/** Pips under this are binary dust. */
const DUST_PIPS = 1e-6;

/** The filter. */
export const spread: Filter = {
  name: "spread",
  judge(candidate, context) {
    const minute = newYorkMinute(context.nowMs);
    if (minute >= ROLLOVER_FROM_MINUTE && minute < ROLLOVER_TO_MINUTE) {
      return veto("spread", "between 16:50 and 17:15 New York, when spreads are several times the day's");
    }
    const { spec, quote } = context;
    if (quote.ask < quote.bid) {
      return veto("spread", `the quote is crossed: ask ${quote.ask} below bid ${quote.bid}`);
    }
    const limit = limitOf(candidate, context);
    const pips = priceToPips(spec, quote.ask - quote.bid);
    const reason = `${pips.toFixed(2)} pips, limit ${limit.pips.toFixed(2)} (${limit.of})`;
    return pips > limit.pips + DUST_PIPS ? veto("spread", reason) : pass("spread", reason);
  },
};

/** A median of 0, as raw-spread accounts have on a major, is taken as one point. */
function limitOf(
  { levels }: Candidate,
  { spec, spreadMedian24h }: FilterContext,
): { readonly pips: number; readonly of: string } {
  const ofStop = SPREAD_STOP_SHARE_MAX * pipsToPrice(spec, levels.stopPips);
  const ofMedian = spreadMedian24h === null
    ? Infinity
    : SPREAD_MEDIANS_MAX * Math.max(spreadMedian24h, spec.point);
  return ofMedian < ofStop
    ? { pips: priceToPips(spec, ofMedian), of: `${SPREAD_MEDIANS_MAX} × the 24 h median` }
    : { pips: priceToPips(spec, ofStop), of: `${SPREAD_STOP_SHARE_MAX * 100} % of the stop` };
}
