/**
 * The guard: answers libzmq's question whether a peer may connect, by the rule of each socket.
 *
 * @module
 */
import type { Inbound } from "./inbound.ts";
import { type RawSender, sendTo } from "./socket.ts";
import { decodeZapRequest, encodeZapReply, type ZapRule } from "./zap.ts";

/** Rules by ZAP domain, and what they refused. */
export class Guard {
  readonly #rules = new Map<string, ZapRule>();
  readonly #onRefused: (address: string, domain: string) => void;
  #refused = 0;

  /** `onRefused` hears of each refused connection. */
  constructor(onRefused: (address: string, domain: string) => void) {
    this.#onRefused = onRefused;
  }

  /** Connections refused so far. */
  get refused(): number {
    return this.#refused;
  }

  /** Adds a rule; answers the domain to set on the socket it is for. */
  add(rule: ZapRule): string {
    const domain = `bitten-${this.#rules.size + 1}`;
    this.#rules.set(domain, rule);
    return domain;
  }

  /** Answers one request on the REP socket it came from. */
  async answer(socket: RawSender, inbound: Inbound, frames: readonly Uint8Array[]): Promise<void> {
    const request = decodeZapRequest(frames);
    // REP takes no further question before this one has an answer, so even nonsense gets one.
    if (request === null) return void await sendTo(socket, inbound, [""]);
    const admitted = this.#rules.get(request.domain)?.(request) ?? false;
    if (!admitted) {
      this.#refused++;
      this.#onRefused(request.address, request.domain);
    }
    await sendTo(socket, inbound, encodeZapReply(request.requestId, admitted));
  }
}
