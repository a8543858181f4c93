/**
 * The life of one actor: starting, one message at a time, crashes, exits.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Actor, type Exit, supervisor } from "../../runtime/mod.ts";
import { spawnOne } from "../kit/test_system.ts";
import { act, exit, exitText, gate, note, stage } from "./probe.ts";
import { watched } from "./scenes.ts";
import { seeded } from "./seeds.ts";

seeded("otp 121: a message told right after start is handled", async () => {
  const s = stage();
  await s.system.start(supervisor("root", { children: [s.child("a")] }));

  assert.equal(s.ref("root/a").tell(note(1)), true);
  await s.settle();

  assert.deepEqual(s.seen(), ["+a", "a:1"]);
  await s.close();
});

seeded(
  "otp 122, 176: an init that asks for an exit fails the start with it, and the address is free again",
  async () => {
    const s = stage();
    const why: Exit = { kind: "shutdown", why: "no licence" };
    const refusing = s.child("a", { init: (life, context) => life === 1 ? context.exit(why) : undefined });

    await assert.rejects(s.system.start(supervisor("root", { children: [refusing] })), /no licence/);
    await s.system.start(supervisor("root", { children: [refusing] }));

    assert.deepEqual(s.seen(), ["+a", "+a"]);
    assert.equal(s.ref("root/a").tell(note(1)), true);
    await s.close();
  },
);

seeded(
  "otp 122: an init that throws fails the start with it, and whoever watches the start sees it",
  async () => {
    const s = stage();
    await s.system.start(supervisor("root", { children: [] }));
    const broken = s.child("a", { init: () => Promise.reject(new Error("no disk")) });

    const answer = await s.system.supervisor("root").start(broken);

    assert.ok(!answer.ok && answer.reason === "failed");
    assert.equal(exitText(answer.exit), "error(no disk)");
    assert.equal(s.ref("root/a").tell(note(1)), false);
    await s.close();
  },
);

seeded(
  "otp 123: an init that takes longer than initMs is cut off, and what it does later has no effect",
  async () => {
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
  },
);

seeded("otp 124: what init goes on with comes before any message, even one sent during init", async () => {
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

for (const end of [{ kind: "normal" }, { kind: "shutdown" }, { kind: "shutdown", why: 1 }] as const) {
  seeded(
    `otp 126: an actor that ends itself with ${end.kind}${"why" in end ? "(x)" : ""} is not reported`,
    async () => {
      const s = await watched({ restart: "transient" });

      await s.tell("root/a", exit(end));

      assert.deepEqual(s.seen(), [`-a ${end.kind}`]);
      assert.deepEqual(s.ends, [end]);
      assert.deepEqual(s.reports, []);
      await s.close();
    },
  );
}

seeded(
  "an exit asked for in a handler comes after the handler, and before the messages that wait",
  async () => {
    const s = await watched();

    await s.tell("root/a", act((context) => (context.exit(), s.trace.push("rest of it"))), note("next life"));

    assert.deepEqual(s.seen(), ["rest of it", "-a normal", "+a", "a:next life"]);
    await s.close();
  },
);

seeded("an exit asked for outside of a handler ends the actor too", async () => {
  const s = await watched({ restart: "transient" });
  let quit = () => {};
  await s.tell("root/a", act((context) => void (quit = () => context.exit())));

  quit();
  await s.settle();

  assert.deepEqual(s.seen(), ["-a normal"]);
  await s.close();
});

seeded(
  "otp 131: an actor three parties stop at once runs its stop hook once, and all are answered",
  async () => {
    const s = stage();
    await s.system.start(supervisor("root", { children: [s.child("a")] }));
    const root = s.system.supervisor("root");

    const answers = await Promise.all([root.stop("a"), root.stop("a"), root.stop("a")]);

    assert.deepEqual(answers, [{ ok: true }, { ok: true }, { ok: true }]);
    assert.deepEqual(s.seen(), ["+a", "-a shutdown"]);
    await s.close();
  },
);

seeded("otp 130: whoever stops a stopped child or system is answered", async () => {
  const s = stage();
  await s.system.start(supervisor("root", { children: [s.child("a")] }));
  const root = s.system.supervisor("root");
  await root.stop("a");

  assert.deepEqual(await root.stop("a"), { ok: true });
  await s.system.stop();
  await s.system.stop();
  await s.close();
});

seeded("a handler may answer a new state or change the one it has", async () => {
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
