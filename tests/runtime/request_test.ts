/**
 * Requests to a supervisor: one at a time, and answered whatever becomes of it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { supervisor } from "../../runtime/mod.ts";
import { act, exit, gate, note, probe, type Stage, stage } from "./probe.ts";
import { listed } from "./scenes.ts";
import { seeded } from "./seeds.ts";

/** Starts `root` with one child, `a`, and answers its administration. */
async function administered(s: Stage) {
  await s.system.start(supervisor("root", { children: [s.child("a")] }));
  s.seen();
  return s.system.supervisor("root");
}

seeded("otp 107: while a child with a slow init is being added, listing waits", async () => {
  const s = stage();
  const root = await administered(s);
  const slow = gate();
  const order: string[] = [];

  void root.start(s.child("b", { init: () => slow.promise })).then(() => order.push("started"));
  const listing = listed(s).then((children) => order.push(children.join()));
  await s.settle();
  assert.deepEqual(order, []);
  slow.open();
  await listing;

  assert.deepEqual(order, ["started", "a running,b running"]);
  await s.close();
});

seeded("otp 108: a request to a stopping supervisor fails with shutdown once it is gone", async () => {
  const s = stage();
  const slow = gate();
  await s.system.start(supervisor("root", { children: [s.child("a", { stop: () => slow.promise })] }));
  const stopping = s.system.stop();
  await s.settle();
  let answer: unknown = null;

  const asking = s.system.supervisor("root").start(s.child("b")).then((given) => answer = given);
  await s.settle();
  assert.equal(answer, null);
  slow.open();
  await Promise.all([stopping, asking]);

  assert.deepEqual(answer, { ok: false, reason: "shutdown" });
  assert.deepEqual(s.seen(), ["+a", "-a shutdown"]);
  await s.close();
});

seeded("otp 109: a request to a dead supervisor fails at once with noproc", async () => {
  const s = stage();
  const root = await administered(s);
  await s.system.stop();

  assert.deepEqual(await root.children(), { ok: false, reason: "noproc" });
  assert.deepEqual(await s.system.supervisor("nowhere").stop("a"), { ok: false, reason: "noproc" });
  await s.close();
});

seeded("an actor may stop its own sibling, and itself, through its supervisor", async () => {
  const s = stage();
  const root = await administered(s);
  await root.start(s.child("b"));

  await s.tell(
    "root/a",
    act((context) => context.pipe(root.stop("b"), () => note("b gone"), () => note("?"))),
  );
  await s.tell("root/a", act(() => void root.stop("a")));

  assert.deepEqual(s.seen(), ["+b", "-b shutdown", "a:b gone", "-a shutdown"]);
  await s.close();
});

seeded("a worker can be a root; its end is the system's", async () => {
  const s = stage();
  await s.system.start({ type: "worker", id: "alone", start: probe(s.trace, "alone") as never });

  await s.tell("alone", exit());

  assert.deepEqual(await s.system.ended, { kind: "normal" });
  assert.deepEqual(s.seen(), ["+alone", "-alone normal"]);
  await s.close();
});
