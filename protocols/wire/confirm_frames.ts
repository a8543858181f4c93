/**
 * Confirmations, close notices and pongs: what generation 2 says on 5558.
 *
 * A confirmation is money: what is beside the point (an unreadable balance, an overlong text) never costs one.
 *
 * @module
 */
import { Type } from "@sinclair/typebox";
import type {
  AccountReport,
  CloseConfirmation,
  ConfirmFrame,
  FireConfirmation,
  Pong,
  PositionClosed,
  WireFault,
} from "../wire.ts";
import type { CloseReason } from "../fire.ts";
import { type EaId, fireId, money, price } from "../units.ts";
import {
  AccountField,
  accountOf,
  AmountField,
  badField,
  compile,
  CountField,
  DirectionField,
  misfit,
  NumberField,
  numberOr,
  optional,
  present,
  PriceField,
  readAccount,
  readDirection,
  type Reader,
  type Readers,
  readText,
  SymbolField,
  TextField,
} from "./schema.ts";
import type { WireObject } from "./text.ts";

const AnswerFields = {
  nodeId: optional(TextField),
  commandType: optional(TextField),
  status: Type.String({ minLength: 1, maxLength: 64 }),
  ticket: optional(CountField),
  lots: optional(AmountField),
  message: optional(TextField),
};

const ConfirmationShape = compile(Type.Object({
  ...AnswerFields,
  fireId: optional(TextField),
  price: optional(AmountField),
  retcode: optional(CountField),
}));

const CloseConfirmationShape = compile(Type.Object(AnswerFields));

const PositionClosedShape = compile(Type.Object({
  ticket: optional(CountField),
  fireId: optional(TextField),
  symbol: optional(SymbolField),
  direction: optional(DirectionField),
  closePrice: optional(PriceField),
  reason: optional(TextField),
  profit: optional(NumberField),
}));

const AccountOnlyShape = compile(Type.Object({ account: AccountField }));
const PongShape = compile(Type.Object({ pingId: TextField }));

/** Trade return codes of MT5 have five digits: "Result: 10016". */
const RETCODE = /\b(?:result|retcode)\D{0,3}(\d{5})\b/i;

const SUCCESS = new Set(["SUCCESS", "FILLED", "OK", "FILLED_OK"]);
const CLOSED = new Set(["CLOSED", "CLOSE", "COMPLETED", "TP_HIT", "SL_HIT"]);
/** Words that say for certain that nothing was opened. */
const FAILED = new Set([
  "FAILED",
  "FAIL",
  "REJECTED",
  "ERROR",
  "MAX_POSITIONS",
  "HEDGE_BLOCKED",
  "INVALID",
  "BLOCKED",
  "DENIED",
  "REFUSED",
]);

const REASONS: ReadonlyMap<string, CloseReason> = new Map<string, CloseReason>([
  ["TP_HIT", "TP_HIT"],
  ["TP", "TP_HIT"],
  ["TAKE_PROFIT", "TP_HIT"],
  ["SL_HIT", "SL_HIT"],
  ["SL", "SL_HIT"],
  ["STOP_LOSS", "SL_HIT"],
  ["MANUAL", "MANUAL"],
  ["CLIENT", "MANUAL"],
  ["STOP_OUT", "STOP_OUT"],
  ["MARGIN_CALL", "STOP_OUT"],
]);

/**
 * Reads `confirmation`. A status that says the position is closed makes a close notice of it.
 *
 * A word that nobody knows is no definite refusal, and only a definite one may free a slot: it reads as a
 * success, which without a ticket or a price is unverified; `rawStatus` keeps the word.
 */
export function readConfirmation(
  object: WireObject,
  eaId: EaId,
): FireConfirmation | PositionClosed | WireFault {
  const said = { ...answerOf(object), fireId: object.fire_id, price: object.price, retcode: object.retcode };
  if (!ConfirmationShape.Check(said)) return misfit(ConfirmationShape, said);
  const word = said.status.toUpperCase();
  if (CLOSED.has(word)) return readPositionClosed(closedBy(word, object), eaId);
  const id = readText(said.fireId);
  return {
    kind: "confirmation",
    eaId,
    nodeId: readText(said.nodeId),
    commandType: said.commandType === "fire" || (id !== null && said.commandType !== "unknown")
      ? "fire"
      : "unknown",
    fireId: id === null ? null : fireId(id),
    status: FAILED.has(word) ? "failed" : "success",
    rawStatus: said.status,
    ticket: Number(said.ticket ?? 0),
    price: Number(said.price ?? 0),
    lots: Number(said.lots ?? 0),
    message: readText(said.message) ?? "",
    retcode: retcodeOf(said.retcode, said.message),
    account: accountPart(object),
  };
}

