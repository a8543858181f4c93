/**
 * Worlds with every fault: the first half of the seeds that each change must survive.
 *
 * @module
 */
import { surviveSeeds } from "./survive.ts";

Deno.test("no promise is broken in the worlds of seeds 1 to 25, an hour each", () => surviveSeeds(1, 25));
