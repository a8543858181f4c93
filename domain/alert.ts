/**
 * Alerts: which events a chat hears of, and in which words.
 *
 * @module
 */
import type { BittenEvent, EventKind } from "../protocols/events.ts";
import type { Fire } from "../protocols/fire.ts";
import type { Signal } from "../protocols/signal.ts";

/** Events that make an alert. */
export const ALERT_KINDS: readonly EventKind[] = [
  "signalRaised",
  "fireFilled",
  "fireClosed",
  "tradingHalted",
  "tradingResumed",
  "conditionRaised",
  "conditionCleared",
];

/** Set before a message whose answer was lost: the reader may see it twice. */
export const REPEAT_NOTE = "(repeated: no answer came the first time)";

/**
 * Words of an alert, or null for an event that makes none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(alertText({ kind: "tradingResumed", by: "admin" }), "▶️ Trading resumed by admin");
 * ```
 */
export function alertText(event: BittenEvent): string | null {
  switch (event.kind) {
    case "signalRaised":
      return signalText(event.signal);
    case "fireFilled":
      return fillText(event.fire);
    case "fireClosed":
      return closeText(event.fire);
    case "tradingHalted":
      return `⛔ Trading halted by ${event.by}: ${event.reason}${stillFilling(event.queuedFires)}`;
    case "tradingResumed":
      return `▶️ Trading resumed by ${event.by}`;
    case "conditionRaised": {
      const { code, subject, message } = event.condition;
      return `⚠️ ${about(code, subject)}: ${message}`;
    }
    case "conditionCleared":
      return `✅ ${about(event.code, event.subject)} is over`;
    default:
      return null;
  }
}

/** A trouble may be about the house as a whole, and then has no subject. */
function about(code: string, subject: string): string {
  return subject === "" ? code : `${code} ${subject}`;
}

function signalText(signal: Signal): string {
  const icon = signal.signalClass === "RAPID" ? "⚡" : "🎯";
  return `${icon} ${signal.signalClass} ${signal.symbol} ${signal.direction} ${
    signal.confidence.toFixed(1)
  } % ${signal.pattern}\n` +
    `Entry ${signal.entry}, SL ${signal.stopLoss} (${signal.stopPips.toFixed(1)} pips), ` +
    `TP ${signal.takeProfit} (${signal.targetPips.toFixed(1)} pips)`;
}

function fillText(fire: Fire): string {
  return `🔫 Filled for ${fire.userId}: ${fire.direction} ${fire.filledLots ?? fire.lots} ${fire.symbol}` +
    ` at ${fire.fillPrice ?? "an unreported price"}\nTicket ${
      fire.ticket ?? "unknown"
    }, SL ${fire.stopLoss},` +
    ` TP ${fire.takeProfit}, fire ${fire.id}`;
}

function closeText(fire: Fire): string {
  const at = fire.closePrice === null ? "" : ` at ${fire.closePrice}`;
  const profit = fire.profit === null ? "profit not reported" : `profit ${fire.profit.toFixed(2)}`;
  return `🏁 Closed for ${fire.userId}: ${fire.direction} ${
    fire.filledLots ?? fire.lots
  } ${fire.symbol}${at}\n` +
    `${fire.closeReason ?? "OTHER"}, ${profit}, fire ${fire.id}`;
}

function stillFilling(fires: readonly string[]): string {
  return fires.length === 0 ? "" : `\nAlready with EAs, may still fill: ${fires.join(", ")}`;
}
