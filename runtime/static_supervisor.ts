/**
 * Static supervisors: children known beforehand, started in order, stopped in reverse, restarted by strategy.
 *
 * What the cases of Erlang/OTP's `supervisor` say (25.2) holds here, unless the README declares a deviation.
 *
 * @module
 */
import type { Exit } from "./actor.ts";
import type { Cell } from "./cell.ts";
import { DynamicSupervisor } from "./dynamic_supervisor.ts";
import { GaveUpError, isWanted, StartError, Supervising } from "./keeping.ts";
import { planOf } from "./plan.ts";
import { type Refusal, Requests } from "./requests.ts";
import { Seat } from "./seat.ts";
import type { Mail } from "./seat.ts";
import { Serial } from "./serial.ts";
import type { ChildSpec, SupervisorSpec } from "./supervisor.ts";
import { DEFAULT_INTENSITY, RestartWindow } from "./window.ts";

/** Makes a cell what its specification says; everybody below has an address from then on. */
export function plant(cell: Cell, spec: ChildSpec): void {
  cell.branch = null;
  if (spec.type === "supervisor") new StaticSupervisor(cell, spec);
  if (spec.type === "dynamic") new DynamicSupervisor(cell, spec);
}

/** A supervisor with ordered children. */
export class StaticSupervisor extends Supervising {
  readonly kind = "supervisor";
  readonly spec: SupervisorSpec;
  readonly #window: RestartWindow;
  #serial = new Serial();
  #seats: Seat[] = [];
  /** The group that waits for another attempt, and the child whose failure it waits for. */
  #pending: { readonly seat: Seat; readonly group: readonly Seat[] } | null = null;
  readonly #requests = new Requests();

  constructor(cell: Cell, spec: SupervisorSpec) {
    super(cell);
    this.spec = spec;
    this.#window = new RestartWindow(spec.intensity ?? DEFAULT_INTENSITY);
    this.#furnish();
  }

  seats(): readonly Seat[] {
    return this.#seats;
  }

  child(id: string): Cell | undefined {
    return this.seat(id)?.cell;
  }

  seat(id: string): Seat | undefined {
    return this.#seats.find((seat) => seat.cell.id === id);
  }

  /** Does something about the children when nothing else is being done, and answers. */
  request<T>(job: () => Promise<T> | T): Promise<T | Refusal> {
    if (this.cell.life === null) return Promise.resolve({ ok: false, reason: "noproc" });
    return this.#requests.add(job, this.closing === null ? this.#serial : null);
  }

  override close(exit: Exit, booted: boolean): void {
    this.#serial.clear();
    super.close(exit, booted);
    this.#requests.refuse();
  }

  open(): void {
    this.cell.enter();
    this.state = "starting";
    this.#window.clear();
    this.#pending = null;
    this.#serial = new Serial();
    this.#furnish();
    this.#serial.run(() => this.#openAll());
  }

  fell(seat: Seat, exit: Exit, booted: boolean): void {
    if (this.closing !== null) return;
    seat.history.fallen = exit;
    // A sibling that starts may wait for the one that fell, whose mail is kept: it would wait for ever.
    if (this.state === "starting" && this.#isOneForOne) return void this.#decide(seat, exit, booted);
    this.#serial.run(() => seat.past?.fallen === exit ? this.#decide(seat, exit, booted) : undefined);
  }

  get #isOneForOne(): boolean {
    return (this.spec.strategy ?? "one_for_one") === "one_for_one";
  }

