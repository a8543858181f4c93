/**
 * Stopping a supervisor: order, time limits, what becomes of mail.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Exit, supervisor } from "../../runtime/mod.ts";
import { act, boom, exit, exitText, gate, note, probe, reportText, stage } from "./probe.ts";

const hanging = () => new Promise<void>(() => {});

Deno.test("otp 14: children stop in reverse, each gone before the next is told", async () => {
  const s = stage();
  const slow = (id: string) =>
    s.child(id, { stop: () => Promise.resolve().then(() => s.trace.push(`${id} gone`)) });
  await s.system.start(supervisor("root", { children: [slow("a"), slow("b"), slow("c")] }));
  s.seen();

  await s.system.stop();

  assert.deepEqual(s.seen(), ["-c shutdown", "c gone", "-b shutdown", "b gone", "-a shutdown", "a gone"]);
  assert.deepEqual(await s.system.ended, { kind: "shutdown" });
  await s.close();
});

Deno.test("otp 15: the stop hook sees shutdown when its supervisor stops it", async () => {
  const s = stage();
  const exits: Exit[] = [];
  await s.system.start(
    supervisor("root", { children: [s.child("a", { stop: (exit) => void exits.push(exit) })] }),
  );

  await s.system.stop();

  assert.deepEqual(exits, [{ kind: "shutdown" }]);
  await s.close();
});

Deno.test("otp 16: a stop hook past its limit is cut off, watchers see killed, and the supervisor ends in order", async () => {
  const s = stage();
  const seen: string[] = [];
  const watcher = act((context) =>
    context.monitor(s.ref("root/b") as never, (exit) => act(() => void seen.push(exitText(exit))))
  );
  await s.system.start(
    supervisor("root", { children: [s.child("a"), s.child("b", { shutdown: 100, stop: hanging })] }),
  );
  await s.tell("root/a", watcher);

  const stopping = s.system.supervisor("root").stop("b");
  await s.clock.advance(99);
  assert.deepEqual(seen, []);
  await s.clock.advance(1);
  await stopping;

  assert.deepEqual(seen, ["killed"]);
  assert.deepEqual(s.reports.map(reportText), ["shutdown_error root/b killed"]);
  await s.close();
  assert.deepEqual(await s.system.ended, { kind: "shutdown" });
});

Deno.test("otp 17: with shutdown 0 a stop hook that takes time is cut off without waiting", async () => {
  const s = stage();
  await s.system.start(supervisor("root", { children: [s.child("a", { shutdown: 0, stop: hanging })] }));

  await s.system.stop();

  assert.deepEqual(s.seen(), ["+a", "-a shutdown"]);
  await s.close();
});

Deno.test("otp 17: with shutdown 0 an async handler is cut off without waiting", async () => {
  const s = stage();
  await s.system.start(supervisor("root", { children: [s.child("a", { shutdown: 0 })] }));
  await s.tell("root/a", act(hanging));

  await s.system.stop();

  assert.deepEqual(s.seen(), ["+a"]);
  await s.close();
});

Deno.test("otp 18: brutal cuts off at once, without the stop hook and without a report", async () => {
  const s = stage();
  const seen: string[] = [];
  await s.system.start(
    supervisor("root", { children: [s.child("a"), s.child("b", { shutdown: "brutal" })] }),
  );
  await s.tell(
    "root/a",
    act((context) =>
      context.monitor(s.ref("root/b") as never, (exit) => act(() => seen.push(exitText(exit))))
    ),
  );

  await s.system.supervisor("root").stop("b");
  await s.settle();

  assert.deepEqual(seen, ["killed"]);
  assert.deepEqual(s.seen(), ["+a", "+b"]);
  assert.deepEqual(s.reports, []);
  await s.close();
});

Deno.test("otp 19: with shutdown infinity a worker is waited for as long as it takes", async () => {
  const s = stage();
  const slow = gate();
  await s.system.start(
    supervisor("root", { children: [s.child("a", { shutdown: "infinity", stop: () => slow.promise })] }),
  );
  let stopped = false;

  const stopping = s.system.stop().then(() => stopped = true);
  await s.clock.advance(3_600_000);
  assert.equal(stopped, false);
  slow.open();
  await stopping;

  assert.deepEqual(s.reports, []);
  await s.close();
});

Deno.test("otp 20: two children that overrun get their full time one after the other", async () => {
  const s = stage();
  const children = [
    s.child("a"),
    s.child("b", { shutdown: 100, stop: hanging }),
    s.child("c", { shutdown: 200, stop: hanging }),
  ];
  await s.system.start(supervisor("root", { children }));
  s.seen();

  const stopping = s.system.stop();
  await s.clock.advance(199);
  assert.deepEqual(s.seen(), ["-c shutdown"]);
  await s.clock.advance(1);
  assert.deepEqual(s.seen(), ["-b shutdown"]);
  await s.clock.advance(99);
  assert.deepEqual(s.seen(), []);
  await s.clock.advance(1);
  await stopping;

  assert.deepEqual(s.seen(), ["-a shutdown"]);
  await s.close();
});

Deno.test("otp 21: a child that crashes before its turn to stop is not restarted", async () => {
  const s = stage();
  const slow = gate();
  await s.system.start(
    supervisor("root", { children: [s.child("a"), s.child("b", { stop: () => slow.promise })] }),
  );
  s.seen();

  const stopping = s.system.stop();
  await s.tell("root/a", boom());
  slow.open();
  await stopping;

  assert.deepEqual(s.seen().toSorted(), ["-a error(boom)", "-b shutdown"]);
  await s.close();
});

Deno.test("otp 22: a child that is dead when its turn comes is not waited for", async () => {
  const s = stage();
  await s.system.start(
    supervisor("root", { children: [s.child("a"), s.child("b", { restart: "transient" })] }),
  );
  await s.tell("root/b", exit());

  await s.system.stop();

  assert.deepEqual(s.seen(), ["+a", "+b", "-b normal", "-a shutdown"]);
  await s.close();
});

Deno.test("otp 23: a stop hook that throws is reported, and the shutdown goes on", async () => {
  const s = stage();
  const broken = () => {
    throw new Error("late");
  };
  await s.system.start(supervisor("root", { children: [s.child("a"), s.child("b", { stop: broken })] }));

  await s.system.stop();

  assert.deepEqual(s.seen(), ["+a", "+b", "-b shutdown", "-a shutdown"]);
  assert.deepEqual(s.reports.map(reportText), ["shutdown_error root/b error(late)"]);
  assert.deepEqual(await s.system.ended, { kind: "shutdown" });
  await s.close();
});

Deno.test("otp 24: a goodbye in its own words is fine for a transient child and reported for a permanent one", async () => {
  const s = stage();
  const busy = gate();
  const leaving = act(async (context) => {
    await busy.promise;
    context.exit({ kind: "shutdown", why: "done" });
  });
  await s.system.start(
    supervisor("root", { children: [s.child("a", { restart: "transient" }), s.child("b")] }),
  );
  await s.tell("root/a", leaving);
  await s.tell("root/b", leaving);

  const stopping = s.system.stop();
  busy.open();
  await stopping;

  assert.deepEqual(s.reports.map(reportText), ["shutdown_error root/b shutdown"]);
  await s.close();
});

Deno.test("otp 25: an order to stop overtakes the messages that wait, and they are dead letters", async () => {
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

Deno.test("an actor that drains handles what waits before it stops, what it tells itself included", async () => {
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

Deno.test("an actor that drains waits for the promises it piped", async () => {
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

Deno.test("an actor that drains is cut off at its limit", async () => {
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

Deno.test("otp 26: a supervisor that is killed takes everybody below along", async () => {
  const s = stage();
  const inner = supervisor("inner", { restart: "temporary", children: [s.child("b"), s.child("c")] });
  await s.system.start(supervisor("root", { children: [s.child("a"), inner] }));
  s.seen();

  s.system.kill("root/inner");
  await s.settle();

  assert.deepEqual(s.seen(), []);
  assert.equal(s.system.counters().actors, 1);
  await s.close();
});

Deno.test("a child whose supervisor may take a limited time is killed with everybody below when that is over", async () => {
  const s = stage();
  const inner = supervisor("inner", {
    shutdown: 50,
    children: [s.child("b"), s.child("c", { shutdown: "infinity", stop: hanging })],
  });
  await s.system.start(supervisor("root", { children: [s.child("a"), inner] }));
  s.seen();

  const stopping = s.system.stop();
  await s.clock.advance(50);
  await stopping;

  assert.deepEqual(s.seen(), ["-c shutdown", "-a shutdown"]);
  assert.deepEqual(s.reports.map(reportText), [
    "shutdown_error root/inner/c killed",
    "shutdown_error root/inner killed",
  ]);
  await s.close();
});

Deno.test("otp 182: whoever calls stop, and however often, is answered when everybody is gone", async () => {
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

Deno.test("a clean stop counts no message as lost", async () => {
  const s = stage();
  const idle = probe(s.trace, "idle");
  await s.system.start(supervisor("root", { children: [{ type: "worker", id: "a", start: idle as never }] }));

  await s.system.stop();

  assert.equal(s.system.counters().deadLetters, 0);
  await s.close();
});
