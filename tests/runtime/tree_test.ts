/**
 * Trees: escalation, significant children, and what the tree shows.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Exit, GaveUpError, supervisor, type SupervisorSpec } from "../../runtime/mod.ts";
import { act, boom, exit, gate, note, reportText, type Stage, stage } from "./probe.ts";

const once = { restarts: 1, withinMs: 5_000 };

Deno.test("otp 73: a supervisor that gives up is restarted by the one above, with its static children", async () => {
  const s = stage();
  const inner = supervisor("inner", { intensity: once, children: [s.child("b"), s.child("c")] });
  await s.system.start(supervisor("root", { children: [s.child("a"), inner] }));
  s.seen();

  await s.tell("root/inner/b", boom());
  await s.tell("root/inner/b", boom());

  assert.deepEqual(s.seen(), ["-b error(boom)", "+b", "-b error(boom)", "-c shutdown", "+b", "+c"]);
  assert.deepEqual(s.reports.map(reportText), [
    "child_terminated root/inner/b error(boom)",
    "child_terminated root/inner/b error(boom)",
    "gave_up root/inner/b error(boom)",
    "child_terminated root/inner shutdown",
  ]);
  await s.close();
});

Deno.test("otp 74: with inner 1 and outer 1 a child that always crashes is started 4 times", async () => {
  const s = stage();
  const crashing = s.child("b", { init: (_life, context) => context.next(boom()) });
  const inner = supervisor("inner", { intensity: once, children: [crashing] });

  await s.system.start(supervisor("root", { intensity: once, children: [inner] }));
  await s.settle();

  assert.equal(s.seen().filter((line) => line === "+b").length, 4);
  await s.close();
});

Deno.test("otp 75: a transient supervisor that gives up is not restarted", async () => {
  const s = stage();
  const inner = supervisor("inner", { restart: "transient", intensity: once, children: [s.child("b")] });
  await s.system.start(supervisor("root", { children: [s.child("a"), inner] }));

  await s.tell("root/inner/b", boom());
  await s.tell("root/inner/b", boom());

  assert.deepEqual(s.system.tree()[0]?.children.map(({ path, state }) => `${path} ${state}`), [
    "root/a running",
    "root/inner stopped",
  ]);
  assert.equal(s.ref("root/inner/b").tell(note(1)), false);
  await s.close();
});

Deno.test("otp 76: a restarted supervisor has its static children back and has lost those added at run time", async () => {
  const s = stage();
  const inner = supervisor("inner", { intensity: once, children: [s.child("b"), s.child("c")] });
  await s.system.start(supervisor("root", { children: [inner] }));
  const administration = s.system.supervisor("root/inner");
  await administration.start(s.child("d"));
  await administration.stop("c");
  await administration.remove("c");
  s.seen();

  await s.tell("root/inner/b", boom());
  await s.tell("root/inner/b", boom());

  assert.deepEqual(s.seen(), ["-b error(boom)", "+b", "-b error(boom)", "-d shutdown", "+b", "+c"]);
  assert.equal(s.ref("root/inner/d").tell(note(1)), false);
  await s.close();
});

Deno.test("otp 60: a restarted supervisor begins with an empty window", async () => {
  const s = stage();
  const inner = supervisor("inner", { intensity: once, children: [s.child("b")] });
  await s.system.start(supervisor("root", { children: [inner] }));
  await s.tell("root/inner/b", boom());
  await s.tell("root/inner/b", boom());
  s.seen();

  await s.tell("root/inner/b", boom());

  assert.deepEqual(s.seen(), ["-b error(boom)", "+b"]);
  await s.close();
});

Deno.test("otp 77: every child is gone before its supervisor, every supervisor before its earlier siblings are told", async () => {
  const s = stage();
  const tree = (id: string, ...children: SupervisorSpec["children"]) => supervisor(id, { children });
  await s.system.start(
    tree("root", s.child("a"), tree("x", s.child("b"), tree("y", s.child("c"))), tree("z", s.child("d"))),
  );
  s.seen();

  await s.system.stop();

  assert.deepEqual(s.seen(), ["-d shutdown", "-c shutdown", "-b shutdown", "-a shutdown"]);
  await s.close();
});

Deno.test("otp 78: a nested supervisor is not cut short while a grandchild uses its full time", async () => {
  const s = stage();
  const slow = s.child("b", { stop: () => new Promise<void>(() => {}) });
  await s.system.start(supervisor("root", { children: [supervisor("inner", { children: [slow] })] }));

  const stopping = s.system.stop();
  await s.clock.advance(5_000);
  await stopping;

  assert.deepEqual(s.reports.map(reportText), ["shutdown_error root/inner/b killed"]);
  await s.close();
});

Deno.test("otp 61, 79: a root that gives up ends with shutdown; the report names the child and its last reason", async () => {
  const s = stage();
  await s.system.start(supervisor("root", { intensity: once, children: [s.child("a")] }));

  await s.tell("root/a", boom());
  await s.tell("root/a", boom());

  const end = await s.system.ended;
  assert.ok(end.kind === "shutdown" && end.why instanceof GaveUpError && end.why.child === "a");
  assert.equal(s.reports.map(reportText).at(-1), "gave_up root/a error(boom)");
  await s.close();
});

Deno.test("otp 80: a message to a supervisor is a dead letter, and harms nobody", async () => {
  const s = stage();
  await s.system.start(supervisor("root", { children: [s.child("a")] }));

  assert.equal(s.ref("root").tell(note(1)), false);

  assert.deepEqual(s.deadLetters.map(({ path, reason }) => [path, reason]), [["root", "no_such_actor"]]);
  assert.deepEqual(s.system.tree().map((node) => node.state), ["running"]);
  await s.close();
});

Deno.test("a supervisor can be monitored", async () => {
  const s = stage();
  const ends: Exit[] = [];
  const inner = supervisor("inner", { restart: "transient", intensity: once, children: [s.child("b")] });
  await s.system.start(supervisor("root", { children: [s.child("a"), inner] }));
  await s.tell(
    "root/a",
    act((context) =>
      context.monitor(s.ref("root/inner") as never, (exit) => act(() => void ends.push(exit)))
    ),
  );

  await s.tell("root/inner/b", boom());
  await s.tell("root/inner/b", boom());

  assert.deepEqual(ends.map((end) => end.kind), ["shutdown"]);
  await s.close();
});

/** Starts a supervisor `inner` with significant children among others. */
async function significant(
  s: Stage,
  autoShutdown: "any_significant" | "all_significant" | "never",
  children: SupervisorSpec["children"],
): Promise<void> {
  const inner = supervisor("inner", { restart: "temporary", autoShutdown, children });
  await s.system.start(supervisor("root", { children: [inner] }));
  s.seen();
}

