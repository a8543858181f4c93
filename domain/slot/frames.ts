/**
 * Frames: what an EA's own messages change in its ledger: who it is, its account, and what its heartbeat proves.
 *
 * @module
 */
import type { AutofireSettings } from "../../protocols/autofire.ts";
import type { EaInstance } from "../../protocols/ea.ts";
import type { Fire } from "../../protocols/fire.ts";
import type { AccountReport, Handshake, Heartbeat, Hello, Telemetry } from "../../protocols/wire.ts";
import { doubtFromEarlierSession, expireDoubts } from "./doubts.ts";
import { differInAccount } from "../node_id.ts";
import { CHANNEL_SILENT } from "./cycle.ts";
import { Draft } from "./draft.ts";
import { type MarketView, mergeAccount, type Moment, type SlotLedger, type SlotStep } from "./ledger.ts";
import { syncPositions } from "./positions.ts";
import { checkSpec } from "./spec_check.ts";
import { weighHeartbeat } from "./watch.ts";

/** What the frames of an EA say of it; absent: not said. */
interface Introduction {
  readonly nodeId: string | null;
  readonly account: AccountReport | null;
  readonly accountLogin?: string | null;
  readonly accountMode?: EaInstance["accountMode"];
  readonly broker?: string | null;
  readonly version?: string | null;
  readonly chartSymbol?: string | null;
}

/** What reconciling needs beside the ledger and the heartbeat. */
export interface ReconcileContext {
  readonly market: MarketView;
  readonly settings: AutofireSettings;
  readonly at: Moment;
  /** Arrival of the heartbeat, market clock. */
  readonly receivedAtMs: number;
  /** Ended fires that `strangersIn` of the heartbeat's positions asked for. */
  readonly ended: readonly Fire[];
}

/** Takes HELLO, which comes once per start of the EA. */
export function hearHello(ledger: SlotLedger, hello: Hello, receivedAtMs: number): SlotStep {
  const draft = new Draft(ledger);
  introduce(draft, hello, receivedAtMs);
  welcome(draft, receivedAtMs);
  draft.save();
  return draft.done();
}

/**
 * Takes the handshake on 5556, the only message that names the chart. Who the EA is it may say before HELLO does,
 * but another account is for HELLO to announce.
 */
export function hearHandshake(ledger: SlotLedger, handshake: Handshake, receivedAtMs: number): SlotStep {
  const draft = new Draft(ledger);
  const unproved = isStranger(ledger, handshake) ? { nodeId: null, accountLogin: null, account: null } : {};
  introduce(draft, { ...handshake, ...unproved }, receivedAtMs);
  if (handshake.chartSymbol !== null) draft.clear("CHART_UNKNOWN", ledger.ea.id);
  draft.save();
  return draft.done();
}

/** Takes the heartbeat on 5556: account figures, and nothing that proves the command channel alive. */
export function hearTelemetry(ledger: SlotLedger, telemetry: Telemetry, receivedAtMs: number): SlotStep {
  const draft = new Draft(ledger);
  const message =
    `${telemetry.nodeId} told its figures for those of ${ledger.ea.nodeId}: they were not taken`;
  if (isStranger(ledger, telemetry)) draft.raise("EA_IMPOSTOR", ledger.ea.id, message);
  else introduce(draft, telemetry, receivedAtMs);
  return draft.done();
}

/** The money of another account is not this EA's: an account is changed on the command channel, where it is noticed. */
function isStranger({ ea }: SlotLedger, told: Pick<Telemetry, "nodeId">): boolean {
  return differInAccount(told.nodeId, ea.nodeId);
}

/** Takes the end of a session; a late word on an older one changes nothing. */
export function hearDisconnect(ledger: SlotLedger, nodeId: string | null): SlotStep {
  const draft = new Draft(ledger);
  const older = nodeId !== null && ledger.ea.nodeId !== null && nodeId !== ledger.ea.nodeId;
  if (!older) draft.patch({ connected: false });
  return draft.done();
}

/** Heartbeats nearer than this came out of one backlog, and prove no more than the first of them, ms. */
const BACKLOG_MS = 10_000;

/**
 * Compares a heartbeat with the ledger; the first one after a start lets fires go again.
 *
 * Running it again with the same heartbeat changes no fire.
 */
