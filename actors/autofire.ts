/**
 * Autofire actor: one per user, and the only one that reserves slots for him.
 *
 * - Hears `signalRaised` from the event bus, fires by hand, each change of a fire from the slots, and from the desk
 *   who the user is and whether anybody may fire.
 * - Asks the user's EAs how they stand, decides once per signal, and writes mission, decision, cursor and fire in one
 *   commit. Only then it tells the slot of the EA.
 * - Restarts from the store: user, EAs, halt, fires, cursor. A signal is decided at most once: the cursor is written
 *   with the decision, and what a crash took with it is not decided again.
 *
 * @module
 */
import { type Decision, missionIdOf } from "../domain/autofire.ts";
import { holdsSlot } from "../domain/fire.ts";
import { TIERS } from "../domain/tier.ts";
import type { AutofireMessage, AutofireView, FireAnswer } from "../protocols/autofire.ts";
import type { StoredEvent } from "../protocols/events.ts";
import type { Fire } from "../protocols/fire.ts";
import type { Refusal } from "../protocols/gates.ts";
import type { Mission, Signal } from "../protocols/signal.ts";
import type { MissionId } from "../protocols/units.ts";
import type { User } from "../protocols/user.ts";
import type { Actor, Context } from "../runtime/actor.ts";
import { type AutofireDeps, type AutofireState, decideOver } from "./autofire_decide.ts";
import {
  cursorName,
  decisionWrites,
  manualWrites,
  readMission,
  readUser,
  skipWrites,
  sweepMissions,
} from "./autofire_store.ts";

export type { AutofireDeps, AutofireState } from "./autofire_decide.ts";

type Self = Context<AutofireMessage>;

/** Missions past their time are looked for so often, market ms. */
const SWEEP_MS = 60_000;
/** Ended fires are forgotten after this time: no limit looks back farther. */
const FORGET_MS = 30 * 86_400_000;

/** The autofire actor of one user. */
export function autofireActor(deps: AutofireDeps): Actor<AutofireState, AutofireMessage> {
  return {
    onStop: "drain",
    async init(context) {
      const { cursor, ...known } = await readUser(deps, deps.clock.nowMs() - FORGET_MS);
      subscribe(deps, cursor, context);
      context.every(SWEEP_MS, { kind: "sweep" }, deps.clock);
      const state: AutofireState = { ...known, seq: cursor ?? 0 };
      // Told again: whoever stopped between the commit and the telling told nobody.
      for (const fire of state.fires.values()) if (fire.status === "reserved") hand(deps, fire);
      return state;
    },
    handle(state, message, context) {
      switch (message.kind) {
        case "events":
          return hear(deps, state, message.batch, context);
        case "manualFire":
          return fireByHand(deps, state, message.missionId).then((answer) => {
            message.reply(answer);
            return state;
          });
        case "fireChanged":
          return keep(state, message.fire, deps.clock.nowMs());
        case "userChanged":
          return changeUser(deps, state, message.user, message.reply);
        case "easChanged":
          state.eaIds = message.eaIds;
          return state;
        case "haltChanged":
          state.halted = message.halted;
          return state;
        case "sweep":
          return sweepMissions(deps, deps.clock.nowMs()).then(() => state);
        case "view":
          message.reply(viewOf(state));
          return state;
      }
    },
  };
}

/** A user who was never here begins with what comes now: an old signal is nothing to offer. */
function subscribe(deps: AutofireDeps, cursor: number | null, context: Self): void {
  deps.bus.tell({
    kind: "subscribe",
    subscription: {
      name: cursorName(deps.userId),
      kinds: ["signalRaised"],
      afterSeq: cursor ?? "now",
      deliver: (batch) => void context.self.tell({ kind: "events", batch }),
    },
  });
}

async function hear(
  deps: AutofireDeps,
  state: AutofireState,
  batch: readonly StoredEvent[],
  context: Self,
): Promise<AutofireState> {
  for (const { seq, event } of batch) {
    if (seq <= state.seq || event.kind !== "signalRaised") continue;
    await take(deps, state, event.signal, seq, context);
    state.seq = seq;
  }
  const last = batch.at(-1);
  if (last !== undefined) {
    deps.bus.tell({ kind: "acknowledge", name: cursorName(deps.userId), seq: last.seq });
  }
  return state;
}

