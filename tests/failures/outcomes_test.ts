/**
 * Recorded failures of outcomes: judged on the wrong side, reset by a reload, told many times, kept in many files.
 *
 * @module
 */
import assert from "node:assert/strict";
import { trackingLine } from "../../domain/tracking.ts";
import { openEdges } from "../../edges/open.ts";
import { readConfig } from "../../config.ts";
import type { AnalyticsSummary } from "../../protocols/analytics.ts";
import type { Outcome } from "../../protocols/outcome.ts";
import { type Direction, price, signalId } from "../../protocols/units.ts";
import { memoryLog, virtualClock } from "../../runtime/mod.ts";
import { emptyWorld } from "../kit/house.ts";
import { type OutcomeDisk, outcomeDisk, type OutcomeHouse, outcomeHouse } from "../kit/outcome_house.ts";
import { makeOutcome, makeSignal, makeTick, TUESDAY_MS } from "../kit/signals.ts";
import { inMarket, MINUTE } from "./market_setup.ts";

async function inHouse(
  disk: OutcomeDisk,
  startMs: number,
  run: (house: OutcomeHouse) => Promise<void>,
): Promise<void> {
  const house = await outcomeHouse(disk, { startMs });
  await house.settle();
  await run(house);
  await house.settle();
  await house.system.stop();
}

/** Bids of a BUY's life: up 12 pips, down 9, a long while near the entry, then the target. */
const LIFE: readonly number[] = [1.1012, 1.0991, ...Array<number>(40).fill(1.1003), 1.102];
const BEAT = 30_000;

/** The outcome of that life; after some ticks somebody reloads, falls, or starts anew. */
async function outcomeOf(trouble: (nth: number) => "none" | "sweep" | "crash" | "restart"): Promise<Outcome> {
  const disk = outcomeDisk();
  const signal = makeSignal();
  let nth = 0;
  let ended: Outcome | null = null;
  const part = async (house: OutcomeHouse) => {
    if (nth === 0) await house.raise(signal);
    await house.settle();
    while (nth < LIFE.length) {
      house.tick(makeTick(house.market.nowMs(), LIFE[nth]!));
      await house.settle();
      const what = trouble(nth++);
      if (what === "sweep") house.opener.tell({ kind: "sweep" });
      if (what === "crash") house.books.get(signal.symbol)!.tell({ kind: "tick", tick: null as never });
      await house.advance(BEAT);
      if (what === "restart") return;
    }
    ended = await house.outcomeOf(signal);
  };
  while (ended === null) await inHouse(disk, TUESDAY_MS + nth * BEAT, part);
  disk.edge.close();
  return ended;
}

Deno.test("F30: reloads, crashes and a restart while a signal is open change neither its excursions nor its duration", async () => {
  const undisturbed = await outcomeOf(() => "none");
  const swept = await outcomeOf((nth) => nth % 2 === 0 ? "sweep" : "crash");
  const restarted = await outcomeOf((nth) => nth === 5 || nth === 20 ? "restart" : "none");

  assert.deepEqual([undisturbed.result, undisturbed.mfePips, undisturbed.maePips], ["WIN", 20, 9]);
  assert.equal(undisturbed.durationMs, (LIFE.length - 1) * BEAT);
  assert.deepEqual(swept, undisturbed);
  assert.deepEqual(restarted, { ...undisturbed, gap: true });
});

/** Quotes (bid, ask) of a signal with entry 1.10000, stop 15 pips and target 20 pips away, and how it stands after. */
const SIDES: readonly [Direction, readonly (readonly [number, number])[], string][] = [
  // The old rule asked BUYs on ask and shifted both levels by 3 pips against the trade.
  ["BUY", [[1.0988, 1.0989], [1.09851, 1.09861], [1.1019, 1.1022]], "open"],
  ["BUY", [[1.1019, 1.1023], [1.102, 1.1021]], "WIN 20 at 1.102"],
  ["BUY", [[1.09851, 1.0986], [1.0985, 1.0986]], "LOSS -15 at 1.0985"],
  ["BUY", [[1.09, 1.0902]], "LOSS -100 at 1.09"],
  ["SELL", [[1.1013, 1.10149], [1.1011, 1.1012], [1.0978, 1.0981]], "open"],
  ["SELL", [[1.0977, 1.0981], [1.0979, 1.098]], "WIN 20 at 1.098"],
  ["SELL", [[1.1014, 1.1015]], "LOSS -15 at 1.1015"],
  ["SELL", [[1.1098, 1.11]], "LOSS -100 at 1.11"],
];

