/**
 * Symbol actor: one per symbol. It turns ticks into candles, and the close of an M5 candle into signals.
 *
 * - Hears the ticks of the symbol's primary feed and its terminal's candles from the tick relay.
 * - Tells the store: closed M1 candles, signals and shadows with their events. Nobody else hears of a signal before
 *   it is on disk. Tells the desk when ticks come and nothing is scanned.
 * - Restarts from stored M1 candles, recorded ticks since the last of them, and the signals of the last day. Candles
 *   that closed before, or that may lack ticks, are never scanned.
 *
 * @module
 */
import { MEMORY_MS, recallMemory, type ScanInput, type ScanMemory, type ScanResult } from "../domain/scan.ts";
import { GRACE_MS, mayScan, RESTORED_M1, type SymbolCandles } from "../domain/symbol_candles.ts";
import { ScanWatch } from "../domain/scan_watch.ts";
import { type Restored, restoreSymbol } from "../domain/symbol_restore.ts";
import { candleWrites, signalWrites } from "../domain/symbol_writes.ts";
import { type WriteGroup, WriteQueue } from "../domain/write_queue.ts";
import { type Candle, type Timeframe, TIMEFRAME_MS } from "../protocols/candle.ts";
import type { DeskMessage } from "../protocols/desk.ts";
import type { SymbolMessage, SymbolStatus } from "../protocols/market.ts";
import type { Mailbox, TickHistory } from "../protocols/ports.ts";
import type { CommitResult, Store } from "../protocols/store.ts";
import type { SymbolSpec } from "../protocols/symbol_spec.ts";
import type { Tick } from "../protocols/tick.ts";
import type { SymbolName } from "../protocols/units.ts";
import type { Actor, Context } from "../runtime/actor.ts";
import type { MarketClock, Timer } from "../runtime/clock.ts";

/** What a symbol actor is handed. */
export interface SymbolDeps {
  readonly symbol: SymbolName;
  readonly clock: MarketClock;
  readonly store: Store;
  readonly history: Pick<TickHistory, "flush" | "read">;
  /** Null: the symbol has candles but no signals. */
  readonly specOf: (symbol: SymbolName) => SymbolSpec | null;
  readonly scan: (input: ScanInput) => ScanResult;
  readonly desk: Mailbox<DeskMessage>;
}

/** Ticks that may wait; past it the oldest go. */
const MAILBOX_MAX = 16_384;
/** Pause before a failed commit is tried again, runtime ms. */
const RETRY_MS = 1_000;
/** A commit without an answer for so long is taken as lost, runtime ms. */
const ANSWER_MS = 60_000;

/** What a symbol actor remembers; changes in place. */
export interface SymbolState extends Omit<Restored, "unsaved" | "quote"> {
  quote: Tick | null;
  memory: ScanMemory;
  readonly queue: WriteQueue;
  readonly watch: ScanWatch;
  sentAtMs: number;
  /** The one pending timer, and the end of the candle it is for. */
  timer: Timer | null;
  dueMs: number | null;
  finds: number;
}

type SymbolContext = Context<SymbolMessage>;

/** One symbol. */
export function symbolActor(deps: SymbolDeps): Actor<SymbolState, SymbolMessage> {
  return {
    mailbox: { capacity: MAILBOX_MAX, full: "dropOldest" },
    init: (context) => start(deps, context),
    handle(state, message, context) {
      switch (message.kind) {
        case "tick":
          if (!state.overlap.covers(message.tick)) hear(deps, state, message.tick, context);
          return state;
        case "closeDue":
          closeByClock(deps, state, context);
          return state;
        case "ohlc":
          state.candles.crossCheck(message.ohlc, message.openedAtMs, deps.specOf(deps.symbol)?.point ?? 0);
          return state;
        case "committed":
          landed(deps, state, message.flight, message.result, context);
          return state;
        case "commitDue":
          send(deps, state, context);
          return state;
        case "status":
          message.reply(statusOf(deps, state));
          return state;
      }
    },
    // The store outlives the market: what it does not have yet gets one last try.
    async stop(state) {
      const rest = state.queue.rest();
      if (rest.length > 0) await deps.store.commit(rest);
    },
  };
}

async function start(deps: SymbolDeps, context: SymbolContext): Promise<SymbolState> {
  const { symbol, clock, history } = deps;
  const rows = await deps.store.select({
    from: "candles",
    where: { symbol, timeframe: "M1" },
    order: "-openedAtMs",
    limit: RESTORED_M1,
  });
  const since = clock.nowMs() - MEMORY_MS - TIMEFRAME_MS.M5;
  const signals = await deps.store.select({
    from: "signals",
    where: { symbol, candleOpenedAtMs: { gte: since } },
  });
  history.flush();
  const { unsaved, quote, ...restored } = restoreSymbol({
    symbol,
    m1: rows.toReversed(),
    ticks: (fromMs) => history.read(symbol, fromMs),
    nowMs: clock.nowMs(),
    slackMs: clock.slackMs,
  });
  const state: SymbolState = {
    ...restored,
    quote,
    memory: recallMemory(signals),
    queue: new WriteQueue(),
    watch: new ScanWatch(symbol),
    sentAtMs: 0,
    timer: null,
    dueMs: null,
    finds: 0,
  };
  store(deps, state, unsaved.map(candleWrites), context);
  arm(deps, state, context);
  return state;
}

