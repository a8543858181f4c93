/**
 * An autofire actor's question to the user's EAs, and the decision over their answers.
 *
 * @module
 */
import { bestDecision, decide, type Decision, type DecisionContext } from "../domain/autofire.ts";
import { makeFireId } from "../domain/fire.ts";
import type { AutofireSettings, NewsEvent } from "../protocols/autofire.ts";
import type { EaView } from "../protocols/ea.ts";
import type { EventBusMessage } from "../protocols/event_bus.ts";
import type { Fire } from "../protocols/fire.ts";
import type { Mailbox } from "../protocols/ports.ts";
import type { Mission, Signal } from "../protocols/signal.ts";
import type { SlotMessage } from "../protocols/slot.ts";
import type { Store } from "../protocols/store.ts";
import type { EaId, FireId, UserId } from "../protocols/units.ts";
import type { User } from "../protocols/user.ts";
import type { Ref } from "../runtime/actor.ts";
import type { MarketClock } from "../runtime/clock.ts";

/** What an autofire actor is handed. */
export interface AutofireDeps {
  readonly userId: UserId;
  readonly store: Store;
  readonly bus: Mailbox<EventBusMessage>;
  readonly slots: { get(eaId: string): Ref<SlotMessage> | undefined };
  readonly clock: MarketClock;
  readonly newId: () => string;
  readonly settings: AutofireSettings;
  /** Announcements around now; null when no calendar is configured. Absent: none is. */
  readonly news?: () => readonly NewsEvent[] | null;
}

/** What an autofire actor remembers; changes in place. */
export interface AutofireState {
  user: User;
  eaIds: readonly EaId[];
  halted: boolean;
  /** Open fires of the user, and the ended ones that limits look back on; by id. */
  readonly fires: Map<FireId, Fire>;
  /** Every event up to here is decided, or never will be. */
  seq: number;
}

/** A slot is asked how its EA stands for so long, runtime ms; without an answer the EA is offline. */
const VIEW_MS = 2_000;

/** Asks every EA of the user at once, and decides for each; the first that may carry the fire gets it. */
export async function decideOver(
  deps: AutofireDeps,
  state: AutofireState,
  signal: Signal,
  mission: Mission | null,
): Promise<Decision> {
  const views = await Promise.all(state.eaIds.map((eaId) => viewEa(deps, eaId)));
  const asked = views.filter((view) => view !== null);
  const id = makeFireId(signal, state.user.id, deps.newId());
  const context = contextOf(deps, state, signal, mission);
  const around = asked.length === 0 ? [null] : asked;
  return bestDecision(around.map((ea) => decide({ ...context, ea }, id)));
}

async function viewEa(deps: AutofireDeps, eaId: EaId): Promise<EaView | null> {
  const slot = deps.slots.get(eaId);
  if (slot === undefined) return null;
  return await slot.ask<EaView>((reply) => ({ kind: "view", reply }), { timeoutMs: VIEW_MS }).catch(() =>
    null
  );
}

function contextOf(
  deps: AutofireDeps,
  state: AutofireState,
  signal: Signal,
  mission: Mission | null,
): Omit<DecisionContext, "ea"> {
  return {
    origin: mission === null ? "AUTO" : "MANUAL",
    signal,
    mission,
    user: state.user,
    settings: deps.settings,
    halted: state.halted,
    nowMs: deps.clock.nowMs(),
    slackMs: deps.clock.slackMs,
    fires: [...state.fires.values()],
    news: deps.news?.() ?? null,
  };
}
