/**
 * Recorded failures of commands: dropped, doubled, late, shapeless, and credited to the wrong fire.
 *
 * @module
 */
import assert from "node:assert/strict";
import { ANN_EA, BOB_EA, type Floor, onFloor } from "./floor.ts";
import type { Terminal } from "./terminal.ts";

/** Ann and Bob, each with a terminal. */
async function both(floor: Floor): Promise<readonly [Terminal, Terminal]> {
  const hers = await floor.ann();
  await floor.house.user("bob", BOB_EA);
  return [hers, await floor.ready({ uuid: BOB_EA, login: 2_000_002 })];
}

/** A fire that waits for a tick of its chart. */
async function waiting(floor: Floor, ea: Terminal): Promise<void> {
  ea.still.add("EURUSD");
  await floor.run(6);
  await floor.raise(floor.signal(ea, "EURUSD"));
  assert.deepEqual(floor.fires(), ["ann EURUSD reserved"]);
  ea.still.delete("EURUSD");
}

Deno.test("F5: a fire whose router forgot its EA between reserving and sending is refused, said so, and holds no slot", async () => {
  await onFloor(async (floor) => {
    const ea = await floor.ann();
    await waiting(floor, ea);

    floor.house.system.kill("bitten/execution/command_gateway");
    await floor.run(2);

    assert.deepEqual([floor.fires(), ea.told], [["ann EURUSD refused EA_OFFLINE"], []]);
    assert.match(floor.fire().note!, /no connection of ann_terminal_0001a is known yet/);
    assert.deepEqual([floor.count("slotTaken"), floor.count("slotReleased")], [1, 1]);
    await ea.beat();
    await floor.run(1);
    await floor.raise(floor.signal(ea, "EURUSD"));
    assert.deepEqual([floor.fire().status, ea.fires.length], ["sent", 1]);
  });
});

Deno.test("F5: a fire reserved before the whole server restarted is sent once its EA is heard, or refused in time", async () => {
  await onFloor(async (floor) => {
    const ea = await floor.ann();
    await waiting(floor, ea);

    await floor.restart();
    await floor.run(22);
    assert.deepEqual([floor.fires(), ea.fires.length], [["ann EURUSD sent"], 1]);
  });
  await onFloor(async (floor) => {
    const ea = await floor.ann();
    await waiting(floor, ea);

    ea.mute = true;
    await floor.restart();
    await floor.run(62);
    assert.deepEqual([floor.fires(), ea.told], [["ann EURUSD refused SIGNAL_EXPIRED"], []]);
    assert.equal(floor.count("slotReleased"), 1);
  });
});

Deno.test("F6: one signal that arrives many times at once, by event, redelivery and hand, is one fire per user", async () => {
  await onFloor(async (floor) => {
    const terminals = await both(floor);
    const signal = floor.signal(terminals[0], "EURUSD");

    await Promise.all([1, 2, 3].map(() => floor.raise(signal)));
    const batch = floor.house.events.filter(({ event }) => event.kind === "signalRaised");
    for (const user of ["ann", "bob"]) {
      for (let nth = 0; nth < 5; nth++) floor.house.at.autofires.get(user)!.tell({ kind: "events", batch });
    }
    const byHand = await Promise.all(["ann", "ann", "bob"].map((user) => floor.byHand(user, signal)));
    await floor.restart();
    await floor.raise(signal);
    await floor.run(40);

    assert.equal(batch.length, 3);
    assert.deepEqual(
      byHand.map((each) => each.ok ? "fired" : each.refusal.code),
      Array(3).fill("SIGNAL_DUPLICATE"),
    );
    assert.deepEqual(floor.rows("fires").map(({ userId }) => userId).toSorted(), ["ann", "bob"]);
    assert.deepEqual(terminals.map((ea) => ea.fires.length), [1, 1]);
  });
});

Deno.test("F7: two users' fires of one signal are two rows, and each confirmation is credited to its own", async () => {
  await onFloor(async (floor) => {
    const [hers, his] = await both(floor);
    await floor.raise(floor.signal(hers, "EURUSD"));
    const [of, at] = [floor.fire("ann"), floor.fire("bob")];
    assert.deepEqual([hers.fires[0]!.fireId, his.fires[0]!.fireId], [of.id, at.id]);
    assert.equal(new Set([of.id, at.id, of.signalId]).size, 3);

    await his.confirm(his.refusal("Trade failed - Error: 4756 Result: 10019"));
    // Bob's EA claims Ann's fire, as a shared id made every EA do.
    await his.confirm(his.fill().replaceAll(at.id, of.id));
    await floor.run(1);
    assert.deepEqual(floor.fires(), ["ann EURUSD sent", "bob EURUSD rejected"]);
    assert.deepEqual(floor.conditions(), [`EA_IMPOSTOR ${BOB_EA}`]);

    await hers.confirm(hers.fill());
    await floor.run(1);
    assert.deepEqual(floor.fires(), ["ann EURUSD filled", "bob EURUSD rejected"]);
    assert.equal(floor.fire("ann").ticket, hers.positions[0]!.ticket);
  });
});

Deno.test("F12: no fire leaves while the chart that makes the EA read stands still, and none is left for later", async () => {
  await onFloor(async (floor) => {
    const ea = floor.terminal({ chart: "USDJPY" });
    await floor.house.user("ann", ANN_EA);
    ea.price("USDJPY", 150, 150.01);
    await ea.introduce();
    await floor.run(40);
    ea.still.add("USDJPY");
    await floor.run(6);
    await floor.raise(floor.signal(ea, "EURUSD"));
    await floor.run(62);
    ea.still.delete("USDJPY");
    await floor.run(40);

    assert.deepEqual([floor.fires(), ea.told], [["ann EURUSD refused SIGNAL_EXPIRED"], []]);
    assert.match(floor.fire().note!, /no tick of the EA's chart came in time; chart symbol USDJPY\.r/);
  });
});

/** Half an hour and a minute and a half before the market's week ends. */
const FRIDAY_MS = Date.UTC(2026, 6, 10, 20, 28, 30);

Deno.test("F12: a fire that waits into the last half hour of Friday is refused, and so is every later signal", async () => {
  await onFloor(async (floor) => {
    const ea = await floor.ann();
    await floor.run(70);
    await waiting(floor, ea);
    ea.still.add("EURUSD");
    await floor.run(20);
    ea.still.delete("EURUSD");
    await floor.run(2);
    assert.deepEqual([floor.fires(), ea.told], [["ann EURUSD refused MARKET_CLOSED"], []]);

    await floor.raise(floor.signal(ea, "EURUSD"));
    assert.deepEqual(floor.decisions(), ["ann FIRED", "ann MARKET_CLOSED"]);
    assert.deepEqual(ea.told, []);
  }, { startMs: FRIDAY_MS });
});

Deno.test("F31: every command that leaves, closes and probes too, begins with its type and its EA's uuid", async () => {
  await onFloor(async (floor) => {
    const ea = await floor.ann();
    await floor.open(ea, "EURUSD");
    // The stop is crossed and nothing else shows: after two minutes the house asks by closing the ticket.
    ea.price("EURUSD", 1.0979, 1.098);
    await floor.run(160);
    floor.house.at.slots.get(ANN_EA)!.tell({ kind: "closeAll" });
    await floor.run(2);

    const begins = /^\{"type":"([a-z_]+)","target_uuid":"ann_terminal_0001a"[,}]/;
    assert.deepEqual(ea.told.map((text) => begins.exec(text)?.[1]), ["fire", "close_ticket", "close_all"]);
    assert.equal(ea.commands[1]!.ticket, floor.fire().ticket);
  });
});
