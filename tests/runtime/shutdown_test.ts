/**
 * Stopping a supervisor: order and time limits.
 *
 * @module
 */
import assert from "node:assert/strict";
import { dynamic, type Exit, supervisor } from "../../runtime/mod.ts";
import { act, boom, exit, gate, probe, type ProbeMessage, reportText, stage } from "./probe.ts";
import { listed, normal, shutdownWhy } from "./scenes.ts";
import { seeded } from "./seeds.ts";

seeded("otp 14: children stop in reverse, each gone before the next is told", async () => {
  const s = stage();
  const slow = (id: string) =>
    s.child(id, { stop: () => Promise.resolve().then(() => s.trace.push(`${id} gone`)) });
  await s.system.start(supervisor("root", { children: [slow("a"), slow("b"), slow("c")] }));
  s.seen();

  await s.system.stop();

  assert.deepEqual(s.seen(), ["-c shutdown", "c gone", "-b shutdown", "b gone", "-a shutdown", "a gone"]);
  assert.deepEqual(await s.system.ended, { kind: "shutdown" });
  await s.close();
});

seeded("otp 15: the stop hook sees shutdown when its supervisor stops it", async () => {
  const s = stage();
  const exits: Exit[] = [];
  await s.system.start(
    supervisor("root", { children: [s.child("a", { stop: (exit) => void exits.push(exit) })] }),
  );

  await s.system.stop();

  assert.deepEqual(exits, [{ kind: "shutdown" }]);
  await s.close();
});

seeded("otp 21: a child that crashes before its turn to stop is not restarted", async () => {
  const s = stage();
  const slow = gate();
  await s.system.start(
    supervisor("root", { children: [s.child("a"), s.child("b", { stop: () => slow.promise })] }),
  );
  s.seen();

  const stopping = s.system.stop();
  await s.tell("root/a", boom());
  slow.open();
  await stopping;

  assert.deepEqual(s.seen().toSorted(), ["-a error(boom)", "-b shutdown"]);
  await s.close();
});

seeded("otp 22: a child that is dead when its turn comes is not waited for", async () => {
  const s = stage();
  await s.system.start(
    supervisor("root", { children: [s.child("a"), s.child("b", { restart: "transient" })] }),
  );
  await s.tell("root/b", exit());

  await s.system.stop();

  assert.deepEqual(s.seen(), ["+a", "+b", "-b normal", "-a shutdown"]);
  await s.close();
});

seeded("otp 23: a stop hook that throws is reported, and the shutdown goes on", async () => {
  const s = stage();
  const broken = () => {
    throw new Error("late");
  };
  await s.system.start(supervisor("root", { children: [s.child("a"), s.child("b", { stop: broken })] }));

  await s.system.stop();

  assert.deepEqual(s.seen(), ["+a", "+b", "-b shutdown", "-a shutdown"]);
  assert.deepEqual(s.reports.map(reportText), ["shutdown_error root/b error(late)"]);
  assert.deepEqual(await s.system.ended, { kind: "shutdown" });
  await s.close();
});

for (const end of [normal, shutdownWhy]) {
  seeded(
    `otp 24: ${end.kind} as an answer to the order to stop is reported of a permanent child alone, and the shutdown goes on`,
    async () => {
      const s = stage();
      const gates = new Map(["b", "c", "d"].map((id) => [id, gate()]));
      const leaving = (id: string) =>
        act(async (context) => {
          await gates.get(id)?.promise;
          context.exit(end);
        });
      const children = [
        s.child("a"),
        s.child("b", { restart: "temporary" }),
        s.child("c", { restart: "transient" }),
        s.child("d"),
      ];
      await s.system.start(supervisor("root", { children }));
      for (const id of gates.keys()) await s.tell(`root/${id}`, leaving(id));
      s.seen();

      const stopping = s.system.stop();
      for (const id of ["d", "c", "b"]) {
        await s.settle();
        gates.get(id)?.open();
      }
      await stopping;

      assert.deepEqual(s.seen(), [`-d ${end.kind}`, `-c ${end.kind}`, `-b ${end.kind}`, "-a shutdown"]);
      assert.deepEqual(s.reports.map(reportText), [`shutdown_error root/d ${end.kind}`]);
      await s.close();
    },
  );
}

seeded(
  "otp 26: a supervisor that is killed takes everybody below along, without their stop hooks",
  async () => {
    const s = stage();
    const kids = dynamic<null, ProbeMessage>("kids", { child: (key) => probe(s.trace, key)() });
    const deep = supervisor("deep", { children: [s.child("c"), kids] });
    const inner = supervisor("inner", { restart: "temporary", children: [s.child("b"), deep] });
    await s.system.start(supervisor("root", { children: [s.child("a"), inner] }));
    s.system.dynamic<null, ProbeMessage>("root/inner/deep/kids").ensure("d", null);
    await s.settle();
    assert.deepEqual(s.seen(), ["+a", "+b", "+c", "+d"]);

    s.system.kill("root/inner");
    await s.settle();

    assert.deepEqual(s.seen(), []);
    assert.equal(s.system.counters().actors, 1);
    assert.deepEqual(s.system.tree()[0]?.children.map((child) => child.path), ["root/a"]);
    await s.close();
  },
);

for (const cut of [true, false]) {
  seeded(
    `otp 27: a child that linked its supervisor${
      cut ? " and cut the link" : ""
    } is stopped by it without a hitch`,
    async () => {
      const s = stage();
      await s.system.start(supervisor("root", { children: [s.child("a"), s.child("b")] }));
      await s.tell(
        "root/a",
        act((context) => {
          const link = context.link(s.ref("root") as never);
          if (cut) link.cancel();
        }),
      );

      assert.deepEqual(await s.system.supervisor("root").stop("a"), { ok: true });
      assert.deepEqual(await listed(s), ["a stopped", "b running"]);
      await s.system.stop();

      assert.deepEqual(s.seen(), ["+a", "+b", "-a shutdown", "-b shutdown"]);
      await s.close();
    },
  );
}

seeded("a clean stop counts no message as lost", async () => {
  const s = stage();
  const idle = probe(s.trace, "idle");
  await s.system.start(supervisor("root", { children: [{ type: "worker", id: "a", start: idle as never }] }));

  await s.system.stop();

  assert.equal(s.system.counters().deadLetters, 0);
  await s.close();
});

seeded(
  "a system with several roots stops the last started first, each gone before the next is told",
  async () => {
    const s = stage();
    const slow = gate();
    for (const id of ["x", "y", "z"]) {
      const stop = () => id === "y" ? slow.promise : undefined;
      await s.system.start(supervisor(id, { children: [s.child(`${id}1`, { stop }), s.child(`${id}2`)] }));
    }
    s.seen();

    const stopping = s.system.stop();
    await s.settle();
    assert.deepEqual(s.seen(), ["-z2 shutdown", "-z1 shutdown", "-y2 shutdown", "-y1 shutdown"]);
    slow.open();
    await stopping;

    assert.deepEqual(s.seen(), ["-x2 shutdown", "-x1 shutdown"]);
    await s.close();
  },
);
