/**
 * Restart types, strategies and the restart limit.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  type ChildOptions,
  type Exit,
  type Intensity,
  type Strategy,
  supervisor,
} from "../../runtime/mod.ts";
import { act, boom, exit, gate, note, reportText, type Stage, stage } from "./probe.ts";

const plenty: Intensity = { restarts: 1_000, withinMs: 5_000 };
const normal: Exit = { kind: "normal" };
const shutdown: Exit = { kind: "shutdown" };
const shutdownWhy: Exit = { kind: "shutdown", why: "x" };

/** Starts `ids` as permanent children of `root`. */
async function start(
  s: Stage,
  strategy: Strategy,
  ids: readonly string[],
  options: Record<string, ChildOptions> = {},
  intensity: Intensity = plenty,
): Promise<void> {
  const children = ids.map((id) => s.child(id, options[id] ?? {}));
  await s.system.start(supervisor("root", { strategy, intensity, children }));
  s.seen();
}

/** The children that are listed, with their states. */
async function listed(s: Stage, path = "root"): Promise<string[]> {
  const children = await s.system.supervisor(path).children();
  assert.ok(Array.isArray(children));
  return children.map(({ id, state }) => `${id} ${state}`);
}

for (const end of [normal, shutdown, shutdownWhy, { kind: "error", error: "x" } as Exit]) {
  Deno.test(`otp 28: a permanent child is restarted after ${end.kind}${"why" in end ? "(x)" : ""}, at the same address`, async () => {
    const s = stage();
    await start(s, "one_for_one", ["a"]);
    const ref = s.ref("root/a");

    await s.tell("root/a", exit(end));
    ref.tell(note("again"));
    await s.settle();

    assert.deepEqual(s.seen(), [`-a ${end.kind === "error" ? "error(x)" : end.kind}`, "+a", "a:again"]);
    await s.close();
  });
}

for (const end of [normal, shutdown, shutdownWhy]) {
  Deno.test(`otp 29: a transient child is not restarted after ${end.kind}${"why" in end ? "(x)" : ""} and stays listed`, async () => {
    const s = stage();
    await start(s, "one_for_one", ["a"], { a: { restart: "transient" } });

    await s.tell("root/a", exit(end));

    assert.deepEqual(s.seen(), [`-a ${end.kind}`]);
    assert.deepEqual(await listed(s), ["a stopped"]);
    assert.equal(s.ref("root/a").tell(note(1)), false);
    await s.close();
  });
}

Deno.test("otp 30: a transient child is restarted after a crash and after a kill", async () => {
  const s = stage();
  await start(s, "one_for_one", ["a"], { a: { restart: "transient" } });

  await s.tell("root/a", boom());
  s.system.kill("root/a");
  await s.settle();

  assert.deepEqual(s.seen(), ["-a error(boom)", "+a", "+a"]);
  await s.close();
});

for (
  const [end, said] of [[normal, "normal"], [shutdown, "shutdown"], [
    { kind: "error", error: "x" } as Exit,
    "error(x)",
  ]] as const
) {
  Deno.test(`otp 31: a temporary child is forgotten after ${end.kind}`, async () => {
    const s = stage();
    await start(s, "one_for_one", ["a", "b"], { a: { restart: "temporary" } });

    await s.tell("root/a", exit(end));

    assert.deepEqual(s.seen(), [`-a ${said}`]);
    assert.deepEqual(await listed(s), ["b running"]);
    await s.close();
  });
}

Deno.test("otp 32: one_for_all stops and forgets a temporary sibling", async () => {
  const s = stage();
  await start(s, "one_for_all", ["a", "b"], { b: { restart: "temporary" } });

  await s.tell("root/a", boom());

  assert.deepEqual(s.seen(), ["-a error(boom)", "-b shutdown", "+a"]);
  assert.deepEqual(await listed(s), ["a running"]);
  await s.close();
});

Deno.test("otp 33: one_for_all starts a transient sibling again that had ended long ago", async () => {
  const s = stage();
  await start(s, "one_for_all", ["a", "b"], { b: { restart: "transient" } });
  await s.tell("root/b", exit());
  s.seen();

  await s.tell("root/a", boom());

  assert.deepEqual(s.seen(), ["-a error(boom)", "+a", "+b"]);
  await s.close();
});

