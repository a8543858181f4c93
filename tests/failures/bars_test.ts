/**
 * Recorded failures of bars: half bars, no volume, a full ring, bars by arrival, bars of a closed market.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Candle } from "../../protocols/candle.ts";
import type { Ohlct } from "../kit/candles.ts";
import type { RawTick } from "../kit/data.ts";
import { QUIET, times } from "../kit/finds.ts";
import { emptyWorld } from "../kit/house.ts";
import { plainCandles } from "../kit/plain_candles.ts";
import { TUESDAY_MS } from "../kit/signals.ts";
import { CALM, FALL, REBUFFS, storeHistory, toEurusd } from "./market_history.ts";
import { EURUSD, inMarket, MINUTE } from "./market_setup.ts";

/** All of a candle that does not depend on what came before it. */
const plain = (
  { spread: _, gapBefore: __, ...rest }: Omit<Candle, "spread"> & { readonly spread?: number },
) => rest;
const byHand = (ticks: readonly RawTick[], timeframe: "M1" | "M5") =>
  plainCandles(EURUSD, ticks, timeframe).map(plain);

Deno.test("F1: every M1 and M5 candle equals an independent aggregation of the ticks, also at the minutes' borders", async () => {
  await inMarket(async (market) => {
    const m5: Candle[] = [];

    for (let second = 0; second < 16 * 60; second++) {
      const sends = second < 10 || [0, 1, 29, 58, 59].includes(second % 60);
      if (sends) await market.tick(1.1 + (second * 37 % 50) / 1e5);
      await market.pass(1_000);
      if (second > 300 && second % 300 === 2) m5.push((await market.symbol()).lastM5!);
    }

    const until = TUESDAY_MS + 15 * MINUTE;
    const ticks = market.sent.filter(({ atMs }) => atMs < until);
    const minutes = market.minutes().filter(({ openedAtMs }) => openedAtMs < until);
    assert.deepEqual(minutes.map(plain), byHand(ticks, "M1"));
    assert.deepEqual(m5.map(plain), byHand(ticks, "M5"));
  });
});

const UP: Ohlct = [992, 1008, 992, 1008, 100];
const DOWN: Ohlct = [1008, 1008, 992, 992, 100];
const SQUEEZE: readonly Ohlct[] = Array.from({ length: 99 }, (_, i) => i % 2 === 0 ? UP : DOWN);
const breakWith = (ticks: number): Ohlct => [1008, 1038, 1008, 1034, ticks];

/** Patterns found on a break of a squeeze that comes with so many ticks. */
async function foundOnBreak(ticks: number): Promise<readonly string[]> {
  const world = emptyWorld();
  const found: string[] = [];
  storeHistory(world, SQUEEZE.map(toEurusd), TUESDAY_MS);
  await inMarket(async (market) => {
    await market.candle(toEurusd(breakWith(ticks)));
    await market.tick(1.1009);
    const signals = [...market.events("signalRaised"), ...market.events("signalShadowed")];
    found.push(...signals.map(({ signal }) => signal.pattern));
    assert.equal((await market.symbol()).lastM5?.ticks, ticks);
  }, { world, startMs: TUESDAY_MS });
  return found;
}

Deno.test("F2: with volume 0 on the wire a rule on volume counts ticks: many break a squeeze, the usual number does not", async () => {
  const [many, usual] = [await foundOnBreak(170), await foundOnBreak(100)];

  assert.deepEqual([many.includes("VCB_BREAKOUT"), usual.includes("VCB_BREAKOUT")], [true, false]);
});

Deno.test("F3: with every ring full for 520 minutes each five minutes still close exactly one M5 candle, of its own five", async () => {
  const world = emptyWorld();
  storeHistory(world, times(600, toEurusd(QUIET)), TUESDAY_MS);
  await inMarket(async (market) => {
    const m5 = new Map<number, Candle>();

    for (let minute = 0; minute < 520; minute++) {
      await market.stream(MINUTE, 20_000, (i) => 1.1 + (minute * 3 + i) % 11 / 1e5);
      const { lastM5 } = await market.symbol();
      if (minute >= 5) m5.set(lastM5!.openedAtMs, lastM5!);
    }

    const ticks = market.sent.filter(({ atMs }) => atMs < TUESDAY_MS + 520 * MINUTE);
    assert.deepEqual([...m5.values()].map(plain), byHand(ticks, "M5").slice(0, 103));
    assert.deepEqual((await market.symbol()).candles, { M1: 1_440, M5: 400, M15: 200 });
  }, { world });
});

Deno.test("F4: ticks that an outage of 5556 held back for minutes land in the candles of their own time", async () => {
  await inMarket(async (market) => {
    await market.stream(3 * MINUTE + 30_000);
    const stoppedAtMs = market.nowMs;
    await market.stop();

    for (let second = 0; second < 240; second += 2) {
      await market.tick(1.1005 + second / 1e5, { atMs: stoppedAtMs + second * 1_000 });
    }
    await market.start(stoppedAtMs + 240_000);
    await market.house.flow();
    await market.stream(2 * MINUTE + 30_000);

    const until = TUESDAY_MS + 9 * MINUTE;
    const ticks = market.sent.filter(({ atMs }) => atMs < until);
    assert.deepEqual(
      market.minutes().filter(({ openedAtMs }) => openedAtMs < until).map(plain),
      byHand(ticks, "M1"),
    );
    assert.deepEqual((await market.symbol()).lateTicks, 0);
    assert.deepEqual(market.events("signalRaised"), []);
  });
});

const FRIDAY_CLOSE = Date.UTC(2026, 6, 10, 21);
const SUNDAY_OPEN = Date.UTC(2026, 6, 12, 21);

/** Everything the house makes of the rebuff at the lower band, live, after a history that ended at `endedAtMs`. */
async function rebuffAfter(history: readonly Ohlct[], endedAtMs: number, startMs: number): Promise<string[]> {
  const world = emptyWorld();
  const found: string[] = [];
  storeHistory(world, history, endedAtMs);
  await inMarket(async (market) => {
    await market.candle(REBUFFS[0]!);
    await market.tick(1.0994);
    const signals = [...market.events("signalRaised"), ...market.events("signalShadowed")];
    found.push(...signals.map(({ signal }) => signal.pattern));
    const { lastM5 } = await market.symbol();
    assert.deepEqual([lastM5?.openedAtMs, lastM5?.gapBefore], [startMs, endedAtMs < startMs]);
  }, { world, startMs });
  return found;
}

Deno.test("F26: the rebuff that signals on a Tuesday is no find on Sunday, when Friday's candles are no neighbours", async () => {
  const history = [...CALM, FALL];

  const tuesday = await rebuffAfter(history, TUESDAY_MS, TUESDAY_MS);
  const sunday = await rebuffAfter(history, FRIDAY_CLOSE, SUNDAY_OPEN);

  assert.deepEqual([tuesday, sunday], [["BB_SCALP"], []]);
});

Deno.test("F26: a restart on Sunday noon with Friday's candles and Friday's last quotes signals nothing", async () => {
  const world = emptyWorld();
  storeHistory(world, [...CALM, FALL, REBUFFS[0]!], FRIDAY_CLOSE);
  await inMarket(async (market) => {
    for (let i = 0; i < 20; i++) {
      await market.tick(1.0994 + i / 1e5, { atMs: FRIDAY_CLOSE - (20 - i) * 3_000 });
    }
    await market.stream(11 * MINUTE, 10_000);

    assert.deepEqual(world.store.events(0, 1_000).map(({ event }) => event.kind), []);
  }, { world, startMs: SUNDAY_OPEN - 9 * 3_600_000 });
});
