/**
 * What the HTTP edges show and ask for, in the house's own words; they alone turn it into snake_case JSON.
 *
 * @module
 */
import type { AnalyticsSummary } from "./analytics.ts";
import type { FlattenReport, HaltState, UserChange } from "./desk.ts";
import type { EaInstance } from "./ea.ts";
import type { Condition } from "./events.ts";
import type { Fire, FireStatus } from "./fire.ts";
import type { Reply } from "./ports.ts";
import type { PatternName } from "./signal.ts";
import type { Resolution } from "./slot.ts";
import type { SignalRecord } from "./store.ts";
import type { EaId, FireId, MissionId, SymbolName, UserId } from "./units.ts";
import type { FireMode, User } from "./user.ts";

/** A no that an operator sees: a stable code, what is wrong, and what to do next. */
export interface ApiFault {
  readonly status: 400 | 404 | 409 | 503;
  /** Upper snake case. */
  readonly code: string;
  readonly message: string;
  readonly next: string;
}

/** What was asked for, or why not. */
export type ApiAnswer<T> = { readonly ok: true; readonly value: T } | {
  readonly ok: false;
  readonly fault: ApiFault;
};

/** The market clock's tie to the wall, as simulated peers adopt it. */
export interface ClockReport {
  readonly wallMs: number;
  readonly marketMs: number;
  readonly speed: number;
  readonly skips: readonly { readonly fromMs: number; readonly toMs: number }[];
}

/** How the house is. Null: who knows it did not answer; see `silent`. */
export interface HealthReport {
  /** `starting`: not everything is up yet. `degraded`: somebody did not answer in time. */
  readonly status: "ok" | "starting" | "degraded";
  /** Names of those who did not answer. */
  readonly silent: readonly string[];
  readonly version: string;
  /** Since the process began, runtime ms. */
  readonly uptimeMs: number;
  /** Null also while `winRate` or `averageDurationMs` have nothing to stand on. */
  readonly analytics:
    | Pick<AnalyticsSummary, "totalSignals" | "winRate" | "averageDurationMs">
    | null;
  /** Slots taken, of those that users in AUTO mode (or with open fires) may take. */
  readonly slots: { readonly taken: number; readonly max: number } | null;
  /** EAs heard of on 5555 within the time after which they count as stale. */
  readonly easConnected: number | null;
  /** Events that the slowest subscriber of the event bus has not acknowledged. */
  readonly busLag: number | null;
  readonly activePatterns: readonly PatternName[];
  readonly halted: boolean | null;
  /** True when the house would fire by itself for at least one user. */
  readonly autoFire: boolean | null;
  /** Null: the market clock is the wall clock. */
  readonly clock: ClockReport | null;
}

/** What the public port shows. */
export interface PublicApi {
  health(): Promise<HealthReport>;
  patternAnalytics(timeframeMs: number): Promise<ApiAnswer<AnalyticsSummary>>;
}

/** Which rows, and how many. Null: all. */
export interface ListQuery<Status extends string> {
  /** 1 to 500. */
  readonly limit: number;
  /** At this moment or later, UTC ms. */
  readonly sinceMs: number | null;
  readonly status: Status | null;
  readonly userId: UserId | null;
  readonly symbol: SymbolName | null;
}

/** Statuses an EA, a user and a signal can be asked for by. */
export const EA_STATUSES = ["connected", "offline"] as const;
/** @see EA_STATUSES */
export const SIGNAL_STATUSES = ["open", "live", "shadow"] as const;

/** One EA with what is known of its connection. Null: who knows it did not answer. */
export interface EaReport extends EaInstance {
  readonly connected: boolean | null;
  readonly lastFrameAtMs: number | null;
  readonly slotsTaken: number;
  /** Broker time minus UTC; null also while it is learned. */
  readonly brokerOffsetMs: number | null;
  /** Symbols of which it is the primary feed. */
  readonly primaryFor: readonly SymbolName[] | null;
}

/** One user with the EAs that are his. */
export interface UserReport extends User {
  readonly eaUuids: readonly EaId[];
}

/** An order that was carried out on one EA. */
export interface EaOrder {
  readonly id: EaId;
  readonly order: "settle" | "reset-circuit";
}

/** What the admin port shows and does. */
export interface AdminApi {
  /** The living supervision tree. */
  tree(): Promise<ApiAnswer<unknown>>;
  eas(query: ListQuery<typeof EA_STATUSES[number]>): Promise<ApiAnswer<readonly EaReport[]>>;
  users(query: ListQuery<FireMode>): Promise<ApiAnswer<readonly UserReport[]>>;
  /** Newest first. */
  signals(query: ListQuery<typeof SIGNAL_STATUSES[number]>): Promise<ApiAnswer<readonly SignalRecord[]>>;
  /** Newest first. */
  fires(query: ListQuery<FireStatus>): Promise<ApiAnswer<readonly Fire[]>>;
  conditions(query: ListQuery<never>): Promise<ApiAnswer<readonly Condition[]>>;
  halt(reason: string, by: string): Promise<ApiAnswer<HaltState>>;
  resume(by: string): Promise<ApiAnswer<HaltState>>;
  /** Closes every position of every EA that is there. */
  flatten(by: string): Promise<ApiAnswer<FlattenReport>>;
  changeUser(change: UserChange, by: string): Promise<ApiAnswer<User>>;
  /** Settles a fire that nobody can prove. */
  resolveFire(id: FireId, resolution: Resolution, by: string): Promise<ApiAnswer<Fire>>;
  /** The newest connection of this EA is the right one: what was blocked or reported about it ends. */
  settleEa(id: EaId, by: string): Promise<ApiAnswer<EaOrder>>;
  /** Lets an EA fire again before its circuit closes by itself. */
  resetCircuit(id: EaId, by: string): Promise<ApiAnswer<EaOrder>>;
  /** Fires a mission by hand for the user it was offered to. */
  fireMission(id: MissionId, by: string): Promise<ApiAnswer<Fire>>;
}

/** A bound HTTP port. */
export interface HttpServer {
  /** The real one when 0 was asked for. */
  readonly port: number;
  /** Takes no more requests, lets the running ones end for a while, then cuts them off. */
  close(): Promise<void>;
}

/** The bound ports; null: that port stays closed. */
export interface HttpPorts {
  readonly public: number;
  readonly admin: number | null;
}

/** What the HTTP gateway hears. */
export type HttpGatewayMessage =
  /** The root's go: until then every request is told that the house is starting. */
  | { readonly kind: "go" }
  | { readonly kind: "ports"; readonly reply: Reply<HttpPorts> };
