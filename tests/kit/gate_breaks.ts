/**
 * Breaks: for each gate one change of a passing context that it, and none before it, refuses.
 *
 * @module
 */
import type { DecisionContext } from "../../domain/autofire.ts";
import { specOf } from "../../domain/symbol_spec.ts";
import type { AutofireSettings } from "../../protocols/autofire.ts";
import type { EaView } from "../../protocols/ea.ts";
import type { Fire } from "../../protocols/fire.ts";
import type { GateCode } from "../../protocols/gates.ts";
import { confidence, eaId, fireId, money, price, signalId, symbolName } from "../../protocols/units.ts";
import { makeFire } from "./records.ts";
import { TUESDAY_MS } from "./signals.ts";

const HOUR_MS = 3_600_000;
const EURUSD = specOf(symbolName("EURUSD"))!;

/** Makes a context another one. */
export type Change = (context: DecisionContext) => DecisionContext;

/** Changes the EA's view. */
export const view = (change: (view: EaView) => Partial<EaView>): Change => (context) => ({
  ...context,
  ea: { ...context.ea!, ...change(context.ea!) },
});
/** Changes the limits. */
export const settings = (change: Partial<AutofireSettings>): Change => (context) => ({
  ...context,
  settings: { ...context.settings, ...change },
});
/** Changes the signal. */
export const signal = (change: Partial<DecisionContext["signal"]>): Change => (context) => ({
  ...context,
  signal: { ...context.signal, ...change },
});
/** Changes the user. */
export const user = (change: Partial<DecisionContext["user"]>): Change => (context) => ({
  ...context,
  user: { ...context.user, ...change },
});
/** Changes the EA's account. */
export const account = (change: Partial<NonNullable<EaView["account"]>>): Change =>
  view((old) => ({ account: { ...old.account!, ...change } }));
/** Changes the EA's quote of EURUSD. */
export const quote = (bid: number, ask: number): Change =>
  view((old) => ({
    quotes: new Map(old.quotes).set(symbolName("EURUSD"), {
      ...old.quotes.get(symbolName("EURUSD"))!,
      bid: price(bid),
      ask: price(ask),
    }),
  }));
/** Gives the EA its own row for EURUSD. */
export const spec = (change: Partial<typeof EURUSD>): Change =>
  view((old) => ({
    specs: new Map([[EURUSD.symbol, { ...(old.specs.get(EURUSD.symbol) ?? EURUSD), ...change }]]),
  }));
/** Adds fires of the user. */
export const fires = (...added: readonly Fire[]): Change => (context) => ({
  ...context,
  fires: [...context.fires, ...added],
});

/** Another EA of the same user. */
export const OTHER_EA = eaId("other");
/** A fire of an earlier signal on the other EA. */
export const elsewhere = (change: Partial<Fire>): Fire =>
  makeFire({ id: fireId("E1"), eaId: OTHER_EA, signalId: signalId("earlier"), ...change });
/** A fire of an earlier signal that closed an hour ago. */
export const closed = (change: Partial<Fire>): Fire =>
  makeFire({
    id: fireId("C1"),
    signalId: signalId("earlier"),
    status: "closed",
    closedAtMs: TUESDAY_MS - HOUR_MS,
    ...change,
  });

