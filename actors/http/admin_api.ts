/**
 * What the admin port shows and does, through the actors whose business it is.
 *
 * @module
 */
import type { AutofireMessage, FireAnswer } from "../../protocols/autofire.ts";
import type { DeskMessage, FlattenReport, HaltState, UserChange } from "../../protocols/desk.ts";
import type { Condition } from "../../protocols/events.ts";
import type { Fire } from "../../protocols/fire.ts";
import type { AdminApi, ApiAnswer, EaOrder } from "../../protocols/http.ts";
import type { TickRelayMessage } from "../../protocols/market.ts";
import type { Reply } from "../../protocols/ports.ts";
import type { Resolution, SlotMessage } from "../../protocols/slot.ts";
import type { Mission } from "../../protocols/signal.ts";
import type { Selection, TableName, Tables } from "../../protocols/store.ts";
import type { EaId, FireId, MissionId } from "../../protocols/units.ts";
import type { User } from "../../protocols/user.ts";
import type { Ref } from "../../runtime/actor.ts";
import { ANSWER_MS, no, ORDER_MS, ordered, shown, within, yes } from "./asking.ts";
import { fireRows, reportEas, signalRows, userRows } from "./admin_views.ts";
import type { PublicApiDeps } from "./public_api.ts";

/** What the admin port is made of. */
export interface AdminApiDeps extends PublicApiDeps {
  readonly relay: Ref<TickRelayMessage>;
  readonly slots: { get(eaId: string): Ref<SlotMessage> | undefined };
  readonly autofire: { get(userId: string): Ref<AutofireMessage> | undefined };
  /** The living tree, ready for JSON. */
  readonly tree: () => unknown;
}

const limit = { timeoutMs: ORDER_MS };
/** Where an operator sees what has become of an order that nobody confirmed. */
const HALTED = "`halted` in GET /healthz";
const FIRES = "GET /admin/api/fires?status=filled";

/** Makes the admin port's functions. `isUp`: false until the house is furnished; until then every one is refused. */
export function adminApi(deps: AdminApiDeps, isUp: () => boolean): AdminApi {
  const whenUp = <T>(run: () => Promise<ApiAnswer<T>>): Promise<ApiAnswer<T>> =>
    isUp() ? run() : Promise.resolve(no(503, "STARTING", "The house is starting.", "Try again in a second."));
  return {
    tree: () => Promise.resolve(yes(deps.tree())),
    eas: (query) => whenUp(() => shown("store", () => reportEas(deps, query))),
    users: (query) => whenUp(() => shown("desk", () => userRows(deps, query))),
    signals: (query) => whenUp(() => shown("store", () => select(deps, signalRows(query)))),
    fires: (query) => whenUp(() => shown("store", () => select(deps, fireRows(query)))),
    conditions: (query) => whenUp(() => shown("desk", () => conditions(deps, query.limit))),
    halt: (reason, by) =>
      whenUp(() => atDesk<HaltState>(deps, HALTED, (reply) => ({ kind: "halt", reason, by, reply }))),
    resume: (by) => whenUp(() => atDesk<HaltState>(deps, HALTED, (reply) => ({ kind: "resume", by, reply }))),
    flatten: (by) =>
      whenUp(() => atDesk<FlattenReport>(deps, FIRES, (reply) => ({ kind: "flatten", by, reply }))),
    changeUser: (change, by) => whenUp(() => changeUser(deps, change, by)),
    resolveFire: (id, resolution, by) => whenUp(() => resolveFire(deps, id, resolution, by)),
    settleEa: (id) => whenUp(() => settleEa(deps, id)),
    resetCircuit: (id) => whenUp(() => resetCircuit(deps, id)),
    fireMission: (id) => whenUp(() => fireMission(deps, id)),
  };
}

function select<T extends TableName>(deps: AdminApiDeps, what: Selection<T>): Promise<readonly Tables[T][]> {
  return within(deps.runtimeClock, deps.store.select(what));
}

async function conditions({ desk }: AdminApiDeps, count: number): Promise<readonly Condition[]> {
  const all = await desk.ask<readonly Condition[]>((reply) => ({ kind: "conditions", reply }), {
    timeoutMs: ANSWER_MS,
  });
  return all.toSorted((a, b) => b.sinceMs - a.sinceMs).slice(0, count);
}

