/**
 * What is the same for every socket: sending at once, receiving in batches, closing once.
 *
 * @module
 */
import type { BindOptions, InSocket, SendResult } from "../../protocols/ports.ts";
import type { Closable, Places } from "./context.ts";
import type { Inbound } from "./inbound.ts";
import type { OutFrames, Sender } from "./peers.ts";

/** What is used of the library's sending sockets, all opened with `sendTimeout: 0`. */
export interface RawSender {
  readonly closed: boolean;
  send(frames: (string | Uint8Array)[]): Promise<void>;
}

/** The receiving half, as a port shows it. */
export function receiving(inbound: Inbound): Pick<InSocket, "start" | "pause"> {
  return { start: (onBatch) => inbound.start(onBatch), pause: () => inbound.pause() };
}

/** The sending half, as a peer shows it. */
export function sending(
  socket: RawSender,
  inbound: Inbound | null,
): Sender {
  return { send: async (frames) => !socket.closed && await sendTo(socket, inbound, frames) === "sent" };
}

/** A close that may be called twice: stops reading, then closes with a linger (see {@link Places.release}). */
export function closeOnce(
  places: Places,
  socket: Closable,
  inbound: Inbound | null,
  ownLingerMs: number,
): (lingerMs?: number) => Promise<void> {
  let closing: Promise<void> | null = null;
  return (lingerMs = ownLingerMs) => closing ??= shut(places, socket, inbound, lingerMs);
}

async function shut(
  places: Places,
  socket: Closable,
  inbound: Inbound | null,
  lingerMs: number,
): Promise<void> {
  await inbound?.stop();
  await places.release(socket, lingerMs);
}

/** Sends at once, or says why not. */
export async function sendTo(
  socket: RawSender,
  inbound: Inbound | null,
  frames: OutFrames,
): Promise<SendResult> {
  try {
    await socket.send(frames as (string | Uint8Array)[]);
    return "sent";
  } catch (error) {
    const code = (error as { code?: string }).code;
    if (code === "EHOSTUNREACH" || code === "EBADF") return "unroutable";
    if (code === "EAGAIN") return "full";
    throw error;
  } finally {
    inbound?.afterSend();
  }
}

/** `tcp://` form of an address to bind; port 0 is any free one. */
export function endpoint({ host, port }: BindOptions): string {
  const address = host === "localhost" ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
  return `tcp://${address}:${port === 0 ? "*" : port}`;
}
