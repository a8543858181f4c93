/**
 * The simulated market: one path for all, open hours, and candles like a real market's.
 *
 * @module
 */
import assert from "node:assert/strict";
import { CandleBuilder } from "../../domain/candle.ts";
import { isOpen } from "../../domain/calendar.ts";
import { averageTrueRanges } from "../../domain/indicators.ts";
import { PATTERNS } from "../../domain/patterns/all.ts";
import { contextOf } from "../../domain/patterns/chart.ts";
import { specOf } from "../../domain/symbol_spec.ts";
import type { Candle } from "../../protocols/candle.ts";
import { type SymbolName, symbolName } from "../../protocols/units.ts";
import {
  defaultEpochMs,
  history,
  historyTicks,
  Market,
  marketSource,
  USUAL_SYMBOLS,
} from "../../scripts/sim/market.ts";
import type { MarketTick } from "../../scripts/sim/prices.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Sunday 2026-09-06, 17:00 New York. */
const EPOCH = Date.UTC(2026, 8, 6, 21);
const all = { seed: 7, epochMs: EPOCH, symbols: USUAL_SYMBOLS };

/** Two weeks are made once and looked at by several tests. */
const TWO_WEEKS = history(all, EPOCH, EPOCH + 12 * DAY);

function m5Of(symbol: SymbolName): Candle[] {
  const builder = new CandleBuilder(symbol);
  return TWO_WEEKS.get(symbol)!.flatMap((m1) => builder.restore(m1)).filter((one) => one.timeframe === "M5");
}

Deno.test("market: two processes with one seed see the same ticks, however they step", () => {
  const [a, b]: MarketTick[][] = [[], []];
  const [one, other] = [new Market(all), new Market(all)];

  one.advance(EPOCH + 6 * HOUR, (tick) => void a!.push(tick));
  for (let atMs = EPOCH; atMs < EPOCH + 6 * HOUR; atMs += 617) {
    other.advance(atMs, (tick) => void b!.push(tick));
  }
  other.advance(EPOCH + 6 * HOUR, (tick) => void b!.push(tick));

  assert(a!.length > 30_000, `${a!.length} ticks`);
  assert.deepEqual(a, b);
});

Deno.test("market: which symbols are asked for changes nothing in the others", () => {
  const alone = historyTicks({ ...all, symbols: ["XAUUSD"] }, EPOCH, EPOCH + 3 * HOUR);
  const together = historyTicks(all, EPOCH, EPOCH + 3 * HOUR);

  assert(alone.length > 1_000, `${alone.length} ticks`);
  assert.deepEqual(alone, together.filter((tick) => tick.symbol === "XAUUSD"));
});

Deno.test("market: another seed gives another path", () => {
  const one = historyTicks({ ...all, symbols: ["EURUSD"] }, EPOCH, EPOCH + HOUR);
  const other = historyTicks({ ...all, symbols: ["EURUSD"], seed: 8 }, EPOCH, EPOCH + HOUR);

  assert.notDeepEqual(one.slice(-20), other.slice(-20));
});

Deno.test("market: a source that starts late goes on with the very path that history tells of", async () => {
  const fromMs = EPOCH + 20 * HOUR;
  const source = marketSource(all, fromMs);

  const live = await source.until(fromMs + 30 * MINUTE);
  const told = historyTicks(all, fromMs + 1, fromMs + 30 * MINUTE);
  await source.close();

  assert(live.length > 1_000, `${live.length} ticks`);
  assert.deepEqual(live, told);
});

Deno.test("market: history's M1 candles are those of the ticks of the same stretch", () => {
  const [fromMs, toMs] = [EPOCH + 30 * HOUR, EPOCH + 31 * HOUR];
  const symbol = symbolName("GBPUSD");
  const builder = new CandleBuilder(symbol);
  const own = historyTicks(all, fromMs, toMs - 1).filter((tick) => tick.symbol === symbol)
    .flatMap((tick) => builder.tick(tick.atMs, tick.bid, tick.ask));
  const expected = [...own, ...builder.advance(toMs)].filter((candle) => candle.timeframe === "M1");

  const candles = history(all, fromMs, toMs).get(symbol);

  assert.equal(candles?.length, 60);
  assert.deepEqual(candles, expected);
});

Deno.test("market: no tick outside open hours, and gold rests an hour a day", () => {
  const ticks = historyTicks({ ...all, symbols: ["EURUSD", "XAUUSD"] }, EPOCH, EPOCH + 8 * DAY);
  const early = ticks.filter((tick) => !isOpen(symbolName(tick.symbol), tick.atMs));
  const weekend = ticks.filter((tick) => tick.atMs >= EPOCH + 5 * DAY && tick.atMs < EPOCH + 7 * DAY);
  const reopened = ticks.find((tick) => tick.atMs >= EPOCH + 7 * DAY);
  const rest = EPOCH + DAY;
  const inRest = (name: string) =>
    ticks.filter(({ symbol, atMs }) => symbol === name && atMs >= rest && atMs < rest + HOUR);

  assert.deepEqual([early, weekend], [[], []]);
  assert(reopened !== undefined && reopened.atMs < EPOCH + 7 * DAY + MINUTE, "opens on Sunday");
  assert(inRest("EURUSD").length > 100, "currencies trade on");
  assert.deepEqual(inRest("XAUUSD"), []);
});

