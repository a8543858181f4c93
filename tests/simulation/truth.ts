/**
 * What really happened to each fire in a simulated world: the observer sees brokers and wires, the house does not.
 *
 * @module
 */
import type { Position } from "../../scripts/sim/account.ts";

/** Where a fire's command is. */
export type Whereabouts = "flying" | "at the EA" | "executed" | "refused" | "lost";

/** One fire as the world saw it. */
export interface TrueFire {
  readonly fireId: string;
  readonly eaUuid: string;
  where: Whereabouts;
  /** Positions the broker opened for it, ever. */
  opened: number;
  /** Tickets open now. */
  readonly tickets: Set<number>;
  lastChangeMs: number;
}

/** All fires whose command ever left the house. */
export class Truth {
  readonly fires = new Map<string, TrueFire>();
  readonly #byTicket = new Map<string, TrueFire>();

  /** The command left towards an EA. */
  left(fireId: string, eaUuid: string, atMs: number): void {
    const fire = this.fires.get(fireId);
    if (fire !== undefined) return this.#move(fire, "flying", atMs);
    this.fires.set(fireId, {
      fireId,
      eaUuid,
      where: "flying",
      opened: 0,
      tickets: new Set(),
      lastChangeMs: atMs,
    });
  }

  /** It is somewhere else now; an executed fire stays executed. */
  moved(fireId: string, where: Whereabouts, atMs: number): void {
    const fire = this.fires.get(fireId);
    if (fire !== undefined && fire.where !== "executed") this.#move(fire, where, atMs);
  }

  /** A position opened for it. Answers how many there have been. */
  filled(fireId: string, eaUuid: string, position: Position, atMs: number): number {
    const fire = this.fires.get(fireId);
    if (fire === undefined) return 0;
    fire.opened++;
    fire.tickets.add(position.ticket);
    this.#byTicket.set(`${eaUuid}/${position.ticket}`, fire);
    this.#move(fire, "executed", atMs);
    return fire.opened;
  }

  /** A position closed. */
  closed(eaUuid: string, ticket: number, atMs: number): void {
    const fire = this.#byTicket.get(`${eaUuid}/${ticket}`);
    if (fire === undefined) return;
    fire.tickets.delete(ticket);
    fire.lastChangeMs = atMs;
  }

  #move(fire: TrueFire, where: Whereabouts, atMs: number): void {
    fire.where = where;
    fire.lastChangeMs = atMs;
  }
}
