/**
 * Level book: equal to watching every signal through every tick, over invented schedules and real ticks.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { LevelBook } from "../../domain/level_book.ts";
import { openTimeMs } from "../../domain/missed_ticks.ts";
import type { Outcome } from "../../protocols/outcome.ts";
import type { Signal } from "../../protocols/signal.ts";
import type { Tick } from "../../protocols/tick.ts";
import { type Direction, eaId, pips, price, signalId, symbolName } from "../../protocols/units.ts";
import { dataPath, readTicks } from "../kit/data.ts";
import { makeSignal, makeTick, TUESDAY_MS } from "../kit/signals.ts";
import { SlowWatch } from "../kit/slow_watch.ts";

const EURUSD = symbolName("EURUSD");
const TERMS = {
  pipSize: 0.0001,
  openMs: (fromMs: number, toMs: number) => openTimeMs(EURUSD, fromMs, toMs),
};

function byId(outcomes: readonly Outcome[]): Outcome[] {
  return outcomes.toSorted((a, b) => a.signalId < b.signalId ? -1 : 1);
}

function show(book: LevelBook, tick: Tick): Outcome[] {
  return book.show(tick).map(({ outcome }) => outcome);
}

const none = (): Tick[] => [];

Deno.test("show() ends a BUY on bid at its stop and leaves it open while only ask is there", () => {
  const book = new LevelBook(TERMS, TUESDAY_MS);
  book.open(makeSignal(), none);

  const still = show(book, makeTick(TUESDAY_MS + 1_000, 1.09851));
  const ended = show(book, makeTick(TUESDAY_MS + 2_000, 1.0985));

  assert.deepEqual(still, []);
  assert.deepEqual(ended, [{
    signalId: makeSignal().id,
    result: "LOSS",
    exitPrice: 1.0985,
    pips: -15,
    r: -1,
    mfePips: 0,
    maePips: 15,
    resolvedAtMs: TUESDAY_MS + 2_000,
    durationMs: 2_000,
    gap: false,
    feedChanged: false,
  }]);
  assert.equal(book.size, 0);
});

Deno.test("show() passes over ticks stamped before the signal, and judges it from the first stamped at its time", () => {
  const book = new LevelBook(TERMS, TUESDAY_MS - 60_000);
  book.open(makeSignal(), none);

  const early = show(book, makeTick(TUESDAY_MS - 1, 1.09, { receivedAtMs: TUESDAY_MS + 5 }));
  const atOnce = show(book, makeTick(TUESDAY_MS, 1.0984));

  assert.deepEqual(early, []);
  assert.deepEqual(atOnce.map((outcome) => [outcome.result, outcome.pips, outcome.durationMs, outcome.gap]), [
    ["LOSS", -16, 0, false],
  ]);
});

Deno.test("open() judges a late signal by the ticks that came before the book knew of it", () => {
  const book = new LevelBook(TERMS, TUESDAY_MS);
  const ticks = [
    makeTick(TUESDAY_MS - 10, 1.0999),
    makeTick(TUESDAY_MS + 10, 1.1021),
    makeTick(TUESDAY_MS + 20, 1.0),
  ];
  ticks.forEach((tick) => book.show(tick));

  const ended = book.open(makeSignal(), () => ticks.slice(1));

  assert.equal(ended?.outcome.result, "WIN");
  assert.equal(ended?.outcome.exitPrice, 1.102);
  assert.equal(book.size, 0);
});

Deno.test("open() asks for no history when the book itself knows that nothing was touched", () => {
  const book = new LevelBook(TERMS, TUESDAY_MS - 10);
  [makeTick(TUESDAY_MS - 10, 1.0999), makeTick(TUESDAY_MS + 10, 1.1003)].forEach((tick) => book.show(tick));

  const ended = book.open(makeSignal(), () => assert.fail("history was read"));

  assert.equal(ended, null);
  assert.deepEqual(
    show(book, makeTick(TUESDAY_MS + 20, 1.103)).map((o) => [o.result, o.mfePips, o.maePips]),
    [
      ["WIN", 20, 0],
    ],
  );
});

Deno.test("open() of a signal that is open changes nothing", () => {
  const book = new LevelBook(TERMS, TUESDAY_MS);
  book.open(makeSignal(), none);

  const again = book.open(makeSignal(), none);

  assert.equal(again, null);
  assert.equal(book.size, 1);
  assert.equal(show(book, makeTick(TUESDAY_MS + 1, 1.09)).length, 1);
});

Deno.test("show() twice with the same ticks gives the same end as once", () => {
  const book = new LevelBook(TERMS, TUESDAY_MS);
  book.open(makeSignal(), none);
  const ticks = [makeTick(TUESDAY_MS + 1, 1.1004), makeTick(TUESDAY_MS + 2, 1.0996)];

  [...ticks, ...ticks].forEach((tick) => book.show(tick));
  const [outcome] = show(book, makeTick(TUESDAY_MS + 3, 1.1021));

  assert.deepEqual([outcome?.mfePips, outcome?.maePips, outcome?.gap], [20, 4, false]);
});

Deno.test("show() goes on with another feed after 60 s without the signal's own, from its first unanswered tick", () => {
  const other = eaId("ea-2");
  const book = new LevelBook(TERMS, TUESDAY_MS);
  book.open(makeSignal(), none);

  const early = [
    makeTick(TUESDAY_MS + 1_000, 1.1),
    makeTick(TUESDAY_MS + 2_000, 1.1021, { feed: other }),
    makeTick(TUESDAY_MS + 61_999, 1.1, { feed: other }),
  ].flatMap((tick) => show(book, tick));
  const late = show(book, makeTick(TUESDAY_MS + 62_000, 1.1, { feed: other }));

  assert.deepEqual(early, []);
  assert.deepEqual(late.map((o) => [o.result, o.resolvedAtMs, o.feedChanged, o.gap]), [
    ["WIN", TUESDAY_MS + 2_000, true, false],
  ]);
});

Deno.test("show() keeps a signal on its feed when that one answers within 60 s", () => {
  const other = eaId("ea-2");
  const book = new LevelBook(TERMS, TUESDAY_MS);
  book.open(makeSignal(), none);

  const ended = [
    makeTick(TUESDAY_MS + 1_000, 1.1021, { feed: other }),
    makeTick(TUESDAY_MS + 60_999, 1.1),
    makeTick(TUESDAY_MS + 61_000, 1.1021, { feed: other }),
    makeTick(TUESDAY_MS + 62_000, 1.09),
  ].flatMap((tick) => show(book, tick));

  assert.deepEqual(ended.map((o) => [o.result, o.feedChanged]), [["LOSS", false]]);
});

Deno.test("show() keeps a signal open with `gap` over a restart of three seconds", () => {
  const book = new LevelBook({ ...TERMS, missedMs: [TUESDAY_MS + 10_000] }, TUESDAY_MS);
  book.open(makeSignal(), none);

  const ended = [
    makeTick(TUESDAY_MS + 8_000, 1.1),
    makeTick(TUESDAY_MS + 11_000, 1.1002),
    makeTick(TUESDAY_MS + 12_000, 1.1021),
  ].flatMap((tick) => show(book, tick));

  assert.deepEqual(ended.map((o) => [o.result, o.gap]), [["WIN", true]]);
});

Deno.test("show() does not guess after two hours without ticks in which either level may have been touched", () => {
  const book = new LevelBook(TERMS, TUESDAY_MS);
  book.open(makeSignal(), none);
  const awayMs = TUESDAY_MS + 7_200_000;

  const ended = [makeTick(TUESDAY_MS + 1_000, 1.1006), makeTick(awayMs, 1.1)].flatMap((tick) =>
    show(book, tick)
  );

  assert.deepEqual(ended, [{
    signalId: makeSignal().id,
    result: "UNKNOWN",
    exitPrice: null,
    pips: null,
    r: null,
    mfePips: 6,
    maePips: 0,
    resolvedAtMs: awayMs,
    durationMs: 7_200_000,
    gap: true,
    feedChanged: false,
  }]);
});

Deno.test("show() knows the end after a gap that left the price beyond one level and far from the other", () => {
  const book = new LevelBook(TERMS, TUESDAY_MS);
  const far = makeSignal({ takeProfit: price(1.12), targetPips: pips(200) });
  book.open(far, none);

  const ended = [makeTick(TUESDAY_MS + 1_000, 1.1), makeTick(TUESDAY_MS + 1_800_000, 1.0975)]
    .flatMap((tick) => show(book, tick));

  assert.deepEqual(ended.map((o) => [o.result, o.pips, o.gap]), [["LOSS", -25, true]]);
});

Deno.test("show() takes a weekend for a closed market, not for missed ticks", () => {
  const fridayMs = Date.UTC(2026, 6, 10, 20, 50);
  const sundayMs = Date.UTC(2026, 6, 12, 21, 3);
  const book = new LevelBook(TERMS, fridayMs);
  book.open(makeSignal({ signaledAtMs: fridayMs }), none);

  const ended = [makeTick(fridayMs + 60_000, 1.1), makeTick(sundayMs, 1.0991), makeTick(sundayMs + 1, 1.09)]
    .flatMap((tick) => show(book, tick));

  assert.deepEqual(ended.map((o) => [o.result, o.pips, o.gap]), [["LOSS", -100, false]]);
});

Deno.test("missed() forgets the moments before every open signal", () => {
  const book = new LevelBook({ ...TERMS, missedMs: [TUESDAY_MS - 1, TUESDAY_MS + 5] }, TUESDAY_MS);
  book.open(makeSignal(), none);

  book.miss(TUESDAY_MS + 9);
  book.miss(TUESDAY_MS + 9);

  assert.deepEqual(book.missed(), [TUESDAY_MS + 5, TUESDAY_MS + 9]);
});

type Step =
  | {
    readonly do: "tick";
    readonly waitMs: number;
    readonly lateMs: number;
    readonly move: number;
    readonly feed: number;
  }
  | {
    readonly do: "open";
    readonly ageMs: number;
    readonly buy: boolean;
    readonly stop: number;
    readonly target: number;
    readonly feed: number;
  }
  | { readonly do: "miss" };

/** Mostly short waits on the first feed; now and then a silence, a late tick, another feed, a leap. */
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant("tick" as const),
      waitMs: fc.oneof(
        { weight: 30, arbitrary: fc.integer({ min: 0, max: 4_000 }) },
        { weight: 6, arbitrary: fc.integer({ min: 20_000, max: 70_000 }) },
        { weight: 1, arbitrary: fc.integer({ min: 880_000, max: 8_000_000 }) },
      ),
      lateMs: fc.oneof(
        { weight: 8, arbitrary: fc.constant(0) },
        { weight: 1, arbitrary: fc.integer({ min: 1, max: 90_000 }) },
      ),
      move: fc.oneof(
        { weight: 8, arbitrary: fc.integer({ min: -15, max: 15 }) },
        { weight: 1, arbitrary: fc.integer({ min: -150, max: 150 }) },
      ),
      feed: fc.constantFrom(1, 1, 1, 1, 2, 2, 3),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("open" as const),
      ageMs: fc.oneof(
        { weight: 4, arbitrary: fc.constant(0) },
        { weight: 2, arbitrary: fc.integer({ min: 0, max: 5_000 }) },
        { weight: 1, arbitrary: fc.integer({ min: 0, max: 2_000_000 }) },
      ),
      buy: fc.boolean(),
      stop: fc.integer({ min: 10, max: 200 }),
      target: fc.integer({ min: 10, max: 200 }),
      feed: fc.constantFrom(1, 1, 1, 2),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("miss" as const) }) },
);

