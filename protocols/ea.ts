/**
 * EA instances: one running Expert Advisor on one account, as the house sees it.
 *
 * @module
 */
import type { Fire } from "./fire.ts";
import type { SymbolSpec } from "./symbol_spec.ts";
import type { Quote } from "./tick.ts";
import type { EaId, FireId, Lots, Money, Price, SymbolName, UserId } from "./units.ts";

/** Account numbers as the last HELLO, HEARTBEAT or confirmation gave them. */
export interface AccountState {
  readonly balance: Money;
  readonly equity: Money;
  /** Null where the message does not carry it. */
  readonly margin: Money | null;
  readonly freeMargin: Money | null;
  readonly currency: string | null;
  readonly leverage: number | null;
  /** Market clock, UTC ms, by arrival. */
  readonly receivedAtMs: number;
}

/** A position as a v2.06H heartbeat lists it. */
export interface ReportedPosition {
  readonly ticket: number;
  /** From the order's comment; may be cut short or empty. */
  readonly fireId: FireId | null;
  /** The broker's own symbol name. */
  readonly brokerSymbol: string;
  readonly direction: "BUY" | "SELL";
  readonly lots: Lots;
  readonly openPrice: Price;
  readonly profit: Money | null;
}

/** The stored facts of one EA: one row of `ea_instances`. */
export interface EaInstance {
  readonly id: EaId;
  /** Null until an operator gives the EA to a user. */
  readonly userId: UserId | null;
  readonly accountLogin: string | null;
  /** Unknown for generation 2, whose wire does not say. */
  readonly accountMode: "demo" | "real" | "unknown";
  readonly broker: string | null;
  readonly version: string | null;
  readonly currency: string | null;
  readonly leverage: number | null;
  readonly balance: number | null;
  readonly equity: number | null;
  readonly margin: number | null;
  readonly freeMargin: number | null;
  /** Session epoch of v2.05: new on every EA start. */
  readonly nodeId: string | null;
  /** The chart the EA sits on: commands are read on its ticks only. The broker's own name. */
  readonly chartSymbol: string | null;
  /** False after return code 10027; null: not known, passes. */
  readonly autotrading: boolean | null;
  /** Arrival of its last frame, market clock, UTC ms. */
  readonly lastSeenAtMs: number;
  readonly createdAtMs: number;
  readonly slotsMax: number;
}

/** What a gate may ask of an EA: taken from its slot actor in one turn. */
export interface EaView {
  readonly ea: EaInstance;
  /** `reconciling`: no new fires until its first heartbeat after (re)start was compared with the ledger. */
  readonly phase: "reconciling" | "ready";
  /** A connection on 5555 is known. */
  readonly connected: boolean;
  /** Arrival of the last HEARTBEAT or HELLO on 5555, or null; market clock. */
  readonly lastHeartbeatAtMs: number | null;
  readonly account: AccountState | null;
  /** This EA's own latest quotes, by canonical symbol. */
  readonly quotes: ReadonlyMap<SymbolName, Quote>;
  /** Canonical to broker's name, learned from its ticks. */
  readonly brokerSymbols: ReadonlyMap<SymbolName, string>;
  readonly specs: ReadonlyMap<SymbolName, SymbolSpec>;
  readonly suspectSpecs: ReadonlySet<SymbolName>;
  /** Circuit opened by three rejections or unknowns in 10 min; market clock, null when closed. */
  readonly circuitOpenUntilMs: number | null;
  /** Fires that hold a slot of this EA. */
  readonly openFires: readonly Fire[];
}
