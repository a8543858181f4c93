/**
 * What an EA of generation 2 writes: field order, digits and names as v2.05 and v2.06H have them.
 *
 * @module
 */
import { specOf } from "../../domain/symbol_spec.ts";
import { symbolName } from "../../protocols/units.ts";
import type { Account, Position } from "./account.ts";
import type { Bar } from "./bars.ts";
import type { Closing } from "./paper_broker.ts";
import type { ClosingReason } from "./paper_broker.ts";
import type { MarketTick } from "./prices.ts";

/** Who is writing. */
export interface Writer {
  readonly uuid: string;
  readonly nodeId: string;
  readonly account: number;
  /** v2.05 calls it `broker` in HELLO. */
  readonly server: string;
  /** v2.05 calls it `broker` in the handshake. */
  readonly company: string;
  readonly currency: string;
  readonly leverage: number;
  readonly version: "2.05" | "2.06H";
  /** In the broker's own names. */
  readonly symbols: readonly string[];
  readonly chartSymbol: string;
}

/** Account and time of a message. */
export interface Moment {
  readonly account: Account;
  /** Broker time read as if it were UTC, ms. */
  readonly brokerMs: number;
  readonly ticksProcessed: number;
}

const SYMBOL_LIST_MAX = 20;
const CLOSE_REASONS: Readonly<Record<ClosingReason, string>> = {
  SL: "SL_HIT",
  TP: "TP_HIT",
  STOP_OUT: "STOP_OUT",
  EXPERT: "MANUAL",
};

const money = (value: number): string => value.toFixed(2);
const quoted = (text: string): string => `"${text}"`; // Never escaped: so does v2.05.
const digitsOf = (symbol: string): number => specOf(symbolName(symbol))?.digits ?? 5;

/** `YYYY.MM.DD HH:MM:SS`. */
export function stampOf(brokerMs: number): string {
  return new Date(brokerMs).toISOString().slice(0, 19).replaceAll("-", ".").replace("T", " ");
}

/** One flat JSON object; values are written as they are. */
function object(fields: Readonly<Record<string, string | number>>): string {
  return `{${Object.entries(fields).map(([key, value]) => `"${key}":${value}`).join(",")}}`;
}

/** HELLO on 5555. */
export function hello(by: Writer, { account, brokerMs }: Moment): string {
  return object({
    type: quoted("HELLO"),
    target_uuid: quoted(by.uuid),
    node_id: quoted(by.nodeId),
    account_login: quoted(String(by.account)),
    broker: quoted(by.server),
    company: quoted(by.company),
    terminal: quoted("MetaTrader 5"),
    currency: quoted(by.currency),
    balance: money(account.balance),
    equity: money(account.equity),
    leverage: by.leverage,
    margin: money(account.margin),
    free_margin: money(account.freeMargin),
    margin_level: money(account.marginLevelPercent),
    symbols: by.symbols.length,
    version: quoted(by.version),
    timestamp: quoted(stampOf(brokerMs)),
  });
}

/** HEARTBEAT of v2.05 on 5555. */
export function heartbeat(by: Writer, { account, brokerMs, ticksProcessed }: Moment): string {
  return object({
    type: quoted("HEARTBEAT"),
    target_uuid: quoted(by.uuid),
    node_id: quoted(by.nodeId),
    currency: quoted(by.currency),
    balance: money(account.balance),
    equity: money(account.equity),
    leverage: by.leverage,
    margin: money(account.margin),
    free_margin: money(account.freeMargin),
    margin_level: money(account.marginLevelPercent),
    ticks_processed: ticksProcessed,
    timestamp: quoted(stampOf(brokerMs)),
  });
}

/** A position and what it is worth, for the HEARTBEAT of v2.06H. */
export interface ValuedPosition {
  readonly position: Position;
  readonly brokerSymbol: string;
  readonly currentPrice: number;
  readonly profit: number;
}

/** HEARTBEAT of v2.06H on 5555; its `ts` is broker time, hours ahead of UTC. */
export function heartbeatWithPositions(by: Writer, moment: Moment, open: readonly ValuedPosition[]): string {
  const positions = open.map(({ position, brokerSymbol, currentPrice, profit }) =>
    object({
      ticket: position.ticket,
      fire_id: quoted(position.comment),
      symbol: quoted(brokerSymbol),
      direction: quoted(position.direction),
      open_price: position.openPrice.toFixed(digitsOf(position.symbol)),
      current_price: currentPrice.toFixed(digitsOf(position.symbol)),
      volume: money(position.lots),
      pnl: money(profit),
    })
  );
  return object({
    type: quoted("HEARTBEAT"),
    target_uuid: quoted(by.uuid),
    user_id: quoted(""),
    account_login: quoted(String(by.account)),
    broker: quoted(by.server),
    balance: money(moment.account.balance),
    equity: money(moment.account.equity),
    leverage: by.leverage,
    currency: quoted(by.currency),
    ts: Math.floor(moment.brokerMs / 1_000),
    open_positions: positions.length,
    positions: `[${positions.join(",")}]`,
  });
}

/** `handshake` on 5556. */
export function handshake(by: Writer, { account, brokerMs }: Moment): string {
  return object({
    type: quoted("handshake"),
    deployment_mode: quoted("universal_dealer"),
    node_id: quoted(by.nodeId),
    user_uuid: quoted(by.uuid),
    account: by.account,
    broker: quoted(by.company),
    server: quoted(by.server),
    chart_symbol: quoted(by.chartSymbol),
    monitored_symbols: by.symbols.length,
    symbol_list: quoted(by.symbols.slice(0, SYMBOL_LIST_MAX).join(",")),
    currency: quoted(by.currency),
    balance: money(account.balance),
    equity: money(account.equity),
    leverage: by.leverage,
    version: quoted(by.version),
    socket_type: quoted("DEALER"),
    timestamp: quoted(stampOf(brokerMs)),
  });
}