/** The book and one slow watch per signal, told the same things. */
class Pair {
  readonly book = new LevelBook(TERMS, TUESDAY_MS - 100_000);
  readonly #watches: SlowWatch[] = [];
  readonly #heard: Tick[] = [];
  readonly #missed: number[] = [];
  #nowMs = TUESDAY_MS;
  #points = 110_000;

  run(step: Step): void {
    if (step.do === "tick") this.#tick(step);
    else if (step.do === "open") this.#open(step);
    else {
      this.#nowMs += 1;
      this.#missed.push(this.#nowMs);
      this.book.miss(this.#nowMs);
    }
  }

  repeat(count: number): void {
    assert.deepEqual(this.#heard.slice(-count).flatMap((tick) => show(this.book, tick)), []);
  }

  #tick(step: Step & { do: "tick" }): void {
    this.#nowMs += step.waitMs;
    this.#points += step.move;
    const tick = makeTick(this.#nowMs - step.lateMs, this.#points / 100_000, {
      receivedAtMs: this.#nowMs,
      feed: eaId(`ea-${step.feed}`),
      ask: price((this.#points + 8) / 100_000),
    });
    this.#heard.push(tick);
    const waiting = this.#watches.filter((watch) => watch.outcome === null);
    waiting.forEach((watch) => watch.hear(tick, this.#missed));
    const expected = waiting.map((watch) => watch.outcome).filter((outcome) => outcome !== null);
    assert.deepEqual(byId(show(this.book, tick)), byId(expected));
  }

  #open(step: Step & { do: "open" }): void {
    const signal = this.#signal(step);
    const watch = new SlowWatch(signal, TERMS);
    this.#heard.forEach((tick) => watch.hear(tick, this.#missed));
    assert.deepEqual(this.book.open(signal, () => this.#heard)?.outcome ?? null, watch.outcome);
    this.#watches.push(watch);
    assert.equal(this.book.size, this.#watches.filter((one) => one.outcome === null).length);
  }

  #signal(step: Step & { do: "open" }): Signal {
    const sign = step.buy ? 1 : -1;
    const entry = this.#points + (step.buy ? 8 : 0);
    return makeSignal({
      id: signalId(`signal-${String(this.#watches.length).padStart(4, "0")}`),
      direction: step.buy ? "BUY" : "SELL",
      entry: price(entry / 100_000),
      stopLoss: price((entry - sign * (step.stop + 8)) / 100_000),
      takeProfit: price((entry + sign * step.target) / 100_000),
      stopPips: pips((step.stop + 8) / 10),
      spreadPips: pips(0.8),
      signaledAtMs: this.#nowMs - step.ageMs,
      feed: eaId(`ea-${step.feed}`),
    });
  }
}

Deno.test("a level book tells what a watch on every single signal tells, for any schedule of ticks", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 250, size: "max" }), (steps) => {
      const pair = new Pair();
      steps.forEach((one) => pair.run(one));
    }),
    { numRuns: 1_000, seed: 20_260_707, endOnFailure: true },
  );
});

