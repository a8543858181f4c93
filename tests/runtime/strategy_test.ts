/**
 * Strategies: whom a crash takes along.
 *
 * @module
 */
import assert from "node:assert/strict";
import { supervisor } from "../../runtime/mod.ts";
import { act, boom, exit, gate, note, reportText, stage } from "./probe.ts";
import { hanging, listed, once, startGroup } from "./scenes.ts";
import { seeded } from "./seeds.ts";

seeded("otp 37: one_for_one restarts the crashed child alone", async () => {
  const s = stage();
  await startGroup(s, "one_for_one", ["a", "b", "c"]);

  await s.tell("root/b", boom());

  assert.deepEqual(s.seen(), ["-b error(boom)", "+b"]);
  await s.close();
});

seeded("otp 38: one_for_all restarts everybody, stopping in reverse and starting in order", async () => {
  const s = stage();
  await startGroup(s, "one_for_all", ["a", "b", "c"]);

  await s.tell("root/b", boom());

  assert.deepEqual(s.seen(), ["-b error(boom)", "-c shutdown", "-a shutdown", "+a", "+b", "+c"]);
  await s.close();
});

seeded("otp 38: a group is stopped each by its own shutdown: brutal, in time, or cut off", async () => {
  const s = stage();
  await startGroup(s, "one_for_all", ["a", "b", "c", "d"], {
    b: { shutdown: "brutal" },
    c: { shutdown: 100, stop: hanging },
  });

  await s.tell("root/a", boom());
  assert.deepEqual(s.seen(), ["-a error(boom)", "-d shutdown", "-c shutdown"]);
  await s.clock.advance(100);

  assert.deepEqual(s.seen(), ["+a", "+b", "+c", "+d"]);
  s.system.kill("root");
  await s.close();
});

seeded("otp 39: rest_for_one restarts the crashed child and those after it", async () => {
  const s = stage();
  await startGroup(s, "rest_for_one", ["a", "b", "c", "d"]);

  await s.tell("root/b", boom());

  assert.deepEqual(s.seen(), ["-b error(boom)", "-d shutdown", "-c shutdown", "+b", "+c", "+d"]);
  await s.close();
});

seeded(
  "otp 40: rest_for_one restarts the last child alone, and everybody after a crash of the first",
  async () => {
    const s = stage();
    await startGroup(s, "rest_for_one", ["a", "b"]);

    await s.tell("root/b", boom());
    assert.deepEqual(s.seen(), ["-b error(boom)", "+b"]);
    await s.tell("root/a", boom());

    assert.deepEqual(s.seen(), ["-a error(boom)", "-b shutdown", "+a", "+b"]);
    await s.close();
  },
);

seeded(
  "otp 41: a group restart waits for a hanging sibling's time limit, cuts it off, and goes on",
  async () => {
    const s = stage();
    let hangs = true;
    const stop = () => hangs ? new Promise<void>(() => {}) : undefined;
    const children = [s.child("a"), s.child("b", { shutdown: 100, stop })];
    await s.system.start(supervisor("root", { strategy: "one_for_all", children }));
    s.seen();

    await s.tell("root/a", boom());
    assert.deepEqual(s.seen(), ["-a error(boom)", "-b shutdown"]);
    await s.clock.advance(100);

    assert.deepEqual(s.seen(), ["+a", "+b"]);
    assert.deepEqual(s.reports.map(reportText), [
      "child_terminated root/a error(boom)",
      "shutdown_error root/b killed",
    ]);
    hangs = false;
    await s.close();
  },
);

seeded("otp 42: two children of a group that die in the same turn are one restart", async () => {
  const s = stage();
  await startGroup(s, "one_for_all", ["a", "b", "c"], {}, { restarts: 1, withinMs: 5_000 });

  s.system.kill("root/a");
  s.system.kill("root/c");
  await s.settle();

  assert.deepEqual(s.seen(), ["-b shutdown", "+a", "+b", "+c"]);
  assert.deepEqual(await listed(s), ["a running", "b running", "c running"]);
  assert.equal(s.system.counters().restarts, 1);
  await s.close();
});

