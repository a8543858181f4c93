/**
 * What the public port shows, asked of the actors who know it; who does not answer in time is named, not waited for.
 *
 * @module
 */
import type { AnalyticsMessage, AnalyticsSummary } from "../../protocols/analytics.ts";
import type { DeskMessage, HaltState } from "../../protocols/desk.ts";
import type { EventBusMessage, EventBusStatus } from "../../protocols/event_bus.ts";
import { type Fire, SLOT_HOLDING } from "../../protocols/fire.ts";
import type { CommandGatewayMessage } from "../../protocols/gateways.ts";
import type { HealthReport, PublicApi } from "../../protocols/http.ts";
import type { PatternName } from "../../protocols/signal.ts";
import type { Store } from "../../protocols/store.ts";
import type { EaId } from "../../protocols/units.ts";
import type { User } from "../../protocols/user.ts";
import type { Ref } from "../../runtime/actor.ts";
import type { Clock, MarketClock } from "../../runtime/clock.ts";
import { ANSWER_MS, shown, within } from "./asking.ts";

/** What the public port is made of. */
export interface PublicApiDeps {
  readonly store: Store;
  /** Market time. */
  readonly clock: MarketClock;
  /** Runtime time: deadlines and uptime. */
  readonly runtimeClock: Clock;
  /** When the process began, runtime clock. */
  readonly startedMs: number;
  readonly version: string;
  /** The patterns that may raise live signals now. */
  readonly activePatterns: () => readonly PatternName[];
  /** Silence after which an EA counts as not connected, market ms; widened by the clock's slack already. */
  readonly eaStaleMs: number;
  readonly analytics: Ref<AnalyticsMessage>;
  readonly bus: Ref<EventBusMessage>;
  readonly desk: Ref<DeskMessage>;
  readonly commandGateway: Ref<CommandGatewayMessage>;
}

/** One known connection on 5555. */
export interface Connection {
  readonly eaId: EaId;
  readonly lastFrameAtMs: number;
}

/** A user with his EAs, as the desk tells it. */
export interface OwnedUser {
  readonly user: User;
  readonly eaIds: readonly EaId[];
}

const SIX_HOURS_MS = 6 * 3_600_000;
const limit = { timeoutMs: ANSWER_MS };

/** Makes the public port's functions. `isUp`: false until the house is furnished. */
export function publicApi(deps: PublicApiDeps, isUp: () => boolean): PublicApi {
  // However many look at the same time, everybody is asked once.
  let inFlight: Promise<HealthReport> | null = null;
  return {
    health() {
      inFlight ??= health(deps, isUp()).finally(() => inFlight = null);
      return inFlight;
    },
    patternAnalytics: (timeframeMs) => shown("analytics", () => askSummary(deps, timeframeMs)),
  };
}

async function health(deps: PublicApiDeps, up: boolean): Promise<HealthReport> {
  const silent: string[] = [];
  const orNull = <T>(who: string, asked: Promise<T>): Promise<T | null> =>
    asked.catch(() => {
      if (!silent.includes(who)) silent.push(who);
      return null;
    });
  const [analytics, bus, halt, users, connections, fires] = await Promise.all([
    orNull("analytics", askSummary(deps, SIX_HOURS_MS)),
    orNull("event_bus", deps.bus.ask<EventBusStatus>((reply) => ({ kind: "status", reply }), limit)),
    orNull("desk", deps.desk.ask<HaltState>((reply) => ({ kind: "haltState", reply }), limit)),
    orNull("desk", askUsers(deps)),
    orNull("command_gateway", askConnections(deps)),
    orNull("store", openFires(deps)),
  ]);
  return {
    status: !up ? "starting" : silent.length === 0 ? "ok" : "degraded",
    silent: silent.sort(),
    version: deps.version,
    uptimeMs: deps.runtimeClock.nowMs() - deps.startedMs,
    analytics,
    slots: users === null || fires === null ? null : slotsOf(users, fires),
    easConnected: connections?.filter((one) => isFresh(deps, one)).length ?? null,
    busLag: bus === null ? null : Math.max(0, ...bus.subscribers.map(({ lag }) => lag)),
    activePatterns: deps.activePatterns(),
    halted: halt?.halted ?? null,
    autoFire: halt === null || users === null ? null : !halt.halted && users.some(firesByItself),
    clock: deps.clock.anchor,
  };
}

function askSummary({ analytics, clock }: PublicApiDeps, timeframeMs: number): Promise<AnalyticsSummary> {
  const nowMs = clock.nowMs();
  return analytics.ask((reply) => ({ kind: "summary", timeframeMs, nowMs, reply }), limit);
}

/** Every user with his EAs. */
export function askUsers({ desk }: Pick<PublicApiDeps, "desk">): Promise<readonly OwnedUser[]> {
  return desk.ask<readonly OwnedUser[]>((reply) => ({ kind: "users", reply }), limit);
}

/** Every connection the command gateway knows. */
export function askConnections(
  { commandGateway }: Pick<PublicApiDeps, "commandGateway">,
): Promise<readonly Connection[]> {
  return commandGateway.ask<readonly Connection[]>((reply) => ({ kind: "connections", reply }), limit);
}

/** The fires that hold a slot. */
export function openFires(deps: Pick<PublicApiDeps, "store" | "runtimeClock">): Promise<readonly Fire[]> {
  const where = { status: { in: SLOT_HOLDING } };
  return within(deps.runtimeClock, deps.store.select({ from: "fires", where }));
}

/** True while an EA was heard of recently enough. */
export function isFresh(
  { clock, eaStaleMs }: Pick<PublicApiDeps, "clock" | "eaStaleMs">,
  { lastFrameAtMs }: Connection,
): boolean {
  return clock.nowMs() - lastFrameAtMs <= eaStaleMs;
}

/** Users who fire by hand count only while they hold a slot: theirs are no auto slots. */
function slotsOf(users: readonly OwnedUser[], fires: readonly Fire[]): { taken: number; max: number } {
  const holders = new Set(fires.map(({ userId }) => userId));
  const counted = users.filter(({ user }) => user.mode === "AUTO" || holders.has(user.id));
  return { taken: fires.length, max: counted.reduce((sum, { user }) => sum + user.maxAutoSlots, 0) };
}

function firesByItself({ user, eaIds }: OwnedUser): boolean {
  return user.mode === "AUTO" && !user.halted && eaIds.length > 0;
}
