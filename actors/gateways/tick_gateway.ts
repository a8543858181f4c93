/**
 * Tick gateway: everything that EAs push to 5556.
 *
 * - Hears frames from the socket, which it reads only after the root's go.
 * - Tells ticks, handshakes and terminal candles to the tick relay; handshakes, heartbeats and farewells to the slot
 *   actor of their EA.
 * - Restarts with fresh counts; the frames that wait are kept.
 *
 * @module
 */
import { Admission } from "../../domain/admission.ts";
import type { SlotDirectory, TickGatewayMessage } from "../../protocols/gateways.ts";
import type { TickRelayMessage } from "../../protocols/market.ts";
import type { Frames, InSocket, Mailbox } from "../../protocols/ports.ts";
import type { SlotMessage } from "../../protocols/slot.ts";
import { decodeTelemetryFrame, encodeTick, type TelemetryFrame, withoutTail } from "../../protocols/wire.ts";
import type { Actor } from "../../runtime/actor.ts";
import type { MarketClock } from "../../runtime/clock.ts";
import { Intake } from "./intake.ts";

/** What the tick gateway is handed. */
export interface TickGatewayDeps {
  readonly socket: InSocket;
  readonly relay: Mailbox<TickRelayMessage>;
  readonly slots: SlotDirectory;
  readonly clock: MarketClock;
  /** Frames of one EA per second of the runtime clock; more are ignored and counted. */
  readonly framesPerSecondMax: number;
}

/** What the tick gateway remembers; changes in place. */
export interface TickGatewayState {
  readonly intake: Intake;
  readonly admission: Admission;
}

/** EAs that may send at once; the relay keeps twice as many. */
export const EAS_MAX = 2_048;
/** Batches of up to 256 frames; past it the oldest go, since the socket is always drained. */
const MAILBOX_MAX = 1_024;

/** The tick gateway. */
export function tickGatewayActor(deps: TickGatewayDeps): Actor<TickGatewayState, TickGatewayMessage> {
  return {
    mailbox: { capacity: MAILBOX_MAX, full: "dropOldest" },
    init(context) {
      context.onGo({ kind: "go" });
      const { framesPerSecondMax } = deps;
      return {
        intake: new Intake(context.log, () => context.nowMs()),
        admission: new Admission({ framesPerSecondMax, easMax: EAS_MAX }),
      };
    },
    handle(state, message, context) {
      switch (message.kind) {
        case "go":
          deps.socket.start((batch) => void context.self.tell({ kind: "frames", batch }));
          return state;
        case "frames": {
          const arrival = { receivedAtMs: deps.clock.nowMs(), runtimeMs: context.nowMs() };
          for (const frames of message.batch) take(deps, state, frames, arrival);
          return state;
        }
        case "status":
          message.reply(state.intake.status());
          return state;
      }
    },
    stop: () => deps.socket.pause(),
  };
}

/** When a batch arrived, by both clocks: the frames of one batch were in the socket together. */
interface Arrival {
  readonly receivedAtMs: number;
  readonly runtimeMs: number;
}

function take(deps: TickGatewayDeps, state: TickGatewayState, frames: Frames, arrival: Arrival): void {
  const { intake } = state;
  const payload = frames[0];
  const decoded = decodeTelemetryFrame(frames);
  if (!decoded.ok) return intake.fault(decoded.fault.reason, decoded.fault.detail, payload);
  const { message, repaired } = decoded;
  const admitted = state.admission.ask(message.eaId, arrival.runtimeMs);
  if (admitted !== "admitted") return intake.fault(admitted, message.eaId, payload);
  intake.count(message.kind);
  // Who subscribes to 5560 gets valid JSON, also of a line that had to be mended.
  const raw = repaired ? null : withoutTail(payload!);
  if (!pass(deps, message, raw, arrival.receivedAtMs)) intake.fault("shed", message.kind);
}

/** Tells whom it concerns. False when somebody could not take it. */
function pass(
  deps: TickGatewayDeps,
  message: TelemetryFrame,
  raw: Uint8Array | null,
  receivedAtMs: number,
): boolean {
  switch (message.kind) {
    case "tick":
      return deps.relay.tell({
        kind: "tick",
        tick: message,
        receivedAtMs,
        raw: raw ?? encodeTick(message),
      });
    case "ohlc":
      return deps.relay.tell({ kind: "ohlc", ohlc: message });
    case "handshake": {
      const relayed = deps.relay.tell({ kind: "handshake", handshake: message, receivedAtMs });
      return tellSlot(deps, message, { kind: "handshake", handshake: message, receivedAtMs }) && relayed;
    }
    case "telemetry":
      return tellSlot(deps, message, { kind: "telemetry", telemetry: message, receivedAtMs });
    case "disconnect":
      return tellSlot(deps, message, { kind: "disconnected", nodeId: message.nodeId });
  }
}

function tellSlot(deps: TickGatewayDeps, { eaId }: TelemetryFrame, message: SlotMessage): boolean {
  return deps.slots.ensure(eaId, eaId).tell(message);
}
