/**
 * Asks: a message that waits for its answer.
 *
 * @module
 */
import assert from "node:assert/strict";
import { AskError, type Reply, supervisor } from "../../runtime/mod.ts";
import { act, boom, exit, gate, note, stage } from "./probe.ts";
import { countOf, outcome, withReply } from "./scenes.ts";
import { seeded } from "./seeds.ts";

async function started() {
  const s = stage();
  await s.system.start(supervisor("root", { children: [s.child("a"), s.child("b")] }));
  s.seen();
  return { ...s, a: s.ref("root/a"), b: s.ref("root/b") };
}

seeded("otp 134: an ask resolves with the answer, once", async () => {
  const s = await started();
  s.a.tell(note(1));

  assert.equal(await s.a.ask(countOf), 1);
  assert.equal(s.system.counters().asksPending, 0);
  await s.close();
});

seeded("otp 134: a hundred asks get each their own answer", async () => {
  const s = await started();

  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, i) => s.a.ask<string>(withReply((reply) => reply(`answer ${i}`)))),
  );

  assert.deepEqual(answers, Array.from({ length: 100 }, (_, i) => `answer ${i}`));
  assert.equal(s.system.counters().asksPending, 0);
  await s.close();
});

seeded("otp 137: asking an address where nobody lives fails at once with noproc", async () => {
  const s = await started();
  await s.system.supervisor("root").stop("a");

  assert.equal(await outcome(s.a.ask(countOf)), "noproc");
  assert.equal(await outcome(s.ref("nowhere").ask(countOf)), "noproc");
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
  seeded(`otp 138: an ask whose handler ${how} fails at once with the exit`, async () => {
    const s = await started();

    assert.equal(await outcome(s.a.ask(withReply(run))), "exit error(boom)");
    assert.deepEqual(s.deadLetters.map((letter) => letter.reason), ["crashed"]);
    await s.close();
  });
}

seeded(
  "otp 139: asks taken up by the incarnation that dies fail at once; those still queued are answered by the next",
  async () => {
    const s = await started();
    const taken = outcome(s.a.ask(withReply(() => {})));
    const crashing = outcome(s.a.ask(withReply(() => {
      throw new Error("boom");
    })));
    const queued = outcome(s.a.ask(countOf));
    await s.settle();

    assert.deepEqual(await Promise.all([taken, crashing, queued]), [
      "exit error(boom)",
      "exit error(boom)",
      0,
    ]);
    await s.close();
  },
);

seeded(
  "otp 139: when the target is killed, asks it has taken up fail at once, and those queued wait",
  async () => {
    const s = await started();
    const busy = gate();
    const kept = outcome(s.a.ask(withReply(() => {})));
    const parked = outcome(s.a.ask(withReply(() => busy.promise)));
    const queued = outcome(s.a.ask(countOf));
    await s.settle();

    s.system.kill("root/a");

    assert.deepEqual(await Promise.all([kept, parked, queued]), ["exit killed", "exit killed", 0]);
    busy.open();
    await s.close();
  },
);

seeded("otp 139: asks still queued fail at once when nobody comes after", async () => {
  const s = await started();
  const busy = gate();
  await s.tell("root/a", act(() => busy.promise));
  const queued = outcome(s.a.ask(countOf));

  const stopping = s.system.supervisor("root").stop("a");
  busy.open();
  await stopping;

  assert.equal(await queued, "exit shutdown");
  assert.deepEqual(s.deadLetters.map((letter) => letter.reason), ["stopped"]);
  await s.close();
});

for (const end of ["normal", "shutdown"] as const) {
  seeded(`otp 140: a target that ends ${end} without answering fails the ask with that`, async () => {
    const s = await started();
    const ask = outcome(s.a.ask(withReply(() => {})));

    await s.tell("root/a", exit({ kind: end }));

    assert.equal(await ask, `exit ${end}`);
    await s.close();
  });
}

seeded("otp 141: an actor that asks itself is told at once", async () => {
  const s = await started();
  const ends: unknown[] = [];

  await s.tell("root/a", act(async (context) => void ends.push(await outcome(context.self.ask(countOf)))));

  assert.deepEqual(ends, ["self"]);
  await s.close();
});

seeded("otp 141: an actor that asks itself outside of its handler waits like anybody", async () => {
  const s = await started();
  const ends: unknown[] = [];

  await s.tell(
    "root/a",
    act((context) =>
      context.pipe(Promise.resolve().then(() => s.a.ask(countOf)), (n) => act(() => void ends.push(n)), boom)
    ),
  );

  assert.deepEqual(ends, [1]);
  await s.close();
});

seeded("otp 142: an asker that dies leaves the target alone", async () => {
  const s = await started();
  const replies: Reply<string>[] = [];
  await s.tell("root/b", act(() => s.a.ask(withReply((reply) => replies.push(reply)))));

  s.system.kill("root/b");
  replies[0]?.("to nobody");
  await s.settle();

  assert.equal(await s.a.ask(countOf), 1);
  assert.deepEqual(s.reports.map((report) => report.offender), ["root/b"]);
  await s.close();
});

seeded("otp 143: a reply can be kept for a later turn, or given to another actor", async () => {
  const s = await started();
  const kept: Reply<string>[] = [];
  const later = s.a.ask(withReply((reply) => kept.push(reply)));
  const elsewhere = s.a.ask(withReply((reply) => s.b.tell(act(() => reply("from b")))));
  await s.settle();

  await s.tell("root/a", act(() => kept[0]?.("later")));

  assert.deepEqual(await Promise.all([later, elsewhere]), ["later", "from b"]);
  await s.close();
});

seeded("otp 144: a second answer is a dead letter", async () => {
  const s = await started();

  const answer = await s.a.ask(withReply((reply) => (reply("one"), reply("two"))));

  assert.equal(answer, "one");
  assert.deepEqual(s.deadLetters.map(({ reason, message }) => [reason, message]), [["late_reply", "two"]]);
  await s.close();
});

seeded("otp 145: an asker with 100,000 queued messages takes no more turns for its ask", async () => {
  const s = await started();
  const busy = gate();
  let answered = 0;
  await s.tell(
    "root/a",
    act(async () => {
      answered = await s.b.ask(countOf);
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

seeded(
  "otp 147: an ask of a target being restarted waits for the next incarnation: its address is the same",
  async () => {
    const s = stage();
    const backoff = { minMs: 100, maxMs: 100 };
    await s.system.start(supervisor("root", { children: [s.child("a", { backoff })] }));
    await s.tell("root/a", boom());
    const ask = outcome(s.ref("root/a").ask(countOf));

    await s.clock.advance(100);

    assert.equal(await ask, 0);
    await s.close();
  },
);

seeded("an AskError says what could not be had from whom", () => {
  const error = new AskError("timeout", "root/a");

  assert.equal(error.message, "Cannot get an answer from root/a: timeout");
  assert.equal(error.name, "AskError");
});
