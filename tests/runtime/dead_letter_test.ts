/**
 * Dead letters: every message that is lost, counted by why.
 *
 * @module
 */
import assert from "node:assert/strict";
import { memoryLog, type Reply, supervisor, System, virtualClock } from "../../runtime/mod.ts";
import { act, boom, gate, note, stage } from "./probe.ts";
import { countOf, outcome } from "./scenes.ts";
import { seeded } from "./seeds.ts";

async function started() {
  const s = stage();
  await s.system.start(supervisor("root", { children: [s.child("a"), s.child("b")] }));
  s.seen();
  return { ...s, a: s.ref("root/a") };
}

seeded(
  "otp 151, 152: telling a dead address, or one nobody knows, is a dead letter and never a throw",
  async () => {
    const s = await started();
    await s.system.supervisor("root").stop("a");

    assert.equal(s.a.tell(note(1)), false);
    assert.equal(s.ref("no/body").tell(note(2)), false);

    assert.deepEqual(s.deadLetters.map(({ path, kind, reason }) => [path, kind, reason]), [
      ["root/a", "note", "no_such_actor"],
      ["no/body", "note", "no_such_actor"],
    ]);
    assert.equal(s.system.counters().deadLettersByReason.no_such_actor, 2);
    await s.close();
  },
);

seeded("otp 151: telling from inside a handler to nobody is no throw there either", async () => {
  const s = await started();
  await s.system.supervisor("root").stop("a");
  s.seen();

  await s.tell("root/b", act(() => s.trace.push(`told ${s.a.tell(note(1))}`)), note("goes on"));

  assert.deepEqual(s.seen(), ["told false", "b:goes on"]);
  assert.deepEqual(s.reports, []);
  await s.close();
});

seeded("every way to lose a message is counted under its own name, and shown once", async () => {
  const s = stage();
  const mailbox = { capacity: 1, full: "refuse" } as const;
  await s.system.start(supervisor("root", { children: [s.child("a", { mailbox }), s.child("b")] }));
  const [a, b] = [s.ref("root/a"), s.ref("root/b")];
  const busy = gate();

  b.tell(boom());
  await s.tell("root/a", act(() => busy.promise));
  const expired = outcome(a.ask(countOf, { timeoutMs: 10 }));
  a.tell(note("no room"));
  await s.clock.advance(10);
  const replies: Reply<number>[] = [];
  const late = outcome(b.ask<number>((reply) => act(() => replies.push(reply)), { timeoutMs: 10 }));
  await s.clock.advance(10);
  replies[0]?.(1);
  busy.open();
  await s.settle();
  const again = gate();
  await s.tell("root/a", act(() => again.promise));
  a.tell(note("too late"));
  const stopping = s.system.supervisor("root").stop("a");
  again.open();
  await stopping;
  a.tell(note("nobody"));

  assert.deepEqual(await Promise.all([expired, late]), ["timeout", "timeout"]);
  const all = ["crashed", "mailbox_full", "late_reply", "expired_ask", "stopped", "no_such_actor"];
  assert.deepEqual(s.deadLetters.map((letter) => letter.reason), all);
  assert.deepEqual(
    s.system.counters().deadLettersByReason,
    Object.fromEntries(all.map((reason) => [reason, 1])),
  );
  assert.equal(s.system.counters().deadLetters, 6);
  await s.close();
});

seeded("an actor's own timers, notices and results that die with it are no dead letters", async () => {
  const s = await started();
  const busy = gate();
  await s.tell(
    "root/a",
    act((context) => {
      context.after(10, note("timer"));
      context.monitor(s.ref("root/b") as never, () => note("notice"));
      context.pipe(Promise.resolve(), () => note("result"), () => note("?"));
      return busy.promise;
    }),
  );
  s.system.kill("root/b");
  await s.clock.advance(10);

  const stopping = s.system.supervisor("root").stop("a");
  busy.open();
  await stopping;

  assert.deepEqual(s.seen(), ["+b", "-a shutdown"]);
  assert.deepEqual(s.deadLetters, []);
  await s.close();
});

seeded("a hook for dead letters that throws is logged, and telling goes on", async () => {
  const memory = memoryLog(virtualClock(0));
  const onDeadLetter = () => {
    throw new Error("hook");
  };
  const system = new System({ clock: virtualClock(0), log: memory.log, onDeadLetter });

  assert.equal(system.ref("no/body").tell({ kind: "note" }), false);

  assert.deepEqual(memory.records.map((record) => record.message), ["a hook threw"]);
  assert.equal(system.counters().deadLettersByReason.no_such_actor, 1);
  await system.stop();
});
