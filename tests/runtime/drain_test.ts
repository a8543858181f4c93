/**
 * What becomes of waiting mail when an actor is told to stop.
 *
 * @module
 */
import assert from "node:assert/strict";
import { supervisor } from "../../runtime/mod.ts";
import { act, boom, gate, note, stage } from "./probe.ts";
import { hanging, startGroup } from "./scenes.ts";
import { seeded } from "./seeds.ts";

seeded("otp 25: an order to stop overtakes the messages that wait, and they are dead letters", async () => {
  const s = stage();
  await s.system.start(supervisor("root", { children: [s.child("a")] }));
  s.seen();

  const stopping = s.system.stop();
  s.ref("root/a").tell(note(1));
  s.ref("root/a").tell(note(2));
  await stopping;

  assert.deepEqual(s.seen(), ["-a shutdown"]);
  assert.deepEqual(s.deadLetters.map(({ path, kind, reason }) => [path, kind, reason]), [
    ["root/a", "note", "stopped"],
    ["root/a", "note", "stopped"],
  ]);
  await s.close();
});

seeded("otp 25: messages told while the stop hook runs are dead letters too", async () => {
  const s = stage();
  const slow = gate();
  await s.system.start(supervisor("root", { children: [s.child("a", { stop: () => slow.promise })] }));

  const stopping = s.system.stop();
  await s.settle();
  assert.equal(s.ref("root/a").tell(note(1)), false);
  slow.open();
  await stopping;

  assert.deepEqual(s.seen(), ["+a", "-a shutdown"]);
  assert.deepEqual(s.deadLetters.map(({ kind, reason }) => [kind, reason]), [["note", "stopped"]]);
  await s.close();
});

seeded(
  "otp 129: an actor that drains handles messages sent before the request to stop, which answers when it is gone",
  async () => {
    const s = stage();
    await s.system.start(supervisor("root", { children: [s.child("a", { onStop: "drain" })] }));
    s.ref("root/a").tell(note(1));

    await s.system.supervisor("root").stop("a");

    assert.deepEqual(s.seen(), ["+a", "a:1", "-a shutdown"]);
    await s.close();
  },
);

seeded("an actor that drains handles what waits before it stops, what it tells itself included", async () => {
  const s = stage();
  await s.system.start(supervisor("root", { children: [s.child("a", { onStop: "drain" })] }));
  s.seen();

  s.ref("root/a").tell(note(1));
  s.ref("root/a").tell(act((context) => context.self.tell(note(3))));
  s.ref("root/a").tell(note(2));
  await s.system.stop();

  assert.deepEqual(s.seen(), ["a:1", "a:2", "a:3", "-a shutdown"]);
  assert.deepEqual(s.deadLetters, []);
  await s.close();
});

seeded("an actor that drains waits for the promises it piped", async () => {
  const s = stage();
  const disk = gate<string>();
  await s.system.start(supervisor("root", { children: [s.child("a", { onStop: "drain" })] }));
  await s.tell("root/a", act((context) => context.pipe(disk.promise, note, () => note("failed"))));
  s.seen();

  const stopping = s.system.stop();
  await s.settle();
  assert.deepEqual(s.seen(), []);
  disk.open("written");
  await stopping;

  assert.deepEqual(s.seen(), ["a:written", "-a shutdown"]);
  await s.close();
});

seeded("an actor that drains is cut off at its limit", async () => {
  const s = stage();
  await s.system.start(supervisor("root", { children: [s.child("a", { onStop: "drain", shutdown: 100 })] }));
  await s.tell("root/a", act(hanging), note("never"));
  s.seen();

  const stopping = s.system.stop();
  await s.clock.advance(100);
  await stopping;

  assert.deepEqual(s.seen(), []);
  assert.deepEqual(s.deadLetters.map((letter) => letter.reason), ["stopped"]);
  await s.close();
});

seeded(
  "while others are still stopping, telling a child that is gone already is a dead letter at once",
  async () => {
    const s = stage();
    const slow = gate();
    await startGroup(s, "one_for_one", ["a", "b"], { a: { stop: () => slow.promise } });

    const stopping = s.system.stop();
    await s.settle();
    assert.deepEqual(s.seen(), ["-b shutdown", "-a shutdown"]);
    assert.equal(s.ref("root/b").tell(note("too late")), false);
    slow.open();
    await stopping;

    assert.deepEqual(s.deadLetters.map(({ path, reason }) => [path, reason]), [["root/b", "no_such_actor"]]);
    await s.close();
  },
);

seeded(
  "an actor that drains and crashes on what waits is not started again, and the rest are dead letters",
  async () => {
    const s = stage();
    await s.system.start(supervisor("root", { children: [s.child("a", { onStop: "drain" })] }));
    for (const message of [note(1), boom(), note(2)]) s.ref("root/a").tell(message);

    await s.system.stop();

    assert.deepEqual(s.seen(), ["+a", "a:1", "-a error(boom)"]);
    assert.deepEqual(s.deadLetters.map(({ kind, reason }) => [kind, reason]), [["throw", "crashed"], [
      "note",
      "stopped",
    ]]);
    await s.close();
  },
);

seeded(
  "an actor that drains keeps its mail when it is stopped with its group, to be started again",
  async () => {
    const s = stage();
    await startGroup(s, "one_for_all", ["a", "b"], { b: { onStop: "drain" } });
    const busy = gate();
    await s.tell("root/b", act(() => busy.promise));

    s.ref("root/a").tell(boom());
    s.ref("root/b").tell(note("kept"));
    await s.settle();
    busy.open();
    await s.settle();

    assert.deepEqual(s.seen(), ["-a error(boom)", "-b shutdown", "+a", "+b", "b:kept"]);
    await s.close();
  },
);

seeded(
  "a stop for good that follows a stop with the group gives up the mail, and takes no more",
  async () => {
    const s = stage();
    const slow = gate();
    await startGroup(s, "one_for_all", ["a", "b"], { b: { stop: () => slow.promise } });
    await s.tell("root/a", boom());
    assert.equal(s.ref("root/b").tell(note("to be kept")), true);

    const stopping = s.system.stop();
    await s.settle();
    assert.equal(s.ref("root/b").tell(note("too late")), false);
    slow.open();
    await stopping;

    assert.deepEqual(s.seen(), ["-a error(boom)", "-b shutdown"]);
    assert.deepEqual(s.deadLetters.map(({ path, reason }) => [path, reason]), [
      ["root/a", "crashed"],
      ["root/b", "stopped"],
      ["root/b", "stopped"],
    ]);
    await s.close();
  },
);
