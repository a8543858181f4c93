/**
 * A supervisor on paper: what restarts what, with no time passing and nothing running.
 *
 * @module
 */
import type { Intensity, RestartType, Strategy } from "../../runtime/mod.ts";

/** A tree on paper. */
export type Plan =
  | { readonly type: "worker"; readonly id: string; readonly restart: RestartType }
  | {
    readonly type: "supervisor";
    readonly id: string;
    readonly restart: RestartType;
    readonly strategy: Strategy;
    readonly intensity: Intensity;
    readonly children: readonly Plan[];
  };

/** How a worker ends. */
export type End = "normal" | "crash" | "kill";

/** Somebody on paper. */
export class ModelNode {
  up = false;
  /** When it restarted a child. */
  #times: number[] = [];
  children: ModelNode[] = [];

  /** `lives` counts incarnations of workers by id, for the whole tree. */
  constructor(readonly plan: Plan, readonly parent: ModelNode | null, readonly lives: Map<string, number>) {}

  get path(): string {
    return this.parent === null ? this.plan.id : `${this.parent.path}/${this.plan.id}`;
  }

  start(): void {
    this.up = true;
    this.#times = [];
    const { id } = this.plan;
    if (this.plan.type === "worker") return void this.lives.set(id, (this.lives.get(id) ?? 0) + 1);
    const before = new Map(this.children.map((child) => [child.plan.id, child]));
    this.children = this.plan.children.map((plan) =>
      before.get(plan.id) ?? new ModelNode(plan, this, this.lives)
    );
    for (const child of this.children) child.start();
  }

  stop(): void {
    for (const child of this.children) child.stop();
    this.up = false;
  }

  /** It ends by itself. */
  end(end: End | "shutdown", atMs: number): void {
    this.stop();
    if (this.parent !== null) this.parent.#lose(this, end === "crash" || end === "kill", atMs);
  }

  /** Workers that live, in start order. */
  living(): readonly ModelNode[] {
    return [...this.listed()].filter((node) => node.up && node.plan.type === "worker");
  }

  /** Everybody below who is listed, itself first. */
  *listed(): Iterable<ModelNode> {
    yield this;
    for (const child of this.children) yield* child.listed();
  }

  #lose(child: ModelNode, abnormal: boolean, atMs: number): void {
    const { restart } = child.plan;
    if (restart === "temporary") this.children = this.children.filter((other) => other !== child);
    else if (restart === "permanent" || abnormal) this.#restart(child, atMs);
  }

  #restart(child: ModelNode, atMs: number): void {
    if (this.plan.type === "worker") return;
    const { restarts, withinMs } = this.plan.intensity;
    this.#times = [...this.#times.filter((time) => time >= atMs - withinMs), atMs];
    if (this.#times.length > restarts) return this.end("shutdown", atMs);
    const first = this.plan.strategy === "rest_for_one" ? this.children.indexOf(child) : 0;
    const group = this.plan.strategy === "one_for_one" ? [child] : this.children.slice(first);
    for (const other of group) other.stop();
    this.children = this.children.filter((other) =>
      !group.includes(other) || other.plan.restart !== "temporary"
    );
    for (const other of group) if (this.children.includes(other)) other.start();
  }
}
