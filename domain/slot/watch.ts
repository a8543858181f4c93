/**
 * Watch: each heartbeat of an EA that names no position is weighed against the one before it.
 *
 * @module
 */
import type { Fire } from "../../protocols/fire.ts";
import { type FireId, type Price, price } from "../../protocols/units.ts";
import type { AccountReport } from "../../protocols/wire.ts";
import {
  type Candidate,
  inferCloses,
  type Inference,
  MARGIN_TOLERANCE,
  type Sample,
} from "../close_inference.ts";
import { type CloseProof, markClosed } from "../fire.ts";
import { candidateOf, type Scales } from "./candidates.ts";
import type { Draft } from "./draft.ts";
import { openSince } from "./evidence.ts";
import { boundMarginOf, marginOf } from "./ledger.ts";

/** A balance that moves by more units than this for no known reason is asked about. */
export const BALANCE_JUMP = 10;
/** After so many heartbeats in a row that nothing explains, the latest is taken as it is. */
const UNEXPLAINED_MAX = 4;
/** A measured margin this many times off the expected one is not believed. */
const MEASURED_FACTOR_MAX = 10;
const CENT = 0.005;

/** Weighs one heartbeat: closes what it proves closed, asks what it cannot tell. */
export function weighHeartbeat(draft: Draft, account: AccountReport, scales: Scales): void {
  const now: Sample = { margin: boundMarginOf(account), balance: account.balance };
  const fires = draft.firesOf("filled", "ambiguous")
    .filter((fire) => (openSince(fire) ?? Infinity) < scales.receivedAtMs);
  countHeartbeats(draft, fires);
  const { base } = draft.ledger.evidence;
  const candidates = fires.map((fire) => candidateOf(draft, fire, scales));
  const inference = inferCloses(base ?? { margin: null, balance: null }, now, candidates);
  if (inference.kind === "closed") return concludeClosed(draft, inference, now, scales);
  if (base === null) return rebase(draft, now, includable(now, candidates));
  if (inference.kind === "unchanged") {
    return concludeUnchanged(draft, inference.included, base, now, candidates);
  }
  if (onlyOpened(base, now, candidates)) return concludeOpened(draft, base, now, candidates);
  wonder(draft, inference, base, now, candidates);
}

function concludeUnchanged(
  draft: Draft,
  included: readonly FireId[],
  base: Sample,
  now: Sample,
  candidates: readonly Candidate[],
): void {
  const { id } = draft.ledger.ea;
  const moved = base.balance === null || now.balance === null ? 0 : now.balance - base.balance;
  const opening = candidates.filter((each) => !each.included && !each.maybe).reduce(
    (sum, each) => sum + each.commission,
    0,
  );
  if (Math.abs(moved) > BALANCE_JUMP + opening) {
    draft.raise(
      "BALANCE_JUMP",
      id,
      `the balance moved by ${moved.toFixed(2)} while no position of ours closed`,
    );
    // It may hide one that closed while another opened: the question stands as long as they do.
    draft.note({ doubted: known(candidates) });
  }
  answerQuestion(draft);
  rebase(draft, now, included);
}

function concludeClosed(
  draft: Draft,
  inference: Extract<Inference, { kind: "closed" }>,
  now: Sample,
  scales: Scales,
): void {
  const { evidence } = draft.ledger;
  const repeated = inference.manual.every((id) => evidence.manual.includes(id));
  // A close by hand is believed when a second heartbeat says so: the crossing may be on its way on another socket.
  if (!repeated) return draft.note({ manual: inference.manual });
  const why = describe(evidence.base, now);
  for (const id of inference.touched) closeTouched(draft, id, why, scales);
  for (const id of inference.manual) closeManual(draft, id, why, scales);
  answerQuestion(draft);
  rebase(draft, now, inference.included);
}

function closeTouched(draft: Draft, id: FireId, why: string, scales: Scales): void {
  const fire = draft.ledger.fires.get(id);
  const touch = draft.ledger.evidence.touches[id];
  if (fire === undefined || touch === undefined) return;
  // A stop gaps through to the quote, a target is a limit.
  const at = touch.level === "SL" ? price(touch.price) : fire.takeProfit;
  const note = `${touch.level} crossed at ${touch.price}, ${why}`;
  draft.learn(markClosed(fire, inferred("CLOSED_INFERRED", at, touch.atMs, note)), scales.receivedAtMs);
}

function closeManual(draft: Draft, id: FireId, why: string, { market, receivedAtMs }: Scales): void {
  const fire = draft.ledger.fires.get(id);
  if (fire === undefined) return;
  const quote = market.quotes.get(fire.symbol);
  const exit = quote === undefined ? null : fire.direction === "BUY" ? quote.bid : quote.ask;
  const note = `no level crossed, ${why}`;
  draft.learn(markClosed(fire, inferred("CLOSED_MANUAL_INFERRED", exit, receivedAtMs, note)), receivedAtMs);
}

