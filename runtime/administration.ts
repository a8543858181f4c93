/**
 * Administration: a static supervisor's children, looked at and changed at run time.
 *
 * A supervisor does one thing at a time: a request waits until the one before it is done.
 *
 * @module
 */
import type { Exit, Ref } from "./actor.ts";
import type { Cell } from "./cell.ts";
import { checkChild, type Plan } from "./plan.ts";
import type { Refusal } from "./requests.ts";
import type { Seat } from "./seat.ts";
import { StaticSupervisor } from "./static_supervisor.ts";
import type { ChildSpec } from "./supervisor.ts";
import { DEFAULT_INTENSITY } from "./window.ts";

/** What starting a child came to. `ref` is null when its `init` said that it is not needed. */
export type StartAnswer =
  | { readonly ok: true; readonly ref: Ref<never> | null }
  | Refusal
  | { readonly ok: false; readonly reason: "already_started"; readonly ref: Ref<never> }
  /** There is a child of that id, which does not run. */
  | { readonly ok: false; readonly reason: "already_present" }
  | { readonly ok: false; readonly reason: "failed"; readonly exit: Exit }
  | { readonly ok: false; readonly reason: "bad_spec"; readonly error: RangeError };

/** What restarting a child came to. */
export type RestartAnswer =
  | { readonly ok: true; readonly ref: Ref<never> | null }
  | Refusal
  | { readonly ok: false; readonly reason: "not_found" | "running" | "restarting" }
  | { readonly ok: false; readonly reason: "failed"; readonly exit: Exit };

/** What stopping or removing a child came to. */
export type Administered =
  | { readonly ok: true }
  | Refusal
  | { readonly ok: false; readonly reason: "not_found" | "running" | "restarting" };

/** One child. */
export interface ChildEntry {
  readonly id: string;
  readonly type: ChildSpec["type"];
  readonly state: "running" | "restarting" | "stopped";
  /** Null unless it runs. */
  readonly ref: Ref<never> | null;
}

/** How many children there are. */
export interface ChildCounts {
  readonly specified: number;
  readonly active: number;
  readonly supervisors: number;
  readonly workers: number;
}

const OK: Administered = { ok: true };

function stateOf(seat: Seat): ChildEntry["state"] {
  if (seat.up) return "running";
  return seat.taken || seat.restarting ? "restarting" : "stopped";
}

function no<R extends string>(reason: R): { readonly ok: false; readonly reason: R } {
  return { ok: false, reason };
}

/** The children of one supervisor. Valid before it starts and across its restarts, which forget what was changed. */
export class Administration {
  readonly #cell: Cell;

  constructor(cell: Cell) {
    this.#cell = cell;
  }

  /** Starts a child, as the last one. When it does not start, nothing is kept of it. */
  start(spec: ChildSpec): Promise<StartAnswer> {
    return this.#request((supervisor) => {
      const error = this.#fault(supervisor, spec);
      if (error !== null) return { ok: false, reason: "bad_spec", error };
      const known = supervisor.seat(spec.id);
      if (known === undefined) return this.#add(supervisor, spec);
      if (stateOf(known) !== "running") return no("already_present");
      return { ok: false, reason: "already_started", ref: known.cell };
    });
  }

  /** Stops a child; it stays listed unless it is temporary. Answers after it is gone. */
  stop(id: string): Promise<Administered> {
    return this.#withSeat(id, async (seat, supervisor) => {
      if (await supervisor.dismiss(seat)) await supervisor.abandon(seat);
      return OK;
    });
  }

  /** Starts a child that was stopped or has ended. */
  restart(id: string): Promise<RestartAnswer> {
    return this.#withSeat(id, async (seat, supervisor): Promise<RestartAnswer> => {
      const state = stateOf(seat);
      if (state !== "stopped") return no(state);
      const { life } = this.#cell;
      const exit = await supervisor.raise(seat);
      if (exit === null) return { ok: true, ref: seat.up ? seat.cell : null };
      if (!supervisor.isOver(life)) this.#clearAway(supervisor, seat, exit);
      return { ok: false, reason: "failed", exit };
    });
  }

  /** Forgets a child that does not run. */
  remove(id: string): Promise<Administered> {
    return this.#withSeat(id, (seat, supervisor) => {
      const state = stateOf(seat);
      if (state !== "stopped") return no(state);
      supervisor.forget(seat);
      return OK;
    });
  }

  /** The children in start order (OTP lists the newest first). */
  children(): Promise<readonly ChildEntry[] | Refusal> {
    return this.#request((supervisor) =>
      supervisor.seats().map((seat) => {
        const state = stateOf(seat);
        return {
          id: seat.cell.id,
          type: seat.plan.spec.type,
          state,
          ref: state === "running" ? seat.cell : null,
        };
      })
    );
  }

  count(): Promise<ChildCounts | Refusal> {
    return this.#request((supervisor) => {
      const seats = supervisor.seats();
      const workers = seats.filter((seat) => seat.plan.spec.type === "worker").length;
      const active = seats.filter((seat) => stateOf(seat) === "running").length;
      return { specified: seats.length, active, supervisors: seats.length - workers, workers };
    });
  }

  /** How a child is kept, every default filled in; null when there is none of that id. */
  plan(id: string): Promise<Plan | null | Refusal> {
    return this.#request((supervisor) => supervisor.seat(id)?.plan ?? null);
  }

  async #add(supervisor: StaticSupervisor, spec: ChildSpec): Promise<StartAnswer> {
    const seat = supervisor.place(spec);
    supervisor.add(seat);
    const { life } = this.#cell;
    const exit = await supervisor.raise(seat);
    if (exit === null) return { ok: true, ref: seat.up ? seat.cell : null };
    if (!supervisor.isOver(life)) {
      supervisor.forget(seat);
      this.#clearAway(supervisor, seat, exit);
    }
    return { ok: false, reason: "failed", exit };
  }

  #clearAway(supervisor: StaticSupervisor, seat: Seat, exit: Exit): void {
    supervisor.report("start_error", seat, exit);
    seat.vacate(exit);
  }

  #fault(supervisor: StaticSupervisor, spec: ChildSpec): RangeError | null {
    const { autoShutdown, intensity } = supervisor.spec;
    try {
      checkChild(supervisor.path, spec, autoShutdown ?? "never", intensity ?? DEFAULT_INTENSITY);
      return null;
    } catch (error) {
      return error as RangeError;
    }
  }

  #withSeat<T>(
    id: string,
    job: (seat: Seat, supervisor: StaticSupervisor) => Promise<T> | T,
  ): Promise<T | Refusal | { readonly ok: false; readonly reason: "not_found" }> {
    return this.#request((supervisor) => {
      const seat = supervisor.seat(id);
      return seat === undefined ? no("not_found") : job(seat, supervisor);
    });
  }

  #request<T>(job: (supervisor: StaticSupervisor) => Promise<T> | T): Promise<T | Refusal> {
    const { branch } = this.#cell;
    if (!(branch instanceof StaticSupervisor)) return Promise.resolve(no("noproc"));
    return branch.request(() => job(branch));
  }
}