/** Reads `close_confirmation`; only a word known to mean success proves anything closed. */
export function readCloseConfirmation(object: WireObject, eaId: EaId): CloseConfirmation | WireFault {
  const said = answerOf(object);
  if (!CloseConfirmationShape.Check(said)) return misfit(CloseConfirmationShape, said);
  const word = said.status.toUpperCase();
  const ticket = Number(said.ticket ?? 0);
  return {
    kind: "closeConfirmation",
    eaId,
    nodeId: readText(said.nodeId),
    commandType: said.commandType === "close_all" || ticket === 0 ? "close_all" : "close_ticket",
    status: SUCCESS.has(word) || CLOSED.has(word) ? "success" : "failed",
    ticket,
    lots: Number(said.lots ?? 0),
    message: readText(said.message) ?? "",
    account: accountPart(object),
  };
}

/** Reads `position_closed` of v2.06H: all fields are optional, but a ticket or a fire_id must be there. */
export function readPositionClosed(object: WireObject, eaId: EaId): PositionClosed | WireFault {
  const said = closedOf(object);
  if (!PositionClosedShape.Check(said)) return misfit(PositionClosedShape, said);
  const ticket = Number(said.ticket ?? 0);
  const id = readText(said.fireId);
  if (ticket === 0 && id === null) return badField("ticket", said.ticket);
  return {
    kind: "positionClosed",
    eaId,
    ticket: ticket === 0 ? null : ticket,
    fireId: id === null ? null : fireId(id),
    brokerSymbol: said.symbol ?? null,
    direction: said.direction ? readDirection(said.direction) : null,
    closePrice: numberOr(said.closePrice, price),
    reason: REASONS.get((readText(said.reason) ?? "").toUpperCase()) ?? "OTHER",
    profit: numberOr(said.profit, money),
  };
}

/** Reads `pong`. */
export function readPong(object: WireObject, eaId: EaId): Pong | WireFault {
  const said = { pingId: object.ping_id };
  if (!PongShape.Check(said)) return misfit(PongShape, said);
  return { kind: "pong", eaId, pingId: readText(said.pingId) ?? "" };
}

/** Readers by lower-case type. */
export const CONFIRM_READERS: Readers<ConfirmFrame> = new Map<string, Reader<ConfirmFrame>>([
  ["confirmation", readConfirmation],
  ["close_confirmation", readCloseConfirmation],
  ["position_closed", readPositionClosed],
  ["pong", readPong],
]);

function answerOf(object: WireObject): Record<string, unknown> {
  return {
    nodeId: object.node_id,
    commandType: object.command_type,
    status: object.status,
    ticket: object.ticket ?? object.position_id,
    lots: object.lot ?? object.lots ?? object.volume,
    message: object.message,
  };
}

function closedBy(word: string, object: WireObject): WireObject {
  return { ...object, close_reason: present(object.close_reason) ?? present(object.reason) ?? word };
}

function closedOf(object: WireObject): Record<string, unknown> {
  const closePrice = object.close_price ?? object.price;
  return {
    ticket: present(object.ticket) ?? present(object.position_id),
    fireId: object.fire_id,
    symbol: present(object.symbol),
    direction: present(object.direction) ?? present(object.side),
    closePrice: Number(closePrice) === 0 ? undefined : closePrice,
    reason: present(object.close_reason) ?? object.reason,
    profit: present(object.pnl) ?? present(object.profit),
  };
}

function accountPart(object: WireObject): AccountReport | null {
  const said = { account: accountOf(object) };
  return AccountOnlyShape.Check(said) ? readAccount(said.account) : null;
}

function retcodeOf(field: string | number | null | undefined, message: unknown): number | null {
  const said = Number(field ?? 0);
  if (said !== 0) return said;
  const found = RETCODE.exec(String(message ?? ""));
  return found === null ? null : Number(found[1]);
}
