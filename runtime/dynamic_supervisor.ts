/**
 * Dynamic supervisors: children of one kind that come and go by key.
 *
 * @module
 */
import type { Exit, Ref } from "./actor.ts";
import { Phase } from "./address.ts";
import { Cell } from "./cell.ts";
import { GaveUpError, isWanted, StartError, Supervising } from "./keeping.ts";
import { type Plan, planOfChildren } from "./plan.ts";
import { Keyed } from "./keyed.ts";
import { type Mail, Seat } from "./seat.ts";
import type { DynamicSpec } from "./supervisor.ts";
import { DEFAULT_INTENSITY, RestartWindow } from "./window.ts";

const keyOf = (seat: Seat): string => seat.cell.id;

/** A supervisor with one child per key. */
export class DynamicSupervisor extends Supervising {
  readonly kind = "dynamic";
  readonly spec: DynamicSpec;
  readonly #plan: Plan;
  readonly #shared: RestartWindow;
  readonly #seats = new Keyed<Seat>(keyOf);
  /** Seats whose key was asked for again while they were leaving: the next one waits for their end. */
  readonly #leaving = new Keyed<Seat>(keyOf);

  constructor(cell: Cell, spec: DynamicSpec) {
    super(cell);
    this.spec = spec;
    this.#plan = planOfChildren(spec);
    this.#shared = new RestartWindow(spec.intensity ?? DEFAULT_INTENSITY);
  }

  seats(): Iterable<Seat> {
    return this.#leaving.size === 0 ? this.#seats : [...this.#leaving, ...this.#seats];
  }

  child(id: string): Cell | undefined {
    return this.#seats.get(id)?.cell;
  }

  get size(): number {
    return this.#seats.size;
  }

