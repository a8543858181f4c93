/**
 * Monitors: hearing once how an incarnation ended.
 *
 * @module
 */
import assert from "node:assert/strict";
import { once } from "./scenes.ts";
import type { Cell } from "../../runtime/cell.ts";
import { dynamic, type Exit, type Monitor, supervisor } from "../../runtime/mod.ts";
import { act, boom, exit, exitText, gate, note, probe, type ProbeMessage, stage } from "./probe.ts";
import { seeded } from "./seeds.ts";

const heard = (label: string) => (end: Exit): ProbeMessage => note(`${label} ${exitText(end)}`);

async function started() {
  const s = stage();
  const children = [s.child("w"), s.child("a", { restart: "transient" }), s.child("b")];
  await s.system.start(supervisor("root", { children }));
  s.seen();
  const monitors: Monitor[] = [];
  const watch = (path: string, label = path) =>
    s.tell(
      "root/w",
      act((context) => void monitors.push(context.monitor(s.ref(path) as never, heard(label)))),
    );
  return { ...s, watch, monitors };
}

seeded("otp 158: a monitor fires exactly once, with how the incarnation ended", async () => {
  for (const [message, end] of [[exit(), "normal"], [boom(), "error(boom)"]] as const) {
    const s = await started();
    await s.watch("root/a");

    await s.tell("root/a", message);
    await s.tell("root/a", message);

    assert.deepEqual(s.seen().filter((line) => line.startsWith("w:")), [`w:root/a ${end}`]);
    await s.close();
  }
});

seeded("otp 159: two monitors of one watcher fire once each", async () => {
  const s = await started();
  await s.watch("root/a", "first");
  await s.watch("root/a", "second");

  await s.tell("root/a", exit());

  assert.deepEqual(s.seen(), ["-a normal", "w:first normal", "w:second normal"]);
  await s.close();
});

seeded("otp 160: monitoring an address where nobody lives fires at once with noproc", async () => {
  const s = await started();
  await s.tell("root/a", exit());
  s.seen();

  await s.watch("root/a");
  await s.watch("no/body");

  assert.deepEqual(s.seen(), ["w:root/a noproc", "w:no/body noproc"]);
  await s.close();
});

seeded("otp 161: after cancel nothing arrives, not even a notice that waits in the mailbox", async () => {
  const s = await started();
  await s.watch("root/a");
  await s.watch("root/b");
  const busy = gate();
  await s.tell("root/w", act(() => busy.promise));

  s.monitors[0]?.cancel();
  await s.tell("root/a", exit());
  await s.tell("root/b", boom());
  s.monitors[1]?.cancel();
  busy.open();
  await s.settle();

  assert.deepEqual(s.seen().filter((line) => line.startsWith("w:")), []);
  await s.close();
});

seeded("otp 162: the notice comes after every message the dying actor had sent to the watcher", async () => {
  const s = await started();
  await s.watch("root/a");

  await s.tell(
    "root/a",
    act((context) => {
      for (let i = 0; i < 3; i++) s.ref("root/w").tell(note(i));
      context.exit();
    }),
  );

  assert.deepEqual(s.seen().filter((line) => line.startsWith("w:")), [
    "w:0",
    "w:1",
    "w:2",
    "w:root/a normal",
  ]);
  await s.close();
});

seeded("otp 163: when the notice arrives the address is already dead to everybody", async () => {
  const s = await started();
  const told: boolean[] = [];
  await s.tell(
    "root/w",
    act((context) =>
      context.monitor(
        s.ref("root/a") as never,
        () => act(() => void told.push(s.ref("root/a").tell(note(1)))),
      )
    ),
  );

  await s.tell("root/a", exit());

  assert.deepEqual(told, [false]);
  await s.close();
});

