/**
 * Outcomes end to end: opener, level book and watcher over a store, through crashes, restarts and lost messages.
 *
 * @module
 */
import assert from "node:assert/strict";
import { openTimeMs } from "../../domain/missed_ticks.ts";
import type { Outcome } from "../../protocols/outcome.ts";
import type { Signal } from "../../protocols/signal.ts";
import type { Tick } from "../../protocols/tick.ts";
import { price, signalId, symbolName } from "../../protocols/units.ts";
import { seededRandom } from "../../runtime/mod.ts";
import { type OutcomeDisk, outcomeDisk, type OutcomeHouse, outcomeHouse } from "../kit/outcome_house.ts";
import { makeSignal, makeTick, TUESDAY_MS } from "../kit/signals.ts";
import { SlowWatch } from "../kit/slow_watch.ts";

const EURUSD = symbolName("EURUSD");

async function withHouse(
  run: (house: OutcomeHouse) => Promise<void>,
  options: { readonly disk?: OutcomeDisk; readonly startMs?: number; readonly keepDisk?: boolean } = {},
): Promise<void> {
  const disk = options.disk ?? outcomeDisk();
  const house = await outcomeHouse(disk, options.startMs === undefined ? {} : { startMs: options.startMs });
  try {
    await house.settle();
    await run(house);
  } finally {
    await house.system.stop();
    if (options.keepDisk !== true) disk.edge.close();
  }
}

const short = (outcome: Outcome | null) =>
  outcome && [outcome.result, outcome.pips, outcome.durationMs, outcome.gap];

Deno.test("a raised signal is followed to its target, written down once, and its watcher goes", async () => {
  await withHouse(async (house) => {
    const signal = makeSignal();
    await house.raise(signal);
    await house.settle();
    assert.deepEqual(house.watchers.keys(), [signal.id]);

    [makeTick(TUESDAY_MS + 1_000, 1.0996), makeTick(TUESDAY_MS + 61_000, 1.1020)].forEach(house.tick);
    await house.settle();

    const expected: Outcome = {
      signalId: signal.id,
      result: "WIN",
      exitPrice: price(1.102),
      pips: 20 as never,
      r: 1.333,
      mfePips: 20 as never,
      maePips: 4 as never,
      resolvedAtMs: TUESDAY_MS + 61_000,
      durationMs: 61_000,
      gap: false,
      feedChanged: false,
    };
    assert.deepEqual(await house.outcomeOf(signal), expected);
    assert.deepEqual(await house.resolved(), [expected]);
    assert.deepEqual(house.watchers.keys(), []);
    assert.deepEqual(house.reports, []);
  });
});

Deno.test("a shadow signal is followed like a live one", async () => {
  await withHouse(async (house) => {
    const shadow = makeSignal({ shadow: true, shadowReason: "spread" });
    await house.raise(shadow);
    await house.settle();

    house.tick(makeTick(TUESDAY_MS + 1, 1.09));
    await house.settle();

    assert.deepEqual(short(await house.outcomeOf(shadow)), ["LOSS", -100, 1, false]);
  });
});

Deno.test("ticks that came before anybody knew of the signal count", async () => {
  await withHouse(async (house) => {
    const signal = makeSignal();

    // The symbol's book does not exist yet: these are in the history alone.
    [makeTick(TUESDAY_MS - 5, 1.09), makeTick(TUESDAY_MS + 5, 1.0980), makeTick(TUESDAY_MS + 9, 1.103)]
      .forEach(house.tick);
    await house.raise(signal);
    await house.settle();

    assert.deepEqual(short(await house.outcomeOf(signal)), ["LOSS", -20, 5, false]);
  });
});

