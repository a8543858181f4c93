/**
 * Decisions: a user, his EA and a context in which every gate passes, to be changed where a test cares.
 *
 * @module
 */
import type { DecisionContext } from "../../domain/autofire.ts";
import { newUser } from "../../domain/tier.ts";
import { AUTOFIRE_DEFAULTS } from "../../protocols/autofire.ts";
import type { AccountState, EaInstance, EaView } from "../../protocols/ea.ts";
import type { Quote } from "../../protocols/tick.ts";
import { eaId, money, price, symbolName, userId } from "../../protocols/units.ts";
import type { User } from "../../protocols/user.ts";
import { makeSignal, TUESDAY_MS } from "./signals.ts";

/** The user of `makeFire()`: a COMMANDER in AUTO. */
export function makeUser(changes: Partial<User> = {}): User {
  return { ...newUser(userId("u17"), "COMMANDER", TUESDAY_MS - 86_400_000), mode: "AUTO", ...changes };
}

/** 10,000 USD at 1:500, nothing open. */
export function makeAccount(changes: Partial<AccountState> = {}): AccountState {
  return {
    balance: money(10_000),
    equity: money(10_000),
    margin: money(0),
    freeMargin: money(10_000),
    currency: "USD",
    leverage: 500,
    receivedAtMs: TUESDAY_MS - 5_000,
    ...changes,
  };
}

/** The EA of `makeFire()`, on a EURUSD chart. */
export function makeEa(changes: Partial<EaInstance> = {}): EaInstance {
  return {
    id: eaId("user_demo_00017"),
    userId: userId("u17"),
    accountLogin: "1000001",
    accountMode: "unknown",
    broker: "Demo-Server",
    version: "2.05",
    currency: "USD",
    leverage: 500,
    balance: 10_000,
    equity: 10_000,
    margin: 0,
    freeMargin: 10_000,
    nodeId: "NODE_1000001_1",
    chartSymbol: "EURUSD.r",
    autotrading: null,
    lastSeenAtMs: TUESDAY_MS - 5_000,
    createdAtMs: TUESDAY_MS - 86_400_000,
    slotsMax: 10,
    ...changes,
  };
}

/** A quote that arrived when it was stamped. */
export function makeQuote(name: string, bid: number, ask: number, atMs = TUESDAY_MS + 500): Quote {
  return { symbol: symbolName(name), bid: price(bid), ask: price(ask), atMs, receivedAtMs: atMs };
}

/** Quotes by symbol. */
export function quotesOf(...quotes: readonly Quote[]): EaView["quotes"] {
  return new Map(quotes.map((quote) => [quote.symbol, quote]));
}

/** `makeEa()` ready, fresh and quoting EURUSD 1.0999/1.1000. */
export function makeView(changes: Partial<EaView> = {}): EaView {
  return {
    ea: makeEa(),
    phase: "ready",
    connected: true,
    lastHeartbeatAtMs: TUESDAY_MS - 5_000,
    account: makeAccount(),
    quotes: quotesOf(makeQuote("EURUSD", 1.0999, 1.1)),
    brokerSymbols: new Map([[symbolName("EURUSD"), "EURUSD.r"]]),
    specs: new Map(),
    suspectSpecs: new Set(),
    circuitOpenUntilMs: null,
    openFires: [],
    ...changes,
  };
}

/** One second after `makeSignal()`, with everything in order. */
export function makeContext(changes: Partial<DecisionContext> = {}): DecisionContext {
  return {
    origin: "AUTO",
    signal: makeSignal(),
    user: makeUser(),
    settings: AUTOFIRE_DEFAULTS,
    halted: false,
    nowMs: TUESDAY_MS + 1_000,
    slackMs: 0,
    mission: null,
    ea: makeView(),
    fires: [],
    news: null,
    ...changes,
  };
}
