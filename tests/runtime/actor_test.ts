/**
 * The life of one actor: one message at a time, crashes, exits, kills.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Actor, type Exit, supervisor, worker } from "../../runtime/mod.ts";
import { spawnOne } from "../kit/test_system.ts";
import {
  act,
  boom,
  exit,
  exitText,
  gate,
  note,
  probe,
  type ProbeMessage,
  reportText,
  stage,
} from "./probe.ts";

/** A stage with `root/a`, and `root/w`, which watches it and writes down how it ended. */
async function watched(options: Parameters<ReturnType<typeof stage>["child"]>[1] = {}) {
  const s = stage();
  const ends: Exit[] = [];
  await s.system.start(supervisor("root", { children: [s.child("w"), s.child("a", options)] }));
  await s.tell(
    "root/w",
    act((context) => context.monitor(s.ref("root/a") as never, (end) => act(() => void ends.push(end)))),
  );
  s.seen();
  return { ...s, ends };
}

Deno.test("otp 121: a message told right after start is handled", async () => {
  const s = stage();
  await s.system.start(supervisor("root", { children: [s.child("a")] }));

  assert.equal(s.ref("root/a").tell(note(1)), true);
  await s.settle();

  assert.deepEqual(s.seen(), ["+a", "a:1"]);
  await s.close();
});

Deno.test("otp 122, 176: an init that asks for an exit fails the start with it, and the address is free again", async () => {
  const s = stage();
  const why: Exit = { kind: "shutdown", why: "no licence" };
  const refusing = s.child("a", { init: (life, context) => life === 1 ? context.exit(why) : undefined });

  await assert.rejects(s.system.start(supervisor("root", { children: [refusing] })), /no licence/);
  await s.system.start(supervisor("root", { children: [refusing] }));

  assert.deepEqual(s.seen(), ["+a", "+a"]);
  assert.equal(s.ref("root/a").tell(note(1)), true);
  await s.close();
});

Deno.test("otp 123: an init that takes longer than initMs is cut off, and what it does later has no effect", async () => {
  const s = stage();
  const slow = gate();
  const late = s.child("a", {
    initMs: 50,
    init: async (_life, context) => {
      await slow.promise;
      context.next(note("late"));
    },
  });
  const refused = assert.rejects(
    s.system.start(supervisor("root", { children: [late] })),
    /init took too long/,
  );

  await s.clock.advance(50);
  await refused;
  slow.open();
  await s.settle();

  assert.deepEqual(s.seen(), ["+a"]);
  await s.close();
});

Deno.test("otp 124: what init goes on with comes before any message, even one sent during init", async () => {
  const s = stage();
  const slow = gate();
  const child = s.child("a", {
    init: async (_life, context) => {
      await slow.promise;
      context.next(note("first"));
    },
  });
  const starting = s.system.start(supervisor("root", { children: [child] }));
  await s.settle();

  s.ref("root/a").tell(note("mail"));
  slow.open();
  await starting;
  await s.settle();

  assert.deepEqual(s.seen(), ["+a", "a:first", "a:mail"]);
  await s.close();
});

for (
  const [how, message] of [
    ["throws", boom()],
    ["rejects", act(() => Promise.reject(new Error("boom")))],
  ] as const
) {
  Deno.test(`otp 125: a handler that ${how} stops the actor: hook, watchers and one report see the error`, async () => {
    const s = await watched();

    await s.tell("root/a", message);

    assert.deepEqual(s.seen(), ["-a error(boom)", "+a"]);
    assert.deepEqual(s.ends.map(exitText), ["error(boom)"]);
    const [end] = s.ends;
    assert.ok(end?.kind === "error" && end.error instanceof Error && end.error.stack !== undefined);
    assert.deepEqual(s.reports.map(reportText), ["child_terminated root/a error(boom)"]);
    await s.close();
  });
}

Deno.test("a crash loses that one message, with its error, and keeps the rest of the mailbox", async () => {
  const s = await watched();
  const error = new Error("boom");

  await s.tell("root/a", note(1), boom(error), note(2), note(3));

  assert.deepEqual(s.seen(), ["a:1", "-a error(boom)", "+a", "a:2", "a:3"]);
  assert.deepEqual(s.deadLetters, [
    { path: "root/a", kind: "throw", reason: "crashed", message: boom(error), error },
  ]);
  await s.close();
});

