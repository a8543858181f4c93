/**
 * A system for tests: virtual clocks, a log in memory, and a way to wait until nothing is left to do.
 *
 * @module
 */
import type { AnyActor, Ref } from "../../runtime/actor.ts";
import { hostTurn } from "../../runtime/host.ts";
import {
  type CrashReport,
  type DeadLetter,
  liveScheduler,
  type LogRecord,
  memoryLog,
  type Scheduler,
  seededRandom,
  simulatedScheduler,
  supervisor,
  System,
  type VirtualClock,
  virtualClock,
  worker,
} from "../../runtime/mod.ts";

/** How a test system may differ. */
export interface TestSystemOptions {
  /** Where both clocks start, UTC ms; default 2026-01-05T10:00:00Z, a Monday. */
  readonly startMs?: number;
  /** Draws who runs next and which of two timers of one moment is first; without it: first come, first served. */
  readonly seed?: number;
  /** Turns after which `settle` says that the actors keep each other busy for ever; default 1,000,000. */
  readonly turnsMax?: number;
  /** With a seed: told before each turn who has it. */
  readonly onTurn?: (path: string, turn: number) => void;
}

/** A system and everything a test looks at. */
export interface TestSystem {
  readonly system: System;
  readonly scheduler: Scheduler;
  /** The runtime clock: asks, time limits, restart windows. */
  readonly clock: VirtualClock;
  /** The market clock. */
  readonly market: VirtualClock;
  /** Resolves when nobody has anything to do, promise chains included. */
  readonly settle: () => Promise<void>;
  /** Moves both clocks together, firing what falls due on either in order, settling between. */
  readonly advance: (ms: number) => Promise<void>;
  readonly deadLetters: readonly DeadLetter[];
  readonly reports: readonly CrashReport[];
  readonly logs: readonly LogRecord[];
}

const MONDAY_MS = Date.UTC(2026, 0, 5, 10);

/** Makes a settling function: idle, and still idle with no turn given after a turn of the host. */
function settling(scheduler: Scheduler, turnsMax: number): () => Promise<void> {
  return async () => {
    const limit = scheduler.turns + turnsMax;
    for (let before = -1; before !== scheduler.turns || !scheduler.idle;) {
      if (scheduler.turns > limit) throw new Error(`Cannot settle: ${turnsMax} turns and no end`);
      before = scheduler.turns;
      await hostTurn();
    }
  };
}

/** Moves several clocks by the same span, whichever has the earlier timer first; they always show the same. */
async function advanceAll(clocks: readonly VirtualClock[], ms: number): Promise<void> {
  const pairs = clocks.map((clock) => ({ clock, startMs: clock.nowMs() }));
  const nextMs = () => Math.min(...pairs.map(({ clock, startMs }) => (clock.nextMs ?? Infinity) - startMs));
  let atMs = 0;
  do {
    await clocks[0]?.advance(0);
    atMs = Math.min(ms, nextMs());
    for (const { clock, startMs } of pairs) clock.show(startMs + atMs);
    for (const { clock, startMs } of pairs) await clock.advanceTo(startMs + atMs);
  } while (atMs < ms || nextMs() <= ms);
}

/** Makes a system on virtual clocks. Nothing of it touches the host's time. */
export function testSystem(options: TestSystemOptions = {}): TestSystem {
  const startMs = options.startMs ?? MONDAY_MS;
  const seeded = options.seed === undefined ? {} : { random: seededRandom(options.seed) };
  // A slice that ordinary tests never use up: where one ended would hang on the machine's speed.
  const scheduler = options.seed === undefined
    ? liveScheduler({ sliceMs: 200 })
    : simulatedScheduler(options.seed, options.onTurn === undefined ? {} : { onTurn: options.onTurn });
  const settle = settling(scheduler, options.turnsMax ?? 1_000_000);
  const clock = virtualClock(startMs, { settle, ...seeded });
  const market = virtualClock(startMs, { settle, ...seeded });
  const deadLetters: DeadLetter[] = [];
  const reports: CrashReport[] = [];
  const memory = memoryLog(market);
  const system = new System({
    clock,
    scheduler,
    log: memory.log,
    onReport: (report) => void reports.push(report),
    onDeadLetter: (letter) => void deadLetters.push(letter),
  });
  const advance = (ms: number) => advanceAll([clock, market], ms);
  return { system, scheduler, clock, market, settle, advance, deadLetters, reports, logs: memory.records };
}

const spawned = new WeakMap<System, number>();

/**
 * Starts one actor under a supervisor of its own, with the default restart limit, and says go.
 *
 * Messages told at once wait for its `init`. `system.stop()` ends it.
 */
export function spawnOne<M>(system: System, actor: AnyActor<M>, id = "actor"): Ref<M> {
  const count = (spawned.get(system) ?? 0) + 1;
  spawned.set(system, count);
  const root = `test${count}`;
  void system.start(supervisor(root, { children: [worker(id, () => actor)] })).catch(() => {});
  system.go();
  return system.ref<M>(`${root}/${id}`);
}