Deno.test("market: every tick is on the symbol's digits, with a spread, and differs from the one before", () => {
  const last = new Map<string, MarketTick>();
  for (const tick of historyTicks(all, EPOCH, EPOCH + 12 * HOUR)) {
    const spec = specOf(symbolName(tick.symbol))!;
    const before = last.get(tick.symbol);
    last.set(tick.symbol, tick);
    assert.equal(Number(tick.bid.toFixed(spec.digits)), tick.bid);
    assert.equal(Number(tick.ask.toFixed(spec.digits)), tick.ask);
    assert(tick.ask > tick.bid, `${tick.symbol} crossed at ${tick.atMs}`);
    assert.notDeepEqual([tick.bid, tick.ask], [before?.bid, before?.ask]);
    assert.equal(tick.atMs % SECOND, 0);
  }
  assert.deepEqual([...last.keys()].sort(), [...USUAL_SYMBOLS].sort());
});

Deno.test("market: EURJPY is EURUSD times USDJPY at every moment", () => {
  const last = new Map<string, number>();
  let compared = 0;
  for (const { symbol, bid, ask } of historyTicks(all, EPOCH, EPOCH + 6 * HOUR)) {
    last.set(symbol, (bid + ask) / 2);
    const [eur, yen, cross] = ["EURUSD", "USDJPY", "EURJPY"].map((name) => last.get(name));
    if (symbol !== "EURJPY" || eur === undefined || yen === undefined || cross === undefined) continue;
    compared++;
    // The two majors may have ticked some seconds earlier.
    assert(Math.abs(cross / (eur * yen) - 1) < 0.002, `${cross} is not ${eur} × ${yen}`);
  }
  assert(compared > 1_000, `${compared} compared`);
});

Deno.test("market: the majors share the dollar: EURUSD and GBPUSD rise together, against USDCHF", () => {
  const returns = (name: string) => {
    const closes = m5Of(symbolName(name)).map((candle) => candle.close);
    return closes.slice(1).map((close, index) => Math.log(close / closes[index]!));
  };
  const [euro, pound, franc] = ["EURUSD", "GBPUSD", "USDCHF"].map(returns);

  assert(correlation(euro!, pound!) > 0.45, `EURUSD/GBPUSD ${correlation(euro!, pound!)}`);
  assert(correlation(euro!, franc!) < -0.45, `EURUSD/USDCHF ${correlation(euro!, franc!)}`);
});

Deno.test("market: M5 ranges are a real market's: EURUSD 3 to 6 pips, gold 1 to 2.5 dollars", () => {
  const median = (name: string, unit: number) => {
    const atrs = averageTrueRanges(m5Of(symbolName(name))).filter((atr) => !Number.isNaN(atr));
    return atrs.sort((a, b) => a - b)[atrs.length >> 1]! / unit;
  };
  const [euro, gold] = [median("EURUSD", 0.0001), median("XAUUSD", 1)];

  assert(euro >= 3 && euro <= 6, `EURUSD ${euro} pips`);
  assert(gold >= 1 && gold <= 2.5, `XAUUSD ${gold} dollars`);
});

Deno.test("market: London is livelier than Tokyo for EURUSD, and dearer at the roll-over", () => {
  const minutes = TWO_WEEKS.get(symbolName("EURUSD"))!;
  const of = (hour: number) =>
    minutes.filter(({ openedAtMs }) => new Date(openedAtMs).getUTCHours() === hour);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const range = (hour: number) => mean(of(hour).map((candle) => candle.high - candle.low));
  const spread = (hour: number) => mean(of(hour).map((candle) => candle.spread));

  assert(range(14) > 1.4 * range(3), `${range(14)} and ${range(3)}`);
  assert(spread(21) > 1.5 * spread(14), `${spread(21)} and ${spread(14)}`);
});

Deno.test("market: the six patterns find something, 6 to 22 a day and symbol after a cool-down of three candles", () => {
  const found = new Set<string>();
  for (const name of USUAL_SYMBOLS) {
    const candles = m5Of(symbolName(name));
    const last = new Map<string, number>();
    let finds = 0;
    for (let end = 60; end <= candles.length; end++) {
      const context = contextOf(symbolName(name), candles.slice(Math.max(0, end - 200), end));
      for (const pattern of PATTERNS) {
        if (pattern.detect(context) === null) continue;
        if (end - (last.get(pattern.name) ?? -3) >= 3) finds++;
        last.set(pattern.name, end);
        found.add(pattern.name);
      }
    }
    const perDay = finds / (candles.length / 288);
    assert(perDay >= 6 && perDay <= 22, `${name} ${perDay} finds a day`);
  }
  assert.deepEqual([...found].sort(), PATTERNS.map((pattern) => pattern.name).sort());
});

Deno.test("market: the value does not run away: two weeks move EURUSD by less than 8 %", () => {
  const closes = TWO_WEEKS.get(symbolName("EURUSD"))!.map((candle) => candle.close);

  const moved = Math.max(...closes) / Math.min(...closes) - 1;

  assert(moved > 0.005 && moved < 0.08, `${moved}`);
});

Deno.test("market: a symbol it has no values for is refused by name", () => {
  assert.throws(
    () => new Market({ ...all, symbols: ["USDMXN"] }),
    /^Error: Cannot simulate symbol as it must be two of USD, EUR, .*: current value is USDMXN$/,
  );
});

Deno.test("defaultEpochMs() is the opening before the last whole week, the same through a trading week", () => {
  const monday = EPOCH + 8 * DAY;
  const answers = [monday, monday + HOUR, monday + 3 * DAY].map(defaultEpochMs);

  assert.deepEqual(answers, [EPOCH, EPOCH, EPOCH]);
});

function correlation(a: readonly number[], b: readonly number[]): number {
  const length = Math.min(a.length, b.length);
  const mean = (values: readonly number[]) =>
    values.slice(0, length).reduce((sum, one) => sum + one, 0) / length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let index = 0; index < length; index++) {
    const [da, db] = [a[index]! - meanA, b[index]! - meanB];
    [ab, aa, bb] = [ab + da * db, aa + da * da, bb + db * db];
  }
  return ab / Math.sqrt(aa * bb);
}
