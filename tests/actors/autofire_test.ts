/**
 * The autofire actor: one decision per signal and user, in one commit, told only after it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { newUser } from "../../domain/tier.ts";
import type { AutofireView, FireAnswer } from "../../protocols/autofire.ts";
import type { Signal } from "../../protocols/signal.ts";
import { confidence, eaId, missionId, price, signalId, symbolName, userId } from "../../protocols/units.ts";
import { makeEa, makeUser } from "../kit/decisions.ts";
import { inRoom, type Room } from "../kit/execution_room.ts";
import { makeSignal, TUESDAY_MS } from "../kit/signals.ts";
import { EA, eaTick, makeConfirmation, makeHeartbeat } from "../kit/slots.ts";

const U17 = userId("u17");

/** The EA is ready and quotes EURUSD and GBPUSD. */
async function ready(room: Room): Promise<void> {
  await room.beat();
  await room.tick(1.2999, { symbol: symbolName("GBPUSD"), ask: price(1.3) });
  await room.tick(1.0999);
}

const gbpusd = (changes: Partial<Signal> = {}) =>
  makeSignal({
    id: signalId("ELITE_RAPID_BB_SCALP_GBPUSD_1783418400"),
    symbol: symbolName("GBPUSD"),
    entry: price(1.3),
    stopLoss: price(1.2985),
    takeProfit: price(1.302),
    ...changes,
  });

const decisions = (room: Room) => room.rows("decisions").map((each) => [each.userId, each.code]).toSorted();
const statuses = (room: Room) =>
  room.rows("fires").map((each) => [each.userId, each.symbol, each.status]).toSorted();
const manual = (room: Room, id: string, user = "u17") =>
  room.ask<FireAnswer>(
    room.autofires.get(user)!,
    (reply) => ({ kind: "manualFire", missionId: missionId(id), reply }),
  );
const view = (room: Room, user = "u17") =>
  room.ask<AutofireView>(room.autofires.get(user)!, (reply) => ({ kind: "view", reply }));

Deno.test("a signal becomes mission, decision, fire and cursor in one commit, and then a command", async () => {
  await inRoom(async (room) => {
    await ready(room);
    const before = room.disk.commits;
    await room.raise(makeSignal());

    const [mission] = room.rows("missions");
    const [fire] = room.rows("fires");
    const [decision] = room.rows("decisions");
    assert.deepEqual(mission, {
      id: "ELITE_RAPID_BB_SCALP_EURUSD_1783418400_USER_u17",
      signalId: "ELITE_RAPID_BB_SCALP_EURUSD_1783418400",
      userId: "u17",
      status: "FIRED",
      offeredAtMs: TUESDAY_MS,
      expiresAtMs: TUESDAY_MS + 900_000,
    });
    assert.deepEqual([fire?.status, fire?.lots, fire?.missionId], ["sent", 2.99, mission?.id]);
    assert.deepEqual([decision?.code, decision?.reason], [
      "FIRED",
      `fire ${fire?.id}: 2.99 lots risk 4.99 %`,
    ]);
    const raised = room.events().findLast(({ event }) => event.kind === "signalRaised")!;
    assert.deepEqual(room.rows("cursors").find((each) => each.name === "autofire/u17")?.seq, raised.seq);
    // One for the signal, one for the decision, one for `sent`.
    assert.equal(room.disk.commits - before, 3);
    assert.deepEqual(room.kinds().slice(-4), ["signalRaised", "missionOffered", "slotTaken", "fireSent"]);
    assert.equal(room.fired().length, 1);
  });
});

