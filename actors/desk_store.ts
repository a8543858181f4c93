/**
 * What the desk remembers, and how it reaches the disk: in order, again and again until it is there.
 *
 * @module
 */
import type { AutofireMessage } from "../protocols/autofire.ts";
import type { DeskMessage, HaltRecord } from "../protocols/desk.ts";
import type { EventBusMessage } from "../protocols/event_bus.ts";
import type { Condition } from "../protocols/events.ts";
import type { CommandGatewayMessage } from "../protocols/gateways.ts";
import type { Mailbox } from "../protocols/ports.ts";
import type { SlotMessage } from "../protocols/slot.ts";
import type { Store, Write } from "../protocols/store.ts";
import type { EaId, UserId } from "../protocols/units.ts";
import type { User } from "../protocols/user.ts";
import type { Context, Ref } from "../runtime/actor.ts";
import type { MarketClock } from "../runtime/clock.ts";

/** Children by key, as the desk needs them. A runtime `Dynamic` is one. */
export interface Children<A, M> {
  ensure(key: string, argument: A): Ref<M>;
  get(key: string): Ref<M> | undefined;
  keys(): readonly string[];
}

/** What the desk is handed. */
export interface DeskDeps {
  readonly store: Store;
  readonly bus: Mailbox<EventBusMessage>;
  readonly commandGateway: Ref<CommandGatewayMessage>;
  readonly slots: Children<EaId, SlotMessage>;
  readonly autofires: Children<UserId, AutofireMessage>;
  readonly clock: MarketClock;
}

/** What waits for the store, and what is done once it is there. */
export interface Unsaved {
  readonly writes: readonly Write[];
  readonly then: () => void;
}

/** What the desk remembers; changes in place. */
export interface DeskState {
  halt: HaltRecord;
  readonly users: Map<UserId, User>;
  /** By code and subject. */
  readonly conditions: Map<string, Condition>;
  /** In order; while any waits nothing overtakes it. */
  readonly unsaved: Unsaved[];
}

/** The desk's own context. */
export type Self = Context<DeskMessage>;

/** Source of its events, name of its cursor and its subscription. */
export const NAME = "desk";
/** Others are asked for so long, runtime ms: an order to halt must not stand behind a slow slot. */
export const ASK_MS = 1_000;
const AGAIN_MS = 1_000;

/** A trouble is raised once and cleared once; the writes of a change, or none. */
export function noteTrouble(
  deps: DeskDeps,
  state: DeskState,
  order: Extract<DeskMessage, { kind: "raise" | "clear" }>,
): readonly Write[] {
  const { code, subject } = order;
  const key = keyOf(code, subject);
  const atMs = deps.clock.nowMs();
  if (order.kind === "clear") {
    if (!state.conditions.delete(key)) return [];
    return [
      { remove: "conditions", where: { code, subject } },
      { event: { kind: "conditionCleared", code, subject }, source: NAME, atMs },
    ];
  }
  if (state.conditions.has(key)) return [];
  const condition: Condition = { code, subject, message: order.message, sinceMs: atMs };
  state.conditions.set(key, condition);
  return [
    { put: "conditions", row: condition },
    { event: { kind: "conditionRaised", condition }, source: NAME, atMs },
  ];
}

/** What the store does not take now is kept, in order, and tried again until it does. */
export async function persist(
  deps: DeskDeps,
  state: DeskState,
  writes: readonly Write[],
  context: Self,
  then: () => void = () => {},
): Promise<void> {
  if (writes.length === 0 && state.unsaved.length === 0) return then();
  state.unsaved.push({ writes, then });
  if (state.unsaved.length === 1) await storeAgain(deps, state, context);
}

/** Tries again what waits, oldest first, and comes back later for what still fails. */
export async function storeAgain(deps: DeskDeps, state: DeskState, context: Self): Promise<void> {
  while (state.unsaved.length > 0) {
    const { writes, then } = state.unsaved[0]!;
    const result = await commitSafely(deps, writes);
    if (result !== null) {
      context.log.error("the store did not take the desk's word; it is tried again", { message: result });
      context.after(AGAIN_MS, { kind: "storeAgain" });
      return;
    }
    state.unsaved.shift();
    then();
  }
}

/** Null: stored. A store that is gone is no reason to forget a halt. */
async function commitSafely({ store }: DeskDeps, writes: readonly Write[]): Promise<string | null> {
  if (writes.length === 0) return null;
  try {
    const result = await store.commit(writes);
    return result.ok ? null : result.message;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** What a condition is kept under. */
export function keyOf(code: string, subject: string): string {
  return `${code}\n${subject}`;
}
