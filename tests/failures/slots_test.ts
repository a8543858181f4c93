/**
 * Recorded failures of slots and modes: freed while open, wiped, leaked, raced, and made up.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { AutofireView } from "../../protocols/autofire.ts";
import { evidenceName } from "../../domain/slot.ts";
import { ANN_EA, type Floor, onFloor } from "./floor.ts";
import type { Terminal, TerminalOptions } from "./terminal.ts";

const OTHER_EA = "ann_terminal_0002b";
const HOUR = 3_600;

/** Ann with so many automatic slots, and her terminal with quotes of EURUSD, GBPUSD and AUDUSD. */
async function ann(floor: Floor, slots = 10, how: Partial<TerminalOptions> = {}): Promise<Terminal> {
  const ea = await floor.ann(how, { maxAutoSlots: slots });
  ea.price("GBPUSD", 1.2999, 1.3);
  ea.price("AUDUSD", 0.6599, 0.66);
  await floor.run(5);
  return ea;
}

async function view(floor: Floor): Promise<AutofireView> {
  const actor = floor.house.at.autofires.get("ann")!;
  return await floor.answer(actor.ask<AutofireView>((reply) => ({ kind: "view", reply })));
}

Deno.test("F15: a filled fire keeps its slot while its position is open, and the limit holds ten minutes later", async () => {
  await onFloor(async (floor) => {
    const ea = await ann(floor, 2);
    await floor.open(ea, "EURUSD");
    await floor.open(ea, "GBPUSD");
    await floor.run(600);
    await floor.raise(floor.signal(ea, "AUDUSD"));

    assert.deepEqual(floor.fires(), ["ann EURUSD filled", "ann GBPUSD filled"]);
    assert.deepEqual(floor.decisions(), ["ann FIRED", "ann FIRED", "ann SLOTS_FULL"]);
    assert.deepEqual([(await view(floor)).slots, floor.count("slotReleased"), ea.fires.length], [
      "2/2",
      0,
      2,
    ]);
  });
});

Deno.test("F19: a position is not closed because what was kept beside it is missing, or one heartbeat lacks it", async () => {
  await onFloor(async (floor) => {
    const ea = await ann(floor);
    await floor.open(ea, "EURUSD");
    await floor.run(60);
    await floor.house.stop();
    const kept = floor.rows("settings").map(({ name }) => name);
    assert.ok(kept.includes(evidenceName(ANN_EA)));
    floor.world.store.commit([kept.map((name) => ({ remove: "settings", where: { name } }))]);
    await floor.restart();
    await floor.run(300);

    assert.deepEqual([floor.fires(), floor.count("slotReleased")], [["ann EURUSD filled"], 0]);
  });
  await onFloor(async (floor) => {
    const ea = await ann(floor, 10, { variant: "v2.06H" });
    await floor.open(ea, "EURUSD");
    await floor.run(60);
    const whole = (text: string) => text;
    const none = (text: string) => text.replace(/"positions":\[.*\]/, '"positions":[]');
    const silent = (text: string) => text.replace(/,"positions":\[.*\]/, "");
    for (const edit of [none, silent, whole, none]) {
      ea.edit = edit;
      await floor.run(30);
      assert.deepEqual(floor.fires(), ["ann EURUSD filled"]);
    }
    // Twice in a row is the EA's word that it is gone.
    await floor.run(30);
    assert.equal(floor.fire().closeReason, "CLOSED_EA_SYNC");
  });
});

Deno.test("F20: no age frees a slot: not four hours, not 17:00 New York, not midnight", async () => {
  await onFloor(async (floor) => {
    const ea = await ann(floor);
    await floor.open(ea, "EURUSD");
    await floor.run(5 * HOUR, 30);

    assert.deepEqual([floor.fires(), (await view(floor)).slots], [["ann EURUSD filled"], "1/10"]);
    assert.deepEqual(floor.conditions(), [`FIRE_OLD ${floor.fire().id}`]);
    assert.equal(new Date(floor.house.market.nowMs()).getUTCDate(), 8);
    await floor.raise(floor.signal(ea, "EURUSD"));
    assert.deepEqual(floor.decisions(), ["ann FIRED", "ann SYMBOL_BUSY"]);
  }, { startMs: Date.UTC(2026, 6, 7, 19, 30) });
});

