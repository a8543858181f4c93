/**
 * Handshake, heartbeat, TICK, OHLC and DISCONNECT: what generation 2 says on 5556.
 *
 * @module
 */
import { Type } from "@sinclair/typebox";
import type { Disconnect, Handshake, Ohlc, Telemetry, TelemetryFrame, WireFault, WireTick } from "../wire.ts";
import { type EaId, price } from "../units.ts";
import {
  AccountField,
  accountOf,
  compile,
  misfit,
  optional,
  present,
  PriceField,
  readAccount,
  type Reader,
  type Readers,
  readText,
  readTime,
  SymbolField,
  TextField,
  TimeField,
} from "./schema.ts";
import type { WireObject } from "./text.ts";

const HandshakeShape = compile(Type.Object({
  nodeId: optional(TextField),
  accountLogin: optional(TextField),
  broker: optional(TextField),
  version: optional(TextField),
  chartSymbol: optional(SymbolField),
  symbols: optional(Type.String()),
  account: AccountField,
}));

const SessionShape = compile(Type.Object({ nodeId: optional(TextField), account: AccountField }));

const TickShape = compile(Type.Object({
  nodeId: optional(TextField),
  symbol: SymbolField,
  bid: PriceField,
  ask: PriceField,
  timestamp: TimeField,
}));

const OhlcShape = compile(Type.Object({
  symbol: SymbolField,
  timeframe: Type.Union([Type.Literal("M1"), Type.Literal("M5"), Type.Literal("M15"), Type.Literal("H1")]),
  time: TimeField,
  open: PriceField,
  high: PriceField,
  low: PriceField,
  close: PriceField,
}));

/** Reads `handshake`; `broker` is the server's name as in HELLO, not the company's. */
export function readHandshake(object: WireObject, eaId: EaId): Handshake | WireFault {
  const said = {
    nodeId: object.node_id,
    accountLogin: object.account ?? object.account_login,
    broker: object.server ?? object.broker,
    version: object.version,
    chartSymbol: present(object.chart_symbol),
    symbols: object.symbol_list,
    account: accountOf(object),
  };
  if (!HandshakeShape.Check(said)) return misfit(HandshakeShape, said);
  return {
    kind: "handshake",
    eaId,
    nodeId: readText(said.nodeId),
    accountLogin: readText(said.accountLogin),
    broker: readText(said.broker),
    version: readText(said.version),
    chartSymbol: said.chartSymbol ?? null,
    symbols: listOf(said.symbols ?? ""),
    account: readAccount(said.account),
  };
}

/** Reads the lower-case heartbeat. */
export function readTelemetry(object: WireObject, eaId: EaId): Telemetry | WireFault {
  const said = { nodeId: object.node_id, account: accountOf(object) };
  if (!SessionShape.Check(said)) return misfit(SessionShape, said);
  return { kind: "telemetry", eaId, nodeId: readText(said.nodeId), account: readAccount(said.account) };
}

/** Reads TICK. Crossed prices pass: they are the relay's business. */
export function readTick(object: WireObject, eaId: EaId): WireTick | WireFault {
  const said = {
    nodeId: object.node_id,
    symbol: object.symbol,
    bid: object.bid,
    ask: object.ask,
    timestamp: object.timestamp ?? object.ts ?? object.time,
  };
  if (!TickShape.Check(said)) return misfit(TickShape, said);
  const brokerTimeMs = readTime(said.timestamp);
  if (typeof brokerTimeMs !== "number") return brokerTimeMs;
  return {
    kind: "tick",
    eaId,
    nodeId: readText(said.nodeId),
    brokerSymbol: said.symbol,
    bid: price(Number(said.bid)),
    ask: price(Number(said.ask)),
    brokerTimeMs,
  };
}

/** Reads OHLC. */
export function readOhlc(object: WireObject, eaId: EaId): Ohlc | WireFault {
  const { symbol, timeframe, time, open, high, low, close } = object;
  const said = { symbol, timeframe, time, open, high, low, close };
  if (!OhlcShape.Check(said)) return misfit(OhlcShape, said);
  const brokerOpenedAtMs = readTime(said.time);
  if (typeof brokerOpenedAtMs !== "number") return brokerOpenedAtMs;
  return {
    kind: "ohlc",
    eaId,
    brokerSymbol: said.symbol,
    timeframe: said.timeframe,
    brokerOpenedAtMs,
    open: price(Number(said.open)),
    high: price(Number(said.high)),
    low: price(Number(said.low)),
    close: price(Number(said.close)),
  };
}

/** Reads DISCONNECT. */
export function readDisconnect(object: WireObject, eaId: EaId): Disconnect | WireFault {
  const said = { nodeId: object.node_id };
  if (!SessionShape.Check(said)) return misfit(SessionShape, said);
  return { kind: "disconnect", eaId, nodeId: readText(said.nodeId) };
}

/** Readers by lower-case type. */
export const TELEMETRY_READERS: Readers<TelemetryFrame> = new Map<string, Reader<TelemetryFrame>>([
  ["tick", readTick],
  ["ohlc", readOhlc],
  ["heartbeat", readTelemetry],
  ["handshake", readHandshake],
  ["disconnect", readDisconnect],
]);

function listOf(text: string): readonly string[] {
  return text.split(",").map((name) => name.trim()).filter((name) => name !== "");
}
