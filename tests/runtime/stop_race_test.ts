/**
 * Stops that come at a bad time: in a restart, in an init, twice.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Exit, GaveUpError, supervisor } from "../../runtime/mod.ts";
import { act, boom, gate, stage } from "./probe.ts";
import { hanging, listed, startGroup } from "./scenes.ts";
import { seeded } from "./seeds.ts";

seeded("otp 177: a stop in the middle of a group restart ends with nobody alive", async () => {
  const s = stage();
  const slow = gate();
  const children = [
    s.child("a"),
    s.child("b", { init: (life) => life > 1 ? slow.promise : undefined }),
    s.child("c"),
  ];
  await s.system.start(supervisor("root", { strategy: "one_for_all", children }));
  s.seen();
  await s.tell("root/a", boom());

  const stopping = s.system.stop();
  await s.settle();
  slow.open();
  await stopping;

  assert.deepEqual(s.seen(), [
    "-a error(boom)",
    "-c shutdown",
    "-b shutdown",
    "+a",
    "+b",
    "-b shutdown",
    "-a shutdown",
  ]);
  await s.close();
});

seeded(
  "otp 177: a stop while a group restart waits for a sibling to stop ends with nobody alive",
  async () => {
    const s = stage();
    const slow = gate();
    await startGroup(s, "one_for_all", ["a", "b", "c"], { c: { stop: () => slow.promise } });
    await s.tell("root/a", boom());

    const stopping = s.system.stop();
    await s.settle();
    slow.open();
    await stopping;

    assert.deepEqual(s.seen(), ["-a error(boom)", "-c shutdown", "-b shutdown"]);
    await s.close();
  },
);

seeded("otp 179: a stop while init is running lets it end; nobody stays alive", async () => {
  const s = stage();
  const slow = gate();
  const started = s.system.start(
    supervisor("root", { children: [s.child("a"), s.child("b", { init: () => slow.promise })] }),
  );
  const refused = assert.rejects(started);
  await s.settle();

  const stopping = s.system.stop();
  await s.settle();
  slow.open();
  await Promise.all([stopping, refused]);

  assert.deepEqual(s.seen(), ["+a", "+b", "-b shutdown", "-a shutdown"]);
  await s.close();
});

seeded("otp 179: a stop while init hangs cuts it off at the child's limit", async () => {
  const s = stage();
  const hanging = s.child("b", { shutdown: 100, init: () => new Promise(() => {}) });
  const refused = assert.rejects(s.system.start(supervisor("root", { children: [s.child("a"), hanging] })));
  await s.settle();

  const stopping = s.system.stop();
  await s.clock.advance(100);
  await Promise.all([stopping, refused]);

  assert.deepEqual(s.seen(), ["+a", "+b", "-a shutdown"]);
  await s.close();
});

seeded(
  "otp 179: the limit of a stop that came during init holds for the stop hook after it, too",
  async () => {
    const s = stage();
    const init = () => new Promise<void>((resolve) => void s.clock.after(60, resolve));
    const slow = s.child("b", { shutdown: 100, init, stop: hanging });
    const refused = assert.rejects(s.system.start(supervisor("root", { children: [s.child("a"), slow] })));
    await s.settle();
    let stopped = false;

    const stopping = s.system.stop().then(() => stopped = true);
    await s.clock.advance(99);
    assert.equal(stopped, false);
    await s.clock.advance(1);
    await Promise.all([stopping, refused]);

    assert.deepEqual(s.seen(), ["+a", "+b", "-b shutdown", "-a shutdown"]);
    await s.close();
  },
);

seeded("otp 182: whoever calls stop, and however often, is answered when everybody is gone", async () => {
  const s = stage();
  const slow = gate();
  await s.system.start(supervisor("root", { children: [s.child("a", { stop: () => slow.promise })] }));
  s.seen();

  const first = s.system.stop();
  await s.settle();
  const second = s.system.stop();
  slow.open();
  await Promise.all([first, second]);

  assert.deepEqual(s.seen(), ["-a shutdown"]);
  await s.close();
});

seeded(
  "otp 182: children stopped by hand while the system stops are answered, and everybody is gone",
  async () => {
    const s = stage();
    const slow = gate();
    await startGroup(s, "one_for_one", ["a", "b"], { b: { stop: () => slow.promise } });

    const stopping = s.system.stop();
    const answers = Promise.all(["a", "b"].map((id) => s.system.supervisor("root").stop(id)));
    await s.settle();
    slow.open();
    await stopping;

    assert.deepEqual(await answers, Array(2).fill({ ok: false, reason: "shutdown" }));
    assert.deepEqual(s.seen(), ["-b shutdown", "-a shutdown"]);
    await s.close();
  },
);

seeded(
  "otp 182: a stop by hand that is under way, and another stop, are both answered when the child is gone",
  async () => {
    const s = stage();
    const slow = gate();
    await startGroup(s, "one_for_one", ["a"], { a: { stop: () => slow.promise } });
    const root = s.system.supervisor("root");

    const answers = [root.stop("a")];
    await s.settle();
    answers.push(root.stop("a"));
    slow.open();

    assert.deepEqual(await Promise.all(answers), [{ ok: true }, { ok: true }]);
    assert.deepEqual(s.seen(), ["-a shutdown"]);
    await s.close();
  },
);

seeded(
  "a supervisor that is told to stop while it gives up ends as it began to, and everybody is gone",
  async () => {
    const s = stage();
    const slow = gate();
    const ends: Exit[] = [];
    const children = [s.child("b", { stop: () => slow.promise }), s.child("c")];
    const inner = supervisor("inner", { intensity: { restarts: 0, withinMs: 5_000 }, children });
    await s.system.start(supervisor("root", { children: [s.child("w"), inner] }));
    const watched = s.ref("root/inner") as never;
    await s.tell(
      "root/w",
      act((context) => context.monitor(watched, (end) => act(() => void ends.push(end)))),
    );
    await s.tell("root/inner/c", boom());

    const stopping = s.system.supervisor("root").stop("inner");
    await s.settle();
    slow.open();
    await stopping;
    await s.settle();

    assert.deepEqual(ends.map((end) => end.kind === "shutdown" && end.why instanceof GaveUpError), [true]);
    assert.deepEqual(await listed(s), ["w running", "inner stopped"]);
    assert.equal(s.system.counters().actors, 1);
    await s.close();
  },
);
