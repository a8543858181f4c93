/**
 * Writing as an EA writes: who it is, what it knows at a moment, and flat JSON put together by hand.
 *
 * @module
 */
import { specOf } from "../../domain/symbol_spec.ts";
import { symbolName } from "../../protocols/units.ts";
import type { Account } from "./account.ts";

/** Which EA. */
export type EaVariant = "v2.05" | "v2.06H";

/** A message and the socket it goes to. */
export interface Outgoing {
  readonly channel: "command" | "telemetry" | "confirm";
  readonly text: string;
}

/** Who is writing. */
export interface Writer {
  readonly uuid: string;
  readonly nodeId: string;
  readonly account: number;
  /** v2.05 calls it `broker` in HELLO. */
  readonly server: string;
  /** v2.05 calls it `broker` in the handshake. */
  readonly company: string;
  readonly currency: string;
  readonly leverage: number;
  readonly version: "2.05" | "2.06H";
  /** In the broker's own names. */
  readonly symbols: readonly string[];
  readonly chartSymbol: string;
}

/** Account and time of a message. */
export interface Moment {
  readonly account: Account;
  /** Broker time read as if it were UTC, ms. */
  readonly brokerMs: number;
  readonly ticksProcessed: number;
}

/** Two decimals. */
export const money = (value: number): string => value.toFixed(2);
/** A string value, never escaped: v2.05 does not. */
export const quoted = (text: string): string => `"${text}"`;
/** Decimal places of a symbol's prices. */
export const digitsOf = (symbol: string): number => specOf(symbolName(symbol))?.digits ?? 5;

/** `YYYY.MM.DD HH:MM:SS`. */
export function stampOf(brokerMs: number): string {
  return new Date(brokerMs).toISOString().slice(0, 19).replaceAll("-", ".").replace("T", " ");
}

/** One flat JSON object; values are written as they are. */
export function object(fields: Readonly<Record<string, string | number>>): string {
  return `{${Object.entries(fields).map(([key, value]) => `"${key}":${value}`).join(",")}}`;
}
