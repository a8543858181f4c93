/**
 * The admin port: everything behind one bearer token; what changes something is written into the log.
 *
 * @module
 */
import { type Context, Hono } from "@hono/hono";
import { decodeHalt, decodeResolution, decodeUserChange } from "../../protocols/admin_body.ts";
import {
  type AdminApi,
  type ApiAnswer,
  EA_STATUSES,
  type ListQuery,
  SIGNAL_STATUSES,
} from "../../protocols/http.ts";
import { eaId, fireId, missionId } from "../../protocols/units.ts";
import type { Log } from "../../runtime/log.ts";
import { requireToken } from "./admin_auth.ts";
import { FIRE_MODES, FIRE_STATUSES, readBody, readQuery } from "./admin_input.ts";
import { answer, type AppEnv, fault, furnish, refuseOtherMethods } from "./respond.ts";
import { snakeKeys } from "./snake.ts";

/** How the admin app is made. */
export interface AdminOptions {
  readonly token: string;
  readonly log: Log;
  /** Wall ms for counting wrong tokens; a test's clock may stand in. */
  readonly nowMs?: () => number;
}

type Request = Context<AppEnv>;

/** Makes the app of the admin port. */
export function adminApp(api: AdminApi, options: AdminOptions): Hono<AppEnv> {
  const { token, log, nowMs } = options;
  const app = new Hono<AppEnv>();
  furnish(app, log, "The admin API is under /admin/api: tree, eas, users, signals, fires, conditions.");
  // Before anything else: who has no token learns nothing, not even what exists.
  app.use(requireToken(token, log, nowMs));
  refuseOtherMethods(app);
  addViews(app, api);
  addOrders(app, api, log);
  return app;
}

function addViews(app: Hono<AppEnv>, api: AdminApi): void {
  app.get("/admin/api/tree", async (c) => answer(c, await api.tree(), (tree) => ({ tree: snakeKeys(tree) })));
  app.get("/admin/api/eas", (c) => list(c, "eas", EA_STATUSES, (query) => api.eas(query)));
  app.get("/admin/api/users", (c) => list(c, "users", FIRE_MODES, (query) => api.users(query)));
  app.get("/admin/api/signals", (c) => list(c, "signals", SIGNAL_STATUSES, (query) => api.signals(query)));
  app.get("/admin/api/fires", (c) => list(c, "fires", FIRE_STATUSES, (query) => api.fires(query)));
  app.get("/admin/api/conditions", (c) => list(c, "conditions", [], (query) => api.conditions(query)));
}

function addOrders(app: Hono<AppEnv>, api: AdminApi, log: Log): void {
  app.post("/admin/api/halt", async (c) => {
    const body = await readBody(c, decodeHalt);
    if (!body.ok) return fault(c, body.problem.status, body.problem);
    const { reason } = body.value;
    return order(c, log, { order: "halt", reason }, "halt", await api.halt(reason, by(c)));
  });
  app.post(
    "/admin/api/resume",
    async (c) => order(c, log, { order: "resume" }, "halt", await api.resume(by(c))),
  );
  app.post(
    "/admin/api/flatten",
    async (c) => order(c, log, { order: "flatten" }, "flatten", await api.flatten(by(c))),
  );
  app.post("/admin/api/users", async (c) => {
    const body = await readBody(c, decodeUserChange);
    if (!body.ok) return fault(c, body.problem.status, body.problem);
    const change = body.value;
    return order(c, log, { order: "change user", change }, "user", await api.changeUser(change, by(c)));
  });
  app.post("/admin/api/fires/:id/resolve", async (c) => {
    const body = await readBody(c, decodeResolution);
    if (!body.ok) return fault(c, body.problem.status, body.problem);
    const id = fireId(c.req.param("id"));
    const told = await api.resolveFire(id, body.value, by(c));
    return order(c, log, { order: "resolve fire", id, resolution: body.value }, "fire", told);
  });
  app.post("/admin/api/eas/:id/settle", async (c) => {
    const id = eaId(c.req.param("id"));
    return order(c, log, { order: "settle EA", id }, "ea", await api.settleEa(id, by(c)));
  });
  app.post("/admin/api/eas/:id/reset-circuit", async (c) => {
    const id = eaId(c.req.param("id"));
    return order(c, log, { order: "reset circuit", id }, "ea", await api.resetCircuit(id, by(c)));
  });
  app.post("/admin/api/missions/:id/fire", async (c) => {
    const id = missionId(c.req.param("id"));
    return order(c, log, { order: "fire mission", id }, "fire", await api.fireMission(id, by(c)));
  });
}

/** One list: its query read, its rows in snake_case, and how many there are. */
async function list<S extends string, T>(
  c: Request,
  name: string,
  statuses: readonly S[],
  ask: (query: ListQuery<S>) => Promise<ApiAnswer<readonly T[]>>,
): Promise<Response> {
  const query = readQuery(c, statuses);
  if (!query.ok) return fault(c, query.problem.status, query.problem);
  return answer(c, await ask(query.value), (rows) => ({ [name]: snakeKeys(rows), count: rows.length }));
}

/** One order: into the log with what came of it, then answered. */
function order<T>(
  c: Request,
  log: Log,
  what: Record<string, unknown>,
  name: string,
  told: ApiAnswer<T>,
): Response {
  const outcome = told.ok ? "done" : told.fault.code;
  log.info("admin order", { ...what, by: by(c), outcome });
  return answer(c, told, (value) => ({ [name]: snakeKeys(value) }));
}

/** One token, so no name: the address is all that tells two operators apart. */
function by(c: Request): string {
  return `admin@${c.env.remote}`;
}
