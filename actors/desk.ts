/**
 * Desk actor: the one owner of halt, of users, of which EA belongs to whom, and of standing troubles.
 *
 * - Hears operators' orders, troubles from anybody (`raise`, `clear`), and events that raise or end one.
 * - Tells the command gateway whether fires may leave, autofire and slot actors what changed for them, and starts
 *   the autofire actor of every user and the slot actor of every EA with fires open.
 * - Restarts from the store: halt, users, conditions. Whoever is not sure whether trading is halted asks here.
 *
 * @module
 */
import { TROUBLE_KINDS, troublesOf } from "../domain/desk.ts";
import {
  type DeskMessage,
  type FlattenReport,
  HALT_SETTING,
  type HaltRecord,
  type HaltState,
} from "../protocols/desk.ts";
import type { EaView } from "../protocols/ea.ts";
import type { StoredEvent } from "../protocols/events.ts";
import { type Fire, SLOT_HOLDING } from "../protocols/fire.ts";
import type { Write } from "../protocols/store.ts";
import type { EaId } from "../protocols/units.ts";
import type { Actor } from "../runtime/actor.ts";
import {
  ASK_MS,
  type DeskDeps,
  type DeskState,
  keyOf,
  NAME,
  noteTrouble,
  persist,
  type Self,
  storeAgain,
} from "./desk_store.ts";
import { changeUser, listUsers } from "./desk_users.ts";

export type { Children, DeskDeps, DeskState } from "./desk_store.ts";

const NOT_HALTED: HaltRecord = { halted: false, by: null, reason: null, sinceMs: null };

/** The desk. */
export function deskActor(deps: DeskDeps): Actor<DeskState, DeskMessage> {
  return {
    onStop: "drain",
    async init(context) {
      const [cursor] = await deps.store.select({ from: "cursors", where: { name: NAME } });
      subscribe(deps, cursor?.seq ?? 0, context);
      context.onGo({ kind: "go" });
      return await restore(deps);
    },
    async handle(state, message, context) {
      switch (message.kind) {
        case "go":
          if (state.halt.halted) await shutDoor(deps, true, context);
          for (const id of state.users.keys()) deps.autofires.ensure(id, id);
          await openSlots(deps);
          return state;
        case "halt":
          await halt(deps, state, message, context);
          return state;
        case "resume":
          message.reply(await resume(deps, state, message.by, context));
          return state;
        case "haltState":
          message.reply(await haltState(deps, state));
          return state;
        case "flatten":
          message.reply(await flatten(deps, message.by, context));
          return state;
        case "changeUser":
          message.reply(await changeUser(deps, state, message.change, message.by, context));
          return state;
        case "users":
          message.reply(await listUsers(deps, state));
          return state;
        case "raise":
        case "clear":
          await persist(deps, state, noteTrouble(deps, state, message), context);
          return state;
        case "conditions":
          message.reply([...state.conditions.values()]);
          return state;
        case "events":
          await hear(deps, state, message.batch, context);
          return state;
        case "storeAgain":
          await storeAgain(deps, state, context);
          return state;
      }
    },
    stop: (state, _exit, context) => storeAgain(deps, state, context),
  };
}

async function restore({ store }: DeskDeps): Promise<DeskState> {
  const [setting] = await store.select({ from: "settings", where: { name: HALT_SETTING } });
  const users = await store.select({ from: "users" });
  const conditions = await store.select({ from: "conditions" });
  return {
    halt: (setting?.value as HaltRecord | undefined) ?? NOT_HALTED,
    users: new Map(users.map((user) => [user.id, user])),
    conditions: new Map(conditions.map((each) => [keyOf(each.code, each.subject), each])),
    unsaved: [],
  };
}

/** An EA with fires open is looked after though it never comes back: what waits expires, and its silence is told. */
async function openSlots({ store, slots }: DeskDeps): Promise<void> {
  const open = await store.select({ from: "fires", where: { status: { in: SLOT_HOLDING } } });
  for (const eaId of new Set(open.map((fire) => fire.eaId))) slots.ensure(eaId, eaId);
}

function subscribe(deps: DeskDeps, afterSeq: number, context: Self): void {
  const deliver = (batch: readonly StoredEvent[]) => void context.self.tell({ kind: "events", batch });
  deps.bus.tell({ kind: "subscribe", subscription: { name: NAME, kinds: TROUBLE_KINDS, afterSeq, deliver } });
}

