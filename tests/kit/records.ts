/**
 * Records: one plausible fire of the signal that `makeSignal()` makes, to be changed where a test cares.
 *
 * @module
 */
import type { Fire } from "../../protocols/fire.ts";
import * as unit from "../../protocols/units.ts";
import { makeSignal } from "./signals.ts";

/** One user's reserved fire of `makeSignal()`. */
export function makeFire(changes: Partial<Fire> = {}): Fire {
  const signal = makeSignal();
  return {
    id: unit.fireId("F7Q2K9-u17"),
    missionId: unit.missionId(`${signal.id}_USER_u17`),
    signalId: signal.id,
    userId: unit.userId("u17"),
    eaId: unit.eaId("user_demo_00017"),
    origin: "AUTO",
    symbol: signal.symbol,
    brokerSymbol: "EURUSD.r",
    direction: signal.direction,
    lots: unit.lots(0.29),
    entry: signal.entry,
    stopLoss: signal.stopLoss,
    takeProfit: signal.takeProfit,
    riskMoney: unit.money(48.43),
    riskPercent: 5,
    marginMoney: unit.money(68.21),
    status: "reserved",
    code: null,
    retcode: null,
    note: null,
    ticket: null,
    fillPrice: null,
    filledLots: null,
    closePrice: null,
    closeReason: null,
    profit: null,
    requestedAtMs: signal.signaledAtMs + 200,
    expiresAtMs: signal.signaledAtMs + 60_000,
    sentAtMs: null,
    filledAtMs: null,
    closedAtMs: null,
    preSendMargin: null,
    preSendBalance: null,
    sentToNodeId: null,
    ...changes,
  };
}
