/**
 * Benchmarks of the runtime: ping-pong, one-way, ask, spawn, restart.
 *
 * Load: a burst of 5,000 ticks/s, each told on five times (relay, publisher, slot, symbol, level book): 25,000
 * messages/s. Budget: 5 % of one core, so 2 us for a message. An ask may cost 20 us, as one fire takes a few; a
 * restart 200 us, so that a crash is over before the next tick of that burst; a start 50 us, so that 1,000 open
 * outcomes are back within 50 ms.
 *
 * @module
 */
import { type Actor, dynamic, type Ref, type Reply, supervisor, System, worker } from "../../runtime/mod.ts";

type Message =
  | { readonly kind: "ball"; readonly left: number; readonly to: Ref<Message>; readonly done: () => void }
  | { readonly kind: "item"; readonly done: (() => void) | null }
  | { readonly kind: "ask"; readonly reply: Reply<number> }
  | { readonly kind: "crash" };

let ready = (): void => {};

const actor: Actor<number, Message> = {
  init() {
    ready();
    return 0;
  },
  handle(count, message, context) {
    switch (message.kind) {
      case "ball":
        if (message.left === 0) message.done();
        else message.to.tell({ kind: "ball", left: message.left - 1, to: context.self, done: message.done });
        return count;
      case "item":
        message.done?.();
        return count + 1;
      case "ask":
        message.reply(count);
        return count;
      case "crash":
        throw new Error("crash");
    }
  },
};

const asyncActor: Actor<number, Message> = {
  init: () => 0,
  async handle(count, message) {
    await null;
    if (message.kind === "item") message.done?.();
    return count + 1;
  },
};

const system = new System({ onReport: () => {} });
await system.start(supervisor("bench", {
  intensity: { restarts: 1_000_000, withinMs: 1 },
  children: [
    worker("ping", () => actor),
    worker("pong", () => actor),
    worker("async", () => asyncActor),
    dynamic<null, Message>("kids", { child: () => actor }),
  ],
}));
const ping = system.ref<Message>("bench/ping");
const pong = system.ref<Message>("bench/pong");
const slow = system.ref<Message>("bench/async");
const kids = system.dynamic<null, Message>("bench/kids");

/** Tells `count` items and resolves when the last is handled. */
function items(ref: Ref<Message>, count: number): Promise<void> {
  return new Promise((done) => {
    for (let i = 1; i < count; i++) ref.tell({ kind: "item", done: null });
    ref.tell({ kind: "item", done });
  });
}

Deno.bench("a function called 10,000 times", { group: "10,000 messages", baseline: true }, () => {
  let count = 0;
  for (let i = 0; i < 10_000; i++) {
    count = actor.handle(count, { kind: "item", done: null }, null as never) as number;
  }
});

Deno.bench("one way: told and handled", { group: "10,000 messages" }, () => items(ping, 10_000));

Deno.bench("ping-pong: 5,000 round trips", { group: "10,000 messages" }, async () => {
  await new Promise<void>((done) => void ping.tell({ kind: "ball", left: 9_999, to: pong, done }));
});

Deno.bench("one way, async handler with one await", { group: "10,000 messages" }, () => items(slow, 10_000));

Deno.bench("a promise made and awaited", { group: "one ask", baseline: true }, async () => {
  await new Promise<number>((resolve) => resolve(1));
});

Deno.bench("asked and answered", { group: "one ask" }, async () => {
  await ping.ask<number>((reply) => ({ kind: "ask", reply }));
});

Deno.bench("a crash until the next incarnation is ready", { group: "one restart" }, async () => {
  await new Promise<void>((resolve) => {
    ready = resolve;
    pong.tell({ kind: "crash" });
  });
});

let key = 0;

Deno.bench("started, with its init awaited, and stopped", { group: "one dynamic child" }, async () => {
  const name = `k${key++}`;
  await kids.start(name, null);
  await kids.stop(name);
});

Deno.bench("ensured while it lives", { group: "one dynamic child", baseline: true }, () => {
  kids.ensure("lasting", null);
});
