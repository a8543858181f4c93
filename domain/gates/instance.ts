/**
 * Gates of the EA instance: is it there, fresh, compared with our ledger, trading, and does it know the symbol.
 *
 * @module
 */
import type { GateCode } from "../../protocols/gates.ts";
import { isCircuitOpen } from "../circuit.ts";
import { sizingRates } from "../sizing.ts";
import { type Facts, type Gate, need, seconds } from "./facts.ts";

/** The gates of this file, by code. */
export const INSTANCE_GATES = {
  EA_OFFLINE: offline,
  EA_STALE: stale,
  EA_RECONCILING: (facts) =>
    view(facts).phase === "ready"
      ? null
      : `EA ${view(facts).ea.id} has not been compared with the ledger yet`,
  AUTOTRADING_OFF: (facts) =>
    view(facts).ea.autotrading === false
      ? "return code 10027: switch AutoTrading on in the terminal, then reset the EA's circuit"
      : null,
  EA_CIRCUIT_OPEN: circuitOpen,
  SYMBOL_UNMAPPED: (facts) =>
    view(facts).brokerSymbols.has(facts.signal.symbol)
      ? null
      : `the EA has never sent a tick of ${facts.signal.symbol}: add it to MarketWatch`,
  SYMBOL_SPEC_UNKNOWN: ({ spec, signal }) =>
    spec === null ? `${signal.symbol} is not in the built-in table: an operator must add its row` : null,
  SYMBOL_SPEC_SUSPECT: (facts) =>
    view(facts).suspectSpecs.has(facts.signal.symbol)
      ? `an earlier fill of ${facts.signal.symbol} moved money unlike the table: an operator must check its row`
      : null,
  RATE_UNKNOWN: rateUnknown,
} satisfies Partial<Record<GateCode, Gate>>;

function view(facts: Facts): NonNullable<Facts["ea"]> {
  return need(facts.ea, "EA");
}

function offline({ ea, user }: Facts): string | null {
  if (ea === null) return `user ${user.id} has no EA: link one`;
  if (!ea.connected) return `EA ${ea.ea.id} is not connected`;
  return ea.lastHeartbeatAtMs === null ? `EA ${ea.ea.id} has sent no heartbeat` : null;
}

function stale(facts: Facts): string | null {
  const limitMs = facts.settings.heartbeatMaxAgeMs;
  const ageMs = facts.nowMs - need(view(facts).lastHeartbeatAtMs, "last heartbeat");
  if (ageMs <= limitMs + facts.slackMs) return null;
  return `the last heartbeat is ${seconds(ageMs)} old, limit ${seconds(limitMs)}`;
}

function circuitOpen(facts: Facts): string | null {
  const { circuitOpenUntilMs } = view(facts);
  if (!isCircuitOpen({ openUntilMs: circuitOpenUntilMs }, facts.nowMs)) return null;
  const leftMs = need(circuitOpenUntilMs, "end of the pause") - facts.nowMs;
  return `three rejections or unknowns within 10 min: paused for another ${seconds(leftMs)}`;
}

function rateUnknown({ spec, currency, rates }: Facts): string | null {
  if (currency === null) return "the account's currency is unknown";
  const found = sizingRates(need(spec, "spec"), currency, rates);
  return found.ok ? null : found.reason;
}