for (const strategy of ["one_for_all", "rest_for_one"] as const) {
  Deno.test(`otp 34: ${strategy} starts a later sibling again that was stopped by hand`, async () => {
    const s = stage();
    await start(s, strategy, ["a", "b"]);
    await s.system.supervisor("root").stop("b");
    s.seen();

    await s.tell("root/a", boom());

    assert.deepEqual(s.seen(), ["-a error(boom)", "+a", "+b"]);
    await s.close();
  });
}

Deno.test("otp 35: a restarted child has the state that init makes, and nothing else", async () => {
  const s = stage();
  await start(s, "one_for_one", ["a"]);
  const count = () => s.ref("root/a").ask<number>((reply) => ({ kind: "count", reply }));
  await s.tell("root/a", note(1), note(2));
  assert.equal(await count(), 2);

  await s.tell("root/a", boom());

  assert.equal(await count(), 0);
  await s.close();
});

Deno.test("otp 37: one_for_one restarts the crashed child alone", async () => {
  const s = stage();
  await start(s, "one_for_one", ["a", "b", "c"]);

  await s.tell("root/b", boom());

  assert.deepEqual(s.seen(), ["-b error(boom)", "+b"]);
  await s.close();
});

Deno.test("otp 38: one_for_all restarts everybody, stopping in reverse and starting in order", async () => {
  const s = stage();
  await start(s, "one_for_all", ["a", "b", "c"]);

  await s.tell("root/b", boom());

  assert.deepEqual(s.seen(), ["-b error(boom)", "-c shutdown", "-a shutdown", "+a", "+b", "+c"]);
  await s.close();
});

Deno.test("otp 39: rest_for_one restarts the crashed child and those after it", async () => {
  const s = stage();
  await start(s, "rest_for_one", ["a", "b", "c", "d"]);

  await s.tell("root/b", boom());

  assert.deepEqual(s.seen(), ["-b error(boom)", "-d shutdown", "-c shutdown", "+b", "+c", "+d"]);
  await s.close();
});

Deno.test("otp 40: rest_for_one restarts the last child alone, and everybody after a crash of the first", async () => {
  const s = stage();
  await start(s, "rest_for_one", ["a", "b"]);

  await s.tell("root/b", boom());
  assert.deepEqual(s.seen(), ["-b error(boom)", "+b"]);
  await s.tell("root/a", boom());

  assert.deepEqual(s.seen(), ["-a error(boom)", "-b shutdown", "+a", "+b"]);
  await s.close();
});

Deno.test("otp 41: a group restart waits for a hanging sibling's time limit, cuts it off, and goes on", async () => {
  const s = stage();
  let hangs = true;
  const stop = () => hangs ? new Promise<void>(() => {}) : undefined;
  const children = [s.child("a"), s.child("b", { shutdown: 100, stop })];
  await s.system.start(supervisor("root", { strategy: "one_for_all", children }));
  s.seen();

  await s.tell("root/a", boom());
  assert.deepEqual(s.seen(), ["-a error(boom)", "-b shutdown"]);
  await s.clock.advance(100);

  assert.deepEqual(s.seen(), ["+a", "+b"]);
  assert.deepEqual(s.reports.map(reportText), [
    "child_terminated root/a error(boom)",
    "shutdown_error root/b killed",
  ]);
  hangs = false;
  await s.close();
});

Deno.test("otp 42: two children of a group that die in the same turn are one restart", async () => {
  const s = stage();
  await start(s, "one_for_all", ["a", "b", "c"], {}, { restarts: 1, withinMs: 5_000 });

  s.system.kill("root/a");
  s.system.kill("root/c");
  await s.settle();

  assert.deepEqual(s.seen(), ["-b shutdown", "+a", "+b", "+c"]);
  assert.deepEqual(await listed(s), ["a running", "b running", "c running"]);
  assert.equal(s.system.counters().restarts, 1);
  await s.close();
});

