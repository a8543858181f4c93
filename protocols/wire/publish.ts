/**
 * What subscribers get: signals on 5557 and 5657, topics on 5657 and 5660.
 *
 * The JSON has the field names that subscribers of the old engine read; only what the house knows is in it. The
 * feed is left out: an EA's uuid is nobody's business out there.
 *
 * @module
 */
import type { Signal } from "../signal.ts";
import type { SymbolName } from "../units.ts";
import type { WireTick } from "../wire.ts";

/** First word of a frame on 5557. */
export const SIGNAL_PREFIX = "ELITE_GUARD_SIGNAL";

/** Confidence from which the old engine called a signal PREMIUM, and STANDARD. */
const PREMIUM_FROM = 75;
const STANDARD_FROM = 65;
const encoder = new TextEncoder();

/** The one frame of 5557: `ELITE_GUARD_SIGNAL {json}`. */
export function encodeSignal(signal: Signal): string {
  return `${SIGNAL_PREFIX} ${encodeSignalJson(signal)}`;
}

/** The bare JSON of a signal: the second frame of 5657. */
export function encodeSignalJson(signal: Signal): string {
  return JSON.stringify({ ...seedFields(signal), ...houseFields(signal) });
}

/** The first frame of 5657: `signal.EURUSD`. */
export function signalTopic(symbol: SymbolName): string {
  return `signal.${symbol}`;
}

/** The first frame of 5660: `tick.EURUSD`. */
export function tickTopic(symbol: SymbolName): string {
  return `tick.${symbol}`;
}

/**
 * A tick as one line of valid JSON in the EA's own fields, for a line of 5560 whose original had to be mended;
 * what the house does not keep (spread, volume) is not in it.
 */
export function encodeTick(tick: WireTick): Uint8Array {
  return encoder.encode(JSON.stringify({
    type: "TICK",
    node_id: tick.nodeId ?? undefined,
    user_uuid: tick.eaId,
    symbol: tick.brokerSymbol,
    bid: tick.bid,
    ask: tick.ask,
    timestamp: stampOf(tick.brokerTimeMs),
  }));
}

/** `YYYY.MM.DD HH:MM:SS`. */
function stampOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 19).replaceAll("-", ".").replace("T", " ");
}

function seedFields(signal: Signal): Record<string, unknown> {
  return {
    signal_id: signal.id,
    symbol: signal.symbol,
    pair: signal.symbol,
    direction: signal.direction,
    pattern: signal.pattern,
    pattern_type: signal.pattern,
    signal_class: signal.signalClass,
    confidence: signal.confidence,
    quality_score: signal.confidence,
    quality_tier: qualityOf(signal.confidence),
    entry_price: signal.entry,
    stop_loss: signal.stopLoss,
    take_profit: signal.takeProfit,
    stop_pips: signal.stopPips,
    target_pips: signal.targetPips,
    risk_reward: signal.riskReward,
    timestamp: new Date(signal.signaledAtMs).toISOString().replace("Z", "+00:00"),
    session: signal.session,
  };
}

function houseFields(signal: Signal): Record<string, unknown> {
  return {
    signaled_at_ms: signal.signaledAtMs,
    candle_opened_at_ms: signal.candleOpenedAtMs,
    atr: signal.atr,
    spread_pips: signal.spreadPips,
    structure_id: signal.structureId,
    confidence_parts: signal.parts.map(({ name, value, weight }) => ({ name, value, weight })),
    filters: signal.verdicts.map(({ filter, verdict, reason, adjustment }) => ({
      filter,
      verdict,
      reason,
      adjustment,
    })),
  };
}

function qualityOf(confidence: number): "PREMIUM" | "STANDARD" | "ACCEPTABLE" {
  if (confidence >= PREMIUM_FROM) return "PREMIUM";
  return confidence >= STANDARD_FROM ? "STANDARD" : "ACCEPTABLE";
}
