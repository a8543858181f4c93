/**
 * What an EA of generation 2 says on 5555 and 5556: field order and digits as v2.05 and v2.06H have them.
 *
 * @module
 */
import type { Position } from "./account.ts";
import type { Bar } from "./bars.ts";
import type { MarketTick } from "./prices.ts";
import { digitsOf, type Moment, money, object, quoted, stampOf, type Writer } from "./writer.ts";

const SYMBOL_LIST_MAX = 20;

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
