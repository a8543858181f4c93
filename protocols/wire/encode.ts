/**
 * Encodes commands byte-exactly for the text search that v2.05 calls a parser.
 *
 * That parser looks for the first `"key":` anywhere in the text and knows neither escapes nor exponents, and a
 * trade hangs on what it finds: so whatever is not plainly safe is a broken promise of ours, and throws.
 *
 * @module
 */
import type { Command } from "../wire.ts";

/** The EA's receive buffer is 4,096 bytes; a longer command would be cut. */
const COMMAND_BYTES_MAX = 4_095;
/** MT5 keeps 31 characters of an order's comment, which is our fire_id. */
const FIRE_ID_LENGTH_MAX = 31;
/** MT5's own limit. */
const SYMBOL_LENGTH_MAX = 31;
const ID_LENGTH_MAX = 64;
const DIGITS_MAX = 8;
const LOTS_MAX = 10_000;
const PRICE_MAX = 1e9;
/** Printable ASCII without quote and backslash. */
const SAFE = /^[ !#-[\]-~]+$/;
const encoder = new TextEncoder();

/**
 * Encodes one command as the payload of one frame.
 *
 * `fire` has the keys type, target_uuid, fire_id, symbol, direction, entry, sl, tp, lot in this order; `entry` is
 * always 0 (a market order), `sl` and `tp` have the symbol's digits, `lot` two decimals.
 *
 * @throws {Error} when an id or a symbol is empty, too long, or not printable ASCII without quote and backslash;
 * when a price is not finite and positive, also after rounding to the symbol's digits; when the lots are not a
 * positive multiple of 0.01; when the direction is neither BUY nor SELL; when a ticket is not a whole number >= 1
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { eaId, fireId, lots, price } from "../units.ts";
 *
 * const payload = encodeCommand({
 *   kind: "fire",
 *   eaId: eaId("user_demo_00017"),
 *   fireId: fireId("SIG7Q2-u17"),
 *   brokerSymbol: "EURUSD.r",
 *   direction: "BUY",
 *   stopLoss: price(1.1745),
 *   takeProfit: price(1.1783),
 *   lots: lots(0.09),
 *   digits: 5,
 * });
 * assert.equal(
 *   new TextDecoder().decode(payload),
 *   '{"type":"fire","target_uuid":"user_demo_00017","fire_id":"SIG7Q2-u17","symbol":"EURUSD.r",' +
 *     '"direction":"BUY","entry":0,"sl":1.17450,"tp":1.17830,"lot":0.09}',
 * );
 * ```
 */
export function encodeCommand(command: Command): Uint8Array {
  const text = `{${fieldsOf(command).join(",")}}`;
  promise(text.length <= COMMAND_BYTES_MAX, "command", `be at most ${COMMAND_BYTES_MAX} bytes`, text.length);
  return encoder.encode(text);
}

function fieldsOf(command: Command): readonly string[] {
  const target = `"target_uuid":${quoted("target_uuid", command.eaId)}`;
  switch (command.kind) {
    case "fire":
      return ['"type":"fire"', target, ...fireFields(command)];
    case "closeAll":
      return ['"type":"close_all"', target];
    case "closeTicket":
      return ['"type":"close_ticket"', target, `"ticket":${ticket(command.ticket)}`];
    case "ping":
      return ['"type":"ping"', target, `"ping_id":${quoted("ping_id", command.pingId)}`];
  }
}

function fireFields(fire: Extract<Command, { kind: "fire" }>): readonly string[] {
  const { direction } = fire;
  promise(direction === "BUY" || direction === "SELL", "direction", "be BUY or SELL", direction);
  return [
    `"fire_id":${quoted("fire_id", fire.fireId, FIRE_ID_LENGTH_MAX)}`,
    `"symbol":${quoted("symbol", fire.brokerSymbol, SYMBOL_LENGTH_MAX)}`,
    `"direction":"${direction}"`,
    `"entry":0`,
    `"sl":${level("sl", fire.stopLoss, fire.digits)}`,
    `"tp":${level("tp", fire.takeProfit, fire.digits)}`,
    `"lot":${volume(fire.lots)}`,
  ];
}

function quoted(name: string, value: string, lengthMax = ID_LENGTH_MAX): string {
  const safe = typeof value === "string" && value.length <= lengthMax && SAFE.test(value);
  promise(safe, name, `be 1 to ${lengthMax} printable ASCII characters without quote and backslash`, value);
  return `"${value}"`;
}

/** A level that rounds to 0 would open a trade without a stop. */
function level(name: string, value: number, digits: number): string {
  promise(Number.isInteger(digits) && digits >= 0 && digits <= DIGITS_MAX, "digits", "be 0 to 8", digits);
  const text = Number.isFinite(value) && value < PRICE_MAX ? value.toFixed(digits) : "";
  promise(Number(text) > 0, name, `be a positive price with ${digits} digits`, value);
  return text;
}

/** A third decimal would be rounded, perhaps upwards: more risk than was asked for. */
function volume(lots: number): string {
  const hundredths = Math.round(lots * 100);
  const isOnGrid = Math.abs(lots * 100 - hundredths) < 1e-6;
  promise(isOnGrid && hundredths >= 1 && lots <= LOTS_MAX, "lot", "be a positive multiple of 0.01", lots);
  return lots.toFixed(2);
}

function ticket(value: number): string {
  promise(Number.isSafeInteger(value) && value >= 1, "ticket", "be a whole number >= 1", value);
  return String(value);
}

function promise(kept: boolean, name: string, rule: string, value: unknown): void {
  if (!kept) {
    throw new Error(`Cannot encode command as ${name} must ${rule}: current value is ${String(value)}`);
  }
}
