/**
 * The HTTP gateway: what it asks of whom, what it says when somebody is silent, and its ports' life.
 *
 * @module
 */
import assert from "node:assert/strict";
import { httpGatewayActor, type HttpGatewayDeps } from "../../actors/http_gateway.ts";
import { ORDER_MS } from "../../actors/http/asking.ts";
import { storeActor, storeClient } from "../../actors/store.ts";
import type { FireAnswer } from "../../protocols/autofire.ts";
import type { AdminApi, ApiAnswer, HttpGatewayMessage, ListQuery, PublicApi } from "../../protocols/http.ts";
import type { StoreMessage, Write } from "../../protocols/store.ts";
import { adminApp, publicApp, serveHttp } from "../../edges/http.ts";
import { eaId, fireId, missionId, signalId, symbolName, userId } from "../../protocols/units.ts";
import {
  type AnyActor,
  dynamic,
  memoryLog,
  type Ref,
  supervisor,
  virtualClock,
  worker,
} from "../../runtime/mod.ts";
import { makeEa, makeSummary, makeUser } from "../kit/http_api.ts";
import { type MemoryStore, memoryStore } from "../kit/memory_store.ts";
import { makeFire } from "../kit/records.ts";
import { makeOutcome, makeSignal, TUESDAY_MS } from "../kit/signals.ts";
import { type TestSystem, testSystem } from "../kit/test_system.ts";

// deno-lint-ignore no-explicit-any
type Any = any;
type Answers = Readonly<Record<string, (message: Any) => void>>;

const NO_HALT = { halted: false, by: null, reason: null, sinceMs: null, mayStillFill: [] };
const ALL: ListQuery<never> = { limit: 100, sinceMs: null, status: null, userId: null, symbol: null };

/** An actor that hears everything and answers some of it. */
function answering(answers: Answers, heard: Any[] = []): AnyActor<Any> {
  return {
    init: () => null,
    handle(state: null, message: Any) {
      heard.push(message);
      answers[message.kind]?.(message);
      return state;
    },
  };
}

interface House extends TestSystem {
  readonly edge: MemoryStore;
  readonly public: PublicApi;
  readonly admin: AdminApi;
  readonly gateway: Ref<HttpGatewayMessage>;
  /** What everybody but the store heard, by name. */
  readonly heard: Readonly<Record<string, Any[]>>;
  /** Ports that were closed, in order. */
  readonly closed: string[];
}

interface Options {
  /** Answers that differ; null: nobody is there. */
  readonly answers?: Readonly<Record<string, Answers | null>>;
  readonly rows?: readonly Write[];
  readonly deps?: Partial<HttpGatewayDeps>;
  readonly go?: boolean;
  readonly edge?: MemoryStore;
}

const connection = (id: string, lastFrameAtMs: number) => ({ eaId: eaId(id), identity: "", lastFrameAtMs });

const ANSWERS: Readonly<Record<string, Answers>> = {
  analytics: { summary: ({ timeframeMs, reply }) => reply(makeSummary(timeframeMs)) },
  event_bus: {
    status: ({ reply }) =>
      reply({ lastSeq: 9, subscribers: [{ name: "a", seq: 9, lag: 0 }, { name: "b", seq: 6, lag: 3 }] }),
  },
  desk: {
    haltState: ({ reply }) => reply(NO_HALT),
    users: ({ reply }) => reply([{ user: makeUser(), eaIds: [eaId("ea-1")] }]),
    conditions: ({ reply }) =>
      reply([1, 3, 2].map((sinceMs) => ({ code: `C${sinceMs}`, subject: "", message: "", sinceMs }))),
    halt: ({ by, reason, reply }) => reply({ ...NO_HALT, halted: true, by, reason }),
    changeUser: ({ change, reply }) =>
      reply(change.tier === "PRESS_PASS" ? { error: "no AUTO in PRESS_PASS" } : makeUser(change)),
  },
  command_gateway: {
    connections: ({ reply }) =>
      reply([connection("ea-1", TUESDAY_MS - 75_000), connection("ea-2", TUESDAY_MS - 75_001)]),
  },
  relay: {
    status: ({ reply }) =>
      reply({
        eas: [{ eaId: "ea-1", offsetMs: 10_800_000, waiting: 0 }],
        feeds: [{ symbol: "EURUSD", primary: "ea-1", quote: null }],
      }),
  },
};

