/**
 * A slot's reading and writing: its ledger out of the store, and each step into it.
 *
 * @module
 */
import {
  evidenceName,
  findFire,
  type LedgerSource,
  openLedger,
  restoreEvidence,
  type SlotLedger,
  type SlotStep,
  specSubject,
} from "../domain/slot.ts";
import { HALT_SETTING, type HaltRecord } from "../protocols/desk.ts";
import type { EaInstance, ReportedPosition } from "../protocols/ea.ts";
import { type Fire, SLOT_HOLDING } from "../protocols/fire.ts";
import type { ConfirmationRecord, Store, Write } from "../protocols/store.ts";
import { type EaId, type SymbolName, symbolName } from "../protocols/units.ts";

/** What reading needs. */
export interface SlotReader {
  readonly eaId: EaId;
  readonly store: Store;
  /** Open fires that an EA heard of for the first time may hold. */
  readonly slotsMax: number;
}

/** Ended fires looked back on: circuit, last change, and comments that a broker cut short. */
const ENDED_MAX = 200;

/** Reads one EA's ledger: the only way to one, at a start, at a restart, and after a failed write. */
export async function readLedger(reader: SlotReader, nowMs: number): Promise<SlotLedger> {
  const { store, eaId } = reader;
  const [row] = await store.select({ from: "ea_instances", where: { id: eaId } });
  const ea = row ?? newInstance(reader, nowMs);
  const openFires = await store.select({ from: "fires", where: { eaId, status: { in: SLOT_HOLDING } } });
  const recent = await recentFires(reader);
  const [setting] = await store.select({ from: "settings", where: { name: evidenceName(eaId) } });
  return openLedger({
    ea,
    openFires,
    endedFires: recent.filter((fire) => !SLOT_HOLDING.includes(fire.status)),
    evidence: restoreEvidence(setting?.value),
    suspects: await readSuspects(reader),
    holds: await readHolds(reader, ea.userId),
  });
}

/** Confirmations of this EA that no step has taken yet, in the order they came. */
export function readBacklog({ store, eaId }: SlotReader): Promise<readonly ConfirmationRecord[]> {
  const where = { eaId, appliedAtMs: null, quarantined: false };
  return store.select({ from: "confirmations", where, order: "receivedAtMs" });
}

/** Tells whether a confirmation is still to be applied: a message may be older than what came of it. */
export async function isPending({ store }: SlotReader, record: ConfirmationRecord): Promise<boolean> {
  const [row] = await store.select({ from: "confirmations", where: { id: record.id } });
  return row === undefined || (row.appliedAtMs === null && !row.quarantined);
}

/** The row of a fire that autofire reserved, if it still waits; its message may be older than what came of it. */
export async function readReserved({ store, eaId }: SlotReader): Promise<readonly Fire[]> {
  return await store.select({ from: "fires", where: { eaId, status: "reserved" }, order: "requestedAtMs" });
}

/** An ended fire by its id, its ticket, or a comment cut short. */
export async function readEnded(
  reader: SlotReader,
  id: Fire["id"] | null,
  ticket: number | null,
): Promise<Fire | null> {
  const { store, eaId } = reader;
  const [exact] = id === null ? [] : await store.select({ from: "fires", where: { id } });
  if (exact !== undefined) return exact;
  if (ticket !== null && ticket > 0) {
    const [byTicket] = await store.select({ from: "fires", where: { ticket, eaId } });
    if (byTicket !== undefined) return byTicket;
  }
  return id === null ? null : findFire(await recentFires(reader), id, ticket);
}

/** Ended fires behind positions that the ledger does not explain. */
export async function readEndedOf(
  reader: SlotReader,
  positions: readonly ReportedPosition[],
): Promise<readonly Fire[]> {
  const found: Fire[] = [];
  for (const position of positions) {
    const fire = await readEnded(reader, position.fireId, position.ticket);
    if (fire !== null && fire.eaId === reader.eaId) found.push(fire);
  }
  return found;
}

/** Symbols whose table row an operator was asked to check for this EA. */
export async function readSuspects({ store, eaId }: SlotReader): Promise<ReadonlySet<SymbolName>> {
  const asked = await store.select({ from: "conditions", where: { code: "SYMBOL_SPEC_SUSPECT" } });
  const prefix = specSubject(eaId, "");
  const mine = asked.filter((each) => each.subject.startsWith(prefix));
  return new Set(mine.map((each) => symbolName(each.subject.slice(prefix.length))));
}

/** What keeps this EA's fires back: halt for everyone, and its user's own. */
export async function readHolds(
  { store }: Pick<SlotReader, "store">,
  userId: EaInstance["userId"],
): Promise<LedgerSource["holds"]> {
  const [halt] = await store.select({ from: "settings", where: { name: HALT_SETTING } });
  const [user] = userId === null ? [] : await store.select({ from: "users", where: { id: userId } });
  return [
    ...((halt?.value as HaltRecord | undefined)?.halted === true ? ["TRADING_HALTED" as const] : []),
    ...(user?.halted === true ? ["USER_HALTED" as const] : []),
  ];
}

/** The writes of one step, its events behind its rows. */
export function writesOf(step: SlotStep, atMs: number): readonly Write[] {
  const { ea, evidence } = step.ledger;
  const source = `slot/${ea.id}`;
  return [
    ...step.fires.map((row): Write => ({ put: "fires", row })),
    ...(step.saves
      ? [
        { put: "ea_instances", row: ea } as const,
        { put: "settings", row: { name: evidenceName(ea.id), value: evidence } } as const,
      ]
      : []),
    ...step.events.map((event): Write => ({ event, source, atMs })),
  ];
}

function recentFires({ store, eaId }: SlotReader): Promise<readonly Fire[]> {
  return store.select({ from: "fires", where: { eaId }, order: "-requestedAtMs", limit: ENDED_MAX });
}

function newInstance({ eaId, slotsMax }: SlotReader, nowMs: number): EaInstance {
  return {
    id: eaId,
    userId: null,
    accountLogin: null,
    accountMode: "unknown",
    broker: null,
    version: null,
    currency: null,
    leverage: null,
    balance: null,
    equity: null,
    margin: null,
    freeMargin: null,
    nodeId: null,
    chartSymbol: null,
    autotrading: null,
    lastSeenAtMs: nowMs,
    createdAtMs: nowMs,
    slotsMax,
  };
}
