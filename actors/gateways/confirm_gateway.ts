/**
 * Confirm gateway: the PULL on 5558. A confirmation is on disk before anybody acts on it.
 *
 * - Hears confirmations, close notices and pongs from EAs.
 * - Tells each confirmation to the slot actor of its EA once it is stored, in the order of arrival; a doubled one is
 *   stored and told twice. When the store fails it keeps what it has, tries again for ever, and stops reading the
 *   socket when too much waits: nothing is shed.
 * - Restarts by telling again what is stored and not applied. What it had read and not stored is stored as it ends.
 *
 * @module
 */
import type { DeskMessage } from "../../protocols/desk.ts";
import type { ConfirmGatewayMessage, SlotDirectory } from "../../protocols/gateways.ts";
import type { Frames, InSocket, Mailbox } from "../../protocols/ports.ts";
import type { CommitResult, ConfirmationRecord, Store, Write } from "../../protocols/store.ts";
import { type Confirmation, decodeConfirmFrame } from "../../protocols/wire.ts";
import type { Actor, Context } from "../../runtime/actor.ts";
import type { MarketClock } from "../../runtime/clock.ts";
import { Intake } from "./intake.ts";

/** What the confirm gateway is handed. */
export interface ConfirmGatewayDeps {
  readonly socket: InSocket;
  readonly store: Store;
  readonly slots: SlotDirectory;
  readonly desk: Mailbox<DeskMessage>;
  readonly clock: MarketClock;
  readonly newId: () => string;
  /** Confirmations that may wait for the store before the socket is left alone; default 4,096. */
  readonly waitingMax?: number;
}

/** What the confirm gateway remembers; changes in place. */
export interface ConfirmGatewayState {
  readonly intake: Intake;
  /** Read, and not yet handed to the store. */
  waiting: ConfirmationRecord[];
  /** With the store; stays as it is until it is certain that it is on disk. */
  inFlight: readonly ConfirmationRecord[];
  /** Failures in a row. */
  failures: number;
  reading: boolean;
}

type Self = Context<ConfirmGatewayMessage>;

const WAITING_MAX = 4_096;
/** One commit holds no other actor up for longer than a few ms. */
const COMMIT_MAX = 256;
const RETRY_MIN_MS = 100;
const RETRY_MAX_MS = 5_000;

/** The confirm gateway. */
export function confirmGatewayActor(
  deps: ConfirmGatewayDeps,
): Actor<ConfirmGatewayState, ConfirmGatewayMessage> {
  return {
    onStop: "drain",
    async init(context) {
      await tellUnapplied(deps);
      context.onGo({ kind: "go" });
      const intake = new Intake(context.log, () => context.nowMs());
      return { intake, waiting: [], inFlight: [], failures: 0, reading: false };
    },
    handle(state, message, context) {
      switch (message.kind) {
        case "go":
          return read(deps, state, context);
        case "frames":
          for (const frames of message.batch) take(deps, state, frames, context);
          return press(deps, state, context);
        case "committed":
          return message.failure === null
            ? settle(deps, state, context)
            : backOff(deps, state, message.failure, context);
        case "commitDue":
          return commit(deps, state, context);
        case "status":
          message.reply(state.intake.status());
          return state;
      }
    },
    stop: (state, _exit, context) => storeTheRest(deps, state, context),
  };
}

/** Stored by an earlier incarnation, and perhaps never told. The slot applies each of them once. */
async function tellUnapplied(deps: ConfirmGatewayDeps): Promise<void> {
  const where = { appliedAtMs: null, quarantined: false };
  const records = await deps.store.select({ from: "confirmations", where, order: "receivedAtMs" });
  for (const record of records) tell(deps, record);
}

function tell(deps: ConfirmGatewayDeps, record: ConfirmationRecord): void {
  deps.slots.ensure(record.eaId, record.eaId).tell({ kind: "confirmed", record });
}

function read(deps: ConfirmGatewayDeps, state: ConfirmGatewayState, context: Self): ConfirmGatewayState {
  state.reading = true;
  deps.socket.start((batch) => void context.self.tell({ kind: "frames", batch }));
  return state;
}

