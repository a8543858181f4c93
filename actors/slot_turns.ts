/**
 * The turns of a slot that read before they write: the cycle, a heartbeat, a confirmation, an operator's word.
 *
 * @module
 */
import {
  assignEa,
  fireOf,
  reconcile,
  resolveFire,
  runCycle,
  settle,
  strangersIn,
  takeFire,
} from "../domain/slot.ts";
import type { SlotMessage } from "../protocols/slot.ts";
import type { ConfirmationRecord, Write } from "../protocols/store.ts";
import type { Heartbeat } from "../protocols/wire.ts";
import {
  carry,
  marketOf,
  momentOf,
  schedule,
  type Self,
  type SlotDeps,
  type SlotState,
  stored,
  UNSTORED,
} from "./slot_effects.ts";
import {
  isPending,
  readBacklog,
  readEnded,
  readEndedOf,
  readHolds,
  readLedger,
  readReserved,
  readSuspects,
} from "./slot_store.ts";

/** A confirmation of no known fire is kept for its fire this long, ms. */
const UNMATCHED_MAX_MS = 600_000;

/** Fires come with their row on disk, so the rows are read, told of or not; then everything else is looked after. */
export async function cycle(
  deps: SlotDeps,
  state: SlotState,
  kind: "fire" | "cycle",
  context: Self,
): Promise<void> {
  for (const fire of await readReserved(deps)) {
    if (state.ledger.fires.has(fire.id) || state.broken) continue;
    await carry(deps, state, takeFire(state.ledger, fire, momentOf(deps)), context);
  }
  if (kind === "fire" || state.broken) return;
  for (const record of await readBacklog(deps)) {
    if (!state.broken) await apply(deps, state, record, context);
  }
  if (state.broken) return;
  if (state.ledger.suspects.size > 0) state.ledger = { ...state.ledger, suspects: await readSuspects(deps) };
  await carry(
    deps,
    state,
    runCycle(state.ledger, marketOf(deps, state), deps.settings, momentOf(deps)),
    context,
  );
}

/** Takes a heartbeat, with the ended fires behind positions that the ledger does not explain. */
export async function compare(
  deps: SlotDeps,
  state: SlotState,
  heartbeat: Heartbeat,
  receivedAtMs: number,
  context: Self,
): Promise<void> {
  const strangers = strangersIn(state.ledger.fires.values(), heartbeat.positions ?? []);
  const ended = strangers.length === 0 ? [] : await readEndedOf(deps, strangers);
  const around = {
    market: marketOf(deps, state),
    settings: deps.settings,
    at: momentOf(deps),
    receivedAtMs,
    ended,
  };
  await carry(deps, state, reconcile(state.ledger, heartbeat, around), context);
}

/** Applied once: its row and what came of it are one commit. */
export async function apply(
  deps: SlotDeps,
  state: SlotState,
  record: ConfirmationRecord,
  context: Self,
): Promise<void> {
  if (!await isPending(deps, record)) return;
  const fire = fireOf(state.ledger.fires.values(), record) ??
    await readEnded(deps, record.fireId, record.confirmation.ticket);
  const { step, matched } = settle(state.ledger, record, fire, marketOf(deps, state));
  const nowMs = deps.clock.nowMs();
  const waits = !matched && nowMs - record.receivedAtMs <= UNMATCHED_MAX_MS;
  const done: Write = { put: "confirmations", row: { ...record, appliedAtMs: nowMs } };
  await carry(deps, state, step, context, waits ? [] : [done]);
}

/** Applies what came while nobody was here; what crashes the slot twice is set aside. */
export async function takeBacklog(deps: SlotDeps, state: SlotState, context: Self): Promise<void> {
  for (const record of await readBacklog(deps)) {
    if (state.broken) return;
    const fault = await attempt(() => apply(deps, state, record, context)) &&
      await attempt(() => apply(deps, state, record, context));
    if (fault !== null) await setAside(deps, state, record, fault, context);
  }
}

async function attempt(run: () => Promise<void>): Promise<string | null> {
  try {
    await run();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Poison must not end the subtree: it is kept for a person to look at. */
async function setAside(
  deps: SlotDeps,
  state: SlotState,
  record: ConfirmationRecord,
  fault: string,
  context: Self,
): Promise<void> {
  context.log.error("a confirmation crashed its slot twice", { record, fault });
  if (
    !await stored(deps, state, [{ put: "confirmations", row: { ...record, quarantined: true } }], context)
  ) return;
  const message = `confirmation ${record.id} could not be applied: ${fault}; settle its fire by hand`;
  deps.desk.tell({ kind: "raise", code: "CONFIRMATION_QUARANTINED", subject: record.id, message });
}

/** Gives the EA to another user, or to nobody. */
export async function assign(
  deps: SlotDeps,
  state: SlotState,
  { userId, reply }: Extract<SlotMessage, { kind: "assign" }>,
  context: Self,
): Promise<void> {
  if (!await carry(deps, state, assignEa(state.ledger, userId, momentOf(deps)), context)) return;
  state.ledger = { ...state.ledger, holds: await readHolds(deps, userId) };
  reply();
}

/** Settles a fire by an operator's word, or answers why not. */
export async function resolve(
  deps: SlotDeps,
  state: SlotState,
  { fireId, resolution, by, reply }: Extract<SlotMessage, { kind: "resolve" }>,
  context: Self,
): Promise<void> {
  const fire = state.ledger.fires.get(fireId) ?? await readEnded(deps, fireId, null);
  if (fire === null || fire.eaId !== deps.eaId) return reply(`there is no fire ${fireId} of EA ${deps.eaId}`);
  const step = resolveFire(state.ledger, fire, resolution, by, momentOf(deps));
  if (typeof step === "string") return reply(step);
  context.log.info("a fire was resolved by hand", { fireId, resolution, by });
  reply(await carry(deps, state, step, context) ? null : "the store did not take it: try again");
}

/** Reads the ledger again after a write that failed; what waited for it comes now. */
export async function reload(deps: SlotDeps, state: SlotState, context: Self): Promise<void> {
  const { connected, account, lastHeartbeatAtMs, chart, closes, lost } = state.ledger;
  const live = { connected, account, lastHeartbeatAtMs, chart, closes, lost };
  state.ledger = { ...await readLedger(deps, deps.clock.nowMs()), ...live };
  state.broken = false;
  await takeBacklog(deps, state, context);
  if (state.broken) return;
  deps.desk.tell({ kind: "clear", code: UNSTORED, subject: deps.eaId });
  for (const message of state.deferred.splice(0)) context.self.tell(message);
  schedule(deps, state, context);
}
