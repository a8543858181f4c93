/**
 * The demo's live lines: one readable line per signal, fire, fill, close and outcome.
 *
 * @module
 */
import { styleText } from "node:util";
import type { BittenEvent, StoredEvent } from "../../protocols/events.ts";
import type { Fire } from "../../protocols/fire.ts";
import type { Signal } from "../../protocols/signal.ts";
import { specOf } from "../../domain/symbol_spec.ts";
import type { SymbolName } from "../../protocols/units.ts";

type Colour = Parameters<typeof styleText>[0];

/** One line for an event, or null for one that is not worth a line. */
export function lineOf(stored: StoredEvent, colour: boolean): string | null {
  const told = tell(stored.event);
  if (told === null) return null;
  const [word, style, text] = told;
  const time = new Date(stored.atMs).toISOString().slice(5, 19).replace("T", " ");
  const label = word.padEnd(9);
  return `${time}  ${colour ? styleText(style, label) : label} ${text}`;
}

function tell(event: BittenEvent): [string, Colour, string] | null {
  switch (event.kind) {
    case "signalRaised":
      return ["SIGNAL", "cyan", signalText(event.signal)];
    case "decisionRefused":
      return ["no fire", "gray", `${event.userId}: ${event.code} · ${event.reason}`];
    case "fireSent":
      return [
        "FIRE",
        "yellow",
        `${owner(event.fire)} ${trade(event.fire)} risking ${event.fire.riskMoney.toFixed(2)}`,
      ];
    case "fireFilled":
      return [
        "FILL",
        "green",
        `${owner(event.fire)} ${trade(event.fire)} at ${fillPrice(event.fire)} #${event.fire.ticket}`,
      ];
    case "fireRejected":
    case "fireRefused":
    case "fireAmbiguous":
    case "fireExpired":
      return [
        event.kind.slice(4).toUpperCase(),
        "red",
        `${owner(event.fire)} ${trade(event.fire)} ${why(event.fire)}`,
      ];
    case "fireClosed":
      return [
        "CLOSE",
        "magenta",
        `${owner(event.fire)} ${trade(event.fire)} ${event.fire.closeReason}${profit(event.fire)}`,
      ];
    case "outcomeResolved":
      return outcomeText(event);
    case "eaConnected":
      return ["EA", "blue", `${event.eaId} connected${event.userId === null ? "" : ` for ${event.userId}`}`];
    case "eaLost":
      return ["EA LOST", "red", `${event.eaId}`];
    case "conditionRaised":
      return [
        "CONDITION",
        "red",
        `${event.condition.code} ${event.condition.subject}: ${event.condition.message}`,
      ];
    case "tradingHalted":
      return ["HALT", "red", `${event.by}: ${event.reason}`];
    case "tradingResumed":
      return ["RESUME", "green", event.by];
    default:
      return null;
  }
}

function signalText(signal: Signal): string {
  return `${signal.symbol} ${signal.direction} ${signal.confidence.toFixed(1)} % ${signal.pattern}` +
    ` entry ${price(signal.symbol, signal.entry)} SL ${price(signal.symbol, signal.stopLoss)}` +
    ` TP ${price(signal.symbol, signal.takeProfit)}`;
}

function outcomeText(
  { signal, outcome }: Extract<BittenEvent, { kind: "outcomeResolved" }>,
): [string, Colour, string] {
  const style = outcome.result === "WIN" ? "green" : outcome.result === "LOSS" ? "red" : "gray";
  const pips = outcome.pips === null ? "" : ` ${outcome.pips.toFixed(1)} pips`;
  const minutes = (outcome.durationMs / 60_000).toFixed(1);
  const name = `${signal.symbol} ${signal.direction} ${signal.pattern}${signal.shadow ? " (shadow)" : ""}`;
  return ["OUTCOME", style, `${outcome.result}${pips} after ${minutes} min · ${name}`];
}

const price = (symbol: SymbolName, value: number): string => value.toFixed(specOf(symbol)?.digits ?? 5);
const fillPrice = (fire: Fire): string => fire.fillPrice === null ? "?" : price(fire.symbol, fire.fillPrice);
const owner = (fire: Fire): string => `${fire.userId}@${fire.eaId}`;
const trade = (fire: Fire): string => `${fire.direction} ${fire.filledLots ?? fire.lots} ${fire.symbol}`;
const why = (fire: Fire): string =>
  [fire.code, fire.retcode, fire.note].filter((part) => part !== null).join(" ");
const profit = (fire: Fire): string => fire.profit === null ? "" : ` ${fire.profit.toFixed(2)}`;
