/**
 * The slot actor: written before sent, confirmed once, whole again after crashes, restarts and a failing disk.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { EaView } from "../../protocols/ea.ts";
import type { Fire } from "../../protocols/fire.ts";
import { money, userId } from "../../protocols/units.ts";
import { inRoom, type Room } from "../kit/execution_room.ts";
import { makeFire } from "../kit/records.ts";
import {
  EA,
  filledFire,
  makeCloseConfirmation,
  makeConfirmation,
  makeReport,
  NODE,
  recordOf,
  sentFire,
} from "../kit/slots.ts";
import { TUESDAY_MS } from "../kit/signals.ts";

const ID = "F7Q2K9-u17";

/** A ready EA, and `makeFire()` reserved for it as autofire would. */
async function reserve(room: Room, fire: Fire = makeFire()): Promise<void> {
  await room.beat();
  room.write({ put: "fires", row: fire });
  room.slots.ensure(EA, EA).tell({ kind: "fire", fire });
  await room.settle();
}

const statusOf = (room: Room) => room.fire(ID)?.status;

Deno.test("a fire is on disk as sent before its command leaves, and leaves once", async () => {
  const atSend: (string | undefined)[] = [];
  const look = { room: null as Room | null };
  await inRoom(async (room) => {
    look.room = room;
    await reserve(room);
    assert.deepEqual(room.sent, []);

    await room.tick();
    await room.tick();

    assert.deepEqual([room.fired().length, atSend], [1, ["sent"]]);
    assert.deepEqual(room.kinds(), ["eaConnected", "eaReconciled", "fireSent"]);
  }, {
    answer: () => {
      atSend.push(statusOf(look.room!));
      return "sent";
    },
  });
});

Deno.test("a confirmation is applied once, in one commit with its mark, however often it is told", async () => {
  await inRoom(async (room) => {
    await reserve(room);
    await room.tick();
    const record = await room.confirm(makeConfirmation());
    await room.advance(1_000);
    room.slots.get(EA)?.tell({ kind: "confirmed", record });
    await room.settle();
    await room.advance(60_000);

    assert.equal(statusOf(room), "filled");
    assert.deepEqual(room.rows("confirmations").map((each) => each.appliedAtMs), [TUESDAY_MS]);
    assert.equal(room.kinds().filter((kind) => kind === "fireFilled").length, 1);
  });
});

Deno.test("F10: a confirmation that came before its fire could be read is applied when it can", async () => {
  await inRoom(async (room) => {
    await room.beat();
    await room.confirm(makeConfirmation());
    assert.deepEqual(room.conditions(), [`CONFIRMATION_UNMATCHED ${EA}/${ID}`]);

    room.write({ put: "fires", row: sentFire() });
    await room.advance(30_000);

    assert.equal(statusOf(room), "filled");
    assert.deepEqual(room.conditions().filter((each) => each.startsWith("CONFIRMATION")), []);
  });
});

Deno.test("a confirmation whose fire never shows up is put aside after ten minutes, and stays reported", async () => {
  await inRoom(async (room) => {
    await room.confirm(makeConfirmation());
    await room.advance(600_000);
    assert.deepEqual(room.rows("confirmations").map((each) => each.appliedAtMs), [null]);

    await room.advance(30_000);

    assert.deepEqual(room.rows("confirmations").map((each) => each.appliedAtMs), [TUESDAY_MS + 630_000]);
    assert.ok(room.conditions().includes(`CONFIRMATION_UNMATCHED ${EA}/${ID}`));
  });
});

Deno.test("nothing leaves when the disk says no, and the fire is sent once the ledger was read again", async () => {
  await inRoom(async (room) => {
    await reserve(room);
    room.disk.failNext(1);
    await room.tick();
    assert.deepEqual([room.fired(), statusOf(room)], [[], "reserved"]);
    assert.deepEqual(room.conditions(), [`SLOT_UNSTORED ${EA}`]);

    await room.advance(1_000);
    assert.deepEqual(room.conditions(), []);
    await room.tick();
    assert.deepEqual(room.fired(), []);
    await room.beat();
    await room.tick();

    assert.deepEqual([room.fired().length, statusOf(room)], [1, "sent"]);
  });
});

