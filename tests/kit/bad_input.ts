/**
 * Bad input: payloads that no gateway may understand, and none may stumble over.
 *
 * @module
 */
import type { FaultReason } from "../../protocols/wire.ts";
import { bytes, changed, fixture, fixtureText } from "./wire_fixture.ts";

/** One payload and the fault that it is on 5556. */
export interface BadPayload {
  readonly name: string;
  readonly payload: Uint8Array;
  readonly reason: FaultReason;
}

const TICK = fixtureText("v205_tick");
const BID = '"bid":1.17602';

/** TICKs gone wrong, and what never was one. */
export const BAD_PAYLOADS: readonly BadPayload[] = [
  bad("an empty frame", new Uint8Array(), "empty"),
  bad("a frame of NULs", new Uint8Array(8), "empty"),
  bad("text", bytes("hello"), "not_json"),
  bad("a legacy text line", bytes("OHLC EURUSD 1.1 1.2 1.0 1.1"), "not_json"),
  bad("JSON cut in the middle", bytes(TICK.slice(0, 90)), "not_json"),
  bad("JSON without its end", bytes(TICK.slice(0, -1)), "not_json"),
  bad("two objects in one frame", bytes(TICK + TICK), "not_json"),
  bad("invalid UTF-8", new Uint8Array([0xff, 0xfe, 0xc3, 0x28, 0x80]), "not_json"),
  bad("a JSON array", bytes(`[${TICK}]`), "not_an_object"),
  bad("a JSON string", bytes('"TICK"'), "not_an_object"),
  bad("JSON null", bytes("null"), "not_an_object"),
  bad("1 MB of JSON", bytes(`{"type":"TICK","x":"${"x".repeat(1_048_576)}"}`), "too_large"),
  bad("1 MB of zeros", new Uint8Array(1_048_576), "too_large"),
  bad("10,000 nested arrays", bytes("[".repeat(10_000) + "]".repeat(10_000)), "too_deep"),
  bad("10,000 nested objects", bytes('{"a":'.repeat(10_000) + "1" + "}".repeat(10_000)), "too_deep"),
  bad("10,000 opened arrays", bytes("[".repeat(10_000)), "too_deep"),
  bad("10,000 nested objects in single quotes", bytes("{'a':".repeat(10_000)), "too_deep"),
  bad("an unknown type", changed("v205_tick", '"TICK"', '"TOCK"'), "unknown_type"),
  bad("no type", changed("v205_tick", '"type"', '"kind"'), "unknown_type"),
  bad("no uuid", changed("v205_tick", "user_uuid", "user"), "missing_uuid"),
  bad("a NaN bid", changed("v205_tick", BID, '"bid":NaN'), "bad_field"),
  bad("a bid of 1e309", changed("v205_tick", BID, '"bid":1e309'), "bad_field"),
  bad("a negative bid", changed("v205_tick", BID, '"bid":-1.17602'), "bad_field"),
  bad("a zero bid", changed("v205_tick", BID, '"bid":0'), "bad_field"),
  bad("a bid of the wrong type", changed("v205_tick", BID, '"bid":{"is":1}'), "bad_field"),
  bad("a symbol of the wrong type", changed("v205_tick", '"EURUSD.r"', "7"), "bad_field"),
  bad("a time from 1970", changed("v205_tick", "2025.09.12", "1970.01.01"), "bad_field"),
  bad("a handshake with a NaN balance", nanBalance(), "bad_field"),
];

function bad(name: string, payload: Uint8Array, reason: FaultReason): BadPayload {
  return { name, payload, reason };
}

function nanBalance(): Uint8Array {
  const text = new TextDecoder().decode(fixture("v205_handshake"));
  return bytes(text.replace('"balance":1000.00', '"balance":-nan(ind)'));
}
