/**
 * Races: what comes together, and who is first.
 *
 * @module
 */
import assert from "node:assert/strict";
import { supervisor } from "../../runtime/mod.ts";
import { act, boom, gate, type Stage, stage } from "./probe.ts";
import { listed, startGroup, states } from "./scenes.ts";
import { seeded } from "./seeds.ts";

const crashes: Record<string, (s: Stage) => Promise<void>> = {
  "a crash in the mailbox": async (s) => void s.ref("root/a").tell(boom()),
  "a kill": async (s) => s.system.kill("root/a"),
  "an async handler that rejects": async (s) => {
    const busy = gate();
    await s.tell("root/a", act(() => busy.promise.then(() => Promise.reject(new Error("boom")))));
    busy.open();
  },
};

for (const [what, crash] of Object.entries(crashes)) {
  seeded(
    `otp 178: ${what} and a stop by hand in flight together leave the child stopped, never twice alive`,
    async () => {
      const s = stage();
      await startGroup(s, "one_for_one", ["a"]);

      await crash(s);
      const answer = s.system.supervisor("root").stop("a");

      assert.deepEqual(await answer, { ok: true });
      await s.settle();
      assert.deepEqual(await listed(s), ["a stopped"]);
      assert.equal(s.system.counters().actors, 0);
      await s.close();
    },
  );

  seeded(
    `otp 178: a stop by hand and ${what} in flight together leave the child stopped, never twice alive`,
    async () => {
      const s = stage();
      await startGroup(s, "one_for_one", ["a"]);

      const answer = s.system.supervisor("root").stop("a");
      await crash(s);

      assert.deepEqual(await answer, { ok: true });
      await s.settle();
      assert.deepEqual(await listed(s), ["a stopped"]);
      assert.equal(s.system.counters().actors, 0);
      await s.close();
    },
  );
}

seeded(
  "otp 178: a kill past the limit and a stop by hand together: the supervisor has given up, nobody lives",
  async () => {
    const s = stage();
    await startGroup(s, "one_for_one", ["a", "b"], {}, { restarts: 0, withinMs: 5_000 });

    s.system.kill("root/a");
    const answer = await s.system.supervisor("root").stop("a");
    await s.settle();

    assert.deepEqual(answer, { ok: false, reason: "shutdown" });
    assert.deepEqual(states(s), ["stopped"]);
    assert.equal(s.system.counters().actors, 0);
    await s.close();
  },
);

seeded("otp 180: a crash in the turn of the start is an ordinary restart and counts", async () => {
  const s = stage();
  const crashOnce = s.child("a", { init: (life, context) => life === 1 ? context.next(boom()) : undefined });
  await s.system.start(supervisor("root", { children: [crashOnce] }));
  await s.settle();

  assert.deepEqual(s.seen(), ["+a", "-a error(boom)", "+a"]);
  assert.equal(s.system.counters().restarts, 1);
  await s.close();
});
