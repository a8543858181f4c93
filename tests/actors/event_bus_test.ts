/**
 * The event bus actor: batches, filters, replay, slow and broken subscribers, crashes and schedules.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { eventBusActor, type EventBusDeps, subscriberBook } from "../../actors/event_bus.ts";
import type { EventBusMessage, EventBusStatus, Subscription } from "../../protocols/event_bus.ts";
import type { BittenEvent, EventKind, StoredEvent } from "../../protocols/events.ts";
import type { Ref } from "../../runtime/actor.ts";
import { spawnOne, type TestSystem, testSystem } from "../kit/test_system.ts";

interface House extends TestSystem {
  readonly bus: Ref<EventBusMessage>;
  /** Every event on disk. */
  readonly disk: StoredEvent[];
  /** Puts events on disk and tells the bus. */
  commit(...kinds: EventKind[]): void;
  /** Puts an event on disk that the bus is never told of. */
  commitUntold(kind: EventKind): void;
  /** Subscribes and keeps what is delivered. */
  listen(name: string, rest?: Partial<Subscription>): Listener;
  status(): Promise<EventBusStatus>;
}

interface Listener {
  /** The seqs of each batch. */
  readonly batches: number[][];
  /** Acknowledges the latest batch. */
  acknowledge(): void;
}

type Reading = (afterSeq: number, limit: number) => Promise<readonly StoredEvent[]>;

