/**
 * Outcome book: the level book of one symbol, which wakes the watchers of the signals that a tick has ended.
 *
 * - Hears every trusted feed's ticks and lost ticks from the relay, and `open` from the opener of outcomes.
 * - Tells a signal's watcher its outcome; writes down the moments of missed ticks, so that they outlive it.
 * - Restarts from the store's unresolved signals and the recorded ticks since the oldest of them, part by part;
 *   what comes meanwhile waits its turn. A process that starts while signals are open counts as missed ticks.
 *
 * @module
 */
import { LevelBook } from "../domain/level_book.ts";
import { openTimeMs } from "../domain/missed_ticks.ts";
import { type Resolution, signalOf } from "../domain/outcome.ts";
import { KEEP_MS } from "../domain/strand.ts";
import type { LevelBookMessage, OutcomeMessage } from "../protocols/market.ts";
import type { Mailbox, TickHistory } from "../protocols/ports.ts";
import type { Signal } from "../protocols/signal.ts";
import type { SettingRecord, Store } from "../protocols/store.ts";
import type { Tick } from "../protocols/tick.ts";
import type { SignalId, SymbolName } from "../protocols/units.ts";
import type { Actor, Context } from "../runtime/actor.ts";
import type { MarketClock } from "../runtime/clock.ts";

/** What a level book is handed. */
export interface OutcomeBookDeps {
  readonly store: Store;
  readonly clock: MarketClock;
  readonly history: Pick<TickHistory, "read">;
  readonly watchers: { ensure(key: string, signal: Signal): Mailbox<OutcomeMessage> };
  /** The symbol's pip in price units. */
  readonly pipSizeOf: (symbol: SymbolName) => number;
  /** When this process began, market clock: ticks before it may have been missed. */
  readonly startedAtMs: number;
}

/** The book, and what is left of its history to work off. */
export interface OutcomeBookState {
  readonly book: LevelBook;
  /** Ends that were told, the latest ones: a signal opened again is answered without reading the history. */
  readonly ended: Map<SignalId, Resolution>;
  replay: Replay | null;
  /** Ticks of the history that may still stand in the mailbox too; null once one came that does not. */
  replayed: Set<string> | null;
}

interface Replay {
  readonly ticks: Iterator<Tick>;
  /** Unresolved signals, oldest last. */
  readonly signals: Signal[];
  /** What came meanwhile. */
  readonly held: Heard[];
  /** Only ticks that arrived from then on can stand in the mailbox. */
  readonly rememberFromMs: number;
}

/** Ticks of one part: some 2 ms, then others have their turn. */
const PART_TICKS = 1_024;
const ENDED_MAX = 1_024;

type Self = Context<LevelBookMessage>;
type Here = OutcomeBookDeps & { readonly symbol: SymbolName };
/** What has its turn after the history. */
type Heard = Exclude<LevelBookMessage, { readonly kind: "replay" | "status" }>;

/** Makes the level book of a symbol. */
export function outcomeBookActor(
  deps: OutcomeBookDeps,
  symbol: SymbolName,
): Actor<OutcomeBookState, LevelBookMessage> {
  const here: Here = { ...deps, symbol };
  return {
    init: (context) => open(here, context),
    handle(state, message, context) {
      if (message.kind === "replay") return replayPart(here, state, context);
      if (message.kind === "status") {
        const { book, replay } = state;
        message.reply({ open: book.size + (replay?.signals.length ?? 0), replaying: replay !== null });
        return state;
      }
      if (state.replay === null) return hear(here, state, message, context);
      state.replay.held.push(message);
      return state;
    },
    stop: (state) => void state.replay?.ticks.return?.(),
  };
}

async function open(deps: Here, context: Self): Promise<OutcomeBookState> {
  const { symbol } = deps;
  const rows = await deps.store.select({ from: "signals", where: { symbol, outcome: null } });
  const signals = rows.map(signalOf).sort((a, b) => b.signaledAtMs - a.signaledAtMs);
  const oldestMs = signals.at(-1)?.signaledAtMs ?? Infinity;
  const missedMs = await missedSince(deps, oldestMs);
  const fromMs = Math.min(oldestMs - KEEP_MS, deps.clock.nowMs());
  const terms = {
    pipSize: deps.pipSizeOf(symbol),
    openMs: (from: number, to: number) => openTimeMs(symbol, from, to),
    missedMs,
  };
  const book = new LevelBook(terms, fromMs);
  if (signals.length === 0) return { book, ended: new Map(), replay: null, replayed: null };
  const ticks = deps.history.read(symbol, fromMs)[Symbol.iterator]();
  const rememberFromMs = deps.clock.nowMs() - KEEP_MS;
  context.self.tell({ kind: "replay" });
  return {
    book,
    ended: new Map(),
    replay: { ticks, signals, held: [], rememberFromMs },
    replayed: new Set(),
  };
}

