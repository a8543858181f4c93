/**
 * One user's fault never stops another: his actor rests, he is halted, an operator hears of it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { emptyWorld, fakeHouse } from "../kit/house.ts";

Deno.test("an autofire actor that crashes too often halts its user alone", async () => {
  const world = emptyWorld();
  const house = await fakeHouse(world, { startMs: Date.UTC(2026, 5, 16, 10, 33) });
  await house.user("ann", "walk_alpha_ea_001");
  await house.user("bob", "walk_bravo_ea_001");

  for (let crash = 0; crash < 4; crash++) {
    house.system.kill("bitten/autofire/ann");
    await house.flow();
  }
  await house.run(2);

  const users = world.store.select({ from: "users" }).map(({ id, halted }) => [id, halted]);
  assert.deepEqual(users.toSorted(), [["ann", true], ["bob", false]]);
  assert.deepEqual(
    world.store.select({ from: "conditions" }).map(({ code, subject }) => [code, subject]),
    [["AUTOFIRE_GAVE_UP", "ann"]],
  );
  assert.equal(house.at.autofires.get("ann"), undefined);
  assert.notEqual(house.at.autofires.get("bob"), undefined);
  await house.stop();
  world.store.close();
});
