/**
 * Order of siblings: children start after all before them and stop after all behind them are gone.
 *
 * @module
 */
import type { Cell } from "../../../runtime/cell.ts";
import type { TestSystem } from "../../kit/test_system.ts";
import type { Ledger } from "./ledger.ts";

/** The cell at a path: the address and whoever lives there. */
export function cellAt(kit: TestSystem, path: string): Cell {
  return kit.system.ref(path) as unknown as Cell;
}

/** Checks the order whenever somebody begins or is told to stop. */
export class Order {
  constructor(readonly kit: TestSystem, readonly ledger: Ledger) {}

  /** Called in an `init`: while its supervisor starts, nobody behind it lives. */
  checkStart(path: string): void {
    const cell = cellAt(this.kit, path);
    if (cell.parent === null || cellAt(this.kit, cell.parent.path).branch?.state !== "starting") return;
    const early = this.#behind(path).filter((sibling) => sibling.life !== null);
    this.ledger.check(early.length === 0, `${path} begins after ${early.map((sibling) => sibling.path)}`);
  }

  /** Called in a stop hook, after an order to stop: nobody behind it lives, unless it was stopped alone. */
  checkStop(path: string): void {
    const cell = cellAt(this.kit, path);
    const branch = cell.parent === null ? null : cellAt(this.kit, cell.parent.path).branch;
    if (branch?.kind !== "supervisor" || this.#isAlone(path)) return;
    const left = this.#behind(path).filter((sibling) => sibling.life !== null);
    this.ledger.check(
      left.length === 0,
      `${path} is told to stop before ${left.map((sibling) => sibling.path)}`,
    );
  }

  /** Somebody asked for this one by hand. */
  #isAlone(path: string): boolean {
    return (this.ledger.byHand.get(path) ?? 0) > 0;
  }

  #behind(path: string): readonly Cell[] {
    const cell = cellAt(this.kit, path);
    const seats = [...cellAt(this.kit, cell.parent?.path ?? "").branch?.seats() ?? []];
    const place = seats.findIndex((seat) => seat.cell === cell);
    return place < 0 ? [] : seats.slice(place + 1).map((seat) => seat.cell);
  }
}