/** The moments of missed ticks after `oldestMs`; this process's own start is one of them, and is written down. */
async function missedSince(deps: Here, oldestMs: number): Promise<number[]> {
  const [row] = await deps.store.select({ from: "settings", where: { name: settingName(deps.symbol) } });
  const known = Array.isArray(row?.value) ? row.value.filter((each) => typeof each === "number") : [];
  const missed = [...new Set([...known, deps.startedAtMs])].filter((atMs) => atMs > oldestMs);
  if (missed.length > 0 && !known.includes(deps.startedAtMs)) await writeMissed(deps, missed);
  return missed;
}

/** @throws {Error} when the store refused: without this mark a later restart would take a gap for a whole past */
async function writeMissed(deps: Here, missed: readonly number[]): Promise<void> {
  const row: SettingRecord = { name: settingName(deps.symbol), value: missed };
  const result = await deps.store.commit([{ put: "settings", row }]);
  if (!result.ok) throw new Error(`Cannot write down missed ticks of ${deps.symbol}: ${result.message}`);
}

const settingName = (symbol: SymbolName): string => `missed_ticks/${symbol}`;

/** Works off one part of the history. A signal joins when a tick arrives that is not older than it. */
function replayPart(
  deps: Here,
  state: OutcomeBookState,
  context: Self,
): OutcomeBookState | Promise<OutcomeBookState> {
  const { replay } = state;
  if (replay === null) return state;
  for (let count = 0; count < PART_TICKS; count++) {
    const next = replay.ticks.next();
    if (next.done === true) return endReplay(deps, state, replay, context);
    joinUntil(deps, state, replay, next.value.receivedAtMs);
    if (next.value.receivedAtMs >= replay.rememberFromMs) state.replayed?.add(keyOf(next.value));
    tellEnds(deps, state, state.book.show(next.value));
  }
  context.self.tell({ kind: "replay" });
  return state;
}

async function endReplay(
  deps: Here,
  state: OutcomeBookState,
  replay: Replay,
  context: Self,
): Promise<OutcomeBookState> {
  joinUntil(deps, state, replay, Infinity);
  state.replay = null;
  context.log.info("history worked off", {
    symbol: deps.symbol,
    open: state.book.size,
    ended: state.ended.size,
  });
  for (const message of replay.held) await hear(deps, state, message, context);
  return state;
}

function joinUntil(deps: Here, state: OutcomeBookState, { signals }: Replay, atMs: number): void {
  for (let next = signals.at(-1); next !== undefined && next.signaledAtMs <= atMs; next = signals.at(-1)) {
    signals.pop();
    join(deps, state, next);
  }
}

function hear(
  deps: Here,
  state: OutcomeBookState,
  message: Heard,
  context: Self,
): OutcomeBookState | Promise<OutcomeBookState> {
  switch (message.kind) {
    case "tick":
      if (isNew(state, message.tick)) tellEnds(deps, state, state.book.show(message.tick));
      return state;
    case "open":
      join(deps, state, message.signal);
      return state;
    case "missed":
      return miss(deps, state, message.untilMs, context);
  }
}

/** False for a tick of the mailbox that the history has shown already. */
function isNew(state: OutcomeBookState, tick: Tick): boolean {
  if (state.replayed === null) return true;
  if (state.replayed.has(keyOf(tick))) return false;
  state.replayed = null;
  return true;
}

/** The relay lets no two ticks of one feed, time and price pass. */
const keyOf = ({ receivedAtMs, atMs, bid, ask, feed }: Tick): string =>
  `${receivedAtMs} ${atMs} ${bid} ${ask} ${feed}`;

function join(deps: Here, state: OutcomeBookState, signal: Signal): void {
  const known = state.ended.get(signal.id);
  const history = () => deps.history.read(deps.symbol, signal.signaledAtMs - KEEP_MS);
  const end = known ?? state.book.open(signal, history);
  if (end !== null) tellEnds(deps, state, [end]);
}

function tellEnds(deps: OutcomeBookDeps, { ended }: OutcomeBookState, ends: readonly Resolution[]): void {
  for (const end of ends) {
    const { signal, outcome } = end;
    ended.set(signal.id, end);
    if (ended.size > ENDED_MAX) ended.delete(ended.keys().next().value!);
    deps.watchers.ensure(signal.id, signal).tell({ kind: "touched", signalId: signal.id, outcome });
  }
}

/** The book knows at once; that a restart would know too is worth a warning, not the book, when it fails. */
async function miss(
  deps: Here,
  state: OutcomeBookState,
  untilMs: number,
  context: Self,
): Promise<OutcomeBookState> {
  state.book.miss(untilMs);
  const missed = state.book.missed();
  if (missed.length === 0) return state;
  try {
    await writeMissed(deps, missed);
  } catch (error) {
    context.log.warn("missed ticks are not written down", { symbol: deps.symbol, untilMs, error });
  }
  return state;
}
