/**
 * How v2.05 reads a command: a search for the first `"key":` in the text, no JSON parser at all.
 *
 * @module
 */

import { Buffer } from "node:buffer";

/** The EA's receive buffer: a longer frame is cut. */
export const RECEIVE_BUFFER_BYTES = 4_096;

/** The text of a frame: one character per byte, as the terminal's ANSI code page has it. */
export function textOf(frame: Uint8Array): string {
  return new TextDecoder("latin1").decode(frame.subarray(0, RECEIVE_BUFFER_BYTES));
}

/** Text as bytes, one per character; what has none becomes `?`. */
export function ansiBytes(text: string): Uint8Array {
  if (!/[^\0-\xff]/.test(text)) return new Uint8Array(Buffer.from(text, "latin1"));
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    bytes[index] = code < 256 ? code : 0x3f;
  }
  return bytes;
}

/** The value behind the first `"key":`, spaces and tabs skipped; null when the key is not there. */
function behind(text: string, key: string): string | null {
  const needle = `"${key}":`;
  const at = text.indexOf(needle);
  return at < 0 ? null : text.slice(at + needle.length).replace(/^[ \t]+/, "");
}

/** A text value without its quotes, or `""`; there are no escapes. */
export function readText(text: string, key: string): string {
  const value = behind(text, key);
  if (value === null || !value.startsWith('"')) return "";
  const end = value.indexOf('"', 1);
  return end < 0 ? value.slice(1) : value.slice(1, end);
}

/** A number, quoted or not, up to `,`, `}` or `]`; 0 when there is none. An exponent is not understood. */
export function readNumber(text: string, key: string): number {
  const value = behind(text, key);
  if (value === null) return 0;
  const end = value.search(/[,}\]]/);
  const digits = /^"?\s*([-+]?\d*\.?\d*)/.exec(end < 0 ? value : value.slice(0, end))?.[1] ?? "";
  const number = Number(digits);
  return Number.isFinite(number) ? number : 0;
}

/** Every number behind `"key":`, in order. */
export function readNumbers(text: string, key: string): number[] {
  const parts = text.split(`"${key}":`).slice(1);
  return parts.map((part) => readNumber(`"${key}":${part}`, key));
}
