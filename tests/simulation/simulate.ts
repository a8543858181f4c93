/**
 * Runs simulated worlds: one by its seed, or a batch; finds what of a failing one is enough to fail.
 *
 * @module
 */
import { afflict } from "./afflictions.ts";
import { FAULT_KINDS, type FaultKind } from "./faults.ts";
import { finish } from "./finale.ts";
import { operate } from "./operator.ts";
import { planOf } from "./plan.ts";
import { probe, reconcileTwice } from "./probes.ts";
import type { Violation } from "./violation.ts";
import { World } from "./world.ts";

const HOUR_MS = 3_600_000;

/** What one world is run with. */
export interface RunOptions {
  /** Hours with faults; a quarter of an hour of healing and ending follows. */
  readonly hours: number;
  /** Kinds that may strike; default all. */
  readonly faults?: ReadonlySet<FaultKind>;
  /** Hears every line of the trace. */
  readonly tell?: (line: string) => void;
  /** Called before the world begins: a test breaks something in it. */
  readonly meddle?: (world: World) => void;
}

/** A violation as plain data: it travels between threads. */
export type BrokenPromise = Pick<Violation, "invariant" | "detail" | "message">;

/** What became of a world. */
export interface WorldResult {
  readonly seed: number;
  readonly steps: number;
  readonly traceHash: string;
  readonly violation: BrokenPromise | null;
  /** How long it lived with faults, hours. */
  readonly worldHours: number;
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
  readonly signals: number;
  readonly fires: number;
  readonly fills: number;
  readonly lives: number;
  /** The last 50 events. */
  readonly last: readonly string[];
}

/** Runs the world of a seed. Equal seeds and options give equal results, whatever the machine does meanwhile. */
export async function runWorld(seed: number, options: RunOptions): Promise<WorldResult> {
  const { hours, faults, tell = null, meddle = () => {} } = options;
  const plan = planOf(seed, { hours, ...(faults === undefined ? {} : { faults }) });
  const world = new World(plan, tell);
  try {
    meddle(world);
    world.begin();
    afflict(world);
    probe(world);
    operate(world);
    await world.run(plan.startMs + hours * HOUR_MS, () => atPeace(world));
    if (world.violation === null) await finish(world);
    return resultOf(world);
  } finally {
    world.end();
  }
}

async function atPeace(world: World): Promise<void> {
  try {
    await reconcileTwice(world);
  } catch (error) {
    world.guard(() => {
      throw error;
    });
  }
}

function resultOf(world: World): WorldResult {
  const { plan, trace, disk, truth, struck } = world;
  return {
    seed: plan.seed,
    steps: trace.steps,
    traceHash: trace.hash,
    violation: world.violation === null ? null : plain(world.violation),
    worldHours: Math.min(plan.hours, (world.timeline.nowMs - plan.startMs) / HOUR_MS),
    faults: Object.fromEntries(struck),
    signals: disk.ledger.signals.size,
    fires: disk.ledger.fires.size,
    fills: [...truth.fires.values()].filter(({ opened }) => opened > 0).length,
    lives: world.lives,
    last: trace.last,
  };
}

function plain({ invariant, detail, message }: Violation): BrokenPromise {
  return { invariant, detail, message };
}

/**
 * Takes away one kind of fault after the other for as long as the world still breaks the same promise.
 *
 * A world ends at the step at which a promise is broken, so that its prefix is the shortest already.
 *
 * @param failed a result with a violation
 * @param options what it was run with
 */
export async function shrink(
  failed: WorldResult,
  options: Pick<RunOptions, "hours" | "meddle">,
): Promise<{ readonly result: WorldResult; readonly faults: ReadonlySet<FaultKind> }> {
  let result = failed;
  let faults = new Set(FAULT_KINDS.filter((kind) => kind in failed.faults));
  const whole = await runWorld(failed.seed, { ...options, faults });
  if (whole.violation?.invariant !== failed.violation?.invariant) {
    return { result, faults: new Set(FAULT_KINDS) };
  }
  for (const kind of [...faults]) {
    const without = new Set([...faults].filter((each) => each !== kind));
    const again = await runWorld(failed.seed, { ...options, faults: without });
    const needed = again.violation?.invariant !== failed.violation?.invariant;
    if (needed) continue;
    faults = without;
    result = again;
  }
  return { result, faults };
}
