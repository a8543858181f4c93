/**
 * Starting a supervisor: order, failure, what is refused.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type ChildSpec, dynamic, StartError, supervisor, worker } from "../../runtime/mod.ts";
import { gate, reportText, stage } from "./probe.ts";

const failing = () => {
  throw new Error("why");
};

Deno.test("otp 1: children start in order, each after the one before has ended its init", async () => {
  const s = stage();
  const slow = (id: string) =>
    s.child(id, { init: () => Promise.resolve().then(() => s.trace.push(`${id} ready`)) });

  await s.system.start(supervisor("root", { children: [slow("a"), slow("b"), slow("c")] }));

  assert.deepEqual(s.seen(), ["+a", "a ready", "+b", "b ready", "+c", "c ready"]);
  await s.close();
});

Deno.test("otp 2: start resolves only after the last child's init ended", async () => {
  const s = stage();
  const slow = gate();
  let started = false;

  const starting = s.system.start(
    supervisor("root", { children: [s.child("a", { init: () => slow.promise })] }),
  );
  void starting.then(() => started = true);
  await s.settle();
  assert.equal(started, false);
  slow.open();
  await starting;

  assert.deepEqual(s.system.tree()[0]?.children.map((child) => child.state), ["running"]);
  await s.close();
});

Deno.test("otp 3: a failing init fails the start, with what had started stopped in reverse", async () => {
  const s = stage();
  const children = [s.child("a"), s.child("b"), s.child("c", { init: failing }), s.child("d")];

  const start = s.system.start(supervisor("root", { children }));

  await assert.rejects(
    start,
    (error) => error instanceof StartError && error.child === "c" && error.path === "root",
  );
  assert.deepEqual(s.seen(), ["+a", "+b", "+c", "-b shutdown", "-a shutdown"]);
  assert.deepEqual(s.reports.map(reportText), ["start_error root/c error(why)"]);
  assert.equal(s.system.counters().actors, 0);
  await s.close();
});

Deno.test("otp 4: a permanent child whose init is not needed stays listed without an incarnation", async () => {
  const s = stage();
  const unneeded = s.child("b", { init: (_life, context) => context.exit() });

  await s.system.start(supervisor("root", { children: [s.child("a"), unneeded, s.child("c")] }));

  const children = await s.system.supervisor("root").children();
  assert.ok(Array.isArray(children));
  assert.deepEqual(children.map(({ id, state }) => `${id} ${state}`), [
    "a running",
    "b stopped",
    "c running",
  ]);
  await s.close();
});

Deno.test("otp 5: a temporary child whose init is not needed is not listed", async () => {
  const s = stage();
  const unneeded = s.child("b", { restart: "temporary", init: (_life, context) => context.exit() });

  await s.system.start(supervisor("root", { children: [s.child("a"), unneeded] }));

  assert.deepEqual(s.system.tree()[0]?.children.map((child) => child.path), ["root/a"]);
  await s.close();
});

Deno.test("otp 6: a root whose init is not needed starts as nothing and leaves nothing behind", async () => {
  const s = stage();

  await s.system.start(s.child("root", { init: (_life, context) => context.exit() }));

  assert.deepEqual(s.system.tree(), []);
  assert.equal(s.ref("root").tell({ kind: "note", text: 1 }), false);
  await s.close();
});

Deno.test("otp 7: a start function that throws fails the start like an init that throws", async () => {
  const s = stage();
  const broken = worker("b", () => {
    throw new Error("no actor");
  });

  await assert.rejects(s.system.start(supervisor("root", { children: [s.child("a"), broken] })), /no actor/);

  assert.deepEqual(s.seen(), ["+a", "-a shutdown"]);
  await s.close();
});

const refusals: readonly (readonly [string, RegExp, (child: ChildSpec) => ChildSpec])[] = [
  ["8", /strategy must be one_for_one/, (c) => supervisor("r", { children: [c], strategy: "one" as never })],
  [
    "8",
    /intensity.restarts .* -1/,
    (c) => supervisor("r", { children: [c], intensity: { restarts: -1, withinMs: 1 } }),
  ],
  [
    "8",
    /intensity.restarts .* 1.5/,
    (c) => supervisor("r", { children: [c], intensity: { restarts: 1.5, withinMs: 1 } }),
  ],
  [
    "8",
    /intensity.restarts .* Infinity/,
    (c) => supervisor("r", { children: [c], intensity: { restarts: Infinity, withinMs: 1 } }),
  ],
  [
    "8",
    /intensity.withinMs .* 0/,
    (c) => supervisor("r", { children: [c], intensity: { restarts: 1, withinMs: 0 } }),
  ],
  [
    "8",
    /intensity.withinMs .* -5/,
    (c) => supervisor("r", { children: [c], intensity: { restarts: 1, withinMs: -5 } }),
  ],
  [
    "8",
    /intensity.withinMs .* Infinity/,
    (c) => supervisor("r", { children: [c], intensity: { restarts: 1, withinMs: Infinity } }),
  ],
  [
    "8",
    /autoShutdown must be never/,
    (c) => supervisor("r", { children: [c], autoShutdown: "yes" as never }),
  ],
  ["9", /id must be a text/, (c) => supervisor("r", { children: [c, { ...c, id: "" }] })],
  ["9", /id must not contain/, (c) => supervisor("r", { children: [c, { ...c, id: "x/y" }] })],
  [
    "9",
    /start must be a function/,
    (c) => supervisor("r", { children: [c, { type: "worker", id: "b", start: null as never }] }),
  ],
  [
    "9",
    /restart must be permanent/,
    (c) => supervisor("r", { children: [{ ...c, restart: "never" as never }] }),
  ],
  ["9", /shutdown must be a finite/, (c) => supervisor("r", { children: [{ ...c, shutdown: -1 }] })],
  [
    "9",
    /shutdown must be brutal, infinity/,
    (c) => supervisor("r", { children: [{ ...c, shutdown: "soon" as never }] }),
  ],
  [
    "9",
    /type must be worker/,
    (c) => supervisor("r", { children: [c, { ...c, id: "b", type: "port" as never }] }),
  ],
  [
    "10",
    /ids of its children must be different: current value is a/,
    (c) => supervisor("r", { children: [c, c] }),
  ],
  [
    "81",
    /significant must be false where autoShutdown is never/,
    (c) => supervisor("r", { children: [{ ...c, restart: "transient", significant: true }] }),
  ],
  [
    "82",
    /significant must be false for a permanent child/,
    (c) => supervisor("r", { children: [{ ...c, significant: true }], autoShutdown: "any_significant" }),
  ],
  ["92", /significant must be false/, () =>
    dynamic("r", {
      child: () => ({ init: () => 0, handle: () => 0 }),
      childOptions: { restart: "transient", significant: true },
    })],
  ["110", /child must be a function/, () => dynamic("r", { child: undefined as never })],
  ["186", /backoff.maxMs × restarts must be < withinMs/, (c) =>
    supervisor("r", {
      children: [{ ...c, backoff: { minMs: 1, maxMs: 2_000 } }],
      intensity: { restarts: 3, withinMs: 5_000 },
    })],
  [
    "186",
    /backoff.minMs must be > 0/,
    (c) => supervisor("r", { children: [{ ...c, backoff: { minMs: 0, maxMs: 1 } }] }),
  ],
];

for (const [number, refusal, spec] of refusals) {
  Deno.test(`otp ${number}: start is refused, and starts nobody, when ${refusal.source}`, async () => {
    const s = stage();

    await assert.rejects(s.system.start(spec(s.child("a"))), refusal);

    assert.deepEqual(s.seen(), []);
    assert.deepEqual(s.system.tree(), []);
    await s.close();
  });
}

Deno.test("otp 9: what is wrong deep below refuses the whole tree", async () => {
  const s = stage();
  const deep = supervisor("inner", { children: [s.child("b", { shutdown: -1 })] });

  await assert.rejects(
    s.system.start(supervisor("root", { children: [s.child("a"), deep] })),
    /root\/inner\/b/,
  );

  assert.deepEqual(s.seen(), []);
  await s.close();
});

Deno.test("otp 11: the defaults are one_for_one, 3 restarts in 5 s, permanent, 5 s to stop, supervisors as long as it takes", async () => {
  const s = stage();
  const inner = supervisor("inner", { children: [] });
  await s.system.start(supervisor("root", { children: [s.child("a"), s.child("b"), inner] }));
  const root = s.system.supervisor("root");

  const worker = await root.plan("a");
  const nested = await root.plan("inner");
  for (let i = 0; i < 3; i++) await s.tell("root/a", { kind: "throw", error: "x" });
  const afterThree = s.seen();
  await s.tell("root/a", { kind: "throw", error: "x" });

  assert.ok(worker !== null && "limitMs" in worker && nested !== null && "limitMs" in nested);
  const { restart, limitMs, brutal, significant, backoff } = worker;
  assert.deepEqual({ restart, limitMs, brutal, significant, backoff }, {
    restart: "permanent",
    limitMs: 5_000,
    brutal: false,
    significant: false,
    backoff: null,
  });
  assert.equal(nested.limitMs, Infinity);
  assert.deepEqual(afterThree, ["+a", "+b", ...Array(3).fill(["-a error(x)", "+a"]).flat()]);
  assert.deepEqual(s.seen(), ["-a error(x)", "-b shutdown"]);
  await s.close();
});

Deno.test("otp 12: a supervisor without children starts and idles", async () => {
  const s = stage();

  await s.system.start(supervisor("root", { children: [] }));

  assert.deepEqual(s.system.tree().map(({ path, state }) => `${path} ${state}`), ["root running"]);
  await s.close();
});

Deno.test("a child's init that takes longer than initMs fails the start, and is cut off", async () => {
  const s = stage();
  const never = gate();
  const start = s.system.start(
    supervisor("root", { children: [s.child("a", { initMs: 100, init: () => never.promise })] }),
  );
  const refused = assert.rejects(start, /init took too long/);

  await s.clock.advance(100);

  await refused;
  never.open();
  await s.settle();
  assert.equal(s.system.counters().actors, 0);
  await s.close();
});
