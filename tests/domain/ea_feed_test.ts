/**
 * EA feed: one EA's raw ticks into ticks of the house, with every rule counted.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EaFeed, type FeedCounts, newCounts, WAITING_MAX } from "../../domain/ea_feed.ts";
import type { SymbolOverrides } from "../../domain/symbol_name.ts";
import type { Tick } from "../../protocols/tick.ts";
import { eaId, price, symbolName } from "../../protocols/units.ts";
import type { WireTick } from "../../protocols/wire.ts";
import { TUESDAY_MS } from "../kit/signals.ts";

const HOUR = 3_600_000;
const EA = eaId("ea-1");

interface Bench {
  readonly feed: EaFeed;
  readonly counts: FeedCounts;
  readonly quoted: string[];
  readonly passed: Tick[];
  readonly doubted: string[];
  readonly lost: string[];
  /** Sends a tick of `EURUSD.r` at UTC+3. */
  send(atMs: number, bid: number, changes?: Partial<WireTick>, receivedAtMs?: number): void;
}

function bench(overrides: SymbolOverrides = new Map()): Bench {
  const counts = newCounts();
  const [quoted, passed, doubted, lost]: [string[], Tick[], string[], string[]] = [[], [], [], []];
  const feed = new EaFeed(EA, { slackMs: 0, overrides, counts }, {
    quoted: (tick, brokerSymbol) => quoted.push(`${brokerSymbol} ${tick.bid}`),
    passed: (tick) => passed.push(tick),
    lost: (symbol) => lost.push(symbol),
    doubted: (brokerSymbol, maybe, why) => doubted.push(`${brokerSymbol} ${maybe} ${why}`),
  });
  const send: Bench["send"] = (atMs, bid, changes = {}, receivedAtMs = atMs) =>
    feed.take({
      kind: "tick",
      eaId: EA,
      nodeId: null,
      brokerSymbol: "EURUSD.r",
      bid: price(bid),
      ask: price(bid + 0.0001),
      brokerTimeMs: atMs + 3 * HOUR,
      ...changes,
    }, receivedAtMs);
  return { feed, counts, quoted, passed, doubted, lost, send };
}

/** A feed whose zone is known and whose EURUSD.r has ticked for ten seconds. */
function settled(overrides?: SymbolOverrides): Bench {
  const each = bench(overrides);
  for (let s = 0; s < 10; s++) each.send(TUESDAY_MS + s * 1_000, 1.1 + s / 100_000);
  assert.equal(each.feed.offsetMs, 3 * HOUR);
  each.quoted.length = each.passed.length = 0;
  return each;
}

const LATER = TUESDAY_MS + 60_000;
const zeroBut = (changes: Partial<FeedCounts>): FeedCounts => ({ ...newCounts(), ...changes });

Deno.test("EaFeed keeps ticks while it learns the zone and then passes them all, in UTC", () => {
  const { feed, passed, quoted, send } = bench();
  for (let s = 0; s < 5; s++) send(TUESDAY_MS + s * 1_000, 1.1 + s / 100_000);
  const waited = [feed.waiting, passed.length];

  send(TUESDAY_MS + 5_000, 1.10005);

  assert.deepEqual(waited, [5, 0]);
  assert.deepEqual(passed.map((tick) => tick.atMs - TUESDAY_MS), [0, 1_000, 2_000, 3_000, 4_000, 5_000]);
  assert.deepEqual(passed[0], {
    symbol: "EURUSD",
    bid: 1.1,
    ask: 1.1001,
    atMs: TUESDAY_MS,
    receivedAtMs: TUESDAY_MS,
    feed: EA,
  });
  assert.equal(quoted.length, 6);
});

Deno.test("EaFeed lets a lone tick go when the clock says the zone has had its time", () => {
  const { feed, quoted, send } = bench();
  send(TUESDAY_MS, 1.1);

  feed.settle(TUESDAY_MS + 5_000);

  assert.deepEqual([feed.offsetMs, feed.waiting, quoted], [3 * HOUR, 0, ["EURUSD.r 1.1"]]);
});

Deno.test("EaFeed drops the chart symbol's second copy before the slot or a candle hears it", () => {
  const { counts, quoted, passed, send } = settled();

  send(LATER, 1.1);
  send(LATER, 1.1);

  assert.deepEqual([quoted.length, passed.length, counts], [1, 1, zeroBut({ duplicates: 1 })]);
});

