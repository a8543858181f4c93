/**
 * The market clock a simulated EA adopts: the server's anchor, by arguments or from `/healthz`.
 *
 * @module
 */
import { scaledClock, wallClock } from "../../runtime/clocks.ts";
import type { ClockAnchor, MarketClock } from "../../runtime/clock.ts";
import { pause } from "../lib/pause.ts";

const TRIES = 60;
const TRY_AGAIN_MS = 500;

/** The clock of an anchor; real time for null. */
export function clockOf(anchor: ClockAnchor | null): MarketClock {
  return anchor === null ? wallClock() : scaledClock(anchor, wallClock());
}

/**
 * Asks a server for its anchor, for up to half a minute: field `clock` of its health answer, null for real time.
 *
 * @throws {Error} (as rejection) when nobody answers, or the answer has no such field
 */
export async function anchorOf(healthUrl: string): Promise<ClockAnchor | null> {
  for (let tries = 1;; tries++) {
    try {
      return readAnchor(await (await fetch(healthUrl)).json());
    } catch (error) {
      if (tries === TRIES) throw error;
      await pause(TRY_AGAIN_MS);
    }
  }
}

/**
 * Reads the anchor out of a health answer.
 *
 * @throws {Error} when there is none
 */
export function readAnchor(health: unknown): ClockAnchor | null {
  const clock = (health as { clock?: Partial<ClockAnchor> | null } | null)?.clock;
  if (clock === null) return null;
  const { wallMs, marketMs, speed, skips = [] } = clock ?? {};
  if (typeof wallMs !== "number" || typeof marketMs !== "number" || typeof speed !== "number") {
    throw new Error(
      `Cannot adopt clock as it must have wallMs, marketMs and speed: current value is ${
        JSON.stringify(clock)
      }`,
    );
  }
  return { wallMs, marketMs, speed, skips };
}