async function withGateway(run: (house: House) => Promise<void>, options: Options = {}): Promise<void> {
  const test = testSystem({ startMs: TUESDAY_MS });
  const { system } = test;
  const edge = options.edge ?? memoryStore();
  if (options.rows !== undefined) edge.commit([options.rows]);
  const heard: Record<string, Any[]> = {};
  const closed: string[] = [];
  const apis: Any = {};
  const answers = { ...ANSWERS, ...options.answers };
  const living = Object.entries(answers).filter(([, each]) => each !== null);
  const children = (name: string) => ({ child: () => answering(answers[name] ?? {}, heard[name] ??= []) });
  const serve = (name: string) => (api: unknown) => {
    apis[name] = api;
    return Promise.resolve({ port: 4_000, close: () => Promise.resolve(void closed.push(name)) });
  };
  const deps: HttpGatewayDeps = {
    store: storeClient(system.ref<StoreMessage>("root/store")),
    clock: test.market,
    runtimeClock: test.clock,
    startedMs: TUESDAY_MS - 5_000,
    version: "1.2.3",
    activePatterns: () => ["BB_SCALP"],
    eaStaleMs: 75_000,
    analytics: system.ref("root/analytics"),
    bus: system.ref("root/event_bus"),
    desk: system.ref("root/desk"),
    commandGateway: system.ref("root/command_gateway"),
    relay: system.ref("root/relay"),
    slots: system.dynamic("root/slots"),
    autofire: system.dynamic("root/autofire"),
    tree: () => ({ path: "root" }),
    servePublic: serve("public"),
    serveAdmin: serve("admin"),
    ...options.deps,
  };
  const names = living.map(([name]) => name).filter((name) => name !== "slots" && name !== "autofire");
  const started = system.start(supervisor("root", {
    children: [
      worker("store", () => storeActor({ edge, bus: { tell: () => true } })),
      ...names.map((name) => worker(name, () => answering(answers[name]!, heard[name] ??= []))),
      dynamic("slots", children("slots")),
      dynamic("autofire", children("autofire")),
      worker("http_gateway", () => httpGatewayActor(deps)),
    ],
  }));
  try {
    await started;
    if (options.go !== false) system.go();
    await test.settle();
    const gateway = system.ref<HttpGatewayMessage>("root/http_gateway");
    await run({
      ...test,
      edge,
      // A restarted gateway serves new ones.
      get public() {
        return apis.public;
      },
      get admin() {
        return apis.admin;
      },
      gateway,
      heard,
      closed,
    });
  } finally {
    await system.stop();
    edge.close();
  }
}

const codeOf = <T>(told: ApiAnswer<T>) => told.ok ? "ok" : [told.fault.status, told.fault.code];

const HOLDING: readonly Write[] = (["reserved", "sent", "ambiguous", "filled", "closed", "refused"] as const)
  .map((
    status,
  ) => ({
    put: "fires",
    row: makeFire({ id: fireId(`fire-${status}`), userId: userId("7176191872"), status }),
  }));

Deno.test("health() puts together what the actors and the store say", async () => {
  await withGateway(async (house) => {
    assert.deepEqual(await house.public.health(), {
      status: "ok",
      silent: [],
      version: "1.2.3",
      uptimeMs: 5_000,
      analytics: makeSummary(),
      slots: { taken: 4, max: 10 },
      easConnected: 1,
      busLag: 3,
      activePatterns: ["BB_SCALP"],
      halted: false,
      autoFire: true,
      clock: null,
    });
    assert.deepEqual(house.heard["analytics"]?.map(({ timeframeMs, nowMs }) => [timeframeMs, nowMs]), [
      [21_600_000, TUESDAY_MS],
    ]);
  }, { rows: HOLDING });
});

Deno.test("health() counts auto slots of users in AUTO mode and of those who hold one", async () => {
  const users = [
    { user: makeUser(), eaIds: [eaId("ea-1")] },
    { user: makeUser({ id: userId("by-hand"), mode: "SELECT", maxAutoSlots: 5 }), eaIds: [] },
    { user: makeUser({ id: userId("idle"), mode: "SELECT", maxAutoSlots: 99 }), eaIds: [] },
  ];
  const rows: Write[] = [{ put: "fires", row: makeFire({ userId: userId("by-hand"), status: "filled" }) }];
  const desk: Answers = { ...ANSWERS["desk"], users: ({ reply }) => reply(users) };
  await withGateway(async (house) => {
    assert.deepEqual((await house.public.health()).slots, { taken: 1, max: 15 });
  }, { rows, answers: { desk } });
});

