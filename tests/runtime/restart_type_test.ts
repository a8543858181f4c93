/**
 * Restart types: who lives again, and after which end.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Cell } from "../../runtime/cell.ts";
import type { Exit } from "../../runtime/mod.ts";
import { boom, exit, exitText, note, stage } from "./probe.ts";
import { failed, listed, normal, shutdown, shutdownWhy, startGroup, startKids, watched } from "./scenes.ts";
import { seeded } from "./seeds.ts";

for (const end of [normal, shutdown, shutdownWhy, { kind: "error", error: "x" } as Exit]) {
  seeded(
    `otp 28: a permanent child is restarted after ${end.kind}${
      "why" in end ? "(x)" : ""
    }, at the same address`,
    async () => {
      const s = stage();
      await startGroup(s, "one_for_one", ["a"]);
      const ref = s.ref("root/a");

      await s.tell("root/a", exit(end));
      ref.tell(note("again"));
      await s.settle();

      assert.deepEqual(s.seen(), [`-a ${end.kind === "error" ? "error(x)" : end.kind}`, "+a", "a:again"]);
      await s.close();
    },
  );
}

seeded("otp 28: a permanent child is restarted after a kill, as a new incarnation", async () => {
  const s = await watched();

  s.system.kill("root/a");
  await s.tell("root/a", note("again"));

  assert.deepEqual(s.seen(), ["+a", "a:again"]);
  assert.deepEqual(s.ends, [{ kind: "killed" }]);
  await s.close();
});

for (const end of [normal, shutdown, shutdownWhy]) {
  seeded(
    `otp 29: a transient child is not restarted after ${end.kind}${
      "why" in end ? "(x)" : ""
    } and stays listed`,
    async () => {
      const s = stage();
      await startGroup(s, "one_for_one", ["a"], { a: { restart: "transient" } });

      await s.tell("root/a", exit(end));

      assert.deepEqual(s.seen(), [`-a ${end.kind}`]);
      assert.deepEqual(await listed(s), ["a stopped"]);
      assert.equal(s.ref("root/a").tell(note(1)), false);
      await s.close();
    },
  );
}

seeded("otp 30: a transient child is restarted after a crash and after a kill", async () => {
  const s = stage();
  await startGroup(s, "one_for_one", ["a"], { a: { restart: "transient" } });

  await s.tell("root/a", boom());
  s.system.kill("root/a");
  await s.settle();

  assert.deepEqual(s.seen(), ["-a error(boom)", "+a", "+a"]);
  await s.close();
});

for (const end of [normal, shutdown, shutdownWhy, failed, { kind: "killed" } as Exit]) {
  seeded(`otp 31: a temporary child is forgotten after ${end.kind}${"why" in end ? "(x)" : ""}`, async () => {
    const s = stage();
    await startGroup(s, "one_for_one", ["a", "b"], { a: { restart: "temporary" } });

    if (end.kind === "killed") s.system.kill("root/a");
    else s.ref("root/a").tell(exit(end));
    await s.settle();

    assert.deepEqual(s.seen(), end.kind === "killed" ? [] : [`-a ${exitText(end)}`]);
    assert.deepEqual(await listed(s), ["b running"]);
    assert.equal((await s.system.supervisor("root").start(s.child("a"))).ok, true);
    await s.close();
  });
}

seeded("otp 32: one_for_all stops and forgets a temporary sibling", async () => {
  const s = stage();
  await startGroup(s, "one_for_all", ["a", "b"], { b: { restart: "temporary" } });

  await s.tell("root/a", boom());

  assert.deepEqual(s.seen(), ["-a error(boom)", "-b shutdown", "+a"]);
  assert.deepEqual(await listed(s), ["a running"]);
  await s.close();
});

seeded("otp 33: one_for_all starts a transient sibling again that had ended long ago", async () => {
  const s = stage();
  await startGroup(s, "one_for_all", ["a", "b"], { b: { restart: "transient" } });
  await s.tell("root/b", exit());
  s.seen();

  await s.tell("root/a", boom());

  assert.deepEqual(s.seen(), ["-a error(boom)", "+a", "+b"]);
  await s.close();
});

for (const strategy of ["one_for_all", "rest_for_one"] as const) {
  seeded(`otp 34: ${strategy} starts a later sibling again that was stopped by hand`, async () => {
    const s = stage();
    await startGroup(s, strategy, ["a", "b"]);
    await s.system.supervisor("root").stop("b");
    s.seen();

    await s.tell("root/a", boom());

    assert.deepEqual(s.seen(), ["-a error(boom)", "+a", "+b"]);
    await s.close();
  });
}

seeded("otp 34: rest_for_one leaves an earlier sibling stopped that was stopped by hand", async () => {
  const s = stage();
  await startGroup(s, "rest_for_one", ["a", "b", "c"]);
  await s.system.supervisor("root").stop("a");
  s.seen();

  await s.tell("root/b", boom());

  assert.deepEqual(s.seen(), ["-b error(boom)", "-c shutdown", "+b", "+c"]);
  assert.deepEqual(await listed(s), ["a stopped", "b running", "c running"]);
  await s.close();
});

seeded("otp 35: a restarted child has the state that init makes, and nothing else", async () => {
  const s = stage();
  await startGroup(s, "one_for_one", ["a"]);
  const count = () => s.ref("root/a").ask<number>((reply) => ({ kind: "count", reply }));
  await s.tell("root/a", note(1), note(2));
  assert.equal(await count(), 2);

  await s.tell("root/a", boom());

  assert.equal(await count(), 0);
  await s.close();
});

seeded(
  "otp 36: what a temporary child was started with is not kept; of others it is, for their restarts",
  async () => {
    for (const [restart, kept] of [["temporary", undefined], ["permanent", "A"]] as const) {
      const s = stage();
      const all = await startKids(s, { childOptions: { restart } });

      const ref = await all.start("a", "A");

      assert.ok(ref instanceof Cell);
      assert.equal(ref.seat?.argument, kept);
      await s.close();
    }
  },
);

seeded("crash reports say who, in what, how often, and come before the restart", async () => {
  const s = stage();
  await startGroup(s, "one_for_one", ["a"]);
  const error = new Error("boom");

  await s.tell("root/a", boom(error), boom(error));

  const atMs = s.clock.nowMs();
  const said = {
    supervisor: "root",
    context: "child_terminated",
    reason: { kind: "error", error },
    offender: "root/a",
  };
  assert.deepEqual(s.reports, [
    { ...said, messageKind: "throw", restarts: 0, atMs },
    { ...said, messageKind: "throw", restarts: 1, atMs },
  ]);
  await s.close();
});
