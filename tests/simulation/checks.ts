/**
 * The invariants that hold after every step: looked at when something they speak of has changed.
 *
 * @module
 */
import type { Fire } from "../../protocols/fire.ts";
import type { Ledger } from "./ledger.ts";
import type { WorldPlan } from "./plan.ts";
import type { Truth } from "./truth.ts";
import { Violation } from "./violation.ts";

/** How much the house must have heard, and how long it may take, before something that disagrees is a leak. */
const BOUNDS = {
  /** One honest heartbeat to learn of it, one to be sure, one under way before; the slots' own cycle. */
  heard: { heartbeats: 3, ageMs: 45_000 },
  /** A command that never arrived may lie in the EA until its chart has ticked three times. */
  unread: { heartbeats: 6, ageMs: 420_000 },
  /** v2.05 does not tell: a person must be asked. */
  asked: { heartbeats: 20, ageMs: 900_000 },
} as const;

/** What an operator is asked about a slot that the wire of v2.05 cannot free. */
const QUESTIONS: readonly string[] = ["FIRE_AMBIGUOUS", "CLOSE_QUESTION", "BALANCE_JUMP", "CLOSE_FAILED"];

/** Something that is not as it should be, and may be so for a while. */
interface Discrepancy {
  readonly what: string;
  readonly sinceMs: number;
  readonly life: number;
  heartbeats: number;
}

/** What the checks look at. */
export interface Observed {
  readonly plan: WorldPlan;
  readonly ledger: Ledger;
  readonly truth: Truth;
  readonly nowMs: () => number;
  /** The number of the server's life. */
  readonly life: () => number;
  /** Whether what an EA says, or hides, may make an honest house err. */
  readonly misled: (eaUuid: string) => boolean;
}

/** The observer. It reads, and never touches. */
export class Checks {
  readonly #seen: Observed;
  readonly #standing = new Map<string, Discrepancy>();
  /** Fires whose reservation was checked. */
  readonly #reserved = new Set<string>();

  constructor(seen: Observed) {
    this.#seen = seen;
  }

  /** After a commit: limits, and the journal against the rows. */
  written(touched: ReadonlySet<string>): void {
    const [hasty] = this.#seen.ledger.hasty;
    if (hasty !== undefined) {
      throw new Violation("REPLAY", `confirmation ${hasty} was applied before it was stored`);
    }
    for (const id of touched) {
      const fire = this.#seen.ledger.fires.get(id);
      if (fire === undefined) throw new Violation("REPLAY", `an event tells of ${id}, which has no row`);
      this.#sameAsTold(fire);
      this.#closedIndeed(fire);
      if (!this.#reserved.has(id)) {
        this.#reserved.add(id);
        if (fire.status === "reserved") this.#withinLimits(fire);
      }
    }
  }

  /** After a broker opened a position. */
  filled(fireId: string, opened: number): void {
    if (opened > 1) throw new Violation("AT_MOST_ONE_POSITION", `${fireId} opened ${opened} positions`);
    if (opened === 0) throw new Violation("AT_MOST_ONE_POSITION", `${fireId} was never sent, and is filled`);
  }

  /** An honest heartbeat of an EA reached the living server. */
  heartbeat(eaUuid: string, sentMs: number): void {
    for (const [key, standing] of this.#standing) {
      if (key.startsWith(`${eaUuid} `) && sentMs > standing.sinceMs) standing.heartbeats++;
    }
  }

  /** Every few seconds: what does not agree is given its time, and not more. */
  watch(): void {
    const now = new Set<string>();
    for (const [key, what, bound] of this.#discrepancies()) {
      now.add(key);
      this.#stand(key, what, bound);
    }
    for (const key of this.#standing.keys()) if (!now.has(key)) this.#standing.delete(key);
  }

  /** Row and last event of a fire say the same. */
  #sameAsTold(fire: Fire): void {
    const told = this.#seen.ledger.told.get(fire.id);
    if (told === undefined) throw new Violation("REPLAY", `no event tells of ${fire.id}, ${fire.status}`);
    const [row, event] = [essence(fire), essence(told)];
    if (row !== event) throw new Violation("REPLAY", `the row says ${row}, the journal ${event}`);
  }