function inferred(
  reason: CloseProof["reason"],
  at: Price | null,
  atMs: number,
  note: string,
): CloseProof {
  return { reason, price: at, atMs, profit: null, ticket: null, note };
}

/** More is bound and no result was booked: another's position, or an unanswered fire of ours; nothing closed. */
function onlyOpened(base: Sample, now: Sample, candidates: readonly Candidate[]): boolean {
  const costs = candidates.filter((each) => !each.included).reduce(
    (sum, each) => sum + each.commission,
    CENT,
  );
  const moved = (now.balance ?? NaN) - (base.balance ?? NaN);
  // Opening costs, and never pays: a gain was booked by something that closed.
  return (now.margin ?? NaN) > (base.margin ?? NaN) && moved <= CENT && moved >= -costs;
}

/** The rise of the margin is what the one new position binds, if nothing else can have moved it. */
function concludeOpened(draft: Draft, base: Sample, now: Sample, candidates: readonly Candidate[]): void {
  const [added, ...others] = candidates.filter((each) => !each.included && !each.maybe);
  const alone = others.length === 0 && draft.firesOf("sent", "ambiguous").length === 0;
  const rise = (now.margin ?? NaN) - (base.margin ?? NaN);
  const factor = rise / (added?.margin ?? NaN);
  if (added !== undefined && alone && factor > 1 / MEASURED_FACTOR_MAX && factor < MEASURED_FACTOR_MAX) {
    draft.note({ margins: { ...draft.ledger.evidence.margins, [added.id]: rise } });
  }
  rebase(draft, now, known(candidates));
}

function wonder(
  draft: Draft,
  inference: Inference,
  base: Sample,
  now: Sample,
  candidates: readonly Candidate[],
): void {
  const { id } = draft.ledger.ea;
  const unexplained = draft.ledger.evidence.unexplained + 1;
  draft.note({ unexplained, manual: [] });
  if (inference.kind === "question") {
    const fits = inference.solutions.map((ids) => ids.join(" + ")).join(", or ");
    draft.raise(
      "CLOSE_QUESTION",
      id,
      `${describe(base, now)}: closed may be ${fits}; look and resolve by hand`,
    );
  }
  if (unexplained < UNEXPLAINED_MAX) return;
  if (inference.kind === "unexplained" && known(candidates).length > 0) {
    draft.raise("CLOSE_QUESTION", id, `${describe(base, now)}: no set of our positions explains it`);
  }
  draft.note({ doubted: known(candidates) });
  rebase(draft, now, includable(now, candidates));
}

/** A question stands until a heartbeat answers it, or, once it was given up, until its positions are settled. */
function answerQuestion(draft: Draft): void {
  if (draft.ledger.evidence.doubted.length > 0) return;
  for (const code of ["CLOSE_QUESTION", "BALANCE_JUMP"]) draft.clear(code, draft.ledger.ea.id);
}

/** Positions taken as bound in a heartbeat that nothing explains: none of them if it binds nothing. */
function includable(now: Sample, candidates: readonly Candidate[]): readonly FireId[] {
  return now.margin !== null && now.margin < CENT ? [] : known(candidates);
}

/** Those that certainly opened. */
function known(candidates: readonly Candidate[]): readonly FireId[] {
  return candidates.filter((each) => !each.maybe).map((each) => each.id);
}

function rebase(draft: Draft, base: Sample, included: readonly FireId[]): void {
  draft.note({ base, included, ranges: {}, unexplained: 0, manual: [], unobserved: false });
  const { ea, fires } = draft.ledger;
  const needed = included.reduce((sum, id) => sum + (marginOf(draft.ledger, fires.get(id)!) ?? NaN), 0);
  if (base.margin === null || !(base.margin < needed * (1 - MARGIN_TOLERANCE) - CENT)) return;
  const message =
    `the account binds ${base.margin.toFixed(2)} where our positions need ${needed.toFixed(2)}: ` +
    "one of them is gone; look and resolve by hand";
  draft.raise("CLOSE_QUESTION", ea.id, message);
  draft.note({ doubted: included });
}

function countHeartbeats(draft: Draft, fires: readonly Fire[]): void {
  const heartbeats = { ...draft.ledger.evidence.heartbeats };
  for (const fire of fires) heartbeats[fire.id] = (heartbeats[fire.id] ?? 0) + 1;
  draft.note({ heartbeats });
}

function describe(base: Sample | null, now: Sample): string {
  const text = (value: number | null | undefined) =>
    value === null || value === undefined ? "?" : value.toFixed(2);
  return `margin ${text(base?.margin)} → ${text(now.margin)}, balance ${text(base?.balance)} → ${
    text(now.balance)
  }`;
}
