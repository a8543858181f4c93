/**
 * A dynamic supervisor on paper: children by key, each with a window of its own or all with one.
 *
 * @module
 */
import {
  type DynamicPlan,
  PaperNode,
  PaperParent,
  PaperWorker,
  type Started,
  Window,
  type WorkerPlan,
} from "./paper.ts";

/** A dynamic supervisor's child: its own window, and until when it rests after it gave up. */
class Kid {
  readonly window = new Window();
  restsUntilMs: number | null = null;
  constructor(readonly node: PaperWorker) {}
}

export class PaperDynamic extends PaperParent {
  declare readonly plan: DynamicPlan;
  #shared = new Window();
  readonly #kids = new Map<string, Kid>();

  override get children(): readonly PaperNode[] {
    const { nowMs } = this.paper;
    for (const [key, kid] of this.#kids) {
      if (kid.restsUntilMs !== null && kid.restsUntilMs <= nowMs) this.#kids.delete(key);
    }
    return [...this.#kids.values()].map((kid) => kid.node);
  }

  start(): Started {
    this.#shared = new Window();
    this.up = true;
    return "up";
  }

  stop(): void {
    for (const child of this.children) child.stop();
    this.#kids.clear();
    this.up = false;
  }

  override cut(): void {
    super.cut();
    this.#kids.clear();
  }

  lose(child: PaperNode, abnormal: boolean): void {
    const { restart } = child.plan;
    if (restart === "permanent" || (restart === "transient" && abnormal)) this.#again(child.id);
    else this.#kids.delete(child.id);
  }

  /** Starts a key's child unless it is there; a start that fails is tried again. */
  ensure(key: string): void {
    if (this.up && !this.#has(key)) this.#raise(this.#seat(key));
  }

  /** Starts a key's child once. */
  startChild(key: string): string {
    if (!this.up || this.#has(key)) return "refused";
    const { node } = this.#seat(key);
    const started = node.start();
    if (started !== "up") this.#kids.delete(key);
    return started;
  }

  stopChild(key: string): void {
    this.#kids.get(key)?.node.stop();
    this.#kids.delete(key);
  }

  #has(key: string): boolean {
    return this.children.some((child) => child.id === key);
  }

  #seat(key: string): Kid {
    const kept = { id: key, restart: this.plan.kidRestart, significant: false };
    const plan: WorkerPlan = { ...kept, type: "worker", brutal: false, async: false };
    const kid = new Kid(new PaperWorker(this.paper, plan, this));
    this.#kids.set(key, kid);
    return kid;
  }

  #raise(kid: Kid): void {
    const started = kid.node.start();
    if (started === "unneeded") this.#kids.delete(kid.node.id);
    if (started === "failed") this.#again(kid.node.id);
  }

  #again(key: string): void {
    const kid = this.#kids.get(key) as Kid;
    const { intensity, window } = this.plan;
    const { nowMs, reached } = this.paper;
    const counted = window === "shared" ? this.#shared : kid.window;
    if (counted.admits(intensity, nowMs)) return this.#raise(kid);
    if (window === "shared") return this.resign("a dynamic supervisor gave up");
    reached.add("a dynamic child rested");
    kid.restsUntilMs = nowMs + intensity.withinMs;
  }
}
