/**
 * Addresses: who lives at a path, and what a ref is worth while nobody does.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type RestartType, supervisor, worker } from "../../runtime/mod.ts";
import { act, boom, exit, gate, note, probe, type ProbeMessage, stage } from "./probe.ts";
import { countOf, startGroup, startKids, watched } from "./scenes.ts";
import { seeded } from "./seeds.ts";

seeded(
  "otp 172: a second start at a taken address is refused, answers the holder, and starts nobody",
  async () => {
    const s = stage();
    await startGroup(s, "one_for_one", ["a"]);

    await assert.rejects(
      s.system.start(supervisor("root", { children: [s.child("b")] })),
      /must not run already/,
    );
    const answer = await s.system.supervisor("root").start(s.child("a"));

    assert.deepEqual(answer, { ok: false, reason: "already_started", ref: s.ref("root/a") });
    assert.deepEqual(s.seen(), []);
    assert.equal(s.system.counters().actors, 1);
    await s.close();
  },
);

seeded("otp 172: a second start of a key is refused, and starts nobody", async () => {
  const s = stage();
  const all = await startKids(s);
  await all.start("k", "K");

  await assert.rejects(all.start("k", "other"), /running already/);

  assert.deepEqual(s.seen(), ["+K"]);
  assert.equal(s.system.counters().actors, 1);
  await s.close();
});

seeded("otp 173: an address is free before anybody hears of its holder's death", async () => {
  const s = await watched({ restart: "temporary" });
  const answers: unknown[] = [];
  const takeOver = async () => {
    answers.push(s.ref("root/a").tell(note("nobody")));
    answers.push((await s.system.supervisor("root").start(s.child("a"))).ok);
  };
  await s.tell(
    "root/w",
    act((context) => context.monitor(s.ref("root/a") as never, () => act(() => void takeOver()))),
  );

  await s.tell("root/a", exit());

  assert.deepEqual(answers, [false, true]);
  assert.deepEqual(s.seen(), ["-a normal", "+a"]);
  await s.close();
});

seeded(
  "otp 174: after a restart the address leads to the next incarnation, for every ref to it",
  async () => {
    const s = await watched();
    const held = s.ref("root/a");
    await s.tell("root/a", note(1), note(2));

    await s.tell("root/a", boom());
    held.tell(note(3));
    s.ref("root/a").tell(note(4));

    assert.equal(await held.ask(countOf), 2);
    assert.deepEqual(s.seen(), ["a:1", "a:2", "-a error(boom)", "+a", "a:3", "a:4"]);
    await s.close();
  },
);

seeded("otp 175: a supervised restart never meets its own old name", async () => {
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

seeded("otp 176: an actor whose init fails leaves no name behind", async () => {
  const s = stage();
  const failing = () => {
    throw new Error("why");
  };
  const refused = supervisor("root", { children: [s.child("a", { init: failing })] });

  await assert.rejects(s.system.start(refused), /why/);
  assert.deepEqual(s.system.tree(), []);
  assert.equal(s.ref("root/a").tell(note(1)), false);
  await s.system.start(supervisor("root", { children: [s.child("a")] }));

  assert.equal(s.ref("root/a").tell(note(2)), true);
  await s.settle();
  assert.deepEqual(s.seen(), ["+a", "+a", "a:2"]);
  await s.close();
});

seeded("a child removed and added again lives at the address others hold", async () => {
  const s = stage();
  await startGroup(s, "one_for_one", ["a"]);
  const root = s.system.supervisor("root");
  const held = s.ref("root/a");
  await root.stop("a");
  await root.remove("a");
  assert.equal(held.tell(note("lost")), false);

  await root.start(s.child("a"));
  held.tell(note("heard"));
  await s.settle();

  assert.deepEqual(s.seen(), ["-a shutdown", "+a", "a:heard"]);
  await s.close();
});

seeded(
  "a ref to a dynamic child stays an address: started anew under its key, the child is found again",
  async () => {
    const s = stage();
    const all = await startKids(s);
    const held = all.ensure("a", "A");
    await s.settle();
    await all.stop("a");
    assert.equal(held.tell(note("nobody")), false);

    all.ensure("a", "A2");
    held.tell(note("found"));
    await s.settle();

    assert.equal(s.seen().at(-1), "A:found");
    await s.close();
  },
);

seeded("a path can be held before its dynamic child, or even its supervisor, exists", async () => {
  const s = stage();
  const held = s.ref("root/kids/a");
  assert.equal(held.tell(note("nobody")), false);

  const all = await startKids(s);
  all.ensure("a", "A");
  held.tell(note("found"));
  await s.settle();

  assert.deepEqual(s.seen(), ["+A", "A:found"]);
  assert.equal(held, all.get("a"));
  await s.close();
});

/** `root/inner/b` with mail in its mailbox, under a supervisor that the next crash of `c` makes give up. */
async function waitingBelow(restart: RestartType) {
  const s = stage();
  const busy = gate();
  const limit = { restarts: 0, withinMs: 5_000 };
  const inner = supervisor("inner", { restart, intensity: limit, children: [s.child("b"), s.child("c")] });
  await s.system.start(supervisor("root", { children: [inner] }));
  await s.tell("root/inner/b", act(() => busy.promise));
  s.ref("root/inner/b").tell(note("waits"));
  await s.tell("root/inner/c", boom());
  busy.open();
  await s.settle();
  return s;
}