for (const strategy of ["one_for_all", "rest_for_one"] as const) {
  Deno.test(`otp 43: under ${strategy} a transient child's normal end touches nobody`, async () => {
    const s = stage();
    await start(s, strategy, ["a", "b", "c"], { b: { restart: "transient" } });

    await s.tell("root/b", exit());

    assert.deepEqual(s.seen(), ["-b normal"]);
    await s.close();
  });

  Deno.test(`otp 44: under ${strategy} a temporary child's crash touches nobody`, async () => {
    const s = stage();
    await start(s, strategy, ["a", "b", "c"], { b: { restart: "temporary" } });

    await s.tell("root/b", boom());

    assert.deepEqual(s.seen(), ["-b error(boom)"]);
    assert.deepEqual(s.reports.map(reportText), ["child_terminated root/b error(boom)"]);
    await s.close();
  });
}

Deno.test("otp 45: a child added at run time is the last for every strategy and for shutdown", async () => {
  const s = stage();
  await start(s, "rest_for_one", ["a", "b"]);
  await s.system.supervisor("root").start(s.child("c"));
  s.seen();

  await s.tell("root/b", boom());
  assert.deepEqual(s.seen(), ["-b error(boom)", "-c shutdown", "+b", "+c"]);
  await s.system.stop();

  assert.deepEqual(s.seen(), ["-c shutdown", "-b shutdown", "-a shutdown"]);
  await s.close();
});

Deno.test("otp 46: children are listed in start order", async () => {
  const s = stage();
  await start(s, "one_for_one", ["a", "b", "c"]);

  assert.deepEqual(await listed(s), ["a running", "b running", "c running"]);
  await s.close();
});

Deno.test("otp 47: intensity 2 restarts twice; the third crash stops the siblings in reverse and ends the supervisor", async () => {
  const s = stage();
  await start(s, "one_for_one", ["a", "b", "c"], {}, { restarts: 2, withinMs: 5_000 });

  for (let i = 0; i < 3; i++) await s.tell("root/b", boom());

  assert.deepEqual(s.seen(), [
    ...["-b error(boom)", "+b", "-b error(boom)", "+b"],
    ...["-b error(boom)", "-c shutdown", "-a shutdown"],
  ]);
  assert.equal((await s.system.ended).kind, "shutdown");
  assert.deepEqual(s.reports.map(reportText).at(-1), "gave_up root/b error(boom)");
  await s.close();
});

for (const end of [normal, shutdown, { kind: "error", error: "x" } as Exit]) {
  Deno.test(`otp 48: intensity 0 gives up at the first ${end.kind}`, async () => {
    const s = stage();
    await start(s, "one_for_one", ["a"], {}, { restarts: 0, withinMs: 5_000 });

    await s.tell("root/a", exit(end));

    assert.deepEqual(s.system.tree().map(({ state }) => state), ["stopped"]);
    assert.equal(s.seen().length, 1);
    await s.close();
  });
}

Deno.test("otp 49: crashes further apart than the window never end a supervisor", async () => {
  const s = stage();
  await start(s, "one_for_one", ["a"], {}, { restarts: 1, withinMs: 100 });

  for (let i = 0; i < 50; i++) {
    await s.tell("root/a", boom());
    await s.clock.advance(101);
  }

  assert.equal(s.system.counters().restarts, 50);
  assert.deepEqual(await listed(s), ["a running"]);
  await s.close();
});

Deno.test("otp 50: the window slides: crashes at 0, 6, 11 and 17 s stay below 2 in 10 s", async () => {
  const s = stage();
  await start(s, "one_for_one", ["a"], {}, { restarts: 2, withinMs: 10_000 });

  for (const waitMs of [0, 6_000, 5_000, 6_000]) {
    await s.clock.advance(waitMs);
    await s.tell("root/a", boom());
  }

  assert.deepEqual(await listed(s), ["a running"]);
  await s.close();
});

for (const [waitMs, state] of [[1_000, "stopped"], [1_001, "running"]] as const) {
  Deno.test(`otp 51, 52: a restart ${waitMs} ms ago in a window of 1,000 ms leaves the supervisor ${state}`, async () => {
    const s = stage();
    await start(s, "one_for_one", ["a"], {}, { restarts: 1, withinMs: 1_000 });

    await s.tell("root/a", boom());
    await s.clock.advance(waitMs);
    await s.tell("root/a", boom());

    assert.deepEqual(s.system.tree().map((node) => node.state), [state]);
    await s.close();
  });
}

