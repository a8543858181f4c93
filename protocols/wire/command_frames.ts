/**
 * HELLO and HEARTBEAT: what generation 2 says on 5555.
 *
 * @module
 */
import { type Static, Type } from "@sinclair/typebox";
import type { CommandFrame, Heartbeat, Hello, WireFault } from "../wire.ts";
import type { ReportedPosition } from "../ea.ts";
import { type EaId, fireId, lots, money, price } from "../units.ts";
import {
  AccountField,
  accountOf,
  AmountField,
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

const PositionField = Type.Object({
  ticket: CountField,
  fireId: optional(TextField),
  symbol: SymbolField,
  direction: DirectionField,
  lots: AmountField,
  openPrice: PriceField,
  profit: optional(NumberField),
});

const SessionFields = {
  nodeId: optional(TextField),
  accountLogin: optional(TextField),
  broker: optional(TextField),
  accountMode: optional(TextField),
  account: AccountField,
};

const HelloShape = compile(Type.Object({ ...SessionFields, version: optional(TextField) }));
const HeartbeatShape = compile(
  Type.Object({ ...SessionFields, positions: optional(Type.Array(PositionField)) }),
);

/** Reads HELLO; `broker` is the server's name. */
export function readHello(object: WireObject, eaId: EaId): Hello | WireFault {
  const said = { ...sessionOf(object), version: object.version };
  if (!HelloShape.Check(said)) return misfit(HelloShape, said);
  return { kind: "hello", eaId, ...readSession(said), version: readText(said.version) };
}

/**
 * Reads HEARTBEAT. One position that cannot be read faults the whole message: a list with a hole in it would
 * tell the ledger that a position is gone.
 */
export function readHeartbeat(object: WireObject, eaId: EaId): Heartbeat | WireFault {
  const said = { ...sessionOf(object), positions: positionsOf(object.positions) };
  if (!HeartbeatShape.Check(said)) return misfit(HeartbeatShape, said);
  return {
    kind: "heartbeat",
    eaId,
    ...readSession(said),
    positions: said.positions?.map(readPosition) ?? null,
  };
}

/** Readers by lower-case type. */
export const COMMAND_READERS: Readers<CommandFrame> = new Map<string, Reader<CommandFrame>>([
  ["hello", readHello],
  ["heartbeat", readHeartbeat],
]);

function sessionOf(object: WireObject): Record<string, unknown> {
  return {
    nodeId: object.node_id,
    accountLogin: object.account_login ?? object.account,
    broker: object.broker ?? object.server,
    accountMode: object.account_mode,
    account: accountOf(object),
  };
}

type Session = Pick<Hello, "nodeId" | "accountLogin" | "broker" | "accountMode" | "account">;

function readSession(said: Static<ReturnType<typeof Type.Object<typeof SessionFields>>>): Session {
  return {
    nodeId: readText(said.nodeId),
    accountLogin: readText(said.accountLogin),
    broker: readText(said.broker),
    accountMode: modeOf(readText(said.accountMode)),
    account: readAccount(said.account),
  };
}

function modeOf(word: string | null): Hello["accountMode"] {
  const lower = word?.toLowerCase();
  return lower === "demo" || lower === "real" ? lower : "unknown";
}

function positionsOf(value: unknown): unknown {
  return Array.isArray(value) ? value.map(positionOf) : value;
}

function positionOf(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const position = value as WireObject;
  const { symbol } = position;
  return {
    ticket: position.ticket ?? position.position_id,
    fireId: position.fire_id,
    symbol,
    direction: position.direction ?? position.side,
    lots: position.volume ?? position.lots ?? position.lot,
    openPrice: position.open_price,
    profit: present(position.pnl) ?? present(position.profit),
  };
}

function readPosition(said: Static<typeof PositionField>): ReportedPosition {
  const id = readText(said.fireId);
  return {
    ticket: Number(said.ticket),
    fireId: id === null ? null : fireId(id),
    brokerSymbol: said.symbol,
    direction: readDirection(said.direction),
    lots: lots(Number(said.lots)),
    openPrice: price(Number(said.openPrice)),
    profit: numberOr(said.profit, money),
  };
}
