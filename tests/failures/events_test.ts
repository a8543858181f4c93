/**
 * Recorded failure of events that nobody sent or heard: a contract over every kind there is.
 *
 * @module
 */
import assert from "node:assert/strict";
import { alertText } from "../../domain/alert.ts";
import { troublesOf } from "../../domain/desk.ts";
import { trackingLine } from "../../domain/tracking.ts";
import type { BittenEvent, Condition, EventKind, StoredEvent } from "../../protocols/events.ts";
import { eaId, missionId, userId } from "../../protocols/units.ts";
import { makeUser } from "../kit/http_api.ts";
import { emptyWorld } from "../kit/house.ts";
import { makeFire } from "../kit/records.ts";
import { makeOutcome, makeSignal, TUESDAY_MS } from "../kit/signals.ts";
import { ANN_EA, type Floor, onFloor } from "./floor.ts";
import { CALM, FALL, REBUFFS, storeHistory } from "./market_history.ts";
import { inMarket } from "./market_setup.ts";
import { type Hearer, HEARERS, subscriptions } from "./subscribers.ts";

const signal = makeSignal();
const fire = makeFire();
const condition: Condition = { code: "FEED_SILENT", subject: "", message: "no tick", sinceMs: TUESDAY_MS };

/**
 * One event of every kind and who hears it; everybody else ignores it on purpose. A kind that is left out, or that
 * does not exist, does not compile.
 */
const CONTRACT: {
  readonly [K in EventKind]: {
    readonly sample: Extract<BittenEvent, { kind: K }>;
    readonly heardBy: readonly Hearer[];
  };
} = {
  signalRaised: {
    sample: { kind: "signalRaised", signal },
    heardBy: ["analytics", "autofire", "outcome_opener", "signal_publisher", "telegram"],
  },
  signalShadowed: {
    sample: { kind: "signalShadowed", signal: makeSignal({ shadow: true, shadowReason: "spread" }) },
    heardBy: ["analytics", "outcome_opener"],
  },
  outcomeResolved: {
    sample: { kind: "outcomeResolved", signal, outcome: makeOutcome(signal) },
    heardBy: ["analytics", "journal"],
  },
  missionOffered: {
    sample: {
      kind: "missionOffered",
      mission: {
        id: missionId(`${signal.id}_USER_ann`),
        signalId: signal.id,
        userId: userId("ann"),
        status: "OFFERED",
        offeredAtMs: TUESDAY_MS,
        expiresAtMs: TUESDAY_MS + 900_000,
      },
    },
    heardBy: [],
  },
  decisionRefused: {
    sample: {
      kind: "decisionRefused",
      signalId: signal.id,
      userId: userId("ann"),
      code: "SLOTS_FULL",
      reason: "10 of 10",
    },
    heardBy: [],
  },
  slotTaken: { sample: { kind: "slotTaken", fire }, heardBy: [] },
  fireSent: { sample: { kind: "fireSent", fire: makeFire({ status: "sent" }) }, heardBy: [] },
  fireFilled: {
    sample: { kind: "fireFilled", fire: makeFire({ status: "filled" }) },
    heardBy: ["desk", "telegram"],
  },
  fireRefused: { sample: { kind: "fireRefused", fire: makeFire({ status: "refused" }) }, heardBy: ["desk"] },
  fireRejected: {
    sample: { kind: "fireRejected", fire: makeFire({ status: "rejected" }) },
    heardBy: ["desk"],
  },
  fireAmbiguous: {
    sample: { kind: "fireAmbiguous", fire: makeFire({ status: "ambiguous" }) },
    heardBy: ["desk"],
  },
  fireExpired: { sample: { kind: "fireExpired", fire: makeFire({ status: "expired" }) }, heardBy: ["desk"] },
  fireClosed: {
    sample: { kind: "fireClosed", fire: makeFire({ status: "closed" }) },
    heardBy: ["desk", "telegram"],
  },
  fireAmended: { sample: { kind: "fireAmended", fire: makeFire({ status: "closed" }) }, heardBy: [] },
  slotReleased: { sample: { kind: "slotReleased", fire: makeFire({ status: "closed" }) }, heardBy: [] },
  eaConnected: {
    sample: { kind: "eaConnected", eaId: eaId("ea-1"), userId: null, nodeId: "NODE_1_1" },
    heardBy: ["desk"],
  },
  eaReconciled: { sample: { kind: "eaReconciled", eaId: eaId("ea-1"), openFires: 2 }, heardBy: [] },
  eaLost: { sample: { kind: "eaLost", eaId: eaId("ea-1"), silentMs: 90_000 }, heardBy: ["desk"] },
  userChanged: { sample: { kind: "userChanged", user: makeUser() }, heardBy: [] },
  tradingHalted: {
    sample: { kind: "tradingHalted", by: "admin", reason: "news", queuedFires: ["F7Q2K9-u17"] },
    heardBy: ["telegram"],
  },
  tradingResumed: { sample: { kind: "tradingResumed", by: "admin" }, heardBy: ["telegram"] },
  conditionRaised: { sample: { kind: "conditionRaised", condition }, heardBy: ["telegram"] },
  conditionCleared: {
    sample: { kind: "conditionCleared", code: "FEED_SILENT", subject: "" },
    heardBy: ["telegram"],
  },
};

