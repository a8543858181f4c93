/**
 * Session filter: refuses a find while the market is closed, or about to close.
 *
 * @module
 */
import { isOpen, nextClose } from "../calendar.ts";
import { type Filter, pass, veto } from "./filter.ts";

/** No signal this shortly before a close: over it the stop is only a hope. */
export const CLOSE_MARGIN_MS = 30 * 60_000;

/** The filter. */
export const session: Filter = {
  name: "session",
  judge(_candidate, { spec, nowMs }) {
    if (!isOpen(spec.symbol, nowMs)) return veto("session", `the market of ${spec.symbol} is closed`);
    const minutes = Math.floor((nextClose(spec.symbol, nowMs) - nowMs) / 60_000);
    const reason = `${minutes} min to the close of ${spec.symbol}`;
    return minutes < CLOSE_MARGIN_MS / 60_000
      ? veto("session", `${reason}; at least ${CLOSE_MARGIN_MS / 60_000} needed`)
      : pass("session", reason);
  },
};