seeded("mail waits over the restart of a supervisor that gave up", async () => {
  const s = await waitingBelow("permanent");

  const seen = s.seen();
  assert.deepEqual(seen.slice(0, 5), ["+b", "+c", "-c error(boom)", "-b shutdown", "+b"]);
  assert.deepEqual(seen.slice(5).toSorted(), ["+c", "b:waits"]);
  assert.deepEqual(s.deadLetters.map((letter) => letter.reason), ["crashed"]);
  await s.close();
});

seeded("mail below a supervisor that gave up for good becomes dead letters", async () => {
  const s = await waitingBelow("temporary");

  assert.deepEqual(s.seen(), ["+b", "+c", "-c error(boom)", "-b shutdown"]);
  assert.deepEqual(s.deadLetters.map(({ path, kind, reason }) => [path, kind, reason]), [
    ["root/inner/c", "throw", "crashed"],
    ["root/inner/b", "note", "stopped"],
  ]);
  await s.close();
});

seeded("mail told while nobody lives for the moment waits for the next incarnation", async () => {
  const s = stage();
  const slow = gate();
  await startGroup(s, "one_for_one", ["a"], { a: { init: (life) => life > 1 ? slow.promise : undefined } });
  await s.tell("root/a", boom());

  assert.equal(s.ref("root/a").tell(note(1)), true);
  await s.settle();
  assert.deepEqual(s.seen(), ["-a error(boom)", "+a"]);
  slow.open();
  await s.settle();

  assert.deepEqual(s.seen(), ["a:1"]);
  await s.close();
});

seeded(
  "mail told to a child whose supervisor is starting again waits, also when the child had been stopped by hand",
  async () => {
    const s = stage();
    const slow = gate();
    const first = s.child("a", { init: (life) => life > 1 ? slow.promise : undefined });
    const inner = supervisor("inner", { children: [first, s.child("b")] });
    await s.system.start(supervisor("root", { children: [inner] }));
    await s.system.supervisor("root/inner").stop("b");
    assert.equal(s.ref("root/inner/b").tell(note("nobody")), false);
    s.system.kill("root/inner");
    await s.settle();

    assert.equal(s.ref("root/inner/b").tell(note("waits")), true);
    slow.open();
    await s.settle();

    assert.deepEqual(s.seen(), ["+a", "+b", "-b shutdown", "+a", "+b", "b:waits"]);
    await s.close();
  },
);
