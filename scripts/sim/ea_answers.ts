/**
 * What an EA of generation 2 answers on 5558.
 *
 * @module
 */
import type { Closing, ClosingReason } from "./paper_broker.ts";
import { digitsOf, type Moment, money, object, quoted, stampOf, type Writer } from "./writer.ts";

const CLOSE_REASONS: Readonly<Record<ClosingReason, string>> = {
  SL: "SL_HIT",
  TP: "TP_HIT",
  STOP_OUT: "STOP_OUT",
  EXPERT: "MANUAL",
  CLIENT: "MANUAL",
};

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