Deno.test("health() says auto-fire is off while halted, or while no AUTO user has an EA", async () => {
  const halted: Answers = {
    ...ANSWERS["desk"],
    haltState: ({ reply }) => reply({ ...NO_HALT, halted: true }),
  };
  const bare: Answers = {
    ...ANSWERS["desk"],
    users: ({ reply }) => reply([{ user: makeUser(), eaIds: [] }]),
  };
  for (const desk of [halted, bare]) {
    await withGateway(async (house) => {
      const { autoFire, status } = await house.public.health();
      assert.deepEqual([autoFire, status], [false, "ok"]);
    }, { answers: { desk } });
  }
});

Deno.test("health() names at once who is not there, and knows the rest", async () => {
  await withGateway(async (house) => {
    const { status, silent, halted, slots, autoFire, analytics, busLag } = await house.public.health();

    assert.deepEqual({ status, silent, halted, slots, autoFire, analytics, busLag }, {
      status: "degraded",
      silent: ["analytics", "desk"],
      halted: null,
      slots: null,
      autoFire: null,
      analytics: null,
      busLag: 3,
    });
  }, { answers: { analytics: null, desk: null } });
});

Deno.test("health() waits two seconds for who is there and does not answer", async () => {
  await withGateway(async (house) => {
    const asked = house.public.health();
    await house.settle();
    await house.clock.advance(2_000);

    const { status, silent } = await asked;
    assert.deepEqual([status, silent], ["degraded", ["event_bus"]]);
  }, { answers: { event_bus: {} } });
});

Deno.test("a store that never answers is silent after two seconds, not for ever", async () => {
  const store = { select: () => new Promise<never>(() => {}) } as never;
  await withGateway(async (house) => {
    const health = house.public.health();
    const signals = house.admin.signals(ALL);
    await house.settle();
    await house.clock.advance(2_000);

    assert.deepEqual((await health).silent, ["store"]);
    assert.deepEqual(codeOf(await signals), [503, "UNAVAILABLE"]);
  }, { deps: { store } });
});

Deno.test("health() asked by many at once asks everybody once", async () => {
  await withGateway(async (house) => {
    const [first, second] = await Promise.all([house.public.health(), house.public.health()]);
    await house.public.health();

    assert.equal(first, second);
    assert.equal(house.heard["event_bus"]?.length, 2);
  });
});

Deno.test("before go the house says that it is starting, and takes no orders", async () => {
  await withGateway(async (house) => {
    const before = (await house.public.health()).status;
    const order = await house.admin.halt("why", "admin");
    house.system.go();
    await house.settle();

    assert.equal(before, "starting");
    assert.deepEqual(codeOf(order), [503, "STARTING"]);
    assert.equal((await house.public.health()).status, "ok");
  }, { go: false });
});

Deno.test("patternAnalytics() asks for its time frame, and is 503 when analytics is gone", async () => {
  await withGateway(async (house) => {
    assert.deepEqual(await house.public.patternAnalytics(60_000), { ok: true, value: makeSummary(60_000) });
  });
  await withGateway(async (house) => {
    assert.deepEqual(codeOf(await house.public.patternAnalytics(60_000)), [503, "UNAVAILABLE"]);
  }, { answers: { analytics: null } });
});

