/**
 * What a simulated world's disk holds, kept beside it write by write: the observer's copy, read without asking anybody.
 *
 * @module
 */
import type { BittenEvent, StoredEvent } from "../../protocols/events.ts";
import type { Fire, FireStatus } from "../../protocols/fire.ts";
import type { Mission } from "../../protocols/signal.ts";
import type {
  AlertRecord,
  CommitResult,
  ConfirmationRecord,
  SignalRecord,
  Write,
} from "../../protocols/store.ts";
import type { User } from "../../protocols/user.ts";

/** The observer's own list, so that a mistake in the house's does not blind him. */
const HOLDING: readonly FireStatus[] = ["reserved", "sent", "ambiguous", "filled"];

/** The rows an observer looks at. */
export class Ledger {
  readonly fires = new Map<string, Fire>();
  /** Fires that hold a slot. */
  readonly holding = new Map<string, Fire>();
  readonly users = new Map<string, User>();
  readonly signals = new Map<string, SignalRecord>();
  /** Missions in the order they were offered. */
  get missions(): readonly Mission[] {
    return [...this.#missions.values()];
  }
  readonly #missions = new Map<string, Mission>();
  readonly alerts = new Map<string, AlertRecord>();
  /** Confirmations on the disk. */
  readonly confirmations = new Set<string>();
  /** Confirmations whose effect was durable before they were. */
  readonly hasty: string[] = [];
  /** `CODE subject`. */
  readonly conditions = new Set<string>();
  /** Each fire as the last event told it: what replaying the journal gives. */
  readonly told = new Map<string, Fire>();
  /** Outcomes told, by signal. */
  readonly outcomes = new Map<string, number>();
  readonly events: StoredEvent[] = [];
  lastSeq = 0;

  /** Takes in what one commit made durable; answers the ids of the fires it touched. */
  take(groups: readonly (readonly Write[])[], results: readonly CommitResult[]): Set<string> {
    const touched = new Set<string>();
    groups.forEach((writes, index) => {
      const result = results[index];
      if (result?.ok !== true) return;
      let events = 0;
      for (const write of writes) {
        if ("event" in write) this.#event(write, result.seqs[events++]!, touched);
        else this.#row(write, touched);
      }
    });
    return touched;
  }

  #row(write: Exclude<Write, { readonly event: BittenEvent }>, touched: Set<string>): void {
    if ("remove" in write) return this.#removed(write);
    const table = "put" in write ? write.put : write.insert;
    switch (table) {
      case "fires":
        return this.#fire(write.row as Fire, touched);
      case "users":
        return void this.users.set((write.row as User).id, write.row as User);
      case "signals":
        return void this.signals.set((write.row as SignalRecord).id, write.row as SignalRecord);
      case "missions":
        return void this.#missions.set((write.row as Mission).id, write.row as Mission);
      case "alerts":
        return void this.alerts.set((write.row as AlertRecord).id, write.row as AlertRecord);
      case "confirmations":
        return this.#confirmation(write.row as ConfirmationRecord);
      case "conditions": {
        const { code, subject } = write.row as { code: string; subject: string };
        this.conditions.add(`${code} ${subject}`);
        return;
      }
      default:
        return;
    }
  }

  #removed(write: Extract<Write, { readonly remove: unknown }>): void {
    if (write.remove !== "conditions") return;
    const { code, subject } = write.where as { code?: string; subject?: string };
    for (const each of [...this.conditions]) {
      const [itsCode, itsSubject] = [each.slice(0, each.indexOf(" ")), each.slice(each.indexOf(" ") + 1)];
      if ((code ?? itsCode) === itsCode && (subject ?? itsSubject) === itsSubject) {
        this.conditions.delete(each);
      }
    }
  }

  #confirmation({ id, appliedAtMs }: ConfirmationRecord): void {
    if (appliedAtMs !== null && !this.confirmations.has(id)) this.hasty.push(id);
    this.confirmations.add(id);
  }

  #fire(fire: Fire, touched: Set<string>): void {
    this.fires.set(fire.id, fire);
    touched.add(fire.id);
    if (HOLDING.includes(fire.status)) this.holding.set(fire.id, fire);
    else this.holding.delete(fire.id);
  }

  #event(write: Extract<Write, { readonly event: BittenEvent }>, seq: number, touched: Set<string>): void {
    const { event, source, atMs } = write;
    this.lastSeq = seq;
    this.events.push({ seq, atMs, source, event });
    if ("fire" in event && event.kind !== "slotReleased") {
      this.told.set(event.fire.id, event.fire);
      touched.add(event.fire.id);
    }
    if (event.kind === "outcomeResolved") {
      this.outcomes.set(event.signal.id, (this.outcomes.get(event.signal.id) ?? 0) + 1);
    }
  }
}
