/**
 * Restarts that fail, and what can be done meanwhile.
 *
 * @module
 */
import assert from "node:assert/strict";
import { supervisor } from "../../runtime/mod.ts";
import { boom, gate, reportText, type Stage, stage } from "./probe.ts";
import { listed, startGroup, states } from "./scenes.ts";
import { seeded } from "./seeds.ts";

const failing = (first: number, last = Infinity) => (life: number): void => {
  if (life >= first && life <= last) throw new Error(`life ${life}`);
};

seeded(
  "otp 59, 63: with intensity 4 an init that fails for ever is tried 4 more times, without delay",
  async () => {
    const s = stage();
    const children = [s.child("a", { init: failing(2) })];
    await s.system.start(supervisor("root", { intensity: { restarts: 4, withinMs: 5_000 }, children }));

    await s.tell("root/a", boom());

    assert.deepEqual(s.seen(), ["+a", "-a error(boom)", "+a", "+a", "+a", "+a"]);
    assert.deepEqual(s.reports.map((report) => report.context), [
      "child_terminated",
      ...Array(4).fill("start_error"),
      "gave_up",
    ]);
    await s.close();
  },
);

/** A stage whose child `a` has crashed and fails in `init` as long as `hold()` says so. */
async function looping(s: Stage, hold: () => boolean): Promise<void> {
  const init = (life: number) => {
    if (life === 1 || !hold()) return undefined;
    return Promise.reject(new Error("still down"));
  };
  const children = [s.child("a", { init }), s.child("b")];
  const backoff = { minMs: 10, maxMs: 10 };
  await s.system.start(
    supervisor("root", {
      intensity: { restarts: 400, withinMs: 5_000 },
      children: [{ ...(children[0] as (typeof children)[0]), backoff }, children[1] as (typeof children)[0]],
    }),
  );
  await s.tell("root/a", boom());
  await s.clock.advance(50);
  s.seen();
}

seeded(
  "otp 64, 65: between two attempts the supervisor answers, and lists the child as restarting",
  async () => {
    const s = stage();
    let down = true;
    await looping(s, () => down);

    assert.deepEqual(await listed(s), ["a restarting", "b running"]);
    const counts = { specified: 2, active: 1, supervisors: 0, workers: 2 };
    assert.deepEqual(await s.system.supervisor("root").count(), counts);
    down = false;
    await s.clock.advance(10);

    assert.deepEqual(await listed(s), ["a running", "b running"]);
    await s.close();
  },
);

seeded("otp 64: between two attempts the supervisor starts and stops others", async () => {
  const s = stage();
  await looping(s, () => true);
  const root = s.system.supervisor("root");

  assert.deepEqual(await root.start(s.child("c")), { ok: true, ref: s.ref("root/c") });
  assert.deepEqual(await root.stop("b"), { ok: true });

  assert.deepEqual(await listed(s), ["a restarting", "b stopped", "c running"]);
  await s.close();
});

seeded(
  "otp 64, 65: without a back-off a slow init that fails leaves the supervisor time to answer, too",
  async () => {
    const s = stage();
    const doors = [gate(), gate()];
    const init = async (life: number) => {
      if (life === 1) return;
      await doors[life - 2]?.promise;
      if (life === 2) throw new Error("not yet");
    };
    await startGroup(s, "one_for_one", ["a", "b"], { a: { init } });
    await s.tell("root/a", boom());

    assert.deepEqual(await listed(s), ["a restarting", "b running"]);
    doors[0]?.open();
    await s.settle();
    assert.deepEqual(await listed(s), ["a restarting", "b running"]);
    doors[1]?.open();
    await s.settle();

    assert.deepEqual(await listed(s), ["a running", "b running"]);
    await s.close();
  },
);

