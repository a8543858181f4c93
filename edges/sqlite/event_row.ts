/**
 * Event rows: what a column tells of an event besides its JSON, so that a journal can be searched by hand.
 *
 * @module
 */
import type { BittenEvent, StoredEvent } from "../../protocols/events.ts";
import { type SqlValue, toJson, toMs, toSeconds } from "./column.ts";

/** Adds an event; its seq is the row id. */
export const INSERT_EVENT = "INSERT INTO events " +
  "(event_type, timestamp, source, correlation_id, user_id, session_id, data_json) VALUES (?, ?, ?, ?, ?, ?, ?)";

/** Reads events behind a seq, in order. */
export const SELECT_EVENTS =
  "SELECT seq, timestamp, source, data_json FROM events WHERE seq > ? ORDER BY seq LIMIT ?";

/**
 * The values of `INSERT_EVENT`.
 *
 * @throws {RowError} when the event holds what JSON cannot say
 */
export function eventValues(event: BittenEvent, source: string, atMs: number): SqlValue[] {
  const about = subjectOf(event);
  return [
    event.kind,
    toSeconds(atMs),
    source,
    about.correlationId ?? null,
    about.userId ?? null,
    about.sessionId ?? null,
    toJson("data_json", event),
  ];
}

/** Reads one row of `SELECT_EVENTS`. */
export function readEvent(values: readonly SqlValue[]): StoredEvent {
  return {
    seq: values[0] as number,
    atMs: toMs(values[1] as number),
    source: values[2] as string,
    event: JSON.parse(values[3] as string) as BittenEvent,
  };
}

interface Subject {
  /** The fire's id, else the signal's, else the EA's or the condition's code. */
  readonly correlationId?: string;
  readonly userId?: string | null;
  /** The EA's session epoch. */
  readonly sessionId?: string | null;
}

function subjectOf(event: BittenEvent): Subject {
  if ("fire" in event) {
    const { id, userId, sentToNodeId } = event.fire;
    return { correlationId: id, userId, sessionId: sentToNodeId };
  }
  if ("signal" in event) return { correlationId: event.signal.id };
  if ("mission" in event) return { correlationId: event.mission.signalId, userId: event.mission.userId };
  if ("signalId" in event) return { correlationId: event.signalId, userId: event.userId };
  if ("user" in event) return { userId: event.user.id };
  if (event.kind === "eaConnected") {
    return { correlationId: event.eaId, userId: event.userId, sessionId: event.nodeId };
  }
  if ("eaId" in event) return { correlationId: event.eaId };
  if (event.kind === "conditionRaised") return { correlationId: event.condition.code };
  return event.kind === "conditionCleared" ? { correlationId: event.code } : {};
}