Deno.test("a second signal, heard of late by a living book, is judged by the ticks since it was made", async () => {
  await withHouse(async (house) => {
    await house.raise(makeSignal({ id: signalId("first"), stopLoss: price(1), takeProfit: price(2) }));
    await house.settle();
    const late = makeSignal({ id: signalId("late"), signaledAtMs: TUESDAY_MS + 10 });

    [5, 10, 15].forEach((afterMs, at) =>
      house.tick(makeTick(TUESDAY_MS + afterMs, [1.09, 1.103, 1.09][at]!))
    );
    await house.settle();
    await house.raise(late);
    await house.settle();

    assert.deepEqual(short(await house.outcomeOf(late)), ["WIN", 20, 0, false]);
    assert.deepEqual(house.watchers.keys(), ["first"]);
  });
});

Deno.test("a book that crashes loses no tick, neither those it had seen nor those in its mailbox", async () => {
  await withHouse(async (house) => {
    const buy = makeSignal({ id: signalId("buy") });
    const sell = makeSignal({ id: signalId("sell"), direction: "SELL" });
    await house.raise(buy);
    await house.raise(sell);
    await house.settle();
    house.tick(makeTick(TUESDAY_MS + 1, 1.0990));
    await house.settle();

    house.books.get(EURUSD)!.tell({ kind: "tick", tick: null as never });
    [makeTick(TUESDAY_MS + 2, 1.1012), makeTick(TUESDAY_MS + 3, 1.1020), makeTick(TUESDAY_MS + 4, 1.1)]
      .forEach(house.tick);
    await house.settle();

    assert.equal(house.reports.length, 1);
    assert.deepEqual(
      (await house.resolved()).map((
        { signalId, result, pips, maePips, gap },
      ) => [signalId, result, pips, maePips, gap])
        .toSorted(),
      [["buy", "WIN", 20, 10, false], ["sell", "LOSS", -21, 21, false]],
    );
  });
});

Deno.test("a restart takes up open signals where the ticks left them, and says gap", async () => {
  const disk = outcomeDisk();
  const signal = makeSignal();
  await withHouse(async (house) => {
    await house.raise(signal);
    await house.settle();
    house.tick(makeTick(TUESDAY_MS + 1_000, 1.0990));
    await house.settle();
    disk.history.flush();
  }, { disk, keepDisk: true });

  await withHouse(async (house) => {
    assert.deepEqual(house.watchers.keys(), [signal.id]);
    [makeTick(TUESDAY_MS + 5_000, 1.1), makeTick(TUESDAY_MS + 6_000, 1.1021)].forEach(house.tick);
    await house.settle();

    const outcome = await house.outcomeOf(signal);
    assert.deepEqual(short(outcome), ["WIN", 20, 6_000, true]);
    assert.equal(outcome?.maePips, 10);
  }, { disk, startMs: TUESDAY_MS + 4_000 });
});

Deno.test("the gap of an earlier restart is still known after the next one", async () => {
  const disk = outcomeDisk();
  const signal = makeSignal();
  await withHouse((house) => house.raise(signal), { disk, keepDisk: true });
  await withHouse(async (house) => {
    house.tick(makeTick(TUESDAY_MS + 5_000, 1.1));
    await house.settle();
    disk.history.flush();
    assert.deepEqual(await house.store.select({ from: "settings" }), [
      { name: "missed_ticks/EURUSD", value: [TUESDAY_MS + 4_000] },
    ]);
  }, { disk, keepDisk: true, startMs: TUESDAY_MS + 4_000 });

  await withHouse(async (house) => {
    assert.deepEqual(await house.store.select({ from: "settings" }), [
      { name: "missed_ticks/EURUSD", value: [TUESDAY_MS + 4_000, TUESDAY_MS + 8_000] },
    ]);
    house.tick(makeTick(TUESDAY_MS + 9_000, 1.1021));
    await house.settle();
    assert.deepEqual(short(await house.outcomeOf(signal)), ["WIN", 20, 9_000, true]);
  }, { disk, startMs: TUESDAY_MS + 8_000 });
});

