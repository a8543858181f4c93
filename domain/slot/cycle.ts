/**
 * Cycle: what a slot looks after every 30 s without being told: silence, overdue answers, undecided closes, age.
 *
 * @module
 */
import type { AutofireSettings } from "../../protocols/autofire.ts";
import type { Fire } from "../../protocols/fire.ts";
import type { Resolution } from "../../protocols/slot.ts";
import { closedBetween } from "../calendar.ts";
import { markClosed, markExpired, mayBecome, reopen } from "../fire.ts";
import { chartSymbolOf } from "../gates/market.ts";
import { CLOSED_CIRCUIT, isCircuitOpen } from "../circuit.ts";
import { doubtOverdue } from "./doubts.ts";
import { Draft } from "./draft.ts";
import { guardLevels } from "./levels.ts";
import {
  type CloseOrder,
  findFire,
  type MarketView,
  type Moment,
  type SlotLedger,
  type SlotStep,
} from "./ledger.ts";

/** A crossed position that nothing decided is asked about after this time, ms. */
export const PROBE_AFTER_MS = 120_000;
/** A position older than this raises a question, never a release. */
export const OLD_MS = 4 * 3_600_000;
/** Condition of an EA whose ticks come while it says nothing on its command channel: it gets no fires. */
export const CHANNEL_SILENT = "COMMAND_CHANNEL_SILENT";
/** An answer to a close is awaited for this time, ms. */
const CLOSE_ANSWER_MAX_MS = 60_000;
/** A close that finds no chart tick is given up after this time, ms. */
const CLOSE_WAIT_MAX_MS = 600_000;

/** Looks after the ledger; running it twice in one moment changes nothing more. */
export function runCycle(
  ledger: SlotLedger,
  market: MarketView,
  settings: AutofireSettings,
  at: Moment,
): SlotStep {
  const draft = new Draft(ledger);
  noticeSilence(draft, market, settings, at);
  noticeChannel(draft, market, settings, at);
  doubtOverdue(draft, settings, at);
  giveUpCloses(draft, at);
  guardLevels(draft, at);
  for (const fire of draft.firesOf("filled")) {
    probe(draft, fire, at);
    noticeAge(draft, fire, at);
  }
  noticeCircuit(draft, ledger, at);
  return draft.done();
}

/** Overdue answers alone: what a timer of the slot is for. */
export function runOverdue(ledger: SlotLedger, settings: AutofireSettings, at: Moment): SlotStep {
  const draft = new Draft(ledger);
  doubtOverdue(draft, settings, at);
  noticeCircuit(draft, ledger, at);
  return draft.done();
}

/** Closes the circuit, forgets return code 10027 and what strangers did: an operator says that the EA is in order. */
export function resetCircuit(ledger: SlotLedger): SlotStep {
  const draft = new Draft(ledger);
  draft.patch({ circuit: CLOSED_CIRCUIT });
  if (ledger.ea.autotrading === false) draft.change({ autotrading: null });
  if (!ledger.accountChanged) draft.clear("EA_ACCOUNT_CHANGED", ledger.ea.id);
  draft.clear("EA_IMPOSTOR", ledger.ea.id);
  draft.clear("EA_CIRCUIT_OPEN", ledger.ea.id);
  return draft.done();
}

/**
 * Settles a fire by an operator's word.
 *
 * @param fire the fire, from the ledger or the store
 * @returns the step, or why the fire cannot be settled so
 */
export function resolveFire(
  ledger: SlotLedger,
  fire: Fire,
  resolution: Resolution,
  by: string,
  at: Moment,
): SlotStep | string {
  const draft = new Draft(ledger);
  if (!mayBecome(fire, resolution.status)) {
    return `fire ${fire.id} is ${fire.status} and cannot become ${resolution.status}`;
  }
  const note = `settled by ${by}`;
  switch (resolution.status) {
    case "filled":
      draft.learn(
        reopen(fire, { ticket: resolution.ticket, price: null, lots: null, atMs: at.nowMs }),
        at.nowMs,
      );
      break;
    case "closed":
      draft.learn(
        markClosed(fire, {
          reason: resolution.reason,
          atMs: at.nowMs,
          price: null,
          profit: null,
          ticket: null,
          note,
        }),
        at.nowMs,
      );
      break;
    case "expired":
      draft.learn(markExpired(fire, note), at.nowMs);
      break;
  }
  return draft.done();
}

/** Gives the EA to another user; what still waits for the old one is refused. */
export function assignEa(ledger: SlotLedger, userId: SlotLedger["ea"]["userId"], at: Moment): SlotStep {
  const draft = new Draft(ledger);
  if (ledger.ea.userId === userId) return draft.done();
  draft.change({ userId });
  const refusal = { code: "EA_OFFLINE", reason: "the EA was given to another user" } as const;
  for (const fire of draft.firesOf("reserved")) draft.refuse(fire, refusal, at.nowMs);
  return draft.done();
}