Deno.test("otp 53: a jump of the market clock does not touch the window", async () => {
  const s = stage();
  await start(s, "one_for_one", ["a"], {}, { restarts: 1, withinMs: 1_000 });

  await s.tell("root/a", boom());
  await s.market.advance(3_600_000);
  await s.tell("root/a", boom());

  assert.deepEqual(s.system.tree().map((node) => node.state), ["stopped"]);
  await s.close();
});

Deno.test("otp 54: the children of a static supervisor share one count", async () => {
  const s = stage();
  await start(s, "one_for_one", ["a", "b"], {}, { restarts: 1, withinMs: 5_000 });

  await s.tell("root/a", boom());
  await s.tell("root/b", boom());

  assert.deepEqual(s.system.tree().map((node) => node.state), ["stopped"]);
  await s.close();
});

Deno.test("otp 55: restarting a whole group counts as one", async () => {
  const s = stage();
  await start(s, "one_for_all", ["a", "b", "c"], {}, { restarts: 1, withinMs: 5_000 });

  await s.tell("root/a", boom());

  assert.deepEqual(await listed(s), ["a running", "b running", "c running"]);
  await s.close();
});

Deno.test("otp 56: stopping and restarting by hand never counts", async () => {
  const s = stage();
  await start(s, "one_for_one", ["a"], {}, { restarts: 1, withinMs: 5_000 });
  const root = s.system.supervisor("root");

  for (let i = 0; i < 5; i++) {
    await root.stop("a");
    await root.restart("a");
  }
  await s.tell("root/a", boom());

  assert.deepEqual(await listed(s), ["a running"]);
  await s.close();
});

Deno.test("otp 57: a temporary child's crash and a transient child's normal end do not count", async () => {
  const s = stage();
  await start(
    s,
    "one_for_one",
    ["a", "b", "c"],
    { a: { restart: "temporary" }, b: { restart: "transient" } },
    { restarts: 1, withinMs: 5_000 },
  );

  await s.tell("root/a", boom());
  await s.tell("root/b", exit());
  await s.tell("root/c", boom());

  assert.deepEqual(await listed(s), ["b stopped", "c running"]);
  await s.close();
});

Deno.test("otp 58: a permanent child's normal ends count", async () => {
  const s = stage();
  await start(s, "one_for_one", ["a"], {}, { restarts: 1, withinMs: 5_000 });

  await s.tell("root/a", exit());
  await s.tell("root/a", exit());

  assert.deepEqual(s.system.tree().map((node) => node.state), ["stopped"]);
  await s.close();
});

Deno.test("otp 59, 63: with intensity 4 an init that fails for ever is tried 4 more times, without delay", async () => {
  const s = stage();
  const children = [s.child("a", { init: (life) => failFrom(2, life) })];
  await s.system.start(supervisor("root", { intensity: { restarts: 4, withinMs: 5_000 }, children }));

  await s.tell("root/a", boom());

  assert.deepEqual(s.seen(), ["+a", "-a error(boom)", "+a", "+a", "+a", "+a"]);
  assert.deepEqual(s.reports.map((report) => report.context), [
    "child_terminated",
    ...Array(4).fill("start_error"),
    "gave_up",
  ]);
  await s.close();
});

function failFrom(first: number, life: number): void {
  if (life >= first) throw new Error(`life ${life}`);
}

/** A stage whose child `a` has crashed and fails in `init` at every even attempt to come back. */
async function looping(s: Stage, hold: () => boolean): Promise<void> {
  const init = (life: number) => {
    if (life === 1 || !hold()) return undefined;
    return Promise.reject(new Error("still down"));
  };
  const children = [s.child("a", { init }), s.child("b")];
  const backoff = { minMs: 10, maxMs: 10 };
  await s.system.start(
    supervisor("root", {
      intensity: { restarts: 400, withinMs: 5_000 },
      children: [{ ...(children[0] as (typeof children)[0]), backoff }, children[1] as (typeof children)[0]],
    }),
  );
  await s.tell("root/a", boom());
  await s.clock.advance(50);
  s.seen();
}

