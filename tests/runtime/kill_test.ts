/**
 * Kills: dead at once for everybody else, and nothing of it afterwards.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Cell } from "../../runtime/cell.ts";
import { type Context, supervisor } from "../../runtime/mod.ts";
import { act, boom, exit, exitText, gate, note, type ProbeMessage, reportText, stage } from "./probe.ts";
import { countOf, outcome, startGroup, watched } from "./scenes.ts";
import { seeded } from "./seeds.ts";

seeded("otp 127: a killed actor has no stop hook, and others see killed", async () => {
  const s = await watched();

  s.system.kill("root/a");
  await s.settle();

  assert.deepEqual(s.seen(), ["+a"]);
  assert.deepEqual(s.ends, [{ kind: "killed" }]);
  await s.close();
});

seeded("otp 181: what a killed handler does through its context after its await has no effect", async () => {
  const s = await watched();
  const slow = gate();
  const late = act(async (context) => {
    await slow.promise;
    context.after(0, note("timer"));
    context.every(1, note("tick"));
    context.next(note("next"));
    context.onGo(note("go"));
    context.pipe(Promise.resolve(1), note, () => note("failed"));
    context.monitor(s.ref("root/w") as never, () => note("watched"));
    context.exit({ kind: "error", error: "late" });
    s.trace.push(`aborted ${context.signal.aborted}`);
    throw new Error("late");
  });
  s.system.go();
  await s.tell("root/a", late, note("kept"));

  s.system.kill("root/a");
  await s.settle();
  assert.deepEqual(s.seen(), ["+a", "a:kept"]);
  slow.open();
  await s.settle();
  await s.clock.advance(10);

  assert.deepEqual(s.seen(), ["aborted true"]);
  assert.equal((s.ref("root/w") as unknown as Cell).life?.watchers().size, 0);
  assert.deepEqual(s.deadLetters, []);
  assert.deepEqual(s.reports.map(reportText), ["child_terminated root/a killed"]);
  await s.close();
});

seeded(
  "otp 181: a killed handler's reply after its await is a dead letter, and its asker has been told at once",
  async () => {
    const s = await watched();
    const slow = gate();
    const asked = outcome(
      s.ref("root/a").ask<string>((reply) => act(async () => (await slow.promise, reply("late")))),
    );
    await s.settle();

    s.system.kill("root/a");
    assert.equal(await asked, "exit killed");
    slow.open();
    await s.settle();

    assert.deepEqual(s.deadLetters.map(({ reason, message }) => [reason, message]), [["late_reply", "late"]]);
    await s.close();
  },
);

seeded("otp 181: a killed handler's state is not taken for the next incarnation's", async () => {
  const s = await watched();
  const slow = gate();
  await s.tell("root/a", note(1), act(() => slow.promise));

  s.system.kill("root/a");
  slow.open();
  await s.tell("root/a", note(2));

  assert.equal(await s.ref("root/a").ask(countOf), 1);
  await s.close();
});

seeded(
  "otp 181: what a killed handler tells through a ref it holds does arrive: refs belong to nobody's life",
  async () => {
    const s = await watched();
    const slow = gate();
    await s.tell(
      "root/a",
      act(async () => (await slow.promise, s.ref("root/w").tell(note("from the grave")))),
    );

    s.system.kill("root/a");
    slow.open();
    await s.settle();

    assert.deepEqual(s.seen().toSorted(), ["+a", "w:from the grave"]);
    await s.close();
  },
);

seeded("an actor that is killed inside its own handler is dead for everybody at once", async () => {
  const s = await watched();

  await s.tell(
    "root/a",
    act(() => (s.system.kill("root/a"), s.trace.push("still on the stack"))),
    note("next"),
  );

  assert.deepEqual(s.seen(), ["still on the stack", "+a", "a:next"]);
  assert.deepEqual(s.ends, [{ kind: "killed" }]);
  await s.close();
});

seeded(
  "a kill during init counts as a failed start, and what that init does later has no effect",
  async () => {
    const s = stage();
    const slow = gate();
    const init = async (life: number, context: Context<ProbeMessage>) => {
      if (life !== 2) return;
      await slow.promise;
      context.next(note("late"));
    };
    await startGroup(s, "one_for_one", ["a"], { a: { init } });
    await s.tell("root/a", boom());

    s.system.kill("root/a");
    await s.settle();
    slow.open();
    await s.settle();

    assert.deepEqual(s.seen(), ["-a error(boom)", "+a", "+a"]);
    assert.deepEqual(s.reports.map(reportText), [
      "child_terminated root/a error(boom)",
      "start_error root/a killed",
    ]);
    await s.close();
  },
);

seeded(
  "a kill during the stop hook ends the wait for it, and what the hook does later has no effect",
  async () => {
    const s = await watched({ stop: () => slow.promise.then(() => Promise.reject(new Error("late"))) });
    const slow = gate();
    await s.tell("root/a", boom(), note("kept"));

    s.system.kill("root/a");
    await s.settle();
    assert.deepEqual(s.seen(), ["-a error(boom)", "+a", "a:kept"]);
    assert.deepEqual(s.ends.map(exitText), ["killed"]);
    slow.open();
    await s.settle();

    assert.deepEqual(s.seen(), []);
    await s.close();
  },
);

seeded("killing where nobody lives, or a name nobody knows, does nothing", async () => {
  const s = await watched({ restart: "transient" });
  await s.tell("root/a", exit());
  s.seen();

  s.system.kill("root/a");
  s.system.kill("no/body");
  await s.settle();

  assert.deepEqual(s.seen(), []);
  assert.deepEqual(s.reports, []);
  await s.close();
});

seeded("a killed supervisor is restarted with its static children, and their mail has waited", async () => {
  const s = stage();
  const inner = supervisor("inner", { children: [s.child("b"), s.child("c")] });
  await s.system.start(supervisor("root", { children: [inner] }));
  const busy = gate();
  await s.tell("root/inner/b", act(() => busy.promise), note("waited"));
  s.seen();

  s.system.kill("root/inner");
  await s.settle();

  assert.deepEqual(s.seen().toSorted(), ["+b", "+c", "b:waited"]);
  assert.deepEqual(s.deadLetters, []);
  busy.open();
  await s.close();
});
