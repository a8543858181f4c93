/**
 * Significant children and autoShutdown.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Exit, supervisor, type SupervisorSpec } from "../../runtime/mod.ts";
import { act, boom, exit, gate, type Stage, stage } from "./probe.ts";
import { seeded } from "./seeds.ts";

/** Starts a supervisor `inner` beside `root/w`, which writes down how it ended. */
async function significant(
  s: Stage,
  autoShutdown: "any_significant" | "all_significant" | "never",
  children: SupervisorSpec["children"],
): Promise<Exit[]> {
  const ends: Exit[] = [];
  const inner = supervisor("inner", { restart: "temporary", autoShutdown, children });
  await s.system.start(supervisor("root", { children: [s.child("w"), inner] }));
  const ref = s.ref("root/inner") as never;
  await s.tell("root/w", act((context) => context.monitor(ref, (end) => act(() => void ends.push(end)))));
  s.seen();
  return ends;
}

const innerLives = (s: Stage): boolean => s.system.tree()[0]?.children.length === 2;

seeded(
  "otp 83: any_significant: a transient significant child's normal end stops the rest in reverse",
  async () => {
    const s = stage();
    const b = s.child("b", { restart: "transient", significant: true });
    const ends = await significant(s, "any_significant", [s.child("a"), b, s.child("c"), s.child("d")]);

    await s.tell("root/inner/b", exit());

    assert.deepEqual(s.seen(), ["-b normal", "-d shutdown", "-c shutdown", "-a shutdown"]);
    assert.deepEqual(ends, [{ kind: "shutdown" }]);
    assert.equal(innerLives(s), false);
    await s.close();
  },
);

for (const [how, message] of [["normally", exit()], ["by a crash", boom()]] as const) {
  seeded(
    `otp 84: any_significant: a temporary significant child that ends ${how} ends its supervisor`,
    async () => {
      const s = stage();
      const ends = await significant(s, "any_significant", [
        s.child("a", { restart: "temporary", significant: true }),
        s.child("b"),
      ]);

      await s.tell("root/inner/a", message);

      assert.deepEqual(ends, [{ kind: "shutdown" }]);
      assert.equal(innerLives(s), false);
      await s.close();
    },
  );
}

seeded("otp 85: any_significant: a transient significant child that crashes is restarted", async () => {
  const s = stage();
  await significant(s, "any_significant", [
    s.child("a", { restart: "transient", significant: true }),
    s.child("b"),
  ]);

  await s.tell("root/inner/a", boom());

  assert.deepEqual(s.seen(), ["-a error(boom)", "+a"]);
  assert.equal(innerLives(s), true);
  await s.close();
});

seeded("otp 86: all_significant: the last significant child to end ends the supervisor", async () => {
  const s = stage();
  const ending = (id: string) => s.child(id, { restart: "transient", significant: true });
  const ends = await significant(s, "all_significant", [ending("a"), ending("b"), s.child("c")]);

  await s.tell("root/inner/a", exit());
  assert.equal(innerLives(s), true);
  await s.tell("root/inner/b", exit());

  assert.deepEqual(ends, [{ kind: "shutdown" }]);
  assert.deepEqual(s.seen(), ["-a normal", "-b normal", "-c shutdown"]);
  await s.close();
});

seeded(
  "otp 86: all_significant: one that was stopped by hand, or has crashed for good, counts as ended",
  async () => {
    const s = stage();
    const ends = await significant(s, "all_significant", [
      s.child("a", { restart: "transient", significant: true }),
      s.child("b", { restart: "temporary", significant: true }),
      s.child("c", { restart: "transient", significant: true }),
    ]);

    await s.system.supervisor("root/inner").stop("a");
    await s.tell("root/inner/b", boom());
    assert.equal(innerLives(s), true);
    await s.tell("root/inner/c", exit());

    assert.deepEqual(ends, [{ kind: "shutdown" }]);
    await s.close();
  },
);

