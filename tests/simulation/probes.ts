/**
 * Questions put to the living house now and then: does what it believes agree with its disk, and is it at rest?
 *
 * @module
 */
import type { EaView } from "../../protocols/ea.ts";
import { eaId } from "../../protocols/units.ts";
import { Violation } from "./violation.ts";
import type { World } from "./world.ts";

const VIEW_MS = 20_000;
const AGAIN_MS = 300_000;

/** Asks every EA's slot every so often, and reconciles twice now and then. */
export function probe(world: World): void {
  every(world, VIEW_MS, () => viewSlots(world));
  every(world, AGAIN_MS, () => void (world.wantsPeace = true));
}

function every(world: World, periodMs: number, run: () => void): void {
  world.timeline.after(periodMs, () => {
    run();
    every(world, periodMs, run);
  });
}

/** A slot answers between two handlers: then what it holds is what the disk holds. */
function viewSlots(world: World): void {
  if (!world.server.open) return;
  for (const { uuid } of world.plan.eas) {
    const slot = world.server.at.slots.get(uuid);
    slot?.tell({ kind: "view", reply: (view) => world.guard(() => compare(world, uuid, view)) });
  }
}

function compare(world: World, uuid: string, view: EaView): void {
  if (view.phase === "reconciling") return;
  const { ledger } = world.disk;
  for (const fire of view.openFires) {
    const row = ledger.fires.get(fire.id);
    if (row?.status !== fire.status) {
      throw new Violation(
        "REPLAY",
        `${uuid} believes ${fire.id} is ${fire.status}, its row says ${row?.status}`,
      );
    }
  }
  const held = new Set<string>(view.openFires.map(({ id }) => id));
  for (const row of ledger.holding.values()) {
    // A reserved fire is told of after its row is on disk.
    if (row.eaId === uuid && row.status !== "reserved" && !held.has(row.id)) {
      throw new Violation("SLOTS", `${uuid} does not know of ${row.id}, ${row.status} on the disk`);
    }
  }
}

/**
 * While the world stands still, everybody reconciles; then everybody does so again, and nothing may come of it.
 *
 * @throws {Violation} when the second time changes something
 */
export async function reconcileTwice(world: World): Promise<void> {
  const cycleAll = () => {
    for (const { uuid } of world.plan.eas) {
      world.server.at.slots.ensure(uuid, eaId(uuid)).tell({ kind: "cycle" });
    }
  };
  if (!world.server.open || !await world.settle()) return;
  world.faulty = false;
  try {
    cycleAll();
    if (!await world.settle()) return;
    const before = world.disk.ledger.lastSeq;
    cycleAll();
    if (!await world.settle()) return;
    const news = world.disk.ledger.events.filter(({ seq }) => seq > before).map(({ event }) => event.kind);
    if (news.length > 0) throw new Violation("IDEMPOTENT", `a second reconciliation said ${news}`);
  } finally {
    world.faulty = true;
  }
}