function hear(deps: SymbolDeps, state: SymbolState, tick: Tick, context: SymbolContext): void {
  if (state.quote === null || tick.atMs >= state.quote.atMs) state.quote = tick;
  const closed = state.candles.tick(tick);
  if (closed.length > 0) take(deps, state, closed, context);
  if (state.candles.nextEndMs !== state.dueMs) arm(deps, state, context);
}

function closeByClock(deps: SymbolDeps, state: SymbolState, context: SymbolContext): void {
  const { candles } = state;
  const closed = candles.advance(deps.clock.nowMs() - waitMs(deps, candles));
  if (closed.length > 0) take(deps, state, closed, context);
  arm(deps, state, context);
}

/** How long after a candle's end the clock may close it: the grace, and what this feed is always late by. */
function waitMs(deps: SymbolDeps, candles: SymbolCandles): number {
  return GRACE_MS + deps.clock.slackMs + candles.lagMs;
}

/** Keeps one timer, for the candle that has to close next. */
function arm(deps: SymbolDeps, state: SymbolState, context: SymbolContext): void {
  state.timer?.cancel();
  state.timer = null;
  state.dueMs = state.candles.nextEndMs;
  if (state.dueMs === null) return;
  const delayMs = Math.max(1, state.dueMs + waitMs(deps, state.candles) - deps.clock.nowMs());
  const openedAtMs = state.dueMs - TIMEFRAME_MS.M1;
  state.timer = context.after(delayMs, { kind: "closeDue", openedAtMs }, deps.clock);
}

/** Candles have closed: the minutes are stored, and the last M5 is scanned if it is of now. */
function take(deps: SymbolDeps, state: SymbolState, closed: readonly Candle[], context: SymbolContext): void {
  const groups = closed.filter((candle) => candle.timeframe === "M1").map(candleWrites);
  const m5 = closed.findLast((candle) => candle.timeframe === "M5");
  if (m5 !== undefined) groups.push(...look(deps, state, m5, context));
  store(deps, state, groups, context);
}

function look(deps: SymbolDeps, state: SymbolState, m5: Candle, context: SymbolContext): WriteGroup[] {
  const { candles, quote, memory } = state;
  const spec = deps.specOf(deps.symbol);
  const nowMs = deps.clock.nowMs();
  if (spec === null || quote === null) return [];
  const may = m5.openedAtMs >= state.scanFromMs && mayScan(m5, quote, nowMs, deps.clock.slackMs);
  const said = may ? state.watch.scanned() : state.watch.skipped(m5, quote, nowMs);
  if (said !== null) deps.desk.tell(said);
  if (!may) return [];
  const result = deps.scan({
    symbol: deps.symbol,
    spec,
    m5: candles.closed("M5"),
    quote,
    spreadMedian24h: candles.spreadMedian(),
    nowMs,
    feed: quote.feed,
    memory,
  });
  state.memory = result.memory;
  const signals = result.raised === null ? result.shadows : [result.raised, ...result.shadows];
  state.finds += signals.length;
  return signals.map((signal) => signalWrites(signal, context.self.path, deps.clock.slackMs));
}

function store(
  deps: SymbolDeps,
  state: SymbolState,
  groups: readonly WriteGroup[],
  context: SymbolContext,
): void {
  for (const group of groups) state.queue.add(group);
  if (groups.length > 0) send(deps, state, context);
}

function send(deps: SymbolDeps, state: SymbolState, context: SymbolContext): void {
  const { queue } = state;
  if (queue.busy && context.nowMs() - state.sentAtMs > ANSWER_MS) queue.giveUp();
  const flight = queue.next();
  if (flight === null) return;
  state.sentAtMs = context.nowMs();
  const answer = (result: CommitResult | null): SymbolMessage => ({
    kind: "committed",
    flight: flight.number,
    result,
  });
  context.pipe(deps.store.commit(flight.writes), answer, () => answer(null));
}

function landed(
  deps: SymbolDeps,
  state: SymbolState,
  flight: number,
  result: CommitResult | null,
  context: SymbolContext,
): void {
  const { retry, dropped } = state.queue.land(flight, result, deps.clock.nowMs());
  for (const group of dropped) context.log.error("not stored", { writes: group.writes, result });
  if (retry) context.after(RETRY_MS, { kind: "commitDue" });
  else send(deps, state, context);
}

function statusOf(deps: SymbolDeps, state: SymbolState): SymbolStatus {
  const { candles, quote, finds } = state;
  const count = (timeframe: Timeframe) => candles.closed(timeframe).length;
  return {
    symbol: deps.symbol,
    quote,
    candles: { M1: count("M1"), M5: count("M5"), M15: count("M15") },
    lastM5: candles.closed("M5").at(-1) ?? null,
    lateTicks: candles.lateTicks,
    finds,
    crossChecks: candles.crossChecks,
    unsaved: state.queue.size,
  };
}