seeded(
  "otp 66, 67: a restarting child is already present, cannot be restarted or removed, and can be stopped",
  async () => {
    const s = stage();
    await looping(s, () => true);
    const root = s.system.supervisor("root");

    assert.deepEqual(await root.start(s.child("a")), { ok: false, reason: "already_present" });
    assert.deepEqual(await root.restart("a"), { ok: false, reason: "restarting" });
    assert.deepEqual(await root.remove("a"), { ok: false, reason: "restarting" });
    assert.deepEqual(await root.stop("a"), { ok: true });
    await s.clock.advance(5_000);
    assert.deepEqual(s.seen(), []);
    assert.deepEqual(await listed(s), ["a stopped", "b running"]);
    assert.deepEqual(await root.remove("a"), { ok: true });

    assert.deepEqual(await listed(s), ["b running"]);
    await s.close();
  },
);

seeded("otp 68: a supervisor with a restarting child stops promptly and tries no more", async () => {
  const s = stage();
  await looping(s, () => true);

  await s.system.stop();
  await s.clock.advance(5_000);

  assert.deepEqual(s.seen(), ["-b shutdown"]);
  await s.close();
});

seeded(
  "otp 69: one_for_all tries the whole group again when a sibling does not start, counting one more",
  async () => {
    const s = stage();
    const children = [s.child("a"), s.child("b", { init: failing(2, 2) })];
    await s.system.start(
      supervisor("root", { strategy: "one_for_all", intensity: { restarts: 2, withinMs: 5_000 }, children }),
    );
    s.seen();

    await s.tell("root/a", boom());

    assert.deepEqual(s.seen(), ["-a error(boom)", "-b shutdown", "+a", "+b", "-a shutdown", "+a", "+b"]);
    assert.equal(s.system.counters().restarts, 2);
    await s.close();
  },
);

seeded(
  "otp 70: rest_for_one goes on with the child that did not start, leaving those before it up",
  async () => {
    const s = stage();
    const children = [s.child("a"), s.child("b"), s.child("c", { init: failing(2, 2) }), s.child("d")];
    await s.system.start(supervisor("root", { strategy: "rest_for_one", children }));
    s.seen();

    await s.tell("root/b", boom());

    assert.deepEqual(s.seen(), ["-b error(boom)", "-d shutdown", "-c shutdown", "+b", "+c", "+c", "+d"]);
    await s.close();
  },
);

for (const strategy of ["one_for_all", "rest_for_one"] as const) {
  seeded(
    `otp 69, 70: under ${strategy} attempts that keep failing pass the limit, and nobody stays alive`,
    async () => {
      const s = stage();
      const children = [s.child("a"), s.child("b", { init: failing(2) })];
      await s.system.start(
        supervisor("root", { strategy, intensity: { restarts: 2, withinMs: 5_000 }, children }),
      );

      await s.tell("root/a", boom());

      assert.deepEqual(s.reports.map(reportText), [
        "child_terminated root/a error(boom)",
        "start_error root/b error(life 2)",
        "start_error root/b error(life 3)",
        "gave_up root/b error(life 3)",
      ]);
      assert.equal(s.system.counters().actors, 0);
      await s.close();
    },
  );
}

seeded("otp 71: a restart whose init is not needed is done, and the child stays listed", async () => {
  const s = stage();
  const unneeded = s.child("a", { init: (life, context) => life > 1 ? context.exit() : undefined });
  await s.system.start(supervisor("root", { children: [unneeded] }));

  await s.tell("root/a", boom());

  assert.deepEqual(s.seen(), ["+a", "-a error(boom)", "+a"]);
  assert.deepEqual(await listed(s), ["a stopped"]);
  await s.close();
});

seeded("otp 72: a child that starts well and crashes at once is started n + 1 times in all", async () => {
  const s = stage();
  const crashing = s.child("a", { init: (_life, context) => context.next(boom()) });

  await s.system.start(
    supervisor("root", { intensity: { restarts: 5, withinMs: 5_000 }, children: [crashing] }),
  );
  await s.settle();

  assert.deepEqual(s.seen(), Array(6).fill(["+a", "-a error(boom)"]).flat());
  assert.deepEqual(states(s), ["stopped"]);
  await s.close();
});
