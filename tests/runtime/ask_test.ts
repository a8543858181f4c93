/**
 * Asks: a message that waits for its answer.
 *
 * @module
 */
import assert from "node:assert/strict";
import { AskError, type Reply, supervisor } from "../../runtime/mod.ts";
import { act, boom, exit, exitText, gate, note, type ProbeMessage, stage } from "./probe.ts";

const count = (reply: Reply<number>): ProbeMessage => ({ kind: "count", reply });

/** A message that does something with the reply it carries. */
const withReply = (run: (reply: Reply<string>) => unknown) => (reply: Reply<string>): ProbeMessage =>
  act(() => run(reply));

/** What became of an ask: its answer, or its fault and the target's exit. */
function outcome(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch((error: AskError) =>
    error.exit ? `${error.code} ${exitText(error.exit)}` : error.code
  );
}

async function started() {
  const s = stage();
  await s.system.start(supervisor("root", { children: [s.child("a"), s.child("b")] }));
  s.seen();
  return { ...s, a: s.ref("root/a"), b: s.ref("root/b") };
}

Deno.test("otp 134: an ask resolves with the answer, once", async () => {
  const s = await started();
  s.a.tell(note(1));

  assert.equal(await s.a.ask(count), 1);
  assert.equal(s.system.counters().asksPending, 0);
  await s.close();
});

Deno.test("otp 135: without an answer the asker gets a timeout at the deadline, 5 s by default", async () => {
  const s = await started();
  const asks = [s.a.ask(withReply(() => {})), s.a.ask(withReply(() => {}), { timeoutMs: 100 })].map(outcome);
  const settled: unknown[] = [];
  for (const ask of asks) void ask.then((end) => settled.push([s.clock.nowMs() - startMs, end]));
  const startMs = s.clock.nowMs();

  await s.clock.advance(10_000);

  assert.deepEqual(settled, [[100, "timeout"], [5_000, "timeout"]]);
  assert.equal(await s.a.ask(count), 2);
  await s.close();
});

Deno.test("otp 136: an answer after the deadline is a dead letter", async () => {
  const s = await started();
  const replies: Reply<string>[] = [];
  const ask = outcome(s.a.ask(withReply((reply) => replies.push(reply)), { timeoutMs: 100 }));
  await s.clock.advance(100);

  replies[0]?.("late");

  assert.equal(await ask, "timeout");
  assert.deepEqual(s.deadLetters, [{
    path: "root/a",
    kind: "string",
    reason: "late_reply",
    message: "late",
  }]);
  await s.close();
});

Deno.test("otp 137: asking an address where nobody lives fails at once with noproc", async () => {
  const s = await started();
  await s.system.supervisor("root").stop("a");

  assert.equal(await outcome(s.a.ask(count)), "noproc");
  assert.equal(await outcome(s.ref("nowhere").ask(count)), "noproc");
  assert.deepEqual(s.deadLetters.map((letter) => letter.reason), ["no_such_actor", "no_such_actor"]);
  await s.close();
});

for (
  const [how, run] of [
    ["throws", () => {
      throw new Error("boom");
    }],
    ["rejects", () => Promise.reject(new Error("boom"))],
  ] as const
) {
  Deno.test(`otp 138: an ask whose handler ${how} fails at once with the exit`, async () => {
    const s = await started();

    assert.equal(await outcome(s.a.ask(withReply(run))), "exit error(boom)");
    assert.deepEqual(s.deadLetters.map((letter) => letter.reason), ["crashed"]);
    await s.close();
  });
}

Deno.test("otp 139: asks taken up by the incarnation that dies fail at once; those still queued are answered by the next", async () => {
  const s = await started();
  const taken = outcome(s.a.ask(withReply(() => {})));
  const crashing = outcome(s.a.ask(withReply(() => {
    throw new Error("boom");
  })));
  const queued = outcome(s.a.ask(count));
  await s.settle();

  assert.deepEqual(await Promise.all([taken, crashing, queued]), ["exit error(boom)", "exit error(boom)", 0]);
  await s.close();
});

Deno.test("otp 139: asks still queued fail at once when nobody comes after", async () => {
  const s = await started();
  const busy = gate();
  await s.tell("root/a", act(() => busy.promise));
  const queued = outcome(s.a.ask(count));

  const stopping = s.system.supervisor("root").stop("a");
  busy.open();
  await stopping;

  assert.equal(await queued, "exit shutdown");
  assert.deepEqual(s.deadLetters.map((letter) => letter.reason), ["stopped"]);
  await s.close();
});

for (const end of ["normal", "shutdown"] as const) {
  Deno.test(`otp 140: a target that ends ${end} without answering fails the ask with that`, async () => {
    const s = await started();
    const ask = outcome(s.a.ask(withReply(() => {})));

    await s.tell("root/a", exit({ kind: end }));

    assert.equal(await ask, `exit ${end}`);
    await s.close();
  });
}

Deno.test("otp 141: an actor that asks itself is told at once", async () => {
  const s = await started();
  const ends: unknown[] = [];

  await s.tell("root/a", act(async (context) => void ends.push(await outcome(context.self.ask(count)))));

  assert.deepEqual(ends, ["self"]);
  await s.close();
});

Deno.test("otp 142: an asker that dies leaves the target alone", async () => {
  const s = await started();
  const replies: Reply<string>[] = [];
  await s.tell("root/b", act(() => s.a.ask(withReply((reply) => replies.push(reply)))));

  s.system.kill("root/b");
  replies[0]?.("to nobody");
  await s.settle();

  assert.equal(await s.a.ask(count), 1);
  assert.deepEqual(s.reports.map((report) => report.offender), ["root/b"]);
  await s.close();
});

