/**
 * Dynamic supervisors: children by key.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Cell } from "../../runtime/cell.ts";
import {
  type ChildOptions,
  dynamic,
  type DynamicHandle,
  type DynamicSpec,
  StartError,
  supervisor,
} from "../../runtime/mod.ts";
import {
  boom,
  exit,
  gate,
  note,
  probe,
  type ProbeMessage,
  type ProbeOptions,
  reportText,
  type Stage,
  stage,
} from "./probe.ts";

type Kids = DynamicHandle<string, ProbeMessage>;
type Extra = Partial<Pick<DynamicSpec, "intensity" | "window" | "onGiveUp" | "max">> & {
  readonly childOptions?: ChildOptions;
  readonly probe?: ProbeOptions;
};

/** Starts `root/kids`; a child's argument is its name in the trace. */
async function kids(s: Stage, { probe: options = {}, ...extra }: Extra = {}): Promise<Kids> {
  const starts = new Map<string, ReturnType<typeof probe>>();
  const spec = dynamic<string, ProbeMessage>("kids", {
    child: (key, name) => {
      const start = starts.get(key) ?? probe(s.trace, name, options);
      starts.set(key, start);
      return start();
    },
    ...extra,
  });
  await s.system.start(supervisor("root", { children: [spec] }));
  return s.system.dynamic<string, ProbeMessage>("root/kids");
}

Deno.test("otp 111: a dynamic supervisor starts with nobody; children are made from key and argument", async () => {
  const s = stage();
  const all = await kids(s);
  assert.deepEqual(all.keys(), []);

  all.ensure("k", "name").tell(note(1));
  await s.settle();

  assert.deepEqual(all.keys(), ["k"]);
  assert.deepEqual(s.seen(), ["+name", "name:1"]);
  await s.close();
});

Deno.test("ensure answers the living child of a key, and messages told meanwhile wait for its init", async () => {
  const s = stage();
  const slow = gate();
  const all = await kids(s, { probe: { init: () => slow.promise } });

  const first = all.ensure("k", "k");
  first.tell(note(1));
  assert.equal(all.ensure("k", "other"), first);
  all.ensure("k", "other").tell(note(2));
  await s.settle();
  assert.deepEqual(s.seen(), ["+k"]);
  slow.open();
  await s.settle();

  assert.deepEqual(s.seen(), ["k:1", "k:2"]);
  await s.close();
});

Deno.test("otp 112: a crashed child is restarted with its own argument; the others live on", async () => {
  const s = stage();
  const all = await kids(s);
  const [a, b] = [all.ensure("a", "A"), all.ensure("b", "B")];

  a.tell(boom());
  a.tell(note("still a"));
  b.tell(note("b"));
  await s.settle();

  assert.deepEqual(s.seen().toSorted(), ["+A", "+A", "+B", "-A error(boom)", "A:still a", "B:b"]);
  await s.close();
});

Deno.test("each child has its own restart window: past it that child alone stops, and onGiveUp is told", async () => {
  const s = stage();
  const gaveUp: unknown[] = [];
  const all = await kids(s, {
    intensity: { restarts: 1, withinMs: 5_000 },
    onGiveUp: (key, error) => void gaveUp.push([key, (error as Error).message]),
  });
  const [a, b] = [all.ensure("a", "A"), all.ensure("b", "B")];

  for (const ref of [a, b, a]) {
    ref.tell(boom());
    await s.settle();
  }

  assert.deepEqual(gaveUp, [["a", "boom"]]);
  assert.deepEqual(all.keys(), ["b"]);
  assert.equal(a.tell(note(1)), false);
  assert.equal(b.tell(note(1)), true);
  assert.deepEqual(s.reports.map(reportText).filter((text) => text.startsWith("gave")), [
    "gave_up root/kids/a error(boom)",
  ]);
  await s.close();
});

Deno.test("a child that gave up rests for one window: ensure starts it again only after that", async () => {
  const s = stage();
  const all = await kids(s, { intensity: { restarts: 0, withinMs: 1_000 } });
  all.ensure("a", "A").tell(boom());
  await s.settle();
  s.seen();

  assert.equal(all.ensure("a", "A").tell(note("too early")), false);
  const states = s.system.tree()[0]?.children[0]?.children.map((
    child,
  ) => [child.path, child.state, child.lastError]);
  assert.deepEqual(states, [["root/kids/a", "stopped", "Error: boom"]]);
  await s.clock.advance(1_000);
  assert.equal(all.ensure("a", "A").tell(note("rested")), true);
  await s.settle();

  assert.deepEqual(s.seen(), ["+A", "A:rested"]);
  await s.close();
});

