/**
 * The demo's tally: what has happened, counted from the events.
 *
 * @module
 */
import type { BittenEvent, EventKind } from "../../protocols/events.ts";

/** Counts events by kind, and refusals by code. */
export class Tally {
  readonly #kinds = new Map<EventKind, number>();
  readonly #refusals: Record<string, number> = {};

  /** Counts one event. */
  count(event: BittenEvent): void {
    this.#kinds.set(event.kind, this.of(event.kind) + 1);
    if (event.kind === "decisionRefused") this.#refuse(event.code);
    if (event.kind === "fireRefused" && event.fire.code !== null) this.#refuse(event.fire.code);
  }

  /** How many of one kind there were. */
  of(kind: EventKind): number {
    return this.#kinds.get(kind) ?? 0;
  }

  /** Refusals by gate code. */
  get refusals(): Readonly<Record<string, number>> {
    return { ...this.#refusals };
  }

  #refuse(code: string): void {
    this.#refusals[code] = (this.#refusals[code] ?? 0) + 1;
  }
}