seeded("otp 164: the watcher's death does not touch the watched and removes the monitor", async () => {
  const s = await started();
  await s.watch("root/a");
  const { life } = s.ref("root/a") as unknown as Cell;
  assert.equal(life?.watchers().size, 1);

  s.system.kill("root/w");
  await s.settle();
  assert.equal(life?.watchers().size, 0);
  await s.tell("root/a", note("alive"), exit());

  assert.deepEqual(s.seen(), ["+w", "a:alive", "-a normal"]);
  await s.close();
});

seeded(
  "otp 165: a restart does not move a monitor: one notice for the old incarnation, none for the next",
  async () => {
    const s = await started();
    await s.watch("root/b");

    await s.tell("root/b", boom());
    await s.tell("root/b", boom());

    assert.deepEqual(s.seen().filter((line) => line.startsWith("w:")), ["w:root/b error(boom)"]);
    await s.close();
  },
);

seeded("otp 171: a killed transient child is restarted, as that is an abnormal end", async () => {
  const s = await started();
  await s.watch("root/a");

  s.system.kill("root/a");
  await s.settle();

  assert.deepEqual(s.seen().toSorted(), ["+a", "w:root/a killed"]);
  await s.close();
});

seeded(
  "a notice that waits when its watcher dies is not heard by the watcher's next incarnation",
  async () => {
    const s = await started();
    await s.watch("root/a");
    const busy = gate();
    await s.tell("root/w", act(() => busy.promise));
    await s.tell("root/a", exit());

    s.system.kill("root/w");
    busy.open();
    await s.settle();

    assert.deepEqual(s.seen(), ["-a normal", "+w"]);
    await s.close();
  },
);

seeded("a monitor set while its target is in its init fires for that incarnation", async () => {
  const s = await started();
  const slow = gate();
  await s.system.supervisor("root").stop("a");
  const late = s.child("late", { restart: "temporary", init: () => slow.promise });
  void s.system.supervisor("root").start(late);
  await s.settle();
  s.seen();

  await s.watch("root/late");
  slow.open();
  await s.settle();
  await s.tell("root/late", exit());

  assert.deepEqual(s.seen(), ["-late normal", "w:root/late normal"]);
  await s.close();
});

seeded("a monitor on something that is not a ref of a system is refused", async () => {
  const s = await started();

  await s.tell("root/w", act((context) => context.monitor({ path: "fake" } as never, heard("fake"))));

  assert.match(String(s.deadLetters[0]?.error), /Cannot monitor fake/);
  await s.close();
});

seeded(
  "a ref held since an earlier child of a key monitors, and links, the one that lives there now",
  async () => {
    const s = stage();
    const spec = dynamic<null, ProbeMessage>("kids", { child: (key) => probe(s.trace, key)() });
    await s.system.start(supervisor("root", { children: [s.child("w"), spec] }));
    const all = s.system.dynamic<null, ProbeMessage>("root/kids");
    const held = all.ensure("k", null);
    await s.settle();
    await all.stop("k");
    await all.start("k", null);
    s.seen();

    await s.tell("root/w", act((context) => void context.monitor(held as never, heard("k"))));
    await s.tell("root/w", act((context) => void context.link(held as never, heard("linked k"))));
    s.system.kill("root/kids/k");
    await s.settle();

    assert.deepEqual(s.seen().toSorted(), ["+k", "w:k killed", "w:linked k killed"]);
    await s.close();
  },
);

seeded("a supervisor can be monitored", async () => {
  const s = stage();
  const ends: Exit[] = [];
  const inner = supervisor("inner", { restart: "transient", intensity: once, children: [s.child("b")] });
  await s.system.start(supervisor("root", { children: [s.child("a"), inner] }));
  await s.tell(
    "root/a",
    act((context) =>
      context.monitor(s.ref("root/inner") as never, (exit) => act(() => void ends.push(exit)))
    ),
  );

  await s.tell("root/inner/b", boom());
  await s.tell("root/inner/b", boom());

  assert.deepEqual(ends.map((end) => end.kind), ["shutdown"]);
  await s.close();
});