/** One change per gate that makes it, and of those before it none, say no. */
export const BREAKS: Readonly<Record<GateCode, { readonly change: Change; readonly says: RegExp }>> = {
  TRADING_HALTED: { change: (context) => ({ ...context, halted: true }), says: /halted for everyone/ },
  USER_HALTED: { change: user({ halted: true }), says: /user u17 is halted/ },
  PATTERN_DISABLED: { change: settings({ disabledPatterns: ["BB_SCALP"] }), says: /BB_SCALP is disabled/ },
  MODE_NOT_AUTO: { change: user({ mode: "SELECT" }), says: /fire mode is SELECT/ },
  TIER_NOT_ALLOWED: { change: user({ tier: "FANG" }), says: /FANG does not fire automatically/ },
  CONFIDENCE_OUT_OF_BAND: {
    change: signal({ confidence: confidence(89.5) }),
    says: /89\.5 is outside 80 to 89/,
  },
  SIGNAL_EXPIRED: {
    change: settings({ signalMaxAgeMs: 900 }),
    says: /the signal is 1 s old/,
  },
  SIGNAL_DUPLICATE: {
    change: fires(makeFire({ id: fireId("D1"), eaId: OTHER_EA, status: "refused" })),
    says: /fire D1 of this signal is refused/,
  },
  EA_OFFLINE: { change: view(() => ({ connected: false })), says: /is not connected/ },
  EA_STALE: { change: settings({ heartbeatMaxAgeMs: 5_000 }), says: /last heartbeat is 6 s old, limit 5 s/ },
  EA_RECONCILING: { change: view(() => ({ phase: "reconciling" })), says: /has not been compared/ },
  AUTOTRADING_OFF: { change: view((old) => ({ ea: { ...old.ea, autotrading: false } })), says: /10027/ },
  EA_CIRCUIT_OPEN: {
    change: view(() => ({ circuitOpenUntilMs: TUESDAY_MS + 61_000 })),
    says: /paused for another 60 s/,
  },
  SYMBOL_UNMAPPED: {
    change: view(() => ({ brokerSymbols: new Map() })),
    says: /never sent a tick of EURUSD/,
  },
  SYMBOL_SPEC_UNKNOWN: {
    change: (context) =>
      signal({ symbol: symbolName("EURXXX") })(
        view((old) => ({
          brokerSymbols: new Map([...old.brokerSymbols.values()].map((name) => [symbolName("EURXXX"), name])),
        }))(context),
      ),
    says: /EURXXX is not in the built-in/,
  },
  SYMBOL_SPEC_SUSPECT: {
    change: view(() => ({ suspectSpecs: new Set([symbolName("EURUSD")]) })),
    says: /moved money unlike the table/,
  },
  RATE_UNKNOWN: {
    change: account({ currency: "CHF" }),
    says: /no rate from USD to CHF: USDCHF has no quote/,
  },
  MARKET_CLOSED: {
    change: settings({ quietBeforeCloseMs: 400 * HOUR_MS }),
    says: /the market of EURUSD closes in \d+ min, limit 24000 min/,
  },
  PRICE_STALE: { change: settings({ quoteMaxAgeMs: 400 }), says: /the EA's quote is 1 s old/ },
  SPREAD_TOO_WIDE: {
    change: settings({ spreadFractionMax: 0.05 }),
    says: /spread 0\.0001 is over 5 % of the stop distance 0\.0015/,
  },
  PRICE_RAN_AWAY: {
    change: signal({ entry: price(1.1004) }),
    says: /is 0\.0004 from the entry 1\.1004, over 20 %/,
  },
  STOP_INVALID: { change: signal({ takeProfit: price(1.0998) }), says: /wrong side of 1\.0999\/1\.1/ },
  STOP_TOO_CLOSE: {
    change: spec({ stopsLevelPips: 14.5 }),
    says: /stop is 14\.0 pips from .*, least is 14\.5/,
  },
  SYMBOL_BUSY: {
    change: fires(
      makeFire({ id: fireId("B1"), signalId: signalId("earlier"), status: "filled", riskPercent: 0 }),
    ),
    says: /fire B1 on EURUSD is filled/,
  },
  BALANCE_UNKNOWN: { change: account({ equity: money(NaN) }), says: /equity is NaN/ },
  VOLUME_BELOW_MIN: {
    change: spec({ volumeMin: 50 }),
    says: /500\.00 at 167\.00 a lot is 2\.9940 lots, least is 50/,
  },
  VOLUME_ABOVE_MAX: { change: spec({ volumeMax: 2 }), says: /2\.99 lots, most is 2/ },
  RISK_PER_TRADE_EXCEEDED: { change: user({ riskPercent: 5.5 }), says: /risk 5\.5 % is outside 0 to 5 %/ },
  OPEN_RISK_EXCEEDED: {
    change: user({ openRiskPercentMax: 4 }),
    says: /open risk 0\.00 % and this fire make 4\.99 %, limit 4 %/,
  },
  CURRENCY_EXPOSURE_EXCEEDED: {
    change: settings({ currencyExposurePercentMax: 3 }),
    says: /net risk on EUR would be 4\.99 %, limit 3 %/,
  },
  HEDGE_BLOCKED: {
    change: fires(elsewhere({ direction: "SELL", status: "filled", riskPercent: 0 })),
    says: /fire E1 is SELL on EURUSD/,
  },
  SLOTS_FULL: { change: user({ maxAutoSlots: 0 }), says: /0 of 0 automatic slots are taken/ },
  MARGIN_INSUFFICIENT: {
    change: (context) =>
      account({ leverage: null })(view((old) => ({ ea: { ...old.ea, leverage: null } }))(context)),
    says: /leverage is unknown/,
  },
  DAILY_LOSS_REACHED: {
    change: fires(closed({ profit: money(-2_500) })),
    says: /loss since 17:00 New York is 20\.00 % of equity, limit 20 %/,
  },
  DRAWDOWN_REACHED: {
    change: (context) =>
      settings({ drawdownPercentMax: 10 })(
        fires(closed({ id: fireId("P1"), closedAtMs: 0, preSendBalance: money(20_000) }))(context),
      ),
    says: /equity is 50\.00 % below its peak, limit 10 %/,
  },
  LOSS_STREAK_COOLDOWN: {
    change: (context) =>
      settings({ lossStreak: { losses: 1, cooldownMs: 2 * HOUR_MS } })(
        fires(closed({ id: fireId("L1"), eaId: OTHER_EA, profit: money(-1) }))(context),
      ),
    says: /1 losses in a row: paused for another 3599 s/,
  },
  NEWS_WINDOW: {
    change: (context) => ({
      ...context,
      news: [{ currency: "USD", atMs: TUESDAY_MS + 601_000, title: "CPI" }],
    }),
    says: /USD CPI is 600 s away, window 900 s/,
  },
  SESSION_CLOSED: { change: settings({ sessions: ["ASIAN"] }), says: /session LONDON is not one of ASIAN/ },
  // Last of the gates: reached only by hand, since automatic fires have no daily number.
  RATE_LIMITED: {
    change: (context) => ({
      ...user({ tier: "PRESS_PASS", riskPercent: 2, mode: "SELECT" })(context),
      origin: "MANUAL",
      fires: [
        ...context.fires,
        ...[1, 2, 3, 4, 5, 6].map((nth) =>
          closed({ id: fireId(`R${nth}`), eaId: OTHER_EA, signalId: signalId(`s${nth}`), profit: money(1) })
        ),
      ],
    }),
    says: /6 of 6 fires since 17:00 New York/,
  },
};