/** A bus over an array for a disk; `reading` stands in for the store's answer. */
async function withBus(
  run: (house: House) => Promise<void>,
  options: {
    readonly seed?: number;
    readonly before?: number;
    readonly reading?: (read: Reading) => Reading;
  } = {},
): Promise<void> {
  const system = testSystem(options.seed === undefined ? {} : { seed: options.seed });
  const disk: StoredEvent[] = [];
  const store = (kind: EventKind) => {
    const made = { seq: disk.length + 1, atMs: 0, source: "test", event: { kind } as BittenEvent };
    disk.push(made);
    return made;
  };
  for (let i = 0; i < (options.before ?? 0); i += 1) store("tradingResumed");
  const read: Reading = (after, limit) => Promise.resolve(disk.slice(after, after + limit));
  const deps: EventBusDeps = {
    store: { events: options.reading?.(read) ?? read, lastSeq: () => Promise.resolve(disk.length) },
    subscribers: subscriberBook(),
  };
  const bus = spawnOne(system.system, eventBusActor(deps));

  const house: House = {
    ...system,
    bus,
    disk,
    commit: (...kinds) => void bus.tell({ kind: "committed", events: kinds.map(store) }),
    commitUntold: (kind) => void store(kind),
    listen(name, rest = {}) {
      const batches: number[][] = [];
      const deliver = (batch: readonly StoredEvent[]) => void batches.push(batch.map((stored) => stored.seq));
      bus.tell({ kind: "subscribe", subscription: { name, afterSeq: "now", deliver, ...rest } });
      const acknowledge = () => void bus.tell({ kind: "acknowledge", name, seq: batches.at(-1)!.at(-1)! });
      return { batches, acknowledge };
    },
    status: () => bus.ask<EventBusStatus>((reply) => ({ kind: "status", reply })),
  };
  try {
    await system.settle();
    await run(house);
  } finally {
    await system.system.stop();
  }
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

Deno.test("a subscriber from now on hears what is committed later, one batch at a time", async () => {
  await withBus(async ({ listen, commit, settle }) => {
    const listener = listen("a");
    await settle();
    commit("eaLost", "eaLost");
    await settle();
    commit("eaLost");
    commit("eaLost", "eaLost");
    await settle();
    assert.deepEqual(listener.batches, [[4, 5]]);

    listener.acknowledge();
    await settle();

    assert.deepEqual(listener.batches, [[4, 5], [6, 7, 8]]);
  }, { before: 3 });
});

Deno.test("a batch has at most 256 events", async () => {
  await withBus(async ({ listen, commit, settle }) => {
    const listener = listen("a");
    await settle();
    commit(...Array<EventKind>(600).fill("eaLost"));
    for (let i = 0; i < 3; i += 1) {
      await settle();
      listener.acknowledge();
    }

    assert.deepEqual(listener.batches, [range(1, 256), range(257, 512), range(513, 600)]);
  });
});

Deno.test("a subscriber of some kinds hears those alone, and is not held up by the others", async () => {
  await withBus(async ({ listen, commit, settle, status }) => {
    const listener = listen("a", { kinds: ["eaLost", "userChanged"] });
    commit("eaLost", "tradingResumed", "userChanged", "tradingResumed");
    await settle();
    assert.deepEqual(listener.batches, [[1, 3]]);
    assert.deepEqual((await status()).subscribers, [{ name: "a", seq: 0, lag: 4 }]);

    listener.acknowledge();
    await settle();
    assert.deepEqual((await status()).subscribers, [{ name: "a", seq: 4, lag: 0 }]);
    commit("tradingResumed");

    assert.deepEqual(await status(), { lastSeq: 5, subscribers: [{ name: "a", seq: 5, lag: 0 }] });
    assert.deepEqual(listener.batches, [[1, 3]]);
  });
});

Deno.test("a subscriber behind the ring is served from the store, then from the ring, without a gap", async () => {
  await withBus(async ({ listen, commit, settle }) => {
    const listener = listen("a", { afterSeq: 100 });
    for (let i = 0; i < 4; i += 1) {
      await settle();
      listener.acknowledge();
      commit("eaLost");
    }
    await settle();

    assert.deepEqual(listener.batches, [range(101, 356), range(357, 601), [602], [603], [604]]);
  }, { before: 600 });
});

Deno.test("a subscriber of rare events reads past the others without being asked", async () => {
  await withBus(async ({ listen, commit, settle }) => {
    const listener = listen("a", { afterSeq: 0, kinds: ["eaLost"] });
    commit("eaLost");
    await settle();

    assert.deepEqual(listener.batches, [[1_001]]);
  }, { before: 1_000 });
});

Deno.test("a subscriber that fell out of the ring while it was slow finds its events in the store", async () => {
  await withBus(async ({ listen, commit, settle }) => {
    const listener = listen("slow");
    await settle();
    commit("eaLost");
    for (let i = 0; i < 20; i += 1) commit(...Array<EventKind>(250).fill("eaLost"));
    const seen = [];
    for (let i = 0; i < 30 && seen.at(-1) !== 5_001; i += 1) {
      await settle();
      listener.acknowledge();
      seen.push(listener.batches.at(-1)!.at(-1));
    }

    assert.deepEqual(listener.batches.flat(), range(1, 5_001));
  });
});

Deno.test("a subscriber that never acknowledges slows neither the bus nor another", async () => {
  await withBus(async ({ listen, commit, settle, status }) => {
    const [stuck, quick] = [listen("stuck"), listen("quick")];
    for (let i = 0; i < 3; i += 1) {
      commit("eaLost");
      await settle();
      quick.acknowledge();
    }

    assert.deepEqual([stuck.batches, quick.batches], [[[1]], [[1], [2], [3]]]);
    assert.deepEqual((await status()).subscribers, [
      { name: "stuck", seq: 0, lag: 3 },
      { name: "quick", seq: 3, lag: 0 },
    ]);
  });
});

Deno.test("a store that does not answer holds up its reader alone", async () => {
  let answer = () => {};
  await withBus(async ({ listen, commit, settle }) => {
    const [old, young] = [listen("old", { afterSeq: 0 }), listen("young")];
    commit("eaLost");
    await settle();
    assert.deepEqual([old.batches, young.batches], [[], [[3]]]);

    answer();
    await settle();

    assert.deepEqual(old.batches, [[1, 2, 3]]);
  }, {
    before: 2,
    reading: (read) => (after, limit) =>
      new Promise((resolve) => answer = () => void read(after, limit).then(resolve)),
  });
});

Deno.test("a subscriber of events that are no more on disk goes on with the first that is", async () => {
  await withBus(async ({ listen, commit, settle }) => {
    const listener = listen("a", { afterSeq: 1 });
    commit("eaLost");
    await settle();

    assert.deepEqual(listener.batches, [[6]]);
  }, { before: 5, reading: () => () => Promise.resolve([]) });
});

Deno.test("a reading that fails is tried again after a second", async () => {
  let failures = 2;
  await withBus(async ({ listen, settle, advance, logs }) => {
    const listener = listen("a", { afterSeq: 0 });
    await settle();
    await advance(1_000);
    assert.deepEqual(listener.batches, []);

    await advance(1_000);

    assert.deepEqual(listener.batches, [[1, 2]]);
    assert.deepEqual(logs.map((line) => [line.level, line.message, line.fields.message]), [
      ["warn", "events could not be read again", "no store"],
      ["warn", "events could not be read again", "no store"],
    ]);
  }, {
    before: 2,
    reading: (read) => (after, limit) =>
      failures-- > 0 ? Promise.reject(new Error("no store")) : read(after, limit),
  });
});

Deno.test("a subscription of the same name takes the place of the first, whose batch is forgotten", async () => {
  await withBus(async ({ bus, listen, commit, settle, status }) => {
    const before = listen("a");
    commit("eaLost", "eaLost");
    await settle();

    const after = listen("a", { afterSeq: 0 });
    before.acknowledge();
    commit("eaLost");
    await settle();

    assert.deepEqual([before.batches, after.batches], [[[1, 2]], [[1, 2], [3]]]);
    bus.tell({ kind: "acknowledge", name: "a", seq: 1 });
    assert.deepEqual((await status()).subscribers, [{ name: "a", seq: 2, lag: 1 }]);
  });
});

Deno.test("a reading of a subscription that was replaced or ended meanwhile reaches nobody", async () => {
  const answers: (() => void)[] = [];
  await withBus(async ({ bus, listen, settle }) => {
    const [first, ended] = [listen("a", { afterSeq: 0 }), listen("b", { afterSeq: 0 })];
    const second = listen("a", { afterSeq: 1 });
    bus.tell({ kind: "unsubscribe", name: "b" });
    await settle();

    for (const answer of answers) answer();
    await settle();

    assert.deepEqual([first.batches, second.batches, ended.batches], [[], [[2]], []]);
  }, {
    before: 2,
    reading: (read) => (after, limit) =>
      new Promise((resolve) => answers.push(() => void read(after, limit).then(resolve))),
  });
});

Deno.test("a subscriber that throws is dropped with a line in the log, and the others go on", async () => {
  await withBus(async ({ bus, listen, commit, settle, status, logs, reports }) => {
    const deliver = () => {
      throw new Error("broken");
    };
    bus.tell({ kind: "subscribe", subscription: { name: "bad", afterSeq: "now", deliver } });
    const good = listen("good");
    commit("eaLost");
    await settle();

    assert.deepEqual(good.batches, [[1]]);
    assert.deepEqual((await status()).subscribers.map((line) => line.name), ["good"]);
    assert.deepEqual(logs.map((line) => [line.level, line.message, line.fields.name]), [
      ["error", "a subscriber threw and is dropped", "bad"],
    ]);
    assert.deepEqual(reports, []);
  });
});

Deno.test("an ended subscription hears nothing more", async () => {
  await withBus(async ({ bus, listen, commit, settle, status }) => {
    const listener = listen("a");
    bus.tell({ kind: "unsubscribe", name: "a" });
    commit("eaLost");
    await settle();

    assert.deepEqual([listener.batches, (await status()).subscribers], [[], []]);
  });
});

Deno.test("a subscriber ahead of the events is warned of, and hears what comes behind its place", async () => {
  await withBus(async ({ listen, commit, settle, logs }) => {
    const listener = listen("a", { afterSeq: 2 });
    commit("eaLost", "eaLost", "eaLost");
    await settle();

    assert.deepEqual(listener.batches, [[3]]);
    assert.deepEqual(logs.map((line) => line.fields), [{ name: "a", seq: 2, lastSeq: 0 }]);
  });
});

Deno.test("after a crash the bus serves its subscribers on, and what was under way once more", async () => {
  await withBus(async ({ bus, listen, commit, commitUntold, settle, reports }) => {
    const [done, open] = [listen("done"), listen("open")];
    commit("eaLost", "eaLost");
    await settle();
    done.acknowledge();
    commitUntold("eaLost");
    bus.tell({ kind: "committed", events: null as never });
    await settle();
    assert.equal(reports.length, 1);

    commit("eaLost");
    await settle();

    assert.deepEqual(done.batches, [[1, 2], [3]]);
    assert.deepEqual(open.batches, [[1, 2], [1, 2, 3]]);
    done.acknowledge();
    await settle();
    assert.deepEqual(done.batches, [[1, 2], [3], [4]]);
  });
});

Deno.test("an event the bus was never told of is found in the store when its number is missing", async () => {
  await withBus(async ({ listen, commit, commitUntold, settle }) => {
    const listener = listen("a");
    await settle();
    commitUntold("eaLost");
    commit("eaLost");
    await settle();

    assert.deepEqual(listener.batches, [[1, 2]]);
  });
});

Deno.test("on any schedule every subscriber hears each wanted event once, in order", async () => {
  const kinds: EventKind[] = ["eaLost", "userChanged", "tradingResumed"];
  const step = fc.oneof(
    fc.array(fc.constantFrom(...kinds), { minLength: 1, maxLength: 5 }).map((commit) => ({ commit })),
    fc.nat(3).map((acknowledge) => ({ acknowledge })),
    fc.record({ subscribe: fc.nat(3), afterSeq: fc.nat(40), kinds: fc.subarray(kinds, { minLength: 1 }) }),
    fc.constant({ settle: true }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.integer(),
      fc.nat(40),
      fc.array(step, { maxLength: 40 }),
      async (seed, before, steps) => {
        await withBus(async ({ listen, commit, settle, disk }) => {
          await settle();
          const listeners = new Map<
            string,
            { listener: Listener; afterSeq: number; kinds: readonly EventKind[] }
          >();
          const acknowledgeOpen = (listener: Listener, acknowledged: WeakSet<number[]>) => {
            const latest = listener.batches.at(-1);
            if (latest === undefined || acknowledged.has(latest)) return false;
            acknowledged.add(latest);
            listener.acknowledge();
            return true;
          };
          const acknowledged = new WeakSet<number[]>();
          for (const made of steps) {
            if ("commit" in made) commit(...made.commit);
            else if ("settle" in made) await settle();
            else if ("acknowledge" in made) {
              const known = listeners.get(`s${made.acknowledge}`);
              if (known !== undefined) acknowledgeOpen(known.listener, acknowledged);
            } else if (!listeners.has(`s${made.subscribe}`)) {
              const afterSeq = Math.min(made.afterSeq, disk.length);
              const listener = listen(`s${made.subscribe}`, { afterSeq, kinds: made.kinds });
              listeners.set(`s${made.subscribe}`, { listener, afterSeq, kinds: made.kinds });
            }
          }
          for (let more = true; more;) {
            await settle();
            more = [...listeners.values()].map(({ listener }) => acknowledgeOpen(listener, acknowledged))
              .includes(true);
          }

          for (const { listener, afterSeq, kinds } of listeners.values()) {
            const wanted = disk.filter((stored) =>
              stored.seq > afterSeq && kinds.includes(stored.event.kind)
            );
            assert.deepEqual(listener.batches.flat(), wanted.map((stored) => stored.seq));
          }
        }, { seed, before });
      },
    ),
    { numRuns: 100 },
  );
});
