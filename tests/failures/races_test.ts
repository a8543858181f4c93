/**
 * Recorded failure of the slot count: checked in one breath, taken in another, and never given back.
 *
 * @module
 */
import assert from "node:assert/strict";
import { holdsSlot } from "../../domain/fire.ts";
import type { AutofireView } from "../../protocols/autofire.ts";
import { type Floor, onFloor } from "./floor.ts";
import type { Terminal } from "./terminal.ts";

async function view(floor: Floor): Promise<AutofireView> {
  const actor = floor.house.at.autofires.get("ann")!;
  return await floor.answer(actor.ask<AutofireView>((reply) => ({ kind: "view", reply })));
}

const MANY = ["EURUSD", "GBPUSD", "AUDUSD", "USDJPY", "EURGBP", "AUDNZD", "GBPCAD", "CHFJPY"];
const QUOTES: Readonly<Record<string, number>> = {
  GBPUSD: 1.3,
  AUDUSD: 0.66,
  USDJPY: 150,
  EURGBP: 0.85,
  AUDNZD: 1.09,
  GBPCAD: 1.75,
  CHFJPY: 170,
};
/** Legs of the conversions. */
const LEGS: Readonly<Record<string, number>> = { NZDUSD: 0.6, USDCAD: 1.36, USDCHF: 0.88 };

async function manySymbols(floor: Floor, slots: number): Promise<Terminal> {
  const ea = await floor.ann({}, { maxAutoSlots: slots });
  for (const [symbol, bid] of Object.entries({ ...QUOTES, ...LEGS })) {
    const pip = symbol.endsWith("JPY") ? 0.01 : 0.0001;
    ea.price(symbol, bid, bid + pip);
  }
  await floor.run(5);
  return ea;
}

Deno.test("F46: eight signals of one moment take three slots, and a refused fire gives its slot to the next", async () => {
  await onFloor(async (floor) => {
    const ea = await manySymbols(floor, 3);
    const signals = MANY.map((symbol) => floor.signal(ea, symbol));
    await Promise.all(signals.map((signal) => floor.raise(signal)));
    await floor.run(10);

    const holding = () => floor.rows("fires").filter(holdsSlot);
    assert.deepEqual([holding().length, (await view(floor)).slots], [3, "3/3"]);
    assert.equal(floor.decisions().filter((each) => each === "ann SLOTS_FULL").length, 5);
    // Taken, released and counted agree: each slot event has its fire.
    assert.deepEqual([floor.count("slotTaken"), floor.count("slotReleased")], [3, 0]);

    await ea.confirm(ea.refusal("Trade failed - Error: 4756 Result: 10019", ea.fires[0]));
    await floor.run(1);
    assert.deepEqual([(await view(floor)).slots, floor.count("slotReleased")], ["2/3", 1]);
    await Promise.all(MANY.slice(3, 6).map((symbol) => floor.raise(floor.signal(ea, symbol))));
    await floor.run(10);
    assert.deepEqual([holding().length, (await view(floor)).slots], [3, "3/3"]);
  });
});

Deno.test("F46: a disk that fails while signals come in leaves neither a slot without a fire nor a fire without a slot", async () => {
  await onFloor(async (floor) => {
    const ea = await manySymbols(floor, 3);
    const { store } = floor.world;
    let failed = 0;
    for (const [nth, symbol] of MANY.entries()) {
      // The first commit is the signal's, the next are its decision and its sending.
      let commits = 0;
      store.stall = () => {
        if (++commits !== 2 + nth % 3) return;
        failed++;
        store.failNext(1);
      };
      await floor.raise(floor.signal(ea, symbol));
      // A heartbeat later the slot is in order again.
      await floor.run(32);
      store.stall = null;
      if (ea.fires.length > ea.positions.length) await ea.confirm(ea.fill());
      await floor.run(1);
    }
    const open = floor.rows("fires").filter(holdsSlot);

    const { openFires, slots } = await view(floor);
    assert.deepEqual([openFires.map(({ id }) => id).toSorted(), slots], [
      open.map(({ id }) => id).toSorted(),
      `${open.length}/3`,
    ]);
    assert.ok(failed >= 5 && open.length > 0 && open.length <= 3, `${failed} failures, ${open.length} open`);
    assert.equal(floor.count("slotTaken") - floor.count("slotReleased"), open.length);
  });
});
