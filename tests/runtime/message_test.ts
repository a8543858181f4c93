/**
 * Messages: order, one at a time, what a crash costs, who gets a turn.
 *
 * @module
 */
import assert from "node:assert/strict";
import { supervisor } from "../../runtime/mod.ts";
import { act, boom, gate, note, type Stage, stage } from "./probe.ts";
import { startGroup, watched } from "./scenes.ts";
import { seeded } from "./seeds.ts";

async function started(options: Parameters<Stage["child"]>[1] = {}) {
  const s = stage();
  await s.system.start(supervisor("root", { children: [s.child("a", options), s.child("b")] }));
  s.seen();
  return { ...s, a: s.ref("root/a"), b: s.ref("root/b") };
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => `a:${i}`);

seeded("otp 148: messages of one sender are handled in the order sent, whoever runs next", async () => {
  const s = await started();

  await s.tell(
    "root/b",
    act(() => {
      for (let i = 0; i < 20; i++) s.a.tell(note(i));
    }),
  );

  assert.deepEqual(s.seen(), numbers(20));
  await s.close();
});

seeded("otp 148: the order holds across tells, asks and async handlers", async () => {
  const s = await started();
  const asks: Promise<unknown>[] = [];
  const slowly = (i: number) =>
    act(async () => {
      for (let steps = i % 4; steps > 0; steps--) await null;
      s.trace.push(`a:${i}`);
    });
  const kinds = [
    (i: number) => void s.a.tell(note(i)),
    (i: number) => void s.a.tell(slowly(i)),
    (i: number) => void asks.push(s.a.ask<void>((reply) => act(() => (s.trace.push(`a:${i}`), reply())))),
  ];

  await s.tell(
    "root/b",
    act(() => {
      for (let i = 0; i < 30; i++) kinds[i % 3]?.(i);
    }),
  );
  await Promise.all(asks);

  assert.deepEqual(s.seen(), numbers(30));
  await s.close();
});

seeded("otp 148: the order holds across crashes", async () => {
  const s = stage();
  await startGroup(s, "one_for_one", ["a"]);

  for (let i = 0; i < 20; i++) {
    s.ref("root/a").tell(note(i));
    if (i % 3 === 0) s.ref("root/a").tell(boom());
  }
  await s.settle();

  assert.deepEqual(s.seen().filter((line) => line.startsWith("a:")), numbers(20));
  assert.equal(s.system.counters().restarts, 7);
  await s.close();
});

Deno.test("otp 149: between different senders no order is promised: seeds draw both", async () => {
  const orders = new Set<string>();
  for (let seed = 0; seed < 20; seed++) {
    const s = stage({ seed });
    await startGroup(s, "one_for_one", ["a", "b", "c"]);
    for (const id of ["a", "b"]) s.ref(`root/${id}`).tell(act(() => s.ref("root/c").tell(note(id))));
    await s.settle();
    orders.add(s.seen().join());
    await s.close();
  }

  assert.deepEqual([...orders].toSorted(), ["c:a,c:b", "c:b,c:a"]);
});

seeded("otp 150: an actor takes no message while its async handler runs; others go on", async () => {
  const s = await watched();
  const slow = gate();

  await s.tell("root/a", act(async () => (await slow.promise, s.trace.push("slow done"))), note(1));
  await s.tell("root/w", note("other"));
  assert.deepEqual(s.seen(), ["w:other"]);
  slow.open();
  await s.settle();

  assert.deepEqual(s.seen(), ["slow done", "a:1"]);
  await s.close();
});

seeded("otp 150: a message an actor tells itself is not handled inside its own handler", async () => {
  const s = await started();

  await s.tell(
    "root/a",
    act((context) => {
      context.self.tell(note("later"));
      context.next(note("next"));
      s.trace.push("still here");
    }),
  );

  assert.deepEqual(s.seen(), ["still here", "a:next", "a:later"]);
  await s.close();
});

seeded("otp 150: two async handlers of one actor never overlap, whatever they wait for", async () => {
  const s = await started();
  let inside = 0;
  const depths: number[] = [];
  const careful = (steps: number) =>
    act(async () => {
      depths.push(++inside);
      for (let i = 0; i < steps; i++) await null;
      inside--;
    });

  for (let i = 0; i < 12; i++) s.a.tell(careful(i % 5));
  await s.settle();

  assert.deepEqual(depths, Array(12).fill(1));
  await s.close();
});

seeded("otp 153, 154: after a crash the mailbox is kept, without the message that crashed", async () => {
  const s = await started();

  await s.tell("root/a", boom(), note(1));

  assert.deepEqual(s.seen(), ["-a error(boom)", "+a", "a:1"]);
  assert.equal(s.system.counters().crashes, 1);
  await s.close();
});

seeded("otp 153: the mail of an actor that is killed is kept, too", async () => {
  const s = await started();
  const busy = gate();
  await s.tell("root/a", act(() => busy.promise), note(1), note(2));

  s.system.kill("root/a");
  await s.settle();

  assert.deepEqual(s.seen(), ["+a", "a:1", "a:2"]);
  assert.deepEqual(s.deadLetters, []);
  busy.open();
  await s.close();
});

seeded(
  "otp 154: a message that crashes every incarnation it meets would be poison: it meets one",
  async () => {
    const s = await started();
    let met = 0;
    const poison = act(() => {
      met++;
      throw new Error("poison");
    });

    await s.tell("root/a", poison, note("after it"));

    assert.equal(met, 1);
    assert.deepEqual(s.seen(), ["-a error(poison)", "+a", "a:after it"]);
    await s.close();
  },
);

seeded("otp 156: a message to itself goes behind those already queued", async () => {
  const s = await started();

  await s.tell("root/a", act((context) => context.self.tell(note("self"))), note(1), note(2));

  assert.deepEqual(s.seen(), ["a:1", "a:2", "a:self"]);
  await s.close();
});
