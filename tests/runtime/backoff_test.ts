/**
 * Back-off: restarts that wait for their time.
 *
 * @module
 */
import assert from "node:assert/strict";
import { boom, note, stage } from "./probe.ts";
import { listed, startGroup, states } from "./scenes.ts";
import { seeded } from "./seeds.ts";

seeded("a back-off waits longer each time, the mailbox is kept, and a lasting life forgets it", async () => {
  const s = stage();
  const backoff = { minMs: 100, maxMs: 400 };
  await startGroup(s, "one_for_one", ["a"], { a: { backoff } }, { restarts: 10, withinMs: 5_000 });

  const waits = [];
  for (let i = 0; i < 4; i++) {
    const beganMs = s.clock.nowMs();
    await s.tell("root/a", boom(), note(i));
    while (!s.trace.includes(`a:${i}`)) await s.clock.advance(1);
    waits.push(s.clock.nowMs() - beganMs);
  }
  await s.clock.advance(401);
  await s.tell("root/a", boom(), note("later"));
  await s.clock.advance(100);

  assert.deepEqual(waits, [100, 200, 400, 400]);
  assert.equal(s.seen().at(-1), "a:later");
  await s.close();
});

seeded("a group with a back-off stays down for its time and comes back as one", async () => {
  const s = stage();
  await startGroup(s, "one_for_all", ["a", "b"], { a: { backoff: { minMs: 100, maxMs: 100 } } }, {
    restarts: 3,
    withinMs: 5_000,
  });

  await s.tell("root/a", boom());
  s.ref("root/b").tell(note("kept"));
  assert.deepEqual(s.seen(), ["-a error(boom)", "-b shutdown"]);
  await s.clock.advance(100);

  assert.deepEqual(s.seen(), ["+a", "+b", "b:kept"]);
  await s.close();
});

seeded(
  "a group that waits for a child comes back without it when that child is stopped by hand",
  async () => {
    const s = stage();
    await startGroup(s, "one_for_all", ["a", "b"], { a: { backoff: { minMs: 100, maxMs: 100 } } }, {
      restarts: 3,
      withinMs: 5_000,
    });
    await s.tell("root/a", boom());
    s.seen();

    await s.system.supervisor("root").stop("a");
    await s.settle();

    assert.deepEqual(s.seen(), ["+b"]);
    await s.close();
  },
);

/** `root/a` in its back-off of 100 ms after a crash. */
async function waiting() {
  const s = stage();
  await startGroup(s, "one_for_one", ["a", "b"], { a: { backoff: { minMs: 100, maxMs: 100 } } }, {
    restarts: 2,
    withinMs: 5_000,
  });
  await s.tell("root/a", boom());
  s.seen();
  return s;
}

seeded("otp 186: attempts that waited count against the window", async () => {
  const s = await waiting();

  for (let i = 0; i < 2; i++) {
    await s.clock.advance(100);
    await s.tell("root/a", boom());
  }

  assert.deepEqual(s.seen(), ["+a", "-a error(boom)", "+a", "-a error(boom)", "-b shutdown"]);
  assert.deepEqual(states(s), ["stopped"]);
  await s.close();
});

seeded("otp 186: while an attempt waits the supervisor answers requests", async () => {
  const s = await waiting();
  const root = s.system.supervisor("root");

  assert.deepEqual(await listed(s), ["a restarting", "b running"]);
  assert.deepEqual(await root.restart("a"), { ok: false, reason: "restarting" });
  assert.deepEqual(await root.stop("b"), { ok: true });
  assert.deepEqual(await root.restart("b"), { ok: true, ref: s.ref("root/b") });
  await s.clock.advance(100);

  assert.deepEqual(await listed(s), ["a running", "b running"]);
  await s.close();
});

seeded("otp 186: while an attempt waits the supervisor can be stopped, and tries no more", async () => {
  const s = await waiting();

  await s.system.stop();
  assert.equal(s.clock.pending, 0);
  await s.clock.advance(1_000);

  assert.deepEqual(s.seen(), ["-b shutdown"]);
  await s.close();
});

seeded("a child stopped in its back-off stays down, with its mail as dead letters", async () => {
  const s = await waiting();
  s.ref("root/a").tell(note(1));

  await s.system.supervisor("root").stop("a");
  await s.clock.advance(1_000);

  assert.deepEqual(s.seen(), []);
  assert.deepEqual(s.deadLetters.map(({ kind, reason }) => [kind, reason]), [["throw", "crashed"], [
    "note",
    "stopped",
  ]]);
  await s.close();
});

seeded(
  "otp 186: an attempt that waits is called off at once by a stop, however long the others take",
  async () => {
    const s = stage();
    const backoff = { minMs: 100, maxMs: 100 };
    const stop = () => new Promise<void>((resolve) => void s.clock.after(200, resolve));
    const limit = { restarts: 2, withinMs: 5_000 };
    await startGroup(s, "one_for_one", ["a", "b"], { a: { backoff }, b: { stop } }, limit);
    await s.tell("root/a", boom());

    const stopping = s.system.stop();
    await s.clock.advance(200);
    await stopping;

    assert.deepEqual(s.seen(), ["-a error(boom)", "-b shutdown"]);
    await s.close();
  },
);