Deno.test("eas() joins the stored row with its connection, its slots and its feed", async () => {
  const { connected: _c, lastFrameAtMs: _l, slotsTaken: _s, brokerOffsetMs: _b, primaryFor: _p, ...row } =
    makeEa();
  const rows: Write[] = [
    { put: "ea_instances", row },
    { put: "ea_instances", row: { ...row, id: eaId("ea-2"), lastSeenAtMs: TUESDAY_MS - 1, userId: null } },
    { put: "fires", row: makeFire({ eaId: eaId("ea-1"), status: "filled" }) },
  ];
  await withGateway(async (house) => {
    const ids = async (query: ListQuery<"connected" | "offline">) => {
      const told = await house.admin.eas(query);
      return told.ok ? told.value.map(({ id }) => id) : codeOf(told);
    };

    const all = await house.admin.eas(ALL);
    assert.deepEqual(all, {
      ok: true,
      value: [
        makeEa({ lastFrameAtMs: TUESDAY_MS - 75_000 }),
        makeEa({
          id: eaId("ea-2"),
          userId: null,
          lastSeenAtMs: TUESDAY_MS - 1,
          connected: false,
          lastFrameAtMs: TUESDAY_MS - 75_001,
          slotsTaken: 0,
          brokerOffsetMs: null,
          primaryFor: [],
        }),
      ],
    });
    assert.deepEqual(await ids({ ...ALL, status: "connected" }), ["ea-1"]);
    assert.deepEqual(await ids({ ...ALL, status: "offline" }), ["ea-2"]);
    assert.deepEqual(await ids({ ...ALL, symbol: symbolName("EURUSD") }), ["ea-1"]);
    assert.deepEqual(await ids({ ...ALL, userId: userId("7176191872") }), ["ea-1"]);
    assert.deepEqual(await ids({ ...ALL, sinceMs: TUESDAY_MS }), ["ea-1"]);
    assert.deepEqual(await ids({ ...ALL, limit: 1 }), ["ea-1"]);
  }, { rows });
});

Deno.test("eas() has null for what the command gateway and the relay would know when they are gone", async () => {
  const { connected: _c, lastFrameAtMs: _l, slotsTaken: _s, brokerOffsetMs: _b, primaryFor: _p, ...row } =
    makeEa();
  await withGateway(async (house) => {
    const value = [
      makeEa({ connected: null, lastFrameAtMs: null, slotsTaken: 0, brokerOffsetMs: null, primaryFor: null }),
    ];
    assert.deepEqual(await house.admin.eas(ALL), { ok: true, value });
  }, { rows: [{ put: "ea_instances", row }], answers: { command_gateway: null, relay: null } });
});

Deno.test("signals() lists newest first, by status, symbol, time and number", async () => {
  const rows: Write[] = [1, 2, 3].map((at) => {
    const signal = makeSignal({
      id: signalId(`signal-${at}`),
      signaledAtMs: TUESDAY_MS + at,
      shadow: at === 3,
      shadowReason: at === 3 ? "spread" : null,
      symbol: symbolName(at === 2 ? "GBPUSD" : "EURUSD"),
    });
    return { put: "signals", row: { ...signal, outcome: at === 1 ? makeOutcome(signal) : null } };
  });
  await withGateway(async (house) => {
    const ids = async (query: Partial<ListQuery<"open" | "live" | "shadow">>) => {
      const told = await house.admin.signals({ ...ALL, ...query });
      return told.ok ? told.value.map(({ id }) => id.slice(-1)).join("") : codeOf(told);
    };

    assert.deepEqual(
      await Promise.all([
        ids({}),
        ids({ status: "open" }),
        ids({ status: "live" }),
        ids({ status: "shadow" }),
        ids({ symbol: symbolName("GBPUSD") }),
        ids({ sinceMs: TUESDAY_MS + 2 }),
        ids({ limit: 2 }),
      ]),
      ["321", "32", "21", "3", "2", "32", "32"],
    );
  }, { rows });
});

Deno.test("fires() lists newest first, by status, user, symbol and time", async () => {
  const rows: Write[] = [1, 2, 3].map((at) => ({
    put: "fires",
    row: makeFire({
      id: fireId(`fire-${at}`),
      requestedAtMs: TUESDAY_MS + at,
      status: at === 1 ? "closed" : "filled",
      userId: userId(at === 2 ? "a" : "b"),
    }),
  }));
  await withGateway(async (house) => {
    const ids = async (query: Partial<Parameters<AdminApi["fires"]>[0]>) => {
      const told = await house.admin.fires({ ...ALL, ...query });
      return told.ok ? told.value.map(({ id }) => id.slice(-1)).join("") : codeOf(told);
    };

    assert.deepEqual(
      await Promise.all([
        ids({}),
        ids({ status: "filled" }),
        ids({ userId: userId("b") }),
        ids({ symbol: symbolName("XAUUSD") }),
        ids({ sinceMs: TUESDAY_MS + 2, limit: 1 }),
      ]),
      ["321", "32", "31", "", "3"],
    );
  }, { rows });
});

