/**
 * Fires: one request to open one position for one user on one EA, and what became of it.
 *
 * @module
 */
import type { GateCode } from "./gates.ts";
import type {
  Direction,
  EaId,
  FireId,
  Lots,
  MissionId,
  Money,
  Price,
  SignalId,
  SymbolName,
  UserId,
} from "./units.ts";

/**
 * The life of a fire: `reserved → sent → filled → closed`, or `refused` (our own no), `rejected`
 * (the broker's definitive no), `expired` (proved not executed), `ambiguous` (sent, and nobody knows).
 */
export type FireStatus =
  | "reserved"
  | "sent"
  | "ambiguous"
  | "filled"
  | "closed"
  | "refused"
  | "rejected"
  | "expired";

/** Statuses that hold a slot. */
export const SLOT_HOLDING: readonly FireStatus[] = ["reserved", "sent", "ambiguous", "filled"];

/** Why a fire closed. */
export type CloseReason =
  | "TP_HIT"
  | "SL_HIT"
  | "MANUAL"
  | "STOP_OUT"
  | "CLOSED_BY_COMMAND"
  | "CLOSED_EA_SYNC"
  | "CLOSED_INFERRED"
  | "CLOSED_MANUAL_INFERRED"
  | "CLOSED_BY_OPERATOR"
  | "OTHER";

/** One fire: one row of `fires`. */
export interface Fire {
  readonly id: FireId;
  readonly missionId: MissionId;
  readonly signalId: SignalId;
  readonly userId: UserId;
  readonly eaId: EaId;
  readonly origin: "AUTO" | "MANUAL";
  readonly symbol: SymbolName;
  /** Exactly as in that EA's MarketWatch. */
  readonly brokerSymbol: string;
  readonly direction: Direction;
  readonly lots: Lots;
  /** Quote of the EA on the opening side at the decision. */
  readonly entry: Price;
  readonly stopLoss: Price;
  readonly takeProfit: Price;
  /** Loss at the stop, slippage and commission included, in the account's currency. */
  readonly riskMoney: Money;
  readonly riskPercent: number;
  /** Margin this fire is expected to bind, in the account's currency; null when leverage is unknown. */
  readonly marginMoney: Money | null;
  readonly status: FireStatus;
  /** Set when refused. */
  readonly code: GateCode | null;
  /** MT5 trade return code, where one is known. */
  readonly retcode: number | null;
  /** The broker's or our words on a rejection, refusal or doubt. */
  readonly note: string | null;
  readonly ticket: number | null;
  readonly fillPrice: Price | null;
  readonly filledLots: Lots | null;
  readonly closePrice: Price | null;
  readonly closeReason: CloseReason | null;
  /** The broker's profit where it was reported, else null: never estimated into this field. */
  readonly profit: Money | null;
  readonly requestedAtMs: number;
  /** A fire not sent by then is refused (`SIGNAL_EXPIRED`). */
  readonly expiresAtMs: number;
  readonly sentAtMs: number | null;
  readonly filledAtMs: number | null;
  readonly closedAtMs: number | null;
  /** Margin and balance in the EA's last word before the command went out. */
  readonly preSendMargin: Money | null;
  readonly preSendBalance: Money | null;
  /** The EA's session epoch the command went to. */
  readonly sentToNodeId: string | null;
}
