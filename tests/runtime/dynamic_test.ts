/**
 * Dynamic supervisors: children by key, as OTP has them by template.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Context, dynamic, StartError, supervisor } from "../../runtime/mod.ts";
import { boom, exit, note, probe, type ProbeMessage, stage } from "./probe.ts";
import { startKids } from "./scenes.ts";
import { seeded } from "./seeds.ts";

seeded(
  "otp 111: a dynamic supervisor starts with nobody; children are made from key and argument",
  async () => {
    const s = stage();
    const all = await startKids(s);
    assert.deepEqual(all.keys(), []);

    all.ensure("k", "name").tell(note(1));
    await s.settle();

    assert.deepEqual(all.keys(), ["k"]);
    assert.deepEqual(s.seen(), ["+name", "name:1"]);
    await s.close();
  },
);

seeded("otp 112: a crashed child is restarted with its own argument; the others live on", async () => {
  const s = stage();
  const all = await startKids(s);
  const [a, b] = [all.ensure("a", "A"), all.ensure("b", "B")];

  a.tell(boom());
  a.tell(note("still a"));
  b.tell(note("b"));
  await s.settle();

  assert.deepEqual(s.seen().toSorted(), ["+A", "+A", "+B", "-A error(boom)", "A:still a", "B:b"]);
  await s.close();
});

seeded("otp 113: with a shared window the children's crashes add up, and all of them stop", async () => {
  const s = stage();
  const all = await startKids(s, { window: "shared", intensity: { restarts: 1, withinMs: 5_000 } });
  const [a, b] = [all.ensure("a", "A"), all.ensure("b", "B")];
  await s.settle();
  s.seen();

  a.tell(boom());
  await s.settle();
  b.tell(boom());
  await s.settle();

  assert.deepEqual(s.seen(), ["-A error(boom)", "+A", "-B error(boom)", "-A shutdown"]);
  assert.deepEqual(all.keys(), []);
  assert.deepEqual(s.system.tree()[0]?.children.map(({ path, state, restarts }) => [path, state, restarts]), [
    ["root/kids", "running", 1],
  ]);
  await s.close();
});

seeded("otp 120: a child whose init is not needed is not remembered", async () => {
  const s = stage();
  const all = await startKids(s, { probe: { init: (_life, context) => context.exit() } });

  const ref = all.ensure("a", "a");
  await s.settle();

  assert.deepEqual(s.seen(), ["+a"]);
  assert.deepEqual(all.keys(), []);
  assert.equal(ref.tell(note(1)), false);
  assert.deepEqual(s.reports, []);
  await s.close();
});

for (const restart of ["permanent", "transient", "temporary"] as const) {
  seeded(
    `otp 120: a ${restart} child that is not needed is answered as such, reported to nobody, and not remembered`,
    async () => {
      const s = stage();
      const init = (_life: number, context: Context<ProbeMessage>) => context.exit();
      const all = await startKids(s, { childOptions: { restart }, probe: { init } });

      await assert.rejects(
        all.start("a", "a"),
        (error) => error instanceof StartError && error.exit.kind === "normal",
      );

      assert.deepEqual(all.keys(), []);
      assert.deepEqual(s.system.tree()[0]?.children[0]?.children, []);
      assert.deepEqual(s.reports, []);
      await s.close();
    },
  );
}

seeded(
  "otp 29, 31: a transient child that ended, and a temporary one that crashed, are forgotten",
  async () => {
    for (const [restart, message] of [["transient", exit()], ["temporary", boom()]] as const) {
      const s = stage();
      const all = await startKids(s, { childOptions: { restart } });

      all.ensure("a", "a").tell(message);
      await s.settle();

      assert.deepEqual(all.keys(), []);
      assert.deepEqual(s.system.tree()[0]?.children[0]?.children, []);
      await s.close();
    }
  },
);

seeded(
  "otp 76: a restarted dynamic supervisor has lost its children; refs find those started anew",
  async () => {
    const s = stage();
    const spec = dynamic<string, ProbeMessage>("kids", { child: (_key, name) => probe(s.trace, name)() });
    await s.system.start(supervisor("root", { strategy: "one_for_all", children: [s.child("a"), spec] }));
    const all = s.system.dynamic<string, ProbeMessage>("root/kids");
    const held = all.ensure("k", "K");
    await s.settle();

    await s.tell("root/a", boom());
    assert.deepEqual(all.keys(), []);
    assert.equal(held.tell(note("lost")), false);
    all.ensure("k", "K");
    held.tell(note("found"));
    await s.settle();

    assert.deepEqual(s.seen(), ["+a", "+K", "-a error(boom)", "-K shutdown", "+a", "+K", "K:found"]);
    await s.close();
  },
);
