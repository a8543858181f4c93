/**
 * Links: living and dying together.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Cell } from "../../runtime/cell.ts";
import { type Exit, type Monitor, supervisor } from "../../runtime/mod.ts";
import { act, boom, exit, exitText, note, type ProbeMessage, stage } from "./probe.ts";
import { seeded } from "./seeds.ts";

const heard = (end: Exit): ProbeMessage => note(`heard ${exitText(end)}`);

/** `root/a` and `root/b`, both temporary: an end shows as a goodbye without a new beginning. */
async function started() {
  const s = stage();
  const children = ["a", "b"].map((id) => s.child(id, { restart: "temporary" }));
  await s.system.start(supervisor("root", { children }));
  s.seen();
  const links: Monitor[] = [];
  const link = (path: string, toMessage?: (end: Exit) => ProbeMessage) =>
    s.tell("root/a", act((context) => void links.push(context.link(s.ref(path) as never, toMessage))));
  return { ...s, link, links };
}

for (const [dying, other] of [["a", "b"], ["b", "a"]] as const) {
  seeded(`otp 133, 166: when ${dying} crashes, ${other} dies with it, in the same way`, async () => {
    const s = await started();
    await s.link("root/b");

    await s.tell(`root/${dying}`, boom());

    assert.deepEqual(s.seen(), [`-${dying} error(boom)`, `-${other} error(boom)`]);
    await s.close();
  });
}

seeded("otp 133, 166: an ordered stop takes the other along too, running its stop hook", async () => {
  const s = await started();
  await s.link("root/b");

  await s.system.supervisor("root").stop("b");
  await s.settle();

  assert.deepEqual(s.seen(), ["-b shutdown", "-a shutdown"]);
  await s.close();
});

seeded("otp 132, 166: a normal end takes nobody along", async () => {
  const s = await started();
  await s.link("root/b");

  await s.tell("root/b", exit());
  await s.tell("root/a", note("alive"));

  assert.deepEqual(s.seen(), ["-b normal", "a:alive"]);
  await s.close();
});

seeded("otp 132: a stranger's normal end, heard of or not, does nothing to anybody", async () => {
  const s = await started();
  await s.system.supervisor("root").start(s.child("stranger", { restart: "temporary" }));
  s.seen();

  await s.tell("root/stranger", exit());
  for (const id of ["a", "b"]) await s.tell(`root/${id}`, note("alive"));

  assert.deepEqual(s.seen(), ["-stranger normal", "a:alive", "b:alive"]);
  await s.close();
});

seeded("otp 167: linking to an address where nobody lives ends the actor with noproc", async () => {
  const s = await started();

  await s.link("no/body");

  assert.deepEqual(s.seen(), ["-a noproc"]);
  await s.close();
});

seeded("otp 168: after a link is cancelled the other's crash does nothing", async () => {
  const s = await started();
  await s.link("root/b");

  s.links[0]?.cancel();
  await s.tell("root/b", boom());
  await s.tell("root/a", note("alive"));

  assert.deepEqual(s.seen(), ["-b error(boom)", "a:alive"]);
  await s.close();
});

seeded(
  "otp 168: after a link is cancelled by one side its own crash does nothing to the other, either",
  async () => {
    const s = await started();
    await s.link("root/b");

    s.links[0]?.cancel();
    assert.equal((s.ref("root/b") as unknown as Cell).life?.links().size, 0);
    await s.tell("root/a", boom());
    await s.tell("root/b", note("alive"));

    assert.deepEqual(s.seen(), ["-a error(boom)", "b:alive"]);
    await s.close();
  },
);

seeded("each side of a link says for itself what it makes of the other's end", async () => {
  const s = await started();
  const other = act((context) => void context.link(s.ref("root/a") as never, heard));
  await s.tell("root/b", other);
  await s.link("root/b");

  await s.tell("root/a", boom());
  assert.deepEqual(s.seen(), ["-a error(boom)", "b:heard error(boom)"]);
  await s.system.supervisor("root").start(s.child("a", { restart: "temporary" }));
  await s.tell("root/b", other);
  await s.link("root/b");
  await s.tell("root/b", boom());

  assert.deepEqual(s.seen(), ["+a", "-b error(boom)", "-a error(boom)"]);
  await s.close();
});

seeded("otp 169: linking twice is one link", async () => {
  const s = await started();
  await s.link("root/b");
  await s.link("root/b");

  s.links[0]?.cancel();
  await s.tell("root/b", boom());
  await s.tell("root/a", note("alive"));

  assert.equal(s.links[0], s.links[1]);
  assert.deepEqual(s.seen(), ["-b error(boom)", "a:alive"]);
  await s.close();
});

seeded("otp 170: an actor that asks to hear of it lives on; a kill of its own it cannot trap", async () => {
  const s = await started();
  await s.link("root/b", heard);

  s.system.kill("root/b");
  await s.settle();
  assert.deepEqual(s.seen(), ["a:heard killed"]);
  s.system.kill("root/a");
  await s.settle();

  assert.deepEqual(s.seen(), []);
  assert.equal(s.system.counters().actors, 0);
  await s.close();
});

seeded("a link that was cancelled while its notice waits is not heard", async () => {
  const s = await started();
  await s.link("root/b", heard);

  s.ref("root/a").tell(act(() => {
    s.system.kill("root/b");
    s.links[0]?.cancel();
  }));
  await s.settle();

  assert.deepEqual(s.seen(), []);
  await s.close();
});

seeded("an actor cannot link itself", async () => {
  const s = await started();

  await s.link("root/a");

  assert.match(String(s.deadLetters[0]?.error), /Cannot link root\/a as it must be another actor/);
  await s.close();
});

seeded("a link ends with either of its ends: the one that lives on keeps nothing of it", async () => {
  const s = await started();
  await s.link("root/b");
  const { life } = s.ref("root/a") as unknown as Cell;
  assert.equal(life?.links().size, 1);

  await s.tell("root/b", exit());

  assert.equal(life?.links().size, 0);
  await s.close();
});
