/**
 * Messages and mailboxes: order, bounds, dead letters, timers, fairness.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { type MailboxPolicy, supervisor } from "../../runtime/mod.ts";
import { act, boom, gate, note, type Stage, stage } from "./probe.ts";

async function started(options: Parameters<Stage["child"]>[1] = {}, seed?: number) {
  const s = stage(seed === undefined ? {} : { seed });
  await s.system.start(supervisor("root", { children: [s.child("a", options), s.child("b")] }));
  s.seen();
  return { ...s, a: s.ref("root/a"), b: s.ref("root/b") };
}

Deno.test("otp 148: messages of one sender are handled in the order sent, whoever runs next", async () => {
  for (let seed = 0; seed < 50; seed++) {
    const s = await started({}, seed);
    await s.tell(
      "root/b",
      act(() => {
        for (let i = 0; i < 20; i++) s.a.tell(note(i));
      }),
    );

    assert.deepEqual(s.seen(), Array.from({ length: 20 }, (_, i) => `a:${i}`));
    await s.close();
  }
});

Deno.test("otp 149: between different senders the order is the seed's", async () => {
  const orders = new Set<string>();
  for (let seed = 0; seed < 20; seed++) {
    const s = await started({}, seed);
    const [a, b] = [s.ref("root/a"), s.ref("root/b")];
    a.tell(act(() => s.trace.push("from a")));
    b.tell(act(() => s.trace.push("from b")));
    await s.settle();
    orders.add(s.seen().join());
    await s.close();
  }

  assert.deepEqual([...orders].toSorted(), ["from a,from b", "from b,from a"]);
});

Deno.test("otp 151, 152: telling a dead address, or one nobody knows, is a dead letter and never a throw", async () => {
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
});

Deno.test("otp 153, 154: after a crash the mailbox is kept, without the message that crashed", async () => {
  const s = await started();

  await s.tell("root/a", boom(), note(1));

  assert.deepEqual(s.seen(), ["-a error(boom)", "+a", "a:1"]);
  assert.equal(s.system.counters().crashes, 1);
  await s.close();
});

Deno.test("otp 155: a timer of a dead incarnation does not fire into the next, not even from the mailbox", async () => {
  const s = await started();
  const busy = gate();
  await s.tell("root/a", act((context) => void context.after(50, note("due later"))));
  await s.tell("root/a", act((context) => (context.after(10, note("due in the mailbox")), busy.promise)));
  await s.clock.advance(10);

  s.system.kill("root/a");
  busy.open();
  await s.clock.advance(100);

  assert.deepEqual(s.seen(), ["+a"]);
  await s.close();
});

Deno.test("otp 156: a message to itself goes behind those already queued", async () => {
  const s = await started();

  await s.tell("root/a", act((context) => context.self.tell(note("self"))), note(1), note(2));

  assert.deepEqual(s.seen(), ["a:1", "a:2", "a:self"]);
  await s.close();
});

Deno.test("after() tells once and every() again and again, until cancelled", async () => {
  const s = await started();
  const timers: { cancel(): void }[] = [];
  await s.tell(
    "root/a",
    act((context) => {
      timers.push(
        context.after(10, note("once")),
        context.every(20, note("tick")),
        context.after(30, note("never")),
      );
    }),
  );

  timers[2]?.cancel();
  await s.clock.advance(65);
  timers[1]?.cancel();
  await s.clock.advance(100);

  assert.deepEqual(s.seen(), ["a:once", "a:tick", "a:tick", "a:tick"]);
  assert.equal(s.clock.pending, 0);
  await s.close();
});

Deno.test("a timer cancelled while its message waits in the mailbox is not heard", async () => {
  const s = await started();
  const busy = gate();
  const timers: { cancel(): void }[] = [];
  await s.tell("root/a", act((context) => (timers.push(context.after(10, note("stale"))), busy.promise)));
  await s.clock.advance(10);

  timers[0]?.cancel();
  busy.open();
  await s.settle();

  assert.deepEqual(s.seen(), []);
  await s.close();
});

Deno.test("ticks of every() do not pile up in a slow actor's mailbox", async () => {
  const s = await started();
  const busy = gate();
  await s.tell("root/a", act((context) => (context.every(10, note("tick")), busy.promise)));

  await s.clock.advance(1_000);
  assert.equal(s.system.tree()[0]?.children[0]?.mailboxDepth, 1);
  busy.open();
  await s.settle();

  assert.deepEqual(s.seen(), ["a:tick"]);
  await s.close();
});

Deno.test("after() follows the clock it is given", async () => {
  const s = await started();
  await s.tell(
    "root/a",
    act((context) => {
      context.after(10, note("market"), s.market);
      context.after(10, note("runtime"));
    }),
  );

  await s.market.advance(10);
  assert.deepEqual(s.seen(), ["a:market"]);
  await s.clock.advance(10);

  assert.deepEqual(s.seen(), ["a:runtime"]);
  await s.close();
});

Deno.test("every() refuses a period that is not > 0", async () => {
  const s = await started();

  await s.tell("root/a", act((context) => context.every(0, note(1))));

  assert.match(String(s.deadLetters[0]?.error), /periodMs must be > 0: current value is 0/);
  await s.close();
});

Deno.test("otp 157: two actors that message each other for ever leave others and timers their turn", async () => {
  const s = await started();
  let hops = 0;
  let over = false;
  const hop = (to: "a" | "b") =>
    act(() => {
      hops++;
      if (!over) s[to].tell(hop(to === "a" ? "b" : "a"));
    });
  s.a.tell(hop("b"));
  const timer = await new Promise<string>((resolve) => setTimeout(() => resolve("fired"), 1));
  const socket = await new Promise<string>((resolve) => setImmediate(() => resolve("read")));
  over = true;
  await s.settle();

  assert.deepEqual([timer, socket], ["fired", "read"]);
  assert.ok(hops > 100);
  await s.close();
});

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

Deno.test("otp 183: a full mailbox that refuses says so to the sender", async () => {
  assert.deepEqual(await overfull("refuse"), {
    told: [true, true, false, false],
    heard: ["a:1", "a:2"],
    lost: [["mailbox_full", note(3)], ["mailbox_full", note(4)]],
  });
});

Deno.test("otp 184: dropNewest drops what comes, dropOldest what has waited longest", async () => {
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

Deno.test("otp 184: sent = handled + queued + lost, for every policy, whatever comes", async () => {
  const policy = fc.record({
    capacity: fc.integer({ min: 1, max: 5 }),
    full: fc.constantFrom("refuse", "dropNewest", "dropOldest" as const),
  }) as fc.Arbitrary<MailboxPolicy>;
  const bursts = fc.array(fc.array(fc.constantFrom("note", "boom"), { maxLength: 8 }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(policy, bursts, async (mailbox, bursts) => {
      const s = stage();
      const intensity = { restarts: 1_000, withinMs: 5_000 };
      await s.system.start(supervisor("root", { intensity, children: [s.child("a", { mailbox })] }));
      s.seen();
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
    { numRuns: 100 },
  );
});

Deno.test("otp 185: timers, notices and results come through a full mailbox", async () => {
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

Deno.test("a mailbox whose capacity is not a whole number >= 1 fails the start", async () => {
  const s = stage();
  const child = s.child("a", { mailbox: { capacity: 0, full: "refuse" } });

  await assert.rejects(
    s.system.start(supervisor("root", { children: [child] })),
    /capacity .* current value is 0/,
  );
  await s.close();
});
