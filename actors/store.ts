/**
 * Store actor: the single writer of the database. Commits that wait share one transaction and one sync.
 *
 * - Hears `commit`, `select`, `events`, `lastSeq`, and its own `flush`.
 * - Answers each commit after it is on disk, then tells the event bus what has happened.
 * - Restarts with nothing to remember: what was not answered was not promised.
 *
 * @module
 */
import type { EventBusMessage } from "../protocols/event_bus.ts";
import type { StoredEvent } from "../protocols/events.ts";
import type { Mailbox, StoreEdge } from "../protocols/ports.ts";
import type { CommitResult, Store, StoreMessage, Write } from "../protocols/store.ts";
import type { Actor, Context, Ref } from "../runtime/actor.ts";

/** What the store actor is handed. */
export interface StoreDeps {
  readonly edge: StoreEdge;
  readonly bus: Mailbox<EventBusMessage>;
}

type Commit = Extract<StoreMessage, { readonly kind: "commit" }>;

/** Commits that wait for the next flush. */
export interface StoreState {
  waiting: Commit[];
  /** Writes of all that wait. */
  writes: number;
}

/** A flush of so many writes takes some 4 ms: longer, and the rest of the house would wait for it. */
const WRITES_MAX = 256;

/** The store actor. */
export function storeActor(deps: StoreDeps): Actor<StoreState, StoreMessage> {
  return {
    onStop: "drain",
    init: () => ({ waiting: [], writes: 0 }),
    handle(state, message, context) {
      if (message.kind === "commit") collect(deps, state, message, context);
      else flush(deps, state);
      answer(deps.edge, message, context);
      return state;
    },
  };
}

/** The store as actors use it, and the event bus. */
export interface StoreClient extends Store {
  /** Highest sequence number on disk, behind every earlier write; 0 when there is none. */
  lastSeq(): Promise<number>;
}

/** The store behind its actor's address. It waits as long as the store lives: a commit has no other end. */
export function storeClient(ref: Ref<StoreMessage>): StoreClient {
  const forever = { timeoutMs: Infinity };
  return {
    commit: (writes) => ref.ask<CommitResult>((reply) => ({ kind: "commit", writes, reply }), forever),
    async select(selection) {
      return told(
        await ref.ask<Told<readonly never[]>>((reply) => ({
          kind: "select",
          selection: selection as never,
          ...outcomes(reply),
        }), forever),
      );
    },
    async events(afterSeq, limit) {
      return told(
        await ref.ask<Told<readonly StoredEvent[]>>((reply) => ({
          kind: "events",
          afterSeq,
          limit,
          ...outcomes(reply),
        }), forever),
      );
    },
    lastSeq: () => ref.ask<number>((reply) => ({ kind: "lastSeq", reply }), forever),
  };
}

type Told<T> = { readonly value: T } | { readonly failure: string };

/** Both ends of a reading as one answer. */
function outcomes<T>(reply: (told: Told<T>) => void) {
  return {
    reply: (value: readonly unknown[]) => reply({ value: value as T }),
    fail: (failure: string) => reply({ failure }),
  };
}

function told<T>(answer: Told<T>): T {
  if ("value" in answer) return answer.value;
  throw new Error(answer.failure);
}

/** The first that waits calls the flush, which stands behind every commit that is queued by now. */
function collect(deps: StoreDeps, state: StoreState, commit: Commit, context: Context<StoreMessage>): void {
  state.waiting.push(commit);
  state.writes += commit.writes.length;
  if (state.writes >= WRITES_MAX) flush(deps, state);
  else if (state.waiting.length === 1 && !context.self.tell({ kind: "flush" })) flush(deps, state);
}

/** @throws {Error} what the edge threw, after everybody who waited was told */
function flush(deps: StoreDeps, state: StoreState): void {
  const { waiting } = state;
  if (waiting.length === 0) return;
  state.waiting = [];
  state.writes = 0;
  const results = commitAll(deps.edge, waiting);
  waiting.forEach((commit, i) => commit.reply(results[i]!));
  const events = waiting.flatMap((commit, i) => storedEvents(commit.writes, results[i]!));
  if (events.length > 0) deps.bus.tell({ kind: "committed", events });
}

function commitAll(edge: StoreEdge, waiting: readonly Commit[]): readonly CommitResult[] {
  try {
    return edge.commit(waiting.map((commit) => commit.writes));
  } catch (error) {
    const message = `Cannot commit as the store broke: ${messageOf(error)}`;
    for (const commit of waiting) commit.reply({ ok: false, fault: "failed", message });
    throw error;
  }
}

function storedEvents(writes: readonly Write[], result: CommitResult): StoredEvent[] {
  if (!result.ok) return [];
  return writes.filter((write) => "event" in write)
    .map(({ event, source, atMs }, i) => ({ seq: result.seqs[i]!, atMs, source, event }));
}

/** Reads stand behind every earlier write. What one asker asked wrongly costs him his answer, not the store. */
function answer(edge: StoreEdge, message: StoreMessage, context: Context<StoreMessage>): void {
  try {
    if (message.kind === "select") message.reply(edge.select(message.selection));
    else if (message.kind === "events") message.reply(edge.events(message.afterSeq, message.limit));
    else if (message.kind === "lastSeq") message.reply(edge.lastSeq());
  } catch (error) {
    if (!("fail" in message) || message.fail === undefined) throw error;
    context.log.error("a reading failed", { message: messageOf(error), kind: message.kind });
    message.fail(messageOf(error));
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
