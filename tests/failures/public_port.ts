/**
 * The public port over the house of a floor, its socket left out.
 *
 * @module
 */
import { publicApi } from "../../actors/http/public_api.ts";
import { publicApp } from "../../edges/http.ts";
import { PATTERN_NAMES } from "../../protocols/signal.ts";
import { memoryLog } from "../../runtime/mod.ts";
import type { Floor } from "./floor.ts";

/** A request to the public port. */
export async function askPublic({ house, answer }: Floor, path: string): Promise<Response> {
  const { at, system, market: clock } = house;
  const deps = {
    ...at,
    clock,
    runtimeClock: system.clock,
    startedMs: system.clock.nowMs(),
    version: "test",
    activePatterns: () => PATTERN_NAMES,
    eaStaleMs: 75_000,
  };
  const app = publicApp(publicApi(deps, () => true), memoryLog(clock).log);
  return await answer(Promise.resolve(app.request(path, {}, { remote: "127.0.0.1" })));
}
