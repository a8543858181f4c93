/**
 * What tree() and crash reports show.
 *
 * @module
 */
import assert from "node:assert/strict";
import { memoryLog, supervisor, System, virtualClock, worker } from "../../runtime/mod.ts";
import { act, boom, exit, gate, note, probe, type ProbeMessage, stage } from "./probe.ts";
import { countOf, startGroup, startKids } from "./scenes.ts";
import { seeded } from "./seeds.ts";

seeded("tree() shows names, states, mailbox depth, restarts, last error and uptime", async () => {
  const s = stage();
  const slow = gate();
  await s.system.start(
    supervisor("root", { children: [s.child("a"), s.child("b", { restart: "transient" })] }),
  );
  await s.tell("root/b", exit());
  await s.tell("root/a", boom());
  await s.clock.advance(1_500);
  await s.tell("root/a", act(() => slow.promise), note(1), note(2));

  const tree = s.system.tree();

  assert.deepEqual(tree, [{
    path: "root",
    type: "supervisor",
    state: "running",
    mailboxDepth: 0,
    restarts: 0,
    lastError: null,
    uptimeMs: 1_500,
    children: [
      {
        path: "root/a",
        type: "worker",
        state: "running",
        mailboxDepth: 2,
        restarts: 1,
        lastError: "Error: boom",
        uptimeMs: 1_500,
        children: [],
      },
      {
        path: "root/b",
        type: "worker",
        state: "stopped",
        mailboxDepth: 0,
        restarts: 0,
        lastError: null,
        uptimeMs: 0,
        children: [],
      },
    ],
  }]);
  slow.open();
  await s.close();
});

seeded("tree() tells starting, restarting and stopping apart", async () => {
  const s = stage();
  const slow = gate();
  const init = (life: number) => life > 1 ? slow.promise : undefined;
  const states = () => s.system.tree()[0]?.children.map((child) => child.state);
  const children = [s.child("a", { init }), s.child("b", { init: () => slow.promise }), s.child("c")];
  const starting = s.system.start(supervisor("root", { children }));
  await s.settle();
  const first = states();
  await s.tell("root/a", boom());
  const second = states();
  slow.open();
  await starting;
  const hang = gate();
  await s.tell("root/c", act(() => hang.promise));
  const stopping = s.system.stop();
  await s.settle();
  const third = states();
  hang.open();
  await stopping;

  assert.deepEqual([first, second, third], [
    ["running", "starting", "starting"],
    ["restarting", "starting", "starting"],
    ["running", "running", "stopping"],
  ]);
  await s.close();
});

seeded("a report after a crash long ago names no message when the end had none", async () => {
  const s = stage();
  await s.system.start(supervisor("root", { children: [s.child("a")] }));

  await s.tell("root/a", boom(), exit());

  assert.deepEqual(s.reports.map((report) => [report.reason.kind, report.messageKind]), [
    ["error", "throw"],
    ["normal", null],
  ]);
  await s.close();
});

seeded(
  "tree() shows dynamic children by key, one that rests included, and nobody once the system has stopped",
  async () => {
    const s = stage();
    const all = await startKids(s, { intensity: { restarts: 0, withinMs: 1_000 } });
    all.ensure("a", "A");
    all.ensure("b", "B").tell(boom());
    await s.settle();

    const [root] = s.system.tree();
    assert.deepEqual([root?.type, root?.children[0]?.type], ["supervisor", "dynamic"]);
    assert.deepEqual(root?.children[0]?.children.map(({ path, state }) => `${path} ${state}`), [
      "root/kids/a running",
      "root/kids/b stopped",
    ]);
    await s.system.stop();

    assert.deepEqual(s.system.tree(), []);
    await s.close();
  },
);

seeded("a hook for reports that throws is logged, and nobody is worse off", async () => {
  const memory = memoryLog(virtualClock(0));
  const trace: string[] = [];
  const onReport = () => {
    throw new Error("hook");
  };
  const system = new System({ clock: virtualClock(0), log: memory.log, onReport });
  await system.start(supervisor("root", { children: [worker("a", probe(trace, "a"))] }));
  const ref = system.ref<ProbeMessage>("root/a");

  ref.tell(boom());

  assert.equal(await ref.ask(countOf), 0);
  assert.deepEqual(memory.records.map(({ message, fields }) => [message, String(fields.error)]), [
    ["a hook threw", "Error: hook"],
  ]);
  await system.stop();
});

seeded(
  "counters() counts who lives, who crashed, in handlers and in inits, and who was restarted",
  async () => {
    const s = stage();
    const init = (life: number) => {
      if (life === 2) throw new Error("not yet");
    };
    await startGroup(s, "one_for_one", ["a", "b"], { a: { init } });

    await s.tell("root/a", boom());
    s.system.kill("root/b");
    await s.settle();

    const { actors, crashes, restarts, asksPending, deadLetters } = s.system.counters();
    assert.deepEqual({ actors, crashes, restarts, asksPending, deadLetters }, {
      actors: 2,
      crashes: 2,
      restarts: 3,
      asksPending: 0,
      deadLetters: 1,
    });
    await s.close();
  },
);
