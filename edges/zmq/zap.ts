/**
 * ZAP, the authentication protocol of ZeroMQ (RFC 27): who may connect to which of our sockets.
 *
 * @module
 */
import type { Frames } from "../../protocols/ports.ts";

/** Where libzmq asks, within one context. */
export const ZAP_ENDPOINT = "inproc://zeromq.zap.01";

/** One question of libzmq about a peer that is connecting. */
export interface ZapRequest {
  readonly requestId: Uint8Array;
  /** The socket's `zapDomain`. */
  readonly domain: string;
  /** The peer's IP address, without port; an IPv4 one in IPv4 form. */
  readonly address: string;
  readonly mechanism: string;
  /** PLAIN: user name and password; CURVE: the client's 32-byte public key; NULL: none. */
  readonly credentials: Frames;
}

/** Decides about one peer. */
export type ZapRule = (request: ZapRequest) => boolean;

const VERSION = "1.0";
const utf8 = new TextDecoder();

/** Reads a request; null when it is not one of version 1.0. */
export function decodeZapRequest(frames: Frames): ZapRequest | null {
  const [version, requestId, domain, address, , mechanism, ...credentials] = frames;
  if (version === undefined || utf8.decode(version) !== VERSION) return null;
  if (requestId === undefined || domain === undefined || address === undefined || mechanism === undefined) {
    return null;
  }
  return {
    requestId,
    domain: utf8.decode(domain),
    address: plainAddress(utf8.decode(address)),
    mechanism: utf8.decode(mechanism),
    credentials,
  };
}

/**
 * Writes the answer: version, request, status code, status text, user id, metadata.
 *
 * A refusal is 300 ("temporary", RFC 27), never 400: after a 400 libzmq's client gives up for good, so that an EA
 * refused once would stay away until its terminal restarts, even after the allow-list was mended.
 */
export function encodeZapReply(requestId: Uint8Array, admitted: boolean): (string | Uint8Array)[] {
  return admitted
    ? [VERSION, requestId, "200", "OK", "", ""]
    : [VERSION, requestId, "300", "Not allowed", "", ""];
}

/**
 * Makes a rule of addresses: exact ones, or IPv4 networks as `10.8.0.0/16`.
 *
 * @throws {Error} when an entry is not an address or a network
 */
export function allowAddresses(allow: readonly string[]): ZapRule {
  const exact = new Set<string>();
  const networks: { readonly base: number; readonly mask: number }[] = [];
  for (const entry of allow) {
    if (entry.includes("/")) networks.push(parseNetwork(entry));
    else exact.add(checkedAddress(entry));
  }
  return ({ address }) => {
    if (exact.has(address)) return true;
    const value = ipv4Value(address);
    return value !== null && networks.some(({ base, mask }) => ((value & mask) >>> 0) === base);
  };
}

/** An IPv4 address that came over an IPv6 socket, in its own form. */
function plainAddress(address: string): string {
  return address.toLowerCase().replace(/^::ffff:(?=\d+\.)/, "");
}

function checkedAddress(entry: string): string {
  if (ipv4Value(entry) === null && !/^[0-9a-f]*:[0-9a-f:.]*$/i.test(entry)) {
    throw new Error(
      `Cannot read allow-list as an entry must be an address or a network: current value is ${entry}`,
    );
  }
  return plainAddress(entry);
}

function parseNetwork(entry: string): { readonly base: number; readonly mask: number } {
  const [address = "", length = ""] = entry.split("/");
  const value = ipv4Value(address);
  const bits = /^\d{1,2}$/.test(length) ? Number(length) : NaN;
  if (value === null || !(bits <= 32)) {
    throw new Error(
      `Cannot read allow-list as a network must be like 10.8.0.0/16: current value is ${entry}`,
    );
  }
  const mask = bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0;
  return { base: (value & mask) >>> 0, mask };
}

function ipv4Value(address: string): number | null {
  const parts = address.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)) {
    return null;
  }
  return parts.reduce((value, part) => value * 256 + Number(part), 0);
}
