/**
 * The handle on a dynamic supervisor that others hold: valid before it starts and across its restarts.
 *
 * @module
 */
import type { Ref } from "./actor.ts";
import { Cell } from "./cell.ts";
import { DynamicSupervisor } from "./dynamic_supervisor.ts";
import { StartError } from "./keeping.ts";
import type { Dynamic } from "./supervisor.ts";

/** A dynamic supervisor by its path. */
export class DynamicHandle<A, M> implements Dynamic<A, M> {
  readonly #cell: Cell;

  constructor(cell: Cell) {
    this.#cell = cell;
  }

  get path(): string {
    return this.#cell.path;
  }

  /**
   * The child's address; starts it when it is not there. Messages told meanwhile wait for its `init`.
   *
   * A key whose child is stopping is started anew when that one is gone. A child that gave up rests for one
   * restart window. Without a supervisor, or past its `max`, nobody lives at the address: messages told to it
   * are dead letters.
   */
  ensure(key: string, argument: A): Ref<M> {
    const ref = this.#supervisor?.ensure(key, argument) ?? new Cell(this.#cell.core, this.#cell, key);
    return ref as unknown as Ref<M>;
  }

  /**
   * Starts a child that is not there and waits for its `init`.
   *
   * @throws {StartError} (as rejection) when it did not start; nothing is kept of it
   */
  start(key: string, argument: A): Promise<Ref<M>> {
    const supervisor = this.#supervisor;
    if (supervisor !== null) return supervisor.startChild(key, argument) as unknown as Promise<Ref<M>>;
    const why = "there is no such supervisor";
    return Promise.reject(new StartError(this.path, key, { kind: "shutdown", why }));
  }

  get(key: string): Ref<M> | undefined {
    return this.#supervisor?.get(key) as unknown as Ref<M> | undefined;
  }

  /** Resolves when the child is gone; at once when there is none. */
  async stop(key: string): Promise<void> {
    await this.#supervisor?.stopChild(key);
  }

  keys(): readonly string[] {
    return this.#supervisor?.keys() ?? [];
  }

  get #supervisor(): DynamicSupervisor | null {
    const branch = this.#cell.branch;
    return branch instanceof DynamicSupervisor ? branch : null;
  }
}
