/**
 * The demo's figures: what the house counted of itself.
 *
 * @module
 */
import type { GatewayStatus } from "../../protocols/gateways.ts";
import type { RunningHouse } from "../lib/run_house.ts";
import type { Tally } from "./tally.ts";

/** The line that `--json` ends with. */
export interface Figures {
  /** Well-formed ticks from all EAs, before de-duplication. */
  readonly ticks: number;
  /** M1 candles closed since the start. */
  readonly candles: number;
  readonly signals: number;
  readonly shadow_signals: number;
  readonly missions: number;
  /** Requests that passed every gate. */
  readonly fires: number;
  readonly fills: number;
  readonly closes: number;
  /** Signals and shadows that have ended. */
  readonly outcomes: number;
  /** Signals and shadows that have not. */
  readonly open_signals: number;
  readonly refusals: Readonly<Record<string, number>>;
  readonly dead_letters: number;
  readonly restarts: number;
  readonly wire_faults: number;
}

/** Asks everybody. */
export async function figures(house: RunningHouse, tally: Tally, startedAtMs: number): Promise<Figures> {
  const { at, system } = house;
  const status = (reply: (status: GatewayStatus) => void) => ({ kind: "status" as const, reply });
  const gateways = await Promise.all([
    at.tickGateway.ask<GatewayStatus>(status),
    at.commandGateway.ask<GatewayStatus>(status),
    at.confirmGateway.ask<GatewayStatus>(status),
  ]);
  const candles = await at.store.select({
    from: "candles",
    where: { timeframe: "M1", openedAtMs: { gte: Math.floor(startedAtMs / 60_000) * 60_000 } },
  });
  const open = await at.store.select({ from: "signals", where: { outcome: null } });
  const { deadLetters, restarts } = system.counters();
  return {
    ticks: gateways[0].received["tick"] ?? 0,
    candles: candles.length,
    signals: tally.of("signalRaised"),
    shadow_signals: tally.of("signalShadowed"),
    missions: tally.of("missionOffered"),
    fires: tally.of("slotTaken"),
    fills: tally.of("fireFilled"),
    closes: tally.of("fireClosed"),
    outcomes: tally.of("outcomeResolved"),
    open_signals: open.length,
    refusals: tally.refusals,
    dead_letters: deadLetters,
    restarts,
    wire_faults: gateways.reduce((sum, { faultsTotal }) => sum + faultsTotal, 0),
  };
}
