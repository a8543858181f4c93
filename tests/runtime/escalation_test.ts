/**
 * Trees: giving up, being restarted from above, stopping from below.
 *
 * @module
 */
import assert from "node:assert/strict";
import { GaveUpError, supervisor, type SupervisorSpec, worker } from "../../runtime/mod.ts";
import { boom, gate, note, probe, type ProbeMessage, reportText, stage } from "./probe.ts";
import { once } from "./scenes.ts";
import { seeded } from "./seeds.ts";

seeded(
  "otp 73: a supervisor that gives up is restarted by the one above, with its static children",
  async () => {
    const s = stage();
    const inner = supervisor("inner", { intensity: once, children: [s.child("b"), s.child("c")] });
    await s.system.start(supervisor("root", { children: [s.child("a"), inner] }));
    s.seen();

    await s.tell("root/inner/b", boom());
    await s.tell("root/inner/b", boom());

    assert.deepEqual(s.seen(), ["-b error(boom)", "+b", "-b error(boom)", "-c shutdown", "+b", "+c"]);
    assert.deepEqual(s.reports.map(reportText), [
      "child_terminated root/inner/b error(boom)",
      "child_terminated root/inner/b error(boom)",
      "gave_up root/inner/b error(boom)",
      "child_terminated root/inner shutdown",
    ]);
    await s.close();
  },
);

seeded("otp 74: with inner 1 and outer 1 a child that always crashes is started 4 times", async () => {
  const s = stage();
  const crashing = s.child("b", { init: (_life, context) => context.next(boom()) });
  const inner = supervisor("inner", { intensity: once, children: [crashing] });

  await s.system.start(supervisor("root", { intensity: once, children: [inner] }));
  await s.settle();

  assert.equal(s.seen().filter((line) => line === "+b").length, 4);
  await s.close();
});

seeded("otp 75: a transient supervisor that gives up is not restarted", async () => {
  const s = stage();
  const inner = supervisor("inner", { restart: "transient", intensity: once, children: [s.child("b")] });
  await s.system.start(supervisor("root", { children: [s.child("a"), inner] }));

  await s.tell("root/inner/b", boom());
  await s.tell("root/inner/b", boom());

  assert.deepEqual(s.system.tree()[0]?.children.map(({ path, state }) => `${path} ${state}`), [
    "root/a running",
    "root/inner stopped",
  ]);
  assert.equal(s.ref("root/inner/b").tell(note(1)), false);
  await s.close();
});

seeded(
  "otp 76: a restarted supervisor has its static children back and has lost those added at run time",
  async () => {
    const s = stage();
    const inner = supervisor("inner", { intensity: once, children: [s.child("b"), s.child("c")] });
    await s.system.start(supervisor("root", { children: [inner] }));
    const administration = s.system.supervisor("root/inner");
    await administration.start(s.child("d"));
    await administration.stop("c");
    await administration.remove("c");
    s.seen();

    await s.tell("root/inner/b", boom());
    await s.tell("root/inner/b", boom());

    assert.deepEqual(s.seen(), ["-b error(boom)", "+b", "-b error(boom)", "-d shutdown", "+b", "+c"]);
    assert.equal(s.ref("root/inner/d").tell(note(1)), false);
    await s.close();
  },
);

seeded(
  "otp 77: every child is gone before its supervisor, every supervisor before its earlier siblings are told",
  async () => {
    const s = stage();
    const tree = (id: string, ...children: SupervisorSpec["children"]) => supervisor(id, { children });
    await s.system.start(
      tree("root", s.child("a"), tree("x", s.child("b"), tree("y", s.child("c"))), tree("z", s.child("d"))),
    );
    s.seen();

    await s.system.stop();

    assert.deepEqual(s.seen(), ["-d shutdown", "-c shutdown", "-b shutdown", "-a shutdown"]);
    await s.close();
  },
);

seeded("otp 78: a nested supervisor is not cut short while a grandchild uses its full time", async () => {
  const s = stage();
  const slow = s.child("b", { stop: () => new Promise<void>(() => {}) });
  await s.system.start(supervisor("root", { children: [supervisor("inner", { children: [slow] })] }));

  const stopping = s.system.stop();
  await s.clock.advance(5_000);
  await stopping;

  assert.deepEqual(s.reports.map(reportText), ["shutdown_error root/inner/b killed"]);
  await s.close();
});

