/**
 * Slot actor: one per EA instance. Its mailbox is that EA's fire queue.
 *
 * - Hears `fire` from autofire, an EA's own frames and ticks from the gateways and the relay, `confirmed` from the
 *   confirm gateway, and an operator's orders. What it decides is in `domain/slot.ts`.
 * - Writes first. Then it tells autofire each fire that changed, the desk what an operator should know, and the
 *   command gateway what the EA is to be told.
 * - Restarts from the store: open fires, evidence, confirmations that nothing has taken yet; one of those that
 *   crashes it again is set aside. The next heartbeat settles the rest, and until then no fire leaves.
 *
 * @module
 */
import {
  askClose,
  hearDisconnect,
  hearHandshake,
  hearHello,
  hearResult,
  hearTelemetry,
  hearTick,
  pump,
  resetCircuit,
  runOverdue,
  setHold,
  type SlotLedger,
  type SlotStep,
  viewLedger,
} from "../domain/slot.ts";
import type { SlotMessage } from "../protocols/slot.ts";
import type { Actor } from "../runtime/actor.ts";
import {
  carry,
  marketOf,
  momentOf,
  schedule,
  type Self,
  type SlotDeps,
  type SlotState,
  UNSTORED,
} from "./slot_effects.ts";
import { readLedger } from "./slot_store.ts";
import { apply, assign, compare, cycle, reload, resolve, takeBacklog } from "./slot_turns.ts";

export type { SlotDeps, SlotState } from "./slot_effects.ts";

/** Slots are looked after so often, market ms. */
export const CYCLE_MS = 30_000;

/** The slot actor of one EA. */
export function slotActor(deps: SlotDeps): Actor<SlotState, SlotMessage> {
  return {
    onStop: "drain",
    async init(context) {
      context.every(CYCLE_MS, { kind: "cycle" }, deps.clock);
      const state: SlotState = {
        ledger: await readLedger(deps, deps.clock.nowMs()),
        quotes: new Map(),
        brokerSymbols: new Map(),
        wake: null,
        broken: false,
        deferred: [],
      };
      await takeBacklog(deps, state, context);
      if (!state.broken) deps.desk.tell({ kind: "clear", code: UNSTORED, subject: deps.eaId });
      schedule(deps, state, context);
      return state;
    },
    handle(state, message, context) {
      if (message.kind === "tick") return tick(deps, state, message, context);
      if (message.kind === "view") {
        message.reply(viewOf(deps, state));
        return state;
      }
      return work(deps, state, message, context).then(() => state);
    },
    stop: (state) => state.wake?.timer.cancel(),
  };
}

/** Everything that may write, one at a time. */
async function work(deps: SlotDeps, state: SlotState, message: SlotMessage, context: Self): Promise<void> {
  if (message.kind === "reload") return await reload(deps, state, context);
  if (state.broken) return defer(state, message);
  await act(deps, state, message, context);
  if (!state.broken) await send(deps, state, context);
  schedule(deps, state, context);
}

async function act(deps: SlotDeps, state: SlotState, message: SlotMessage, context: Self): Promise<void> {
  const { ledger } = state;
  const at = momentOf(deps);
  const take = (step: SlotStep) => carry(deps, state, step, context);
  switch (message.kind) {
    case "fire":
    case "cycle":
      return await cycle(deps, state, message.kind, context);
    case "hello":
      return void await take(hearHello(ledger, message.hello, message.receivedAtMs));
    case "handshake":
      return void await take(hearHandshake(ledger, message.handshake, message.receivedAtMs));
    case "telemetry":
      return void await take(hearTelemetry(ledger, message.telemetry, message.receivedAtMs));
    case "heartbeat":
      return await compare(deps, state, message.heartbeat, message.receivedAtMs, context);
    case "disconnected":
      return void await take(hearDisconnect(ledger, message.nodeId));
    case "confirmed":
      return await apply(deps, state, message.record, context);
    case "commandResult":
      return void await take(hearResult(ledger, message.fireId, message, at));
    case "closeTicket":
      return void await take(askClose(ledger, message.ticket, at));
    case "closeAll":
      return void await take(askClose(ledger, null, at));
    case "assign":
      return await assign(deps, state, message, context);
    case "resolve":
      return await resolve(deps, state, message, context);
    case "resetCircuit":
      return void await take(resetCircuit(ledger));
    case "haltChanged":
      state.ledger = setHold(ledger, message.code, message.halted);
      return;
    case "wake":
      state.wake = null;
      return void await take(runOverdue(ledger, deps.settings, at));
    case "tick":
    case "view":
    case "reload":
      throw new Error(
        `Cannot act on ${message.kind} as it is handled before: current value is ${message.kind}`,
      );
  }
}

/** A quote and a pulse; the store is asked only when the tick taught or started something. */
function tick(
  deps: SlotDeps,
  state: SlotState,
  { tick, brokerSymbol }: Extract<SlotMessage, { kind: "tick" }>,
  context: Self,
): SlotState | Promise<SlotState> {
  const { symbol, bid, ask, atMs, receivedAtMs } = tick;
  state.quotes.set(symbol, { symbol, bid, ask, atMs, receivedAtMs });
  if (state.brokerSymbols.get(symbol) !== brokerSymbol) state.brokerSymbols.set(symbol, brokerSymbol);
  const step = hearTick(state.ledger, tick, brokerSymbol, momentOf(deps));
  if (state.broken) return state;
  if (!step.saves && !waits(step.ledger)) {
    state.ledger = step.ledger;
    return state;
  }
  return watch(deps, state, step, context);
}

async function watch(deps: SlotDeps, state: SlotState, step: SlotStep, context: Self): Promise<SlotState> {
  if (!await carry(deps, state, step, context)) return state;
  await send(deps, state, context);
  schedule(deps, state, context);
  return state;
}

/** Something waits for a chart tick. */
function waits(ledger: SlotLedger): boolean {
  if (ledger.closes.length > 0) return true;
  for (const fire of ledger.fires.values()) if (fire.status === "reserved") return true;
  return false;
}

async function send(deps: SlotDeps, state: SlotState, context: Self): Promise<void> {
  if (!waits(state.ledger)) return;
  await carry(deps, state, pump(state.ledger, marketOf(deps, state), deps.settings, momentOf(deps)), context);
}

/** Telemetry and cycles come again; everything else waits for the ledger. */
function defer(state: SlotState, message: SlotMessage): void {
  if (message.kind !== "telemetry" && message.kind !== "cycle" && message.kind !== "wake") {
    state.deferred.push(message);
  }
}

function viewOf(deps: SlotDeps, state: SlotState): ReturnType<typeof viewLedger> {
  const market = marketOf(deps, state);
  // A copy: whoever asked decides with it while ticks go on coming.
  const copy = { ...market, quotes: new Map(market.quotes), brokerSymbols: new Map(market.brokerSymbols) };
  const view = viewLedger(state.ledger, copy);
  return state.broken ? { ...view, phase: "reconciling" } : view;
}