  shut(mail: () => Mail): void {
    this.#serial.clear();
    for (const seat of this.#seats) seat.settle();
    void this.#closeAll(mail);
  }

  /** A child for every specification, at the address it had before. */
  #furnish(): void {
    const before = this.#seats;
    this.#seats = this.spec.children.map((spec) => {
      const seat = before.find(({ cell }) => cell.id === spec.id);
      return seat?.plan.spec === spec ? seat : this.place(spec);
    });
    for (const seat of before) if (!this.#seats.includes(seat)) seat.vacate();
    for (const seat of this.#seats) seat.await();
  }

  /** A seat for a child, not among the others yet. */
  place(spec: ChildSpec): Seat {
    const cell = this.cell.pin(spec.id);
    const seat = new Seat(this, cell, planOf(spec));
    plant(cell, spec);
    return seat;
  }

  /** Lives no longer, or is about to: what was begun in an earlier life is not gone on with. */
  isOver(life: unknown): boolean {
    return this.closing !== null || this.cell.life !== life;
  }

  async #openAll(): Promise<void> {
    const life = this.cell.life;
    for (const seat of [...this.#seats]) {
      const exit = await this.raise(seat);
      if (this.isOver(life)) return;
      if (exit !== null) return this.#failStart(seat, exit);
    }
    this.state = "running";
    this.cell.seat?.started();
  }

  #failStart(seat: Seat, exit: Exit): void {
    this.report("start_error", seat, exit);
    this.giveUp({ kind: "shutdown", why: new StartError(this.path, seat.cell.id, exit) });
  }

  /** Starts a child; null when it started or said that it is not needed. */
  async raise(seat: Seat): Promise<Exit | null> {
    const life = this.cell.life;
    const exit = await new Promise<Exit | null>((resolve) => seat.begin(resolve));
    if (exit?.kind !== "normal" || this.cell.life !== life) return exit;
    this.retire(seat, exit);
    return null;
  }

  async #closeAll(mail: () => Mail): Promise<void> {
    const life = this.cell.life;
    for (const seat of [...this.#seats].reverse()) {
      await this.lower(seat, mail());
      if (this.cell.life !== life) return;
      if (mail() === "drop") seat.vacate();
    }
    this.close(this.closing?.exit ?? { kind: "shutdown" }, !this.wasStarting);
  }

  /** Stops a child for good. False: this supervisor has ended meanwhile. */
  async dismiss(seat: Seat): Promise<boolean> {
    const life = this.cell.life;
    const exit = await this.lower(seat, "drop");
    if (this.cell.life !== life) return false;
    this.retire(seat, exit);
    return true;
  }

  /** Stops a child. */
  lower(seat: Seat, mail: Mail): Promise<Exit> {
    return new Promise((resolve) => seat.end(mail, resolve));
  }

  #decide(seat: Seat, exit: Exit, booted: boolean): Promise<void> | void {
    seat.settle();
    if (!booted && exit.kind === "normal") return this.retire(seat, exit);
    const nowMs = this.cell.core.clock.nowMs();
    this.reportFall(seat, exit, booted, nowMs);
    if (!isWanted(seat, exit, booted)) return this.#letGo(seat, exit);
    if (!this.#window.admits(nowMs)) return this.#passLimit(seat, exit);
    if (this.#isOneForOne) return seat.relaunch();
    return this.#regroup(seat);
  }

  #passLimit(seat: Seat, exit: Exit): void {
    this.report("gave_up", seat, exit);
    this.giveUp({ kind: "shutdown", why: new GaveUpError(this.path, seat.cell.id, exit) });
  }

  /** A child that will not live again by itself; a temporary one is forgotten. */
  retire(seat: Seat, exit: Exit): void {
    seat.vacate(exit);
    if (seat.plan.restart === "temporary") this.forget(seat);
  }

  /** Takes a seat in, as the last one. */
  add(seat: Seat): void {
    this.#seats.push(seat);
  }

  forget(seat: Seat): void {
    this.#seats = this.#seats.filter((other) => other !== seat);
  }

  /** A child ended and is not restarted: its end may be this supervisor's. */
  #letGo(seat: Seat, exit: Exit): void {
    const others = this.#seats.filter((other) => other !== seat && other.plan.significant);
    this.retire(seat, exit);
    if (!seat.plan.significant) return;
    const last = !others.some((other) => other.taken || other.restarting);
    if (this.spec.autoShutdown === "any_significant" || last) this.giveUp({ kind: "shutdown" });
  }

  /** Stops the child's group in reverse and starts it again in order. */
  async #regroup(seat: Seat): Promise<void> {
    const life = this.cell.life;
    const first = this.spec.strategy === "one_for_all" ? 0 : this.#seats.indexOf(seat);
    const group = this.#seats.slice(first);
    for (const other of group.toReversed()) {
      await this.#clear(other);
      if (this.isOver(life)) return;
    }
    this.cell.core.restarts++;
    this.#pending = { seat, group };
    const waitMs = seat.backoffMs();
    if (waitMs === 0) return await this.#raiseGroup(life);
    seat.history.timer = this.cell.core.clock.after(
      waitMs,
      () => this.#serial.run(() => this.#raiseGroup(life)),
    );
  }

  /** Temporary children do not come back with their group. */
  async #clear(seat: Seat): Promise<void> {
    if (seat.plan.restart === "temporary") await this.dismiss(seat);
    else await this.lower(seat, "keep");
  }

  /** A child will not be tried again: the group that waited for it comes back without it. */
  async abandon(seat: Seat): Promise<void> {
    if (this.#pending?.seat !== seat) return;
    this.#pending = { seat, group: this.#pending.group.filter((other) => other !== seat) };
    await this.#raiseGroup(this.cell.life);
  }

  async #raiseGroup(life: unknown): Promise<void> {
    if (this.isOver(life)) return;
    const { group } = this.#pending ?? { group: [] };
    this.#pending = null;
    for (const seat of group) {
      if (this.isOver(life)) return;
      if (!this.#seats.includes(seat) || seat.taken) continue;
      if (seat.restarting) seat.history.restarts++;
      const exit = await this.raise(seat);
      if (exit === null || this.isOver(life)) continue;
      this.#pending = { seat, group };
      return this.fell(seat, exit, false);
    }
  }
}
