/**
 * The operator of a simulated world: looks every few minutes at what the house asks of a person, and at the terminals,
 * and answers truthfully.
 *
 * @module
 */
import { eaId, fireId as asFireId } from "../../protocols/units.ts";
import type { Resolution } from "../../protocols/slot.ts";
import type { TrueFire } from "./truth.ts";
import type { World } from "./world.ts";

const LOOK_MS = 300_000;
/** A fire in doubt for so long is a matter for a person. */
const PATIENCE_MS = 600_000;

/** The operator goes to work. */
export function operate(world: World): void {
  world.timeline.after(LOOK_MS, () => {
    if (world.server.open) look(world);
    operate(world);
  });
}

function look(world: World): void {
  const { ledger } = world.disk;
  for (const { uuid } of world.plan.eas) {
    if (ledger.conditions.has(`EA_TAKEN_OVER ${uuid}`)) settle(world, uuid);
  }
  for (const { id, status, eaId: uuid, sentAtMs } of ledger.holding.values()) {
    const fire = world.truth.fires.get(id);
    if (status !== "ambiguous" || fire === undefined) continue;
    if (world.timeline.nowMs + world.skewMs - (sentAtMs ?? Infinity) < PATIENCE_MS) continue;
    const resolution = resolutionOf(fire);
    if (resolution !== null) resolve(world, uuid, fire.fireId, resolution);
  }
}

/** There is one terminal of each name in this world: whoever is there now is the right one. */
function settle(world: World, uuid: string): void {
  world.note(`operator: ${uuid} is who it says it is`);
  world.server.at.commandGateway.tell({ kind: "settle", eaId: eaId(uuid), reply: () => {} });
}

/** What a person sees at the terminal; null while the command may still be read. */
function resolutionOf({ where, opened, tickets }: TrueFire): Resolution | null {
  if (where === "flying" || where === "at the EA") return null;
  const [ticket] = tickets;
  if (ticket !== undefined) return { status: "filled", ticket };
  return opened > 0 ? { status: "closed", reason: "CLOSED_BY_OPERATOR" } : { status: "expired" };
}

function resolve(world: World, uuid: string, fireId: string, resolution: Resolution): void {
  world.note(`operator: ${fireId} is ${resolution.status}`);
  const by = "operator";
  world.server.at.slots.ensure(uuid, eaId(uuid)).tell({
    kind: "resolve",
    fireId: asFireId(fireId),
    resolution,
    by,
    reply: () => {},
  });
}
