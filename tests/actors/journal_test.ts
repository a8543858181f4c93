/**
 * The journal actor: exactly one line per known outcome, over kills, full disks and repeated deliveries.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { eventBusActor, subscriberBook } from "../../actors/event_bus.ts";
import { journalActor } from "../../actors/journal.ts";
import { storeActor, storeClient } from "../../actors/store.ts";
import { trackingLine } from "../../domain/tracking.ts";
import type { DeskMessage } from "../../protocols/desk.ts";
import type { EventBusMessage } from "../../protocols/event_bus.ts";
import type { BittenEvent, StoredEvent } from "../../protocols/events.ts";
import type { JournalMessage } from "../../protocols/gateways.ts";
import { signalId } from "../../protocols/units.ts";
import type { StoreMessage } from "../../protocols/store.ts";
import { supervisor, worker } from "../../runtime/supervisor.ts";
import { memoryLineJournal } from "../kit/memory_journal.ts";
import { memoryStore } from "../kit/memory_store.ts";
import { makeOutcome, makeSignal, TUESDAY_MS } from "../kit/signals.ts";
import { spawnOne, testSystem } from "../kit/test_system.ts";

function outcome(seq: number): StoredEvent {
  const signal = makeSignal({ id: signalId(`S${seq}`) });
  const event: BittenEvent = { kind: "outcomeResolved", signal, outcome: makeOutcome(signal) };
  return { seq, atMs: TUESDAY_MS + 600_000, source: "outcomes", event };
}

const linesOf = (events: readonly StoredEvent[]) => events.map((stored) => trackingLine(stored));

/** A journal actor whose bus and desk only listen. */
function openJournal() {
  const house = testSystem();
  const journal = memoryLineJournal();
  const told: EventBusMessage[] = [];
  const desk: DeskMessage[] = [];
  const actor = journalActor({
    journal,
    bus: { tell: (message) => told.push(message) > 0 },
    desk: { tell: (message) => desk.push(message) > 0 },
  });
  const ref = spawnOne<JournalMessage>(house.system, actor);
  return { ...house, journal, told, desk, ref };
}

Deno.test("the journal subscribes behind what it has, to outcomes alone", async () => {
  const { system, settle, told } = openJournal();
  await settle();

  assert.deepEqual(told.map((m) => m.kind === "subscribe" && { ...m.subscription, deliver: null }), [
    { name: "journal", kinds: ["outcomeResolved"], afterSeq: 0, deliver: null },
  ]);
  await system.stop();
});

Deno.test("the journal writes a batch, then acknowledges it", async () => {
  const { system, settle, told, ref, journal } = openJournal();
  const batch = [outcome(3), outcome(8)];
  await settle();

  ref.tell({ kind: "events", batch });
  await settle();

  assert.deepEqual(journal.lines, linesOf(batch));
  assert.deepEqual(told.slice(1), [{ kind: "acknowledge", name: "journal", seq: 8 }]);
  await system.stop();
});

Deno.test("the journal passes over what it was sent before", async () => {
  const { system, settle, told, ref, journal } = openJournal();
  ref.tell({ kind: "events", batch: [outcome(3), outcome(8)] });
  ref.tell({ kind: "events", batch: [outcome(3), outcome(8), outcome(9)] });
  ref.tell({ kind: "events", batch: [outcome(9)] });
  await settle();

  assert.deepEqual(journal.lines, linesOf([outcome(3), outcome(8), outcome(9)]));
  assert.deepEqual(told.slice(1).map((m) => m.kind === "acknowledge" && m.seq), [8, 9, 9]);
  await system.stop();
});

