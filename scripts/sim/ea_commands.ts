/**
 * How an EA of generation 2 obeys: fire, close_all, close_ticket, ping, and whatever it does not know.
 *
 * @module
 */
import { type Answer, closeConfirmation, confirmation, pong, positionClosed } from "./ea_answers.ts";
import { readNumber, readText } from "./ea_text.ts";
import { directionOf, type FireRequest, keptStops, legsOf, readFire } from "./ea_trades.ts";
import type { Position } from "./account.ts";
import { RETCODE } from "./orders.ts";
import type { Closing, ClosingReason, PaperBroker } from "./paper_broker.ts";
import type { MarketTick } from "./prices.ts";
import type { EaVariant, Moment, Outgoing, Writer } from "./writer.ts";

/** What happened in an EA that somebody may want to see. */
export type EaEvent =
  | { readonly kind: "command"; readonly type: string }
  | { readonly kind: "fill"; readonly fireId: string; readonly position: Position }
  | { readonly kind: "refused"; readonly fireId: string; readonly status: string; readonly message: string }
  | {
    readonly kind: "close";
    readonly ticket: number;
    readonly reason: ClosingReason;
    readonly price: number;
    readonly profit: number;
  };

/** What obeying needs. */
export interface CommandContext {
  readonly broker: PaperBroker;
  readonly writer: Writer;
  readonly variant: EaVariant;
  readonly suffix: string;
  readonly onEvent: (event: EaEvent) => void;
  moment(): Moment;
  /** UTC ms of the last quote. */
  atMs(): number;
}

/** MQL5 error "Trade request sending failed". */
const TRADE_SEND_FAILED = 4756;
/** Most positions of v2.06H. */
const POSITIONS_MAX = 10;

/** Obeys one command, or a fire that was read before. */
export function obey(context: CommandContext, command: string | FireRequest): Outgoing[] {
  if (typeof command !== "string") return fire(context, command);
  const type = readText(command, "type");
  context.onEvent({ kind: "command", type });
  switch (type) {
    case "fire":
      return fire(context, readFire(command));
    case "close_all":
      return closeAll(context);
    case "close_ticket":
      return closeTicket(context, Math.trunc(readNumber(command, "ticket")));
    case "ping":
      return [{
        channel: "confirm",
        text: pong(context.writer, context.moment(), readText(command, "ping_id")),
      }];
    default:
      return unknown(context, type);
  }
}

/** What v2.06H says of a position that closed; v2.05 says nothing. */
export function closingMessage(context: CommandContext, closing: Closing): Outgoing[] {
  const { position, reason, price, profit } = closing;
  context.onEvent({ kind: "close", ticket: position.ticket, reason, price, profit });
  if (context.variant === "v2.05") return [];
  return [{
    channel: "confirm",
    text: positionClosed(context.writer, position.symbol + context.suffix, closing),
  }];
}

function fire(context: CommandContext, request: FireRequest): Outgoing[] {
  const symbol = canonicalOf(context, request.brokerSymbol);
  const quote = symbol === null ? undefined : context.broker.quote(symbol);
  if (symbol === null) return refuse(context, request, `Symbol not available: ${request.brokerSymbol}`);
  if (quote === undefined) return refuse(context, request, `No quotes for ${request.brokerSymbol}`);
  const direction = directionOf(request, quote);
  const blocked = context.variant === "v2.06H"
    ? blockedBy(context.broker.positions, symbol, direction)
    : null;
  if (blocked !== null) return refuse(context, request, blocked.message, blocked.status);
  return trade(context, request, symbol, direction, quote);
}

function trade(
  context: CommandContext,
  request: FireRequest,
  symbol: string,
  direction: "BUY" | "SELL",
  quote: MarketTick,
): Outgoing[] {
  const { stopLoss, takeProfit } = keptStops(request, direction, quote);
  const legs = legsOf(request, direction, takeProfit, quote);
  const results = legs.map((leg) =>
    context.broker.open({ symbol, direction, stopLoss, ...leg }, context.atMs())
  );
  const opened = results.flatMap((result) => result.ok ? [result.position] : []);
  const refused = results.find((result) => !result.ok);
  for (const position of opened) context.onEvent({ kind: "fill", fireId: request.fireId, position });
  if (opened.length === 0) return refuse(context, request, tradeFailure(refused!.ok ? 0 : refused!.retcode));
  const price = opened.reduce((sum, position) => sum + position.openPrice, 0) / opened.length;
  const message = request.hybrid === null ? "ok" : `HYBRID: ${opened.length}/3 positions opened`;
  return answer(context, request, {
    status: "success",
    ticket: opened[0]!.ticket,
    price,
    lots: request.lots,
    message,
  });
}

