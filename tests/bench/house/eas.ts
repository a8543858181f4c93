/**
 * EAs of generation 2 without a market of their own: who they are and what they say of themselves.
 *
 * @module
 */
import { handshake, heartbeatWithPositions, hello } from "../../../scripts/sim/ea_messages.ts";
import type { Account } from "../../../scripts/sim/account.ts";
import type { Moment, Writer } from "../../../scripts/sim/writer.ts";

/** An account with nothing open. */
export const ACCOUNT: Account = {
  balance: 10_000,
  equity: 10_000,
  margin: 0,
  freeMargin: 10_000,
  marginLevelPercent: 0,
};
const OFFSET_MS = 3 * 3_600_000;

/** The name of the bench's EA of a number. */
export function uuidOf(index: number): string {
  return `bench_house_ea_${String(index).padStart(4, "0")}x`;
}

/** A v2.06H on its chart. */
export function writerOf(index: number, symbols: readonly string[], chartSymbol: string): Writer {
  return {
    uuid: uuidOf(index),
    nodeId: "NODE_1000001_5512345",
    account: 1_000_001 + index,
    server: "Bench-Demo",
    company: "Bench Ltd",
    currency: "USD",
    leverage: 500,
    version: "2.06H",
    symbols,
    chartSymbol,
  };
}

/** This moment in the broker's time. */
export function momentAt(marketMs: number): Moment {
  return { account: ACCOUNT, brokerMs: marketMs + OFFSET_MS, ticksProcessed: 0 };
}

/** What an EA says when it starts: on 5555 and on 5556. */
export function greetings(
  by: Writer,
  marketMs: number,
): { readonly command: string[]; readonly telemetry: string } {
  const moment = momentAt(marketMs);
  return {
    command: [hello(by, moment), heartbeatWithPositions(by, moment, [])],
    telemetry: handshake(by, moment),
  };
}
