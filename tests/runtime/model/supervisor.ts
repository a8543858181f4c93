/**
 * A static supervisor on paper, and how a whole tree is put on paper.
 *
 * @module
 */
import { PaperDynamic } from "./dynamic.ts";
import {
  type Paper,
  PaperNode,
  PaperParent,
  PaperWorker,
  type Plan,
  type Started,
  type SupervisorPlan,
  Window,
} from "./paper.ts";

export class PaperSupervisor extends PaperParent {
  declare readonly plan: SupervisorPlan;
  #children: PaperNode[] = [];
  #window = new Window();

  constructor(paper: Paper, plan: SupervisorPlan, parent: PaperParent | null) {
    super(paper, plan, parent);
    this.#furnish();
  }

  override get children(): readonly PaperNode[] {
    return this.#children;
  }

  start(): Started {
    this.#window = new Window();
    this.#furnish();
    this.up = true;
    for (const child of this.#children) {
      if (this.#raise(child) !== "failed") continue;
      this.paper.reached.add("a supervisor did not start");
      this.stop();
      return "failed";
    }
    return "up";
  }

  stop(): void {
    for (const child of this.#children.toReversed()) child.stop();
    this.up = false;
  }

  lose(child: PaperNode, abnormal: boolean): void {
    const { restart, significant } = child.plan;
    if (restart === "permanent" || (restart === "transient" && abnormal)) return this.#again(child);
    if (restart === "temporary") this.#drop(child);
    const last = !this.#children.some((other) => other !== child && other.plan.significant && other.up);
    if (significant && (last || this.plan.autoShutdown === "any_significant")) {
      this.resign("shut itself down");
    }
  }

  /** Starts a child at run time, as the last one. */
  add(plan: Plan): string {
    const known = this.#find(plan.id);
    if (known !== undefined) return known.up ? "already_started" : "already_present";
    const child = nodeOf(this.paper, plan, this);
    this.#children.push(child);
    if (this.#raise(child) !== "failed") return "ok";
    this.#drop(child);
    return "failed";
  }

  stopChild(id: string): string {
    const child = this.#find(id);
    if (child === undefined) return "not_found";
    child.stop();
    if (child.plan.restart === "temporary") this.#drop(child);
    return "ok";
  }

  restartChild(id: string): string {
    const child = this.#find(id);
    if (child === undefined) return "not_found";
    if (child.up) return "running";
    return this.#raise(child) === "failed" ? "failed" : "ok";
  }

  removeChild(id: string): string {
    const child = this.#find(id);
    if (child === undefined) return "not_found";
    if (child.up) return "running";
    this.#drop(child);
    return "ok";
  }

  /** A child for every plan: what changed at run time is forgotten. */
  #furnish(): void {
    const before = this.#children;
    this.#children = this.plan.children.map((plan) =>
      before.find((child) => child.plan === plan) ?? nodeOf(this.paper, plan, this)
    );
  }

  /** Restarts a child, with those its strategy says; one that does not start is another failure. */
  #again(child: PaperNode): void {
    if (!this.#window.admits(this.plan.intensity, this.paper.nowMs)) return this.resign("gave up");
    const group = this.#groupOf(child);
    for (const other of group.toReversed()) this.#lower(other);
    for (const other of group.filter((other) => this.#children.includes(other))) {
      if (this.#raise(other) !== "failed") continue;
      this.paper.reached.add(other === child ? "a restart failed" : "a sibling's restart failed");
      return this.#again(other);
    }
  }

  #groupOf(child: PaperNode): readonly PaperNode[] {
    if (this.plan.strategy === "one_for_one") return [child];
    return this.#children.slice(this.plan.strategy === "one_for_all" ? 0 : this.#children.indexOf(child));
  }

  /** Stops a child with its group; a temporary one does not come back with it. */
  #lower(child: PaperNode): void {
    child.stop();
    if (child.plan.restart !== "temporary") return;
    this.paper.reached.add("a temporary child was dropped with its group");
    this.#drop(child);
  }

  #raise(child: PaperNode): Started {
    const started = child.start();
    if (started === "unneeded" && child.plan.restart === "temporary") this.#drop(child);
    return started;
  }

  #find(id: string): PaperNode | undefined {
    return this.#children.find((child) => child.id === id);
  }

  #drop(child: PaperNode): void {
    this.#children = this.#children.filter((other) => other !== child);
  }
}

/** Somebody for a plan, not started yet. */
export function nodeOf(paper: Paper, plan: Plan, parent: PaperParent | null): PaperNode {
  if (plan.type === "worker") return new PaperWorker(paper, plan, parent);
  if (plan.type === "dynamic") return new PaperDynamic(paper, plan, parent);
  return new PaperSupervisor(paper, plan, parent);
}
