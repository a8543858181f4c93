/**
 * Gates of money: balance, volume, risk of the trade and of all trades, exposure, hedging, slots, margin.
 *
 * @module
 */
import type { GateCode } from "../../protocols/gates.ts";
import { currencyExposure, openRiskPercent } from "../risk.ts";
import { balanceFault, marginRefusal, volumeRefusal } from "../sizing.ts";
import { TIERS } from "../tier.ts";
import { type Facts, type Gate, need, specFor } from "./facts.ts";

/** The gates of this file, by code. */
export const MONEY_GATES = {
  BALANCE_UNKNOWN: ({ account }) => balanceFault(account),
  VOLUME_BELOW_MIN: (facts) => volume(facts, "VOLUME_BELOW_MIN"),
  VOLUME_ABOVE_MAX: (facts) => volume(facts, "VOLUME_ABOVE_MAX"),
  RISK_PER_TRADE_EXCEEDED: riskPerTrade,
  OPEN_RISK_EXCEEDED: openRisk,
  CURRENCY_EXPOSURE_EXCEEDED: exposure,
  HEDGE_BLOCKED: hedge,
  SLOTS_FULL: slotsFull,
  MARGIN_INSUFFICIENT: (facts) => marginRefusal(facts.size(), need(facts.spec, "spec"))?.reason ?? null,
} satisfies Partial<Record<GateCode, Gate>>;

/** Sums of percents carry binary dust: ten times five must not be more than fifty. */
const DUST = 1e-9;

function volume(facts: Facts, code: GateCode): string | null {
  const refusal = volumeRefusal(facts.size(), need(facts.spec, "spec"));
  return refusal?.code === code ? refusal.reason : null;
}

function riskPerTrade(facts: Facts): string | null {
  const { riskPercent } = facts.user;
  const most = TIERS[facts.user.tier].riskPercentMax;
  if (!(riskPercent > 0 && riskPercent <= most)) return `risk ${riskPercent} % is outside 0 to ${most} %`;
  const size = facts.size();
  if (size.riskMoney <= size.budget) return null;
  return `${size.lots} lots lose ${size.riskMoney.toFixed(2)}, allowed ${size.budget.toFixed(2)}`;
}

function openRisk(facts: Facts): string | null {
  const open = openRiskPercent(facts.openFires);
  const total = open + facts.size().riskPercent;
  const most = facts.user.openRiskPercentMax;
  if (total <= most + DUST) return null;
  return `open risk ${open.toFixed(2)} % and this fire make ${total.toFixed(2)} %, limit ${most} %`;
}

function exposure(facts: Facts): string | null {
  const { symbol, direction } = facts.signal;
  const planned = { symbol, direction, riskPercent: facts.size().riskPercent };
  const specs = (name: typeof symbol) => specFor(facts.ea, name);
  const before = currencyExposure(facts.openFires, specs);
  const most = facts.settings.currencyExposurePercentMax;
  for (const [currency, net] of currencyExposure([...facts.openFires, planned], specs)) {
    // What lessens an exposure is let through, whatever the exposure is.
    if (Math.abs(net) <= most + DUST || Math.abs(net) < Math.abs(before.get(currency) ?? 0)) continue;
    return `net risk on ${currency} would be ${net.toFixed(2)} %, limit ${most} %`;
  }
  return null;
}

function hedge({ openFires, signal }: Facts): string | null {
  const other = openFires.find((fire) =>
    fire.symbol === signal.symbol && fire.direction !== signal.direction
  );
  return other === undefined ? null : `fire ${other.id} is ${other.direction} on ${signal.symbol}`;
}

function slotsFull({ origin, user, ea, openFires, eaFires }: Facts): string | null {
  const auto = openFires.filter((fire) => fire.origin === "AUTO").length;
  if (origin === "AUTO" && !(auto < user.maxAutoSlots)) {
    return `${auto} of ${user.maxAutoSlots} automatic slots are taken`;
  }
  const { openMax } = TIERS[user.tier];
  if (!(openFires.length < openMax)) {
    return `${openFires.length} of ${openMax} slots of ${user.tier} are taken`;
  }
  const { slotsMax } = need(ea, "EA").ea;
  return eaFires.length < slotsMax ? null : `${eaFires.length} of ${slotsMax} slots of the EA are taken`;
}