Deno.test("F45: a change of mode changes the mode alone, and what is no mode changes nothing", async () => {
  await onFloor(async (floor) => {
    const ea = await ann(floor, 3);
    const own = { user_id: "ann", risk_percent: 1.5, open_risk_percent_max: 12, confidence_max: 85 };
    await floor.admin("POST", "/admin/api/users", own);
    await floor.open(ea, "EURUSD");
    const [before] = floor.rows("users");
    const mode = (word: string) => floor.admin("POST", "/admin/api/users", { user_id: "ann", mode: word });

    const back = await mode("back");
    assert.deepEqual([back.status, floor.rows("users")], [400, [before]]);
    assert.equal((await mode("SELECT")).status, 200);
    const [select] = floor.rows("users");
    assert.deepEqual({ ...select, updatedAtMs: 0 }, { ...before, mode: "SELECT", updatedAtMs: 0 });
    assert.equal((await mode("AUTO")).status, 200);

    const { user, slots, eaIds } = await view(floor);
    assert.deepEqual({ ...user, updatedAtMs: 0 }, { ...before, updatedAtMs: 0 });
    assert.deepEqual([slots, eaIds, floor.fires()], ["1/3", [ANN_EA], ["ann EURUSD filled"]]);
  });
});

Deno.test("F47: a heartbeat that says little leaves every field of the EA and of its fires as it was", async () => {
  await onFloor(async (floor) => {
    const ea = await ann(floor);
    await floor.open(ea, "EURUSD");
    await floor.run(60);
    const look = () => {
      const [row] = floor.rows("ea_instances");
      return { fires: floor.rows("fires"), ea: { ...row, lastSeenAtMs: 0 }, users: floor.rows("users") };
    };
    const before = look();
    assert.deepEqual([before.fires[0]!.fillPrice, before.ea.chartSymbol, before.ea.userId], [
      1.1,
      "EURUSD.r",
      "ann",
    ]);

    ea.mute = true;
    for (let nth = 0; nth < 5; nth++) {
      await ea.say(`{"type":"HEARTBEAT","target_uuid":"${ANN_EA}"}`);
      await ea.say(`{"type":"HELLO","target_uuid":"${ANN_EA}","node_id":"${ea.node}"}`);
      await floor.run(30);
    }

    assert.deepEqual(look(), before);
    assert.deepEqual(floor.conditions(), []);
  });
});

Deno.test("F48: a position that nothing has updated for ten minutes still blocks the other direction, on every EA of the user", async () => {
  await onFloor(async (floor) => {
    const ea = await ann(floor);
    const other = await floor.ready({ uuid: OTHER_EA, login: 1_000_002 });
    await floor.admin("POST", "/admin/api/users", { user_id: "ann", ea_uuids: [ANN_EA, OTHER_EA] });
    await floor.open(ea, "EURUSD");
    const holder = floor.fire().eaId === ANN_EA ? ea : other;
    holder.gone = true;
    await floor.run(600);
    const opposite = { direction: "SELL" } as const;
    await floor.raise(floor.signal(other, "EURUSD", opposite));

    assert.deepEqual(floor.decisions(), ["ann FIRED", "ann HEDGE_BLOCKED"]);
    assert.deepEqual([floor.fires(), ea.fires.length + other.fires.length], [["ann EURUSD filled"], 1]);
  });
});

Deno.test("F50: whoever cannot be asked is no slot and no yes: unknown, silent and stale EAs get nothing", async () => {
  await onFloor(async (floor) => {
    await floor.house.user("ann", ANN_EA);
    assert.deepEqual([(await view(floor)).slots, (await view(floor)).openFires], ["0/10", []]);
    const said: string[] = [];
    const ea = floor.terminal();
    const signal = async () => {
      await floor.raise(floor.signal(ea, "EURUSD"));
      said.push(floor.rows("decisions").at(-1)!.code);
    };

    await signal();
    await ea.introduce();
    await floor.run(7);
    await signal();
    await ea.beat();
    await floor.run(1);
    ea.still.add("EURUSD");
    await floor.run(31);
    await signal();
    ea.mute = true;
    ea.still.delete("EURUSD");
    await floor.run(76);
    await signal();

    assert.deepEqual(said, ["EA_OFFLINE", "EA_RECONCILING", "PRICE_STALE", "EA_STALE"]);
    assert.deepEqual([floor.fires(), ea.told], [[], []]);
  });
});