/** Silence while the market is closed is normal: v2.05's heart beats in broker time, which stands still then. */
function noticeSilence(draft: Draft, market: MarketView, settings: AutofireSettings, at: Moment): void {
  const { ea, lost, lastHeartbeatAtMs, fires } = draft.ledger;
  if (lost || (lastHeartbeatAtMs === null && fires.size === 0)) return;
  const silentMs = at.nowMs - (lastHeartbeatAtMs ?? ea.lastSeenAtMs);
  const allowedMs = settings.heartbeatMaxAgeMs + at.slackMs;
  if (silentMs <= allowedMs) return;
  const chart = chartSymbolOf({ brokerSymbols: market.brokerSymbols, ea });
  // Also just after the opening, when no heart can have beaten yet.
  if (chart !== null && closedBetween(chart, at.nowMs - allowedMs, at.nowMs)) return;
  draft.patch({ lost: true });
  draft.say({ kind: "eaLost", eaId: ea.id, silentMs });
}

/** Which of its channels is silent: an EA that ticks and beats not has a timer that does not run, or no way to 5555. */
function noticeChannel(draft: Draft, market: MarketView, settings: AutofireSettings, at: Moment): void {
  const { ea, connected, lost, lastHeartbeatAtMs, firstTickAtMs } = draft.ledger;
  if ((connected && !lost) || firstTickAtMs === null) return;
  const silentMs = at.nowMs - Math.max(lastHeartbeatAtMs ?? -Infinity, firstTickAtMs);
  const tickedAtMs = Math.max(...[...market.quotes.values()].map((quote) => quote.receivedAtMs));
  if (silentMs <= settings.heartbeatMaxAgeMs + at.slackMs) return;
  if (!(at.nowMs - tickedAtMs <= settings.quoteMaxAgeMs + at.slackMs)) return;
  const message = `EA ${ea.id} ticks, but its command channel has been silent for over ` +
    `${
      settings.heartbeatMaxAgeMs / 1000
    } s, so that it gets no fires: attach it again, and let it reach that port`;
  draft.raise(CHANNEL_SILENT, ea.id, message);
}

function probe(draft: Draft, fire: Fire, at: Moment): void {
  const { evidence, closes } = draft.ledger;
  const touch = evidence.touches[fire.id];
  if (touch === undefined || fire.ticket === null || evidence.probed.includes(fire.id)) return;
  if (at.nowMs - touch.atMs <= PROBE_AFTER_MS + at.slackMs) return;
  const order: CloseOrder = { ticket: fire.ticket, why: "probe", askedAtMs: at.nowMs, sentAtMs: null };
  draft.note({ probed: [...evidence.probed, fire.id] });
  draft.patch({ closes: [...closes, order] });
  draft.save();
}

function noticeAge(draft: Draft, fire: Fire, at: Moment): void {
  const ageMs = at.nowMs - (fire.filledAtMs ?? at.nowMs);
  if (ageMs <= OLD_MS) return;
  draft.raise(
    "FIRE_OLD",
    fire.id,
    `fire ${fire.id} on ${fire.symbol} has been open for over 4 h: is it still there?`,
  );
}

function giveUpCloses(draft: Draft, at: Moment): void {
  for (const order of draft.ledger.closes) {
    const sent = order.sentAtMs !== null;
    const ageMs = at.nowMs - (order.sentAtMs ?? order.askedAtMs);
    if (ageMs <= (sent ? CLOSE_ANSWER_MAX_MS : CLOSE_WAIT_MAX_MS) + at.slackMs) continue;
    draft.patch({ closes: draft.ledger.closes.filter((each) => each !== order) });
    const fire = findFire(draft.ledger.fires.values(), null, order.ticket);
    const what = order.ticket === null ? "close_all" : `close_ticket ${order.ticket}`;
    const why = sent ? "was not answered" : "found no tick of the EA's chart";
    draft.raise(
      "CLOSE_FAILED",
      fire?.id ?? draft.ledger.ea.id,
      `${what} ${why}: close by hand, then resolve`,
    );
  }
}

function noticeCircuit(draft: Draft, before: SlotLedger, at: Moment): void {
  const { circuit, ea } = draft.ledger;
  const open = isCircuitOpen(circuit, at.nowMs);
  if (open) {
    draft.raise("EA_CIRCUIT_OPEN", ea.id, "three rejections or unknowns within 10 min: paused for 10 min");
  } else if (before.circuit.openUntilMs !== null) draft.clear("EA_CIRCUIT_OPEN", ea.id);
}
