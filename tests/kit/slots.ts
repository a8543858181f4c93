/**
 * Slots: a ledger with a ready EA, and the messages that EA sends, to be changed where a test cares.
 *
 * @module
 */
import {
  type LedgerSource,
  type MarketView,
  type Moment,
  NO_EVIDENCE,
  openLedger,
  reconcile,
  type ReconcileContext,
  type SlotLedger,
  type SlotStep,
} from "../../domain/slot.ts";
import { AUTOFIRE_DEFAULTS } from "../../protocols/autofire.ts";
import type { Fire } from "../../protocols/fire.ts";
import type { ConfirmationRecord } from "../../protocols/store.ts";
import type { Quote, Tick } from "../../protocols/tick.ts";
import { eaId, fireId, money, price, symbolName } from "../../protocols/units.ts";
import type {
  AccountReport,
  CloseConfirmation,
  Confirmation,
  FireConfirmation,
  Heartbeat,
  PositionClosed,
} from "../../protocols/wire.ts";
import { makeEa, makeQuote, quotesOf } from "./decisions.ts";
import { makeFire } from "./records.ts";
import { TUESDAY_MS } from "./signals.ts";

/** The EA of `makeFire()`. */
export const EA = eaId("user_demo_00017");
/** Its session. */
export const NODE = "NODE_1000001_1";
/** One second after the signal of `makeFire()`. */
export const NOW = TUESDAY_MS + 1_000;

/** A moment without slack. */
export function moment(nowMs = NOW): Moment {
  return { nowMs, slackMs: 0 };
}

/** EURUSD at 1.0999/1.1000 unless other quotes are given, all under the name of `makeFire()`. */
export function marketOf(...quotes: readonly Quote[]): MarketView {
  const shown = quotes.length === 0 ? [makeQuote("EURUSD", 1.0999, 1.1, NOW)] : quotes;
  return {
    quotes: quotesOf(...shown),
    brokerSymbols: new Map([[symbolName("EURUSD"), "EURUSD.r"], [symbolName("XAUUSD"), "GOLD"]]),
    specs: new Map(),
  };
}

/** 10,000 USD, nothing bound. */
export function makeReport(changes: Partial<AccountReport> = {}): AccountReport {
  return {
    balance: money(10_000),
    equity: money(10_000),
    margin: money(0),
    freeMargin: money(10_000),
    currency: "USD",
    leverage: 500,
    ...changes,
  };
}

/** A heartbeat of v2.05, which lists no positions. */
export function makeHeartbeat(
  account: Partial<AccountReport> = {},
  changes: Partial<Heartbeat> = {},
): Heartbeat {
  return {
    kind: "heartbeat",
    eaId: EA,
    nodeId: NODE,
    accountLogin: null,
    broker: null,
    account: makeReport(account),
    accountMode: "unknown",
    positions: null,
    ...changes,
  };
}

/** A ledger as it stands right after a start. */
export function makeLedger(fires: readonly Fire[] = [], changes: Partial<LedgerSource> = {}): SlotLedger {
  return openLedger({
    ea: makeEa(),
    openFires: fires,
    endedFires: [],
    evidence: NO_EVIDENCE,
    suspects: new Set(),
    holds: [],
    ...changes,
  });
}

/** What reconciling needs, at the moment of arrival. */
export function contextOf(receivedAtMs: number, changes: Partial<ReconcileContext> = {}): ReconcileContext {
  return {
    market: marketOf(makeQuote("EURUSD", 1.0999, 1.1, receivedAtMs)),
    settings: AUTOFIRE_DEFAULTS,
    at: moment(receivedAtMs),
    receivedAtMs,
    ended: [],
    ...changes,
  };
}

/** A ledger that was compared with one heartbeat, and whose chart has just ticked. */
export function readyLedger(fires: readonly Fire[] = [], account: Partial<AccountReport> = {}): SlotLedger {
  const ready = reconcile(makeLedger(fires), makeHeartbeat(account), contextOf(NOW)).ledger;
  return { ...ready, chart: { ticks: 1, lastAtMs: NOW, usedAtTick: 0 } };
}

/** `makeFire()` on its way since `NOW`. */
export function sentFire(changes: Partial<Fire> = {}): Fire {
  return makeFire({
    status: "sent",
    sentAtMs: NOW,
    sentToNodeId: NODE,
    preSendMargin: money(0),
    preSendBalance: money(10_000),
    ...changes,
  });
}

/** `makeFire()` filled at 1.1 as ticket 7, one second after it was sent. */
export function filledFire(changes: Partial<Fire> = {}): Fire {
  return sentFire({
    status: "filled",
    ticket: 7,
    fillPrice: price(1.1),
    filledAtMs: NOW + 1_000,
    ...changes,
  });
}

/** The EA's word that `makeFire()` was filled as ticket 7. */
export function makeConfirmation(changes: Partial<FireConfirmation> = {}): FireConfirmation {
  return {
    kind: "confirmation",
    eaId: EA,
    nodeId: NODE,
    commandType: "fire",
    fireId: fireId("F7Q2K9-u17"),
    status: "success",
    rawStatus: "success",
    ticket: 7,
    price: 1.1,
    lots: 0.29,
    message: "ok",
    retcode: null,
    account: makeReport({ margin: null, freeMargin: money(9_931.79) }),
    ...changes,
  };
}

/** The EA's word that ticket 7 was closed. */
export function makeCloseConfirmation(changes: Partial<CloseConfirmation> = {}): CloseConfirmation {
  return {
    kind: "closeConfirmation",
    eaId: EA,
    nodeId: NODE,
    commandType: "close_ticket",
    status: "success",
    ticket: 7,
    lots: 0.29,
    message: "ok",
    account: makeReport(),
    ...changes,
  };
}

/** The broker's word that ticket 7 reached its target. */
export function makePositionClosed(changes: Partial<PositionClosed> = {}): PositionClosed {
  return {
    kind: "positionClosed",
    eaId: EA,
    ticket: 7,
    fireId: fireId("F7Q2K9-u17"),
    brokerSymbol: "EURUSD.r",
    direction: "BUY",
    closePrice: price(1.102),
    reason: "TP_HIT",
    profit: money(58),
    ...changes,
  };
}

/** A confirmation as the gateway stored it. */
export function recordOf(confirmation: Confirmation, receivedAtMs = NOW + 1_000): ConfirmationRecord {
  return {
    id: `${confirmation.eaId}/${receivedAtMs}-1`,
    eaId: confirmation.eaId,
    fireId: confirmation.kind === "closeConfirmation" ? null : confirmation.fireId,
    receivedAtMs,
    confirmation,
    appliedAtMs: null,
    quarantined: false,
  };
}

/** A tick of the EA that arrived when it was stamped. */
export function eaTick(bid: number, atMs: number, changes: Partial<Tick> = {}): Tick {
  return {
    symbol: symbolName("EURUSD"),
    bid: price(bid),
    ask: price(bid + 0.0001),
    atMs,
    receivedAtMs: atMs,
    feed: EA,
    ...changes,
  };
}

/** A step in short: status of each written fire, kinds of events, commands and conditions. */
export function brief(step: SlotStep): {
  readonly fires: readonly string[];
  readonly events: readonly string[];
  readonly commands: readonly string[];
  readonly conditions: readonly string[];
} {
  return {
    fires: step.fires.map((fire) => fire.code === null ? fire.status : `${fire.status} ${fire.code}`),
    events: step.events.map((event) => event.kind),
    commands: step.commands.map((command) => command.kind),
    conditions: step.conditions.map((each) => `${each.kind} ${each.code}`),
  };
}
