/**
 * Asks: deadlines, and what becomes of them at the end.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Reply, supervisor } from "../../runtime/mod.ts";
import { act, gate, type ProbeMessage, type Stage, stage } from "./probe.ts";
import { countOf, outcome, withReply } from "./scenes.ts";
import { seeded } from "./seeds.ts";

async function started() {
  const s = stage();
  await s.system.start(supervisor("root", { children: [s.child("a"), s.child("b")] }));
  s.seen();
  return { ...s, a: s.ref("root/a"), b: s.ref("root/b") };
}

seeded("otp 135: without an answer the asker gets a timeout at the deadline, 5 s by default", async () => {
  const s = await started();
  const asks = [s.a.ask(withReply(() => {})), s.a.ask(withReply(() => {}), { timeoutMs: 100 })].map(outcome);
  const settled: unknown[] = [];
  for (const ask of asks) void ask.then((end) => settled.push([s.clock.nowMs() - startMs, end]));
  const startMs = s.clock.nowMs();

  await s.clock.advance(10_000);

  assert.deepEqual(settled, [[100, "timeout"], [5_000, "timeout"]]);
  assert.equal(await s.a.ask(countOf), 2);
  await s.close();
});

seeded("otp 136: an answer after the deadline is a dead letter", async () => {
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

seeded(
  "otp 135, 136: an ask is settled at its deadline whatever the actor does, and its answer is lost",
  async () => {
    const s = await started();
    const slow = (reply: Reply<string>): ProbeMessage =>
      act((context) => void context.after(100, act(() => reply("at the deadline"))));
    const ask = outcome(s.a.ask(slow, { timeoutMs: 100 }));

    await s.clock.advance(200);

    const [end, letters] = [await ask, s.deadLetters.map((letter) => letter.reason)];
    assert.ok(
      end === "timeout" ? letters.join() === "late_reply" : letters.length === 0,
      `${end} ${letters}`,
    );
    await s.close();
  },
);

seeded("the market clock has no part in an ask's deadline", async () => {
  const s = await started();
  const ask = outcome(s.a.ask(withReply(() => {}), { timeoutMs: 100 }));
  let settled = false;
  void ask.then(() => settled = true);

  await s.market.advance(3_600_000);
  assert.equal(settled, false);
  await s.clock.advance(100);

  assert.equal(await ask, "timeout");
  await s.close();
});

seeded(
  "otp 146: an ask of a child in its slow init waits for it, and its deadline keeps running",
  async () => {
    const s = stage();
    const slow = gate();
    const starting = s.system.start(
      supervisor("root", { children: [s.child("a", { init: () => slow.promise })] }),
    );
    await s.settle();
    const patient = outcome(s.ref("root/a").ask(countOf));
    const hasty = outcome(s.ref("root/a").ask(countOf, { timeoutMs: 100 }));

    await s.clock.advance(100);
    assert.equal(await hasty, "timeout");
    slow.open();
    await starting;

    assert.equal(await patient, 0);
    await s.settle();
    assert.deepEqual(s.deadLetters.map((letter) => letter.reason), ["expired_ask"]);
    await s.close();
  },
);

seeded("an expired ask is never handled", async () => {
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

seeded(
  "an expired ask that is still queued when its target stops is counted as expired, not as stopped",
  async () => {
    const s = await started();
    const busy = gate();
    await s.tell("root/a", act(() => busy.promise));
    const asks = [100, 1_000].map((timeoutMs) => outcome(s.a.ask(countOf, { timeoutMs })));
    await s.clock.advance(100);

    const stopping = s.system.supervisor("root").stop("a");
    busy.open();
    await stopping;

    assert.deepEqual(await Promise.all(asks), ["timeout", "exit shutdown"]);
    assert.deepEqual(s.deadLetters.map((letter) => letter.reason), ["expired_ask", "stopped"]);
    await s.close();
  },
);

seeded("an ask without a deadline waits, and still fails when its target dies", async () => {
  const s = await started();
  const ask = outcome(s.a.ask(withReply(() => {}), { timeoutMs: Infinity }));

  await s.clock.advance(1e9);
  s.system.kill("root/a");

  assert.equal(await ask, "exit killed");
  await s.close();
});

seeded("an ask with a deadline that is not a number is refused", async () => {
  const s = await started();

  await assert.rejects(s.a.ask(countOf, { timeoutMs: NaN }), /timeoutMs must be >= 0: current value is NaN/);
  assert.equal(s.system.counters().asksPending, 0);
  await s.close();
});

seeded("a thousand asks of different limits fail each at its own deadline, and leave no timer", async () => {
  const s = await started();
  const startMs = s.clock.nowMs();
  const settled: [number, number][] = [];
  for (let i = 0; i < 1_000; i++) {
    const timeoutMs = 1 + i % 7;
    void outcome(s.a.ask(withReply(() => {}), { timeoutMs })).then(() =>
      settled.push([timeoutMs, s.clock.nowMs() - startMs])
    );
  }

  await s.clock.advance(10);

  assert.equal(settled.length, 1_000);
  assert.ok(settled.every(([limitMs, tookMs]) => limitMs === tookMs));
  assert.deepEqual([s.system.counters().asksPending, s.clock.pending], [0, 0]);
  await s.close();
});

/** An ask that its target only answers when its own, of somebody else, is answered. */
const viaOther = (s: Stage, to: string, options?: { readonly timeoutMs: number }) => (reply: Reply<string>) =>
  act(async () =>
    reply(`${await outcome(s.ref(to).ask<string>((inner) => act(() => inner("end")), options))}`)
  );

seeded(
  "otp 189: when nobody has a turn and no timer is pending, a wait for an answer ends with who owes it",
  async () => {
    const s = await started();
    const forever = { timeoutMs: Infinity };
    const toB = s.a.ask(viaOther(s, "root/b", forever), forever);
    const toA = s.b.ask(viaOther(s, "root/a", forever), forever);

    await assert.rejects(
      s.until(Promise.all([toB, toA])),
      /everybody waits: (root\/[ab] owes an answer to do(, )?){4}/,
    );

    assert.deepEqual([s.scheduler.idle, s.clock.nextMs], [true, null]);
    assert.deepEqual(s.system.waiting().map(({ path }) => path).toSorted(), [
      "root/a",
      "root/a",
      "root/b",
      "root/b",
    ]);
    s.system.kill("root/a");
    assert.deepEqual(await s.until(Promise.all([toB, toA].map(outcome))), ["exit killed", "end"]);
    assert.deepEqual(s.system.waiting(), []);
    await s.close();
  },
);

seeded("otp 189: with deadlines actors that wait for each other are told, and go on", async () => {
  const s = await started();
  const toB = s.a.ask(viaOther(s, "root/b", { timeoutMs: 50 }));
  const toA = s.b.ask(viaOther(s, "root/a", { timeoutMs: 60 }));

  const answers = await s.until(Promise.all([toB, toA]));

  assert.deepEqual(answers, ["timeout", "end"]);
  assert.deepEqual(s.system.waiting(), []);
  await s.close();
});
