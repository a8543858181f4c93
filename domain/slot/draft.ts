/**
 * Draft: one step of a slot ledger under way, collecting what several rules want one after the other.
 *
 * It changes in place and never leaves the function that made it; what leaves is the finished step.
 *
 * @module
 */
import type { EaInstance } from "../../protocols/ea.ts";
import type { BittenEvent } from "../../protocols/events.ts";
import type { Fire } from "../../protocols/fire.ts";
import type { Refusal } from "../../protocols/gates.ts";
import type { FireId } from "../../protocols/units.ts";
import type { Command } from "../../protocols/wire.ts";
import { type Circuit, countFailure, countSuccess } from "../circuit.ts";
import { type FireStep, holdsSlot, markRefused } from "../fire.ts";
import { type Evidence, forgetFire, releaseMargin } from "./evidence.ts";
import { type ConditionChange, marginOf, type SlotLedger, type SlotStep } from "./ledger.ts";

/** Questions about a fire that its end answers. */
const STANDING = ["FIRE_OLD", "CLOSE_FAILED", "LEVEL_DROPPED"] as const;

/** A step under way: collects what several rules want, one after the other. */
export class Draft {
  #ledger: SlotLedger;
  readonly #fires = new Map<FireId, Fire>();
  readonly #events: BittenEvent[] = [];
  readonly #commands: Command[] = [];
  readonly #conditions: ConditionChange[] = [];
  #saves = false;

  constructor(ledger: SlotLedger) {
    this.#ledger = ledger;
  }

  /** The ledger as far as the step has come. */
  get ledger(): SlotLedger {
    return this.#ledger;
  }

  /** Fires of one status, in order of request. */
  firesOf(...statuses: readonly Fire["status"][]): readonly Fire[] {
    return [...this.#ledger.fires.values()].filter((fire) => statuses.includes(fire.status));
  }

  /** Changes the ledger, without a write. */
  patch(change: Partial<SlotLedger>): void {
    this.#ledger = { ...this.#ledger, ...change };
  }

  /** Changes the evidence, without a write. */
  note(change: Partial<Evidence>): void {
    this.patch({ evidence: { ...this.#ledger.evidence, ...change } });
  }

  /** Changes the EA's row, which is written. */
  change(change: Partial<EaInstance>): void {
    this.patch({ ea: { ...this.#ledger.ea, ...change } });
    this.#saves = true;
  }

  /** Takes a fire's step over: its row, its events, and what it teaches of the EA. */
  learn(step: FireStep, atMs: number): void {
    if (step.events.length === 0) return;
    const { fire } = step;
    this.#fires.set(fire.id, fire);
    this.#events.push(...step.events);
    const kinds = step.events.map((event) => event.kind);
    if (kinds.includes("fireRejected")) this.#count(countFailure, atMs);
    if (kinds.includes("fireAmbiguous") && this.#ledger.fires.get(fire.id)?.status !== "ambiguous") {
      this.#count(countFailure, atMs);
    }
    if (kinds.includes("fireFilled")) this.#count(countSuccess, atMs);
    if (fire.status === "filled" || fire.status === "closed") this.patch({ changedAtMs: atMs });
    this.#keep(fire);
  }

  /** Refuses a fire that has not left. */
  refuse(fire: Fire, refusal: Refusal, atMs: number): void {
    this.learn(markRefused(fire, refusal), atMs);
  }

  /** Says something that is no step of a fire. */
  say(event: BittenEvent): void {
    this.#events.push(event);
  }

  /** Sends a command once everything else is on disk. */
  send(command: Command): void {
    this.#commands.push(command);
  }

  /** Raises a condition. */
  raise(code: string, subject: string, message: string): void {
    this.#conditions.push({ kind: "raise", code, subject, message });
  }

  /** Clears a condition. */
  clear(code: string, subject: string): void {
    this.#conditions.push({ kind: "clear", code, subject });
  }

  /** Has the EA's row and its evidence written. */
  save(): void {
    this.#saves = true;
  }

  /** The finished step. */
  done(): SlotStep {
    return {
      ledger: this.#ledger,
      fires: [...this.#fires.values()],
      events: this.#events,
      commands: this.#commands,
      conditions: this.#conditions,
      saves: this.#saves,
    };
  }

  #count(how: (circuit: Circuit, atMs: number) => Circuit, atMs: number): void {
    this.patch({ circuit: how(this.#ledger.circuit, atMs) });
  }

  #keep(fire: Fire): void {
    const fires = new Map(this.#ledger.fires);
    if (holdsSlot(fire)) {
      fires.set(fire.id, fire);
      this.patch({ fires });
      return;
    }
    if (!fires.delete(fire.id)) return;
    for (const code of STANDING) this.clear(code, fire.id);
    const { evidence } = this.#ledger;
    const margin = marginOf(this.#ledger, fire);
    const released = fire.status === "closed" ? releaseMargin(evidence, fire.id, margin) : evidence;
    this.patch({ fires, evidence: forgetFire(released, fire.id) });
    this.#saves = true;
  }
}