Deno.test("a fire whose commit was durable but not answered is never sent: it may have been", async () => {
  await inRoom(async (room) => {
    await reserve(room);
    room.disk.throwNext(new Error("power"), "after");
    await room.tick();
    await room.advance(1_000);
    await room.beat();
    for (let nth = 0; nth < 30; nth++) {
      await room.advance(1_000);
      await room.tick();
    }

    assert.deepEqual([room.fired(), statusOf(room)], [[], "ambiguous"]);
  });
});

Deno.test("what comes while the ledger waits for the disk is not lost", async () => {
  await inRoom(async (room) => {
    await reserve(room);
    await room.tick();
    await room.advance(10_000);
    room.disk.failNext(1);
    await room.beat();
    await room.confirm(makeConfirmation());
    assert.equal(statusOf(room), "sent");

    await room.advance(1_000);

    assert.equal(statusOf(room), "filled");
  });
});

Deno.test("after a restart the ledger is whole: open fires, and confirmations nobody had applied", async () => {
  const disk = await inRoom(async (room) => {
    await reserve(room);
    await room.tick();
  });
  disk.commit([[{ put: "confirmations", row: recordOf(makeConfirmation(), TUESDAY_MS + 500) }]]);

  await inRoom(async (room) => {
    room.slots.ensure(EA, EA);
    await room.settle();
    const view = await room.ask<EaView>(room.slots.ensure(EA, EA), (reply) => ({ kind: "view", reply }));

    assert.deepEqual([view.phase, view.openFires.map((fire) => fire.status)], ["reconciling", ["filled"]]);
    assert.deepEqual(room.fired(), []);
  }, { disk, startMs: TUESDAY_MS + 10_000 });
});

Deno.test("a fire reserved before a restart is sent after the first heartbeat, unless its time is over", async () => {
  const left = await inRoom((room) => reserve(room));
  await inRoom(async (room) => {
    room.slots.ensure(EA, EA);
    await room.tick();
    assert.deepEqual(room.fired(), []);
    await room.beat();
    await room.tick();
    assert.equal(room.fired().length, 1);
  }, { disk: left, startMs: TUESDAY_MS + 10_000 });

  const late = await inRoom((room) => reserve(room));
  await inRoom(async (room) => {
    room.slots.ensure(EA, EA);
    await room.beat();
    await room.tick();
    assert.deepEqual([room.fired(), room.fire(ID)?.code], [[], "SIGNAL_EXPIRED"]);
  }, { disk: late, startMs: TUESDAY_MS + 61_000 });
});

Deno.test("a reserved fire that nobody told of is found by the cycle", async () => {
  await inRoom(async (room) => {
    await room.beat();
    room.write({ put: "fires", row: makeFire() });
    await room.advance(30_000);
    await room.beat();
    await room.tick();

    assert.equal(room.fired().length, 1);
  });
});

Deno.test("a fire message older than what became of its fire changes nothing", async () => {
  await inRoom(async (room) => {
    await reserve(room);
    await room.tick();
    await room.confirm(
      makeConfirmation({ status: "failed", ticket: 0, price: 0, retcode: 10019, message: "No money" }),
    );
    assert.equal(statusOf(room), "rejected");

    room.slots.get(EA)?.tell({ kind: "fire", fire: makeFire() });
    await room.settle();
    await room.advance(1_000);
    await room.tick();

    assert.deepEqual([statusOf(room), room.fired().length], ["rejected", 1]);
  });
});

const POISON = {
  ...recordOf(makeConfirmation(), TUESDAY_MS),
  id: `${EA}/poison`,
  confirmation: "poison" as never,
};

