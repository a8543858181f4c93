/**
 * Outcome bench: what one tick costs a level book, by the number of open signals.
 *
 * Load: EURUSD, one feed, four ticks a second, a walk of 0.1 pip steps; half the signals are BUY, half SELL.
 * Budget: a tick that touches nothing within 5 µs at 100,000 open signals, and within twice the cost at 10; one
 * that ends signals within 20 µs per ended signal.
 *
 * @module
 */
import { LevelBook } from "../../domain/level_book.ts";
import type { Signal } from "../../protocols/signal.ts";
import type { Tick } from "../../protocols/tick.ts";
import { pips, price, signalId } from "../../protocols/units.ts";
import { makeSignal, makeTick, TUESDAY_MS } from "../kit/signals.ts";

const TERMS = { pipSize: 0.0001, openMs: (fromMs: number, toMs: number) => toMs - fromMs };
const TICKS = 4_096;
const SIZES = [10, 1_000, 100_000];

/** Levels from `nearest` pips on, 0.01 pip apart, so that they are as many as the signals. */
function signal(at: number, nearest: number): Signal {
  const sign = at % 2 === 0 ? 1 : -1;
  const away = (nearest + Math.floor(at / 2) % 5_000 * 0.01) * 0.0001;
  return makeSignal({
    id: signalId(`signal-${at}`),
    direction: sign === 1 ? "BUY" : "SELL",
    stopLoss: price(1.1 - sign * away),
    takeProfit: price(1.1 + sign * away),
    stopPips: pips(away / 0.0001),
    signaledAtMs: TUESDAY_MS + at,
  });
}

function bookOf(size: number, nearest: number): LevelBook {
  const book = new LevelBook(TERMS, TUESDAY_MS);
  for (let at = 0; at < size; at++) book.open(signal(at, nearest), () => []);
  return book;
}

/** A walk that stays within 4 pips of 1.1 and is over where it began. */
function walk(): { readonly bid: number; readonly afterMs: number }[] {
  let state = 7, points = 0;
  return Array.from({ length: TICKS }, (_, at) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    points = Math.max(-40, Math.min(40, points + (state >> 16) % 3 - 1));
    return { bid: 1.1 + points / 100_000, afterMs: at * 250 };
  });
}

const WALK = walk();
const ROUND_MS = TICKS * 250;

for (const size of SIZES) {
  const book = bookOf(size, 6);
  let round = 0, at = 0;
  Deno.bench({
    name: `${size} open signals`,
    group: "one tick that touches nothing",
    baseline: size === SIZES[0]!,
    fn() {
      const { bid, afterMs } = WALK[at]!;
      book.show(makeTick(TUESDAY_MS + 200_000 + round * ROUND_MS + afterMs, bid));
      if (++at === TICKS) [at, round] = [0, round + 1];
    },
  });
}

for (const size of SIZES) {
  const book = bookOf(size, 50);
  let nowMs = TUESDAY_MS + 200_000, made = size;
  const still = (): Tick => makeTick(nowMs += 250, 1.1);
  Deno.bench({
    name: `${size} open signals`,
    group: "open one signal, and the tick that ends it",
    baseline: size === SIZES[0]!,
    fn() {
      book.show(still());
      const one = signal(made++, 50);
      book.open({ ...one, direction: "BUY", stopLoss: price(1.0999), signaledAtMs: nowMs }, () => []);
      const ended = book.show(makeTick(nowMs += 250, 1.0998));
      if (ended.length !== 1) {
        throw new Error(`Cannot bench as one signal must end: current value is ${ended.length}`);
      }
    },
  });
}

for (const size of SIZES) {
  const signals = Array.from({ length: size }, (_, at) => signal(at, 50));
  const ticks = WALK.map(({ bid, afterMs }) => makeTick(TUESDAY_MS + 200_000 + afterMs, bid));
  Deno.bench({
    name: `${size} open signals`,
    group: "restart: open them all and replay 4,096 ticks",
    baseline: size === SIZES[0]!,
    fn() {
      const book = new LevelBook(TERMS, TUESDAY_MS);
      for (const one of signals) book.open(one, () => []);
      for (const tick of ticks) book.show(tick);
    },
  });
}