Deno.test("users() and conditions() come from the desk", async () => {
  await withGateway(async (house) => {
    const users = await house.admin.users(ALL);
    const none = await house.admin.users({ ...ALL, status: "SELECT" });
    const conditions = await house.admin.conditions({ ...ALL, limit: 2 });

    assert.deepEqual(users, { ok: true, value: [{ ...makeUser(), eaUuids: ["ea-1"] }] });
    assert.deepEqual(none, { ok: true, value: [] });
    assert.deepEqual(conditions.ok && conditions.value.map(({ code }) => code), ["C3", "C2"]);
  });
});

Deno.test("orders reach the desk with who gave them", async () => {
  await withGateway(async (house) => {
    const halted = await house.admin.halt("news", "admin@1.2.3.4");
    const changed = await house.admin.changeUser({ id: userId("7"), halted: true }, "admin@1.2.3.4");
    const refused = await house.admin.changeUser({ id: userId("7"), tier: "PRESS_PASS" }, "admin@1.2.3.4");

    assert.deepEqual(halted, {
      ok: true,
      value: { ...NO_HALT, halted: true, by: "admin@1.2.3.4", reason: "news" },
    });
    assert.deepEqual(changed, { ok: true, value: makeUser({ id: userId("7"), halted: true }) });
    assert.deepEqual(codeOf(refused), [409, "USER_NOT_CHANGED"]);
  });
});

Deno.test("an order that nobody can have heard is UNAVAILABLE, one that nobody confirmed is UNCERTAIN", async () => {
  await withGateway(async (house) => {
    assert.deepEqual(codeOf(await house.admin.halt("news", "admin")), [503, "UNAVAILABLE"]);
  }, { answers: { desk: null } });
  await withGateway(async (house) => {
    const asked = house.admin.halt("news", "admin");
    await house.settle();
    await house.clock.advance(ORDER_MS);

    assert.deepEqual(codeOf(await asked), [503, "UNCERTAIN"]);
  }, { answers: { desk: { ...ANSWERS["desk"], halt: () => {} } } });
});

Deno.test("resolveFire() asks the fire's slot actor and shows the fire as it is then", async () => {
  const edge = memoryStore();
  const fire = makeFire({ eaId: eaId("ea-1"), status: "ambiguous" });
  await withGateway(async (house) => {
    const order = () => house.admin.resolveFire(fire.id, { status: "expired" }, "admin");
    const nobody = await order();
    house.system.dynamic("root/slots").ensure("ea-1", null);
    await house.settle();
    const settled = await order();

    assert.deepEqual(codeOf(nobody), [503, "UNAVAILABLE"]);
    assert.deepEqual(settled, { ok: true, value: { ...fire, status: "expired" } });
    assert.deepEqual(house.heard["slots"]?.map(({ fireId, resolution, by }) => [fireId, resolution, by]), [
      [fire.id, { status: "expired" }, "admin"],
    ]);
    assert.deepEqual(
      codeOf(await house.admin.resolveFire(fireId("none"), { status: "expired" }, "admin")),
      [404, "NO_SUCH_FIRE"],
    );
  }, {
    rows: [{ put: "fires", row: fire }],
    answers: {
      slots: {
        // Stands in for the slot actor's own commit.
        resolve({ reply }) {
          edge.commit([[{ put: "fires", row: { ...fire, status: "expired" } }]]);
          reply(null);
        },
      },
    },
    edge,
  });
});

Deno.test("resolveFire() passes on the slot actor's no", async () => {
  const fire = makeFire({ eaId: eaId("ea-1"), status: "closed" });
  const slots: Answers = { resolve: ({ reply }) => reply("It is closed already.") };
  await withGateway(async (house) => {
    house.system.dynamic("root/slots").ensure("ea-1", null);
    const told = await house.admin.resolveFire(fire.id, { status: "expired" }, "admin");

    assert.deepEqual(told.ok ? null : told.fault, {
      status: 409,
      code: "FIRE_NOT_RESOLVED",
      message: "It is closed already.",
      next: "Nothing was changed.",
    });
  }, { rows: [{ put: "fires", row: fire }], answers: { slots } });
});

