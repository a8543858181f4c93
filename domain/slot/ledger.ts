/**
 * Slot ledger: one EA, its account, and the fires that hold its slots.
 *
 * Slots are counted from the fires each time. Every function here and beside it takes a ledger and answers the next
 * one with what is to be written, said and sent, in that order; none of them knows an actor.
 *
 * @module
 */
import type { AccountState, EaInstance, EaView } from "../../protocols/ea.ts";
import type { BittenEvent } from "../../protocols/events.ts";
import type { Fire } from "../../protocols/fire.ts";
import type { SymbolSpec } from "../../protocols/symbol_spec.ts";
import type { Quote } from "../../protocols/tick.ts";
import type { FireId, SymbolName } from "../../protocols/units.ts";
import type { AccountReport, Command } from "../../protocols/wire.ts";
import { money } from "../../protocols/units.ts";
import { type Circuit, CLOSED_CIRCUIT, countFailure, countSuccess } from "../circuit.ts";
import { holdsSlot } from "../fire.ts";
import type { Evidence } from "./evidence.ts";

/** Why nothing leaves a slot though it is ready. */
export type HoldCode = "TRADING_HALTED" | "USER_HALTED";

/** A close that was asked for. */
export interface CloseOrder {
  /** Null: every position of the EA. */
  readonly ticket: number | null;
  /** `probe`: asks whether a position is still there. */
  readonly why: "asked" | "probe";
  readonly askedAtMs: number;
  readonly sentAtMs: number | null;
}

/** What is known of the chart on whose ticks the EA reads commands. */
export interface ChartPulse {
  /** Chart ticks since the ledger was opened. */
  readonly ticks: number;
  /** Arrival of the last one, market clock. */
  readonly lastAtMs: number | null;
  /** `ticks` when the last command went out: the next one waits for another tick. */
  readonly usedAtTick: number;
}

/** One EA as its slot actor knows it. */
export interface SlotLedger {
  readonly ea: EaInstance;
  readonly phase: EaView["phase"];
  readonly connected: boolean;
  readonly lastHeartbeatAtMs: number | null;
  /** Arrival of the last heartbeat that was compared, market clock. */
  readonly comparedAtMs: number | null;
  readonly account: AccountState | null;
  /** Those that hold a slot, in order of request. */
  readonly fires: ReadonlyMap<FireId, Fire>;
  readonly chart: ChartPulse;
  /** Arrival of the first tick since the ledger was opened, market clock. */
  readonly firstTickAtMs: number | null;
  readonly closes: readonly CloseOrder[];
  readonly circuit: Circuit;
  readonly holds: readonly HoldCode[];
  readonly evidence: Evidence;
  readonly suspects: ReadonlySet<SymbolName>;
  /** Its silence was announced. */
  readonly lost: boolean;
  /** When a position last opened or closed, market clock. */
  readonly changedAtMs: number;
  /** The EA sits on another account than the one on which its open fires were made. */
  readonly accountChanged: boolean;
}

/** A condition to raise or to clear. */
export type ConditionChange =
  | { readonly kind: "raise"; readonly code: string; readonly subject: string; readonly message: string }
  | { readonly kind: "clear"; readonly code: string; readonly subject: string };

/** The next ledger, and what the actor does about it: write first, then say, then send. */
export interface SlotStep {
  readonly ledger: SlotLedger;
  /** Rows of `fires` to write. */
  readonly fires: readonly Fire[];
  readonly events: readonly BittenEvent[];
  readonly commands: readonly Command[];
  readonly conditions: readonly ConditionChange[];
  /** The EA's own row and its evidence are to be written too. */
  readonly saves: boolean;
}

/** The moment of a step: market clock, and what every age is widened by. */
export interface Moment {
  readonly nowMs: number;
  readonly slackMs: number;
}

/** What the EA's feed shows. */
export interface MarketView {
  readonly quotes: ReadonlyMap<SymbolName, Quote>;
  readonly brokerSymbols: ReadonlyMap<SymbolName, string>;
  /** The EA's or an operator's rows, before the built-in table. */
  readonly specs: ReadonlyMap<SymbolName, SymbolSpec>;
}

/** What a ledger is opened from: all of it stored. */
export interface LedgerSource {
  readonly ea: EaInstance;
  /** Fires of this EA that hold a slot. */
  readonly openFires: readonly Fire[];
  /** Fires of this EA that ended lately. */
  readonly endedFires: readonly Fire[];
  readonly evidence: Evidence;
  readonly suspects: ReadonlySet<SymbolName>;
  readonly holds: readonly HoldCode[];
}

/**
 * Opens the ledger of one EA as it stands after a start: no fire leaves before a heartbeat was compared.
 *
 * @throws when a fire of another EA, or one that holds no slot, is among the open ones
 */
