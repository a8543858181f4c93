/**
 * Auto-fire: the one decision whether a signal is fired for a user on an EA, and with what.
 *
 * The gates are asked in the order of their codes, cheapest and most certain first; the first no is the answer.
 *
 * @module
 */
import { GATE_CODES, type GateCode, type Refusal } from "../protocols/gates.ts";
import type { Fire } from "../protocols/fire.ts";
import type { Mission, Signal } from "../protocols/signal.ts";
import { type FireId, missionId, type UserId } from "../protocols/units.ts";
import { type DecisionContext, type Facts, type Gate, gatherFacts, need } from "./gates/facts.ts";
import { INSTANCE_GATES } from "./gates/instance.ts";
import { LIMIT_GATES } from "./gates/limits.ts";
import { MARKET_GATES } from "./gates/market.ts";
import { MONEY_GATES } from "./gates/money.ts";
import { PERMISSION_GATES } from "./gates/permission.ts";
import type { Size } from "./sizing.ts";

export type { DecisionContext } from "./gates/facts.ts";

/** A decision: a fire ready to be reserved, or the first gate that said no. */
export type Decision =
  | { readonly ok: true; readonly fire: Fire; readonly size: Size }
  | { readonly ok: false; readonly refusal: Refusal };

/** Every gate by its code: leaving one out does not compile. */
const GATES: Readonly<Record<GateCode, Gate>> = {
  ...PERMISSION_GATES,
  ...INSTANCE_GATES,
  ...MARKET_GATES,
  ...MONEY_GATES,
  ...LIMIT_GATES,
};

/**
 * Asks the gates in order and builds the fire when none refuses.
 *
 * @param fireId a new id, used only when the answer is a fire
 */
export function decide(context: DecisionContext, fireId: FireId): Decision {
  const facts = gatherFacts(context);
  for (const code of GATE_CODES) {
    const reason = GATES[code](facts);
    if (reason !== null) return { ok: false, refusal: { code, reason } };
  }
  return { ok: true, fire: buildFire(facts, fireId), size: facts.size() };
}

/**
 * Of the answers of a user's EAs: the first fire, else the refusal that got furthest.
 *
 * @throws when there is no answer
 */
export function bestDecision(decisions: readonly Decision[]): Decision {
  const [first, ...rest] = decisions;
  return rest.reduce((best, next) => rank(next) > rank(best) ? next : best, need(first, "a decision"));
}

/**
 * Name of the mission by which one user is offered one signal.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { missionIdOf } from "./autofire.ts";
 *
 * const signal = { id: "ELITE_RAPID_BB_SCALP_EURUSD_1757685600" as never };
 * assert.equal(missionIdOf(signal, "u17" as never), "ELITE_RAPID_BB_SCALP_EURUSD_1757685600_USER_u17");
 * ```
 */
export function missionIdOf(signal: Pick<Signal, "id">, user: UserId): Mission["id"] {
  return missionId(`${signal.id}_USER_${user}`);
}

function rank(decision: Decision): number {
  return decision.ok ? GATE_CODES.length : GATE_CODES.indexOf(decision.refusal.code);
}

function buildFire(facts: Facts, id: FireId): Fire {
  const { signal, user, origin, nowMs } = facts;
  const view = need(facts.ea, "EA");
  const quote = need(facts.quote, "quote");
  const size = facts.size();
  return {
    id,
    missionId: missionIdOf(signal, user.id),
    signalId: signal.id,
    userId: user.id,
    eaId: view.ea.id,
    origin,
    symbol: signal.symbol,
    brokerSymbol: need(view.brokerSymbols.get(signal.symbol), "broker's symbol"),
    direction: signal.direction,
    lots: size.lots,
    entry: signal.direction === "BUY" ? quote.ask : quote.bid,
    stopLoss: facts.plan.stopLoss,
    takeProfit: facts.plan.takeProfit,
    riskMoney: size.riskMoney,
    riskPercent: size.riskPercent,
    marginMoney: size.marginMoney,
    status: "reserved",
    requestedAtMs: nowMs,
    expiresAtMs: expiryOf(facts),
    ...NOTHING_YET,
  };
}

/** By hand a fire has as long as an automatic one from the moment it was asked for, within its mission. */
function expiryOf({ origin, mission, signal, settings, nowMs }: Facts): number {
  if (origin === "AUTO") return signal.signaledAtMs + settings.signalMaxAgeMs;
  const missionEnd = mission?.expiresAtMs ?? signal.signaledAtMs + settings.missionLifeMs;
  return Math.min(nowMs + settings.signalMaxAgeMs, missionEnd);
}

const NOTHING_YET = {
  code: null,
  retcode: null,
  note: null,
  ticket: null,
  fillPrice: null,
  filledLots: null,
  closePrice: null,
  closeReason: null,
  profit: null,
  sentAtMs: null,
  filledAtMs: null,
  closedAtMs: null,
  preSendMargin: null,
  preSendBalance: null,
  sentToNodeId: null,
} as const;