/** One signal, once: a commit that failed is not tried again, since a signal ages faster than a disk mends. */
async function take(
  deps: AutofireDeps,
  state: AutofireState,
  signal: Signal,
  seq: number,
  context: Self,
): Promise<void> {
  const decision = await decideOver(deps, state, signal, null);
  const nowMs = deps.clock.nowMs();
  const mission = offer(deps, state, signal, decision, nowMs);
  const result = await deps.store.commit(
    decisionWrites({ user: state.user, signal, mission, decision, seq, nowMs }),
  );
  if (result.ok) return settle(deps, state, decision);
  await refresh(deps, state);
  context.log.error("a decision was not stored", {
    signal: signal.id,
    fault: result.fault,
    message: result.message,
  });
  // The mission or the fire is there already: this signal was decided before its cursor was lost.
  if (result.fault === "conflict") await deps.store.commit(skipWrites(state.user.id, seq));
}

/** After a write that failed nobody knows what is on disk; what is there counts, and its slot hears of it. */
async function refresh(deps: AutofireDeps, state: AutofireState): Promise<void> {
  const { fires } = await readUser(deps, deps.clock.nowMs() - FORGET_MS);
  for (const fire of fires.values()) {
    if (fire.status === "reserved" && !state.fires.has(fire.id)) hand(deps, fire);
    state.fires.set(fire.id, fire);
  }
}

/** A mission for whoever may see the signal, while it can be fired. */
function offer(
  deps: AutofireDeps,
  state: AutofireState,
  signal: Signal,
  decision: Decision,
  nowMs: number,
): Mission | null {
  const expiresAtMs = signal.signaledAtMs + deps.settings.missionLifeMs;
  if (!TIERS[state.user.tier].views.includes(signal.signalClass) || nowMs > expiresAtMs) return null;
  return {
    id: missionIdOf(signal, state.user.id),
    signalId: signal.id,
    userId: state.user.id,
    status: decision.ok ? "FIRED" : "OFFERED",
    offeredAtMs: nowMs,
    expiresAtMs,
  };
}

/** @throws {Error} when the store did not take it: who asked hears that it is uncertain, the restart reads what is true */
async function fireByHand(deps: AutofireDeps, state: AutofireState, id: MissionId): Promise<FireAnswer> {
  const found = await readMission(deps, id);
  if (found === null) return no({ code: "SIGNAL_EXPIRED", reason: `there is no mission ${id}` });
  const { mission, signal } = found;
  if (mission.userId !== state.user.id) {
    return no({ code: "TIER_NOT_ALLOWED", reason: `mission ${id} was offered to user ${mission.userId}` });
  }
  const decision = await decideOver(deps, state, signal, mission);
  const nowMs = deps.clock.nowMs();
  const result = await deps.store.commit(
    manualWrites({ user: state.user, signal, mission, decision, nowMs }),
  );
  if (!result.ok) throw new Error(`Cannot fire mission ${id} as the store must take it: ${result.message}`);
  settle(deps, state, decision);
  return decision.ok ? { ok: true, fire: decision.fire } : no(decision.refusal);
}

function no(refusal: Refusal): FireAnswer {
  return { ok: false, refusal };
}

/** The commit is on disk: the fire counts, and its slot hears of it. */
function settle(deps: AutofireDeps, state: AutofireState, decision: Decision): void {
  if (!decision.ok) return;
  state.fires.set(decision.fire.id, decision.fire);
  hand(deps, decision.fire);
}

function hand(deps: AutofireDeps, fire: Fire): void {
  deps.slots.get(fire.eaId)?.tell({ kind: "fire", fire });
}

/** Of two words on one fire the later counts; what ended long ago is forgotten. */
function keep(state: AutofireState, fire: Fire, nowMs: number): AutofireState {
  if (fire.userId !== state.user.id) return state;
  state.fires.set(fire.id, fire);
  for (const [id, each] of state.fires) {
    if (holdsSlot(each) || each.requestedAtMs > nowMs - FORGET_MS) break;
    state.fires.delete(id);
  }
  return state;
}

/** A user's halt reaches his slots too: what waits there is refused. */
function changeUser(deps: AutofireDeps, state: AutofireState, user: User, reply: () => void): AutofireState {
  state.user = user;
  for (const eaId of state.eaIds) {
    deps.slots.get(eaId)?.tell({ kind: "haltChanged", code: "USER_HALTED", halted: user.halted });
  }
  reply();
  return state;
}

function viewOf(state: AutofireState): AutofireView {
  const openFires = [...state.fires.values()].filter(holdsSlot);
  const { user, eaIds } = state;
  const max = user.mode === "AUTO" ? user.maxAutoSlots : TIERS[user.tier].openMax;
  return { user, eaIds, openFires, slots: `${openFires.length}/${max}` };
}
