/**
 * The wire of generation 2: what EAs say and are told, decoded into house types and encoded byte-exactly.
 *
 * Past this file nobody sees a snake_case key of an EA. The codec itself lives in `wire/`, one concern a file.
 *
 * @module
 */
import type { AccountState, ReportedPosition } from "./ea.ts";
import type { CloseReason } from "./fire.ts";
import type { Timeframe } from "./candle.ts";
import type { Direction, EaId, FireId, Lots, Money, Price } from "./units.ts";

export { decodeCommandFrame, decodeConfirmFrame, decodeTelemetryFrame } from "./wire/decode.ts";
export { encodeCommand } from "./wire/encode.ts";
export { encodeSignal, encodeSignalJson, encodeTick, signalTopic, tickTopic } from "./wire/publish.ts";
export { withoutTail } from "./wire/text.ts";

/**
 * The account part of a message; the gateway adds the time of arrival.
 *
 * A message has `account: null` where it does not say both balance and equity: unknown money is never made up.
 */
export type AccountReport = Omit<AccountState, "receivedAtMs">;

/** HELLO on 5555, once per EA start. */
export interface Hello {
  readonly kind: "hello";
  readonly eaId: EaId;
  readonly nodeId: string | null;
  readonly accountLogin: string | null;
  readonly broker: string | null;
  readonly version: string | null;
  readonly account: AccountReport | null;
  /** v2.06H or a later EA may say; v2.05 never does. */
  readonly accountMode: "demo" | "real" | "unknown";
}

/** HEARTBEAT on 5555, every 30 s of broker time. */
export interface Heartbeat {
  readonly kind: "heartbeat";
  readonly eaId: EaId;
  readonly nodeId: string | null;
  readonly accountLogin: string | null;
  readonly broker: string | null;
  readonly account: AccountReport | null;
  readonly accountMode: "demo" | "real" | "unknown";
  /** Null for v2.05, which does not list positions. */
  readonly positions: readonly ReportedPosition[] | null;
}

/** `handshake` on 5556, once per EA start: the only place that names the chart symbol. */
export interface Handshake {
  readonly kind: "handshake";
  readonly eaId: EaId;
  readonly nodeId: string | null;
  readonly accountLogin: string | null;
  readonly broker: string | null;
  readonly version: string | null;
  readonly chartSymbol: string | null;
  readonly symbols: readonly string[];
  readonly account: AccountReport | null;
}

/** `heartbeat` (lower case) on 5556. */
export interface Telemetry {
  readonly kind: "telemetry";
  readonly eaId: EaId;
  readonly nodeId: string | null;
  readonly account: AccountReport | null;
}

/** `TICK` on 5556. */
export interface WireTick {
  readonly kind: "tick";
  readonly eaId: EaId;
  readonly nodeId: string | null;
  /** Exactly as in MarketWatch, with prefix and suffix. */
  readonly brokerSymbol: string;
  readonly bid: Price;
  readonly ask: Price;
  /** The broker's stamp read as if it were UTC, ms: the broker's zone is still in it. */
  readonly brokerTimeMs: number;
}

/** `OHLC` on 5556: a cross-check, never a source of candles. */
export interface Ohlc {
  readonly kind: "ohlc";
  readonly eaId: EaId;
  readonly brokerSymbol: string;
  readonly timeframe: Timeframe;
  readonly brokerOpenedAtMs: number;
  readonly open: Price;
  readonly high: Price;
  readonly low: Price;
  readonly close: Price;
}

/** `DISCONNECT` on 5556. */
export interface Disconnect {
  readonly kind: "disconnect";
  readonly eaId: EaId;
  readonly nodeId: string | null;
}

/** The answer to a fire, or to a command the EA does not know. */
export interface FireConfirmation {
  readonly kind: "confirmation";
  readonly eaId: EaId;
  readonly nodeId: string | null;
  readonly commandType: "fire" | "unknown";
  /** Null when the EA sent an empty one. */
  readonly fireId: FireId | null;
  /** `failed` only for a word that says so for certain; one that nobody knows is an (unverified) success. */
  readonly status: "success" | "failed";
  /** The EA's own word, before it was mapped: `FILLED`, `MAX_POSITIONS`, … */
  readonly rawStatus: string;
  /** 0 when failed; success with ticket 0 or price 0 is unverified. */
  readonly ticket: number;
  readonly price: number;
  /** The lot asked for; v2.05 does not report the filled volume. */
  readonly lots: number;
  readonly message: string;
  /** Parsed from the message: "Result: 10016". */
  readonly retcode: number | null;
  readonly account: AccountReport | null;
}

/** The answer to close_ticket or close_all: no fire_id, matched by ticket. */
export interface CloseConfirmation {
  readonly kind: "closeConfirmation";
  readonly eaId: EaId;
  readonly nodeId: string | null;
  readonly commandType: "close_all" | "close_ticket";
  readonly status: "success" | "failed";
  readonly ticket: number;
  readonly lots: number;
  readonly message: string;
  readonly account: AccountReport | null;
}

/** v2.06H: a position closed. */
export interface PositionClosed {
  readonly kind: "positionClosed";
  readonly eaId: EaId;
  readonly ticket: number | null;
  readonly fireId: FireId | null;
  readonly brokerSymbol: string | null;
  readonly direction: Direction | null;
  readonly closePrice: Price | null;
  readonly reason: CloseReason;
  readonly profit: Money | null;
}

/** The answer to a ping, on 5558. */
export interface Pong {
  readonly kind: "pong";
  readonly eaId: EaId;
  readonly pingId: string;
}

/** What arrives on 5555. */
export type CommandFrame = Hello | Heartbeat;
/** What arrives on 5556. */
export type TelemetryFrame = Handshake | Telemetry | WireTick | Ohlc | Disconnect;
/** What arrives on 5558 and changes a fire: stored before it is applied. */
export type Confirmation = FireConfirmation | CloseConfirmation | PositionClosed;
/** What arrives on 5558. */
export type ConfirmFrame = Confirmation | Pong;

/** Why a frame was not understood. */
export type FaultReason =
  | "empty"
  | "too_many_frames"
  | "too_large"
  | "too_deep"
  | "not_json"
  | "not_an_object"
  | "unknown_type"
  | "missing_uuid"
  | "bad_field";

/** A frame that was not understood: counted, sampled, never thrown. */
export interface WireFault {
  readonly reason: FaultReason;
  /** The field and its value, cut to 120 characters. */
  readonly detail: string;
}

/** A frame read, or the fault that stopped it. */
export type Decoded<T> =
  | {
    readonly ok: true;
    readonly message: T; /** A bad byte or quote was mended. */
    readonly repaired: boolean;
  }
  | { readonly ok: false; readonly fault: WireFault };

/** What an EA can be told. */
export type Command =
  | {
    readonly kind: "fire";
    readonly eaId: EaId;
    readonly fireId: FireId;
    readonly brokerSymbol: string;
    readonly direction: Direction;
    readonly stopLoss: Price;
    readonly takeProfit: Price;
    readonly lots: Lots;
    /** Decimal places of the symbol's prices. */
    readonly digits: number;
  }
  | { readonly kind: "closeAll"; readonly eaId: EaId }
  | { readonly kind: "closeTicket"; readonly eaId: EaId; readonly ticket: number }
  | { readonly kind: "ping"; readonly eaId: EaId; readonly pingId: string };
