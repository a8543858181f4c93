/**
 * The three sockets of an EA of generation 2.
 *
 * @module
 */
import type { DealerPeer, PushPeer, ZmqPeers } from "../../edges/zmq.ts";
import { ansiBytes } from "./ea_text.ts";
import type { Outgoing } from "./writer.ts";

/** Where the server is. */
export interface ServerAddress {
  readonly host: string;
  readonly commandPort: number;
  readonly telemetryPort: number;
  readonly confirmPort: number;
}

/** DEALER for commands, PUSH for telemetry, PUSH for confirmations. */
export class EaSockets {
  readonly #command: DealerPeer;
  readonly #telemetry: PushPeer;
  readonly #confirm: PushPeer;
  readonly #sent = { command: 0, telemetry: 0, confirm: 0 };

  /** Connects; the identity is the uuid without its last character, as v2.05's conversion cuts it. */
  constructor(peers: ZmqPeers, server: ServerAddress, uuid: string) {
    const at = (port: number) => ({ connect: `tcp://${server.host}:${port}` });
    this.#command = peers.dealer({ ...at(server.commandPort), identity: uuid.slice(0, -1) });
    this.#telemetry = peers.push(at(server.telemetryPort));
    this.#confirm = peers.push(at(server.confirmPort));
  }

  /** Messages sent, by channel. */
  get sent(): Readonly<Record<Outgoing["channel"], number>> {
    return { ...this.#sent };
  }

  /** Hands over every message of 5555. */
  listen(onFrames: (frames: readonly Uint8Array[]) => void): void {
    this.#command.start((batch) => batch.forEach(onFrames));
  }

  /** False when the queue is full. The DEALER never waits: what it cannot take is lost. */
  async send({ channel, text }: Outgoing): Promise<boolean> {
    const taken = await this.#peer(channel).send([ansiBytes(text)]);
    if (taken) this.#sent[channel]++;
    return taken || channel === "command";
  }

  async close(): Promise<void> {
    await Promise.all([this.#command.close(), this.#telemetry.close(), this.#confirm.close()]);
  }

  #peer(channel: Outgoing["channel"]): DealerPeer | PushPeer {
    if (channel === "command") return this.#command;
    return channel === "telemetry" ? this.#telemetry : this.#confirm;
  }
}