export function reconcile(ledger: SlotLedger, heartbeat: Heartbeat, context: ReconcileContext): SlotStep {
  const draft = new Draft(ledger);
  const { receivedAtMs } = context;
  introduce(draft, heartbeat, receivedAtMs);
  welcome(draft, receivedAtMs);
  const apart = ledger.comparedAtMs === null || receivedAtMs - ledger.comparedAtMs >= BACKLOG_MS;
  // Another account says nothing of fires that were made on the one before.
  if (apart && !draft.ledger.accountChanged) compare(draft, heartbeat, context);
  admit(draft);
  // A flood of heartbeats is no reason for a flood of writes.
  if (apart) draft.save();
  return draft.done();
}

function compare(draft: Draft, { account, positions }: Heartbeat, context: ReconcileContext): void {
  const { receivedAtMs, market, settings, at } = context;
  draft.patch({ comparedAtMs: receivedAtMs });
  if (positions !== null) syncPositions(draft, positions, context.ended, market, receivedAtMs);
  else if (account !== null) weighHeartbeat(draft, account, { market, settings, at, receivedAtMs });
  expireDoubts(draft, account, positions !== null, receivedAtMs);
  if (account !== null) checkSpec(draft, account, market, settings, at);
}

function introduce(draft: Draft, told: Introduction, receivedAtMs: number): void {
  const { ea, account } = draft.ledger;
  const merged = mergeAccount(account, told.account, receivedAtMs);
  const anew = told.nodeId !== null && ea.nodeId !== null && told.nodeId !== ea.nodeId;
  noticeAccount(draft, told.accountLogin ?? null);
  draft.patch({
    account: merged,
    ea: {
      ...draft.ledger.ea,
      nodeId: told.nodeId ?? ea.nodeId,
      accountLogin: told.accountLogin ?? ea.accountLogin,
      accountMode: told.accountMode === undefined || told.accountMode === "unknown"
        ? ea.accountMode
        : told.accountMode,
      broker: told.broker ?? ea.broker,
      version: told.version ?? ea.version,
      chartSymbol: told.chartSymbol ?? ea.chartSymbol,
      currency: merged?.currency ?? ea.currency,
      leverage: merged?.leverage ?? ea.leverage,
      balance: merged?.balance ?? ea.balance,
      equity: merged?.equity ?? ea.equity,
      margin: merged?.margin ?? ea.margin,
      freeMargin: merged?.freeMargin ?? ea.freeMargin,
      lastSeenAtMs: Math.max(ea.lastSeenAtMs, receivedAtMs),
      autotrading: anew ? null : ea.autotrading,
    },
  });
  if (!anew || told.nodeId === null) return;
  draft.patch({ chart: { ...draft.ledger.chart, lastAtMs: null } });
  doubtFromEarlierSession(draft, told.nodeId, receivedAtMs);
}

/**
 * Another account under the same EA is not where its open fires are: nothing leaves until they are settled. With
 * nothing open its user may have moved, or a stranger bears his uuid: a person is told.
 */
function noticeAccount(draft: Draft, login: string | null): void {
  const { ea, fires } = draft.ledger;
  if (login === null || ea.accountLogin === null || login === ea.accountLogin) return;
  const moved = `EA ${ea.id} came back on account ${login}`;
  if (fires.size === 0) {
    const message = `${moved} instead of ${ea.accountLogin}: stop it, or reset its circuit if that is right`;
    return draft.raise("EA_ACCOUNT_CHANGED", ea.id, message);
  }
  draft.patch({ accountChanged: true, phase: "reconciling" });
  const message = `${moved} with ${fires.size} fires open on ${ea.accountLogin}: resolve them by hand`;
  draft.raise("EA_ACCOUNT_CHANGED", ea.id, message);
}

/** A frame on 5555: the command channel is there. */
function welcome(draft: Draft, receivedAtMs: number): void {
  const { connected, lost, ea } = draft.ledger;
  if (!connected || lost) {
    draft.say({ kind: "eaConnected", eaId: ea.id, userId: ea.userId, nodeId: ea.nodeId });
    draft.clear(CHANNEL_SILENT, ea.id);
  }
  draft.patch({ connected: true, lost: false, lastHeartbeatAtMs: receivedAtMs });
}

function admit(draft: Draft): void {
  const { phase, ea, fires, accountChanged } = draft.ledger;
  if (accountChanged && fires.size > 0) return;
  if (accountChanged) draft.clear("EA_ACCOUNT_CHANGED", ea.id);
  draft.patch({ accountChanged: false, phase: "ready" });
  if (phase === "reconciling") draft.say({ kind: "eaReconciled", eaId: ea.id, openFires: fires.size });
  if (ea.chartSymbol !== null) return;
  draft.raise(
    "CHART_UNKNOWN",
    ea.id,
    `EA ${ea.id} has not named its chart: restart it, or no fire of it can leave`,
  );
}