for (const end of [{ kind: "normal" }, { kind: "shutdown" }, { kind: "shutdown", why: 1 }] as const) {
  Deno.test(`otp 126: an actor that ends itself with ${end.kind}${"why" in end ? "(x)" : ""} is not reported`, async () => {
    const s = await watched({ restart: "transient" });

    await s.tell("root/a", exit(end));

    assert.deepEqual(s.seen(), [`-a ${end.kind}`]);
    assert.deepEqual(s.ends, [end]);
    assert.deepEqual(s.reports, []);
    await s.close();
  });
}

Deno.test("an exit asked for in a handler comes after the handler, and before the messages that wait", async () => {
  const s = await watched();

  await s.tell("root/a", act((context) => (context.exit(), s.trace.push("rest of it"))), note("next life"));

  assert.deepEqual(s.seen(), ["rest of it", "-a normal", "+a", "a:next life"]);
  await s.close();
});

Deno.test("an exit asked for outside of a handler ends the actor too", async () => {
  const s = await watched({ restart: "transient" });
  let quit = () => {};
  await s.tell("root/a", act((context) => void (quit = () => context.exit())));

  quit();
  await s.settle();

  assert.deepEqual(s.seen(), ["-a normal"]);
  await s.close();
});

Deno.test("otp 127: a killed actor has no stop hook, and others see killed", async () => {
  const s = await watched();

  s.system.kill("root/a");
  await s.settle();

  assert.deepEqual(s.seen(), ["+a"]);
  assert.deepEqual(s.ends, [{ kind: "killed" }]);
  await s.close();
});

Deno.test("otp 128: when the stop hook throws, that is how the actor ended", async () => {
  const s = await watched({
    restart: "transient",
    stop: () => {
      throw new Error("in the hook");
    },
  });

  await s.tell("root/a", exit());

  assert.deepEqual(s.ends.map(exitText), ["error(in the hook)"]);
  assert.deepEqual(s.seen(), ["-a normal", "+a"]);
  await s.close();
});

Deno.test("a stop hook that hangs after a crash is cut off at the child's limit, and the child restarted", async () => {
  const s = stage();
  let hangs = true;
  const stop = () => hangs ? new Promise<void>(() => {}) : undefined;
  await s.system.start(supervisor("root", { children: [s.child("a", { shutdown: 100, stop })] }));
  s.seen();

  await s.tell("root/a", boom(), note("waits"));
  assert.deepEqual(s.seen(), ["-a error(boom)"]);
  await s.clock.advance(100);

  assert.deepEqual(s.seen(), ["+a", "a:waits"]);
  hangs = false;
  await s.close();
});

Deno.test("otp 129: an actor that drains handles messages sent before the request to stop, which answers when it is gone", async () => {
  const s = stage();
  await s.system.start(supervisor("root", { children: [s.child("a", { onStop: "drain" })] }));
  s.ref("root/a").tell(note(1));

  await s.system.supervisor("root").stop("a");

  assert.deepEqual(s.seen(), ["+a", "a:1", "-a shutdown"]);
  await s.close();
});

Deno.test("otp 131: an actor three parties stop at once runs its stop hook once, and all are answered", async () => {
  const s = stage();
  await s.system.start(supervisor("root", { children: [s.child("a")] }));
  const root = s.system.supervisor("root");

  const answers = await Promise.all([root.stop("a"), root.stop("a"), root.stop("a")]);

  assert.deepEqual(answers, [{ ok: true }, { ok: true }, { ok: true }]);
  assert.deepEqual(s.seen(), ["+a", "-a shutdown"]);
  await s.close();
});