/** Stops first, writes then, answers last: the doors are shut whatever the disk says. */
async function halt(
  deps: DeskDeps,
  state: DeskState,
  { by, reason, reply }: Extract<DeskMessage, { kind: "halt" }>,
  context: Self,
): Promise<void> {
  const nowMs = deps.clock.nowMs();
  const already = state.halt.halted;
  if (!already) state.halt = { halted: true, by, reason, sinceMs: nowMs };
  await shutDoor(deps, true, context);
  tellEveryone(deps, true);
  const answer = await haltState(deps, state);
  const writes: readonly Write[] = already ? [] : [
    { put: "settings", row: { name: HALT_SETTING, value: state.halt } },
    {
      event: { kind: "tradingHalted", by, reason, queuedFires: answer.mayStillFill },
      source: NAME,
      atMs: nowMs,
    },
  ];
  await persist(deps, state, writes, context, () => {
    // Once more for whoever started in between and read that trading goes on.
    tellEveryone(deps, true);
    reply(answer);
  });
}

/** Writes first: a resume that a restart forgets would fire, a halt that it forgets would not. */
async function resume(deps: DeskDeps, state: DeskState, by: string, context: Self): Promise<HaltState> {
  if (!state.halt.halted) return await haltState(deps, state);
  const result = state.unsaved.length > 0 ? null : await deps.store.commit([
    { put: "settings", row: { name: HALT_SETTING, value: NOT_HALTED } },
    { event: { kind: "tradingResumed", by }, source: NAME, atMs: deps.clock.nowMs() },
  ]);
  if (result?.ok !== true) {
    context.log.error("trading stays halted as the store did not take the resume", { by });
    return await haltState(deps, state);
  }
  state.halt = NOT_HALTED;
  tellEveryone(deps, false);
  await shutDoor(deps, false, context);
  return await haltState(deps, state);
}

/** The last door. Silence of the gateway is no hindrance: without a word from here it keeps the door shut itself. */
async function shutDoor(deps: DeskDeps, halted: boolean, context: Self): Promise<void> {
  try {
    await deps.commandGateway.ask<void>((reply) => ({ kind: "halt", halted, reply }), { timeoutMs: ASK_MS });
  } catch (error) {
    context.log.error("the command gateway did not confirm", { halted, error: String(error) });
  }
}

function tellEveryone(deps: DeskDeps, halted: boolean): void {
  for (const key of deps.autofires.keys()) deps.autofires.get(key)?.tell({ kind: "haltChanged", halted });
  const told = { kind: "haltChanged", code: "TRADING_HALTED", halted } as const;
  for (const key of deps.slots.keys()) deps.slots.get(key)?.tell(told);
}

async function haltState(deps: DeskDeps, state: DeskState): Promise<HaltState> {
  return { ...state.halt, mayStillFill: state.halt.halted ? await mayStillFill(deps) : [] };
}

/** Commands that are out and unanswered. What cannot be read is said, and never keeps anybody from halting. */
async function mayStillFill({ store }: DeskDeps): Promise<readonly string[]> {
  try {
    const out = await store.select({ from: "fires", where: { status: { in: ["sent", "ambiguous"] } } });
    return out.map((fire) => fire.id);
  } catch {
    return ["unknown: the store did not answer"];
  }
}

async function flatten(deps: DeskDeps, by: string, context: Self): Promise<FlattenReport> {
  const where = { status: { in: ["sent", "ambiguous", "filled"] as const } };
  const open = await deps.store.select({ from: "fires", where });
  const eaIds = [...new Set(open.map((fire) => fire.eaId))];
  const reached = new Set<EaId>();
  await Promise.all(eaIds.map(async (eaId) => {
    if (await closeAll(deps, eaId)) reached.add(eaId);
  }));
  context.log.warn("everything is told to close", { by, eas: eaIds.length, reached: reached.size });
  const ids = (fires: readonly Fire[]) => fires.map((fire) => fire.id);
  return {
    asked: ids(open.filter((fire) => reached.has(fire.eaId))),
    unreachable: ids(open.filter((fire) => !reached.has(fire.eaId))),
  };
}

async function closeAll({ slots }: DeskDeps, eaId: EaId): Promise<boolean> {
  const slot = slots.ensure(eaId, eaId);
  const asked = slot.tell({ kind: "closeAll" });
  const view = await slot.ask<EaView>((reply) => ({ kind: "view", reply }), { timeoutMs: ASK_MS }).catch(() =>
    null
  );
  return asked && view !== null && view.connected;
}

async function hear(
  deps: DeskDeps,
  state: DeskState,
  batch: readonly StoredEvent[],
  context: Self,
): Promise<void> {
  const last = batch.at(-1);
  if (last === undefined) return;
  const writes = batch.flatMap(troublesOf).flatMap((order) => noteTrouble(deps, state, order));
  // A batch that changed nothing needs no cursor: hearing it again changes nothing either.
  if (writes.length > 0) {
    await persist(deps, state, [...writes, { put: "cursors", row: { name: NAME, seq: last.seq } }], context);
  }
  deps.bus.tell({ kind: "acknowledge", name: NAME, seq: last.seq });
}
