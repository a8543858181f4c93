/**
 * Command gateway: the ROUTER on 5555, and the last door a fire passes.
 *
 * - Hears HELLO and HEARTBEAT from EAs, commands from slot actors, and from the desk whether trading is halted.
 * - Tells slot actors what their EA said and what became of each command, and the desk when two connections claim
 *   one EA or two EAs one identity. EAs are told commands and nothing else: generation 2 takes every frame for one.
 * - Restarts with its door shut until the desk has said that trading is not halted, and without routes: the next
 *   heartbeat of each EA, within 30 s, brings its own back.
 *
 * @module
 */
import { Admission } from "../../domain/admission.ts";
import { Routes } from "../../domain/routes.ts";
import type { DeskMessage } from "../../protocols/desk.ts";
import type { CommandGatewayMessage, SlotDirectory } from "../../protocols/gateways.ts";
import type { CircuitBreaker, Frames, Mailbox, RouterSocket } from "../../protocols/ports.ts";
import type { SlotMessage } from "../../protocols/slot.ts";
import type { EaId } from "../../protocols/units.ts";
import { type Command, type CommandFrame, decodeCommandFrame, encodeCommand } from "../../protocols/wire.ts";
import type { Actor, Context } from "../../runtime/actor.ts";
import type { MarketClock } from "../../runtime/clock.ts";
import { Intake } from "./intake.ts";
import { EAS_MAX } from "./tick_gateway.ts";

/** What the command gateway is handed. */
export interface CommandGatewayDeps {
  readonly socket: RouterSocket;
  readonly slots: SlotDirectory;
  readonly desk: Mailbox<DeskMessage>;
  readonly clock: MarketClock;
  readonly breaker: CircuitBreaker;
  /** Frames of one EA per second of the runtime clock; more are ignored and counted. */
  readonly framesPerSecondMax: number;
  /** On a rehearsal clock: an EA that announces a real account gets no route, and so no command. */
  readonly refuseRealAccounts?: boolean;
}

/** What the command gateway remembers; changes in place. */
export interface CommandGatewayState {
  readonly intake: Intake;
  readonly admission: Admission;
  readonly routes: Routes;
  /** `unknown`: the desk has not said yet; as good as halted. */
  door: "unknown" | "open" | "halted";
}

/** What became of a command, without the fire it was. */
type Result = Pick<Extract<SlotMessage, { kind: "commandResult" }>, "result" | "reason">;

/** The desk is asked again after so long without an answer. */
const LEARN_AGAIN_MS = 1_000;
/** Batches of up to 256 frames, commands and questions. A command that finds it full is refused, not lost. */
const MAILBOX_MAX = 16_384;

/** The command gateway. */
export function commandGatewayActor(
  deps: CommandGatewayDeps,
): Actor<CommandGatewayState, CommandGatewayMessage> {
  return {
    mailbox: { capacity: MAILBOX_MAX, full: "refuse" },
    init(context) {
      context.onGo({ kind: "go" });
      learnHalt(deps, context);
      return {
        intake: new Intake(context.log, () => context.nowMs()),
        admission: new Admission({ framesPerSecondMax: deps.framesPerSecondMax, easMax: EAS_MAX }),
        routes: new Routes(),
        door: "unknown",
      };
    },
    handle(state, message, context) {
      switch (message.kind) {
        case "go":
          deps.socket.start((batch) => void context.self.tell({ kind: "frames", batch }));
          return state;
        case "frames":
          for (const frames of message.batch) take(deps, state, frames, context);
          return state;
        case "send":
          return carry(deps, state, message.command, context).then(() => state);
        case "halt":
          state.door = message.halted ? "halted" : "open";
          message.reply();
          return state;
        case "learnHalt":
          if (state.door === "unknown") learnHalt(deps, context);
          return state;
        case "settle":
          for (const notice of state.routes.settle(message.eaId)) deps.desk.tell(notice);
          message.reply();
          return state;
        case "connections":
          message.reply(state.routes.list());
          return state;
        case "status":
          message.reply(state.intake.status());
          return state;
      }
    },
    stop: () => deps.socket.pause(),
  };
}

/** The answer comes as a `halt` of its own, in its place among those that the desk sends. */
function learnHalt(deps: CommandGatewayDeps, context: Context<CommandGatewayMessage>): void {
  const reply = ({ halted }: { readonly halted: boolean }) =>
    void context.self.tell({ kind: "halt", halted, reply: () => {} });
  deps.desk.tell({ kind: "haltState", reply });
  context.after(LEARN_AGAIN_MS, { kind: "learnHalt" });
}