Deno.test("a night without the server ends in UNKNOWN, not in a guess", async () => {
  const disk = outcomeDisk();
  const signal = makeSignal();
  const nextDayMs = TUESDAY_MS + 10 * 3_600_000;
  await withHouse(async (house) => {
    await house.raise(signal);
    await house.settle();
    house.tick(makeTick(TUESDAY_MS + 1_000, 1.1));
  }, { disk, keepDisk: true });
  disk.history.crash();

  await withHouse(async (house) => {
    house.tick(makeTick(nextDayMs + 1_000, 1.1021));
    await house.settle();

    const outcome = await house.outcomeOf(signal);
    assert.deepEqual(short(outcome), ["UNKNOWN", null, nextDayMs + 1_000 - TUESDAY_MS, true]);
  }, { disk, startMs: nextDayMs });
});

Deno.test("ticks lost on their way mark the open signals, also over a crash of the book", async () => {
  await withHouse(async (house) => {
    const signal = makeSignal();
    await house.raise(signal);
    await house.settle();

    house.books.get(EURUSD)!.tell({ kind: "missed", untilMs: TUESDAY_MS + 500 });
    house.books.get(EURUSD)!.tell({ kind: "tick", tick: null as never });
    house.tick(makeTick(TUESDAY_MS + 1_000, 1.1021));
    await house.settle();

    assert.deepEqual(short(await house.outcomeOf(signal)), ["WIN", 20, 1_000, true]);
  });
});

Deno.test("a disk that says no three times delays an outcome and doubles nothing", async () => {
  await withHouse(async (house) => {
    const signal = makeSignal();
    await house.raise(signal);
    await house.settle();
    house.edge.failNext(3);

    house.tick(makeTick(TUESDAY_MS + 1_000, 1.1021));
    await house.settle();
    assert.equal(await house.outcomeOf(signal), null);
    await house.advance(500 + 1_000 + 2_000);
    await house.settle();

    assert.deepEqual((await house.resolved()).map(short), [["WIN", 20, 1_000, false]]);
    assert.deepEqual(house.watchers.keys(), []);
  });
});

Deno.test("an outcome that was committed before a crash could be seen is not committed again", async () => {
  await withHouse(async (house) => {
    const signal = makeSignal();
    await house.raise(signal);
    await house.settle();

    house.edge.throwNext(new Error("the answer is lost"), "after");
    house.tick(makeTick(TUESDAY_MS + 1_000, 1.1021));
    await house.settle();
    await house.advance(1_000);
    await house.settle();

    assert.deepEqual((await house.resolved()).map(short), [["WIN", 20, 1_000, false]]);
    assert.deepEqual(house.watchers.keys(), []);
  });
});

Deno.test("the sweep finds an outcome again whose watcher was gone before it was written down", async () => {
  await withHouse(async (house) => {
    const signal = makeSignal();
    await house.raise(signal);
    await house.settle();
    house.edge.failNext(1);
    house.tick(makeTick(TUESDAY_MS + 1_000, 1.1021));
    await house.settle();
    await house.watchers.stop(signal.id);

    await house.advance(300_000);
    await house.settle();

    assert.deepEqual((await house.resolved()).map(short), [["WIN", 20, 1_000, false]]);
  });
});

Deno.test("events that come twice, long after the end, follow nothing again", async () => {
  await withHouse(async (house) => {
    const signal = makeSignal();
    await house.raise(signal);
    await house.settle();
    house.tick(makeTick(TUESDAY_MS + 1_000, 1.1021));
    await house.settle();

    const [raised] = await house.store.events(0, 1);
    house.opener.tell({ kind: "events", batch: [raised!] });
    await house.settle();

    assert.deepEqual(house.watchers.keys(), []);
    const status = await house.books.get(EURUSD)!.ask((reply) => ({ kind: "status", reply }));
    assert.deepEqual(status, { open: 0, replaying: false });
    assert.equal((await house.resolved()).length, 1);
  });
});

