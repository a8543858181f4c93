/**
 * The restart limit: what counts, and for how long.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Exit, GaveUpError, supervisor } from "../../runtime/mod.ts";
import { act, boom, exit, exitText, reportText, stage } from "./probe.ts";
import { failed, listed, normal, once, shutdown, shutdownWhy, startGroup, states } from "./scenes.ts";
import { seeded } from "./seeds.ts";

seeded(
  "otp 47: intensity 2 restarts twice; the third crash stops the siblings in reverse and ends the supervisor",
  async () => {
    const s = stage();
    await startGroup(s, "one_for_one", ["a", "b", "c"], {}, { restarts: 2, withinMs: 5_000 });

    for (let i = 0; i < 3; i++) await s.tell("root/b", boom());

    assert.deepEqual(s.seen(), [
      ...["-b error(boom)", "+b", "-b error(boom)", "+b"],
      ...["-b error(boom)", "-c shutdown", "-a shutdown"],
    ]);
    assert.equal((await s.system.ended).kind, "shutdown");
    assert.deepEqual(s.reports.map(reportText).at(-1), "gave_up root/b error(boom)");
    await s.close();
  },
);

for (const end of [normal, shutdown, shutdownWhy, failed, { kind: "killed" } as Exit]) {
  seeded(
    `otp 48: intensity 0 gives up without a restart at the first ${end.kind}${"why" in end ? "(x)" : ""}`,
    async () => {
      const s = stage();
      await startGroup(s, "one_for_one", ["a", "b"], {}, { restarts: 0, withinMs: 5_000 });

      if (end.kind === "killed") s.system.kill("root/a");
      else s.ref("root/a").tell(exit(end));
      await s.settle();

      assert.deepEqual(s.seen(), [...(end.kind === "killed" ? [] : [`-a ${exitText(end)}`]), "-b shutdown"]);
      assert.equal((await s.system.ended).kind, "shutdown");
      assert.equal(s.system.counters().restarts, 0);
      await s.close();
    },
  );
}

seeded("otp 49: crashes further apart than the window never end a supervisor", async () => {
  const s = stage();
  await startGroup(s, "one_for_one", ["a"], {}, { restarts: 1, withinMs: 100 });

  for (let i = 0; i < 50; i++) {
    await s.tell("root/a", boom());
    await s.clock.advance(101);
  }

  assert.equal(s.system.counters().restarts, 50);
  assert.deepEqual(await listed(s), ["a running"]);
  await s.close();
});

seeded("otp 50: the window slides: crashes at 0, 6, 11 and 17 s stay below 2 in 10 s", async () => {
  const s = stage();
  await startGroup(s, "one_for_one", ["a"], {}, { restarts: 2, withinMs: 10_000 });

  for (const waitMs of [0, 6_000, 5_000, 6_000]) {
    await s.clock.advance(waitMs);
    await s.tell("root/a", boom());
  }

  assert.deepEqual(await listed(s), ["a running"]);
  assert.equal(s.system.counters().restarts, 4);
  await s.close();
});

for (const [waitMs, state] of [[1_000, "stopped"], [1_001, "running"]] as const) {
  seeded(
    `otp 51, 52: a restart ${waitMs} ms ago in a window of 1,000 ms leaves the supervisor ${state}`,
    async () => {
      const s = stage();
      await startGroup(s, "one_for_one", ["a"], {}, { restarts: 1, withinMs: 1_000 });

      await s.tell("root/a", boom());
      await s.clock.advance(waitMs);
      await s.tell("root/a", boom());

      assert.deepEqual(states(s), [state]);
      await s.close();
    },
  );
}

seeded(
  "otp 53: an hour on the market clock does not touch the window; a ms on the runtime clock does",
  async () => {
    for (const [jumpMs, waitMs, state] of [[3_600_000, 1_000, "stopped"], [0, 1_001, "running"]] as const) {
      const s = stage();
      await startGroup(s, "one_for_one", ["a"], {}, { restarts: 1, withinMs: 1_000 });

      await s.tell("root/a", boom());
      await s.market.advance(jumpMs);
      await s.clock.advance(waitMs);
      await s.tell("root/a", boom());

      assert.deepEqual(states(s), [state]);
      await s.close();
    }
  },
);

seeded("otp 54: the children of a static supervisor share one count", async () => {
  const s = stage();
  await startGroup(s, "one_for_one", ["a", "b"], {}, { restarts: 1, withinMs: 5_000 });

  await s.tell("root/a", boom());
  await s.tell("root/b", boom());

  assert.deepEqual(states(s), ["stopped"]);
  await s.close();
});

seeded("otp 55: restarting a whole group counts as one", async () => {
  const s = stage();
  await startGroup(s, "one_for_all", ["a", "b", "c"], {}, { restarts: 1, withinMs: 5_000 });

  await s.tell("root/a", boom());
  assert.deepEqual(await listed(s), ["a running", "b running", "c running"]);
  await s.tell("root/b", boom());

  assert.deepEqual(states(s), ["stopped"]);
  await s.close();
});

seeded("otp 56: stopping and restarting by hand never counts", async () => {
  const s = stage();
  await startGroup(s, "one_for_one", ["a"], {}, { restarts: 1, withinMs: 5_000 });
  const root = s.system.supervisor("root");

  for (let i = 0; i < 5; i++) {
    await root.stop("a");
    await root.restart("a");
  }
  await s.tell("root/a", boom());

  assert.deepEqual(await listed(s), ["a running"]);
  await s.close();
});

seeded("otp 57: a temporary child's crash and a transient child's normal end do not count", async () => {
  const s = stage();
  await startGroup(
    s,
    "one_for_one",
    ["a", "b", "c"],
    { a: { restart: "temporary" }, b: { restart: "transient" } },
    { restarts: 1, withinMs: 5_000 },
  );

  await s.tell("root/a", boom());
  await s.tell("root/b", exit());
  await s.tell("root/c", boom());

  assert.deepEqual(await listed(s), ["b stopped", "c running"]);
  await s.close();
});

seeded("otp 58: a permanent child's normal ends count", async () => {
  const s = stage();
  await startGroup(s, "one_for_one", ["a"], {}, { restarts: 1, withinMs: 5_000 });

  await s.tell("root/a", exit());
  await s.tell("root/a", exit());

  assert.deepEqual(states(s), ["stopped"]);
  await s.close();
});

seeded("otp 60: a restarted supervisor begins with an empty window", async () => {
  const s = stage();
  const inner = supervisor("inner", { intensity: once, children: [s.child("b")] });
  await s.system.start(supervisor("root", { children: [inner] }));
  await s.tell("root/inner/b", boom());
  await s.tell("root/inner/b", boom());
  s.seen();

  await s.tell("root/inner/b", boom());

  assert.deepEqual(s.seen(), ["-b error(boom)", "+b"]);
  await s.close();
});

seeded(
  "otp 61, 79: a root that gives up ends with shutdown; the report names the child and its last reason",
  async () => {
    const s = stage();
    await s.system.start(supervisor("root", { intensity: once, children: [s.child("a")] }));

    await s.tell("root/a", boom());
    await s.tell("root/a", boom());

    const end = await s.system.ended;
    assert.ok(end.kind === "shutdown" && end.why instanceof GaveUpError && end.why.child === "a");
    assert.equal(s.reports.map(reportText).at(-1), "gave_up root/a error(boom)");
    await s.close();
  },
);

seeded(
  "otp 61: a supervisor that gives up ends with shutdown for whoever watches it, whatever its child failed on",
  async () => {
    const s = stage();
    const ends: string[] = [];
    const inner = supervisor("inner", { restart: "temporary", intensity: once, children: [s.child("b")] });
    await s.system.start(supervisor("root", { children: [s.child("a"), inner] }));
    await s.tell(
      "root/a",
      act((context) =>
        context.monitor(s.ref("root/inner") as never, (end) => act(() => ends.push(exitText(end))))
      ),
    );

    await s.tell("root/inner/b", boom(), boom());
    await s.settle();

    assert.deepEqual(ends, ["shutdown"]);
    assert.equal(s.reports.map(reportText).at(-1), "gave_up root/inner/b error(boom)");
    await s.close();
  },
);
