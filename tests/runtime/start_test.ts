/**
 * Starting a supervisor: order, failure, defaults.
 *
 * @module
 */
import assert from "node:assert/strict";
import { StartError, supervisor, worker } from "../../runtime/mod.ts";
import { boom, exitText, gate, probe, type ProbeMessage, reportText, stage } from "./probe.ts";
import { countOf, listed, states } from "./scenes.ts";
import { seeded } from "./seeds.ts";

const failing = () => {
  throw new Error("why");
};

seeded("otp 1: children start in order, each after the one before has ended its init", async () => {
  const s = stage();
  const slow = (id: string) =>
    s.child(id, { init: () => Promise.resolve().then(() => s.trace.push(`${id} ready`)) });

  await s.system.start(supervisor("root", { children: [slow("a"), slow("b"), slow("c")] }));

  assert.deepEqual(s.seen(), ["+a", "a ready", "+b", "b ready", "+c", "c ready"]);
  await s.close();
});

seeded("otp 2: start resolves only after the last child's init ended", async () => {
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

seeded("otp 3: a failing init fails the start, with what had started stopped in reverse", async () => {
  const s = stage();
  const children = [s.child("a"), s.child("b"), s.child("c", { init: failing }), s.child("d")];

  const start = s.system.start(supervisor("root", { children }));

  await assert.rejects(
    start,
    (error) =>
      error instanceof StartError && error.path === "root" && error.child === "c" &&
      exitText(error.exit) === "error(why)",
  );
  assert.deepEqual(s.seen(), ["+a", "+b", "+c", "-b shutdown", "-a shutdown"]);
  assert.deepEqual(s.reports.map(reportText), ["start_error root/c error(why)"]);
  assert.equal(s.system.counters().actors, 0);
  assert.deepEqual(s.system.tree(), []);
  await s.close();
});

seeded(
  "otp 3: a supervisor below that cannot start fails the start of the one above in the same way",
  async () => {
    const s = stage();
    const inner = supervisor("inner", { children: [s.child("b"), s.child("c", { init: failing })] });

    const start = s.system.start(supervisor("root", { children: [s.child("a"), inner, s.child("d")] }));

    await assert.rejects(
      start,
      /Cannot start root as inner did not start.*Cannot start root\/inner as c did not/,
    );
    assert.deepEqual(s.seen(), ["+a", "+b", "+c", "-b shutdown", "-a shutdown"]);
    assert.equal(s.system.counters().actors, 0);
    await s.close();
  },
);

seeded("otp 4: a permanent child whose init is not needed stays listed without an incarnation", async () => {
  const s = stage();
  const unneeded = s.child("b", { init: (_life, context) => context.exit() });

  await s.system.start(supervisor("root", { children: [s.child("a"), unneeded, s.child("c")] }));

  assert.deepEqual(await listed(s), ["a running", "b stopped", "c running"]);
  assert.deepEqual(s.reports, []);
  await s.close();
});

seeded("otp 5: a temporary child whose init is not needed is not listed", async () => {
  const s = stage();
  const unneeded = s.child("b", { restart: "temporary", init: (_life, context) => context.exit() });

  await s.system.start(supervisor("root", { children: [s.child("a"), unneeded] }));

  assert.deepEqual(s.system.tree()[0]?.children.map((child) => child.path), ["root/a"]);
  await s.close();
});

seeded("otp 6: a root whose init is not needed starts as nothing and leaves nothing behind", async () => {
  const s = stage();

  await s.system.start(s.child("root", { init: (_life, context) => context.exit() }));

  assert.deepEqual(s.system.tree(), []);
  assert.equal(s.ref("root").tell({ kind: "note", text: 1 }), false);
  await s.close();
});

for (
  const [what, spec] of [
    ["nothing", null],
    ["an empty object", {}],
    ["a supervisor without a list of children", { type: "supervisor", id: "r" }],
    ["a list with nothing in it", { type: "supervisor", id: "r", children: [null] }],
  ] as const
) {
  seeded(`otp 7: start is refused for ${what} in place of a specification`, async () => {
    const s = stage();

    await assert.rejects(s.system.start(spec as never), RangeError);

    assert.deepEqual(s.system.tree(), []);
    await s.close();
  });
}

for (
  const [what, make, why] of [
    ["throws", failing, /why/],
    ["answers no actor", () => ({}), /init is not a function/],
    ["answers nothing", () => undefined, /undefined/],
  ] as const
) {
  seeded(`otp 7: a start function that ${what} fails the start like an init that throws`, async () => {
    const s = stage();
    const broken = worker("b", make as () => never);

    await assert.rejects(s.system.start(supervisor("root", { children: [s.child("a"), broken] })), why);

    assert.deepEqual(s.seen(), ["+a", "-a shutdown"]);
    assert.deepEqual(s.system.tree(), []);
    await s.close();
  });
}

seeded(
  "otp 11: a child is permanent, has 5 s to stop, and is not significant; a supervisor has all the time it takes",
  async () => {
    const s = stage();
    const inner = supervisor("inner", { children: [] });
    await s.system.start(supervisor("root", { children: [s.child("a"), inner] }));

    const plans = [];
    for (const id of ["a", "inner"]) {
      const plan = await s.system.supervisor("root").plan(id);
      assert.ok(plan !== null && "restart" in plan);
      const { spec: _spec, make: _make, ...options } = plan;
      plans.push(options);
    }

    const worker = {
      restart: "permanent",
      limitMs: 5_000,
      brutal: false,
      significant: false,
      backoff: null,
      initMs: Infinity,
    };
    assert.deepEqual(plans, [worker, { ...worker, limitMs: Infinity }]);
    await s.close();
  },
);

for (const [waitMs, state] of [[5_000, "stopped"], [5_001, "running"]] as const) {
  seeded(
    `otp 11: by default a supervisor restarts one_for_one, 3 times in 5 s: 4 crashes in ${waitMs} ms leave it ${state}`,
    async () => {
      const s = stage();
      await s.system.start(supervisor("root", { children: [s.child("a"), s.child("b")] }));
      await s.tell("root/a", boom(), boom(), boom());
      assert.deepEqual(s.seen(), ["+a", "+b", ...Array(3).fill(["-a error(boom)", "+a"]).flat()]);

      await s.clock.advance(waitMs);
      await s.tell("root/a", boom());

      assert.deepEqual(s.seen(), ["-a error(boom)", state === "running" ? "+a" : "-b shutdown"]);
      assert.deepEqual(states(s), [state]);
      await s.close();
    },
  );
}

seeded("otp 12: a supervisor without children starts and idles", async () => {
  const s = stage();

  await s.system.start(supervisor("root", { children: [] }));

  assert.deepEqual(s.system.tree().map(({ path, state }) => `${path} ${state}`), ["root running"]);
  assert.deepEqual([s.scheduler.idle, s.clock.pending], [true, 0]);
  await s.close();
});

seeded(
  "otp 13: a start answers the child's ref and nothing beside it; what a child has to tell it is asked for",
  async () => {
    const s = stage();
    await s.system.start(supervisor("root", { children: [] }));
    const root = s.system.supervisor("root");
    const start = probe(s.trace, "a");
    const talkative = worker<ProbeMessage>(
      "a",
      () => Object.assign(start(), { extra: "nobody looks at this" }),
    );

    const started = await root.start(talkative);
    await root.stop("a");
    const restarted = await root.restart("a");

    const answer = { ok: true, ref: s.ref("root/a") };
    assert.deepEqual([started, restarted], [answer, answer]);
    assert.equal(await s.ref("root/a").ask(countOf), 0);
    await s.close();
  },
);

seeded("a child's init that takes longer than initMs fails the start, and is cut off", async () => {
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

seeded(
  "a child that falls while a later sibling waits for its answer is restarted, and the start goes on",
  async () => {
    const s = stage();
    const ask = (reply: (handled: number) => void): ProbeMessage => ({ kind: "count", reply });
    const first = s.child("first");
    const second = s.child("second", {
      init: async () => {
        s.ref("root/first").tell(boom());
        await s.ref("root/first").ask<number>(ask);
      },
    });

    await s.until(s.system.start(supervisor("root", { children: [first, second] })));

    assert.deepEqual(s.seen(), ["+first", "+second", "-first error(boom)", "+first"]);
    assert.deepEqual(s.reports.map(reportText), ["child_terminated root/first error(boom)"]);
    await s.close();
  },
);

seeded("a child that falls too often while later siblings are started fails the start", async () => {
  const s = stage();
  const second = s.child("second", {
    init: async () => {
      for (let times = 0; times < 2; times++) s.ref("root/first").tell(boom());
      await s.ref("root/first").ask<number>((reply) => ({ kind: "count", reply }));
    },
  });
  const intensity = { restarts: 1, withinMs: 1_000 };

  const started = s.system.start(supervisor("root", { intensity, children: [s.child("first"), second] }));

  await assert.rejects(s.until(started), StartError);
  await s.close();
});