Deno.test("a confirmation that crashes its slot twice is set aside, and the slot goes on", async () => {
  await inRoom(async (room) => {
    await reserve(room);
    await room.tick();
    room.write({ put: "confirmations", row: POISON });
    room.slots.get(EA)?.tell({ kind: "confirmed", record: POISON });
    await room.settle();

    assert.deepEqual(room.reports.length, 1);
    assert.deepEqual(room.rows("confirmations").map((each) => each.quarantined), [true]);
    assert.deepEqual(room.conditions(), [`CONFIRMATION_QUARANTINED ${EA}/poison`]);
    await room.beat();
    await room.confirm(makeConfirmation());
    assert.deepEqual([statusOf(room), room.reports.length], ["filled", 1]);
  });
});

Deno.test("poison in the backlog of a start is set aside, and what comes after it is applied", async () => {
  const disk = await inRoom(async (room) => {
    await reserve(room);
    await room.tick();
  });
  const good = { ...recordOf(makeConfirmation(), TUESDAY_MS + 2), id: `${EA}/good` };
  disk.commit([[{ put: "confirmations", row: POISON }, { put: "confirmations", row: good }]]);

  await inRoom(async (room) => {
    room.slots.ensure(EA, EA);
    await room.settle();

    assert.deepEqual(room.rows("confirmations").map((each) => [each.id, each.quarantined]).toSorted(), [
      [`${EA}/good`, false],
      [`${EA}/poison`, true],
    ]);
    assert.deepEqual([statusOf(room), room.reports.length], ["filled", 0]);
  }, { disk });
});

Deno.test("a command that the gateway could not send frees its slot and says why", async () => {
  await inRoom(async (room) => {
    await reserve(room);
    await room.tick();

    assert.deepEqual([statusOf(room), room.fire(ID)?.code], ["refused", "EA_OFFLINE"]);
    assert.deepEqual(room.kinds().slice(-2), ["fireRefused", "slotReleased"]);
  }, { answer: () => "unroutable" });
});

Deno.test("an unanswered fire is ambiguous after 20 s of chart ticks, and is never sent again", async () => {
  await inRoom(async (room) => {
    await reserve(room);
    for (let nth = 0; nth < 120; nth++) {
      await room.tick();
      await room.advance(1_000);
      if (nth % 30 === 0) await room.beat();
    }

    assert.deepEqual([statusOf(room), room.fired().length], ["ambiguous", 1]);
    assert.ok(room.conditions().includes(`FIRE_AMBIGUOUS ${ID}`));
  }, { answer: () => null });
});

Deno.test("a fire that finds no chart tick is refused when its time is over, to the millisecond", async () => {
  await inRoom(async (room) => {
    await reserve(room);
    await room.advance(60_000);
    assert.equal(statusOf(room), "reserved");
    await room.advance(1);

    assert.deepEqual([statusOf(room), room.fire(ID)?.code], ["refused", "SIGNAL_EXPIRED"]);
  });
});

Deno.test("halt refuses what waits in a slot, and what comes until it is lifted", async () => {
  await inRoom(async (room) => {
    await reserve(room);
    room.slots.get(EA)?.tell({ kind: "haltChanged", code: "TRADING_HALTED", halted: true });
    await room.settle();

    assert.deepEqual([statusOf(room), room.fire(ID)?.code], ["refused", "TRADING_HALTED"]);
  });
});

Deno.test("a crossed stop and a margin of 0.00 free the slot; autofire hears of it", async () => {
  await inRoom(async (room) => {
    room.write({ put: "fires", row: filledFire({ filledAtMs: TUESDAY_MS - 60_000 }) });
    await room.beat({ margin: money(68.21), balance: money(9_999) });
    await room.advance(30_000);
    await room.beat({ margin: money(68.21), balance: money(9_999) });
    await room.tick(1.0984);
    await room.advance(30_000);
    await room.beat({ margin: money(0), balance: money(9_955) });

    assert.deepEqual([statusOf(room), room.fire(ID)?.closeReason], ["closed", "CLOSED_INFERRED"]);
    const view = await room.ask<{ slots: string }>(
      room.autofires.get("u17")!,
      (reply) => ({ kind: "view", reply }),
    );
    assert.equal(view.slots, "0/10");
  });
});