Deno.test("stopping a child that gave up ends its rest", async () => {
  const s = stage();
  const all = await kids(s, { intensity: { restarts: 0, withinMs: 1_000 } });
  all.ensure("a", "A").tell(boom());
  await s.settle();

  await all.stop("a");

  assert.equal(all.ensure("a", "A").tell(note(1)), true);
  await s.close();
});

Deno.test("otp 113: with a shared window the children's crashes add up, and all of them stop", async () => {
  const s = stage();
  const all = await kids(s, { window: "shared", intensity: { restarts: 1, withinMs: 5_000 } });
  const [a, b] = [all.ensure("a", "A"), all.ensure("b", "B")];
  await s.settle();
  s.seen();

  a.tell(boom());
  await s.settle();
  b.tell(boom());
  await s.settle();

  assert.deepEqual(s.seen(), ["-A error(boom)", "+A", "-B error(boom)", "-A shutdown"]);
  assert.deepEqual(all.keys(), []);
  assert.deepEqual(s.system.tree()[0]?.children.map(({ path, state, restarts }) => [path, state, restarts]), [
    ["root/kids", "running", 1],
  ]);
  await s.close();
});

Deno.test("otp 114: stopping by key answers after the child is gone, and at once for one that is not there", async () => {
  const s = stage();
  const slow = gate();
  const all = await kids(s, { probe: { stop: () => slow.promise } });
  all.ensure("a", "A");
  await s.settle();
  let gone = false;

  await all.stop("stranger");
  const stopping = all.stop("a").then(() => gone = true);
  await s.settle();
  assert.equal(gone, false);
  slow.open();
  await stopping;

  assert.deepEqual(all.keys(), []);
  await s.close();
});

Deno.test("otp 116: ten children whose stop hooks take 100 ms stop together in 100 ms", async () => {
  const s = stage();
  const stop = () => new Promise<void>((resolve) => void s.clock.after(100, () => resolve()));
  const all = await kids(s, { probe: { stop } });
  for (let i = 0; i < 10; i++) all.ensure(`k${i}`, `k${i}`);
  await s.settle();
  let stopped = false;

  void s.system.stop().then(() => stopped = true);
  await s.clock.advance(99);
  assert.equal(stopped, false);
  await s.clock.advance(1);

  assert.equal(stopped, true);
  await s.close();
});

Deno.test("otp 117: one common limit cuts off whoever is left", async () => {
  const s = stage();
  const all = await kids(s, {
    childOptions: { shutdown: 100 },
    probe: { stop: () => new Promise<void>(() => {}) },
  });
  for (const key of ["a", "b", "c"]) all.ensure(key, key);
  await s.settle();
  let stopped = false;

  void s.system.stop().then(() => stopped = true);
  await s.clock.advance(100);

  assert.equal(stopped, true);
  assert.deepEqual(
    s.reports.map(reportText).toSorted(),
    ["a", "b", "c"].map((key) => `shutdown_error root/kids/${key} killed`),
  );
  await s.close();
});

Deno.test("otp 118: children that end in their own way meanwhile do not change how the supervisor ends", async () => {
  const s = stage();
  const all = await kids(s, {
    probe: {
      stop: () => {
        throw new Error("own");
      },
    },
  });
  all.ensure("a", "a");
  await s.settle();

  await s.system.stop();

  assert.deepEqual(await s.system.ended, { kind: "shutdown" });
  assert.deepEqual(s.reports.map(reportText).toSorted(), ["shutdown_error root/kids/a error(own)"]);
  await s.close();
});

Deno.test("otp 120: a child whose init is not needed is not remembered", async () => {
  const s = stage();
  const all = await kids(s, { probe: { init: (_life, context) => context.exit() } });

  const ref = all.ensure("a", "a");
  await s.settle();

  assert.deepEqual(all.keys(), []);
  assert.equal(ref.tell(note(1)), false);
  await s.close();
});

