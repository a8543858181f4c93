/**
 * The desk: halt that nothing undoes, users and their EAs, and troubles raised once and cleared once.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { AutofireView } from "../../protocols/autofire.ts";
import type { FlattenReport, HaltState, UserChange } from "../../protocols/desk.ts";
import type { Condition } from "../../protocols/events.ts";
import { eaId, fireId, userId } from "../../protocols/units.ts";
import type { User } from "../../protocols/user.ts";
import { makeEa, makeUser } from "../kit/decisions.ts";
import { inRoom, type Room } from "../kit/execution_room.ts";
import { makeFire } from "../kit/records.ts";
import { makeSignal, TUESDAY_MS } from "../kit/signals.ts";
import { EA, filledFire, sentFire } from "../kit/slots.ts";

const halt = (room: Room) =>
  room.ask<HaltState>(room.desk, (reply) => ({ kind: "halt", by: "ann", reason: "news", reply }));
const resume = (room: Room) =>
  room.ask<HaltState>(room.desk, (reply) => ({ kind: "resume", by: "bob", reply }));
const haltState = (room: Room) => room.ask<HaltState>(room.desk, (reply) => ({ kind: "haltState", reply }));
const change = (room: Room, wanted: UserChange) =>
  room.ask<User | { error: string }>(
    room.desk,
    (reply) => ({ kind: "changeUser", change: wanted, by: "ann", reply }),
  );
const users = (room: Room) =>
  room.ask<{ user: User; eaIds: string[] }[]>(room.desk, (reply) => ({ kind: "users", reply }));
const view = (room: Room, user: string) =>
  room.ask<AutofireView>(room.autofires.get(user)!, (reply) => ({ kind: "view", reply }));
const raise = (room: Room, code: string, subject = "") =>
  room.desk.tell({ kind: "raise", code, subject, message: `${code} is up` });

async function ready(room: Room): Promise<void> {
  await room.beat();
  await room.tick();
}

Deno.test("halt shuts the last door first, stops everybody, and is on disk before it is answered", async () => {
  await inRoom(async (room) => {
    await ready(room);
    const state = await halt(room);
    await room.raise(makeSignal());

    assert.deepEqual(state, {
      halted: true,
      by: "ann",
      reason: "news",
      sinceMs: TUESDAY_MS,
      mayStillFill: [],
    });
    assert.equal(room.sent[0], "halt true");
    assert.deepEqual(room.rows("settings").find((each) => each.name === "halt")?.value, {
      halted: true,
      by: "ann",
      reason: "news",
      sinceMs: TUESDAY_MS,
    });
    assert.deepEqual(room.rows("decisions").map((each) => each.code), ["TRADING_HALTED"]);
    assert.deepEqual(room.fired(), []);
  });
});

Deno.test("halt refuses what waits in slots and lists what may still fill", async () => {
  await inRoom(async (room) => {
    room.write(
      { put: "fires", row: sentFire() },
      { put: "fires", row: makeFire({ id: fireId("F2") }) },
      { put: "fires", row: sentFire({ id: fireId("F3"), status: "ambiguous" }) },
    );
    await room.beat();
    const state = await halt(room);

    assert.deepEqual(state.mayStillFill.toSorted(), ["F3", "F7Q2K9-u17"]);
    assert.deepEqual([room.fire("F2")?.status, room.fire("F2")?.code], ["refused", "TRADING_HALTED"]);
    const said = room.events().find(({ event }) => event.kind === "tradingHalted")?.event;
    assert.deepEqual(said?.kind === "tradingHalted" && said.queuedFires.toSorted(), ["F3", "F7Q2K9-u17"]);
  });
});

Deno.test("halt works while the disk does not, and is answered once it is durable", async () => {
  await inRoom(async (room) => {
    await ready(room);
    room.disk.failNext(2);
    let answered: HaltState | null = null;
    room.desk.tell({ kind: "halt", by: "ann", reason: "disk", reply: (state) => void (answered = state) });
    await room.settle();

    assert.deepEqual([room.sent, answered], [["halt true"], null]);
    assert.equal((await haltState(room)).halted, true);
    await room.advance(1_000);
    assert.equal(answered, null);
    await room.advance(1_000);
    assert.equal((answered as HaltState | null)?.halted, true);
    assert.equal(room.kinds().filter((kind) => kind === "tradingHalted").length, 1);
  });
});

Deno.test("halt twice is one halt", async () => {
  await inRoom(async (room) => {
    await halt(room);
    const again = await room.ask<HaltState>(
      room.desk,
      (reply) => ({ kind: "halt", by: "bob", reason: "too", reply }),
    );

    assert.deepEqual([again.by, room.kinds().filter((kind) => kind === "tradingHalted").length], ["ann", 1]);
  });
});

Deno.test("halt survives a restart, and only a hand lifts it", async () => {
  const disk = await inRoom(async (room) => void await halt(room));
  await inRoom(async (room) => {
    assert.deepEqual(room.sent, ["halt true"]);
    await ready(room);
    await room.advance(3_600_000);
    assert.equal((await haltState(room)).halted, true);

    const state = await resume(room);

    assert.deepEqual(state, { halted: false, by: null, reason: null, sinceMs: null, mayStillFill: [] });
    assert.deepEqual(room.sent, ["halt true", "halt false"]);
    await room.beat();
    await room.tick();
    await room.raise(makeSignal({ signaledAtMs: TUESDAY_MS + 3_600_000 }));
    assert.equal(room.fired().length, 1);
  }, { disk });
});

Deno.test("resume that the disk does not take leaves trading halted", async () => {
  await inRoom(async (room) => {
    await halt(room);
    room.disk.failNext(1);
    const state = await resume(room);

    assert.deepEqual([state.halted, room.sent], [true, ["halt true"]]);
    assert.equal((await resume(room)).halted, false);
  });
});

Deno.test("resume while nothing is halted changes nothing", async () => {
  await inRoom(async (room) => {
    assert.equal((await resume(room)).halted, false);
    assert.deepEqual([room.kinds(), room.sent], [[], []]);
  });
});

Deno.test("a new user gets his autofire actor and his EA, and fires with it", async () => {
  await inRoom(async (room) => {
    const ea = eaId("user_demo_00017");
    const auto = { tier: "COMMANDER", mode: "AUTO" } as const;
    const made = await change(room, { ...auto, id: userId("u18"), confidenceMax: 95, eaIds: [ea] });
    await ready(room);
    await room.raise(makeSignal());

    assert.equal("error" in made ? made.error : made.confidenceMax, 95);
    assert.deepEqual((await users(room)).map((each) => [each.user.id, each.eaIds]), [["u17", []], ["u18", [
      ea,
    ]]]);
    assert.deepEqual((await view(room, "u18")).eaIds, [ea]);
    assert.deepEqual((await view(room, "u17")).eaIds, []);
    assert.deepEqual(room.rows("fires").map((fire) => fire.userId), ["u18"]);
    assert.equal(room.kinds().filter((kind) => kind === "userChanged").length, 1);
  });
});

Deno.test("a change reaches the running autofire actor at once", async () => {
  await inRoom(async (room) => {
    await ready(room);
    await change(room, { id: userId("u17"), mode: "SELECT" });
    await room.raise(makeSignal());

    assert.deepEqual(room.rows("decisions").map((each) => each.code), ["MODE_NOT_AUTO"]);
  });
});

Deno.test("a change that is wrong, or that the disk does not take, changes nothing", async () => {
  await inRoom(async (room) => {
    const wrong = await change(room, { id: userId("u17"), riskPercent: 9 });
    room.disk.failNext(1);
    const failed = await change(room, { id: userId("u17"), riskPercent: 1 });

    assert.deepEqual(wrong, {
      error: "riskPercent must be above 0 and at most 5 for COMMANDER: current value is 9",
    });
    assert.match("error" in failed ? failed.error : "", /^the store did not take it/);
    assert.deepEqual(room.rows("users").map((user) => user.riskPercent), [5]);
    assert.equal((await view(room, "u17")).user.riskPercent, 5);
  });
});

Deno.test("an EA with fires open stays with its user", async () => {
  await inRoom(async (room) => {
    room.write({ put: "fires", row: filledFire() });
    const taken = await change(room, { id: userId("u18"), tier: "COMMANDER", eaIds: [EA] });
    const dropped = await change(room, { id: userId("u17"), eaIds: [] });

    const error = `EA ${EA} of user u17 has 1 open fires: close them first`;
    assert.deepEqual([taken, dropped], [{ error }, { error }]);
    assert.deepEqual(room.rows("ea_instances").map((ea) => ea.userId), ["u17"]);
    assert.deepEqual(room.rows("users").map((user) => user.id), ["u17"]);
  });
});

Deno.test("an EA that is nobody's is reported until it is given to a user", async () => {
  await inRoom(async (room) => {
    room.write({ put: "ea_instances", row: makeEa({ userId: null }) });
    await room.beat();
    assert.deepEqual(room.conditions(), [`EA_UNASSIGNED ${EA}`]);

    await change(room, { id: userId("u17"), eaIds: [EA] });

    assert.deepEqual(room.conditions(), []);
  });
});

Deno.test("a trouble is raised once and cleared once, on disk and on the bus", async () => {
  await inRoom(async (room) => {
    raise(room, "A");
    raise(room, "A");
    raise(room, "A", "x");
    room.desk.tell({ kind: "clear", code: "A", subject: "" });
    room.desk.tell({ kind: "clear", code: "A", subject: "" });
    room.desk.tell({ kind: "clear", code: "B", subject: "" });
    await room.settle();
    const standing = await room.ask<Condition[]>(room.desk, (reply) => ({ kind: "conditions", reply }));

    assert.deepEqual(standing, [{ code: "A", subject: "x", message: "A is up", sinceMs: TUESDAY_MS }]);
    assert.deepEqual(room.rows("conditions"), standing);
    assert.deepEqual(room.kinds(), ["conditionRaised", "conditionRaised", "conditionCleared"]);
  });
});

Deno.test("troubles survive a restart, and are not raised again by it", async () => {
  const disk = await inRoom(async (room) => {
    raise(room, "A");
    await room.settle();
  });
  await inRoom(async (room) => {
    raise(room, "A");
    await room.settle();
    assert.deepEqual(room.kinds(), ["conditionRaised"]);
    room.desk.tell({ kind: "clear", code: "A", subject: "" });
    await room.settle();
    assert.deepEqual(room.conditions(), []);
  }, { disk });
});

Deno.test("troubles that the disk does not take are kept in order until it does", async () => {
  await inRoom(async (room) => {
    room.disk.failNext(1);
    raise(room, "A");
    await room.settle();
    raise(room, "B");
    room.desk.tell({ kind: "clear", code: "A", subject: "" });
    await room.settle();
    assert.deepEqual(room.kinds(), []);

    await room.advance(1_000);

    assert.deepEqual(room.kinds(), ["conditionRaised", "conditionRaised", "conditionCleared"]);
    assert.deepEqual(room.conditions(), ["B "]);
  });
});

Deno.test("flatten tells every EA with open fires to close all, and names what it cannot reach", async () => {
  await inRoom(async (room) => {
    const gone = eaId("gone_ea_00001");
    room.write(
      { put: "fires", row: filledFire() },
      { put: "fires", row: filledFire({ id: fireId("F2"), eaId: gone }) },
      {
        put: "fires",
        row: makeFire({ id: fireId("F3"), status: "closed", closeReason: "TP_HIT", closedAtMs: 1 }),
      },
    );
    await room.beat();
    const report = await room.ask<FlattenReport>(
      room.desk,
      (reply) => ({ kind: "flatten", by: "ann", reply }),
    );
    await room.tick();

    assert.deepEqual(report, { asked: ["F7Q2K9-u17"], unreachable: ["F2"] });
    assert.deepEqual(room.sent, [{ kind: "closeAll", eaId: EA }]);
    await room.advance(90_000);
    assert.ok(room.conditions().includes(`CLOSE_FAILED ${EA}`));
  }, { users: [makeUser()] });
});

Deno.test("an autofire actor is started for every stored user", async () => {
  await inRoom(async (room) => {
    await room.settle();
    assert.deepEqual(room.autofires.keys().toSorted(), ["u17", "u18"]);
  }, { users: [makeUser(), makeUser({ id: userId("u18") })] });
});