Deno.test("an undecided crossing leads to one close_ticket, whose unknown ticket proves the position flat", async () => {
  await inRoom(async (room) => {
    room.write({ put: "fires", row: filledFire({ filledAtMs: TUESDAY_MS - 60_000 }) });
    const beat = () => room.beat({ margin: money(500), balance: money(9_000) });
    await beat();
    await room.tick(1.0984);
    for (let nth = 0; nth < 20; nth++) {
      await room.advance(10_000);
      await room.tick(1.099);
      if (nth % 3 === 2) await beat();
    }
    assert.deepEqual(room.sent, [{ kind: "closeTicket", eaId: EA, ticket: 7 }]);

    await room.confirm(makeCloseConfirmation({ status: "failed", message: "Position not found" }));

    assert.deepEqual([statusOf(room), room.fire(ID)?.closeReason], ["closed", "CLOSED_INFERRED"]);
  });
});

Deno.test("an EA heard of for the first time gets a row of its own, and is nobody's", async () => {
  await inRoom(async (room) => {
    const stranger = "stranger_0001" as typeof EA;
    const hello = {
      kind: "hello" as const,
      eaId: stranger,
      nodeId: NODE,
      accountLogin: "2",
      broker: "B",
      version: "2.05",
      account: makeReport(),
      accountMode: "unknown" as const,
    };
    room.slots.ensure(stranger, stranger).tell({ kind: "hello", hello, receivedAtMs: TUESDAY_MS });
    await room.settle();

    const row = room.rows("ea_instances").find((each) => each.id === stranger);
    assert.deepEqual([row?.userId, row?.nodeId, row?.slotsMax], [null, NODE, 10]);
    assert.deepEqual(room.conditions(), [`EA_UNASSIGNED ${stranger}`]);
  });
});

Deno.test("an EA that falls silent is lost, and found again", async () => {
  await inRoom(async (room) => {
    await room.beat();
    await room.tick();
    await room.advance(120_000);
    assert.deepEqual(room.conditions(), [`EA_LOST ${EA}`]);
    await room.beat();

    assert.deepEqual(room.conditions(), []);
  });
});

Deno.test("an operator settles a fire through its slot; a wrong word is answered, not done", async () => {
  await inRoom(async (room) => {
    room.write({ put: "fires", row: sentFire({ status: "ambiguous" }) });
    const slot = room.slots.ensure(EA, EA);
    const resolve = (resolution: unknown, id = ID) =>
      room.ask<string | null>(
        slot,
        (reply) => ({ kind: "resolve", fireId: id, resolution, by: "ann", reply }),
      );

    assert.match((await resolve({ status: "expired" }, "nobody"))!, /there is no fire nobody/);
    assert.equal(await resolve({ status: "expired" }), null);
    assert.equal(statusOf(room), "expired");
    assert.match((await resolve({ status: "expired" }))!, /is expired and cannot become expired/);
  });
});

Deno.test("an EA given to a halted user holds his fires", async () => {
  await inRoom(async (room) => {
    room.write({ put: "users", row: { ...room.rows("users")[0]!, id: userId("u18"), halted: true } });
    const slot = room.slots.ensure(EA, EA);
    await room.ask<void>(slot, (reply) => ({ kind: "assign", userId: "u18", reply }));
    await room.beat();
    room.write({ put: "fires", row: makeFire({ userId: userId("u18") }) });
    slot.tell({ kind: "fire", fire: makeFire() });
    await room.settle();

    assert.equal(room.fire(ID)?.code, "USER_HALTED");
    assert.equal(room.rows("ea_instances")[0]?.userId, "u18");
  });
});

Deno.test("a view shows the EA as it is, in a copy that later ticks do not change", async () => {
  await inRoom(async (room) => {
    await room.beat();
    await room.tick(1.0999);
    const view = await room.ask<EaView>(room.slots.get(EA)!, (reply) => ({ kind: "view", reply }));
    await room.tick(1.2);

    assert.deepEqual([view.phase, view.connected, [...view.quotes.values()].map((quote) => quote.bid)], [
      "ready",
      true,
      [1.0999],
    ]);
    assert.equal(view.brokerSymbols.get("EURUSD" as never), "EURUSD.r");
  });
});
