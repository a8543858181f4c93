/**
 * The HTTP edge, admin port: who is let in, what is read, what is ordered; real requests to a free port.
 *
 * @module
 */
import assert from "node:assert/strict";
import { adminAccess, adminApp, serveHttp } from "../../edges/http.ts";
import { FAILURE_WINDOW_MS, FailureCount, FAILURES_MAX } from "../../edges/http/admin_auth.ts";
import { BODY_MAX } from "../../edges/http/admin_input.ts";
import type { AdminApi, ApiFault } from "../../protocols/http.ts";
import { type LogRecord, memoryLog, virtualClock } from "../../runtime/mod.ts";
import { fakeAdminApi, type Faked } from "../kit/http_api.ts";
import { makeSignal, TUESDAY_MS } from "../kit/signals.ts";

const TOKEN = "a-token-for-tests-only";
const FIRE_MISSION = "/admin/api/missions/ELITE_RAPID_BB_SCALP_EURUSD_1_USER_7/fire";

interface Port {
  readonly fake: Faked<AdminApi>;
  readonly logs: readonly LogRecord[];
  /** Passes wall time for the count of wrong tokens. */
  pass(ms: number): void;
  /** A request with the token unless `headers` say otherwise. */
  ask(path: string, init?: RequestInit): Promise<Response>;
  get(path: string): Promise<[number, unknown]>;
  post(path: string, body?: unknown): Promise<[number, unknown]>;
}