Deno.test("EaFeed counts each unfit tick by its own name, and lets none through", () => {
  const { counts, quoted, passed, send } = settled();

  send(LATER, 1.1, { ask: price(1.09) });
  send(LATER, NaN);
  send(LATER, -1, { ask: price(1) });
  send(LATER, 1.1, { brokerTimeMs: 0 });
  send(LATER, 1.1, { brokerTimeMs: Date.UTC(2099, 0, 1) });
  send(LATER, 1.1, { brokerSymbol: "US30" });
  send(LATER, 1.1, { brokerSymbol: "EURUSDmicro" });

  assert.deepEqual([quoted, passed], [[], []]);
  assert.deepEqual(
    counts,
    zeroBut({ crossed: 1, notFinite: 1, notPositive: 1, implausible: 2, unmapped: 2 }),
  );
});

Deno.test("EaFeed reports a doubtful name once, and one that is none of ours never", () => {
  const { doubted, send } = settled();

  for (const brokerSymbol of ["EURUSDmicro", "US30", "EURUSDmicro"]) send(LATER, 1.1, { brokerSymbol });

  assert.deepEqual(doubted, ["EURUSDmicro EURUSD unknown mark"]);
});

Deno.test("EaFeed hears one name per symbol: a second one is reported and left out until the EA starts anew", () => {
  const { counts, doubted, feed, quoted, send } = settled();

  send(LATER, 1.1, { brokerSymbol: "EURUSD" });
  feed.shakeHands();
  send(LATER + 1_000, 1.1001, { brokerSymbol: "EURUSD" });
  send(LATER + 2_000, 1.1002);

  assert.deepEqual(doubted, ["EURUSD EURUSD second name", "EURUSD.r EURUSD second name"]);
  assert.deepEqual([counts.unmapped, quoted], [2, ["EURUSD 1.1001"]]);
});

Deno.test("EaFeed obeys the operator's map", () => {
  const { quoted, send } = settled(new Map([["EURUSD.r", null], ["Euro", symbolName("EURUSD")]]));

  send(LATER, 1.1);
  send(LATER, 1.1, { brokerSymbol: "Euro" });

  assert.deepEqual(quoted, ["Euro 1.1"]);
});

Deno.test("EaFeed keeps a backlog from the slot and gives it to the candles, by its own time", () => {
  const { counts, quoted, passed, send } = settled();
  const arrivedAtMs = TUESDAY_MS + 20 * 60_000;

  for (let s = 0; s < 100; s++) send(TUESDAY_MS + 10_000 + s * 1_000, 1.1, {}, arrivedAtMs);
  send(arrivedAtMs, 1.1);

  assert.deepEqual(quoted, ["EURUSD.r 1.1"]);
  assert.deepEqual([passed.length, passed[0]?.atMs, counts.stale], [101, TUESDAY_MS + 10_000, 100]);
});

Deno.test("EaFeed shows the slot a wild quote at once, and the candles only once it is confirmed", () => {
  const { counts, quoted, passed, send } = settled();

  send(LATER, 2.2);
  send(LATER + 1_000, 1.1);

  assert.deepEqual(quoted, ["EURUSD.r 2.2", "EURUSD.r 1.1"]);
  assert.deepEqual([passed.map((tick) => tick.bid), counts.wild], [[1.1], 1]);
});

Deno.test("EaFeed drops the oldest when more wait for the zone than it keeps, and says of which symbol", () => {
  const { counts, feed, lost, passed, send } = bench();
  const saturday = Date.UTC(2026, 6, 11, 10);
  for (let i = 0; i < WAITING_MAX + 3; i++) send(saturday + i * 1_000, 1.1);
  const before = [feed.waiting, counts.shed, lost.length];

  for (let s = 0; s < 8; s++) send(Date.UTC(2026, 6, 12, 21, 0, s), 1.1 + s / 100_000);

  assert.deepEqual(before, [WAITING_MAX, 3, 0]);
  assert.deepEqual([feed.waiting, lost], [0, ["EURUSD"]]);
  assert.equal(passed.length, WAITING_MAX + 8 - (counts.shed - 3));
});

Deno.test("EaFeed loses what waits when the EA starts anew, and says so", () => {
  const { counts, feed, lost, send } = bench();
  send(TUESDAY_MS, 1.1);

  feed.shakeHands();
  for (let s = 0; s < 8; s++) send(TUESDAY_MS + 60_000 + s * 1_000, 1.1 + s / 100_000);

  assert.deepEqual([counts.shed, lost], [1, ["EURUSD"]]);
});
