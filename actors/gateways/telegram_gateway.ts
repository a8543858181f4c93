/**
 * Telegram gateway: turns events into alerts in a durable outbox, and sends them one by one.
 *
 * - Hears `events` from the event bus and `send` from itself.
 * - Tells the chat edge; keeps each alert's state in the store.
 * - Restarts from its cursor and its unsent alerts. An alert that was on its way when the process ended may
 *   have been sent: it is sent again and says so. None is lost, none is repeated silently.
 *
 * @module
 */
import { ALERT_KINDS, alertText, REPEAT_NOTE } from "../../domain/alert.ts";
import type { EventBusMessage, EventBusStatus } from "../../protocols/event_bus.ts";
import type { StoredEvent } from "../../protocols/events.ts";
import type { TelegramGatewayMessage } from "../../protocols/gateways.ts";
import type { ChatEdge, ChatResult } from "../../protocols/ports.ts";
import type { AlertRecord, Store, Write } from "../../protocols/store.ts";
import type { Actor, Context, MarketClock, Ref } from "../../runtime/mod.ts";

/** What the telegram gateway is handed. */
export interface TelegramGatewayDeps {
  readonly store: Store;
  readonly bus: Ref<EventBusMessage>;
  readonly chat: ChatEdge;
  readonly chatIds: readonly string[];
  readonly clock: MarketClock;
}

/** One chat takes about one message a second (Telegram's own limit). */
const CHAT_PACE_MS = 1_100;
/** Longest wait between two tries of one alert, runtime ms. */
const RETRY_MAX_MS = 300_000;
const CURSOR = "telegram";

interface Outbox {
  /** Unsent alerts by id, oldest first. */
  readonly waiting: Map<string, AlertRecord>;
  /** Runtime ms before which a chat gets nothing. */
  readonly chatNotBefore: Map<string, number>;
  scheduled: boolean;
  /** Events up to this one have their alerts: a batch that comes twice makes none. */
  cursor: number;
}

type Self = Context<TelegramGatewayMessage>;

/** Makes the telegram gateway. */
export function telegramGatewayActor(deps: TelegramGatewayDeps): Actor<Outbox, TelegramGatewayMessage> {
  return {
    init: (context) => open(deps, context),
    async handle(outbox, message, context) {
      switch (message.kind) {
        case "events":
          await queue(deps, outbox, message.batch);
          deps.bus.tell({ kind: "acknowledge", name: CURSOR, seq: message.batch.at(-1)!.seq });
          break;
        case "send":
          outbox.scheduled = false;
          await sendNext(deps, outbox, context);
          break;
      }
      schedule(outbox, context);
      return outbox;
    },
  };
}

async function open(deps: TelegramGatewayDeps, context: Self): Promise<Outbox> {
  const afterSeq = await startingPoint(deps);
  const unsent = await deps.store.select({
    from: "alerts",
    where: { status: { in: ["QUEUED", "SENDING"] } },
  });
  const ordered = unsent.toSorted((a, b) => a.createdAtMs - b.createdAtMs || seqOf(a) - seqOf(b));
  const outbox: Outbox = {
    waiting: new Map(ordered.map((alert) => [alert.id, alert])),
    chatNotBefore: new Map(),
    scheduled: false,
    cursor: afterSeq,
  };
  deps.bus.tell({
    kind: "subscribe",
    subscription: {
      name: CURSOR,
      kinds: ALERT_KINDS,
      afterSeq,
      deliver: (batch) => void context.self.tell({ kind: "events", batch }),
    },
  });
  schedule(outbox, context);
  return outbox;
}

const seqOf = (alert: AlertRecord): number => Number(alert.id.split("/")[0]);

/** The cursor; a gateway that never ran begins now, or switching Telegram on would send the whole past. */
async function startingPoint(deps: TelegramGatewayDeps): Promise<number> {
  const [cursor] = await deps.store.select({ from: "cursors", where: { name: CURSOR } });
  if (cursor !== undefined) return cursor.seq;
  const status = await deps.bus.ask<EventBusStatus>((reply) => ({ kind: "status", reply }));
  await mustCommit(deps, [{ put: "cursors", row: { name: CURSOR, seq: status.lastSeq } }]);
  return status.lastSeq;
}

