/**
 * Dynamic supervisors: each child has its own restart window.
 *
 * @module
 */
import assert from "node:assert/strict";
import { boom, note, reportText, stage } from "./probe.ts";
import { startKids, states } from "./scenes.ts";
import { seeded } from "./seeds.ts";

seeded(
  "each child has its own restart window: past it that child alone stops, and onGiveUp is told",
  async () => {
    const s = stage();
    const gaveUp: unknown[] = [];
    const all = await startKids(s, {
      intensity: { restarts: 1, withinMs: 5_000 },
      onGiveUp: (key, error) => void gaveUp.push([key, (error as Error).message]),
    });
    const [a, b] = [all.ensure("a", "A"), all.ensure("b", "B")];

    for (const ref of [a, b, a]) {
      ref.tell(boom());
      await s.settle();
    }

    assert.deepEqual(gaveUp, [["a", "boom"]]);
    assert.deepEqual(all.keys(), ["b"]);
    assert.equal(a.tell(note(1)), false);
    assert.equal(b.tell(note(1)), true);
    assert.deepEqual(s.reports.map(reportText).filter((text) => text.startsWith("gave")), [
      "gave_up root/kids/a error(boom)",
    ]);
    await s.close();
  },
);

seeded("one child's crashes, however many, restart nobody else and end nobody else", async () => {
  const s = stage();
  const all = await startKids(s, { intensity: { restarts: 2, withinMs: 1_000 } });
  for (const key of ["a", "b", "c"]) all.ensure(key, key);
  await s.settle();
  s.seen();

  for (let i = 0; i < 3; i++) {
    all.get("b")?.tell(boom());
    await s.settle();
  }

  assert.deepEqual(s.seen(), ["-b error(boom)", "+b", "-b error(boom)", "+b", "-b error(boom)"]);
  assert.deepEqual(all.keys(), ["a", "c"]);
  assert.deepEqual(states(s), ["running"]);
  await s.close();
});

seeded("a child's window slides like a supervisor's: crashes further apart never end it", async () => {
  const s = stage();
  const all = await startKids(s, { intensity: { restarts: 1, withinMs: 100 } });
  const ref = all.ensure("a", "a");

  for (let i = 0; i < 20; i++) {
    ref.tell(boom());
    await s.clock.advance(101);
  }

  assert.deepEqual(all.keys(), ["a"]);
  assert.equal(s.system.counters().restarts, 20);
  await s.close();
});

seeded("a child that gave up rests for one window: ensure starts it again only after that", async () => {
  const s = stage();
  const all = await startKids(s, { intensity: { restarts: 0, withinMs: 1_000 } });
  all.ensure("a", "A").tell(boom());
  await s.settle();
  s.seen();

  assert.equal(all.ensure("a", "A").tell(note("too early")), false);
  const states = s.system.tree()[0]?.children[0]?.children.map((
    child,
  ) => [child.path, child.state, child.lastError]);
  assert.deepEqual(states, [["root/kids/a", "stopped", "Error: boom"]]);
  await s.clock.advance(1_000);
  assert.equal(all.ensure("a", "A").tell(note("rested")), true);
  await s.settle();

  assert.deepEqual(s.seen(), ["+A", "A:rested"]);
  await s.close();
});

seeded("stopping a child that gave up ends its rest", async () => {
  const s = stage();
  const all = await startKids(s, { intensity: { restarts: 0, withinMs: 1_000 } });
  all.ensure("a", "A").tell(boom());
  await s.settle();

  await all.stop("a");

  assert.equal(all.ensure("a", "A").tell(note(1)), true);
  await s.close();
});

seeded("a hook that throws is logged, and the others go on", async () => {
  const s = stage();
  const all = await startKids(s, {
    intensity: { restarts: 0, withinMs: 5_000 },
    onGiveUp: () => {
      throw new Error("hook");
    },
  });
  all.ensure("a", "A").tell(boom());
  all.ensure("b", "B").tell(note("alive"));
  await s.settle();

  assert.deepEqual(s.seen().toSorted(), ["+A", "+B", "-A error(boom)", "B:alive"]);
  assert.deepEqual(s.logs.map((record) => record.message), ["a hook threw"]);
  await s.close();
});

seeded("an init that fails after ensure is tried again within the child's window", async () => {
  const s = stage();
  const init = (life: number) => {
    if (life < 3) throw new Error("not yet");
  };
  const all = await startKids(s, { probe: { init } });

  all.ensure("a", "A").tell(note("waited"));
  await s.settle();

  assert.deepEqual(s.seen(), ["+A", "+A", "+A", "A:waited"]);
  await s.close();
});

seeded(
  "an init that keeps failing after ensure passes the child's limit: it rests, its mail is dead letters",
  async () => {
    const s = stage();
    const gaveUp: string[] = [];
    const all = await startKids(s, {
      intensity: { restarts: 2, withinMs: 1_000 },
      onGiveUp: (key) => void gaveUp.push(key),
      probe: { init: () => Promise.reject(new Error("never")) },
    });

    all.ensure("a", "A").tell(note("waits in vain"));
    await s.settle();

    assert.deepEqual(s.seen(), ["+A", "+A", "+A"]);
    assert.deepEqual(gaveUp, ["a"]);
    assert.deepEqual(s.deadLetters.map(({ path, reason }) => [path, reason]), [["root/kids/a", "stopped"]]);
    assert.deepEqual(all.keys(), []);
    await s.close();
  },
);

seeded("a child in its back-off takes mail, can be stopped, and is then forgotten", async () => {
  const s = stage();
  const backoff = { minMs: 100, maxMs: 100 };
  const all = await startKids(s, { childOptions: { backoff } });
  const ref = all.ensure("a", "A");
  ref.tell(boom());
  await s.settle();
  assert.deepEqual(all.keys(), ["a"]);
  assert.equal(ref.tell(note("waits")), true);

  await all.stop("a");
  await s.clock.advance(1_000);

  assert.deepEqual(s.seen(), ["+A", "-A error(boom)"]);
  assert.deepEqual(all.keys(), []);
  assert.deepEqual(s.deadLetters.map((letter) => letter.reason), ["crashed", "stopped"]);
  await s.close();
});

seeded("otp 60: a dynamic supervisor that gave up begins anew with an empty window", async () => {
  const s = stage();
  const all = await startKids(s, { window: "shared", intensity: { restarts: 1, withinMs: 1_000 } });
  for (let i = 0; i < 2; i++) {
    all.ensure("a", "A").tell(boom());
    await s.settle();
  }
  assert.deepEqual(all.keys(), []);
  s.seen();

  all.ensure("b", "B").tell(boom());
  await s.settle();

  assert.deepEqual(s.seen(), ["+B", "-B error(boom)", "+B"]);
  assert.deepEqual(all.keys(), ["b"]);
  await s.close();
});
