/**
 * Fake HTTP APIs: whole and valid answers for the edges to show, and a record of what they were asked.
 *
 * @module
 */
import type { AnalyticsSummary } from "../../protocols/analytics.ts";
import type {
  AdminApi,
  ApiAnswer,
  EaReport,
  HealthReport,
  PublicApi,
  UserReport,
} from "../../protocols/http.ts";
import { type EaId, eaId, fireId, pips, symbolName, userId } from "../../protocols/units.ts";
import type { User } from "../../protocols/user.ts";
import { makeFire } from "./records.ts";
import { makeOutcome, makeSignal, TUESDAY_MS } from "./signals.ts";

const HOUR_MS = 3_600_000;

/** A house in good health, three hours old. */
export function makeHealth(changes: Partial<HealthReport> = {}): HealthReport {
  return {
    status: "ok",
    silent: [],
    version: "0.1.0",
    uptimeMs: 3 * HOUR_MS + 1_500,
    analytics: { totalSignals: 27, winRate: 61.5, averageDurationMs: 1_712_000 },
    slots: { taken: 4, max: 10 },
    easConnected: 2,
    busLag: 0,
    activePatterns: ["KALMAN_QUICKFIRE", "BB_SCALP"],
    halted: false,
    autoFire: true,
    clock: null,
    ...changes,
  };
}

/** 27 signals of six hours, in two patterns. */
export function makeSummary(
  timeframeMs = 6 * HOUR_MS,
  changes: Partial<AnalyticsSummary> = {},
): AnalyticsSummary {
  return {
    timeframeMs,
    totalSignals: 27,
    resolved: 24,
    wins: 15,
    winRate: 62.5,
    averageDurationMs: 1_712_000,
    openSignals: 2,
    shadowSignals: 9,
    patterns: {
      KALMAN_QUICKFIRE: {
        signals: 25,
        resolved: 24,
        wins: 15,
        winRate: 62.5,
        winRateInterval: [35.7, 83.4],
        meanR: 0.07,
        pips: 18.5,
      },
      BB_SCALP: {
        signals: 2,
        resolved: 0,
        wins: 0,
        winRate: null,
        winRateInterval: null,
        meanR: null,
        pips: pips(0),
      },
    },
    recommendation: "No pattern with at least 20 resolved signals is below 40 %.",
    ...changes,
  };
}

/** A commander in AUTO mode. */
export function makeUser(changes: Partial<User> = {}): User {
  return {
    id: userId("7176191872"),
    tier: "COMMANDER",
    mode: "AUTO",
    confidenceMin: 80,
    confidenceMax: 89,
    maxAutoSlots: 10,
    riskPercent: 5,
    openRiskPercentMax: 50,
    halted: false,
    createdAtMs: TUESDAY_MS,
    updatedAtMs: TUESDAY_MS,
    ...changes,
  };
}

/** An EA on loopback, connected. */
export function makeEa(changes: Partial<EaReport> = {}): EaReport {
  return {
    id: eaId("ea-1"),
    userId: userId("7176191872"),
    accountLogin: "5012345",
    accountMode: "demo",
    broker: "MetaQuotes Ltd.",
    version: "2.05",
    currency: "USD",
    leverage: 100,
    balance: 1_000,
    equity: 1_000,
    margin: 0,
    freeMargin: 1_000,
    nodeId: "node-1",
    chartSymbol: "EURUSD.r",
    autotrading: null,
    lastSeenAtMs: TUESDAY_MS,
    createdAtMs: TUESDAY_MS,
    slotsMax: 10,
    connected: true,
    lastFrameAtMs: TUESDAY_MS,
    slotsTaken: 1,
    brokerOffsetMs: 3 * HOUR_MS,
    primaryFor: [symbolName("EURUSD")],
    ...changes,
  };
}

/** A fake and what it was asked. */
export interface Faked<Api> {
  readonly api: Api;
  /** Name and arguments of every call, in order. */
  readonly calls: readonly (readonly unknown[])[];
}

/** A public API that answers with `makeHealth` and `makeSummary` unless told otherwise. */
export function fakePublicApi(answers: Partial<PublicApi> = {}): Faked<PublicApi> {
  return recorded<PublicApi>({
    health: () => Promise.resolve(makeHealth()),
    patternAnalytics: (timeframeMs) => Promise.resolve({ ok: true, value: makeSummary(timeframeMs) }),
    ...answers,
  });
}

/** An admin API in which everything succeeds unless told otherwise. */
export function fakeAdminApi(answers: Partial<AdminApi> = {}): Faked<AdminApi> {
  const yes = <T>(value: T): Promise<ApiAnswer<T>> => Promise.resolve({ ok: true, value });
  const halted = { halted: true, by: "admin", reason: "news", sinceMs: TUESDAY_MS, mayStillFill: ["fire-1"] };
  const user: UserReport = { ...makeUser(), eaUuids: [eaId("ea-1")] };
  const signal = makeSignal();
  return recorded<AdminApi>({
    tree: () => yes({ path: "bitten", mailboxDepth: 0, children: [] }),
    eas: () => yes([makeEa()]),
    users: () => yes([user]),
    signals: () => yes([{ ...signal, outcome: makeOutcome(signal) }]),
    fires: () => yes([makeFire()]),
    conditions: () => yes([{ code: "EA_STALE", subject: "ea-1", message: "silent", sinceMs: TUESDAY_MS }]),
    halt: () => yes(halted),
    resume: () => yes({ halted: false, by: null, reason: null, sinceMs: null, mayStillFill: [] }),
    flatten: () => yes({ asked: [fireId("fire-1")], unreachable: [] }),
    changeUser: () => yes(makeUser()),
    resolveFire: () => yes(makeFire({ status: "closed", closeReason: "CLOSED_BY_OPERATOR" })),
    settleEa: (id: EaId) => yes({ id, order: "settle" as const }),
    resetCircuit: (id: EaId) => yes({ id, order: "reset-circuit" as const }),
    fireMission: () => yes(makeFire({ origin: "MANUAL", status: "reserved" })),
    ...answers,
  });
}

function recorded<Api extends object>(answers: Api): Faked<Api> {
  const calls: unknown[][] = [];
  const entries = Object.entries(answers).map(([name, run]) => [
    name,
    (...given: unknown[]) => {
      calls.push([name, ...given]);
      return (run as (...given: unknown[]) => unknown)(...given);
    },
  ]);
  return { api: Object.fromEntries(entries) as Api, calls };
}
