/**
 * Static children looked at and changed at run time.
 *
 * @module
 */
import assert from "node:assert/strict";
import { supervisor } from "../../runtime/mod.ts";
import { exit, gate, note, reportText, type Stage, stage } from "./probe.ts";
import { listed } from "./scenes.ts";
import { seeded } from "./seeds.ts";

/** Starts `root` with one child, `a`, and answers its administration. */
async function administered(s: Stage) {
  await s.system.start(supervisor("root", { children: [s.child("a")] }));
  s.seen();
  return s.system.supervisor("root");
}

seeded("otp 93: a child with a new id is started last and its ref answered", async () => {
  const s = stage();
  const root = await administered(s);

  const answer = await root.start(s.child("b"));

  assert.ok(answer.ok && answer.ref?.path === "root/b");
  assert.deepEqual(await listed(s), ["a running", "b running"]);
  assert.equal(s.ref("root/b").tell(note(1)), true);
  await s.close();
});

seeded("otp 94: the id of a running child is already started, and its ref answered", async () => {
  const s = stage();
  const root = await administered(s);

  const answer = await root.start(s.child("a"));

  assert.deepEqual(answer, { ok: false, reason: "already_started", ref: s.ref("root/a") });
  assert.deepEqual(s.seen(), []);
  await s.close();
});

seeded("otp 95: the id of a stopped child is already present", async () => {
  const s = stage();
  const root = await administered(s);
  await root.stop("a");

  assert.deepEqual(await root.start(s.child("a")), { ok: false, reason: "already_present" });
  await s.close();
});

seeded("otp 96: a child that does not start is not kept, and its id is free", async () => {
  const s = stage();
  const root = await administered(s);
  const failing = s.child("b", {
    init: () => {
      throw new Error("why");
    },
  });

  const answer = await root.start(failing);

  assert.ok(!answer.ok && answer.reason === "failed" && answer.exit.kind === "error");
  assert.deepEqual(await listed(s), ["a running"]);
  assert.deepEqual((await root.start(s.child("b"))).ok, true);
  assert.deepEqual(s.reports.map(reportText), ["start_error root/b error(why)"]);
  await s.close();
});

seeded("otp 97: a bad specification is refused with its fault, and nobody is affected", async () => {
  const s = stage();
  const root = await administered(s);

  const answer = await root.start(s.child("b", { shutdown: -1 }));

  assert.ok(!answer.ok && answer.reason === "bad_spec");
  assert.match(answer.error.message, /root\/b.*shutdown/);
  assert.deepEqual(await listed(s), ["a running"]);
  await s.close();
});

seeded("otp 81: a significant child is refused at run time where autoShutdown is never", async () => {
  const s = stage();
  const root = await administered(s);

  const answer = await root.start(s.child("b", { restart: "transient", significant: true }));

  assert.ok(!answer.ok && answer.reason === "bad_spec");
  await s.close();
});

for (const restart of ["permanent", "transient"] as const) {
  seeded(
    `otp 98: stopping a ${restart} child answers after it is gone; it stays listed and does not come back`,
    async () => {
      const s = stage();
      const slow = gate();
      const child = s.child("a", { restart, stop: () => slow.promise });
      await s.system.start(supervisor("root", { children: [child] }));
      let answered = false;

      const stopping = s.system.supervisor("root").stop("a").then(() => answered = true);
      await s.settle();
      assert.equal(answered, false);
      slow.open();
      await stopping;
      await s.clock.advance(10_000);

      assert.deepEqual(await listed(s), ["a stopped"]);
      assert.deepEqual(s.seen(), ["+a", "-a shutdown"]);
      await s.close();
    },
  );
}

seeded("otp 99: stopping twice is answered ok twice", async () => {
  const s = stage();
  const root = await administered(s);

  assert.deepEqual(await Promise.all([root.stop("a"), root.stop("a")]), [{ ok: true }, { ok: true }]);
  assert.deepEqual(await root.stop("a"), { ok: true });

  assert.deepEqual(s.seen(), ["-a shutdown"]);
  await s.close();
});

seeded("otp 100: stopping an unknown child is not_found; a temporary one is forgotten with it", async () => {
  const s = stage();
  const root = await administered(s);
  await root.start(s.child("b", { restart: "temporary" }));

  assert.deepEqual(await root.stop("x"), { ok: false, reason: "not_found" });
  assert.deepEqual(await root.stop("b"), { ok: true });

  assert.deepEqual(await listed(s), ["a running"]);
  await s.close();
});

seeded("otp 101: a path is not an id: stopping by it is not_found", async () => {
  const s = stage();
  const root = await administered(s);

  assert.deepEqual(await root.stop("root/a"), { ok: false, reason: "not_found" });
  await s.close();
});

seeded("otp 102: restarting starts a stopped child, and says running or not_found of others", async () => {
  const s = stage();
  const root = await administered(s);

  assert.deepEqual(await root.restart("a"), { ok: false, reason: "running" });
  assert.deepEqual(await root.restart("x"), { ok: false, reason: "not_found" });
  await root.stop("a");
  assert.deepEqual(await root.restart("a"), { ok: true, ref: s.ref("root/a") });

  assert.deepEqual(s.seen(), ["-a shutdown", "+a"]);
  await s.close();
});

seeded("otp 103: a restart by hand that fails is answered, and the child stays listed", async () => {
  const s = stage();
  const failing = s.child("a", {
    init: (life) => {
      if (life > 1) throw new Error("why");
    },
  });
  await s.system.start(supervisor("root", { children: [failing] }));
  const root = s.system.supervisor("root");
  await root.stop("a");

  const answer = await root.restart("a");

  assert.ok(!answer.ok && answer.reason === "failed");
  assert.deepEqual(await listed(s), ["a stopped"]);
  await s.close();
});

seeded("otp 104: removing forgets a stopped child, and says running or not_found of others", async () => {
  const s = stage();
  const root = await administered(s);

  assert.deepEqual(await root.remove("a"), { ok: false, reason: "running" });
  assert.deepEqual(await root.remove("x"), { ok: false, reason: "not_found" });
  await root.stop("a");
  assert.deepEqual(await root.remove("a"), { ok: true });

  assert.deepEqual(await listed(s), []);
  assert.equal((await root.start(s.child("a"))).ok, true);
  await s.close();
});

seeded("otp 105: counting tells specified, active, supervisors and workers", async () => {
  const s = stage();
  const root = await administered(s);
  await root.start(s.child("b", { restart: "transient" }));
  await root.start(s.child("c", { restart: "temporary" }));
  await root.start(supervisor("d", { children: [] }));

  await s.tell("root/b", exit());
  await s.tell("root/c", exit());

  assert.deepEqual(await root.count(), { specified: 3, active: 2, supervisors: 1, workers: 2 });
  await s.close();
});

seeded("otp 106: a child's plan has every default filled in", async () => {
  const s = stage();
  const root = await administered(s);

  const plan = await root.plan("a");

  assert.ok(plan !== null && "restart" in plan);
  const { spec: _spec, make: _make, ...options } = plan;
  assert.deepEqual(options, {
    restart: "permanent",
    limitMs: 5_000,
    brutal: false,
    significant: false,
    backoff: null,
    initMs: Infinity,
  });
  await s.close();
});