seeded("otp 86: all_significant: one that waits to be restarted has not ended", async () => {
  const s = stage();
  const backoff = { minMs: 100, maxMs: 100 };
  const ends = await significant(s, "all_significant", [
    s.child("a", { restart: "transient", significant: true, backoff }),
    s.child("b", { restart: "transient", significant: true }),
  ]);

  await s.tell("root/inner/a", boom());
  await s.tell("root/inner/b", exit());
  assert.equal(innerLives(s), true);
  await s.clock.advance(100);
  await s.tell("root/inner/a", exit());

  assert.deepEqual(s.seen(), ["-a error(boom)", "-b normal", "+a", "-a normal"]);
  assert.deepEqual(ends, [{ kind: "shutdown" }]);
  await s.close();
});

seeded("otp 87: a significant child stopped by hand ends nobody; restarted, its own end does", async () => {
  const s = stage();
  await significant(s, "any_significant", [
    s.child("a", { restart: "transient", significant: true }),
    s.child("b"),
  ]);
  const inner = s.system.supervisor("root/inner");

  await inner.stop("a");
  await s.settle();
  assert.equal(innerLives(s), true);
  await inner.restart("a");
  await s.tell("root/inner/a", exit());

  assert.equal(innerLives(s), false);
  await s.close();
});

seeded("otp 88: a significant child stopped because of a sibling's crash ends nobody", async () => {
  const s = stage();
  const inner = supervisor("inner", {
    restart: "temporary",
    strategy: "one_for_all",
    autoShutdown: "any_significant",
    children: [s.child("a", { restart: "temporary", significant: true }), s.child("b")],
  });
  await s.system.start(supervisor("root", { children: [s.child("w"), inner] }));
  s.seen();

  await s.tell("root/inner/b", boom());

  assert.deepEqual(s.seen(), ["-b error(boom)", "-a shutdown", "+b"]);
  assert.equal(innerLives(s), true);
  await s.close();
});

seeded("otp 89: children that are not significant never end their supervisor", async () => {
  const s = stage();
  const children = [
    s.child("a", { restart: "transient" }),
    s.child("b", { restart: "temporary" }),
    s.child("c", { restart: "transient", significant: true }),
  ];
  await significant(s, "any_significant", children);

  await s.tell("root/inner/a", exit());
  await s.tell("root/inner/b", boom());

  assert.equal(innerLives(s), true);
  await s.close();
});

for (const isSignificant of [true, false]) {
  seeded(
    `otp 90: a supervisor that shuts itself down ends its parent: ${isSignificant}, as it is significant`,
    async () => {
      const s = stage();
      const inner = supervisor("inner", {
        restart: "transient",
        significant: isSignificant,
        autoShutdown: "any_significant",
        children: [s.child("a", { restart: "transient", significant: true })],
      });
      await s.system.start(
        supervisor("root", { autoShutdown: "any_significant", children: [s.child("b"), inner] }),
      );

      await s.tell("root/inner/a", exit());

      assert.equal(s.system.tree()[0]?.state, isSignificant ? "stopped" : "running");
      await s.close();
    },
  );
}

seeded(
  "otp 91: a significant end during a group restart: one of shutdown and restart happens, nobody outlives it",
  async () => {
    const s = stage();
    const slow = gate();
    const children = [
      s.child("a", { restart: "transient", significant: true }),
      s.child("b", { init: (life) => life > 1 ? slow.promise : undefined }),
    ];
    const inner = supervisor("inner", {
      restart: "temporary",
      strategy: "one_for_all",
      autoShutdown: "any_significant",
      children,
    });
    await s.system.start(supervisor("root", { children: [s.child("w"), inner] }));
    await s.tell("root/inner/b", boom());

    await s.tell("root/inner/a", exit());
    slow.open();
    await s.settle();

    assert.equal(innerLives(s), false);
    assert.equal(s.system.counters().actors, 1);
    await s.close();
  },
);