async function queue(
  deps: TelegramGatewayDeps,
  outbox: Outbox,
  batch: readonly StoredEvent[],
): Promise<void> {
  const fresh = batch.filter(({ seq }) => seq > outbox.cursor);
  if (fresh.length === 0) return;
  const alerts = fresh.flatMap((stored) => alertsOf(deps, stored));
  const seq = fresh.at(-1)!.seq;
  const writes: Write[] = alerts.map((row) => ({ put: "alerts", row }));
  await mustCommit(deps, [...writes, { put: "cursors", row: { name: CURSOR, seq } }]);
  outbox.cursor = seq;
  for (const alert of alerts) outbox.waiting.set(alert.id, alert);
}

function alertsOf(deps: TelegramGatewayDeps, { seq, event }: StoredEvent): AlertRecord[] {
  const text = alertText(event);
  if (text === null) return [];
  return deps.chatIds.map((chatId) => ({
    id: `${seq}/${chatId}`,
    chatId,
    text,
    status: "QUEUED",
    attempts: 0,
    createdAtMs: deps.clock.nowMs(),
    sentAtMs: null,
    messageId: null,
    lastError: null,
  }));
}

async function sendNext(deps: TelegramGatewayDeps, outbox: Outbox, context: Self): Promise<void> {
  const now = context.nowMs();
  const alert = [...outbox.waiting.values()].find(({ chatId }) =>
    (outbox.chatNotBefore.get(chatId) ?? 0) <= now
  );
  if (alert === undefined) return;
  // SENDING is on disk before the message leaves: what a crash leaves in SENDING may have been sent.
  const repeated = alert.status === "SENDING";
  const sending: AlertRecord = { ...alert, status: "SENDING", attempts: alert.attempts + 1 };
  await mustCommit(deps, [{ put: "alerts", row: sending }]);
  outbox.waiting.set(alert.id, sending);
  const result = await deps.chat.send(alert.chatId, repeated ? `${REPEAT_NOTE}\n${alert.text}` : alert.text);
  await settle(deps, outbox, context, sending, result, repeated);
}

async function settle(
  deps: TelegramGatewayDeps,
  outbox: Outbox,
  context: Self,
  alert: AlertRecord,
  result: ChatResult,
  repeated: boolean,
): Promise<void> {
  const next = settled(alert, result, deps.clock.nowMs(), repeated);
  await mustCommit(deps, [{ put: "alerts", row: next }]);
  if (next.status === "SENT" || next.status === "DEAD") outbox.waiting.delete(alert.id);
  else outbox.waiting.set(alert.id, next);
  if (result.kind === "refused") {
    context.log.error("An alert was refused for good", { id: alert.id, why: result.message });
  }
  outbox.chatNotBefore.set(alert.chatId, context.nowMs() + waitAfter(alert, result));
}

/** The alert's next state. One that may have arrived before stays in doubt, whatever becomes of later tries. */
function settled(alert: AlertRecord, result: ChatResult, nowMs: number, repeated: boolean): AlertRecord {
  switch (result.kind) {
    case "sent":
      return { ...alert, status: "SENT", sentAtMs: nowMs, messageId: result.messageId, lastError: null };
    case "retry":
      return { ...alert, status: repeated ? "SENDING" : "QUEUED", lastError: result.message };
    case "unanswered":
      return { ...alert, status: "SENDING", lastError: result.message };
    case "refused":
      return { ...alert, status: "DEAD", lastError: result.message };
  }
}

function waitAfter(alert: AlertRecord, result: ChatResult): number {
  if (result.kind === "retry" || result.kind === "unanswered") {
    const doubled = 1_000 * 2 ** Math.min(alert.attempts, 20);
    const asked = result.kind === "retry" ? result.afterMs : 0;
    return Math.max(asked, Math.min(doubled, RETRY_MAX_MS));
  }
  return CHAT_PACE_MS;
}

function schedule(outbox: Outbox, context: Self): void {
  if (outbox.scheduled || outbox.waiting.size === 0) return;
  const due = Math.min(
    ...[...outbox.waiting.values()].map(({ chatId }) => outbox.chatNotBefore.get(chatId) ?? 0),
  );
  outbox.scheduled = true;
  context.after(Math.max(0, due - context.nowMs()), { kind: "send" });
}

async function mustCommit(deps: TelegramGatewayDeps, writes: readonly Write[]): Promise<void> {
  const result = await deps.store.commit(writes);
  if (!result.ok) {
    throw new Error(`Cannot keep the outbox as the store said ${result.fault}: ${result.message}`);
  }
}
