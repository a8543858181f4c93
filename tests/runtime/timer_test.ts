/**
 * Timers of an actor: messages it tells itself later.
 *
 * @module
 */
import assert from "node:assert/strict";
import { scaledClock, supervisor } from "../../runtime/mod.ts";
import { act, boom, gate, note, type Stage, stage } from "./probe.ts";
import { seeded } from "./seeds.ts";

async function started(options: Parameters<Stage["child"]>[1] = {}) {
  const s = stage();
  await s.system.start(supervisor("root", { children: [s.child("a", options)] }));
  s.seen();
  return s;
}

seeded(
  "otp 155: a timer of a dead incarnation does not fire into the next, not even from the mailbox",
  async () => {
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
  },
);

seeded(
  "otp 155: a tick of every() of a dead incarnation does not come to the next, which starts its own",
  async () => {
    const s = await started({ init: (life, context) => void context.every(10, note(`life ${life}`)) });
    await s.clock.advance(10);

    await s.tell("root/a", boom());
    await s.clock.advance(20);

    assert.deepEqual(s.seen(), ["a:life 1", "-a error(boom)", "+a", "a:life 2", "a:life 2"]);
    assert.equal(s.clock.pending, 1);
    await s.close();
  },
);

seeded("after() tells once and every() again and again, until cancelled", async () => {
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

seeded("a timer cancelled while its message waits in the mailbox is not heard", async () => {
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

seeded("ticks of every() do not pile up in a slow actor's mailbox", async () => {
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

seeded("after() follows the clock it is given", async () => {
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

seeded("after() on the market clock dies with its incarnation, too", async () => {
  const s = await started();
  await s.tell("root/a", act((context) => void context.after(10, note("market"), s.market)));

  await s.tell("root/a", boom());
  await s.market.advance(100);

  assert.deepEqual(s.seen(), ["-a error(boom)", "+a"]);
  assert.equal(s.market.pending, 0);
  await s.close();
});

seeded("a timer due at once comes behind the mail that waits", async () => {
  const s = await started();

  await s.tell("root/a", act((context) => void context.after(0, note("timer"))), note("mail"));
  await s.clock.advance(0);

  assert.deepEqual(s.seen(), ["a:mail", "a:timer"]);
  await s.close();
});

seeded("every() refuses a period that is not > 0", async () => {
  const s = await started();

  await s.tell("root/a", act((context) => context.every(0, note(1))));

  assert.match(String(s.deadLetters[0]?.error), /periodMs must be > 0: current value is 0/);
  await s.close();
});

seeded(
  "every() leaves out the periods that a skip of its clock passes over, and keeps to whole periods",
  async () => {
    const s = await started();
    const skips = [{ fromMs: 25, toMs: 95 }];
    const market = scaledClock({ wallMs: s.clock.nowMs(), marketMs: 0, speed: 1, skips }, s.clock);
    const ticks: number[] = [];
    const tick = act(() => void ticks.push(market.nowMs()));
    await s.tell("root/a", act((context) => void context.every(10, tick, market)));

    await s.clock.advance(40);

    assert.deepEqual(ticks, [10, 20, 95, 100, 110]);
    await s.close();
  },
);
