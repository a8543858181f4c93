/**
 * Recorded failures of commands and confirmations: dropped, doubled, late, lost, and credited to the wrong fire.
 *
 * @module
 */
import assert from "node:assert/strict";
import { ANN_EA, BOB_EA, type Floor, onFloor } from "./floor.ts";
import type { Terminal } from "./terminal.ts";

/** Ann and her terminal. */
async function ann(floor: Floor): Promise<Terminal> {
  await floor.house.user("ann", ANN_EA);
  return await floor.ready();
}

/** Ann and Bob, each with a terminal. */
async function both(floor: Floor): Promise<readonly [Terminal, Terminal]> {
  const hers = await ann(floor);
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
    const ea = await ann(floor);
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
    const ea = await ann(floor);
    await waiting(floor, ea);

    await floor.restart();
    await floor.run(22);
    assert.deepEqual([floor.fires(), ea.fires.length], [["ann EURUSD sent"], 1]);
  });
  await onFloor(async (floor) => {
    const ea = await ann(floor);
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

Deno.test("F10: a confirmation that arrives while the disk fails is kept, and takes effect once", async () => {
  await onFloor(async (floor) => {
    const ea = await ann(floor);
    await floor.raise(floor.signal(ea, "EURUSD"));

    floor.world.store.failNext(4);
    await ea.confirm(ea.fill());
    await floor.run(1);
    assert.deepEqual([floor.fires(), floor.rows("confirmations")], [["ann EURUSD sent"], []]);
    await floor.run(20);

    assert.deepEqual([floor.fires(), floor.count("fireFilled")], [["ann EURUSD filled"], 1]);
    assert.deepEqual(floor.rows("confirmations").map(({ appliedAtMs }) => appliedAtMs !== null), [true]);
    assert.deepEqual(floor.conditions(), []);
  });
});

Deno.test("F10: a confirmation after its time-out, twice, and across a restart, ends in one fill with its slot", async () => {
  await onFloor(async (floor) => {
    const ea = await ann(floor);
    await floor.raise(floor.signal(ea, "EURUSD"));
    await floor.run(25);
    assert.deepEqual(floor.fires(), ["ann EURUSD ambiguous"]);
    const word = ea.fill();

    await floor.house.stop();
    await ea.confirm(word);
    await floor.restart();
    await ea.confirm(word);
    await floor.run(65);

    assert.deepEqual([floor.fires(), floor.count("fireFilled")], [["ann EURUSD filled"], 1]);
    assert.deepEqual([floor.count("slotReleased"), ea.fires.length, floor.conditions()], [0, 1, []]);
  });
});

const FRIDAY_MS = Date.UTC(2026, 6, 10, 20, 28, 30);

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

Deno.test("F12: a fire that waits into the last half hour of Friday is refused, and so is every later signal", async () => {
  await onFloor(async (floor) => {
    const ea = await ann(floor);
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

/** An open position of Ann's. */
async function open(floor: Floor, ea: Terminal, symbol = "EURUSD"): Promise<number> {
  await floor.raise(floor.signal(ea, symbol));
  await floor.run(1);
  await ea.confirm(ea.fill());
  await floor.run(35);
  assert.equal(floor.fire().status, "filled");
  return ea.positions.at(-1)!.ticket;
}

Deno.test("F13: a close_confirmation, which bears no fire_id, releases the slot of its ticket, and of every ticket", async () => {
  await onFloor(async (floor) => {
    const ea = await ann(floor);
    ea.price("GBPUSD", 1.2999, 1.3);
    await floor.run(5);
    const first = await open(floor, ea);
    const second = await open(floor, ea, "GBPUSD");

    floor.house.at.slots.get(ANN_EA)!.tell({ kind: "closeTicket", ticket: first });
    await floor.run(2);
    assert.deepEqual(ea.commands.at(-1), { ...ea.commands.at(-1), type: "close_ticket", ticket: first });
    ea.close(first, 1.0999, "EXPERT");
    const word = ea.closed("close_ticket", "success", first);
    assert.doesNotMatch(word, /fire_id/);
    await ea.confirm(word);
    await floor.run(1);
    assert.deepEqual(floor.fires(), ["ann EURUSD closed", "ann GBPUSD filled"]);

    await floor.admin("POST", "/admin/api/flatten");
    await floor.run(2);
    assert.equal(ea.commands.at(-1)!.type, "close_all");
    ea.close(second, 1.2999, "EXPERT");
    await ea.confirm(
      ea.closed("close_all", "success", 0, "Closed 1 positions, 0 failed, Total volume: 0.01"),
    );
    await floor.run(1);
    assert.deepEqual(floor.fires(), ["ann EURUSD closed", "ann GBPUSD closed"]);
    assert.deepEqual([floor.count("slotReleased"), floor.conditions()], [2, []]);
  });
});

Deno.test("F14: position_closed ends its fire with the broker's word, and a v2.05 stop that nobody reports is inferred", async () => {
  await onFloor(async (floor) => {
    await floor.house.user("ann", ANN_EA);
    const ea = await floor.ready({ variant: "v2.06H" });
    const ticket = await open(floor, ea);
    await ea.confirm(ea.close(ticket, 1.103, "TP"));
    await floor.run(1);

    const { closeReason, profit, closePrice } = floor.fire();
    assert.deepEqual([closeReason, profit! > 600, closePrice], ["TP_HIT", true, 1.103]);
  });
  await onFloor(async (floor) => {
    const ea = await ann(floor);
    ea.price("GBPUSD", 1.2999, 1.3);
    await floor.run(5);
    const ticket = await open(floor, ea);
    await open(floor, ea, "GBPUSD");
    ea.price("EURUSD", 1.0979, 1.098);
    await floor.run(1);
    ea.close(ticket, 1.0979, "SL");
    await floor.run(65);

    assert.deepEqual(floor.fires(), ["ann EURUSD closed", "ann GBPUSD filled"]);
    const ended = floor.rows("fires").find(({ status }) => status === "closed")!;
    assert.deepEqual([ended.closeReason, ended.profit], ["CLOSED_INFERRED", null]);
  });
});

Deno.test("F31: every command that leaves, closes and probes too, begins with its type and its EA's uuid", async () => {
  await onFloor(async (floor) => {
    const ea = await ann(floor);
    await open(floor, ea);
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
