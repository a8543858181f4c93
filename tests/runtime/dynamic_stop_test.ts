/**
 * Dynamic supervisors: stopping one, and all at once.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Cell } from "../../runtime/cell.ts";
import { DynamicSupervisor } from "../../runtime/dynamic_supervisor.ts";
import { dynamic, supervisor } from "../../runtime/mod.ts";
import { gate, note, probe, type ProbeMessage, reportText, stage } from "./probe.ts";
import { startKids } from "./scenes.ts";
import { seeded } from "./seeds.ts";

seeded(
  "otp 114: stopping by key answers after the child is gone, and at once for one that is not there",
  async () => {
    const s = stage();
    const slow = gate();
    const all = await startKids(s, { probe: { stop: () => slow.promise } });
    all.ensure("a", "A");
    await s.settle();
    let gone = false;

    await all.stop("stranger");
    const stopping = all.stop("a").then(() => gone = true);
    await s.settle();
    assert.equal(gone, false);
    slow.open();
    await stopping;

    assert.deepEqual(all.keys(), []);
    await s.close();
  },
);

seeded("otp 114: a stranger that lives elsewhere under the same name is not stopped by key", async () => {
  const s = stage();
  const spec = dynamic<string, ProbeMessage>("kids", { child: (_key, name) => probe(s.trace, name)() });
  await s.system.start(supervisor("root", { children: [s.child("a"), spec] }));
  const all = s.system.dynamic<string, ProbeMessage>("root/kids");
  all.ensure("k", "K");
  await s.settle();
  s.seen();

  for (const key of ["a", "root/a", ""]) await all.stop(key);
  await s.tell("root/a", note("alive"));

  assert.deepEqual(s.seen(), ["a:alive"]);
  assert.deepEqual(all.keys(), ["k"]);
  await s.close();
});

seeded("otp 115: a dynamic supervisor's children are not administered like static ones", async () => {
  const s = stage();
  const all = await startKids(s);
  all.ensure("a", "A");
  const administration = s.system.supervisor("root/kids");

  for (
    const answer of [
      await administration.stop("a"),
      await administration.restart("a"),
      await administration.remove("a"),
    ]
  ) {
    assert.deepEqual(answer, { ok: false, reason: "noproc" });
  }

  assert.deepEqual(all.keys(), ["a"]);
  await s.close();
});

seeded("otp 116: ten children whose stop hooks take 100 ms stop together in 100 ms", async () => {
  const s = stage();
  const stop = () => new Promise<void>((resolve) => void s.clock.after(100, () => resolve()));
  const all = await startKids(s, { probe: { stop } });
  for (let i = 0; i < 10; i++) all.ensure(`k${i}`, `k${i}`);
  await s.settle();
  let stopped = false;

  void s.system.stop().then(() => stopped = true);
  await s.clock.advance(99);
  assert.equal(stopped, false);
  await s.clock.advance(1);

  assert.equal(stopped, true);
  await s.close();
});

seeded("otp 117: one common limit cuts off whoever is left", async () => {
  const s = stage();
  const all = await startKids(s, {
    childOptions: { shutdown: 100 },
    probe: { stop: () => new Promise<void>(() => {}) },
  });
  for (const key of ["a", "b", "c"]) all.ensure(key, key);
  await s.settle();
  let stopped = false;

  void s.system.stop().then(() => stopped = true);
  await s.clock.advance(100);

  assert.equal(stopped, true);
  assert.deepEqual(
    s.reports.map(reportText).toSorted(),
    ["a", "b", "c"].map((key) => `shutdown_error root/kids/${key} killed`),
  );
  await s.close();
});

seeded(
  "otp 118: children that end in their own way meanwhile do not change how the supervisor ends",
  async () => {
    const s = stage();
    const all = await startKids(s, {
      probe: {
        stop: () => {
          throw new Error("own");
        },
      },
    });
    all.ensure("a", "a");
    await s.settle();

    await s.system.stop();

    assert.deepEqual(await s.system.ended, { kind: "shutdown" });
    assert.deepEqual(s.reports.map(reportText).toSorted(), ["shutdown_error root/kids/a error(own)"]);
    await s.close();
  },
);

seeded("otp 119: ten times as many children take about ten times the work, not a hundred times", async () => {
  const turns: number[] = [];
  for (const count of [1_000, 10_000]) {
    const s = stage();
    const all = await startKids(s);
    const before = s.scheduler.turns;
    for (let i = 0; i < count; i++) all.ensure(`k${i}`, "");
    await s.settle();
    await s.system.stop();
    turns.push(s.scheduler.turns - before);
    await s.close();
  }

  assert.deepEqual(turns, [2_000, 20_000]);
});

seeded("otp 119: starting or stopping one looks at nobody else, however many there are", async () => {
  const s = stage();
  const all = await startKids(s);
  for (const key of ["a", "b", "c"]) await all.start(key, key);
  const { branch } = s.ref("root/kids") as unknown as Cell;
  assert.ok(branch instanceof DynamicSupervisor);
  const seats = branch.seats.bind(branch);
  let looks = 0;
  branch.seats = () => (looks++, seats());

  await all.start("d", "d");
  all.ensure("e", "e");
  await Promise.all(["a", "b", "e"].map((key) => all.stop(key)));

  assert.equal(looks, 0);
  assert.deepEqual(all.keys(), ["c", "d"]);
  await s.close();
});