const innerLives = (s: Stage): boolean => (s.system.tree()[0]?.children.length ?? 0) > 0;

Deno.test("otp 83: any_significant: a transient significant child's normal end stops the rest in reverse", async () => {
  const s = stage();
  const b = s.child("b", { restart: "transient", significant: true });
  await significant(s, "any_significant", [s.child("a"), b, s.child("c"), s.child("d")]);

  await s.tell("root/inner/b", exit());

  assert.deepEqual(s.seen(), ["-b normal", "-d shutdown", "-c shutdown", "-a shutdown"]);
  assert.equal(innerLives(s), false);
  await s.close();
});

for (const [how, message] of [["normally", exit()], ["by a crash", boom()]] as const) {
  Deno.test(`otp 84: any_significant: a temporary significant child that ends ${how} ends its supervisor`, async () => {
    const s = stage();
    await significant(s, "any_significant", [
      s.child("a", { restart: "temporary", significant: true }),
      s.child("b"),
    ]);

    await s.tell("root/inner/a", message);

    assert.equal(innerLives(s), false);
    await s.close();
  });
}

Deno.test("otp 85: any_significant: a transient significant child that crashes is restarted", async () => {
  const s = stage();
  await significant(s, "any_significant", [
    s.child("a", { restart: "transient", significant: true }),
    s.child("b"),
  ]);

  await s.tell("root/inner/a", boom());

  assert.deepEqual(s.seen(), ["-a error(boom)", "+a"]);
  assert.equal(innerLives(s), true);
  await s.close();
});

Deno.test("otp 86: all_significant: the last significant child to end ends the supervisor", async () => {
  const s = stage();
  const ending = (id: string) => s.child(id, { restart: "transient", significant: true });
  await significant(s, "all_significant", [ending("a"), ending("b"), s.child("c")]);

  await s.tell("root/inner/a", exit());
  assert.equal(innerLives(s), true);
  await s.tell("root/inner/b", exit());

  assert.equal(innerLives(s), false);
  await s.close();
});

Deno.test("otp 87: a significant child stopped by hand ends nobody; restarted, its own end does", async () => {
  const s = stage();
  await significant(s, "any_significant", [
    s.child("a", { restart: "transient", significant: true }),
    s.child("b"),
  ]);
  const inner = s.system.supervisor("root/inner");

  await inner.stop("a");
  await s.settle();
  assert.equal(innerLives(s), true);
  await inner.restart("a");
  await s.tell("root/inner/a", exit());

  assert.equal(innerLives(s), false);
  await s.close();
});