Deno.test("otp 150: an actor takes no message while its async handler runs; others go on", async () => {
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

Deno.test("otp 181: what a killed handler does through its context after its await has no effect", async () => {
  const s = await watched();
  const slow = gate();
  const late = act(async (context) => {
    await slow.promise;
    context.after(0, note("timer"));
    context.every(1, note("tick"));
    context.next(note("next"));
    context.onGo(note("go"));
    context.pipe(Promise.resolve(1), note, () => note("failed"));
    context.monitor(s.ref("root/w") as never, () => note("watched"));
    context.exit({ kind: "error", error: "late" });
    s.trace.push(`aborted ${context.signal.aborted}`);
    throw new Error("late");
  });
  s.system.go();
  await s.tell("root/a", late, note("kept"));

  s.system.kill("root/a");
  await s.settle();
  assert.deepEqual(s.seen(), ["+a", "a:kept"]);
  slow.open();
  await s.settle();
  await s.clock.advance(10);

  assert.deepEqual(s.seen(), ["aborted true"]);
  assert.deepEqual(s.deadLetters, []);
  assert.deepEqual(s.reports.map(reportText), ["child_terminated root/a killed"]);
  await s.close();
});

Deno.test("an actor that is killed inside its own handler is dead for everybody at once", async () => {
  const s = await watched();

  await s.tell(
    "root/a",
    act(() => (s.system.kill("root/a"), s.trace.push("still on the stack"))),
    note("next"),
  );

  assert.deepEqual(s.seen(), ["still on the stack", "+a", "a:next"]);
  assert.deepEqual(s.ends, [{ kind: "killed" }]);
  await s.close();
});

Deno.test("the signal of an incarnation is aborted when it ends, with how it ended", async () => {
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

Deno.test("onGo is told once the root said go, and at once after that", async () => {
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

Deno.test("a finished promise comes as one of the actor's own messages, a failed one too", async () => {
  const s = await watched();
  const pipe = (promise: Promise<string>) =>
    act((context) =>
      context.pipe(promise, (value) => note(`ok ${value}`), (error) => note(`failed ${error}`))
    );

  await s.tell("root/a", pipe(Promise.resolve("x")), pipe(Promise.reject("y")));

  assert.deepEqual(s.seen(), ["a:ok x", "a:failed y"]);
  await s.close();
});

Deno.test("a mapping that throws crashes the actor it belongs to", async () => {
  const s = await watched();
  const broken = () => {
    throw new Error("mapping");
  };

  await s.tell("root/a", act((context) => context.pipe(Promise.resolve(1), broken, broken)));

  assert.deepEqual(s.seen(), ["-a error(mapping)", "+a"]);
  await s.close();
});

Deno.test("a handler may answer a new state or change the one it has", async () => {
  const s = stage();
  type Add = { readonly kind: "add" } | { readonly kind: "get"; readonly reply: (value: number) => void };
  const fresh: Actor<{ readonly n: number }, Add> = {
    init: () => ({ n: 0 }),
    handle(state, message) {
      if (message.kind === "add") return { n: state.n + 1 };
      message.reply(state.n);
      return state;
    },
  };
  const mutating: Actor<{ n: number }, Add> = {
    init: () => ({ n: 0 }),
    async handle(state, message) {
      await Promise.resolve();
      if (message.kind === "add") state.n++;
      else message.reply(state.n);
      return state;
    },
  };

  const counts = [];
  for (const actor of [fresh, mutating]) {
    const ref = spawnOne<Add>(s.system, actor);
    ref.tell({ kind: "add" });
    ref.tell({ kind: "add" });
    counts.push(await ref.ask<number>((reply) => ({ kind: "get", reply })));
  }

  assert.deepEqual(counts, [2, 2]);
  await s.close();
});

Deno.test("otp 130: whoever stops a stopped child or system is answered", async () => {
  const s = stage();
  await s.system.start(supervisor("root", { children: [s.child("a")] }));
  const root = s.system.supervisor("root");
  await root.stop("a");

  assert.deepEqual(await root.stop("a"), { ok: true });
  await s.system.stop();
  await s.system.stop();
  await s.close();
});

Deno.test("otp 175: a supervised restart never meets its own old name", async () => {
  const s = stage();
  const crashing = worker<ProbeMessage>("a", probe(s.trace, "a"));
  await s.system.start(
    supervisor("root", { intensity: { restarts: 100, withinMs: 5_000 }, children: [crashing] }),
  );

  for (let i = 0; i < 50; i++) s.ref("root/a").tell(boom());
  await s.settle();

  assert.equal(s.system.counters().restarts, 50);
  assert.equal(s.ref("root/a").tell(note(1)), true);
  await s.close();
});

Deno.test("otp 172, 173, 174: an address has one living holder, is free at its death, and leads to the next", async () => {
  const s = stage();
  await s.system.start(supervisor("root", { children: [s.child("a")] }));
  await assert.rejects(
    s.system.start(supervisor("root", { children: [s.child("b")] })),
    /must not run already/,
  );

  await s.tell("root/a", note(1), boom(), note(2));

  assert.deepEqual(s.seen(), ["+a", "a:1", "-a error(boom)", "+a", "a:2"]);
  await s.close();
});