Deno.test("a fire's id is its own: never the signal's, different for two users, at most 31 characters", async () => {
  const users = [makeUser(), makeUser({ id: userId("u18") })];
  await inRoom(async (room) => {
    const other = eaId("user_demo_00018");
    room.write({ put: "ea_instances", row: makeEa({ id: other, userId: userId("u18") }) });
    room.autofires.get("u18")?.tell({ kind: "easChanged", eaIds: [other] });
    await ready(room);
    const slot = room.slots.ensure(other, other);
    slot.tell({ kind: "heartbeat", heartbeat: makeHeartbeat({}, { eaId: other }), receivedAtMs: TUESDAY_MS });
    slot.tell({ kind: "tick", tick: eaTick(1.0999, TUESDAY_MS, { feed: other }), brokerSymbol: "EURUSD.r" });
    await room.raise(makeSignal());

    const ids = room.rows("fires").map((fire) => fire.id);
    assert.deepEqual(statuses(room), [["u17", "EURUSD", "sent"], ["u18", "EURUSD", "sent"]]);
    assert.equal(new Set(ids).size, 2);
    assert.deepEqual(ids.filter((id) => id.length > 31 || String(id) === makeSignal().id), []);
  }, { users });
});

Deno.test("one signal told many times is fired once", async () => {
  await inRoom(async (room) => {
    await ready(room);
    await room.raise(makeSignal());
    const batch = room.events().filter(({ event }) => event.kind === "signalRaised");
    for (let nth = 0; nth < 5; nth++) room.autofires.get("u17")?.tell({ kind: "events", batch });
    await room.settle();
    // The same signal raised anew: other seq, same signal.
    await room.raise(makeSignal());

    assert.deepEqual([room.rows("fires").length, room.fired().length, decisions(room)], [1, 1, [[
      "u17",
      "FIRED",
    ]]]);
    assert.equal(room.kinds().filter((kind) => kind === "missionOffered").length, 1);
  });
});

Deno.test("a refused signal is offered as a mission, with gate and reason on disk and on the bus", async () => {
  await inRoom(async (room) => {
    await ready(room);
    await room.raise(makeSignal({ confidence: confidence(89.5) }));

    assert.deepEqual(room.rows("missions").map((each) => each.status), ["OFFERED"]);
    assert.deepEqual(room.rows("decisions").map((each) => [each.code, each.reason]), [
      ["CONFIDENCE_OUT_OF_BAND", "confidence 89.5 is outside 80 to 89"],
    ]);
    assert.deepEqual(room.events().at(-1)?.event, {
      kind: "decisionRefused",
      signalId: makeSignal().id,
      userId: "u17",
      code: "CONFIDENCE_OUT_OF_BAND",
      reason: "confidence 89.5 is outside 80 to 89",
    });
    assert.deepEqual(room.rows("fires"), []);
  });
});

Deno.test("a user in SELECT is offered the mission and fires it by hand, once", async () => {
  await inRoom(async (room) => {
    await ready(room);
    await room.raise(makeSignal());
    assert.deepEqual([decisions(room), room.rows("fires")], [[["u17", "MODE_NOT_AUTO"]], []]);

    const id = room.rows("missions")[0]!.id;
    const answer = await manual(room, id);
    const again = await manual(room, id);

    assert.equal(answer.ok && answer.fire.origin, "MANUAL");
    assert.deepEqual(again.ok ? null : again.refusal.code, "SIGNAL_DUPLICATE");
    assert.deepEqual([room.rows("missions")[0]?.status, decisions(room), room.fired().length], [
      "FIRED",
      [["u17", "FIRED"]],
      1,
    ]);
  }, { users: [makeUser({ mode: "SELECT" })] });
});

Deno.test("a mission that is unknown, another's, or over is answered with a reason", async () => {
  const users = [makeUser({ mode: "SELECT" }), newUser(userId("u18"), "NIBBLER", 0)];
  await inRoom(async (room) => {
    await ready(room);
    await room.raise(makeSignal());
    const code = (answer: FireAnswer) =>
      answer.ok ? "FIRED" : `${answer.refusal.code}: ${answer.refusal.reason}`;
    const own = "ELITE_RAPID_BB_SCALP_EURUSD_1783418400_USER_u17";

    assert.equal(code(await manual(room, "nothing")), "SIGNAL_EXPIRED: there is no mission nothing");
    assert.match(
      code(await manual(room, own, "u18")),
      /^TIER_NOT_ALLOWED: mission .* was offered to user u17$/,
    );
    await room.advance(900_001);
    assert.match(code(await manual(room, own)), /^SIGNAL_EXPIRED: the mission expired 0 s ago$/);
    await room.advance(60_000);
    assert.deepEqual(room.rows("missions").map((each) => each.status), ["EXPIRED", "EXPIRED"]);
  }, { users });
});