seeded("otp 42: a child that dies while its group is being stopped for another is absorbed too", async () => {
  const s = stage();
  await startGroup(s, "one_for_all", ["a", "b", "c"], { c: { stop: () => s.system.kill("root/a") } }, once);

  await s.tell("root/b", boom());

  assert.deepEqual(s.seen(), ["-b error(boom)", "-c shutdown", "+a", "+b", "+c"]);
  assert.deepEqual(s.reports.map(reportText), ["child_terminated root/b error(boom)"]);
  await s.close();
});

for (const strategy of ["one_for_all", "rest_for_one"] as const) {
  seeded(`otp 43: under ${strategy} a transient child's normal end touches nobody`, async () => {
    const s = stage();
    await startGroup(s, strategy, ["a", "b", "c"], { b: { restart: "transient" } });

    await s.tell("root/b", exit());

    assert.deepEqual(s.seen(), ["-b normal"]);
    await s.close();
  });

  seeded(`otp 44: under ${strategy} a temporary child's crash touches nobody`, async () => {
    const s = stage();
    await startGroup(s, strategy, ["a", "b", "c"], { b: { restart: "temporary" } });

    await s.tell("root/b", boom());

    assert.deepEqual(s.seen(), ["-b error(boom)"]);
    assert.deepEqual(s.reports.map(reportText), ["child_terminated root/b error(boom)"]);
    await s.close();
  });
}

for (
  const [strategy, trace] of [
    ["one_for_one", ["-b error(boom)", "+b"]],
    ["one_for_all", ["-b error(boom)", "-c shutdown", "-a shutdown", "+a", "+b", "+c"]],
    ["rest_for_one", ["-b error(boom)", "-c shutdown", "+b", "+c"]],
  ] as const
) {
  seeded(`otp 45: a child added at run time is the last for ${strategy} and for shutdown`, async () => {
    const s = stage();
    await startGroup(s, strategy, ["a", "b"]);
    await s.system.supervisor("root").start(s.child("c"));
    assert.deepEqual(s.seen(), ["+c"]);

    await s.tell("root/b", boom());
    assert.deepEqual(s.seen(), trace);
    await s.system.stop();

    assert.deepEqual(s.seen(), ["-c shutdown", "-b shutdown", "-a shutdown"]);
    await s.close();
  });
}

seeded("otp 46: children are listed in start order, those added at run time last", async () => {
  const s = stage();
  await startGroup(s, "one_for_one", ["c", "a"]);
  await s.system.supervisor("root").start(s.child("b"));

  await s.tell("root/c", boom());

  assert.deepEqual(await listed(s), ["c running", "a running", "b running"]);
  await s.close();
});

seeded("a group restart keeps the mailboxes of everybody it stops", async () => {
  const s = stage();
  await startGroup(s, "one_for_all", ["a", "b", "c"]);
  const busy = gate();
  await s.tell("root/c", act(() => busy.promise));

  s.ref("root/a").tell(boom());
  s.ref("root/b").tell(note("b kept"));
  s.ref("root/c").tell(note("c kept"));
  await s.settle();
  busy.open();
  await s.settle();

  assert.deepEqual(s.seen().filter((line) => line.includes(":")), ["b:b kept", "c:c kept"]);
  assert.deepEqual(s.deadLetters.map((letter) => letter.reason), ["crashed"]);
  await s.close();
});

seeded(
  "under one_for_all and rest_for_one a supervisor in the group is restarted with everybody below",
  async () => {
    for (const strategy of ["one_for_all", "rest_for_one"] as const) {
      const s = stage();
      const inner = supervisor("inner", { children: [s.child("b"), s.child("c")] });
      await s.system.start(supervisor("root", { strategy, children: [s.child("a"), inner, s.child("d")] }));
      s.seen();

      await s.tell("root/a", boom());

      assert.deepEqual(s.seen(), [
        ...["-a error(boom)", "-d shutdown", "-c shutdown", "-b shutdown"],
        ...["+a", "+b", "+c", "+d"],
      ]);
      await s.close();
    }
  },
);