  /** Whatever a close was told by: the position is gone. (v2.05 cannot tell a fire that closed from one that never opened.) */
  #closedIndeed({ id, status, closeReason, eaId }: Fire): void {
    const { truth, misled } = this.#seen;
    const open = truth.fires.get(id)?.tickets.size ?? 0;
    if (status !== "closed" || open === 0 || misled(eaId)) return;
    throw new Violation("POSITION_IN_LEDGER", `${id} is called ${closeReason}, and open at the broker`);
  }

  #withinLimits(fire: Fire): void {
    const { ledger, plan } = this.#seen;
    const user = ledger.users.get(fire.userId);
    if (user === undefined) throw new Violation("LIMITS", `${fire.id} is of nobody: ${fire.userId}`);
    const holding = [...ledger.holding.values()];
    const his = holding.filter(({ userId }) => userId === fire.userId);
    const ofEa = holding.filter(({ eaId }) => eaId === fire.eaId);
    const risk = his.reduce((sum, each) => sum + each.riskPercent, 0);
    const fail = (detail: string) => {
      throw new Violation("LIMITS", `${fire.id}: ${detail}`);
    };
    const automatic = his.filter(({ origin }) => origin === "AUTO").length;
    if (fire.origin === "AUTO" && automatic > user.maxAutoSlots) {
      fail(`${automatic} automatic slots of ${user.maxAutoSlots}`);
    }
    if (ofEa.length > plan.slotsPerEa) fail(`${ofEa.length} slots of the EA's ${plan.slotsPerEa}`);
    if (ofEa.filter(({ symbol }) => symbol === fire.symbol).length > 1) {
      fail(`a second fire on ${fire.symbol}`);
    }
    if (!(fire.riskPercent <= user.riskPercent + 1e-9)) {
      fail(`${fire.riskPercent} % risk of ${user.riskPercent}`);
    }
    if (!(risk <= user.openRiskPercentMax + 1e-9)) fail(`${risk} % open risk of ${user.openRiskPercentMax}`);
    if (user.halted) fail("its user is halted");
  }

  *#discrepancies(): Generator<[key: string, what: string, bound: keyof typeof BOUNDS]> {
    const { ledger, truth, plan } = this.#seen;
    for (const ea of plan.eas) {
      const tells = ea.variant === "v2.06H";
      for (const fire of truth.fires.values()) {
        if (fire.eaUuid !== ea.uuid) continue;
        const holds = ledger.holding.has(fire.fireId);
        const key = `${ea.uuid} ${fire.fireId}`;
        if (fire.tickets.size > 0 && !holds) {
          const status = ledger.fires.get(fire.fireId)?.status;
          yield [`${key} open`, `${fire.fireId} is open at the broker and ${status} in the ledger`, "heard"];
        }
        const over = fire.tickets.size === 0 && fire.where !== "flying" && fire.where !== "at the EA";
        if (over && holds) {
          const status = ledger.holding.get(fire.fireId)!.status;
          const bound = tells ? fire.opened > 0 ? "heard" : "unread" : "asked";
          yield [
            `${key} over`,
            `${fire.fireId} is ${fire.where} and over, and ${status} in the ledger`,
            bound,
          ];
        }
      }
    }
  }

  #stand(key: string, what: string, bound: keyof typeof BOUNDS): void {
    const { nowMs, life, ledger } = this.#seen;
    const standing = this.#standing.get(key);
    if (standing === undefined || standing.life !== life()) {
      this.#standing.set(key, { what, sinceMs: nowMs(), life: life(), heartbeats: 0 });
      return;
    }
    const ea = key.split(" ")[0]!;
    if (ledger.conditions.has(`SLOT_GAVE_UP ${ea}`)) return;
    const age = nowMs() - standing.sinceMs;
    if (standing.heartbeats < BOUNDS[bound].heartbeats || age < BOUNDS[bound].ageMs) return;
    if (bound === "asked" && this.#isAsked(ea)) return;
    const invariant = key.endsWith(" open") ? "POSITION_IN_LEDGER" : "SLOTS";
    throw new Violation(
      invariant,
      `${standing.what}, for ${Math.round(age / 1_000)} s and ${standing.heartbeats} heartbeats`,
    );
  }

  #isAsked(eaUuid: string): boolean {
    const { conditions, holding } = this.#seen.ledger;
    return [...conditions].some((each) => {
      const [code, subject] = each.split(" ");
      return QUESTIONS.includes(code!) && (subject === eaUuid || holding.has(subject!));
    });
  }
}

/** What a replay must give again of a fire. */
function essence(fire: Fire): string {
  const { id, status, userId, eaId, symbol, direction, lots, ticket, closeReason, profit } = fire;
  return JSON.stringify({ id, status, userId, eaId, symbol, direction, lots, ticket, closeReason, profit });
}