  open(): void {
    this.cell.enter();
    this.#shared.clear();
    this.state = "running";
    this.cell.seat?.started();
    for (const seat of [...this.#seats]) if (this.closing === null) seat.launch();
  }

  /** The address of a key's child, started when it is not there. */
  ensure(key: string, argument: unknown): Ref<unknown> {
    const seat = this.#seats.get(key);
    if (seat === undefined) return this.#add(key, argument);
    return seat.leaving ? this.#succeed(seat, key, argument) : seat.cell;
  }

  get(key: string): Ref<unknown> | undefined {
    const seat = this.#seats.get(key);
    return seat === undefined || seat.leaving || !(seat.taken || seat.restarting) ? undefined : seat.cell;
  }

  keys(): readonly string[] {
    return [...this.#seats].map(keyOf).filter((key) => this.get(key) !== undefined);
  }

  /**
   * Starts a key's child and waits for its `init`.
   *
   * @throws {StartError} (as rejection) when the key is taken, there is no room, or `init` failed: nothing is kept
   */
  startChild(key: string, argument: unknown): Promise<Ref<unknown>> {
    const seat = this.#isTaken(key) ? null : this.#seatFor(key, argument);
    return new Promise((resolve, reject) => {
      if (seat === null) reject(this.#refusal(key));
      else seat.begin((exit) => exit === null ? resolve(seat.cell) : reject(this.#takeBack(seat, exit)));
    });
  }

  #refusal(key: string): StartError {
    return new StartError(this.path, key, { kind: "shutdown", why: this.#reason(key) });
  }

  /** A child that did not start is not kept; one that is not needed has not failed. */
  #takeBack(seat: Seat, exit: Exit): StartError {
    if (this.closing === null && exit.kind !== "normal") this.reportFall(seat, exit, false);
    this.#remove(seat, exit);
    return new StartError(this.path, seat.cell.id, exit);
  }

  /** Stops a key's child; resolves when it is gone. */
  async stopChild(key: string): Promise<void> {
    const seats = [this.#leaving.get(key), this.#seats.get(key)].filter((seat) => seat !== undefined);
    await Promise.all(seats.map((seat) =>
      new Promise<void>((resolve) => {
        seat.end("drop", (exit) => {
          this.#remove(seat, exit);
          resolve();
        });
      })
    ));
  }

  #isTaken(key: string): boolean {
    return this.#seats.has(key) || this.#leaving.has(key);
  }

  #reason(key: string): string {
    if (!this.#isOpen()) return "its supervisor is not running";
    return this.#isTaken(key) ? "it is running already" : `there are ${this.#seats.size} already`;
  }

  fell(seat: Seat, exit: Exit, booted: boolean): void {
    if (this.closing !== null) return;
    if (!booted && exit.kind === "normal") return this.#remove(seat, exit);
    const nowMs = this.cell.core.clock.nowMs();
    this.reportFall(seat, exit, booted, nowMs);
    if (!isWanted(seat, exit, booted)) return this.#remove(seat, exit);
    if (this.#windowOf(seat).admits(nowMs)) return seat.relaunch();
    this.report("gave_up", seat, exit);
    if (this.spec.window === "shared") {
      this.giveUp({ kind: "shutdown", why: new GaveUpError(this.path, seat.cell.id, exit) });
    } else this.#giveUpOn(seat, exit);
  }

  /** All are told at once, and have one limit in common. Children do not outlive their supervisor's restart. */
  shut(_mail: () => Mail): void {
    const life = this.cell.life;
    const seats = [...this.seats()];
    let left = seats.length;
    const end = () => this.close(this.closing?.exit ?? { kind: "shutdown" }, !this.wasStarting);
    if (left === 0) return end();
    for (const seat of seats) {
      seat.end("drop", (exit) => {
        this.#remove(seat, exit);
        if (--left === 0 && this.cell.life === life) end();
      });
    }
  }

  override vacate(exit: Exit): void {
    for (const seat of [...this.seats()]) this.#remove(seat, exit);
  }

  override close(exit: Exit, booted: boolean): void {
    this.vacate(exit);
    super.close(exit, booted);
  }

  #windowOf(seat: Seat): RestartWindow {
    if (this.spec.window === "shared") return this.#shared;
    return seat.history.window ??= new RestartWindow(this.#shared.intensity);
  }

  #isOpen(): boolean {
    const { phase } = this.cell;
    return this.closing === null && (phase === Phase.SUPERVISING || phase === Phase.WAITING);
  }

  /** A seat for a key; null when there is none to be had. */
  #seatFor(key: string, argument: unknown): Seat | null {
    if (!this.#isOpen() || this.#seats.size >= (this.spec.max ?? Infinity)) return null;
    const seat = new Seat(this, this.#cellFor(key), this.#plan);
    seat.argument = argument;
    this.#seats.set(seat);
    return seat;
  }

  #cellFor(key: string): Cell {
    const pinned = this.cell.pins?.get(key);
    if (pinned?.phase === Phase.VACANT) return pinned;
    return new Cell(this.cell.core, this.cell, key);
  }

  #add(key: string, argument: unknown): Ref<unknown> {
    const seat = this.#seatFor(key, argument);
    if (seat === null) return this.#cellFor(key);
    if (this.state === "running" && !this.#leaving.has(key)) seat.launch();
    return seat.cell;
  }

  /** The one of the same key is still leaving: the next one takes mail in, and starts when it is gone. */
  #succeed(leaving: Seat, key: string, argument: unknown): Ref<unknown> {
    this.#leaving.set(leaving);
    this.#seats.delete(key);
    return (this.#seatFor(key, argument)?.cell) ?? leaving.cell;
  }

  #remove(seat: Seat, exit: Exit): void {
    const key = seat.cell.id;
    seat.vacate(exit);
    if (this.#seats.get(key) === seat) this.#seats.delete(key);
    if (this.#leaving.get(key) !== seat) return;
    this.#leaving.delete(key);
    if (this.closing !== null) return;
    const next = this.#seats.get(key);
    if (next !== undefined && !next.taken) next.launch();
  }

  /** It rests for as long as its window: else the next `ensure` would begin the same crashes anew. */
  #giveUpOn(seat: Seat, exit: Exit): void {
    seat.vacate(exit);
    seat.history.timer = this.cell.core.clock.after(
      this.#shared.intensity.withinMs,
      () => this.#remove(seat, exit),
    );
    this.cell.core.guard(() => this.spec.onGiveUp?.(seat.cell.id, exit.kind === "error" ? exit.error : exit));
  }
}