Deno.test("otp 64, 65: between two attempts the supervisor answers, and lists the child as restarting", async () => {
  const s = stage();
  let down = true;
  await looping(s, () => down);

  assert.deepEqual(await listed(s), ["a restarting", "b running"]);
  const counts = { specified: 2, active: 1, supervisors: 0, workers: 2 };
  assert.deepEqual(await s.system.supervisor("root").count(), counts);
  down = false;
  await s.clock.advance(10);

  assert.deepEqual(await listed(s), ["a running", "b running"]);
  await s.close();
});

Deno.test("otp 66, 67: a restarting child is already present, cannot be restarted or removed, and can be stopped", async () => {
  const s = stage();
  await looping(s, () => true);
  const root = s.system.supervisor("root");

  assert.deepEqual(await root.start(s.child("a")), { ok: false, reason: "already_present" });
  assert.deepEqual(await root.restart("a"), { ok: false, reason: "restarting" });
  assert.deepEqual(await root.remove("a"), { ok: false, reason: "restarting" });
  assert.deepEqual(await root.stop("a"), { ok: true });
  await s.clock.advance(5_000);
  assert.deepEqual(s.seen(), []);
  assert.deepEqual(await listed(s), ["a stopped", "b running"]);
  assert.deepEqual(await root.remove("a"), { ok: true });

  assert.deepEqual(await listed(s), ["b running"]);
  await s.close();
});

Deno.test("otp 68: a supervisor with a restarting child stops promptly and tries no more", async () => {
  const s = stage();
  await looping(s, () => true);

  await s.system.stop();
  await s.clock.advance(5_000);

  assert.deepEqual(s.seen(), ["-b shutdown"]);
  await s.close();
});

Deno.test("otp 69: one_for_all tries the whole group again when a sibling does not start, counting one more", async () => {
  const s = stage();
  const failsOnce = (life: number) => {
    if (life === 2) throw new Error("not yet");
  };
  const children = [s.child("a"), s.child("b", { init: failsOnce })];
  await s.system.start(
    supervisor("root", { strategy: "one_for_all", intensity: { restarts: 2, withinMs: 5_000 }, children }),
  );
  s.seen();

  await s.tell("root/a", boom());

  assert.deepEqual(s.seen(), ["-a error(boom)", "-b shutdown", "+a", "+b", "-a shutdown", "+a", "+b"]);
  assert.equal(s.system.counters().restarts, 2);
  await s.close();
});

Deno.test("otp 70: rest_for_one goes on with the child that did not start, leaving those before it up", async () => {
  const s = stage();
  const failsOnce = (life: number) => {
    if (life === 2) throw new Error("not yet");
  };
  const children = [s.child("a"), s.child("b"), s.child("c", { init: failsOnce }), s.child("d")];
  await s.system.start(supervisor("root", { strategy: "rest_for_one", children }));
  s.seen();

  await s.tell("root/b", boom());

  assert.deepEqual(s.seen(), ["-b error(boom)", "-d shutdown", "-c shutdown", "+b", "+c", "+c", "+d"]);
  await s.close();
});

Deno.test("otp 71: a restart whose init is not needed is done, and the child stays listed", async () => {
  const s = stage();
  const unneeded = s.child("a", { init: (life, context) => life > 1 ? context.exit() : undefined });
  await s.system.start(supervisor("root", { children: [unneeded] }));

  await s.tell("root/a", boom());

  assert.deepEqual(s.seen(), ["+a", "-a error(boom)", "+a"]);
  assert.deepEqual(await listed(s), ["a stopped"]);
  await s.close();
});

Deno.test("otp 72: a child that starts well and crashes at once is started n + 1 times in all", async () => {
  const s = stage();
  const crashing = s.child("a", { init: (_life, context) => context.next(boom()) });

  await s.system.start(
    supervisor("root", { intensity: { restarts: 5, withinMs: 5_000 }, children: [crashing] }),
  );
  await s.settle();

  assert.equal(s.seen().filter((line) => line === "+a").length, 6);
  await s.close();
});