function take(deps: ConfirmGatewayDeps, state: ConfirmGatewayState, frames: Frames, context: Self): void {
  const decoded = decodeConfirmFrame(frames);
  if (!decoded.ok) return state.intake.fault(decoded.fault.reason, decoded.fault.detail, frames[0]);
  const { message } = decoded;
  state.intake.count(message.kind);
  if (message.kind === "pong") context.log.debug("pong", { eaId: message.eaId, pingId: message.pingId });
  else state.waiting.push(recordOf(deps, message));
}

function recordOf(deps: ConfirmGatewayDeps, confirmation: Confirmation): ConfirmationRecord {
  const receivedAtMs = deps.clock.nowMs();
  return {
    id: `${confirmation.eaId}/${receivedAtMs}-${deps.newId()}`,
    eaId: confirmation.eaId,
    fireId: confirmation.kind === "closeConfirmation" ? null : confirmation.fireId,
    receivedAtMs,
    confirmation,
    appliedAtMs: null,
    quarantined: false,
  };
}

/** Hands what waits to the store, and stops reading when too much waits. */
function press(deps: ConfirmGatewayDeps, state: ConfirmGatewayState, context: Self): ConfirmGatewayState {
  if (state.inFlight.length === 0 && state.waiting.length > 0) {
    state.inFlight = state.waiting.splice(0, COMMIT_MAX);
    commit(deps, state, context);
  }
  const max = deps.waitingMax ?? WAITING_MAX;
  if (state.reading && state.waiting.length > max) {
    state.reading = false;
    deps.socket.pause();
    context.log.warn("confirmations wait for the store; the socket is not read", {
      waiting: state.waiting.length,
    });
  }
  return !state.reading && state.waiting.length <= max / 2 ? read(deps, state, context) : state;
}

function commit(deps: ConfirmGatewayDeps, state: ConfirmGatewayState, context: Self): ConfirmGatewayState {
  context.pipe(
    deps.store.commit(writesOf(state.inFlight)),
    (result): ConfirmGatewayMessage => ({ kind: "committed", failure: failureOf(result) }),
    (error): ConfirmGatewayMessage => ({ kind: "committed", failure: String(error) }),
  );
  return state;
}

function writesOf(records: readonly ConfirmationRecord[]): readonly Write[] {
  return records.map((row) => ({ insert: "confirmations", row }));
}

/**
 * A conflict means that these very rows are on disk: their ids are ours, and an earlier try whose answer was lost
 * wrote all of them. Writing them over would undo what was applied meanwhile.
 */
function failureOf(result: CommitResult): string | null {
  return result.ok || result.fault === "conflict" ? null : result.message;
}

function settle(deps: ConfirmGatewayDeps, state: ConfirmGatewayState, context: Self): ConfirmGatewayState {
  for (const record of state.inFlight) tell(deps, record);
  if (state.failures > 0) deps.desk.tell({ kind: "clear", code: UNSTORED, subject: "" });
  state.inFlight = [];
  state.failures = 0;
  return press(deps, state, context);
}

const UNSTORED = "CONFIRMATIONS_UNSTORED";

function backOff(
  deps: ConfirmGatewayDeps,
  state: ConfirmGatewayState,
  failure: string,
  context: Self,
): ConfirmGatewayState {
  const message = `confirmations cannot be stored and are kept in memory: ${failure}`;
  if (state.failures === 0) deps.desk.tell({ kind: "raise", code: UNSTORED, subject: "", message });
  context.log.error(message, { waiting: state.waiting.length + state.inFlight.length });
  context.after(Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** state.failures), { kind: "commitDue" });
  state.failures++;
  return state;
}

/** The last try of an incarnation; what it cannot store either is at least written out in the log. */
async function storeTheRest(
  deps: ConfirmGatewayDeps,
  state: ConfirmGatewayState,
  context: Self,
): Promise<void> {
  deps.socket.pause();
  for (const records of [state.inFlight, state.waiting]) {
    if (records.length === 0) continue;
    const result = await deps.store.commit(writesOf(records)).catch((error) => ({ message: String(error) }));
    const failure = "ok" in result ? failureOf(result) : result.message;
    if (failure !== null) context.log.error("confirmations lost to a dead store", { failure, records });
  }
}
