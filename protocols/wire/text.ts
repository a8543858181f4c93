/**
 * Bytes of an EA to one JSON object: size, bytes, nesting and quotes, in this order, and never a throw.
 *
 * EAs write the terminal's ANSI code page and do not escape their strings, so that a broker's name can be
 * invalid UTF-8 or invalid JSON. Both are mended here, and said to be (`repaired`).
 *
 * @module
 */
import type { FaultReason, WireFault } from "../wire.ts";
import { repairObject } from "./repair.ts";

/** Longest payload that is looked at, in bytes: the longest message of an EA stays under 16 KiB. */
export const MAX_BYTES = 65_536;
/** Deepest nesting that is looked at: the deepest message of an EA has 3. */
export const MAX_DEPTH = 16;

/** An EA's message before anything is known about it. */
export type WireObject = Readonly<Record<string, unknown>>;

/** What the bytes held. */
export type ReadObject =
  | { readonly ok: true; readonly object: WireObject; readonly repaired: boolean }
  | { readonly ok: false; readonly fault: WireFault };

const DETAIL_LENGTH = 120;
const SPACE = 0x20;
/** What a UTF-8 decoder puts in place of a bad byte. A decoder that throws instead takes twice as long on good ones. */
const REPLACEMENT = "\uFFFD";
const utf8 = new TextDecoder("utf-8");
const windows1252 = new TextDecoder("windows-1252");

/** Names a fault; the detail is cut to 120 characters. */
export function faultOf(reason: FaultReason, detail: string): WireFault {
  return { reason, detail: detail.slice(0, DETAIL_LENGTH) };
}

/** Shows a field and its value for a fault's detail. */
export function show(name: string, value: unknown): string {
  return `${name}: ${typeof value === "number" ? String(value) : JSON.stringify(value)}`;
}

/** Reads one JSON object out of a payload. */
export function readObject(payload: Uint8Array): ReadObject {
  if (payload.length > MAX_BYTES) return refuse("too_large", `${payload.length} bytes`);
  const bytes = withoutTail(payload);
  if (bytes.length === 0) return refuse("empty", `${payload.length} bytes`);
  const unmended = utf8.decode(bytes);
  const isBroken = unmended.includes(REPLACEMENT);
  const text = isBroken ? windows1252.decode(bytes) : unmended;
  if (isDeeperThan(text, MAX_DEPTH)) return refuse("too_deep", `nested deeper than ${MAX_DEPTH}`);
  return parse(text, isBroken);
}

/** The payload without the NUL and white space at its end, as a view on the same memory. */
export function withoutTail(payload: Uint8Array): Uint8Array {
  let end = payload.length;
  while (end > 0 && payload[end - 1]! <= SPACE) end--;
  return end === payload.length ? payload : payload.subarray(0, end);
}

function parse(text: string, bytesMended: boolean): ReadObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const object = repairObject(text, MAX_DEPTH);
    return object === null ? refuse("not_json", text) : { ok: true, object, repaired: true };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return refuse("not_an_object", text);
  }
  return { ok: true, object: value as WireObject, repaired: bytesMended };
}

/** Looks at brackets outside strings only; a flat message, nearly every one, is told by two searches. */
function isDeeperThan(text: string, limit: number): boolean {
  if (text.indexOf("{", 1) < 0 && text.indexOf("[") < 0) return false;
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') quoted = !quoted;
    else if (quoted) at += character === "\\" ? 1 : 0;
    else if (character === "{" || character === "[") depth++;
    else if (character === "}" || character === "]") depth--;
    if (depth > limit) return true;
  }
  return false;
}

function refuse(reason: FaultReason, detail: string): ReadObject {
  return { ok: false, fault: faultOf(reason, detail) };
}