Deno.test("otp 143: a reply can be kept for a later turn, or given to another actor", async () => {
  const s = await started();
  const kept: Reply<string>[] = [];
  const later = s.a.ask(withReply((reply) => kept.push(reply)));
  const elsewhere = s.a.ask(withReply((reply) => s.b.tell(act(() => reply("from b")))));
  await s.settle();

  await s.tell("root/a", act(() => kept[0]?.("later")));

  assert.deepEqual(await Promise.all([later, elsewhere]), ["later", "from b"]);
  await s.close();
});

Deno.test("otp 144: a second answer is a dead letter", async () => {
  const s = await started();

  const answer = await s.a.ask(withReply((reply) => (reply("one"), reply("two"))));

  assert.equal(answer, "one");
  assert.deepEqual(s.deadLetters.map(({ reason, message }) => [reason, message]), [["late_reply", "two"]]);
  await s.close();
});

Deno.test("otp 145: an asker with 100,000 queued messages takes no more turns for its ask", async () => {
  const s = await started();
  const busy = gate();
  let answered = 0;
  await s.tell(
    "root/a",
    act(async () => {
      answered = await s.b.ask(count);
      await busy.promise;
    }),
  );
  for (let i = 0; i < 100_000; i++) s.a.tell(note(i));
  const before = s.scheduler.turns;

  await s.tell("root/b", note(1));

  assert.equal(answered, 0);
  assert.ok(s.scheduler.turns - before <= 2);
  busy.open();
  await s.close();
});

Deno.test("otp 146: an ask of a child in its slow init waits for it, and its deadline keeps running", async () => {
  const s = stage();
  const slow = gate();
  const starting = s.system.start(
    supervisor("root", { children: [s.child("a", { init: () => slow.promise })] }),
  );
  await s.settle();
  const patient = outcome(s.ref("root/a").ask(count));
  const hasty = outcome(s.ref("root/a").ask(count, { timeoutMs: 100 }));

  await s.clock.advance(100);
  assert.equal(await hasty, "timeout");
  slow.open();
  await starting;

  assert.equal(await patient, 0);
  await s.settle();
  assert.deepEqual(s.deadLetters.map((letter) => letter.reason), ["expired_ask"]);
  await s.close();
});

Deno.test("otp 147: an ask of a target being restarted waits for the next incarnation: its address is the same", async () => {
  const s = stage();
  const backoff = { minMs: 100, maxMs: 100 };
  await s.system.start(supervisor("root", { children: [s.child("a", { backoff })] }));
  await s.tell("root/a", boom());
  const ask = outcome(s.ref("root/a").ask(count));

  await s.clock.advance(100);

  assert.equal(await ask, 0);
  await s.close();
});

Deno.test("an expired ask is never handled", async () => {
  const s = await started();
  const busy = gate();
  await s.tell("root/a", act(() => busy.promise));
  const ask = outcome(s.a.ask(withReply(() => s.trace.push("handled")), { timeoutMs: 100 }));

  await s.clock.advance(100);
  busy.open();
  await s.settle();

  assert.equal(await ask, "timeout");
  assert.deepEqual(s.seen(), []);
  assert.deepEqual(s.deadLetters.map((letter) => letter.reason), ["expired_ask"]);
  await s.close();
});

Deno.test("an ask without a deadline waits, and still fails when its target dies", async () => {
  const s = await started();
  const ask = outcome(s.a.ask(withReply(() => {}), { timeoutMs: Infinity }));

  await s.clock.advance(1e9);
  s.system.kill("root/a");

  assert.equal(await ask, "exit killed");
  await s.close();
});

Deno.test("an ask with a deadline that is not a number is refused", async () => {
  const s = await started();

  await assert.rejects(s.a.ask(count, { timeoutMs: NaN }), /timeoutMs must be >= 0: current value is NaN/);
  assert.equal(s.system.counters().asksPending, 0);
  await s.close();
});

Deno.test("an ask is refused by a full mailbox, and by one that drops it for a newer message", async () => {
  for (const full of ["refuse", "dropNewest", "dropOldest"] as const) {
    const s = stage();
    const busy = gate();
    await s.system.start(
      supervisor("root", { children: [s.child("a", { mailbox: { capacity: 1, full } })] }),
    );
    await s.tell("root/a", act(() => busy.promise));
    const first = outcome(s.ref("root/a").ask(count));
    const second = outcome(s.ref("root/a").ask(count));
    busy.open();

    const ends = await Promise.all([first, second]);

    assert.deepEqual(ends, full === "dropOldest" ? ["refused", 1] : [1, "refused"]);
    await s.close();
  }
});

Deno.test("an AskError says what could not be had from whom", () => {
  const error = new AskError("timeout", "root/a");

  assert.equal(error.message, "Cannot get an answer from root/a: timeout");
  assert.equal(error.name, "AskError");
});

Deno.test("otp 189: when actors wait for each other for ever, waiting() names them", async () => {
  const s = await started();
  const forever = { timeoutMs: Infinity };
  const cross = (to: "a" | "b") => act(async () => void await s[to].ask(count, forever));

  s.a.tell(cross("b"));
  s.b.tell(cross("a"));
  await s.tell("root/a", note("never heard"));

  assert.equal(s.clock.nextMs, null);
  assert.equal(s.scheduler.idle, true);
  assert.deepEqual(s.system.waiting().toSorted((x, y) => x.path < y.path ? -1 : 1), [
    { path: "root/a", kind: "count", dueMs: Infinity },
    { path: "root/b", kind: "count", dueMs: Infinity },
  ]);
  s.system.kill("root/a");
  await s.settle();
  assert.deepEqual(s.system.waiting(), []);
  await s.close();
});