Deno.test("a user without the right to see a signal is offered nothing", async () => {
  await inRoom(async (room) => {
    await ready(room);
    await room.raise(makeSignal({ signalClass: "SNIPER" }));

    assert.deepEqual([room.rows("missions"), decisions(room)], [[], [["u17", "MODE_NOT_AUTO"]]]);
  }, { users: [newUser(U17, "PRESS_PASS", 0)] });
});

Deno.test("nothing is fired when the disk says no, and the next signal is decided as ever", async () => {
  await inRoom(async (room) => {
    await ready(room);
    const event = { kind: "signalRaised", signal: makeSignal() } as const;
    room.write({ event, source: "test", atMs: TUESDAY_MS });
    room.disk.failNext(1);
    room.autofires.get("u17")?.tell({ kind: "events", batch: room.events().slice(-1) });
    await room.settle();
    assert.deepEqual([room.rows("fires"), room.rows("missions"), room.fired()], [[], [], []]);
    assert.equal((await view(room)).slots, "0/10");

    await room.raise(gbpusd());

    assert.deepEqual(statuses(room), [["u17", "GBPUSD", "sent"]]);
  });
});

Deno.test("a decision that was stored but not answered counts, and its fire is carried out once", async () => {
  await inRoom(async (room) => {
    await ready(room);
    room.write({ event: { kind: "signalRaised", signal: makeSignal() }, source: "test", atMs: TUESDAY_MS });
    room.disk.throwNext(new Error("power"), "after");
    room.autofires.get("u17")?.tell({ kind: "events", batch: room.events().slice(-1) });
    await room.settle();

    assert.deepEqual([statuses(room), room.fired().length], [[["u17", "EURUSD", "sent"]], 1]);
    assert.equal((await view(room)).openFires.length, 1);
  });
});

Deno.test("a fire reserved just before a restart is told to its slot again", async () => {
  const disk = await inRoom(async (room) => {
    await ready(room);
    // The chart falls silent, so the fire waits in its slot.
    await room.advance(6_000);
    await room.raise(makeSignal());
    assert.deepEqual(statuses(room), [["u17", "EURUSD", "reserved"]]);
  });
  await inRoom(async (room) => {
    await ready(room);
    await room.tick();

    assert.deepEqual([statuses(room), room.fired().length], [[["u17", "EURUSD", "sent"]], 1]);
    assert.deepEqual((await view(room)).slots, "1/10");
  }, { disk, startMs: TUESDAY_MS + 10_000 });
});

Deno.test("a signal decided before a restart is not decided again after it", async () => {
  const disk = await inRoom(async (room) => {
    await ready(room);
    await room.raise(makeSignal());
  });
  await inRoom(async (room) => {
    await ready(room);
    await room.settle();

    assert.deepEqual([room.rows("fires").length, room.fired(), decisions(room)], [1, [], [["u17", "FIRED"]]]);
  }, { disk, startMs: TUESDAY_MS + 1_000 });
});

Deno.test("a signal raised while the house was down is too old to fire, and says so", async () => {
  const disk = await inRoom(async (room) => {
    await ready(room);
    await room.raise(makeSignal());
  });
  const signal = gbpusd();
  disk.commit([[{ event: { kind: "signalRaised", signal }, source: "test", atMs: TUESDAY_MS }]]);
  await inRoom(async (room) => {
    await ready(room);

    assert.deepEqual(decisions(room), [["u17", "FIRED"], ["u17", "SIGNAL_EXPIRED"]]);
    assert.deepEqual(room.fired(), []);
  }, { disk, startMs: TUESDAY_MS + 120_000 });
});

