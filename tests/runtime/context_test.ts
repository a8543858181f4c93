/**
 * What an actor may do through its context, beside timers and monitors.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Context, supervisor } from "../../runtime/mod.ts";
import { act, boom, exitText, gate, note, type ProbeMessage, stage } from "./probe.ts";
import { watched } from "./scenes.ts";
import { seeded } from "./seeds.ts";

seeded("the signal of an incarnation is aborted when it ends, with how it ended", async () => {
  const s = await watched();
  const signals: AbortSignal[] = [];
  await s.tell("root/a", act((context) => void signals.push(context.signal)));

  await s.tell("root/a", boom());

  assert.deepEqual(signals.map((signal) => [signal.aborted, exitText(signal.reason)]), [[
    true,
    "error(boom)",
  ]]);
  await s.close();
});

seeded(
  "the signal is one for an incarnation, aborted by a kill at once and by a stop at its end",
  async () => {
    const s = await watched({ stop: () => s.trace.push(`aborted ${signals[0]?.aborted}`) });
    const signals: AbortSignal[] = [];
    const look = act((context) => void signals.push(context.signal, context.signal));
    await s.tell("root/a", look);

    await s.system.supervisor("root").stop("a");
    assert.deepEqual(s.seen(), ["-a shutdown", "aborted false"]);
    assert.equal(signals[0], signals[1]);
    assert.equal(signals[0]?.aborted, true);
    await s.system.supervisor("root").restart("a");
    await s.tell("root/a", look);
    s.system.kill("root/a");

    assert.notEqual(signals[2], signals[0]);
    assert.equal(signals[2]?.aborted, true);
    await s.close();
  },
);

seeded("onGo is told once the root said go, and at once after that", async () => {
  const s = stage();
  const child = (id: string) => s.child(id, { init: (_life, context) => context.onGo(note("go")) });
  await s.system.start(supervisor("root", { children: [child("a"), child("b")] }));
  await s.tell("root/a", boom());
  assert.deepEqual(s.seen(), ["+a", "+b", "-a error(boom)", "+a"]);

  s.system.go();
  await s.settle();
  assert.deepEqual(s.seen().toSorted(), ["a:go", "b:go"]);
  await s.tell("root/b", boom());

  assert.deepEqual(s.seen(), ["-b error(boom)", "+b", "b:go"]);
  await s.close();
});

seeded("onGo is told once however often go is said, and in the order it was asked for", async () => {
  const s = stage();
  const init = (_life: number, context: Context<ProbeMessage>) => {
    context.onGo(note("first"));
    context.onGo(note("second"));
  };
  await s.system.start(supervisor("root", { children: [s.child("a", { init })] }));

  s.system.go();
  s.system.go();
  await s.settle();

  assert.deepEqual(s.seen(), ["+a", "a:first", "a:second"]);
  await s.close();
});

seeded("an incarnation that ended before go is not told, nor is the next one for it", async () => {
  const s = await watched();
  await s.tell("root/a", act((context) => context.onGo(note("go"))), boom());
  s.seen();

  s.system.go();
  await s.settle();

  assert.deepEqual(s.seen(), []);
  await s.close();
});

seeded("onGo in the init of a child started after go is told before the mail that comes later", async () => {
  const s = stage();
  await s.system.start(supervisor("root", { children: [] }));
  s.system.go();

  await s.system.supervisor("root").start(
    s.child("late", { init: (_life, context) => context.onGo(note("go")) }),
  );
  await s.tell("root/late", note("mail"));

  assert.deepEqual(s.seen(), ["+late", "late:go", "late:mail"]);
  await s.close();
});

seeded("a finished promise comes as one of the actor's own messages, a failed one too", async () => {
  const s = await watched();
  const pipe = (promise: Promise<string>) =>
    act((context) =>
      context.pipe(promise, (value) => note(`ok ${value}`), (error) => note(`failed ${error}`))
    );

  await s.tell("root/a", pipe(Promise.resolve("x")), pipe(Promise.reject("y")));

  assert.deepEqual(s.seen(), ["a:ok x", "a:failed y"]);
  await s.close();
});

seeded("a mapping that throws crashes the actor it belongs to", async () => {
  const s = await watched();
  const broken = () => {
    throw new Error("mapping");
  };

  await s.tell("root/a", act((context) => context.pipe(Promise.resolve(1), broken, broken)));

  assert.deepEqual(s.seen(), ["-a error(mapping)", "+a"]);
  await s.close();
});

seeded("a promise piped by an incarnation that has ended is not heard by the next", async () => {
  const s = await watched();
  const doors = [gate<string>(), gate<string>()] as const;
  const pipe = (promise: Promise<string>) =>
    act((context) => context.pipe(promise, note, () => note("failed")));
  await s.tell("root/a", pipe(doors[0].promise), pipe(doors[1].promise.then(() => Promise.reject("no"))));

  await s.tell("root/a", boom());
  for (const door of doors) door.open("late");
  await s.settle();

  assert.deepEqual(s.seen(), ["-a error(boom)", "+a"]);
  assert.deepEqual(s.deadLetters.map((letter) => letter.reason), ["crashed"]);
  await s.close();
});

seeded("next() comes before everything that waits, the latest first", async () => {
  const s = await watched();

  await s.tell(
    "root/a",
    act((context) => {
      context.self.tell(note("mail"));
      context.next(note("earlier next"));
      context.next(note("later next"));
    }),
    note("more mail"),
  );

  assert.deepEqual(s.seen(), ["a:later next", "a:earlier next", "a:more mail", "a:mail"]);
  await s.close();
});

seeded("nowMs() is the runtime clock's, not the market's", async () => {
  const s = await watched();
  const seen: number[] = [];
  await s.market.advance(3_600_000);
  await s.clock.advance(5);

  await s.tell("root/a", act((context) => void seen.push(context.nowMs())));

  assert.deepEqual(seen, [s.clock.nowMs()]);
  assert.notEqual(seen[0], s.market.nowMs());
  await s.close();
});

seeded("an actor that asks for two exits ends by the first", async () => {
  const s = await watched({ restart: "transient" });

  await s.tell(
    "root/a",
    act((context) => {
      context.exit({ kind: "shutdown", why: "first" });
      context.exit({ kind: "error", error: "second" });
    }),
  );

  assert.deepEqual(s.ends, [{ kind: "shutdown", why: "first" }]);
  assert.deepEqual(s.seen(), ["-a shutdown"]);
  await s.close();
});