async function withAdmin(run: (port: Port) => Promise<void>, answers: Partial<AdminApi> = {}): Promise<void> {
  const { log, records } = memoryLog(virtualClock(TUESDAY_MS));
  const fake = fakeAdminApi(answers);
  let nowMs = 0;
  const app = adminApp(fake.api, { token: TOKEN, log, nowMs: () => nowMs });
  const server = await serveHttp({ host: "127.0.0.1", port: 0, app });
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${server.port}${path}`, {
      headers: { Authorization: `Bearer ${TOKEN}` },
      ...init,
    });
  const told = async (asked: Promise<Response>): Promise<[number, unknown]> => {
    const response = await asked;
    return [response.status, await response.json()];
  };
  const headers = { Authorization: `Bearer ${TOKEN}`, "Content-Type": "application/json" };
  try {
    await run({
      fake,
      logs: records,
      pass: (ms) => nowMs += ms,
      ask,
      get: (path) => told(ask(path)),
      post: (path, body = {}) => told(ask(path, { method: "POST", headers, body: JSON.stringify(body) })),
    });
  } finally {
    await server.close();
  }
}

const codeOf = ([status, body]: [number, unknown]) => [status, (body as { error: ApiFault }).error.code];
const messageOf = ([, body]: [number, unknown]) => (body as { error: ApiFault }).error.message;

Deno.test("adminAccess() opens with a token of 16 characters and says why it does not", () => {
  assert.deepEqual(adminAccess("0123456789abcdef"), { open: true, token: "0123456789abcdef" });
  const refused = [null, undefined, "", "0123456789abcde"].map(adminAccess);
  assert.deepEqual(refused.map((access) => access.open ? "" : access.reason.split(":")[0]), [
    "The admin port stays closed as there is no token",
    "The admin port stays closed as there is no token",
    "The admin port stays closed as there is no token",
    "The admin port stays closed as its token has 15 of 16 characters",
  ]);
});

Deno.test("without the token nobody learns what exists, and no function of the house is called", async () => {
  await withAdmin(async ({ ask, fake }) => {
    const wrong = [undefined, "Bearer ", "Bearer nonsense", `Basic ${TOKEN}`, `Bearer ${TOKEN}x`, TOKEN];
    for (const given of wrong) {
      const headers: Record<string, string> = given === undefined ? {} : { Authorization: given };
      const known = await ask("/admin/api/halt", { method: "POST", headers, body: '{"reason":"x"}' });

      assert.equal(known.status, 401, given);
      assert.equal(known.headers.get("WWW-Authenticate"), 'Bearer realm="bitten"');
      assert.equal((await known.json()).error.code, "UNAUTHORIZED");
    }
    const unknown = await ask("/admin/api/nothing", { headers: {} });
    assert.deepEqual([unknown.status, (await unknown.json()).error.code], [401, "UNAUTHORIZED"]);
    assert.deepEqual(fake.calls, []);
  });
});

Deno.test("ten wrong tokens within a minute shut an address out, the right one included, until the minute is over", async () => {
  await withAdmin(async ({ ask, get, pass, logs }) => {
    const guess = async () => {
      const response = await ask("/admin/api/tree", { headers: { Authorization: "Bearer guess" } });
      await response.body?.cancel();
      return response.status;
    };
    const statuses = [];
    for (let i = 0; i < FAILURES_MAX + 2; i++) statuses.push(await guess());
    const right = await ask("/admin/api/tree");
    const waited = right.headers.get("Retry-After");

    assert.deepEqual(statuses, [...Array(FAILURES_MAX).fill(401), 429, 429]);
    assert.deepEqual([right.status, waited, (await right.json()).error.code], [
      429,
      "60",
      "TOO_MANY_FAILURES",
    ]);
    assert.equal(logs.filter(({ message }) => message === "admin request refused").length, FAILURES_MAX);
    pass(FAILURE_WINDOW_MS - 1);
    assert.deepEqual(codeOf(await get("/admin/api/tree")), [429, "TOO_MANY_FAILURES"]);
    pass(1);
    assert.equal((await get("/admin/api/tree"))[0], 200);
  });
});

Deno.test("FailureCount counts each address for itself and forgets a minute's failures", () => {
  const failures = new FailureCount();
  for (let i = 0; i < FAILURES_MAX; i++) failures.fail("a", i);
  for (let i = 0; i < FAILURES_MAX - 1; i++) failures.fail("b", 0);

  assert.deepEqual([failures.waitMs("a", 100), failures.waitMs("b", 100), failures.waitMs("c", 100)], [
    FAILURE_WINDOW_MS - 100,
    0,
    0,
  ]);
  failures.fail("b", FAILURE_WINDOW_MS);
  assert.deepEqual([failures.waitMs("a", FAILURE_WINDOW_MS), failures.waitMs("b", FAILURE_WINDOW_MS)], [
    0,
    0,
  ]);
});

Deno.test("the token is taken whatever the case of Bearer", async () => {
  await withAdmin(async ({ ask }) => {
    const response = await ask("/admin/api/tree", { headers: { Authorization: `bearer  ${TOKEN}` } });

    assert.deepEqual([response.status, await response.json()], [
      200,
      { tree: { path: "bitten", mailbox_depth: 0, children: [] } },
    ]);
  });
});

Deno.test("lists come in snake_case with their count", async () => {
  await withAdmin(async ({ get }) => {
    const [status, body] = await get("/admin/api/eas");
    const { eas, count } = body as { eas: Record<string, unknown>[]; count: number };

    assert.deepEqual([status, count], [200, 1]);
    assert.deepEqual(
      ["id", "account_mode", "last_seen_at_ms", "connected", "slots_taken", "broker_offset_ms", "primary_for"]
        .map((name) => eas[0]?.[name]),
      ["ea-1", "demo", TUESDAY_MS, true, 1, 10_800_000, ["EURUSD"]],
    );
    const [, signals] = await get("/admin/api/signals") as [number, { signals: Record<string, unknown>[] }];
    assert.equal(signals.signals[0]?.["stop_loss"], 1.0985);
    assert.equal((signals.signals[0]?.["outcome"] as Record<string, unknown>)["mfe_pips"], 20);
    for (const name of ["users", "fires", "conditions"]) {
      const [code, list] = await get(`/admin/api/${name}`) as [number, Record<string, unknown[]>];
      assert.deepEqual([code, list["count"], list[name]?.length], [200, 1, 1], name);
    }
  });
});

Deno.test("a list's query is read: 100 rows unless asked, since as epoch or ISO, filters by name", async () => {
  await withAdmin(async ({ get, fake }) => {
    await get("/admin/api/fires");
    await get("/admin/api/fires?limit=500&since=2026-07-07T10:00:00Z&status=ambiguous&user=7&symbol=EURUSD");
    await get(`/admin/api/signals?since=${TUESDAY_MS}&status=open`);
    await get("/admin/api/signals?since=2026-07-07");

    const none = { limit: 100, sinceMs: null, status: null, userId: null, symbol: null };
    assert.deepEqual(fake.calls, [
      ["fires", none],
      ["fires", { limit: 500, sinceMs: TUESDAY_MS, status: "ambiguous", userId: "7", symbol: "EURUSD" }],
      ["signals", { ...none, sinceMs: TUESDAY_MS, status: "open" }],
      ["signals", { ...none, sinceMs: TUESDAY_MS - 36_000_000 }],
    ]);
  });
});

Deno.test("a list's query is refused with what would be right", async () => {
  await withAdmin(async ({ get, fake }) => {
    const refused = [
      "fires?limit=501",
      "fires?limit=0",
      "fires?limit=1e2",
      "fires?since=yesterday",
      "fires?since=2026-07-07T10:00:00",
      "fires?status=FILLED",
      "eas?status=open",
      "conditions?status=open",
      "signals?symbol=eur/usd",
      "signals?user=%20",
      "signals?stauts=open",
    ];
    const answers = [];
    for (const path of refused) answers.push(await get(`/admin/api/${path}`));

    assert.deepEqual(answers.map(codeOf), refused.map(() => [400, "BAD_QUERY"]));
    assert.deepEqual(answers.map(messageOf).slice(-2), [
      'user cannot be " ".',
      "There is no parameter stauts.",
    ]);
    assert.deepEqual(fake.calls, []);
  });
});

Deno.test("POST /halt and /resume reach the desk with who and why, and stand in the log", async () => {
  await withAdmin(async ({ post, fake, logs }) => {
    const halted = await post("/admin/api/halt", { reason: "broker trouble" });
    const resumed = await post("/admin/api/resume");

    assert.deepEqual(halted, [200, {
      halt: { halted: true, by: "admin", reason: "news", since_ms: TUESDAY_MS, may_still_fill: ["fire-1"] },
    }]);
    assert.equal(resumed[0], 200);
    assert.deepEqual(fake.calls, [["halt", "broker trouble", "admin@127.0.0.1"], [
      "resume",
      "admin@127.0.0.1",
    ]]);
    assert.deepEqual(logs.map(({ message, fields }) => [message, fields]), [
      ["admin order", { order: "halt", reason: "broker trouble", by: "admin@127.0.0.1", outcome: "done" }],
      ["admin order", { order: "resume", by: "admin@127.0.0.1", outcome: "done" }],
    ]);
  });
});

Deno.test("POST /flatten tells whose positions are being closed and which nobody can reach", async () => {
  await withAdmin(async ({ post, fake, logs }) => {
    assert.deepEqual(await post("/admin/api/flatten"), [200, {
      flatten: { asked: ["fire-1"], unreachable: [] },
    }]);
    assert.deepEqual(fake.calls, [["flatten", "admin@127.0.0.1"]]);
    assert.deepEqual(logs.map(({ fields }) => fields["order"]), ["flatten"]);
  });
});

Deno.test("POST /eas/:id settles a clash of identities and resets a circuit", async () => {
  await withAdmin(async ({ post, fake }) => {
    const answers = [
      await post("/admin/api/eas/user_demo_00017/settle"),
      await post("/admin/api/eas/user_demo_00017/reset-circuit"),
    ];

    assert.deepEqual(answers, [
      [200, { ea: { id: "user_demo_00017", order: "settle" } }],
      [200, { ea: { id: "user_demo_00017", order: "reset-circuit" } }],
    ]);
    assert.deepEqual(fake.calls, [
      ["settleEa", "user_demo_00017", "admin@127.0.0.1"],
      ["resetCircuit", "user_demo_00017", "admin@127.0.0.1"],
    ]);
  });
});

Deno.test("POST /users turns snake_case into a change that holds only what was sent", async () => {
  await withAdmin(async ({ post, fake }) => {
    const whole = {
      user_id: "7176191872",
      tier: "COMMANDER",
      mode: "AUTO",
      confidence_min: 80,
      confidence_max: 89,
      max_auto_slots: 10,
      risk_percent: 5,
      open_risk_percent_max: 50,
      halted: false,
      ea_uuids: ["ea-1", "ea-2"],
    };
    const [status, body] = await post("/admin/api/users", whole);
    await post("/admin/api/users", { user_id: "7", halted: true });

    assert.equal(status, 200);
    assert.equal((body as { user: Record<string, unknown> }).user["max_auto_slots"], 10);
    assert.deepEqual(fake.calls, [
      ["changeUser", {
        id: "7176191872",
        tier: "COMMANDER",
        mode: "AUTO",
        confidenceMin: 80,
        confidenceMax: 89,
        maxAutoSlots: 10,
        riskPercent: 5,
        openRiskPercentMax: 50,
        halted: false,
        eaIds: ["ea-1", "ea-2"],
      }, "admin@127.0.0.1"],
      ["changeUser", { id: "7", halted: true }, "admin@127.0.0.1"],
    ]);
  });
});

Deno.test("POST bodies are refused with the field that is wrong, and no order is given", async () => {
  await withAdmin(async ({ post, fake }) => {
    const bodies: [string, unknown][] = [
      ["halt", {}],
      ["halt", { reason: "" }],
      ["halt", null],
      ["users", { tier: "FANG" }],
      ["users", { user_id: "7", risk_percent: 0 }],
      ["users", { user_id: "7", confidence_max: 100.1 }],
      ["users", { user_id: "7", max_auto_slots: 1.5 }],
      ["users", { user_id: "7", risk_percent: "5" }],
      ["users", { user_id: "7", balance: 1_000_000 }],
      ["fires/fire-1/resolve", { status: "filled" }],
      ["fires/fire-1/resolve", { status: "lost" }],
      ["fires/fire-1/resolve", { status: "closed", reason: "BECAUSE" }],
    ];
    const answers = [];
    for (const [path, body] of bodies) answers.push(await post(`/admin/api/${path}`, body));

    assert.deepEqual(answers.map(codeOf), bodies.map(() => [400, "BAD_BODY"]));
    assert.match(messageOf(answers[4]!), /^risk_percent: /);
    assert.match(messageOf(answers[8]!), /^balance: /);
    assert.deepEqual(fake.calls, []);
  });
});

Deno.test("POST refuses what is not JSON, not said to be JSON, or too large", async () => {
  await withAdmin(async ({ ask, fake }) => {
    const send = async (type: string, body: BodyInit) => {
      const headers = { Authorization: `Bearer ${TOKEN}`, "Content-Type": type };
      const response = await ask("/admin/api/halt", { method: "POST", headers, body });
      return [response.status, (await response.json()).error.code];
    };
    const large = JSON.stringify({ reason: "x".repeat(BODY_MAX) });
    const stream = () => new Blob([large]).stream();

    assert.deepEqual(await send("text/plain", '{"reason":"x"}'), [415, "NOT_JSON"]);
    assert.deepEqual(await send("application/json", '{"reason":'), [400, "BAD_BODY"]);
    assert.deepEqual(await send("application/json", large), [413, "BODY_TOO_LARGE"]);
    assert.deepEqual(await send("application/json", stream()), [413, "BODY_TOO_LARGE"]);
    assert.deepEqual(fake.calls, []);
  });
});

Deno.test("POST /fires/:id/resolve settles a fire in one of three ways", async () => {
  await withAdmin(async ({ post, fake }) => {
    const [status, body] = await post("/admin/api/fires/fire-1/resolve", {
      status: "filled",
      ticket: 90_210,
    });
    await post("/admin/api/fires/fire-1/resolve", { status: "closed" });
    await post("/admin/api/fires/a%2Fb/resolve", { status: "expired" });

    assert.deepEqual([status, (body as { fire: Record<string, unknown> }).fire["close_reason"]], [
      200,
      "CLOSED_BY_OPERATOR",
    ]);
    assert.deepEqual(fake.calls, [
      ["resolveFire", "fire-1", { status: "filled", ticket: 90_210 }, "admin@127.0.0.1"],
      ["resolveFire", "fire-1", { status: "closed", reason: "CLOSED_BY_OPERATOR" }, "admin@127.0.0.1"],
      ["resolveFire", "a/b", { status: "expired" }, "admin@127.0.0.1"],
    ]);
  });
});

Deno.test("POST /missions/:id/fire fires by hand, and a no comes back with its gate and into the log", async () => {
  const fault: ApiFault = { status: 409, code: "SLOTS_FULL", message: "10 of 10 slots taken", next: "Wait." };
  let full = false;
  await withAdmin(async ({ post, ask, fake, logs }) => {
    const fired = await ask(FIRE_MISSION, { method: "POST" });
    const body = await fired.json();
    full = true;
    const refused = await post(FIRE_MISSION);

    assert.deepEqual([fired.status, body.fire.origin], [200, "MANUAL"]);
    assert.deepEqual(refused, [409, {
      error: { code: "SLOTS_FULL", message: fault.message, next: "Wait." },
    }]);
    assert.deepEqual(fake.calls[0], [
      "fireMission",
      "ELITE_RAPID_BB_SCALP_EURUSD_1_USER_7",
      "admin@127.0.0.1",
    ]);
    assert.deepEqual(logs.map(({ fields }) => [fields["order"], fields["outcome"]]), [
      ["fire mission", "done"],
      ["fire mission", "SLOTS_FULL"],
    ]);
  }, {
    fireMission: () =>
      Promise.resolve(full ? { ok: false, fault } : { ok: true, value: { origin: "MANUAL" } as never }),
  });
});

Deno.test("the admin port answers 404 and 405 as JSON to who has the token", async () => {
  await withAdmin(async ({ get, ask }) => {
    const wrong = await ask("/admin/api/halt");

    assert.deepEqual(codeOf(await get("/admin/api/nothing")), [404, "NOT_FOUND"]);
    assert.deepEqual([wrong.status, wrong.headers.get("Allow"), (await wrong.json()).error.code], [
      405,
      "POST",
      "METHOD_NOT_ALLOWED",
    ]);
  });
});

Deno.test("the token stands in no log line and no answer", async () => {
  await withAdmin(async ({ ask, post, logs }) => {
    const answers = [
      await (await ask("/admin/api/eas")).text(),
      JSON.stringify(await post("/admin/api/resume")),
    ];
    await (await ask("/admin/api/eas", { headers: { Authorization: `Bearer ${TOKEN}x` } })).text();

    assert.equal(JSON.stringify([answers, logs]).includes(TOKEN), false);
  });
});

Deno.test("a signal without an outcome is shown with null", async () => {
  await withAdmin(async ({ get }) => {
    const [, body] = await get("/admin/api/signals") as [number, { signals: Record<string, unknown>[] }];

    assert.equal(body.signals[0]?.["outcome"], null);
  }, { signals: () => Promise.resolve({ ok: true, value: [{ ...makeSignal(), outcome: null }] }) });
});
