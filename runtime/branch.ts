/**
 * What a supervisor is to the cell it lives in.
 *
 * @module
 */
import type { Exit } from "./actor.ts";
import type { Cell } from "./cell.ts";
import type { Order, Seat } from "./seat.ts";

/** What somebody in the tree is doing. */
export type LifeState = "starting" | "running" | "restarting" | "stopping" | "stopped";

/** A supervisor. */
export interface Branch {
  readonly kind: "supervisor" | "dynamic";
  readonly state: LifeState;
  /** Moves in and starts its children; its seat hears how that went. */
  open(): void;
  /** Stops its children and ends; its seat hears of it. */
  stop(order: Order): void;
  /** Ends at once, with everybody below. */
  kill(): void;
  /** Nobody will live here, nor below. */
  vacate(exit: Exit): void;
  /** The cell of a child. */
  child(id: string): Cell | undefined;
  /** Its children's seats, in start order. */
  seats(): Iterable<Seat>;
}
