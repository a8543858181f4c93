/**
 * Recorded failures of what people see and set: pages that fail, settings and tiers that went wrong.
 *
 * @module
 */
import assert from "node:assert/strict";
import { ConfigSchema, readConfig, type Setting, settings } from "../../config.ts";
import { applyUserChange } from "../../domain/desk.ts";
import { TIERS } from "../../domain/tier.ts";
import { adminApp, publicApp } from "../../edges/http.ts";
import { decodeUserChange } from "../../protocols/admin_body.ts";
import { confidence } from "../../protocols/units.ts";
import { memoryLog } from "../../runtime/mod.ts";
import { fakeAdminApi, fakePublicApi } from "../kit/http_api.ts";
import { textFiles } from "./files.ts";
import { ANN_EA, onFloor } from "./floor.ts";
import { askPublic } from "./public_port.ts";

/** Every route of an app, as `METHOD /path`. */
function routesOf(
  app: { readonly routes: readonly { readonly method: string; readonly path: string }[] },
): string[] {
  return [
    ...new Set(
      app.routes.filter(({ method }) => method !== "ALL").map(({ method, path }) => `${method} ${path}`),
    ),
  ];
}

Deno.test("F58: every page and route of the public port answers 200 with content in a house that runs", async () => {
  const known = ["GET /", "GET /api/pattern-analytics", "GET /healthz"];
  await onFloor(async (floor) => {
    const { log } = memoryLog(floor.house.market);
    assert.deepEqual(routesOf(publicApp(fakePublicApi().api, log)).toSorted(), known);

    for (const route of known) {
      const response = await askPublic(floor, route.split(" ")[1]!);
      const text = await response.text();
      assert.deepEqual([response.status, text.length > 150], [200, true], `${route}: ${text}`);
    }
  });
});

Deno.test("F58: every route of the admin port answers 200 with content in a house that runs, orders included", async () => {
  await onFloor(async (floor) => {
    await floor.house.user("ann", ANN_EA);
    const ea = await floor.ready();
    const offered = floor.signal(ea, "EURUSD", { confidence: confidence(95) });
    await floor.raise(offered);
    const orders: readonly (readonly [string, string, unknown?])[] = [
      ["POST /admin/api/missions/:id/fire", `/admin/api/missions/${offered.id}_USER_ann/fire`, {}],
      ["POST /admin/api/fires/:id/resolve", "fire", { status: "expired" }],
      ["POST /admin/api/eas/:id/settle", `/admin/api/eas/${ANN_EA}/settle`, {}],
      ["POST /admin/api/eas/:id/reset-circuit", `/admin/api/eas/${ANN_EA}/reset-circuit`, {}],
      ["POST /admin/api/users", "/admin/api/users", { user_id: "bob", tier: "FANG" }],
      ["POST /admin/api/flatten", "/admin/api/flatten", {}],
      ["POST /admin/api/halt", "/admin/api/halt", { reason: "a look" }],
      ["POST /admin/api/resume", "/admin/api/resume", {}],
      ...["conditions", "eas", "fires", "signals", "tree", "users"].map((name) =>
        [`GET /admin/api/${name}`, `/admin/api/${name}`] as const
      ),
    ];
    const { log } = memoryLog(floor.house.market);
    const routes = routesOf(adminApp(fakeAdminApi().api, { token: "a-token-of-length", log }));
    assert.deepEqual(routes.toSorted(), orders.map(([route]) => route).toSorted());

    for (const [route, path, body] of orders) {
      const method = route.split(" ")[0] as "GET" | "POST";
      const where = path === "fire" ? `/admin/api/fires/${floor.fire().id}/resolve` : path;
      const told = await floor.admin(method, where, body);
      const [content] = Object.values(told.body as Record<string, unknown>);
      assert.deepEqual(
        [told.status, content === undefined || content === null],
        [200, false],
        `${route}: ${JSON.stringify(told)}`,
      );
    }
  });
});

/** A configuration that holds one setting, at its default. */
function alone({ path, schema }: Setting): string {
  const value = schema["default"] as unknown;
  return JSON.stringify(path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value));
}

const asText = (value: unknown): string => Array.isArray(value) ? value.join(",") : String(value);

Deno.test("F57: every setting is accepted alone, from the file and from its variable, and none has an empty name", () => {
  const all = settings().filter(({ path }) => path.at(-1) !== "$schema");
  const plain = readConfig("{}", () => undefined);

  for (const setting of all) {
    const name = setting.path.join(".");
    assert.ok(setting.path.every((part) => part.trim() !== ""), name);
    const fromFile = readConfig(alone(setting), () => undefined);
    assert.deepEqual(fromFile, plain, name);
    if (setting.env === null) continue;
    const text = asText(setting.schema["default"]);
    const fromEnv = readConfig("{}", (asked) => asked === setting.env ? text : undefined);
    assert.ok(fromEnv.ok && plain.ok, `${setting.env}: ${JSON.stringify(fromEnv)}`);
    assert.deepEqual([fromEnv.config, fromEnv.overrides], [plain.config, [setting.env]], name);
  }
  assert.ok(all.length > 30 && ConfigSchema.additionalProperties === false);
});

/** Tiers that the old system named in one place and knew in no other. */
const STRANGERS = /\b(PREDATOR|GLADIATOR|REAPER|APEX|TIER_[A-Z]+|VENOM)\b|\bFANG\+/;

Deno.test("F57: there is one set of tiers: whoever names one names one that exists, has rights and can be given", () => {
  const names = Object.keys(TIERS);
  const wrong = textFiles().flatMap(({ path, text }) => {
    const named = [...text.matchAll(/\btier"?\s*[:=]\s*"([A-Z_]+)"/g)].map(([, name]) => name!);
    const strange = named.filter((name) => !names.includes(name));
    return STRANGERS.test(text) || strange.length > 0 ? [`${path} ${strange}`] : [];
  });

  assert.deepEqual(wrong, []);
  for (const tier of names) {
    const read = decodeUserChange({ user_id: "ann", tier });
    assert.ok(read.ok && applyUserChange(null, read.value, 0).ok, tier);
  }
  assert.equal(decodeUserChange({ user_id: "ann", tier: "" }).ok, false);
});