seeded(
  "otp 78: a grandchild that takes 4,999 of its 5,000 ms is not cut off, nor is its supervisor",
  async () => {
    const s = stage();
    const stop = () => new Promise<void>((resolve) => void s.clock.after(4_999, resolve));
    const inner = supervisor("inner", { children: [s.child("b", { stop })] });
    await s.system.start(supervisor("root", { children: [inner] }));
    let stopped = false;

    void s.system.stop().then(() => stopped = true);
    await s.clock.advance(4_998);
    assert.equal(stopped, false);
    await s.clock.advance(1);

    assert.equal(stopped, true);
    assert.deepEqual(s.reports, []);
    await s.close();
  },
);

seeded(
  "otp 79: a tree that gives up level by level tells whoever started it, with every level's report",
  async () => {
    const s = stage();
    const never = { restarts: 0, withinMs: 5_000 };
    const inner = supervisor("inner", { intensity: never, children: [s.child("b")] });
    await s.system.start(supervisor("root", { intensity: never, children: [s.child("a"), inner] }));

    await s.tell("root/inner/b", boom());

    const end = await s.system.ended;
    assert.ok(end.kind === "shutdown" && end.why instanceof GaveUpError);
    assert.deepEqual([end.why.path, end.why.child], ["root", "inner"]);
    assert.deepEqual(s.reports.map(reportText), [
      "child_terminated root/inner/b error(boom)",
      "gave_up root/inner/b error(boom)",
      "child_terminated root/inner shutdown",
      "gave_up root/inner shutdown",
    ]);
    assert.deepEqual(s.seen(), ["+a", "+b", "-b error(boom)", "-a shutdown"]);
    await s.close();
  },
);

/** A transient supervisor under `root` that is killed, and whose child's `init` then does as it is told. */
async function risen(init: (life: number) => unknown) {
  const s = stage();
  const inner = supervisor("inner", {
    restart: "transient",
    children: [s.child("b"), s.child("c", { init })],
  });
  await s.system.start(supervisor("root", { children: [inner] }));
  s.seen();
  s.system.kill("root/inner");
  await s.settle();
  return s;
}

seeded(
  "a restart of a transient supervisor that fails is tried again: it is its start that failed, not its life",
  async () => {
    const s = await risen((life) => {
      if (life === 2) throw new Error("not yet");
    });

    assert.deepEqual(s.seen(), ["+b", "+c", "-b shutdown", "+b", "+c"]);
    assert.deepEqual(s.reports.map(reportText), [
      "child_terminated root/inner killed",
      "start_error root/inner/c error(not yet)",
      "start_error root/inner shutdown",
    ]);
    await s.close();
  },
);

seeded("a transient supervisor that is killed while it starts again is tried again, too", async () => {
  const slow = gate();
  const s = await risen((life) => life === 2 ? slow.promise : undefined);
  assert.deepEqual(s.seen(), ["+b", "+c"]);

  s.system.kill("root/inner");
  await s.settle();
  slow.open();
  await s.settle();

  assert.deepEqual(s.seen(), ["+b", "+c"]);
  assert.deepEqual(s.reports.map(reportText), [
    "child_terminated root/inner killed",
    "start_error root/inner killed",
  ]);
  assert.equal(s.system.counters().actors, 2);
  await s.close();
});

seeded(
  "otp 76: a child put in the place of a static one is gone after a restart, and the static one back",
  async () => {
    const s = stage();
    const inner = supervisor("inner", { children: [s.child("b")] });
    await s.system.start(supervisor("root", { children: [inner] }));
    const administration = s.system.supervisor("root/inner");
    await administration.stop("b");
    await administration.remove("b");
    const other = worker<ProbeMessage>("b", probe(s.trace, "other b"));
    assert.equal((await administration.start(other)).ok, true);
    s.seen();

    s.system.kill("root/inner");
    await s.settle();

    assert.deepEqual(s.seen(), ["+b"]);
    await s.close();
  },
);

seeded("otp 80: a message to a supervisor is a dead letter, and harms nobody", async () => {
  const s = stage();
  await s.system.start(supervisor("root", { children: [s.child("a")] }));

  assert.equal(s.ref("root").tell(note(1)), false);

  assert.deepEqual(s.deadLetters.map(({ path, reason }) => [path, reason]), [["root", "no_such_actor"]]);
  assert.deepEqual(s.system.tree().map((node) => node.state), ["running"]);
  await s.close();
});