Deno.test("the journal waits for a full disk with a condition raised, and clears it when the lines are in", async () => {
  const { system, settle, advance, told, desk, ref, journal, reports } = openJournal();
  journal.failNext(2);
  ref.tell({ kind: "events", batch: [outcome(3)] });
  await settle();
  await advance(5_000);
  assert.deepEqual([journal.lines, told.length], [[], 1]);

  await advance(5_000);

  assert.deepEqual(journal.lines, linesOf([outcome(3)]));
  assert.deepEqual(told.slice(1), [{ kind: "acknowledge", name: "journal", seq: 3 }]);
  assert.deepEqual(desk, [
    {
      kind: "raise",
      code: "JOURNAL_UNWRITABLE",
      subject: "",
      message: "comprehensive_tracking.jsonl: No space left on device. " +
        "Make room or mend the folder: it is tried again by itself",
    },
    { kind: "clear", code: "JOURNAL_UNWRITABLE", subject: "" },
  ]);
  assert.deepEqual(reports, []);
  await system.stop();
});

Deno.test("stopping writes what was delivered before", async () => {
  const { system, settle, ref, journal } = openJournal();
  await settle();
  ref.tell({ kind: "events", batch: [outcome(3)] });

  await system.stop();

  assert.deepEqual(journal.lines, linesOf([outcome(3)]));
});

/** Store, bus and journal as the house has them, over disks that outlive it. */
async function live(
  disks: {
    readonly edge: ReturnType<typeof memoryStore>;
    readonly journal: ReturnType<typeof memoryLineJournal>;
  },
  seed: number,
  run: (house: ReturnType<typeof testSystem>, store: ReturnType<typeof storeClient>) => Promise<void>,
): Promise<void> {
  const house = testSystem({ seed });
  const store = storeClient(house.system.ref<StoreMessage>("bitten/store"));
  const bus = house.system.ref<EventBusMessage>("bitten/event_bus");
  const subscribers = subscriberBook();
  const desk = { tell: () => true };
  await house.system.start(supervisor("bitten", {
    intensity: { restarts: 100, withinMs: 1_000 },
    children: [
      worker("store", () => storeActor({ edge: disks.edge, bus })),
      worker("event_bus", () => eventBusActor({ store, subscribers })),
      worker("journal", () => journalActor({ journal: disks.journal, bus, desk })),
    ],
  }));
  house.system.go();
  await run(house, store);
  await house.system.stop();
}

Deno.test("every outcome on disk has exactly one line, whatever was killed and whenever", async () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 1, max: 6 }).map((commit) => ({ commit })) },
    { weight: 2, arbitrary: fc.constant({ settle: true }) },
    { weight: 1, arbitrary: fc.constantFrom("store", "event_bus", "journal").map((kill) => ({ kill })) },
    { weight: 1, arbitrary: fc.nat(3).map((tear) => ({ tear })) },
    { weight: 1, arbitrary: fc.constant({ reboot: true }) },
  );
  await fc.assert(
    fc.asyncProperty(fc.integer(), fc.array(step, { maxLength: 25 }), async (seed, steps) => {
      const disks = { edge: memoryStore(), journal: memoryLineJournal() };
      const remaining = [...steps];
      let made = 0;
      do {
        await live(disks, seed, async ({ system, settle, advance }, store) => {
          for (let next = remaining.shift(); next !== undefined; next = remaining.shift()) {
            if ("reboot" in next) {
              system.kill("bitten");
              disks.journal.crash();
              return;
            }
            if ("settle" in next) await settle();
            else if ("kill" in next) system.kill(`bitten/${next.kill}`);
            else if ("tear" in next) disks.journal.killNextAfter(next.tear);
            else {
              const { event, source, atMs } = outcome(made += 1);
              const other: BittenEvent = { kind: "tradingResumed", by: "op" };
              const rest = Array.from({ length: next.commit }, () => ({ event: other, source, atMs }));
              void store.commit([{ event, source, atMs }, ...rest]).catch(() => {});
            }
          }
          await settle();
          await advance(10_000);
        });
      } while (remaining.length > 0);
      disks.journal.killNextAfter(Infinity);
      await live(disks, seed, ({ advance }) => advance(20_000));

      const onDisk = disks.edge.events(0, 1_000).filter(({ event }) => event.kind === "outcomeResolved");
      assert.deepEqual(disks.journal.lines, linesOf(onDisk));
      disks.edge.close();
    }),
    { numRuns: 60 },
  );
});
