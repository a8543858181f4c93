/**
 * Decodes what generation 2 sends: ZeroMQ frames in, a house message or a fault out, and no throw on any input.
 *
 * @module
 */
import type { Frames } from "../ports.ts";
import type { CommandFrame, ConfirmFrame, Decoded, FaultReason, TelemetryFrame, WireFault } from "../wire.ts";
import { COMMAND_READERS } from "./command_frames.ts";
import { CONFIRM_READERS } from "./confirm_frames.ts";
import { type Readers, uuidOf } from "./schema.ts";
import { TELEMETRY_READERS } from "./telemetry_frames.ts";
import { faultOf, readObject, show, type WireObject } from "./text.ts";

/**
 * Decodes a message of the ROUTER on 5555: `[identity, payload]` or `[identity, empty delimiter, payload]`.
 *
 * The identity is a hint and is not looked at: v2.05 cuts its last character off.
 */
export function decodeCommandFrame(frames: Frames): Decoded<CommandFrame> {
  const payloadAt = frames.length === 3 && frames[1]!.length === 0 ? 2 : 1;
  return decodePayload(frames, payloadAt, COMMAND_READERS);
}

/** Decodes a message of the PULL socket on 5556: one frame. */
export function decodeTelemetryFrame(frames: Frames): Decoded<TelemetryFrame> {
  return decodePayload(frames, 0, TELEMETRY_READERS);
}

/** Decodes a message of the PULL socket on 5558: one frame. */
export function decodeConfirmFrame(frames: Frames): Decoded<ConfirmFrame> {
  return decodePayload(frames, 0, CONFIRM_READERS);
}

function decodePayload<T extends { readonly kind: string }>(
  frames: Frames,
  payloadAt: number,
  readers: Readers<T>,
): Decoded<T> {
  if (frames.length > payloadAt + 1) return refuse("too_many_frames", `${frames.length} frames`);
  const payload = frames[payloadAt];
  if (payload === undefined) return refuse("empty", `${frames.length} frames`);
  const read = readObject(payload);
  if (!read.ok) return read;
  const message = readMessage(read.object, readers);
  if ("kind" in message) return { ok: true, message, repaired: read.repaired };
  return { ok: false, fault: message };
}

function readMessage<T>(object: WireObject, readers: Readers<T>): T | WireFault {
  const { type } = object;
  const reader = typeof type === "string" ? readers.get(type.toLowerCase()) : undefined;
  if (reader === undefined) return faultOf("unknown_type", show("type", type));
  const eaId = uuidOf(object);
  return typeof eaId === "string" ? reader(object, eaId) : eaId;
}

function refuse(reason: FaultReason, detail: string): { readonly ok: false; readonly fault: WireFault } {
  return { ok: false, fault: faultOf(reason, detail) };
}
