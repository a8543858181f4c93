/**
 * The store's language: typed rows, writes that go together, and simple selections.
 *
 * @module
 */
import type { Candle } from "./candle.ts";
import type { EaInstance } from "./ea.ts";
import type { BittenEvent, Condition, StoredEvent } from "./events.ts";
import type { Fire } from "./fire.ts";
import type { Outcome } from "./outcome.ts";
import type { Mission, Signal } from "./signal.ts";
import type { EaId, FireId, SignalId, UserId } from "./units.ts";
import type { User } from "./user.ts";
import type { Confirmation } from "./wire.ts";

/** A signal and, once it has ended, its outcome: one row of `signals`. */
export interface SignalRecord extends Signal {
  readonly outcome: Outcome | null;
}

/** What one user's gates said of one signal: the funnel. */
export interface DecisionRecord {
  readonly signalId: SignalId;
  readonly userId: UserId;
  /** `FIRED`, or the gate's code. */
  readonly code: string;
  readonly reason: string;
  readonly decidedAtMs: number;
}

/** A confirmation as it came, stored before anything is done about it. */
export interface ConfirmationRecord {
  /** `<ea id>/<our arrival number>`. */
  readonly id: string;
  readonly eaId: EaId;
  readonly fireId: FireId | null;
  readonly receivedAtMs: number;
  readonly confirmation: Confirmation;
  readonly appliedAtMs: number | null;
  /** Quarantined after crashing its actor twice. */
  readonly quarantined: boolean;
}

/** A durable place in the journal. */
export interface CursorRecord {
  readonly name: string;
  readonly seq: number;
}

/** One alert on its way to one chat. */
export interface AlertRecord {
  /** `<event seq>/<chat id>`: one alert per event and chat. */
  readonly id: string;
  readonly chatId: string;
  readonly text: string;
  readonly status: "QUEUED" | "SENDING" | "SENT" | "DEAD";
  readonly attempts: number;
  readonly createdAtMs: number;
  readonly sentAtMs: number | null;
  readonly messageId: number | null;
  readonly lastError: string | null;
}

/** A named value that outlives the process: halt, clock anchor. */
export interface SettingRecord {
  readonly name: string;
  readonly value: unknown;
}

/** Every table by name, with the shape of its rows inside the house. */
export interface Tables {
  readonly signals: SignalRecord;
  readonly missions: Mission;
  readonly fires: Fire;
  readonly users: User;
  readonly ea_instances: EaInstance;
  readonly decisions: DecisionRecord;
  readonly confirmations: ConfirmationRecord;
  readonly candles: Candle;
  readonly cursors: CursorRecord;
  readonly alerts: AlertRecord;
  readonly conditions: Condition;
  readonly settings: SettingRecord;
}

/** A table's name. */
export type TableName = keyof Tables;

/** One write. The writes of one commit happen together or not at all. */
export type Write =
  | { [T in TableName]: { readonly put: T; readonly row: Tables[T] } }[TableName]
  | { [T in TableName]: { readonly insert: T; readonly row: Tables[T] } }[TableName]
  | { [T in TableName]: { readonly remove: T; readonly where: Where<T> } }[TableName]
  | { readonly event: BittenEvent; readonly source: string; readonly atMs: number };

/** Conditions on top-level fields, all of which must hold. */
export type Where<T extends TableName> = {
  readonly [F in keyof Tables[T]]?:
    | Tables[T][F]
    | { readonly in: readonly Tables[T][F][] }
    | { readonly gte?: Tables[T][F]; readonly lt?: Tables[T][F] };
};

/** A simple selection from one table. */
export interface Selection<T extends TableName> {
  readonly from: T;
  readonly where?: Where<T>;
  /** Field to sort by; a leading "-" sorts downwards. */
  readonly order?: (keyof Tables[T] & string) | `-${keyof Tables[T] & string}`;
  readonly limit?: number;
}

/** What a commit answers, after it is on disk. */
export type CommitResult =
  | { readonly ok: true; /** Sequence numbers of its events, in order. */ readonly seqs: readonly number[] }
  | {
    readonly ok: false;
    /** `conflict`: an `insert` met an existing key. `failed`: the disk said no; nothing was written. */
    readonly fault: "conflict" | "failed";
    readonly message: string;
  };

/** The store as an actor uses it. */
export interface Store {
  /** Resolves after the writes are on disk. Rejects only when the store itself is gone. */
  commit(writes: readonly Write[]): Promise<CommitResult>;
  /** Reads behind every earlier write. */
  select<T extends TableName>(selection: Selection<T>): Promise<readonly Tables[T][]>;
  /** Events with seq > `afterSeq`, in order, at most `limit`. */
  events(afterSeq: number, limit: number): Promise<readonly StoredEvent[]>;
}

/** What the store actor hears. */
export type StoreMessage =
  | {
    readonly kind: "commit";
    readonly writes: readonly Write[];
    readonly reply: (result: CommitResult) => void;
  }
  | {
    readonly kind: "select";
    readonly selection: Selection<TableName>;
    readonly reply: (rows: readonly unknown[]) => void;
    /** Called instead of `reply` when the rows could not be read. */
    readonly fail?: (message: string) => void;
  }
  | {
    readonly kind: "events";
    readonly afterSeq: number;
    readonly limit: number;
    readonly reply: (events: readonly StoredEvent[]) => void;
    /** Called instead of `reply` when the events could not be read. */
    readonly fail?: (message: string) => void;
  }
  /** Highest sequence number on disk, behind every earlier write; 0 when there is none. */
  | { readonly kind: "lastSeq"; readonly reply: (seq: number) => void }
  /** To itself: commits that waited share one transaction. */
  | { readonly kind: "flush" };
