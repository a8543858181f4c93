/**
 * Recorded failure of the kill switch: it did nothing.
 *
 * @module
 */
import assert from "node:assert/strict";
import { annWithPound, onFloor, ordered, TOKEN } from "./floor.ts";

Deno.test("F40: halt stops what waits and what comes, names what may still fill, and only a hand lifts it", async () => {
  await onFloor(async (floor) => {
    const ea = await annWithPound(floor);
    await floor.raise(floor.signal(ea, "EURUSD"));
    ea.still.add("EURUSD");
    await floor.run(6);
    await floor.raise(floor.signal(ea, "GBPUSD"));
    assert.deepEqual(floor.fires(), ["ann EURUSD sent", "ann GBPUSD reserved"]);
    const out = ea.fires[0]!.fireId;

    const { halt } = await ordered(floor, "halt", { reason: "look first" });
    assert.deepEqual(halt, { ...halt as object, halted: true, reason: "look first", may_still_fill: [out] });
    ea.still.delete("EURUSD");
    await floor.run(2);
    assert.deepEqual(floor.fires(), ["ann EURUSD sent", "ann GBPUSD refused TRADING_HALTED"]);

    await floor.restart();
    await floor.run(31);
    await floor.raise(floor.signal(ea, "GBPUSD"));
    assert.ok(floor.decisions().includes("ann TRADING_HALTED"));
    const health = await floor.web.public("/healthz").then((answer) => answer.json());
    assert.deepEqual([health.halted, health.auto_fire, ea.told.length], [true, false, 1]);

    // What was out is filled all the same, and can be closed while everything stands still.
    await ea.confirm(ea.fill());
    await floor.run(1);
    const { flatten } = await ordered(floor, "flatten");
    assert.deepEqual(flatten, { asked: [out], unreachable: [] });
    await floor.run(2);
    assert.deepEqual(ea.commands.map(({ type }) => type), ["fire", "close_all"]);

    await ordered(floor, "resume");
    await floor.raise(floor.signal(ea, "GBPUSD"));
    await floor.run(2);
    assert.equal(ea.fires.length, 2);
  });
});

Deno.test("F40: halt holds while the disk fails, and is on it as soon as it can be", async () => {
  await onFloor(async (floor) => {
    const ea = await annWithPound(floor);
    floor.world.store.failNext(5);
    const halted = floor.web.admin("/admin/api/halt", {
      method: "POST",
      headers: { Authorization: `Bearer ${TOKEN}`, "Content-Type": "application/json" },
      body: '{"reason":"disk"}',
    });
    await floor.run(1);
    floor.world.store.failNext(0);
    await floor.raise(floor.signal(ea, "EURUSD"));
    assert.deepEqual([floor.decisions(), ea.told], [["ann TRADING_HALTED"], []]);

    await floor.run(5);
    assert.equal((await halted).status, 200);
    assert.equal(floor.count("tradingHalted"), 1);
  });
});
