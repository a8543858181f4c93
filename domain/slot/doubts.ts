/**
 * Doubts: fires that went out and were not answered, and the proofs that they opened nothing.
 *
 * A fire is never sent again. It waits: for its late confirmation, for a position in a heartbeat, for a restart of the
 * EA after which its margin and balance are what they were before the command, or for an operator.
 *
 * @module
 */
import type { AutofireSettings } from "../../protocols/autofire.ts";
import type { Fire } from "../../protocols/fire.ts";
import type { AccountReport } from "../../protocols/wire.ts";
import { markAmbiguous, markExpired } from "../fire.ts";
import { MARGIN_TOLERANCE } from "../close_inference.ts";
import type { Draft } from "./draft.ts";
import { boundMarginOf, type Moment } from "./ledger.ts";

/** Chart ticks after a command from which on the EA must have read it. */
const TICKS_TO_READ = 2;
/** The same, before the absence of its position proves anything. */
const TICKS_TO_EXECUTE = 3;
/** Heartbeats in a row that prove an absence. */
const HEARTBEATS_TO_PROVE = 2;
const CENT = 0.01;

/** Fires that were to be answered by now become ambiguous; while the chart does not tick they stay pending. */
export function doubtOverdue(draft: Draft, settings: AutofireSettings, at: Moment): void {
  for (const fire of draft.firesOf("sent")) {
    const ageMs = at.nowMs - (fire.sentAtMs ?? at.nowMs);
    const ticks = ticksSince(draft, fire);
    if (ageMs <= settings.answerMaxMs + at.slackMs || ticks < TICKS_TO_READ) continue;
    const note = `no answer for ${(ageMs / 1000).toFixed(0)} s, though the chart ticked ${ticks} times`;
    draft.learn(markAmbiguous(fire, note), at.nowMs);
  }
}

/** A new start of the EA ends the wait for an answer of the old one. */
export function doubtFromEarlierSession(draft: Draft, nodeId: string, atMs: number): void {
  for (const fire of draft.firesOf("sent")) {
    if (fire.sentToNodeId === nodeId) continue;
    draft.learn(markAmbiguous(fire, `the EA started anew as ${nodeId} before it answered`), atMs);
  }
}

/**
 * Counts the heartbeats that speak against each ambiguous fire; two in a row prove that it was not executed.
 *
 * @param listed ids and tickets of the positions in the heartbeat; null when it lists none (v2.05)
 */
export function expireDoubts(
  draft: Draft,
  account: AccountReport | null,
  listed: boolean,
  receivedAtMs: number,
): void {
  for (const fire of draft.firesOf("ambiguous")) {
    const against = listed ? absent(draft, fire) : untraced(draft, fire, account);
    const count = against ? (draft.ledger.evidence.quiet[fire.id] ?? 0) + 1 : 0;
    draft.note({ quiet: { ...draft.ledger.evidence.quiet, [fire.id]: count } });
    if (count < HEARTBEATS_TO_PROVE) continue;
    const proof = listed
      ? "two heartbeats list no position of it"
      : "the EA started anew with margin and balance as before";
    draft.learn(markExpired(fire, `not executed: ${proof}`), receivedAtMs);
  }
}

/** The EA read the command, or lost it at a restart, and lists no position of it; those it lists are filled by now. */
function absent(draft: Draft, fire: Fire): boolean {
  return restartedSince(draft, fire) || ticksSince(draft, fire) >= TICKS_TO_EXECUTE;
}

/** The command died with the EA's old session: no other fire can have moved the account, and it did not move. */
function untraced(draft: Draft, fire: Fire, account: AccountReport | null): boolean {
  const { ledger } = draft;
  if (account === null || fire.preSendMargin === null || fire.preSendBalance === null) return false;
  if (!restartedSince(draft, fire) || draft.firesOf("sent", "ambiguous").length > 1) return false;
  const crossed = draft.firesOf("filled").some((each) => ledger.evidence.touches[each.id] !== undefined);
  if (crossed || ledger.changedAtMs >= (fire.sentAtMs ?? 0)) return false;
  const margin = boundMarginOf(account);
  const tolerance = Math.max(CENT, (fire.marginMoney ?? 0) * MARGIN_TOLERANCE);
  return margin !== null && Math.abs(margin - fire.preSendMargin) <= tolerance &&
    Math.abs(account.balance - fire.preSendBalance) <= CENT;
}

function restartedSince(draft: Draft, fire: Fire): boolean {
  const { nodeId } = draft.ledger.ea;
  return nodeId !== null && fire.sentToNodeId !== null && nodeId !== fire.sentToNodeId;
}

function ticksSince(draft: Draft, fire: Fire): number {
  return draft.ledger.chart.ticks - (draft.ledger.evidence.sentAtTick[fire.id] ?? 0);
}