function atDesk<T>(
  { desk }: AdminApiDeps,
  look: string,
  make: (reply: Reply<T>) => DeskMessage,
): Promise<ApiAnswer<T>> {
  return ordered("desk", look, async () => yes(await desk.ask<T>(make, limit)));
}

async function changeUser(deps: AdminApiDeps, change: UserChange, by: string): Promise<ApiAnswer<User>> {
  const told = await atDesk<User | { readonly error: string }>(
    deps,
    "GET /admin/api/users",
    (reply) => ({ kind: "changeUser", change, by, reply }),
  );
  if (!told.ok) return told;
  if (!("error" in told.value)) return yes(told.value);
  return no(409, "USER_NOT_CHANGED", told.value.error, "Nothing was changed. Send values that go together.");
}

/** The row first: its slot actor is found by it, and an unknown id is no trouble of anybody's. */
function settleEa({ commandGateway }: AdminApiDeps, id: EaId): Promise<ApiAnswer<EaOrder>> {
  return ordered("command gateway", "GET /admin/api/conditions", async () => {
    await commandGateway.ask<void>((reply) => ({ kind: "settle", eaId: id, reply }), limit);
    return yes<EaOrder>({ id, order: "settle" });
  });
}

function resetCircuit({ slots }: AdminApiDeps, id: EaId): Promise<ApiAnswer<EaOrder>> {
  const slot = slots.get(id);
  if (slot === undefined) return Promise.resolve(notThere(`the slot actor of EA ${id}`));
  slot.tell({ kind: "resetCircuit" });
  return Promise.resolve(yes<EaOrder>({ id, order: "reset-circuit" }));
}

async function resolveFire(
  deps: AdminApiDeps,
  id: FireId,
  resolution: Resolution,
  by: string,
): Promise<ApiAnswer<Fire>> {
  const found = await shown("store", () => fireOf(deps, id));
  if (!found.ok) return found;
  if (found.value === null) {
    return no(404, "NO_SUCH_FIRE", `There is no fire ${id}.`, "See GET /admin/api/fires.");
  }
  const slot = deps.slots.get(found.value.eaId);
  if (slot === undefined) return notThere(`the slot actor of EA ${found.value.eaId}`);
  return await ordered("slot actor", `fire ${id} in GET /admin/api/fires`, async () => {
    const refusal = await slot.ask<string | null>(
      (reply) => ({ kind: "resolve", fireId: id, resolution, by, reply }),
      limit,
    );
    if (refusal !== null) return no(409, "FIRE_NOT_RESOLVED", refusal, "Nothing was changed.");
    return yes(await fireOf(deps, id) ?? found.value!);
  });
}

async function fireOf(deps: AdminApiDeps, id: FireId): Promise<Fire | null> {
  const [fire] = await select(deps, { from: "fires", where: { id } });
  return fire ?? null;
}

async function missionOf(deps: AdminApiDeps, id: MissionId): Promise<Mission | null> {
  const [mission] = await select(deps, { from: "missions", where: { id } });
  return mission ?? null;
}

async function fireMission(deps: AdminApiDeps, id: MissionId): Promise<ApiAnswer<Fire>> {
  const found = await shown("store", () => missionOf(deps, id));
  if (!found.ok) return found;
  if (found.value === null) {
    const next = "A mission's id is <signal id>_USER_<user id>; see GET /admin/api/signals.";
    return no(404, "NO_SUCH_MISSION", `There is no mission ${id}.`, next);
  }
  const { userId } = found.value;
  const autofire = deps.autofire.get(userId);
  if (autofire === undefined) return notThere(`the autofire actor of user ${userId}`);
  return await ordered("autofire", `GET /admin/api/fires?user=${userId}`, async () => {
    const told = await autofire.ask<FireAnswer>(
      (reply) => ({ kind: "manualFire", missionId: id, reply }),
      limit,
    );
    if (told.ok) return yes(told.fire);
    return no(
      409,
      told.refusal.code,
      told.refusal.reason,
      "Nothing was sent. Remove the cause and fire again.",
    );
  });
}

function notThere(who: string): ApiAnswer<never> {
  const next =
    "Nothing was changed. See GET /admin/api/tree and /admin/api/conditions for why it was given up.";
  return no(503, "UNAVAILABLE", `Nobody is there as ${who}.`, next);
}