Deno.test("otp 29, 31: a transient child that ended, and a temporary one that crashed, are forgotten", async () => {
  for (const [restart, message] of [["transient", exit()], ["temporary", boom()]] as const) {
    const s = stage();
    const all = await kids(s, { childOptions: { restart } });

    all.ensure("a", "a").tell(message);
    await s.settle();

    assert.deepEqual(all.keys(), []);
    assert.deepEqual(s.system.tree()[0]?.children[0]?.children, []);
    await s.close();
  }
});

Deno.test("a ref to a dynamic child stays an address: started anew under its key, the child is found again", async () => {
  const s = stage();
  const all = await kids(s);
  const held = all.ensure("a", "A");
  await s.settle();
  await all.stop("a");
  assert.equal(held.tell(note("nobody")), false);

  all.ensure("a", "A2");
  held.tell(note("found"));
  await s.settle();

  assert.equal(s.seen().at(-1), "A:found");
  await s.close();
});

Deno.test("a path can be held before its dynamic child, or even its supervisor, exists", async () => {
  const s = stage();
  const held = s.ref("root/kids/a");
  assert.equal(held.tell(note("nobody")), false);

  const all = await kids(s);
  all.ensure("a", "A");
  held.tell(note("found"));
  await s.settle();

  assert.deepEqual(s.seen(), ["+A", "A:found"]);
  assert.equal(held, all.get("a"));
  await s.close();
});

Deno.test("ensure for a key that is stopping starts the next one when that one is gone, with its mail", async () => {
  const s = stage();
  const slow = gate();
  let first = true;
  const stop = () => {
    if (!first) return undefined;
    first = false;
    return slow.promise;
  };
  const all = await kids(s, { probe: { stop } });
  all.ensure("a", "A");
  await s.settle();
  const stopping = all.stop("a");
  await s.settle();

  all.ensure("a", "A").tell(note("for the next"));
  await s.settle();
  assert.deepEqual(s.seen(), ["+A", "-A shutdown"]);
  slow.open();
  await stopping;
  await s.settle();

  assert.deepEqual(s.seen(), ["+A", "A:for the next"]);
  await s.close();
});

Deno.test("a key that is stopped, ensured, stopped and ensured again never lives twice", async () => {
  const s = stage();
  const slow = gate();
  let first = true;
  const stop = () => {
    if (!first) return undefined;
    first = false;
    return slow.promise;
  };
  const all = await kids(s, { probe: { stop } });
  all.ensure("a", "A");
  await s.settle();
  s.seen();

  const stops = [all.stop("a")];
  await s.settle();
  all.ensure("a", "A");
  stops.push(all.stop("a"));
  all.ensure("a", "A").tell(note("third"));
  await assert.rejects(all.start("a", "A"), /running already/);
  await s.settle();
  assert.deepEqual(s.seen(), ["-A shutdown"]);
  slow.open();
  await Promise.all(stops);
  await s.settle();

  assert.deepEqual(s.seen(), ["+A", "A:third"]);
  assert.equal(s.system.counters().actors, 1);
  await s.close();
});

Deno.test("ensure while the supervisor is not started yet waits for it", async () => {
  const s = stage();
  const slow = gate();
  const spec = dynamic<string, ProbeMessage>("kids", { child: (_key, name) => probe(s.trace, name)() });
  const starting = s.system.start(
    supervisor("root", { children: [s.child("first", { init: () => slow.promise }), spec] }),
  );
  await s.settle();

  s.system.dynamic<string, ProbeMessage>("root/kids").ensure("a", "A").tell(note(1));
  await s.settle();
  assert.deepEqual(s.seen(), ["+first"]);
  slow.open();
  await starting;
  await s.settle();

  assert.deepEqual(s.seen(), ["+A", "A:1"]);
  await s.close();
});

Deno.test("start resolves after init; a failing one is reported, rejected and not kept", async () => {
  const s = stage();
  let fails = true;
  const init = () => {
    if (fails) throw new Error("why");
  };
  const all = await kids(s, { probe: { init } });

  await assert.rejects(
    all.start("a", "A"),
    (error) => error instanceof StartError && error.exit.kind === "error",
  );
  assert.deepEqual(all.keys(), []);
  fails = false;
  const ref = await all.start("a", "A");
  await assert.rejects(all.start("a", "A"), /running already/);

  assert.equal(ref, all.get("a"));
  assert.deepEqual(s.reports.map(reportText), ["start_error root/kids/a error(why)"]);
  await s.close();
});

