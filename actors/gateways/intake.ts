/**
 * Intake: what a gateway counts of what came in, and the few faults of it that the log shows.
 *
 * @module
 */
import type { GatewayFault, GatewayStatus } from "../../protocols/gateways.ts";
import type { Log } from "../../runtime/log.ts";

/** The first fault of a kind is logged, and one more when this long has passed since. */
const LOG_EVERY_MS = 60_000;
const SAMPLE_BYTES = 200;
const anyBytes = new TextDecoder("windows-1252");

/** Counts of one incarnation of a gateway; changes in place. */
export class Intake {
  readonly #log: Log;
  readonly #nowMs: () => number;
  readonly #received: Record<string, number> = {};
  readonly #faults: Partial<Record<GatewayFault, number>> = {};
  readonly #loggedAtMs = new Map<GatewayFault, number>();
  #faultsTotal = 0;

  /** `nowMs` is the runtime clock: a scaled market would log a minute's fault every second. */
  constructor(log: Log, nowMs: () => number) {
    this.#log = log;
    this.#nowMs = nowMs;
  }

  /** Counts one message that was understood. */
  count(kind: string): void {
    this.#received[kind] = (this.#received[kind] ?? 0) + 1;
  }

  /** Counts one that went no further, and logs the first of its kind in a minute with the beginning of its bytes. */
  fault(reason: GatewayFault, detail: string, payload?: Uint8Array): void {
    this.#faultsTotal++;
    this.#faults[reason] = (this.#faults[reason] ?? 0) + 1;
    const nowMs = this.#nowMs();
    if (nowMs - (this.#loggedAtMs.get(reason) ?? -Infinity) < LOG_EVERY_MS) return;
    this.#loggedAtMs.set(reason, nowMs);
    const sample = payload === undefined ? undefined : anyBytes.decode(payload.subarray(0, SAMPLE_BYTES));
    this.#log.warn("frame refused", { reason, detail, count: this.#faults[reason], sample });
  }

  /** A copy of the counts. */
  status(): GatewayStatus {
    return { received: { ...this.#received }, faults: { ...this.#faults }, faultsTotal: this.#faultsTotal };
  }
}
