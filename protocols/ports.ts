/**
 * Ports: the edges of the house as actors see them; every edge has a fake twin behind the same port.
 *
 * @module
 */
import type { CommitResult, Selection, TableName, Tables, Write } from "./store.ts";
import type { StoredEvent } from "./events.ts";
import type { Tick } from "./tick.ts";
import type { SymbolName } from "./units.ts";

/** Answers a message that asked; a second call is dropped. */
export type Reply<T> = (value: T) => void;

/** Anything that can be told a `M`. A runtime `Ref<M>` is one. */
export interface Mailbox<M> {
  /** False when the message was refused or nobody is there. */
  tell(message: M): boolean;
}

/** One ZeroMQ message as it came: its frames. */
export type Frames = readonly Uint8Array[];

/** A socket that receives. Reads nothing before `start`. */
export interface InSocket {
  /** The port it is bound to (the real one when 0 was asked for). */
  readonly port: number;
  /** Begins, or goes on, handing over batches (1 to 256 messages); the latest listener replaces the one before. */
  start(onBatch: (batch: readonly Frames[]) => void): void;
  /** Stops reading; what arrives waits in the socket. */
  pause(): void;
  close(): Promise<void>;
}

/** Result of sending to one peer. `unroutable`: no such peer. `full`: its queue is full. */
export type SendResult = "sent" | "unroutable" | "full";

/** A ROUTER: receives `[identity, …frames]`, sends to one identity. */
export interface RouterSocket extends InSocket {
  send(identity: Uint8Array, payload: Uint8Array): Promise<SendResult>;
}

/** A PUB socket. */
export interface PubSocket {
  readonly port: number;
  /** False when the message was dropped because the queue is full. */
  send(frames: readonly (string | Uint8Array)[]): Promise<boolean>;
  /** Flushes for at most `lingerMs`, then closes. */
  close(lingerMs?: number): Promise<void>;
}

/** Where to bind. Port 0: any free one. */
export interface BindOptions {
  readonly host: string;
  readonly port: number;
  /** Peers by address that may connect; absent: everyone. Checked by ZAP. */
  readonly allow?: readonly string[];
}

/** The ZeroMQ edge. */
export interface ZmqEdge {
  pull(options: BindOptions): Promise<InSocket>;
  router(options: BindOptions): Promise<RouterSocket>;
  pub(options: BindOptions): Promise<PubSocket>;
  /** Closes every socket it opened, each with its linger. */
  close(): Promise<void>;
}

/** The database edge: synchronous, one durable transaction per call. */
export interface StoreEdge {
  /**
   * Writes every group in one transaction, each group in a savepoint of its own, and returns after fsync.
   * A group that conflicts is rolled back alone.
   */
  commit(groups: readonly (readonly Write[])[]): readonly CommitResult[];
  select<T extends TableName>(selection: Selection<T>): readonly Tables[T][];
  events(afterSeq: number, limit: number): readonly StoredEvent[];
  /** Highest sequence number on disk; 0 when there is none. */
  lastSeq(): number;
  close(): void;
}

/** Appends whole lines to one daily-rotated JSONL file. */
export interface LineJournal {
  /**
   * Appends lines durably and remembers `cursor` with them, so that after a crash `cursor()` says what is in.
   * A torn last line is cut off at open.
   *
   * Each line is a JSON object with `seq`, a whole number that rises from line to line up to `cursor`, and
   * `timestamp`, epoch seconds: the cursor of a reopened journal is the `seq` of its last line.
   *
   * @throws {Error} when the disk said no; then nothing was appended
   */
  append(lines: readonly string[], cursor: number, atMs: number): void;
  /** The cursor of the last whole append; 0 at first. */
  cursor(): number;
  close(): void;
}

/** Recorded ticks, per symbol and UTC day. */
export interface TickHistory {
  /** Buffers; on disk within a second or at `flush`. */
  record(tick: Tick): void;
  flush(): void;
  /** Ticks of a symbol with `atMs >= fromMs`, in recorded order. */
  read(symbol: SymbolName, fromMs: number): Iterable<Tick>;
  close(): void;
}

/** What became of one chat message. */
export type ChatResult =
  | { readonly kind: "sent"; readonly messageId: number }
  /** Certainly not sent; worth another try, not before `afterMs`. */
  | { readonly kind: "retry"; readonly afterMs: number; readonly message: string }
  /** It left, and no answer came: it may have been sent. */
  | { readonly kind: "unanswered"; readonly message: string }
  /** The other side will never take it. */
  | { readonly kind: "refused"; readonly message: string };

/** Sends chat messages. */
export interface ChatEdge {
  send(chatId: string, text: string): Promise<ChatResult>;
}

/** Guards an outbound edge: refuses at once while it is open. */
export interface CircuitBreaker {
  run<T>(work: () => Promise<T>): Promise<T>;
  readonly state: "closed" | "open" | "halfOpen";
}