Deno.test("an init that fails after ensure is tried again within the child's window", async () => {
  const s = stage();
  const init = (life: number) => {
    if (life < 3) throw new Error("not yet");
  };
  const all = await kids(s, { probe: { init } });

  all.ensure("a", "A").tell(note("waited"));
  await s.settle();

  assert.deepEqual(s.seen(), ["+A", "+A", "+A", "A:waited"]);
  await s.close();
});

Deno.test("past max nobody is started: the ref answered leads nowhere", async () => {
  const s = stage();
  const all = await kids(s, { max: 1 });
  all.ensure("a", "A");

  assert.equal(all.ensure("b", "B").tell(note(1)), false);
  await assert.rejects(all.start("b", "B"), /there are 1 already/);

  assert.deepEqual(all.keys(), ["a"]);
  assert.deepEqual(s.deadLetters.map(({ path, reason }) => [path, reason]), [[
    "root/kids/b",
    "no_such_actor",
  ]]);
  await s.close();
});

Deno.test("otp 76: a restarted dynamic supervisor has lost its children; refs find those started anew", async () => {
  const s = stage();
  const spec = dynamic<string, ProbeMessage>("kids", { child: (_key, name) => probe(s.trace, name)() });
  await s.system.start(supervisor("root", { strategy: "one_for_all", children: [s.child("a"), spec] }));
  const all = s.system.dynamic<string, ProbeMessage>("root/kids");
  const held = all.ensure("k", "K");
  await s.settle();

  await s.tell("root/a", boom());
  assert.deepEqual(all.keys(), []);
  assert.equal(held.tell(note("lost")), false);
  all.ensure("k", "K");
  held.tell(note("found"));
  await s.settle();

  assert.deepEqual(s.seen(), ["+a", "+K", "-a error(boom)", "-K shutdown", "+a", "+K", "K:found"]);
  await s.close();
});

Deno.test("otp 119: ten times as many children take about ten times the work, not a hundred times", async () => {
  const turns: number[] = [];
  for (const count of [1_000, 10_000]) {
    const s = stage();
    const all = await kids(s);
    const before = s.scheduler.turns;
    for (let i = 0; i < count; i++) all.ensure(`k${i}`, "");
    await s.settle();
    await s.system.stop();
    turns.push(s.scheduler.turns - before);
    await s.close();
  }

  assert.deepEqual(turns, [2_000, 20_000]);
});

Deno.test("a hook that throws is logged, and the others go on", async () => {
  const s = stage();
  const all = await kids(s, {
    intensity: { restarts: 0, withinMs: 5_000 },
    onGiveUp: () => {
      throw new Error("hook");
    },
  });
  all.ensure("a", "A").tell(boom());
  all.ensure("b", "B").tell(note("alive"));
  await s.settle();

  assert.deepEqual(s.seen().toSorted(), ["+A", "+B", "-A error(boom)", "B:alive"]);
  assert.deepEqual(s.logs.map((record) => record.message), ["a hook threw"]);
  await s.close();
});

Deno.test("otp 36: what a temporary child was started with is not kept; of others it is, for their restarts", async () => {
  for (const [restart, kept] of [["temporary", undefined], ["permanent", "A"]] as const) {
    const s = stage();
    const all = await kids(s, { childOptions: { restart } });

    const ref = await all.start("a", "A");

    assert.ok(ref instanceof Cell);
    assert.equal(ref.seat?.argument, kept);
    await s.close();
  }
});

Deno.test("otp 115: a dynamic supervisor's children are not administered like static ones", async () => {
  const s = stage();
  const all = await kids(s);
  all.ensure("a", "A");
  const administration = s.system.supervisor("root/kids");

  for (
    const answer of [
      await administration.stop("a"),
      await administration.restart("a"),
      await administration.remove("a"),
    ]
  ) {
    assert.deepEqual(answer, { ok: false, reason: "noproc" });
  }

  assert.deepEqual(all.keys(), ["a"]);
  await s.close();
});
