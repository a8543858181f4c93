/**
 * One chaotic run by one seed: faults, calm, end.
 *
 * @module
 */
import type { World } from "./actor.ts";
import { ask, disturb, open, worldOf } from "./house.ts";
import { checkCalm, checkEnd, checkTurn } from "./invariants.ts";

/** Longer than whatever may still be waited for. */
const CALM_MS = 1_200;

/** Plays one seed through; what was broken on the way is in the ledger. */
export async function run(seed: number, rounds = 120): Promise<World> {
  const world = worldOf(seed);
  const { kit, ledger, random } = world;
  await open(world);
  for (let i = 0; i < rounds; i++) {
    for (let n = random.whole(4); n > 0; n--) disturb(world);
    if (random.chance(0.5)) await kit.clock.advance(random.whole(30));
  }

  ledger.calm = true;
  await kit.clock.advance(CALM_MS);
  checkTurn(world);
  checkCalm(world);
  await askEverybody(world);

  const stopping = kit.system.stop();
  await kit.clock.advance(CALM_MS);
  await stopping;
  await kit.settle();
  checkTurn(world);
  checkEnd(world);
  return world;
}

/** In the calm whoever lives answers. */
async function askEverybody(world: World): Promise<void> {
  const { kit, ledger, paths } = world;
  const living = paths.filter((path) => ledger.living(path) !== null);
  const before = ledger.settled.length;
  for (const path of living) ask(world, path, 1_000);
  await kit.settle();
  const answers = ledger.settled.slice(before).map((line) => line.split(" ")[1]);
  ledger.check(
    answers.length === living.length && answers.every((said) => said === "ok"),
    `asks do not succeed again: ${living} ${answers}`,
  );
}