Deno.test("a back-off waits longer each time, the mailbox is kept, and a lasting life forgets it", async () => {
  const s = stage();
  const backoff = { minMs: 100, maxMs: 400 };
  await start(s, "one_for_one", ["a"], { a: { backoff } }, { restarts: 10, withinMs: 5_000 });

  const waits = [];
  for (let i = 0; i < 4; i++) {
    const beganMs = s.clock.nowMs();
    await s.tell("root/a", boom(), note(i));
    while (!s.trace.includes(`a:${i}`)) await s.clock.advance(1);
    waits.push(s.clock.nowMs() - beganMs);
  }
  await s.clock.advance(401);
  await s.tell("root/a", boom(), note("later"));
  await s.clock.advance(100);

  assert.deepEqual(waits, [100, 200, 400, 400]);
  assert.equal(s.seen().at(-1), "a:later");
  await s.close();
});

Deno.test("a group with a back-off stays down for its time and comes back as one", async () => {
  const s = stage();
  await start(s, "one_for_all", ["a", "b"], { a: { backoff: { minMs: 100, maxMs: 100 } } }, {
    restarts: 3,
    withinMs: 5_000,
  });

  await s.tell("root/a", boom());
  s.ref("root/b").tell(note("kept"));
  assert.deepEqual(s.seen(), ["-a error(boom)", "-b shutdown"]);
  await s.clock.advance(100);

  assert.deepEqual(s.seen(), ["+a", "+b", "b:kept"]);
  await s.close();
});

Deno.test("a group that waits for a child comes back without it when that child is stopped by hand", async () => {
  const s = stage();
  await start(s, "one_for_all", ["a", "b"], { a: { backoff: { minMs: 100, maxMs: 100 } } }, {
    restarts: 3,
    withinMs: 5_000,
  });
  await s.tell("root/a", boom());
  s.seen();

  await s.system.supervisor("root").stop("a");
  await s.settle();

  assert.deepEqual(s.seen(), ["+b"]);
  await s.close();
});

Deno.test("otp 177: a stop in the middle of a group restart ends with nobody alive", async () => {
  const s = stage();
  const slow = gate();
  const children = [
    s.child("a"),
    s.child("b", { init: (life) => life > 1 ? slow.promise : undefined }),
    s.child("c"),
  ];
  await s.system.start(supervisor("root", { strategy: "one_for_all", children }));
  s.seen();
  await s.tell("root/a", boom());

  const stopping = s.system.stop();
  await s.settle();
  slow.open();
  await stopping;

  assert.deepEqual(s.seen(), [
    "-a error(boom)",
    "-c shutdown",
    "-b shutdown",
    "+a",
    "+b",
    "-b shutdown",
    "-a shutdown",
  ]);
  await s.close();
});

Deno.test("otp 180: a crash in the turn of the start is an ordinary restart and counts", async () => {
  const s = stage();
  const crashOnce = s.child("a", { init: (life, context) => life === 1 ? context.next(boom()) : undefined });
  await s.system.start(supervisor("root", { children: [crashOnce] }));
  await s.settle();

  assert.deepEqual(s.seen(), ["+a", "-a error(boom)", "+a"]);
  assert.equal(s.system.counters().restarts, 1);
  await s.close();
});

Deno.test("a group restart keeps the mailboxes of everybody it stops", async () => {
  const s = stage();
  await start(s, "one_for_all", ["a", "b", "c"]);
  const busy = gate();
  await s.tell("root/c", act(() => busy.promise));

  s.ref("root/a").tell(boom());
  s.ref("root/b").tell(note("b kept"));
  s.ref("root/c").tell(note("c kept"));
  await s.settle();
  busy.open();
  await s.settle();

  assert.deepEqual(s.seen().filter((line) => line.includes(":")), ["b:b kept", "c:c kept"]);
  assert.deepEqual(s.deadLetters.map((letter) => letter.reason), ["crashed"]);
  await s.close();
});

Deno.test("crash reports say who, in what, how often, and come before the restart", async () => {
  const s = stage();
  await start(s, "one_for_one", ["a"]);
  const error = new Error("boom");

  await s.tell("root/a", boom(error), boom(error));

  const atMs = s.clock.nowMs();
  const said = {
    supervisor: "root",
    context: "child_terminated",
    reason: { kind: "error", error },
    offender: "root/a",
  };
  assert.deepEqual(s.reports, [
    { ...said, messageKind: "throw", restarts: 0, atMs },
    { ...said, messageKind: "throw", restarts: 1, atMs },
  ]);
  await s.close();
});