Deno.test("showing the latest ticks of one feed once more, at any time, ends nothing and changes no later end", () => {
  const repeat = fc.record({ at: fc.nat(200), count: fc.integer({ min: 1, max: 60 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200, size: "max" }), fc.array(repeat), (steps, repeats) => {
      const pair = new Pair();
      steps.forEach((one, at) => {
        pair.run("feed" in one ? { ...one, feed: 1 } : one);
        repeats.filter((each) => each.at === at).forEach(({ count }) => pair.repeat(count));
      });
    }),
    { numRuns: 500, seed: 20_260_708, endOnFailure: true },
  );
});

function signalAt(tick: Tick, at: number): Signal {
  const direction: Direction = at % 2 === 0 ? "BUY" : "SELL";
  const sign = direction === "BUY" ? 1 : -1;
  const entry = direction === "BUY" ? tick.ask : tick.bid;
  const stop = 0.0006 + at % 7 * 0.0003, target = 0.0005 + at % 5 * 0.0004;
  return makeSignal({
    id: signalId(`signal-${String(at).padStart(4, "0")}`),
    direction,
    entry,
    stopLoss: price(entry - sign * stop),
    takeProfit: price(entry + sign * target),
    stopPips: pips(stop / 0.0001),
    spreadPips: pips((tick.ask - tick.bid) / 0.0001),
    signaledAtMs: tick.atMs,
  });
}

