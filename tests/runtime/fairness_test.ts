/**
 * Fairness: nobody keeps others, or the host, from their turn.
 *
 * @module
 */
import assert from "node:assert/strict";
import { liveScheduler, type Ref, supervisor, System, worker } from "../../runtime/mod.ts";
import { act, note, probe, type ProbeMessage, stage } from "./probe.ts";
import { countOf, startGroup } from "./scenes.ts";
import { seeded } from "./seeds.ts";

/** A live system with two actors of one kind, and what they did. */
async function twins(options?: Parameters<typeof liveScheduler>[0]) {
  const trace: string[] = [];
  const system = new System({ scheduler: liveScheduler(options) });
  const children = ["a", "b"].map((id) => worker<ProbeMessage>(id, probe(trace, id)));
  await system.start(supervisor("root", { children }));
  trace.length = 0;
  const [a, b] = ["a", "b"].map((id) => system.ref<ProbeMessage>(`root/${id}`)) as [
    Ref<ProbeMessage>,
    Ref<ProbeMessage>,
  ];
  return { system, trace, a, b };
}

Deno.test(
  "otp 157: two actors that message each other for ever leave timers and sockets their turn",
  async () => {
    const { system, a, b } = await twins();
    let hops = 0;
    let over = false;
    const hop = (to: Ref<ProbeMessage>, back: Ref<ProbeMessage>): ProbeMessage =>
      act(() => {
        hops++;
        if (!over) to.tell(hop(back, to));
      });

    a.tell(hop(b, a));
    const timer = await new Promise<string>((resolve) => setTimeout(() => resolve("fired"), 1));
    const socket = await new Promise<string>((resolve) => setImmediate(() => resolve("read")));
    over = true;
    await system.stop();

    assert.deepEqual([timer, socket], ["fired", "read"]);
    assert.ok(hops > 100, String(hops));
  },
);

seeded("otp 157: an actor that floods itself for ever leaves the others their turn", async () => {
  const s = stage();
  await startGroup(s, "one_for_one", ["a", "b", "c"]);
  let over = false;
  const flood = (): ProbeMessage => act((context) => void (over || context.self.tell(flood())));
  s.ref("root/a").tell(flood());

  const answers = await Promise.all(["b", "c"].map((id) => s.ref(`root/${id}`).ask(countOf)));
  over = true;

  assert.deepEqual(answers, [0, 0]);
  await s.close();
});

Deno.test("with 1,000 messages waiting an actor takes at most 64 before another has its turn", async () => {
  const { system, trace, a, b } = await twins({ sliceMs: 1_000 });

  for (let i = 0; i < 1_000; i++) a.tell(note(i));
  for (let i = 0; i < 3; i++) b.tell(note(i));
  await b.ask((reply) => ({ kind: "count", reply }));

  const before = trace.slice(0, trace.indexOf("b:0"));
  assert.ok(before.length <= 64, String(before.length));
  assert.ok(before.every((line) => line.startsWith("a:")));
  await system.stop();
});

Deno.test("an actor in a chain of its own promises leaves the others their turn", async () => {
  const { system, trace, a, b } = await twins();
  let over = false;
  const endless = act(async () => {
    while (!over) await null;
  });
  a.tell(act((context) => void context.after(0, endless)));

  const answered = b.ask<number>((reply) => ({ kind: "count", reply }));
  setImmediate(() => over = true);

  assert.equal(await answered, 0);
  assert.deepEqual(trace, []);
  await system.stop();
});