/** v2.06H: at most ten positions, and no opposite one on the same symbol. */
function blockedBy(
  positions: readonly Position[],
  symbol: string,
  direction: "BUY" | "SELL",
): { readonly status: string; readonly message: string } | null {
  if (positions.length >= POSITIONS_MAX) {
    return { status: "MAX_POSITIONS", message: `${positions.length}/${POSITIONS_MAX} positions open` };
  }
  const opposite = positions.some((one) => one.symbol === symbol && one.direction !== direction);
  return opposite ? { status: "HEDGE_BLOCKED", message: `opposite ${symbol} position open` } : null;
}

function tradeFailure(retcode: number): string {
  const hint = retcode === RETCODE.INVALID_STOPS ? " (invalid stops: check the distance)" : "";
  return `Trade failed - Error: ${TRADE_SEND_FAILED} Result: ${retcode}${hint}`;
}

function refuse(
  context: CommandContext,
  request: FireRequest,
  message: string,
  status = "failed",
): Outgoing[] {
  context.onEvent({ kind: "refused", fireId: request.fireId, status, message });
  return answer(context, request, { status, ticket: 0, price: 0, lots: request.lots, message });
}

function answer(context: CommandContext, request: FireRequest, what: Answer): Outgoing[] {
  const text = confirmation(context.writer, context.moment(), "fire", request.fireId, what);
  return [{ channel: "confirm", text }];
}

function unknown(context: CommandContext, type: string): Outgoing[] {
  const what = { status: "failed", ticket: 0, price: 0, lots: 0, message: `Unknown command type: ${type}` };
  return [{ channel: "confirm", text: confirmation(context.writer, context.moment(), "unknown", "", what) }];
}

function closeAll(context: CommandContext): Outgoing[] {
  const results = context.broker.positions.map(({ ticket }) => context.broker.close(ticket, context.atMs()));
  const closed = results.filter((result) => "position" in result);
  const failed = results.length - closed.length;
  const lots = closed.reduce((sum, { position }) => sum + position.lots, 0);
  const message = `Closed ${closed.length} positions, ${failed} failed, Total volume: ${lots.toFixed(2)}`;
  const what = { status: failed > 0 ? "failed" : "success", ticket: 0, price: 0, lots, message };
  const told = closed.flatMap((closing) => closingMessage(context, closing));
  const text = closeConfirmation(context.writer, context.moment(), "close_all", what);
  return [{ channel: "confirm", text }, ...told];
}

function closeTicket(context: CommandContext, ticket: number): Outgoing[] {
  const result = ticket > 0 ? context.broker.close(ticket, context.atMs()) : null;
  const closed = result !== null && "position" in result ? result : null;
  const what = {
    status: closed === null ? "failed" : "success",
    ticket,
    price: 0,
    lots: closed?.position.lots ?? 0,
    message: closed === null ? closeFailure(ticket, result) : "Position closed",
  };
  const told = closed === null ? [] : closingMessage(context, closed);
  const text = closeConfirmation(context.writer, context.moment(), "close_ticket", what);
  return [{ channel: "confirm", text }, ...told];
}

function closeFailure(ticket: number, result: ReturnType<PaperBroker["close"]> | null): string {
  if (result === null || "position" in result) return `Invalid ticket: ${ticket}`;
  return result.retcode === RETCODE.POSITION_CLOSED
    ? `Position not found: ${ticket}`
    : `Close failed - Error: ${TRADE_SEND_FAILED} Result: ${result.retcode}`;
}

/** The canonical name of what the broker calls so exactly; null when it has no such symbol. */
function canonicalOf({ suffix, broker }: CommandContext, brokerSymbol: string): string | null {
  if (!brokerSymbol.endsWith(suffix)) return null;
  const symbol = brokerSymbol.slice(0, brokerSymbol.length - suffix.length);
  return broker.trades(symbol) ? symbol : null;
}
