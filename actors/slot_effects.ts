/**
 * What a slot's steps do to the world: written first, then told, then sent; and what happens when nothing is written.
 *
 * @module
 */
import { type MarketView, type Moment, nextWakeMs, type SlotLedger, type SlotStep } from "../domain/slot.ts";
import type { AutofireMessage, AutofireSettings } from "../protocols/autofire.ts";
import type { DeskMessage } from "../protocols/desk.ts";
import type { CommandGatewayMessage } from "../protocols/gateways.ts";
import type { Mailbox } from "../protocols/ports.ts";
import type { SlotMessage } from "../protocols/slot.ts";
import type { Store, Write } from "../protocols/store.ts";
import type { SymbolSpec } from "../protocols/symbol_spec.ts";
import type { Quote } from "../protocols/tick.ts";
import type { EaId, SymbolName } from "../protocols/units.ts";
import type { Command } from "../protocols/wire.ts";
import type { Context } from "../runtime/actor.ts";
import type { MarketClock, Timer } from "../runtime/clock.ts";
import { writesOf } from "./slot_store.ts";

/** What a slot actor is handed. */
export interface SlotDeps {
  readonly eaId: EaId;
  readonly store: Store;
  readonly commandGateway: Mailbox<CommandGatewayMessage>;
  readonly autofires: { get(userId: string): Mailbox<AutofireMessage> | undefined };
  readonly desk: Mailbox<DeskMessage>;
  readonly clock: MarketClock;
  readonly settings: AutofireSettings;
  /** Open fires that an EA heard of for the first time may hold. */
  readonly slotsMax: number;
  /** An operator's rows, before the built-in table. */
  readonly specs: ReadonlyMap<SymbolName, SymbolSpec>;
}

/** What a slot actor remembers; changes in place. */
export interface SlotState {
  ledger: SlotLedger;
  readonly quotes: Map<SymbolName, Quote>;
  readonly brokerSymbols: Map<SymbolName, string>;
  wake: { readonly timer: Timer; readonly atMs: number } | null;
  /** The store did not take a write: what is held here may not be what is on disk. */
  broken: boolean;
  /** Messages that wait until the ledger was read again. */
  deferred: SlotMessage[];
}

/** A slot actor's own context. */
export type Self = Context<SlotMessage>;

/** Condition of a slot whose steps the store does not take. */
export const UNSTORED = "SLOT_UNSTORED";
/** After a failed write the ledger is read again this much later, runtime ms. */
const RELOAD_MS = 1_000;

/**
 * Writes a step, then lets it take effect. False: nothing was written that is known of, and nothing took effect.
 *
 * @throws when a command would leave without a trace on disk
 */
export async function carry(
  deps: SlotDeps,
  state: SlotState,
  step: SlotStep,
  context: Self,
  extra: readonly Write[] = [],
): Promise<boolean> {
  const writes = [...writesOf(step, deps.clock.nowMs()), ...extra];
  if (step.commands.length > 0 && writes.length === 0) {
    throw new Error(`Cannot send ${step.commands[0]?.kind} as its writes must be >= 1: current value is 0`);
  }
  if (writes.length > 0 && !await stored(deps, state, writes, context)) return false;
  state.ledger = step.ledger;
  for (const fire of step.fires) deps.autofires.get(fire.userId)?.tell({ kind: "fireChanged", fire });
  for (const change of step.conditions) deps.desk.tell(change);
  for (const command of step.commands) dispatch(deps, command, context);
  return true;
}

/** After a write that failed nobody knows what is on disk: nothing goes on until that was read. */
export async function stored(
  deps: SlotDeps,
  state: SlotState,
  writes: readonly Write[],
  context: Self,
): Promise<boolean> {
  const result = await deps.store.commit(writes);
  if (result.ok) return true;
  state.broken = true;
  context.log.error("the store did not take a step", { fault: result.fault, message: result.message });
  const message = `slots of EA ${deps.eaId} stand still: ${result.message}`;
  deps.desk.tell({ kind: "raise", code: UNSTORED, subject: deps.eaId, message });
  context.after(RELOAD_MS, { kind: "reload" });
  return false;
}

function dispatch(deps: SlotDeps, command: Command, context: Self): void {
  if (deps.commandGateway.tell({ kind: "send", command })) return;
  const fireId = command.kind === "fire" ? command.fireId : null;
  context.self.tell({
    kind: "commandResult",
    fireId,
    result: "unroutable",
    reason: "the command gateway took nothing",
  });
}

/** Wakes itself at the next expiry or overdue answer; what is overdue already waits for a tick or the cycle. */
export function schedule(deps: SlotDeps, state: SlotState, context: Self): void {
  const nowMs = deps.clock.nowMs();
  const due = nextWakeMs(state.ledger, deps.settings.answerMaxMs, deps.clock.slackMs);
  const atMs = due !== null && due > nowMs ? due : null;
  if ((state.wake?.atMs ?? null) === atMs) return;
  state.wake?.timer.cancel();
  state.wake = atMs === null
    ? null
    : { atMs, timer: context.after(atMs - nowMs, { kind: "wake" }, deps.clock) };
}

/** What the EA's feed shows. */
export function marketOf(deps: SlotDeps, state: SlotState): MarketView {
  return { quotes: state.quotes, brokerSymbols: state.brokerSymbols, specs: deps.specs };
}

/** Now, by the market clock. */
export function momentOf({ clock }: SlotDeps): Moment {
  return { nowMs: clock.nowMs(), slackMs: clock.slackMs };
}