Deno.test("otp 88: a significant child stopped because of a sibling's crash ends nobody", async () => {
  const s = stage();
  const inner = supervisor("inner", {
    restart: "temporary",
    strategy: "one_for_all",
    autoShutdown: "any_significant",
    children: [s.child("a", { restart: "temporary", significant: true }), s.child("b")],
  });
  await s.system.start(supervisor("root", { children: [inner] }));
  s.seen();

  await s.tell("root/inner/b", boom());

  assert.deepEqual(s.seen(), ["-b error(boom)", "-a shutdown", "+b"]);
  assert.equal(innerLives(s), true);
  await s.close();
});

Deno.test("otp 89: children that are not significant never end their supervisor", async () => {
  const s = stage();
  const children = [
    s.child("a", { restart: "transient" }),
    s.child("b", { restart: "temporary" }),
    s.child("c", { restart: "transient", significant: true }),
  ];
  await significant(s, "any_significant", children);

  await s.tell("root/inner/a", exit());
  await s.tell("root/inner/b", boom());

  assert.equal(innerLives(s), true);
  await s.close();
});

for (const isSignificant of [true, false]) {
  Deno.test(`otp 90: a supervisor that shuts itself down ends its parent: ${isSignificant}, as it is significant`, async () => {
    const s = stage();
    const inner = supervisor("inner", {
      restart: "transient",
      significant: isSignificant,
      autoShutdown: "any_significant",
      children: [s.child("a", { restart: "transient", significant: true })],
    });
    await s.system.start(
      supervisor("root", { autoShutdown: "any_significant", children: [s.child("b"), inner] }),
    );

    await s.tell("root/inner/a", exit());

    assert.equal(s.system.tree()[0]?.state, isSignificant ? "stopped" : "running");
    await s.close();
  });
}

Deno.test("otp 91: a significant end during a group restart: one of shutdown and restart happens, nobody outlives it", async () => {
  const s = stage();
  const slow = gate();
  const children = [
    s.child("a", { restart: "transient", significant: true }),
    s.child("b", { init: (life) => life > 1 ? slow.promise : undefined }),
  ];
  const inner = supervisor("inner", {
    restart: "temporary",
    strategy: "one_for_all",
    autoShutdown: "any_significant",
    children,
  });
  await s.system.start(supervisor("root", { children: [inner] }));
  await s.tell("root/inner/b", boom());

  await s.tell("root/inner/a", exit());
  slow.open();
  await s.settle();

  assert.equal(innerLives(s), false);
  assert.equal(s.system.counters().actors, 0);
  await s.close();
});

Deno.test("tree() shows names, states, mailbox depth, restarts, last error and uptime", async () => {
  const s = stage();
  const slow = gate();
  await s.system.start(
    supervisor("root", { children: [s.child("a"), s.child("b", { restart: "transient" })] }),
  );
  await s.tell("root/b", exit());
  await s.tell("root/a", boom());
  await s.clock.advance(1_500);
  await s.tell("root/a", act(() => slow.promise), note(1), note(2));

  const tree = s.system.tree();

  assert.deepEqual(tree, [{
    path: "root",
    type: "supervisor",
    state: "running",
    mailboxDepth: 0,
    restarts: 0,
    lastError: null,
    uptimeMs: 1_500,
    children: [
      {
        path: "root/a",
        type: "worker",
        state: "running",
        mailboxDepth: 2,
        restarts: 1,
        lastError: "Error: boom",
        uptimeMs: 1_500,
        children: [],
      },
      {
        path: "root/b",
        type: "worker",
        state: "stopped",
        mailboxDepth: 0,
        restarts: 0,
        lastError: null,
        uptimeMs: 0,
        children: [],
      },
    ],
  }]);
  slow.open();
  await s.close();
});

Deno.test("tree() tells starting, restarting and stopping apart", async () => {
  const s = stage();
  const slow = gate();
  const init = (life: number) => life > 1 ? slow.promise : undefined;
  const states = () => s.system.tree()[0]?.children.map((child) => child.state);
  const children = [s.child("a", { init }), s.child("b", { init: () => slow.promise }), s.child("c")];
  const starting = s.system.start(supervisor("root", { children }));
  await s.settle();
  const first = states();
  await s.tell("root/a", boom());
  const second = states();
  slow.open();
  await starting;
  const hang = gate();
  await s.tell("root/c", act(() => hang.promise));
  const stopping = s.system.stop();
  await s.settle();
  const third = states();
  hang.open();
  await stopping;

  assert.deepEqual([first, second, third], [
    ["running", "starting", "starting"],
    ["restarting", "starting", "starting"],
    ["running", "running", "stopping"],
  ]);
  await s.close();
});

Deno.test("a report after a crash long ago names no message when the end had none", async () => {
  const s = stage();
  await s.system.start(supervisor("root", { children: [s.child("a")] }));

  await s.tell("root/a", boom(), exit());

  assert.deepEqual(s.reports.map((report) => [report.reason.kind, report.messageKind]), [
    ["error", "throw"],
    ["normal", null],
  ]);
  await s.close();
});
