/**
 * Recorded failures of confirmations and closes: lost to a failing disk, late, without an id, or never sent.
 *
 * @module
 */
import assert from "node:assert/strict";
import { ANN_EA, onFloor } from "./floor.ts";

Deno.test("F10: a confirmation that arrives while the disk fails is kept, and takes effect once", async () => {
  await onFloor(async (floor) => {
    const ea = await floor.ann();
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
    const ea = await floor.ann();
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

Deno.test("F13: a close_confirmation, which bears no fire_id, releases the slot of its ticket, and of every ticket", async () => {
  await onFloor(async (floor) => {
    const ea = await floor.ann();
    ea.price("GBPUSD", 1.2999, 1.3);
    await floor.run(5);
    const first = await floor.open(ea, "EURUSD");
    const second = await floor.open(ea, "GBPUSD");

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
    const ea = await floor.ann({ variant: "v2.06H" });
    const ticket = await floor.open(ea, "EURUSD");
    await ea.confirm(ea.close(ticket, 1.103, "TP"));
    await floor.run(1);

    const { closeReason, profit, closePrice } = floor.fire();
    assert.deepEqual([closeReason, profit! > 600, closePrice], ["TP_HIT", true, 1.103]);
  });
  await onFloor(async (floor) => {
    const ea = await floor.ann();
    ea.price("GBPUSD", 1.2999, 1.3);
    await floor.run(5);
    const ticket = await floor.open(ea, "EURUSD");
    await floor.run(35);
    await floor.open(ea, "GBPUSD");
    await floor.run(35);
    ea.price("EURUSD", 1.0979, 1.098);
    await floor.run(1);
    ea.close(ticket, 1.0979, "SL");
    await floor.run(65);

    assert.deepEqual(floor.fires(), ["ann EURUSD closed", "ann GBPUSD filled"]);
    const ended = floor.rows("fires").find(({ status }) => status === "closed")!;
    assert.deepEqual([ended.closeReason, ended.profit], ["CLOSED_INFERRED", null]);
  });
});