Deno.test("two signals at one moment never take more than the slots allowed", async () => {
  await inRoom(async (room) => {
    await ready(room);
    await Promise.all([room.raise(makeSignal()), room.raise(gbpusd())]);

    assert.deepEqual(decisions(room), [["u17", "FIRED"], ["u17", "SLOTS_FULL"]]);
    assert.equal(room.rows("fires").length, 1);
  }, { users: [makeUser({ maxAutoSlots: 1 })] });
});

Deno.test("a slot is free again when its fire ends, and not before", async () => {
  await inRoom(async (room) => {
    await ready(room);
    await room.raise(makeSignal());
    const { id } = room.rows("fires")[0]!;
    await room.confirm(makeConfirmation({ fireId: id }));
    assert.equal((await view(room)).slots, "1/1");
    await room.raise(gbpusd());
    assert.deepEqual(decisions(room), [["u17", "FIRED"], ["u17", "SLOTS_FULL"]]);
    const close = { status: "closed", reason: "CLOSED_BY_OPERATOR" };
    await room.ask(
      room.slots.get(EA)!,
      (reply) => ({ kind: "resolve", fireId: id, resolution: close, by: "ann", reply }),
    );
    assert.equal((await view(room)).slots, "0/1");
    await room.tick(1.2999, { symbol: symbolName("GBPUSD"), ask: price(1.3) });
    await room.raise(gbpusd({ id: signalId("ELITE_RAPID_BB_SCALP_GBPUSD_1783418401") }));

    assert.deepEqual(statuses(room), [["u17", "EURUSD", "closed"], ["u17", "GBPUSD", "reserved"]]);
  }, { users: [makeUser({ maxAutoSlots: 1 })] });
});

Deno.test("a user's halt stops what waits in his slots and what comes", async () => {
  await inRoom(async (room) => {
    await ready(room);
    await room.advance(6_000);
    await room.raise(makeSignal());
    const user = makeUser({ halted: true });
    await room.ask<void>(room.autofires.get("u17")!, (reply) => ({ kind: "userChanged", user, reply }));
    await room.raise(gbpusd());

    assert.deepEqual(room.rows("fires").map((fire) => [fire.status, fire.code]), [[
      "refused",
      "USER_HALTED",
    ]]);
    assert.deepEqual(decisions(room), [["u17", "FIRED"], ["u17", "USER_HALTED"]]);
  });
});

Deno.test("of two EAs the one that can carry the fire gets it", async () => {
  await inRoom(async (room) => {
    const other = eaId("user_demo_00018");
    room.write({ put: "ea_instances", row: makeEa({ id: other, chartSymbol: "EURUSD.r" }) });
    room.autofires.get("u17")?.tell({ kind: "easChanged", eaIds: [EA, other] });
    const slot = room.slots.ensure(other, other);
    slot.tell({ kind: "heartbeat", heartbeat: makeHeartbeat({}, { eaId: other }), receivedAtMs: TUESDAY_MS });
    slot.tell({ kind: "tick", tick: eaTick(1.0999, TUESDAY_MS, { feed: other }), brokerSymbol: "EURUSD.r" });
    await room.settle();
    await room.raise(makeSignal());

    assert.deepEqual(room.rows("fires").map((fire) => [fire.eaId, fire.status]), [[other, "sent"]]);
  });
});

Deno.test("a user without an EA is told so", async () => {
  await inRoom(async (room) => {
    room.autofires.get("u17")?.tell({ kind: "easChanged", eaIds: [] });
    await room.raise(makeSignal());

    assert.deepEqual(room.rows("decisions").map((each) => [each.code, each.reason]), [
      ["EA_OFFLINE", "user u17 has no EA: link one"],
    ]);
  });
});

Deno.test("halt is remembered over a restart by autofire itself", async () => {
  const disk = await inRoom(async (room) => {
    await ready(room);
    await room.ask(room.desk, (reply) => ({ kind: "halt", by: "ann", reason: "test", reply }));
  });
  await inRoom(async (room) => {
    await ready(room);
    await room.raise(makeSignal());

    assert.deepEqual(decisions(room), [["u17", "TRADING_HALTED"]]);
  }, { disk });
});