Deno.test("a long history is worked off in parts, and what comes meanwhile has its turn after it", async () => {
  const disk = outcomeDisk();
  const signal = makeSignal();
  await withHouse((house) => house.raise(signal), { disk, keepDisk: true });
  const walk = Array.from({ length: 5_000 }, (_, at) => makeTick(TUESDAY_MS + at, 1.1 + at % 7 / 100_000));
  walk.forEach(disk.history.record);

  await withHouse(async (house) => {
    house.tick(makeTick(TUESDAY_MS + 6_000, 1.0984));
    await house.settle();

    const outcome = await house.outcomeOf(signal);
    assert.deepEqual([outcome?.result, outcome?.mfePips, outcome?.resolvedAtMs], [
      "LOSS",
      0.6,
      TUESDAY_MS + 6_000,
    ]);
    assert.equal(house.logs.filter(({ message }) => message === "history worked off").length, 1);
  }, { disk, startMs: TUESDAY_MS + 5_500 });
});

interface StormyDay {
  readonly expected: Outcome[];
  readonly told: Outcome[];
  readonly stored: Outcome[];
  readonly crashes: number;
}

/** A day in which everybody but the store crashes now and then; told in the same way to a slow watch per signal. */
async function stormyDay(seed: number): Promise<StormyDay> {
  const random = seededRandom(seed);
  const disk = outcomeDisk();
  const house = await outcomeHouse(disk, { seed });
  const terms = { pipSize: 0.0001, openMs: (from: number, to: number) => openTimeMs(EURUSD, from, to) };
  const watches: SlowWatch[] = [];
  const heard: Tick[] = [];
  let points = 110_000, nowMs = TUESDAY_MS;
  await house.settle();
  for (let step = 0; step < 400; step++) {
    const dice = random.whole(100);
    nowMs += random.whole(2_000);
    if (dice < 70) {
      points += random.whole(21) - 10;
      const tick = makeTick(nowMs, points / 100_000);
      heard.push(tick);
      watches.forEach((watch) => watch.hear(tick, []));
      house.tick(tick);
    } else if (dice < 80) {
      const signal = stormSignal(watches.length, points, nowMs);
      const watch = new SlowWatch(signal, terms);
      heard.forEach((tick) => watch.hear(tick, []));
      watches.push(watch);
      void house.raise(signal);
    } else if (dice < 84) house.books.get(EURUSD)?.tell({ kind: "tick", tick: null as never });
    else if (dice < 86) house.opener.tell({ kind: "events", batch: null as never });
    else if (dice < 87) house.bus.tell({ kind: "committed", events: null as never });
    else if (dice < 93) await house.advance(nowMs - house.market.nowMs());
  }
  await house.settle();
  // Everything that a crash has delayed: retries, the sweep.
  await house.advance(600_000);
  const told = await house.resolved();
  const rows = await house.store.select({ from: "signals" });
  await house.system.stop();
  disk.edge.close();
  const bySignal = (a: Outcome, b: Outcome) => a.signalId < b.signalId ? -1 : 1;
  return {
    crashes: house.reports.length,
    expected: watches.flatMap(({ outcome }) => outcome === null ? [] : [outcome]).sort(bySignal),
    told: told.sort(bySignal),
    stored: rows.flatMap(({ outcome }) => outcome === null ? [] : [outcome]).sort(bySignal),
  };
}

function stormSignal(at: number, points: number, nowMs: number): Signal {
  const sign = at % 2 === 0 ? 1 : -1;
  return makeSignal({
    id: signalId(`signal-${String(at).padStart(3, "0")}`),
    direction: sign === 1 ? "BUY" : "SELL",
    entry: price((points + (sign === 1 ? 10 : 0)) / 100_000),
    stopLoss: price((points - sign * (20 + at % 60)) / 100_000),
    takeProfit: price((points + sign * (15 + at % 40)) / 100_000),
    signaledAtMs: nowMs,
  });
}

for (let seed = 1; seed <= 12; seed++) {
  Deno.test(`every signal ends in exactly its one outcome through crashes, seed ${seed}`, async () => {
    const { expected, told, stored, crashes } = await stormyDay(seed);

    assert.equal(expected.length > 10 && crashes > 10, true, `${expected.length} ends, ${crashes} crashes`);
    assert.deepEqual(told, expected);
    assert.deepEqual(stored, expected);
  });
}
