/**
 * The admin port's lists: selections from the store, and rows put together from several who know a part.
 *
 * @module
 */
import type { FireStatus } from "../../protocols/fire.ts";
import type { EA_STATUSES, EaReport, ListQuery, SIGNAL_STATUSES, UserReport } from "../../protocols/http.ts";
import type { TickRelayStatus } from "../../protocols/market.ts";
import type { Selection } from "../../protocols/store.ts";
import type { FireMode } from "../../protocols/user.ts";
import type { AdminApiDeps } from "./admin_api.ts";
import { ANSWER_MS, within } from "./asking.ts";
import { askConnections, askUsers, isFresh, openFires } from "./public_api.ts";

type EaQuery = ListQuery<typeof EA_STATUSES[number]>;
type SignalQuery = ListQuery<typeof SIGNAL_STATUSES[number]>;

/** Signals, newest first. */
export function signalRows({ limit, sinceMs, status, symbol }: SignalQuery): Selection<"signals"> {
  return {
    from: "signals",
    where: {
      ...(sinceMs === null ? {} : { signaledAtMs: { gte: sinceMs } }),
      ...(symbol === null ? {} : { symbol }),
      ...(status === "open" ? { outcome: null } : {}),
      ...(status === "live" || status === "shadow" ? { shadow: status === "shadow" } : {}),
    },
    order: "-signaledAtMs",
    limit,
  };
}

/** Fires, newest first. */
export function fireRows(query: ListQuery<FireStatus>): Selection<"fires"> {
  const { limit, sinceMs, status, userId, symbol } = query;
  return {
    from: "fires",
    where: {
      ...(sinceMs === null ? {} : { requestedAtMs: { gte: sinceMs } }),
      ...(status === null ? {} : { status }),
      ...(userId === null ? {} : { userId }),
      ...(symbol === null ? {} : { symbol }),
    },
    order: "-requestedAtMs",
    limit,
  };
}

/** Users by id. */
export async function userRows(
  deps: AdminApiDeps,
  { limit, sinceMs, status, userId }: ListQuery<FireMode>,
): Promise<readonly UserReport[]> {
  const users = (await askUsers(deps)).map(({ user, eaIds }) => ({ ...user, eaUuids: eaIds }));
  return users
    .filter((user) => sinceMs === null || user.updatedAtMs >= sinceMs)
    .filter((user) => status === null || user.mode === status)
    .filter((user) => userId === null || user.id === userId)
    .toSorted((a, b) => a.id < b.id ? -1 : 1)
    .slice(0, limit);
}

/** EAs, the one heard of last first. The command gateway and the relay may be silent: then their parts are null. */
export async function reportEas(deps: AdminApiDeps, query: EaQuery): Promise<readonly EaReport[]> {
  const { limit, sinceMs, status, userId, symbol } = query;
  const where = {
    ...(sinceMs === null ? {} : { lastSeenAtMs: { gte: sinceMs } }),
    ...(userId === null ? {} : { userId }),
  };
  const selection: Selection<"ea_instances"> = { from: "ea_instances", where, order: "-lastSeenAtMs" };
  const [rows, fires, connections, relay] = await Promise.all([
    within(deps.runtimeClock, deps.store.select(selection)),
    openFires(deps),
    askConnections(deps).catch(() => null),
    askRelay(deps).catch(() => null),
  ]);
  const reports = rows.map((ea): EaReport => {
    const connection = connections?.find(({ eaId }) => eaId === ea.id);
    return {
      ...ea,
      connected: connections === null ? null : connection !== undefined && isFresh(deps, connection),
      lastFrameAtMs: connection?.lastFrameAtMs ?? null,
      slotsTaken: fires.filter(({ eaId }) => eaId === ea.id).length,
      brokerOffsetMs: relay?.eas.find(({ eaId }) => eaId === ea.id)?.offsetMs ?? null,
      primaryFor: relay?.feeds.filter(({ primary }) => primary === ea.id).map((feed) => feed.symbol) ?? null,
    };
  });
  return reports
    .filter(({ connected }) => status === null || connected === (status === "connected"))
    .filter(({ primaryFor }) => symbol === null || primaryFor?.includes(symbol) === true)
    .slice(0, limit);
}

function askRelay({ relay }: AdminApiDeps): Promise<TickRelayStatus> {
  return relay.ask<TickRelayStatus>((reply) => ({ kind: "status", reply }), { timeoutMs: ANSWER_MS });
}
