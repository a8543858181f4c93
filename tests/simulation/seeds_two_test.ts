/**
 * Worlds with every fault: the second half of the seeds that each change must survive.
 *
 * @module
 */
import { surviveSeeds } from "./survive.ts";

Deno.test("no promise is broken in the worlds of seeds 26 to 50, an hour each", () => surviveSeeds(26, 25));
