/**
 * A supervision tree on paper: what starts, stops and restarts what, with nothing running.
 *
 * Pure bookkeeping after the cases of `supervisor` in Erlang/OTP: every step is over before the next begins.
 *
 * @module
 */
import type { Intensity, RestartType, Strategy } from "../../../runtime/mod.ts";

interface Kept {
  readonly id: string;
  readonly restart: RestartType;
  readonly significant: boolean;
}
export type WorkerPlan = Kept & {
  readonly type: "worker";
  readonly brutal: boolean;
  /** Its `init` and its stop hook are async; that must make no difference. */
  readonly async: boolean;
};
export type SupervisorPlan = Kept & {
  readonly type: "supervisor";
  readonly strategy: Strategy;
  readonly intensity: Intensity;
  readonly autoShutdown: "never" | "any_significant" | "all_significant";
  readonly children: readonly Plan[];
};
export type DynamicPlan = Kept & {
  readonly type: "dynamic";
  readonly intensity: Intensity;
  readonly window: "perChild" | "shared";
  readonly kidRestart: RestartType;
};
/** A tree on paper. */
export type Plan = WorkerPlan | SupervisorPlan | DynamicPlan;

/** How a worker ends by itself, or is made to. */
export type End = "normal" | "shutdown" | "crash" | "kill";
/** What comes of a start. */
export type Started = "up" | "failed" | "unneeded";

/** What all of a tree share. */
export class Paper {
  nowMs = 0;
  /** `+id` at each init, `-id how` at each stop hook. */
  readonly trace: string[] = [];
  /** What the next inits of a worker come to; without one it starts. */
  readonly inits = new Map<string, Started[]>();
  /** Workers whose next stop hook throws. */
  readonly brokenHooks = new Set<string>();
  /** What has come about so far, of what is worth asking for. */
  readonly reached = new Set<string>();
}

/** Restarts in a sliding window. */
export class Window {
  #times: readonly number[] = [];

  admits({ restarts, withinMs }: Intensity, nowMs: number): boolean {
    this.#times = [...this.#times.filter((time) => time >= nowMs - withinMs), nowMs];
    return this.#times.length <= restarts;
  }
}

/** Somebody on paper. */
export abstract class PaperNode {
  up = false;
  constructor(readonly paper: Paper, readonly plan: Plan, readonly parent: PaperParent | null) {}

  abstract start(): Started;
  /** Stops by order. */
  abstract stop(): void;
  /** Is cut off. */
  abstract cut(): void;

  get id(): string {
    return this.plan.id;
  }

  get path(): string {
    return this.parent === null ? this.id : `${this.parent.path}/${this.id}`;
  }

  get children(): readonly PaperNode[] {
    return [];
  }

  /** Itself and everybody below who is listed. */
  *listed(): Iterable<PaperNode> {
    yield this;
    for (const child of this.children) yield* child.listed();
  }

  /** Is cut off by somebody from outside. */
  kill(): void {
    this.cut();
    this.parent?.lose(this, true);
  }
}

/** A supervisor on paper. */
export abstract class PaperParent extends PaperNode {
  /** A child has ended by itself. */
  abstract lose(child: PaperNode, abnormal: boolean): void;

  cut(): void {
    for (const child of this.children) child.cut();
    this.up = false;
  }

  /** Ends by itself, for a reason. */
  resign(why: string): void {
    this.paper.reached.add(this.parent === null ? `${why}, at the root` : why);
    this.stop();
    this.parent?.lose(this, false);
  }
}

export class PaperWorker extends PaperNode {
  declare readonly plan: WorkerPlan;

  start(): Started {
    this.paper.trace.push(`+${this.id}`);
    const started = this.paper.inits.get(this.id)?.shift() ?? "up";
    this.up = started === "up";
    return started;
  }

  stop(): void {
    if (this.up && !this.plan.brutal) this.#leave("shutdown");
    this.up = false;
  }

  cut(): void {
    this.up = false;
  }

  /** Ends by itself. */
  end(how: Exclude<End, "kill">): void {
    const broken = this.#leave(how === "crash" ? "error(boom)" : how);
    this.up = false;
    this.parent?.lose(this, broken || how === "crash");
  }

  /** Runs the stop hook; true when it throws. */
  #leave(said: string): boolean {
    this.paper.trace.push(`-${this.id} ${said}`);
    return this.paper.brokenHooks.delete(this.id);
  }
}
