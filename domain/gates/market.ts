/**
 * Gates of the market: open long enough, quoted freshly, near the signal's entry, levels the broker takes.
 *
 * @module
 */
import type { GateCode } from "../../protocols/gates.ts";
import type { EaView } from "../../protocols/ea.ts";
import type { SymbolName } from "../../protocols/units.ts";
import { isOpen, nextClose } from "../calendar.ts";
import { driftReason, spreadReason, staleReason, tooCloseReason, wrongSideReason } from "../live_price.ts";
import { type Facts, type Gate, need } from "./facts.ts";

/** The gates of this file, by code. */
export const MARKET_GATES = {
  MARKET_CLOSED: (facts) =>
    closedReason(
      [facts.signal.symbol, chartSymbolOf(need(facts.ea, "EA"))],
      facts.nowMs,
      facts.settings.quietBeforeCloseMs,
    ),
  PRICE_STALE: ({ quote, nowMs, settings, slackMs }) =>
    staleReason(quote, nowMs, settings.quoteMaxAgeMs + slackMs),
  SPREAD_TOO_WIDE: (facts) => spreadReason(facts.plan, quoteOf(facts), facts.settings.spreadFractionMax),
  PRICE_RAN_AWAY: (facts) => driftReason(facts.plan, quoteOf(facts), facts.settings.driftFractionMax),
  STOP_INVALID: (facts) => wrongSideReason(facts.plan, quoteOf(facts)),
  STOP_TOO_CLOSE: (facts) => tooCloseReason(facts.plan, quoteOf(facts), need(facts.spec, "spec")),
  SYMBOL_BUSY: symbolBusy,
} satisfies Partial<Record<GateCode, Gate>>;

/**
 * Why one of these markets is closed, or closes too soon for a command that waits for a tick, or null.
 *
 * @param symbols null entries (a chart not known yet) are left out
 */
export function closedReason(
  symbols: readonly (SymbolName | null)[],
  nowMs: number,
  quietMs: number,
): string | null {
  for (const symbol of symbols) {
    if (symbol === null) continue;
    if (!isOpen(symbol, nowMs)) return `the market of ${symbol} is closed`;
    const leftMs = nextClose(symbol, nowMs) - nowMs;
    if (!(leftMs > quietMs)) {
      return `the market of ${symbol} closes in ${(leftMs / 60_000).toFixed(0)} min, limit ${
        quietMs / 60_000
      } min`;
    }
  }
  return null;
}

/** Canonical name of the chart the EA sits on; null while the chart or its name is not known. */
export function chartSymbolOf(
  ea: Pick<EaView, "brokerSymbols"> & { readonly ea: Pick<EaView["ea"], "chartSymbol"> },
): SymbolName | null {
  for (const [symbol, brokerSymbol] of ea.brokerSymbols) {
    if (brokerSymbol === ea.ea.chartSymbol) return symbol;
  }
  return null;
}

function quoteOf(facts: Facts): NonNullable<Facts["quote"]> {
  return need(facts.quote, "quote");
}

function symbolBusy({ eaFires, signal }: Facts): string | null {
  const busy = eaFires.find((fire) => fire.symbol === signal.symbol);
  return busy === undefined ? null : `fire ${busy.id} on ${signal.symbol} is ${busy.status}`;
}
