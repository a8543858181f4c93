/**
 * Recorded failures at the gateways: impostors, clocks, identities and silent channels.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { ConnectionView } from "../../domain/routes.ts";
import type { EaReport } from "../../protocols/http.ts";
import { ANN_EA, type Floor, onFloor } from "./floor.ts";

async function easOf(floor: Floor): Promise<readonly Record<string, unknown>[]> {
  const { body } = await floor.admin("GET", "/admin/api/eas");
  return (body as { eas: Record<keyof EaReport, unknown>[] }).eas;
}

const STRANGER = { login: 9_999_999, identity: "elsewhere" };

Deno.test("F8: an impostor that takes an EA's place gets no command, is reported at once, and its fills are not believed", async () => {
  await onFloor(async (floor) => {
    const ea = await floor.ann();
    await floor.raise(floor.signal(ea, "EURUSD"));
    const impostor = floor.terminal(STRANGER);
    await impostor.introduce();
    await floor.run(1);
    const reported = floor.conditions();
    assert.deepEqual([reported[0], reported[1]], [`EA_ACCOUNT_CHANGED ${ANN_EA}`, `EA_TAKEN_OVER ${ANN_EA}`]);

    // It saw the command on another day: it answers for the EA.
    await impostor.confirm(impostor.fill(ea.fires[0]));
    await floor.run(40);
    assert.deepEqual(floor.fires(), ["ann EURUSD ambiguous"]);
    assert.ok(floor.conditions().includes(`EA_IMPOSTOR ${ANN_EA}`));
    await impostor.confirm(impostor.closed("close_all", "success", 0));
    impostor.price("GBPUSD", 1.2999, 1.3);
    await floor.run(5);
    await floor.raise(floor.signal(impostor, "GBPUSD"));
    await floor.run(2);

    assert.deepEqual([floor.fire().status, ea.fires.length, impostor.told], ["ambiguous", 1, []]);
    // The EA's own word counts as ever.
    await ea.confirm(ea.fill());
    await floor.run(1);
    assert.deepEqual(floor.fires().filter((each) => each.includes("EURUSD")), ["ann EURUSD filled"]);
  });
});

Deno.test("F8: after a person stopped the impostor and settled its EA, commands go to the EA again", async () => {
  await onFloor(async (floor) => {
    const ea = await floor.ann();
    const impostor = floor.terminal(STRANGER);
    await impostor.introduce();
    await floor.run(31);
    await floor.raise(floor.signal(ea, "EURUSD"));
    await floor.run(2);
    assert.deepEqual(floor.fires(), ["ann EURUSD refused EA_OFFLINE"]);
    assert.match(
      floor.fire().note!,
      /took over from .* Stop the one that should not run, then settle this EA/,
    );

    impostor.gone = true;
    await floor.run(40);
    assert.equal((await floor.admin("POST", `/admin/api/eas/${ANN_EA}/settle`)).status, 200);
    await floor.raise(floor.signal(ea, "EURUSD"));
    await floor.run(2);
    assert.deepEqual([ea.fires.length, impostor.told], [1, []]);
  });
});

Deno.test("F8: a stranger that bears the uuid of an EA long silent is reported as another account", async () => {
  await onFloor(async (floor) => {
    const ea = await floor.ann();
    ea.gone = true;
    await floor.run(200, 5);
    await floor.terminal(STRANGER).introduce();
    await floor.run(1);

    const changed = floor.rows("conditions").find(({ code }) => code === "EA_ACCOUNT_CHANGED")!;
    assert.match(changed.message, /came back on account 9999999 instead of 1000001/);
  });
});

Deno.test("F11: an EA is as fresh as its last arrival, whatever its own clock says", async () => {
  for (const hours of [-3, 3]) {
    await onFloor(async (floor) => {
      const ea = await floor.ann({ variant: "v2.06H" });
      const skew = (text: string) =>
        text.replace(/"ts":(\d+)/, (_, ts) => `"ts":${Number(ts) + hours * 3_600}`);
      ea.edit = skew;
      await floor.run(60);
      await floor.raise(floor.signal(ea, "EURUSD"));
      assert.equal(ea.fires.length, 1);
      await ea.confirm(ea.refusal("Trade failed - Error: 4756 Result: 10019"));

      // Its heart stops while its prices go on.
      ea.mute = true;
      await floor.run(76);
      await floor.raise(floor.signal(ea, "EURUSD"));
      assert.deepEqual(floor.decisions(), ["ann EA_STALE", "ann FIRED"]);
      assert.deepEqual((await easOf(floor)).map(({ connected }) => connected), [false]);
    });
  }
});

Deno.test("F38: an EA that ticks and never beats gets no fire, and the house says which of its channels is silent", async () => {
  await onFloor(async (floor) => {
    await floor.house.user("ann", ANN_EA);
    const ea = floor.terminal();
    ea.mute = true;
    await floor.run(120);
    assert.deepEqual(floor.conditions(), [`COMMAND_CHANNEL_SILENT ${ANN_EA}`]);
    assert.match(floor.rows("conditions")[0]!.message, /ticks, but its command channel has been silent/);

    await ea.introduce();
    ea.mute = false;
    await floor.run(31);
    assert.deepEqual(floor.conditions(), []);
    ea.mute = true;
    await floor.run(120);
    await floor.raise(floor.signal(ea, "EURUSD"));
    assert.deepEqual(floor.conditions(), [`COMMAND_CHANNEL_SILENT ${ANN_EA}`, `EA_LOST ${ANN_EA}`]);
    assert.deepEqual([floor.decisions(), ea.told], [["ann EA_STALE"], []]);
  });
});

Deno.test("F39: after a restart a heartbeat alone brings an EA's route back, by its connection and not by its name", async () => {
  await onFloor(async (floor) => {
    const ea = await floor.ann();
    await floor.restart();
    await floor.run(31);
    await floor.raise(floor.signal(ea, "EURUSD"));
    await floor.run(1);

    const gateway = floor.house.at.commandGateway;
    const known = await floor.answer(
      gateway.ask<readonly ConnectionView[]>((reply) => ({ kind: "connections", reply })),
    );
    assert.deepEqual(known.map(({ eaId, identity }) => [eaId, identity]), [[ANN_EA, ANN_EA.slice(0, -1)]]);
    assert.deepEqual([floor.fires(), ea.fires.length], [["ann EURUSD sent"], 1]);
  });
});

Deno.test("F39: of two EAs whose uuids differ in the character that is cut off, neither gets the other's fire", async () => {
  await onFloor(async (floor) => {
    const twin = ANN_EA.slice(0, -1) + "z";
    const ea = await floor.ann();
    await floor.house.user("bob", twin);
    const other = await floor.ready({ uuid: twin, login: 2_000_002 });
    assert.deepEqual(floor.conditions(), [`IDENTITY_CLASH ${ANN_EA}`, `IDENTITY_CLASH ${twin}`]);
    await floor.raise(floor.signal(ea, "EURUSD"));
    await floor.run(2);

    assert.deepEqual(floor.fires(), ["ann EURUSD refused EA_OFFLINE", "bob EURUSD refused EA_OFFLINE"]);
    assert.deepEqual([ea.told, other.told], [[], []]);
  });
});
