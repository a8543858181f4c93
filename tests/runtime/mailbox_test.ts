/**
 * Mailboxes: bounds, policies, and what is never refused.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { type MailboxPolicy, supervisor } from "../../runtime/mod.ts";
import { act, boom, gate, note, type Stage, stage } from "./probe.ts";
import { countOf, outcome, startGroup } from "./scenes.ts";
import { seeded, trials } from "./seeds.ts";

async function started(options: Parameters<Stage["child"]>[1] = {}) {
  const s = stage();
  await s.system.start(supervisor("root", { children: [s.child("a", options), s.child("b")] }));
  s.seen();
  return { ...s, a: s.ref("root/a"), b: s.ref("root/b") };
}

async function overfull(full: MailboxPolicy["full"]) {
  const s = await started({ mailbox: { capacity: 2, full } });
  const busy = gate();
  await s.tell("root/a", act(() => busy.promise));
  const told = [1, 2, 3, 4].map((n) => s.a.tell(note(n)));
  busy.open();
  await s.settle();
  const lost = s.deadLetters.map(({ reason, message }) => [reason, message]);
  const result = { told, heard: s.seen(), lost };
  await s.close();
  return result;
}

seeded("otp 183: a full mailbox that refuses says so to the sender", async () => {
  assert.deepEqual(await overfull("refuse"), {
    told: [true, true, false, false],
    heard: ["a:1", "a:2"],
    lost: [["mailbox_full", note(3)], ["mailbox_full", note(4)]],
  });
});

seeded("otp 184: dropNewest drops what comes, dropOldest what has waited longest", async () => {
  assert.deepEqual(await overfull("dropNewest"), {
    told: [true, true, true, true],
    heard: ["a:1", "a:2"],
    lost: [["mailbox_full", note(3)], ["mailbox_full", note(4)]],
  });
  assert.deepEqual(await overfull("dropOldest"), {
    told: [true, true, true, true],
    heard: ["a:3", "a:4"],
    lost: [["mailbox_full", note(1)], ["mailbox_full", note(2)]],
  });
});

seeded("otp 184: sent = handled + queued + lost, for every policy, whatever comes", async () => {
  const policy = fc.record({
    capacity: fc.integer({ min: 1, max: 5 }),
    full: fc.constantFrom("refuse", "dropNewest", "dropOldest" as const),
  }) as fc.Arbitrary<MailboxPolicy>;
  const bursts = fc.array(fc.array(fc.constantFrom("note", "boom"), { maxLength: 8 }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(policy, bursts, async (mailbox, bursts) => {
      const s = stage();
      await startGroup(s, "one_for_one", ["a"], { a: { mailbox } });
      let sent = 0;
      for (const burst of bursts) {
        for (const what of burst) {
          s.ref("root/a").tell(what === "note" ? note(sent) : boom());
          sent++;
        }
        if (sent % 2 === 0) await s.settle();
      }
      await s.settle();
      const handled = s.seen().filter((line) => line.startsWith("a:")).length;

      assert.equal(handled + s.system.counters().deadLetters, sent);
      await s.close();
    }),
    trials(100),
  );
});

seeded("otp 185: timers, notices and results come through a full mailbox", async () => {
  for (const full of ["refuse", "dropNewest", "dropOldest"] as const) {
    const s = await started({ mailbox: { capacity: 1, full } });
    const busy = gate();
    await s.tell(
      "root/a",
      act((context) => {
        context.after(10, note("timer"));
        context.monitor(s.b as never, () => note("notice"));
        context.pipe(Promise.resolve(), () => note("result"), () => note("?"));
        return busy.promise;
      }),
    );
    s.a.tell(note("mail"));
    await s.clock.advance(10);
    s.system.kill("root/b");
    s.a.tell(note("more mail"));
    busy.open();
    await s.settle();

    const mail = full === "dropOldest" ? "a:more mail" : "a:mail";
    assert.deepEqual(s.seen().toSorted(), ["+b", mail, "a:notice", "a:result", "a:timer"].toSorted());
    await s.close();
  }
});

seeded("otp 185: an order to stop, a link's notice and an answer come through a full mailbox", async () => {
  for (const full of ["refuse", "dropNewest", "dropOldest"] as const) {
    const s = await started({ mailbox: { capacity: 1, full }, restart: "transient" });
    const busy = gate();
    await s.tell(
      "root/a",
      act(async (context) => {
        context.link(s.b as never, () => note("b is gone"));
        s.trace.push(`answer ${await s.b.ask(countOf)}`);
        await busy.promise;
      }),
    );
    s.a.tell(note("mail"));
    s.system.kill("root/b");
    await s.settle();
    busy.open();
    await s.settle();
    assert.deepEqual(s.seen().toSorted(), ["+b", "a:b is gone", "a:mail", "answer 0"]);
    const again = gate();
    await s.tell("root/a", act(() => again.promise));
    s.a.tell(note("never heard"));

    const stopping = s.system.supervisor("root").stop("a");
    again.open();
    await stopping;

    assert.deepEqual(s.seen(), ["-a shutdown"]);
    await s.close();
  }
});

seeded("the bound holds across a crash, and for what waits meanwhile", async () => {
  const slow = gate();
  const init = (life: number) => life > 1 ? slow.promise : undefined;
  const s = await started({ mailbox: { capacity: 2, full: "refuse" }, init });
  await s.tell("root/a", boom());

  const told = [1, 2, 3].map((n) => s.a.tell(note(n)));
  slow.open();
  await s.settle();

  assert.deepEqual(told, [true, true, false]);
  assert.deepEqual(s.seen(), ["-a error(boom)", "+a", "a:1", "a:2"]);
  await s.close();
});

seeded(
  "an actor's own messages take no room from others, and are never the oldest that is dropped",
  async () => {
    const s = await started({ mailbox: { capacity: 2, full: "dropOldest" } });
    const busy = gate();
    await s.tell(
      "root/a",
      act((context) => {
        for (let i = 0; i < 5; i++) context.next(note(`own ${i}`));
        return busy.promise;
      }),
    );

    for (let i = 0; i < 4; i++) s.a.tell(note(i));
    busy.open();
    await s.settle();

    assert.deepEqual(s.seen(), ["a:own 4", "a:own 3", "a:own 2", "a:own 1", "a:own 0", "a:2", "a:3"]);
    assert.deepEqual(s.deadLetters.map(({ message }) => message), [note(0), note(1)]);
    await s.close();
  },
);

seeded("without a policy a mailbox takes whatever comes", async () => {
  const s = await started();
  const busy = gate();
  await s.tell("root/a", act(() => busy.promise));

  const told = Array.from({ length: 5_000 }, (_, i) => s.a.tell(note(i)));
  assert.equal(s.system.tree()[0]?.children[0]?.mailboxDepth, 5_000);
  busy.open();
  await s.settle();

  assert.ok(told.every((taken) => taken));
  assert.equal(s.seen().length, 5_000);
  assert.equal(s.system.counters().deadLetters, 0);
  await s.close();
});

seeded("a mailbox whose capacity is not a whole number >= 1 fails the start", async () => {
  const s = stage();
  const child = s.child("a", { mailbox: { capacity: 0, full: "refuse" } });

  await assert.rejects(
    s.system.start(supervisor("root", { children: [child] })),
    /capacity .* current value is 0/,
  );
  await s.close();
});

seeded("an ask is refused by a full mailbox, and by one that drops it for a newer message", async () => {
  for (const full of ["refuse", "dropNewest", "dropOldest"] as const) {
    const s = stage();
    const busy = gate();
    await s.system.start(
      supervisor("root", { children: [s.child("a", { mailbox: { capacity: 1, full } })] }),
    );
    await s.tell("root/a", act(() => busy.promise));
    const first = outcome(s.ref("root/a").ask(countOf));
    const second = outcome(s.ref("root/a").ask(countOf));
    busy.open();

    const ends = await Promise.all([first, second]);

    assert.deepEqual(ends, full === "dropOldest" ? ["refused", 1] : [1, "refused"]);
    await s.close();
  }
});
