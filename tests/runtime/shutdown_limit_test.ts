/**
 * Stopping within a time: limits, and who is cut off.
 *
 * @module
 */
import assert from "node:assert/strict";
import { supervisor } from "../../runtime/mod.ts";
import { act, exitText, gate, reportText, stage } from "./probe.ts";
import { hanging } from "./scenes.ts";
import { seeded } from "./seeds.ts";

seeded(
  "otp 16: a stop hook past its limit is cut off, watchers see killed, and the supervisor ends in order",
  async () => {
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
  },
);

seeded("otp 17: with shutdown 0 a stop hook that takes time is cut off without waiting", async () => {
  const s = stage();
  await s.system.start(supervisor("root", { children: [s.child("a", { shutdown: 0, stop: hanging })] }));

  await s.system.stop();

  assert.deepEqual(s.seen(), ["+a", "-a shutdown"]);
  assert.deepEqual(s.reports.map(reportText), ["shutdown_error root/a killed"]);
  await s.close();
});

seeded("otp 17: with shutdown 0 an async handler is cut off without waiting", async () => {
  const s = stage();
  await s.system.start(supervisor("root", { children: [s.child("a", { shutdown: 0 })] }));
  await s.tell("root/a", act(hanging));

  await s.system.stop();

  assert.deepEqual(s.seen(), ["+a"]);
  assert.deepEqual(s.reports.map(reportText), ["shutdown_error root/a killed"]);
  await s.close();
});

seeded("otp 18: brutal cuts off at once, without the stop hook and without a report", async () => {
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

seeded("otp 19: with shutdown infinity a worker is waited for as long as it takes", async () => {
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

seeded("otp 20: two children that overrun get their full time one after the other", async () => {
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

seeded(
  "a child whose supervisor may take a limited time is killed with everybody below when that is over",
  async () => {
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
  },
);
