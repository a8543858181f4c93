/**
 * Dynamic supervisors: ensure, start and stop of a key, whatever is under way.
 *
 * @module
 */
import assert from "node:assert/strict";
import { dynamic, StartError, supervisor } from "../../runtime/mod.ts";
import { gate, note, probe, type ProbeMessage, reportText, stage } from "./probe.ts";
import { startKids } from "./scenes.ts";
import { seeded } from "./seeds.ts";

seeded(
  "ensure answers the living child of a key, and messages told meanwhile wait for its init",
  async () => {
    const s = stage();
    const slow = gate();
    const all = await startKids(s, { probe: { init: () => slow.promise } });

    const first = all.ensure("k", "k");
    first.tell(note(1));
    assert.equal(all.ensure("k", "other"), first);
    all.ensure("k", "other").tell(note(2));
    await s.settle();
    assert.deepEqual(s.seen(), ["+k"]);
    slow.open();
    await s.settle();

    assert.deepEqual(s.seen(), ["k:1", "k:2"]);
    await s.close();
  },
);

seeded(
  "ensure for a key that is stopping starts the next one when that one is gone, with its mail",
  async () => {
    const s = stage();
    const slow = gate();
    let first = true;
    const stop = () => {
      if (!first) return undefined;
      first = false;
      return slow.promise;
    };
    const all = await startKids(s, { probe: { stop } });
    all.ensure("a", "A");
    await s.settle();
    const stopping = all.stop("a");
    await s.settle();

    all.ensure("a", "A").tell(note("for the next"));
    await s.settle();
    assert.deepEqual(s.seen(), ["+A", "-A shutdown"]);
    slow.open();
    await stopping;
    await s.settle();

    assert.deepEqual(s.seen(), ["+A", "A:for the next"]);
    await s.close();
  },
);

seeded("a key that is stopped, ensured, stopped and ensured again never lives twice", async () => {
  const s = stage();
  const slow = gate();
  let first = true;
  const stop = () => {
    if (!first) return undefined;
    first = false;
    return slow.promise;
  };
  const all = await startKids(s, { probe: { stop } });
  all.ensure("a", "A");
  await s.settle();
  s.seen();

  const stops = [all.stop("a")];
  await s.settle();
  all.ensure("a", "A");
  stops.push(all.stop("a"));
  all.ensure("a", "A").tell(note("third"));
  await assert.rejects(all.start("a", "A"), /running already/);
  await s.settle();
  assert.deepEqual(s.seen(), ["-A shutdown"]);
  slow.open();
  await Promise.all(stops);
  await s.settle();

  assert.deepEqual(s.seen(), ["+A", "A:third"]);
  assert.equal(s.system.counters().actors, 1);
  await s.close();
});

seeded("ensure while the supervisor is not started yet waits for it", async () => {
  const s = stage();
  const slow = gate();
  const spec = dynamic<string, ProbeMessage>("kids", { child: (_key, name) => probe(s.trace, name)() });
  const starting = s.system.start(
    supervisor("root", { children: [s.child("first", { init: () => slow.promise }), spec] }),
  );
  await s.settle();

  s.system.dynamic<string, ProbeMessage>("root/kids").ensure("a", "A").tell(note(1));
  await s.settle();
  assert.deepEqual(s.seen(), ["+first"]);
  slow.open();
  await starting;
  await s.settle();

  assert.deepEqual(s.seen(), ["+A", "A:1"]);
  await s.close();
});

seeded("start resolves after init; a failing one is reported, rejected and not kept", async () => {
  const s = stage();
  let fails = true;
  const init = () => {
    if (fails) throw new Error("why");
  };
  const all = await startKids(s, { probe: { init } });

  await assert.rejects(
    all.start("a", "A"),
    (error) => error instanceof StartError && error.exit.kind === "error",
  );
  assert.deepEqual(all.keys(), []);
  fails = false;
  const ref = await all.start("a", "A");
  await assert.rejects(all.start("a", "A"), /running already/);

  assert.equal(ref, all.get("a"));
  assert.deepEqual(s.reports.map(reportText), ["start_error root/kids/a error(why)"]);
  await s.close();
});

seeded("past max nobody is started: the ref answered leads nowhere", async () => {
  const s = stage();
  const all = await startKids(s, { max: 1 });
  all.ensure("a", "A");

  assert.equal(all.ensure("b", "B").tell(note(1)), false);
  await assert.rejects(all.start("b", "B"), /there are 1 already/);

  assert.deepEqual(all.keys(), ["a"]);
  assert.deepEqual(s.deadLetters.map(({ path, reason }) => [path, reason]), [[
    "root/kids/b",
    "no_such_actor",
  ]]);
  await s.close();
});

seeded("stopping a child in its init calls the start off, and its mail is dead letters", async () => {
  const s = stage();
  const slow = gate();
  const all = await startKids(s, { probe: { init: () => slow.promise } });
  all.ensure("a", "A").tell(note("never"));
  await s.settle();

  const stopping = all.stop("a");
  slow.open();
  await stopping;

  assert.deepEqual(s.seen(), ["+A", "-A shutdown"]);
  assert.deepEqual(s.deadLetters.map((letter) => letter.reason), ["stopped"]);
  assert.deepEqual(all.keys(), []);
  await s.close();
});

seeded("a child stopped before its init began is never begun", async () => {
  const s = stage();
  const all = await startKids(s);

  all.ensure("a", "A");
  await all.stop("a");
  await s.settle();

  assert.deepEqual(s.seen(), []);
  assert.deepEqual(all.keys(), []);
  await s.close();
});

seeded("without its supervisor a key leads nowhere, and start says so", async () => {
  const s = stage();
  const all = s.system.dynamic<string, ProbeMessage>("no/where");

  assert.equal(all.ensure("a", "A").tell(note(1)), false);
  await assert.rejects(all.start("a", "A"), /there is no such supervisor/);
  await all.stop("a");

  assert.deepEqual([all.keys(), all.get("a"), all.path], [[], undefined, "no/where"]);
  await s.close();
});

seeded("whoever waits for a start that is called off during its init is told so", async () => {
  const s = stage();
  const slow = gate();
  const all = await startKids(s, { probe: { init: () => slow.promise } });
  const refused = assert.rejects(
    all.start("a", "A"),
    (error) => error instanceof StartError && error.exit.kind === "shutdown",
  );
  await s.settle();

  const stopping = all.stop("a");
  slow.open();
  await Promise.all([stopping, refused]);

  assert.deepEqual(s.seen(), ["+A", "-A shutdown"]);
  assert.deepEqual(s.reports.map(reportText), ["start_error root/kids/a shutdown"]);
  await s.close();
});