Deno.test("F52: each direction ends on its own exit side, at its levels to the point, and a gap pays what it costs", async () => {
  for (const [direction, quotes, expected] of SIDES) {
    const disk = outcomeDisk();
    const signal = makeSignal({ direction });
    await inHouse(disk, TUESDAY_MS, async (house) => {
      await house.raise(signal);
      await house.settle();
      for (const [nth, [bid, ask]] of quotes.entries()) {
        house.tick(makeTick(TUESDAY_MS + nth * 1_000, bid, { ask: price(ask) }));
      }
      await house.settle();
      const outcome = await house.outcomeOf(signal);
      const told = outcome === null ? "open" : `${outcome.result} ${outcome.pips} at ${outcome.exitPrice}`;
      assert.equal(told, expected, `${direction} ${JSON.stringify(quotes)}`);
    });
    disk.edge.close();
  }
});

Deno.test("F54: a signal that everybody tells of again and again has one watcher, one outcome and one line", async () => {
  const disk = outcomeDisk();
  const signal = makeSignal();
  await inHouse(disk, TUESDAY_MS, async (house) => {
    await house.raise(signal);
    const batch = disk.edge.events(0, 10);
    for (let nth = 0; nth < 15; nth++) {
      house.opener.tell({ kind: "sweep" });
      house.opener.tell({ kind: "events", batch });
      house.books.ensure(signal.symbol, signal.symbol).tell({ kind: "open", signal });
    }
    await house.settle();
    assert.deepEqual(house.watchers.keys(), [signal.id]);

    house.tick(makeTick(TUESDAY_MS + 1_000, 1.102));
    await house.settle();
    for (let nth = 0; nth < 15; nth++) {
      house.opener.tell({ kind: "events", batch });
      house.books.ensure(signal.symbol, signal.symbol).tell({ kind: "open", signal });
    }
    await house.advance(10 * MINUTE);
  });

  const ends = disk.edge.events(0, 100).filter(({ event }) => event.kind === "outcomeResolved");
  assert.deepEqual(ends.map((end) => JSON.parse(trackingLine(end)!).signal_id), [signal.id]);
  disk.edge.close();
});

Deno.test("F54: a win rate over six hours stands beside the signals that are still open, not the resolved ones alone", async () => {
  const world = emptyWorld();
  const rows = Array.from({ length: 60 }, (_, nth) => {
    const signal = makeSignal({ id: signalId(`S${nth}`), signaledAtMs: TUESDAY_MS - (nth + 1) * 5 * MINUTE });
    return { ...signal, outcome: nth < 28 ? makeOutcome(signal) : null };
  });
  world.store.commit([rows.map((row) => ({ put: "signals", row }) as const)]);
  await inMarket(async (market) => {
    const { totalSignals, resolved, wins, openSignals, winRate, patterns } = await market.ask<
      AnalyticsSummary
    >(
      market.house.at.analytics as never,
      (reply) => ({ kind: "summary", timeframeMs: 360 * MINUTE, nowMs: TUESDAY_MS, reply }),
    );

    assert.deepEqual([totalSignals, resolved, wins, openSignals, winRate], [60, 28, 28, 32, 100]);
    const [least] = patterns.BB_SCALP!.winRateInterval!;
    assert.ok(least < 80, `28 of 28 within a day prove no more than ${least} %`);
  }, { world });
});

Deno.test("F53: a server keeps one tracking file, one database and the recorded ticks, and no second copy of any", async () => {
  const dataDir = await Deno.makeTempDir({ prefix: "bitten-files-" });
  const names = ["command", "telemetry", "signal", "signalTopic", "confirm", "relay", "relayTopic"];
  const gateways = Object.fromEntries(names.map((name) => [`${name}Port`, 0]));
  const read = readConfig(
    JSON.stringify({ dataDir, gateways, http: { port: 0, adminPort: 0 } }),
    () => undefined,
  );
  assert.ok(read.ok);
  const edges = await openEdges({ ...read.config, log: memoryLog(virtualClock(TUESDAY_MS)).log });
  for (const seq of [1, 2, 3]) {
    edges.journal.append([JSON.stringify({ seq, timestamp: TUESDAY_MS / 1_000 })], seq, TUESDAY_MS);
  }
  edges.history.record(makeTick(TUESDAY_MS, 1.1));
  await edges.close();

  const files = [...Deno.readDirSync(dataDir)].map(({ name }) => name).toSorted();
  await Deno.remove(dataDir, { recursive: true });
  assert.deepEqual(files, ["bitten.db", "comprehensive_tracking.jsonl", "lock", "ticks"]);
});
