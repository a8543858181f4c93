/**
 * The system: a tree of actors, its clock and its scheduler.
 *
 * @module
 */
import type { Exit, Ref } from "./actor.ts";
import { Phase } from "./address.ts";
import { Administration } from "./administration.ts";
import type { Clock } from "./clock.ts";
import type { DeadLetterCounts } from "./dead_letters.ts";
import { DynamicHandle } from "./dynamic_handle.ts";
import { kindOf } from "./envelope.ts";
import { House, type SystemOptions } from "./house.ts";
import { StartError } from "./keeping.ts";
import { checkSpec, planOf } from "./plan.ts";
import { type Keeper, Seat } from "./seat.ts";
import { plant } from "./static_supervisor.ts";
import type { ChildSpec } from "./supervisor.ts";
import { type TreeNode, treeOf } from "./tree.ts";

/** An ask without an answer. */
export interface WaitingAsk {
  /** Whom it was put to. */
  readonly path: string;
  readonly kind: string;
  /** Its deadline, runtime ms; Infinity when it has none. */
  readonly dueMs: number;
}

/** Numbers of a system. */
export interface SystemCounters {
  /** All dead letters since the start. */
  readonly deadLetters: number;
  readonly deadLettersByReason: DeadLetterCounts;
  readonly restarts: number;
  /** Handlers and `init`s that threw. */
  readonly crashes: number;
  /** Asks without an answer yet. */
  readonly asksPending: number;
  /** Actors that live. */
  readonly actors: number;
}

/** Whom root seats belong to: nobody restarts a root. */
class Ground implements Keeper {
  constructor(readonly house: House, readonly ended: (exit: Exit) => void) {}

  rose(_seat: Seat): void {}

  fell(seat: Seat, exit: Exit, _booted: boolean): void {
    seat.vacate(exit);
    this.ended(exit);
  }

  stumbled(seat: Seat, exit: Exit): void {
    this.house.report({
      supervisor: "",
      context: "shutdown_error",
      reason: exit,
      offender: seat.cell.path,
      messageKind: null,
      restarts: 0,
      atMs: this.house.clock.nowMs(),
    });
  }
}

/** Actors under supervision, and the only way in from outside. */
export class System {
  /** Resolves when a root has ended: by `stop`, or because it gave up. */
  readonly ended: Promise<Exit>;
  readonly #house: House;
  readonly #ground: Ground;
  readonly #end: (exit: Exit) => void;
  #seats: Seat[] = [];

  constructor(options: SystemOptions = {}) {
    this.#house = new House(options);
    const { promise, resolve } = Promise.withResolvers<Exit>();
    this.ended = promise;
    this.#end = resolve;
    this.#ground = new Ground(this.#house, resolve);
  }

  /** The runtime clock. */
  get clock(): Clock {
    return this.#house.clock;
  }

  /** The address at a path, whether somebody lives there yet or not: `bitten/store`. */
  ref<M>(path: string): Ref<M> {
    return this.#house.pin(path) as unknown as Ref<M>;
  }

  /** The dynamic supervisor at a path, whether it runs yet or not. */
  dynamic<A, M>(path: string): DynamicHandle<A, M> {
    return new DynamicHandle<A, M>(this.#house.pin(path));
  }

  /** The children of the supervisor at a path, to be looked at and changed at run time. */
  supervisor(path: string): Administration {
    return new Administration(this.#house.pin(path));
  }

  /**
   * Starts a tree and resolves when everybody in it has started.
   *
   * @throws {RangeError} when the specification is refused; nothing was started
   * @throws {StartError} when a child did not start; what had started was stopped in reverse
   */
  async start(root: ChildSpec): Promise<void> {
    checkSpec(root);
    const cell = this.#house.root(root.id);
    if (cell.seat !== null && cell.phase !== Phase.VACANT) {
      throw new RangeError(`Cannot start ${root.id} as it must not run already: current value is running`);
    }
    const seat = new Seat(this.#ground, cell, planOf(root));
    plant(cell, root);
    this.#seats.push(seat);
    const exit = await new Promise<Exit | null>((resolve) => seat.begin(resolve));
    if (exit !== null) this.#refuse(seat, exit);
  }

  #refuse(seat: Seat, exit: Exit): void {
    this.#seats = this.#seats.filter((other) => other !== seat);
    seat.vacate(exit);
    if (exit.kind === "normal") return;
    if (exit.kind === "shutdown" && exit.why instanceof StartError) throw exit.why;
    throw new StartError("the system", seat.cell.id, exit);
  }

  /** Opens the doors: everybody who asked to hear of it does. */
  go(): void {
    const house = this.#house;
    if (house.went) return;
    house.went = true;
    for (const tell of house.waitingForGo) tell();
    house.waitingForGo.clear();
  }

  /** Stops every root, the last started first; resolves when all are gone. */
  async stop(): Promise<void> {
    for (const seat of [...this.#seats].reverse()) {
      await new Promise<Exit>((resolve) => seat.end("drop", resolve));
      seat.vacate();
      this.#end({ kind: "shutdown" });
    }
    this.#seats = [];
    this.#house.asks.close();
  }

  /** Cuts off whoever lives at a path; its supervisor decides what comes next. */
  kill(path: string): void {
    const cell = this.#house.find(path);
    if (cell?.seat?.taken) cell.kill();
  }

  /** Asks without an answer, the next deadline first: who keeps others waiting. */
  waiting(): readonly WaitingAsk[] {
    const asks = [...this.#house.asks].map(({ to, message, dueMs }) => ({
      path: to.path,
      kind: kindOf(message),
      dueMs,
    }));
    return asks.toSorted((a, b) => a.dueMs < b.dueMs ? -1 : Number(a.dueMs > b.dueMs));
  }

  /** The roots and everybody below. */
  tree(): readonly TreeNode[] {
    return this.#seats.map((seat) => treeOf(seat.cell));
  }

  counters(): SystemCounters {
    const { letters, asks, restarts, crashes, actors } = this.#house;
    return {
      deadLetters: letters.total,
      deadLettersByReason: letters.counts,
      restarts,
      crashes,
      asksPending: asks.pending,
      actors,
    };
  }
}