Deno.test("fireMission() asks the autofire actor of the mission's user, and passes on its gate", async () => {
  const id = missionId("signal-1_USER_7");
  const mission = {
    id,
    signalId: signalId("signal-1"),
    userId: userId("7"),
    status: "OFFERED",
    offeredAtMs: TUESDAY_MS,
    expiresAtMs: TUESDAY_MS + 900_000,
  } as const;
  const fire = makeFire({ origin: "MANUAL" });
  const answers: FireAnswer[] = [
    { ok: true, fire },
    { ok: false, refusal: { code: "SLOTS_FULL", reason: "10 of 10 slots taken" } },
  ];
  const autofire: Answers = { manualFire: ({ reply }) => reply(answers.shift()) };
  await withGateway(async (house) => {
    const nobody = await house.admin.fireMission(id, "admin");
    house.system.dynamic("root/autofire").ensure("7", null);
    await house.settle();

    assert.deepEqual(codeOf(nobody), [503, "UNAVAILABLE"]);
    assert.deepEqual(await house.admin.fireMission(id, "admin"), { ok: true, value: fire });
    const refused = await house.admin.fireMission(id, "admin");
    assert.deepEqual(refused.ok ? null : [refused.fault.status, refused.fault.code, refused.fault.message], [
      409,
      "SLOTS_FULL",
      "10 of 10 slots taken",
    ]);
    assert.deepEqual(codeOf(await house.admin.fireMission(missionId("none"), "admin")), [
      404,
      "NO_SUCH_MISSION",
    ]);
    assert.deepEqual(house.heard["autofire"]?.map(({ missionId }) => missionId), [id, id]);
  }, { rows: [{ put: "missions", row: mission }], answers: { autofire } });
});

Deno.test("ports tells both ports, and null for an admin port that stays closed", async () => {
  const ask = (gateway: Ref<HttpGatewayMessage>) => gateway.ask((reply) => ({ kind: "ports", reply }));
  await withGateway(async ({ gateway }) => {
    assert.deepEqual(await ask(gateway), { public: 4_000, admin: 4_000 });
  });
  await withGateway(async ({ gateway }) => {
    assert.deepEqual(await ask(gateway), { public: 4_000, admin: null });
  }, { deps: { serveAdmin: null } });
});

Deno.test("stopping closes both ports, and a crash closes them before they are bound again", async () => {
  let closed: string[] = [];
  await withGateway(async (house) => {
    closed = house.closed;
    house.gateway.tell({ kind: "ports" } as never);
    await house.settle();

    assert.equal(house.reports.length, 1);
    assert.deepEqual([...new Set(closed)].sort(), ["admin", "public"]);
    closed.length = 0;
    assert.equal((await house.public.health()).status, "ok");
  });

  assert.deepEqual([...new Set(closed)].sort(), ["admin", "public"]);
});

Deno.test("an admin port that cannot be bound fails the start and frees the public one", async () => {
  const closed: string[] = [];
  const deps: Partial<HttpGatewayDeps> = {
    servePublic: () => Promise.resolve({ port: 1, close: () => Promise.resolve(void closed.push("public")) }),
    serveAdmin: () => Promise.reject(new Error("port in use")),
  };

  await assert.rejects(withGateway(() => assert.fail("it started"), { deps }), /http_gateway/);
  assert.deepEqual(closed, ["public"]);
});

Deno.test("over its real servers the house is seen from outside, and after a stop its ports are free", async () => {
  const { log } = memoryLog(virtualClock(TUESDAY_MS));
  const at = { host: "127.0.0.1", port: 0 };
  let ports = { public: 0, admin: 0 as number | null };
  await withGateway(async (house) => {
    ports = await house.gateway.ask<typeof ports>((reply) => ({ kind: "ports", reply }));
    const health = await fetch(`http://127.0.0.1:${ports.public}/healthz`);
    const headers = { Authorization: "Bearer 0123456789abcdef" };
    const fires = await fetch(`http://127.0.0.1:${ports.admin}/admin/api/fires`, { headers });

    assert.deepEqual([health.status, (await health.json()).active_slots], [200, "4/10"]);
    assert.deepEqual([fires.status, (await fires.json()).count], [200, 6]);
  }, {
    rows: HOLDING,
    deps: {
      servePublic: (api) => serveHttp({ ...at, app: publicApp(api, log) }),
      serveAdmin: (api) => serveHttp({ ...at, app: adminApp(api, { token: "0123456789abcdef", log }) }),
    },
  });

  for (const port of [ports.public, ports.admin!]) Deno.listen({ hostname: "127.0.0.1", port }).close();
});
