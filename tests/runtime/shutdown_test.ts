/**
 * Stopping a supervisor: order and time limits.
 *
 * @module
 */
import assert from "node:assert/strict";
import { dynamic, type Exit, supervisor } from "../../runtime/mod.ts";
import { act, boom, exit, exitText, gate, probe, type ProbeMessage, reportText, stage } from "./probe.ts";
import { hanging, listed, normal, shutdownWhy } from "./scenes.ts";
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

seeded(
  "otp 16: a stop hook past its limit is cut off, watchers see killed, and the supervisor ends in order",
  async () => {
    const s = stage();
    const seen: string[] = [];
    const watcher = act((context) =>
      context.monitor(s.ref("root/b") as never, (exit) => act(() => void seen.push(exitText(exit))))
    );
    await s.system.start(
      supervisor("root", { children: [s.child("a"), s.child("b", { shutdown: 100, stop: hanging })] }),
    );
    await s.tell("root/a", watcher);

    const stopping = s.system.supervisor("root").stop("b");
    await s.clock.advance(99);
    assert.deepEqual(seen, []);
    await s.clock.advance(1);
    await stopping;

    assert.deepEqual(seen, ["killed"]);
    assert.deepEqual(s.reports.map(reportText), ["shutdown_error root/b killed"]);
    await s.close();
    assert.deepEqual(await s.system.ended, { kind: "shutdown" });
  },
);

seeded("otp 17: with shutdown 0 a stop hook that takes time is cut off without waiting", async () => {
  const s = stage();
  await s.system.start(supervisor("root", { children: [s.child("a", { shutdown: 0, stop: hanging })] }));

  await s.system.stop();

  assert.deepEqual(s.seen(), ["+a", "-a shutdown"]);
  assert.deepEqual(s.reports.map(reportText), ["shutdown_error root/a killed"]);
  await s.close();
});

seeded("otp 17: with shutdown 0 an async handler is cut off without waiting", async () => {
  const s = stage();
  await s.system.start(supervisor("root", { children: [s.child("a", { shutdown: 0 })] }));
  await s.tell("root/a", act(hanging));

  await s.system.stop();

  assert.deepEqual(s.seen(), ["+a"]);
  assert.deepEqual(s.reports.map(reportText), ["shutdown_error root/a killed"]);
  await s.close();
});

seeded("otp 18: brutal cuts off at once, without the stop hook and without a report", async () => {
  const s = stage();
  const seen: string[] = [];
  await s.system.start(
    supervisor("root", { children: [s.child("a"), s.child("b", { shutdown: "brutal" })] }),
  );
  await s.tell(
    "root/a",
    act((context) =>
      context.monitor(s.ref("root/b") as never, (exit) => act(() => seen.push(exitText(exit))))
    ),
  );

  await s.system.supervisor("root").stop("b");
  await s.settle();

  assert.deepEqual(seen, ["killed"]);
  assert.deepEqual(s.seen(), ["+a", "+b"]);
  assert.deepEqual(s.reports, []);
  await s.close();
});

seeded("otp 19: with shutdown infinity a worker is waited for as long as it takes", async () => {
  const s = stage();
  const slow = gate();
  await s.system.start(
    supervisor("root", { children: [s.child("a", { shutdown: "infinity", stop: () => slow.promise })] }),
  );
  let stopped = false;

  const stopping = s.system.stop().then(() => stopped = true);
  await s.clock.advance(3_600_000);
  assert.equal(stopped, false);
  slow.open();
  await stopping;

  assert.deepEqual(s.reports, []);
  await s.close();
});

seeded("otp 20: two children that overrun get their full time one after the other", async () => {
  const s = stage();
  const children = [
    s.child("a"),
    s.child("b", { shutdown: 100, stop: hanging }),
    s.child("c", { shutdown: 200, stop: hanging }),
  ];
  await s.system.start(supervisor("root", { children }));
  s.seen();

  const stopping = s.system.stop();
  await s.clock.advance(199);
  assert.deepEqual(s.seen(), ["-c shutdown"]);
  await s.clock.advance(1);
  assert.deepEqual(s.seen(), ["-b shutdown"]);
  await s.clock.advance(99);
  assert.deepEqual(s.seen(), []);
  await s.clock.advance(1);
  await stopping;

  assert.deepEqual(s.seen(), ["-a shutdown"]);
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

seeded(
  "a child whose supervisor may take a limited time is killed with everybody below when that is over",
  async () => {
    const s = stage();
    const inner = supervisor("inner", {
      shutdown: 50,
      children: [s.child("b"), s.child("c", { shutdown: "infinity", stop: hanging })],
    });
    await s.system.start(supervisor("root", { children: [s.child("a"), inner] }));
    s.seen();

    const stopping = s.system.stop();
    await s.clock.advance(50);
    await stopping;

    assert.deepEqual(s.seen(), ["-c shutdown", "-a shutdown"]);
    assert.deepEqual(s.reports.map(reportText), [
      "shutdown_error root/inner/c killed",
      "shutdown_error root/inner killed",
    ]);
    await s.close();
  },
);

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