const KINDS = Object.keys(CONTRACT) as EventKind[];
const stored = (kind: EventKind, seq = 1): StoredEvent => ({
  seq,
  atMs: TUESDAY_MS,
  source: "contract",
  event: CONTRACT[kind].sample,
});
const kindsHeardBy = (hearer: Hearer) =>
  KINDS.filter((kind) => CONTRACT[kind].heardBy.includes(hearer)).toSorted();

Deno.test("F36: every kind of event is stored and handed out as it was said, in order", async () => {
  const world = emptyWorld();
  await inMarket(async ({ house }) => {
    const writes = KINDS.map((kind) => ({
      event: CONTRACT[kind].sample,
      source: "contract",
      atMs: TUESDAY_MS,
    }));
    const committed = house.at.store.commit(writes);
    await house.flow();
    assert.ok((await committed).ok);
    const said = (events: readonly StoredEvent[]) =>
      events.filter(({ source }) => source === "contract").map(({ event }) => event);

    assert.deepEqual(said(world.store.events(0, 1_000)), KINDS.map((kind) => CONTRACT[kind].sample));
    assert.deepEqual(said(house.events), KINDS.map((kind) => CONTRACT[kind].sample));
  }, { world });
});

Deno.test("F36: every subscriber of the house asks for exactly the kinds that the contract gives him", async () => {
  const asked = await subscriptions();

  assert.deepEqual(
    Object.fromEntries(HEARERS.map((hearer) => [hearer, asked.get(hearer)?.toSorted()])),
    Object.fromEntries(HEARERS.map((hearer) => [hearer, kindsHeardBy(hearer)])),
  );
});

Deno.test("F36: the house has no subscriber that the contract does not know", async () => {
  await inMarket(async (market) => {
    await market.house.user("ann", ANN_EA);
    const { subscribers } = await market.ask<{ subscribers: readonly { name: string }[] }>(
      market.house.at.bus as never,
      (reply) => ({ kind: "status", reply }),
    );

    const known = subscribers.map(({ name }) => name.replace(/[/:].*$/, "")).filter((name) =>
      name !== "test"
    );
    assert.deepEqual(known.toSorted(), HEARERS.filter((hearer) => hearer !== "telegram").toSorted());
  });
});

Deno.test("F36: who hears a kind does something about it: a line in the chat, a trouble, a line in the tracking file", () => {
  const heard = (does: (event: StoredEvent) => unknown) =>
    KINDS.filter((kind) => {
      const done = does(stored(kind));
      return Array.isArray(done) ? done.length > 0 : done !== null;
    }).toSorted();

  assert.deepEqual(heard(({ event }) => alertText(event)), kindsHeardBy("telegram"));
  assert.deepEqual(heard(troublesOf), kindsHeardBy("desk"));
  assert.deepEqual(heard(trackingLine), kindsHeardBy("journal"));
});

/** Kinds said by the house's own actors: what a test committed itself does not count. */
function saidBy(events: readonly StoredEvent[]): readonly EventKind[] {
  return events.filter(({ source }) => source !== "test").map(({ event }) => event.kind);
}

/** A trader's whole life: fills, refusals, doubts, closes, a halt, a lost EA. */
async function live(floor: Floor): Promise<void> {
  const ea = await floor.ready({ variant: "v2.06H" });
  await floor.house.user("ann", ANN_EA);
  const raise = () => floor.raise(floor.signal(ea, "EURUSD", { feed: eaId(ANN_EA) }));
  const settle = (body: unknown) => floor.admin("POST", `/admin/api/fires/${floor.fire().id}/resolve`, body);
  await floor.run(2);
  await floor.raise(floor.signal(ea, "EURUSD", { confidence: 95 as never }));
  await raise();
  await ea.confirm(ea.fill());
  await floor.run(35);
  ea.price("EURUSD", 1.1031, 1.1032);
  await floor.run(2);
  await ea.confirm(ea.close(ea.positions[0]!.ticket, 1.103, "TP"));
  await floor.run(2);
  await raise();
  await ea.confirm(ea.refusal("Trade failed - Error: 4756 Result: 10019"));
  await floor.run(2);
  await raise();
  await floor.run(25);
  await settle({ status: "expired" });
  await raise();
  await ea.confirm(ea.fill());
  await floor.run(2);
  await settle({ status: "closed" });
  await ea.confirm(ea.close(ea.positions[0]!.ticket, 1.1, "CLIENT"));
  await floor.run(2);
  ea.still.add("EURUSD");
  await floor.run(6);
  await raise();
  await floor.run(62);
  await floor.admin("POST", "/admin/api/halt", { reason: "a look" });
  await floor.admin("POST", "/admin/api/resume", {});
  ea.gone = true;
  await floor.run(110);
}

Deno.test("F36: the house itself says every kind of event there is", async () => {
  const said = new Set<EventKind>();
  const world = emptyWorld();
  storeHistory(world, [...CALM, FALL], TUESDAY_MS);
  await inMarket(async (market) => {
    for (const rebuff of REBUFFS) await market.candle(rebuff);
    await market.tick(1.0994);
    for (const kind of saidBy(world.store.events(0, 1_000))) said.add(kind);
  }, { world });
  await onFloor(async (floor) => {
    await live(floor);
    for (const kind of saidBy(floor.world.store.events(0, 1_000))) said.add(kind);
  });

  assert.deepEqual(KINDS.filter((kind) => !said.has(kind)), []);
});
