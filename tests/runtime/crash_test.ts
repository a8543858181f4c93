/**
 * Crashes: what they cost, and who hears of them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { supervisor } from "../../runtime/mod.ts";
import { act, boom, exit, exitText, note, reportText, stage } from "./probe.ts";
import { watched } from "./scenes.ts";
import { seeded } from "./seeds.ts";

for (
  const [how, message] of [
    ["throws", boom()],
    ["rejects", act(() => Promise.reject(new Error("boom")))],
  ] as const
) {
  seeded(
    `otp 125: a handler that ${how} stops the actor: hook, watchers and one report see the error`,
    async () => {
      const s = await watched();

      await s.tell("root/a", message);

      assert.deepEqual(s.seen(), ["-a error(boom)", "+a"]);
      assert.deepEqual(s.ends.map(exitText), ["error(boom)"]);
      const [end] = s.ends;
      assert.ok(end?.kind === "error" && end.error instanceof Error && end.error.stack !== undefined);
      assert.deepEqual(s.reports.map(reportText), ["child_terminated root/a error(boom)"]);
      await s.close();
    },
  );
}

seeded("a crash loses that one message, with its error, and keeps the rest of the mailbox", async () => {
  const s = await watched();
  const error = new Error("boom");

  await s.tell("root/a", note(1), boom(error), note(2), note(3));

  assert.deepEqual(s.seen(), ["a:1", "-a error(boom)", "+a", "a:2", "a:3"]);
  assert.deepEqual(s.deadLetters, [
    { path: "root/a", kind: "throw", reason: "crashed", message: boom(error), error },
  ]);
  await s.close();
});

for (
  const [how, message] of [
    ["after its await", act(() => Promise.resolve().then(() => Promise.reject(new Error("boom"))))],
    ["on a timer's message", act((context) => void context.after(0, boom()))],
    ["on a message it told itself", act((context) => void context.self.tell(boom()))],
  ] as const
) {
  seeded(`a crash ${how} loses that one message alone, and is never tried again`, async () => {
    const s = await watched();

    await s.tell("root/a", message, note(1));
    await s.clock.advance(0);

    assert.deepEqual(s.seen().filter((line) => line !== "a:1"), ["-a error(boom)", "+a"]);
    assert.deepEqual(s.deadLetters.map((letter) => letter.reason), ["crashed"]);
    assert.equal(s.system.counters().crashes, 1);
    await s.close();
  });
}

seeded("whatever is thrown is how the actor ended: an error, a text, nothing", async () => {
  for (const thrown of [new RangeError("far"), "text", undefined, null]) {
    const s = await watched();

    await s.tell("root/a", { kind: "throw", error: thrown });

    assert.deepEqual(s.ends, [{ kind: "error", error: thrown }]);
    assert.deepEqual(s.seen(), [`-a ${exitText({ kind: "error", error: thrown })}`, "+a"]);
    await s.close();
  }
});

seeded("otp 128: when the stop hook throws, that is how the actor ended", async () => {
  const s = await watched({
    restart: "transient",
    stop: () => {
      throw new Error("in the hook");
    },
  });

  await s.tell("root/a", exit());

  assert.deepEqual(s.ends.map(exitText), ["error(in the hook)"]);
  assert.deepEqual(s.seen(), ["-a normal", "+a"]);
  await s.close();
});

seeded(
  "a stop hook that hangs after a crash is cut off at the child's limit, and the child restarted",
  async () => {
    const s = stage();
    let hangs = true;
    const stop = () => hangs ? new Promise<void>(() => {}) : undefined;
    await s.system.start(supervisor("root", { children: [s.child("a", { shutdown: 100, stop })] }));
    s.seen();

    await s.tell("root/a", boom(), note("waits"));
    assert.deepEqual(s.seen(), ["-a error(boom)"]);
    await s.clock.advance(100);

    assert.deepEqual(s.seen(), ["+a", "a:waits"]);
    hangs = false;
    await s.close();
  },
);
