/**
 * Slots of one EA: the ledger of fires that hold them, and everything that takes, sends, settles and frees one.
 *
 * The ledger is derived from the fires, never a counter beside them. Every function answers the next ledger with
 * what is to be written, said and sent; the actor that calls it writes first.
 *
 * @module
 */
export * from "./slot/ledger.ts";
export { askClose, hearResult, hearTick, nextWakeMs, setHold, takeFire } from "./slot/queue.ts";
export { pump } from "./slot/send.ts";
export { fireOf, settle } from "./slot/settle.ts";
export type { Settlement } from "./slot/settlement.ts";
export {
  hearDisconnect,
  hearHandshake,
  hearHello,
  hearTelemetry,
  reconcile,
  type ReconcileContext,
} from "./slot/frames.ts";
export { assignEa, resetCircuit, resolveFire, runCycle, runOverdue } from "./slot/cycle.ts";
export { strangersIn } from "./slot/positions.ts";
export { type Evidence, evidenceName, NO_EVIDENCE, restoreEvidence } from "./slot/evidence.ts";
export { specSubject } from "./slot/spec_check.ts";