const weekOfTicks = dataPath("ticks/EURUSD_oanda_20140501-20140507.csv.gz");

Deno.test({
  name:
    "a level book tells what single watches tell over a week of real EURUSD ticks, weekend and payrolls included",
  ignore: weekOfTicks === null,
  fn() {
    const book = new LevelBook(TERMS, 0);
    let watches: SlowWatch[] = [];
    const counts = { WIN: 0, LOSS: 0, UNKNOWN: 0 };
    readTicks(weekOfTicks!).forEach((raw, at) => {
      const tick = makeTick(raw.atMs, raw.bid, { ask: price(raw.ask) });
      watches.forEach((watch) => watch.hear(tick, []));
      const expected = watches.map((watch) => watch.outcome).filter((outcome) => outcome !== null);
      assert.deepEqual(byId(show(book, tick)), byId(expected));
      expected.forEach(({ result }) => counts[result]++);
      watches = watches.filter((watch) => watch.outcome === null);
      if (at % 300 !== 0) return;
      const signal = signalAt(tick, at / 300);
      const watch = new SlowWatch(signal, TERMS);
      watch.hear(tick, []);
      assert.deepEqual(book.open(signal, () => [tick])?.outcome ?? null, watch.outcome);
      if (watch.outcome === null) watches.push(watch);
      else counts[watch.outcome.result]++;
    });
    assert.equal(counts.WIN + counts.LOSS + counts.UNKNOWN + book.size, 621);
    assert.equal(counts.WIN > 200 && counts.LOSS > 150, true, JSON.stringify(counts));
  },
});