export function openLedger(source: LedgerSource): SlotLedger {
  const { ea, openFires, endedFires } = source;
  for (const fire of openFires) {
    if (fire.eaId === ea.id && holdsSlot(fire)) continue;
    throw new Error(
      `Cannot open slot ledger of ${ea.id} as every fire must be its own and hold a slot: ` +
        `current value is ${fire.id} of ${fire.eaId}, ${fire.status}`,
    );
  }
  const ordered = openFires.toSorted((one, other) => one.requestedAtMs - other.requestedAtMs);
  return {
    ea,
    phase: "reconciling",
    connected: false,
    lastHeartbeatAtMs: null,
    comparedAtMs: null,
    account: null,
    fires: new Map(ordered.map((fire) => [fire.id, fire])),
    chart: { ticks: 0, lastAtMs: null, usedAtTick: 0 },
    firstTickAtMs: null,
    closes: [],
    circuit: replayCircuit([...openFires, ...endedFires]),
    holds: source.holds,
    evidence: source.evidence,
    suspects: source.suspects,
    lost: false,
    changedAtMs: latestChange([...openFires, ...endedFires]),
    accountChanged: false,
  };
}

/** What a gate may ask of the EA. */
export function viewLedger(ledger: SlotLedger, market: MarketView): EaView {
  return {
    ea: ledger.ea,
    phase: ledger.phase,
    connected: ledger.connected,
    lastHeartbeatAtMs: ledger.lastHeartbeatAtMs,
    account: ledger.account,
    quotes: market.quotes,
    brokerSymbols: market.brokerSymbols,
    specs: market.specs,
    suspectSpecs: ledger.suspects,
    circuitOpenUntilMs: ledger.circuit.openUntilMs,
    openFires: [...ledger.fires.values()],
  };
}

/** Slots taken: counted from the fires. */
export function slotsTaken(ledger: Pick<SlotLedger, "fires">): number {
  return ledger.fires.size;
}

/** Margin that a fire binds: as measured, else as expected. */
export function marginOf(ledger: Pick<SlotLedger, "evidence">, fire: Fire): number | null {
  return ledger.evidence.margins[fire.id] ?? fire.marginMoney;
}

/** The account after a message: figures it does not carry stay. */
export function mergeAccount(
  old: AccountState | null,
  report: AccountReport | null,
  receivedAtMs: number,
): AccountState | null {
  if (report === null || (old !== null && old.receivedAtMs > receivedAtMs)) return old;
  const margin = boundMarginOf(report);
  return {
    balance: report.balance,
    equity: report.equity,
    margin,
    freeMargin: report.freeMargin,
    currency: report.currency ?? old?.currency ?? null,
    leverage: report.leverage ?? old?.leverage ?? null,
    receivedAtMs,
  };
}

/** Margin as a message tells it: MT5 defines the free margin, which v2.05 confirms alone, as equity less margin. */
export function boundMarginOf(report: AccountReport): AccountState["margin"] {
  const { margin, freeMargin, equity } = report;
  return margin ?? (freeMargin === null ? null : money(equity - freeMargin));
}

/** Characters of a fire id that are its own; a comment cut shorter names nobody. */
const OWN_CHARACTERS = 11;

/** The fire that an id from a comment, or else a ticket, is about; a broker may have cut the comment short. */
export function findFire(
  fires: Iterable<Fire>,
  id: FireId | null,
  ticket: number | null,
): Fire | null {
  const all = [...fires];
  const exact = all.find((fire) => fire.id === id);
  if (exact !== undefined) return exact;
  if (ticket !== null && ticket > 0) {
    const byTicket = all.find((fire) => fire.ticket === ticket);
    if (byTicket !== undefined) return byTicket;
  }
  if (id === null || id.length < OWN_CHARACTERS) return null;
  return all.find((fire) => fire.id.startsWith(id)) ?? null;
}

/** Failures are dated by when their command went out, which is at most seconds before. */
function replayCircuit(fires: readonly Fire[]): Circuit {
  return fires
    .filter((fire) => fire.sentAtMs !== null)
    .toSorted((one, other) => (one.sentAtMs ?? 0) - (other.sentAtMs ?? 0))
    .reduce((circuit, fire) => {
      if (fire.filledAtMs !== null) return countSuccess(circuit);
      const failed = fire.status === "rejected" || fire.status === "ambiguous" || fire.status === "expired";
      return failed ? countFailure(circuit, fire.sentAtMs ?? 0) : circuit;
    }, CLOSED_CIRCUIT);
}

function latestChange(fires: readonly Fire[]): number {
  return fires.reduce((latest, fire) => Math.max(latest, fire.filledAtMs ?? 0, fire.closedAtMs ?? 0), 0);
}
