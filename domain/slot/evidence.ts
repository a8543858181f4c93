/**
 * Evidence: what one EA's ticks and heartbeats have shown of its open positions, between heartbeats.
 *
 * It outlives the process: a stop crossed a minute before a restart was crossed all the same.
 *
 * @module
 */
import type { Fire } from "../../protocols/fire.ts";
import type { Tick } from "../../protocols/tick.ts";
import type { FireId } from "../../protocols/units.ts";
import type { Range, Sample } from "../close_inference.ts";
import { levelStands } from "./levels.ts";

/** The exit-side quote crossed a level of an open position. */
export interface Touch {
  readonly level: "SL" | "TP";
  /** The exit-side quote that crossed. */
  readonly price: number;
  /** Its arrival, market clock. */
  readonly atMs: number;
}

type ByFire<T> = Readonly<Record<FireId, T>>;

/** All that is kept of one EA. */
export interface Evidence {
  /** The last heartbeat that was understood; null: the next one is taken as it is. */
  readonly base: Sample | null;
  /** Positions whose margin `base` binds. */
  readonly included: readonly FireId[];
  /** Heartbeats since each fill. */
  readonly heartbeats: ByFire<number>;
  readonly touches: ByFire<Touch>;
  /** Positions asked about by one `close_ticket`. */
  readonly probed: readonly FireId[];
  /** Margins as measured, which stand before the expected ones. */
  readonly margins: ByFire<number>;
  /** Exit-side quotes seen since `base`. */
  readonly ranges: ByFire<Range>;
  /** Heartbeats in a row that nothing explained. */
  readonly unexplained: number;
  /** Positions of a question that was given up: it stands until they are settled. */
  readonly doubted: readonly FireId[];
  /** Closes by hand that the last heartbeat suggested; believed when the next one does too. */
  readonly manual: readonly FireId[];
  /** Heartbeats in a row that list positions without this one. */
  readonly missing: ByFire<number>;
  /** Heartbeats in a row that speak against an ambiguous fire. */
  readonly quiet: ByFire<number>;
  /** Chart ticks counted when a fire went out. */
  readonly sentAtTick: ByFire<number>;
  /** Fills in a row whose money moved unlike the table. */
  readonly odd: ByFire<number>;
  /** A restart lies after `base`: quotes were missed. */
  readonly unobserved: boolean;
}

/** Nothing known yet. */
export const NO_EVIDENCE: Evidence = {
  base: null,
  included: [],
  heartbeats: {},
  touches: {},
  probed: [],
  margins: {},
  ranges: {},
  unexplained: 0,
  doubted: [],
  manual: [],
  missing: {},
  quiet: {},
  sentAtTick: {},
  odd: {},
  unobserved: false,
};

/** A tick may carry a stamp this much before the fill's arrival and still have come after it, ms. */
const STAMP_SLACK_MS = 2_000;

/** Evidence as it was stored, or none; chart ticks are counted anew after a restart. */
export function restoreEvidence(value: unknown): Evidence {
  if (typeof value !== "object" || value === null) return NO_EVIDENCE;
  return { ...NO_EVIDENCE, ...value as Evidence, sentAtTick: {}, unobserved: true };
}

/** Name of the setting that keeps an EA's evidence. */
export function evidenceName(eaId: string): string {
  return `slot/${eaId}`;
}

/** The base after a position closed otherwise than by inference: its margin is gone, the balance unmeasured. */
export function releaseMargin(evidence: Evidence, id: FireId, margin: number | null): Evidence {
  const { base } = evidence;
  if (base === null) return evidence;
  const bound = evidence.included.includes(id) ? margin ?? NaN : 0;
  return { ...evidence, base: { margin: finite((base.margin ?? NaN) - bound), balance: null } };
}

/** Drops what was kept of a fire that ended. */
export function forgetFire(evidence: Evidence, id: FireId): Evidence {
  return {
    ...evidence,
    included: evidence.included.filter((each) => each !== id),
    probed: evidence.probed.filter((each) => each !== id),
    doubted: evidence.doubted.filter((each) => each !== id),
    manual: evidence.manual.filter((each) => each !== id),
    heartbeats: without(evidence.heartbeats, id),
    touches: without(evidence.touches, id),
    margins: without(evidence.margins, id),
    ranges: without(evidence.ranges, id),
    missing: without(evidence.missing, id),
    quiet: without(evidence.quiet, id),
    sentAtTick: without(evidence.sentAtTick, id),
    odd: without(evidence.odd, id),
  };
}

/** The level that a quote crosses on the exit side, or null; a level that the fill left behind is none. */
export function crossing(fire: Fire, quote: Pick<Tick, "bid" | "ask">): Touch["level"] | null {
  const buy = fire.direction === "BUY";
  const exit = buy ? quote.bid : quote.ask;
  if (levelStands(fire, "SL") && (buy ? exit <= fire.stopLoss : exit >= fire.stopLoss)) return "SL";
  return levelStands(fire, "TP") && (buy ? exit >= fire.takeProfit : exit <= fire.takeProfit) ? "TP" : null;
}

/** Since when a fire may be open: its fill, or for an unanswered one the moment it went out; null: it never did. */
export function openSince(fire: Fire): number | null {
  return fire.filledAtMs ?? fire.sentAtMs;
}

/** Notes one tick for one fire that is, or may be, open; the same object when it teaches nothing. */
export function watchTick(evidence: Evidence, fire: Fire, tick: Tick, slackMs: number): Evidence {
  const sinceMs = openSince(fire);
  if (sinceMs === null || tick.receivedAtMs < sinceMs) return evidence;
  if (tick.atMs < sinceMs - STAMP_SLACK_MS - slackMs) return evidence;
  const exit = fire.direction === "BUY" ? tick.bid : tick.ask;
  const widened = widen(evidence, fire.id, exit);
  const level = crossing(fire, tick);
  if (level === null || evidence.touches[fire.id] !== undefined) return widened;
  const touch: Touch = { level, price: exit, atMs: tick.receivedAtMs };
  return { ...widened, touches: { ...widened.touches, [fire.id]: touch } };
}

function widen(evidence: Evidence, id: FireId, exit: number): Evidence {
  const known = evidence.ranges[id];
  if (known !== undefined && exit >= known.low && exit <= known.high) return evidence;
  const range = { low: Math.min(known?.low ?? exit, exit), high: Math.max(known?.high ?? exit, exit) };
  return { ...evidence, ranges: { ...evidence.ranges, [id]: range } };
}

function without<T>(record: ByFire<T>, id: FireId): ByFire<T> {
  if (!(id in record)) return record;
  const { [id]: _dropped, ...rest } = record;
  return rest as ByFire<T>;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