/** `heartbeat` (lower case) on 5556. */
export function telemetry(by: Writer, { account, brokerMs, ticksProcessed }: Moment): string {
  return object({
    type: quoted("heartbeat"),
    node_id: quoted(by.nodeId),
    user_uuid: quoted(by.uuid),
    account: by.account,
    currency: quoted(by.currency),
    balance: money(account.balance),
    equity: money(account.equity),
    leverage: by.leverage,
    free_margin: money(account.freeMargin),
    margin_level: money(account.marginLevelPercent),
    symbols_monitored: by.symbols.length,
    ticks_processed: ticksProcessed,
    socket_type: quoted("DEALER"),
    timestamp: quoted(stampOf(brokerMs)),
  });
}

/** `TICK` on 5556; the volume of such feeds is always 0. */
export function tickMessage(by: Writer, brokerSymbol: string, tick: MarketTick, brokerMs: number): string {
  const digits = digitsOf(tick.symbol);
  return object({
    type: quoted("TICK"),
    node_id: quoted(by.nodeId),
    user_uuid: quoted(by.uuid),
    symbol: quoted(brokerSymbol),
    bid: tick.bid.toFixed(digits),
    ask: tick.ask.toFixed(digits),
    spread: ((tick.ask - tick.bid) * 10 ** digits).toFixed(1),
    volume: 0,
    timestamp: quoted(stampOf(brokerMs)),
  });
}

/** `OHLC` on 5556. */
export function ohlcMessage(by: Writer, brokerSymbol: string, bar: Bar, brokerMs: number): string {
  const digits = digitsOf(bar.symbol);
  return object({
    type: quoted("OHLC"),
    node_id: quoted(by.nodeId),
    user_uuid: quoted(by.uuid),
    symbol: quoted(brokerSymbol),
    timeframe: quoted(bar.timeframe),
    time: Math.floor(bar.openedAtMs / 1_000),
    open: bar.open.toFixed(digits),
    high: bar.high.toFixed(digits),
    low: bar.low.toFixed(digits),
    close: bar.close.toFixed(digits),
    timestamp: quoted(stampOf(brokerMs)),
  });
}

/** `DISCONNECT` on 5556. */
export function disconnect(by: Writer, { brokerMs, ticksProcessed }: Moment): string {
  return object({
    type: quoted("DISCONNECT"),
    deployment_mode: quoted("universal_dealer"),
    node_id: quoted(by.nodeId),
    user_uuid: quoted(by.uuid),
    symbols_monitored: by.symbols.length,
    ticks_processed: ticksProcessed,
    socket_type: quoted("DEALER"),
    timestamp: quoted(stampOf(brokerMs)),
  });
}

/** What a confirmation says. */
export interface Answer {
  readonly status: string;
  readonly ticket: number;
  readonly price: number;
  readonly lots: number;
  readonly message: string;
}

function accountPart(by: Writer, { account, brokerMs }: Moment): Record<string, string | number> {
  return {
    account: by.account,
    currency: quoted(by.currency),
    balance: money(account.balance),
    equity: money(account.equity),
    free_margin: money(account.freeMargin),
    margin_level: money(account.marginLevelPercent),
    timestamp: quoted(stampOf(brokerMs)),
  };
}

/** `confirmation` on 5558. */
export function confirmation(
  by: Writer,
  moment: Moment,
  commandType: "fire" | "unknown",
  fireId: string,
  answer: Answer,
): string {
  return object({
    type: quoted("confirmation"),
    command_type: quoted(commandType),
    fire_id: quoted(fireId),
    node_id: quoted(by.nodeId),
    user_uuid: quoted(by.uuid),
    status: quoted(answer.status),
    ticket: answer.ticket,
    price: answer.price.toFixed(5),
    lot: money(answer.lots),
    message: quoted(answer.message),
    ...accountPart(by, moment),
  });
}

/** `close_confirmation` on 5558: no fire_id, and a price that is always 0. */
export function closeConfirmation(
  by: Writer,
  moment: Moment,
  commandType: "close_all" | "close_ticket",
  answer: Answer,
): string {
  return object({
    type: quoted("close_confirmation"),
    command_type: quoted(commandType),
    node_id: quoted(by.nodeId),
    user_uuid: quoted(by.uuid),
    status: quoted(answer.status),
    ticket: answer.ticket,
    close_price: (0).toFixed(5),
    lot: money(answer.lots),
    message: quoted(answer.message),
    ...accountPart(by, moment),
  });
}

/** `position_closed` of v2.06H on 5558. */
export function positionClosed(by: Writer, brokerSymbol: string, closing: Closing): string {
  const { position } = closing;
  return object({
    type: quoted("position_closed"),
    uuid: quoted(by.uuid),
    ticket: position.ticket,
    fire_id: quoted(position.comment),
    symbol: quoted(brokerSymbol),
    direction: quoted(position.direction),
    close_price: closing.price.toFixed(digitsOf(position.symbol)),
    close_reason: quoted(CLOSE_REASONS[closing.reason]),
    pnl: money(closing.profit),
    duration_minutes: Math.floor((closing.atMs - position.openedAtMs) / 60_000),
  });
}

/** `pong` on 5558. */
export function pong(by: Writer, { brokerMs }: Moment, pingId: string): string {
  return object({
    type: quoted("pong"),
    ping_id: quoted(pingId),
    node_id: quoted(by.nodeId),
    user_uuid: quoted(by.uuid),
    timestamp: quoted(stampOf(brokerMs)),
  });
}