function take(
  deps: CommandGatewayDeps,
  state: CommandGatewayState,
  frames: Frames,
  context: Context<CommandGatewayMessage>,
): void {
  const { intake } = state;
  const decoded = decodeCommandFrame(frames);
  if (!decoded.ok) return intake.fault(decoded.fault.reason, decoded.fault.detail, frames.at(-1));
  const { message } = decoded;
  const admitted = state.admission.ask(message.eaId, context.nowMs());
  if (admitted !== "admitted") return intake.fault(admitted, message.eaId, frames.at(-1));
  if (deps.refuseRealAccounts === true && message.accountMode === "real") {
    deps.desk.tell(realAccount(message.eaId));
    return intake.fault("not_allowed", message.eaId, frames.at(-1));
  }
  intake.count(message.kind);
  const receivedAtMs = deps.clock.nowMs();
  route(deps, state, message, frames[0]!, receivedAtMs);
  const told = message.kind === "hello"
    ? { kind: message.kind, hello: message, receivedAtMs }
    : { kind: message.kind, heartbeat: message, receivedAtMs };
  if (!deps.slots.ensure(message.eaId, message.eaId).tell(told)) intake.fault("shed", message.kind);
}

function realAccount(eaId: EaId): DeskMessage {
  const message = "it announces a real account while the clock is a rehearsal's: it gets no commands";
  return { kind: "raise", code: "REAL_ACCOUNT_IN_REHEARSAL", subject: eaId, message };
}

function route(
  deps: CommandGatewayDeps,
  state: CommandGatewayState,
  message: CommandFrame,
  identity: Uint8Array,
  atMs: number,
): void {
  const { kind, eaId, nodeId, accountLogin } = message;
  const notices = state.routes.announce({
    eaId,
    identity,
    nodeId,
    accountLogin,
    hello: kind === "hello",
    atMs,
  });
  for (const notice of notices) deps.desk.tell(notice);
}

async function carry(
  deps: CommandGatewayDeps,
  state: CommandGatewayState,
  command: Command,
  context: Context<CommandGatewayMessage>,
): Promise<void> {
  const result = await send(deps, state, command, context);
  const fireId = command.kind === "fire" ? command.fireId : null;
  if (result.result !== "sent") {
    context.log.warn("command not sent", { eaId: command.eaId, fireId, ...result });
  }
  deps.slots.ensure(command.eaId, command.eaId).tell({ kind: "commandResult", fireId, ...result });
}

async function send(
  deps: CommandGatewayDeps,
  state: CommandGatewayState,
  command: Command,
  context: Context<CommandGatewayMessage>,
): Promise<Result> {
  if (command.kind === "fire" && state.door !== "open") return shut(state.door);
  const destination = state.routes.to(command.eaId);
  if (!destination.ok) return { result: "unroutable", reason: destination.reason };
  const payload = encode(deps, command, context);
  if (typeof payload === "string") return { result: "unroutable", reason: payload };
  return await transmit(deps, destination.identity, payload);
}

function shut(door: "unknown" | "halted"): Result {
  return door === "halted"
    ? { result: "halted", reason: "trading is halted" }
    : { result: "halted", reason: "the desk has not said yet whether trading is halted" };
}

/** A command that must not be sent is our own fault, but costs one EA its command, not all EAs their routes. */
function encode(
  deps: CommandGatewayDeps,
  command: Command,
  context: Context<CommandGatewayMessage>,
): Uint8Array | string {
  try {
    return encodeCommand(command);
  } catch (error) {
    const message = messageOf(error);
    context.log.error("command refused by its encoder", { command, message });
    deps.desk.tell({ kind: "raise", code: "COMMAND_UNSAFE", subject: command.eaId, message });
    return message;
  }
}

/** ZeroMQ takes a message whole or not at all: a send that failed was not made. */
async function transmit(
  deps: CommandGatewayDeps,
  identity: Uint8Array,
  payload: Uint8Array,
): Promise<Result> {
  let began = false;
  try {
    const result = await deps.breaker.run(() => {
      began = true;
      return deps.socket.send(identity, payload);
    });
    return result === "sent" ? { result } : { result, reason: REFUSED[result] };
  } catch (error) {
    return { result: "breakerOpen", reason: began ? `send failed: ${messageOf(error)}` : messageOf(error) };
  }
}

const REFUSED = {
  unroutable: "the EA's connection is gone; it comes back with its next heartbeat",
  full: "the EA's queue is full: it does not read",
} as const;

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
