/**
 * Recorded failures of figures: made up, counted by fills, tracked at other levels, torn between two writers.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { AnalyticsSummary } from "../../protocols/analytics.ts";
import { confidence, type EaId, eaId, pips, price, signalId } from "../../protocols/units.ts";
import { makeOutcome, makeSignal, TUESDAY_MS } from "../kit/signals.ts";
import { ANN_EA, type Floor, onFloor } from "./floor.ts";
import { MINUTE } from "./market_setup.ts";
import { askPublic } from "./public_port.ts";

/** The figures of the last six hours. */
async function figures({ house, answer }: Floor): Promise<AnalyticsSummary> {
  const nowMs = house.market.nowMs();
  return await answer(house.at.analytics.ask<AnalyticsSummary>((reply) => ({
    kind: "summary",
    timeframeMs: 6 * 60 * MINUTE,
    nowMs,
    reply,
  })));
}

Deno.test("F33: fills, tickets and a quick rise are no win; the signal's own end is, and counts once for all its fires", async () => {
  await onFloor(async (floor) => {
    await floor.house.user("ann", ANN_EA);
    const ea = await floor.ready();
    const signal = floor.signal(ea, "EURUSD", {
      feed: ANN_EA as EaId,
      stopPips: pips(20),
      targetPips: pips(30),
    });
    await floor.raise(signal);
    await ea.confirm(ea.fill());
    ea.price("EURUSD", 1.1015, 1.1016);
    await floor.run(70);
    const quick = await figures(floor);
    ea.price("EURUSD", 1.098, 1.0981);
    await floor.run(2);
    const ended = await figures(floor);

    assert.deepEqual([floor.fire().status, floor.fire().ticket], ["filled", 7_001]);
    assert.deepEqual([quick.totalSignals, quick.resolved, quick.wins, quick.openSignals], [1, 0, 0, 1]);
    assert.deepEqual([ended.resolved, ended.wins, ended.winRate], [1, 0, 0]);
    const line = JSON.parse(floor.world.journal.lines[0]!);
    assert.deepEqual([line.outcome, line.pips_result, floor.world.journal.lines.length], ["LOSS", -20, 1]);
  });
});

Deno.test("F34: the levels that are tracked are the levels that are traded, whatever the reward to risk", async () => {
  await onFloor(async (floor) => {
    await floor.house.user("ann", ANN_EA);
    const ea = await floor.ready();
    const target = { takeProfit: price(1.1012), targetPips: pips(12), riskReward: 0.6 };
    const signal = floor.signal(ea, "EURUSD", { feed: eaId(ANN_EA), stopPips: pips(20), ...target });
    await floor.raise(signal);
    const [command] = ea.fires;
    await ea.confirm(ea.fill());
    await floor.run(2);
    ea.price("EURUSD", 1.1013, 1.1014);
    await floor.run(2);

    const { stopLoss, takeProfit } = floor.fire();
    assert.deepEqual([command!.stopLoss, command!.takeProfit], [signal.stopLoss, 1.1012]);
    assert.deepEqual([stopLoss, takeProfit], [signal.stopLoss, 1.1012]);
    const line = JSON.parse(floor.world.journal.lines[0]!);
    assert.deepEqual([line.sl, line.tp, line.exit_price, line.r, line.risk_reward], [
      signal.stopLoss,
      1.1012,
      1.1012,
      0.6,
      0.6,
    ]);
  });
});

Deno.test("F53: outcomes that nobody knows, full of nulls, break no figure and leave no line", async () => {
  await onFloor(async (floor) => {
    const unknown = makeSignal({ id: signalId("U1"), signaledAtMs: TUESDAY_MS - MINUTE });
    const outcome = makeOutcome(unknown, { result: "UNKNOWN", exitPrice: null, pips: null, r: null });
    const committed = floor.house.at.store.commit([
      { put: "signals", row: { ...unknown, outcome } },
      { event: { kind: "signalRaised", signal: unknown }, source: "test", atMs: TUESDAY_MS },
      { event: { kind: "outcomeResolved", signal: unknown, outcome }, source: "test", atMs: TUESDAY_MS },
    ]);
    await floor.answer(committed);
    const live = await figures(floor);
    await floor.restart();
    const recalled = await figures(floor);

    for (const { totalSignals, resolved, winRate, averageDurationMs, recommendation } of [live, recalled]) {
      assert.deepEqual([totalSignals, resolved, winRate, averageDurationMs, recommendation], [
        1,
        0,
        null,
        null,
        null,
      ]);
    }
    assert.deepEqual(floor.world.journal.lines, []);
    const { status, body } = await floor.admin("GET", "/admin/api/signals");
    assert.deepEqual([status, (body as { count: number }).count], [200, 1]);
  });
});

Deno.test("F41: a house without results shows none: no win rate, no duration, no pattern, nothing that looks good", async () => {
  await onFloor(async (floor) => {
    await floor.house.user("ann", ANN_EA);
    const ea = await floor.ready();
    const shown = async () => {
      const health = await (await askPublic(floor, "/healthz")).json();
      const figures = await (await askPublic(floor, "/api/pattern-analytics?timeframe=24h")).json();
      return [
        health.signals_last_6h,
        health.win_rate,
        health.avg_trade_duration,
        health.active_slots,
        figures.total_signals,
        figures.wins,
        figures.win_rate,
        Object.keys(figures.patterns),
      ];
    };
    const empty = await shown();
    await floor.raise(floor.signal(ea, "EURUSD"));
    await ea.confirm(ea.fill());
    await floor.run(2);

    assert.deepEqual(empty, [0, null, null, "0/10", 0, 0, null, []]);
    // A fill with its ticket is a taken slot, and no result.
    assert.deepEqual(await shown(), [1, null, null, "1/10", 1, 0, null, ["BB_SCALP"]]);
    const page = await (await askPublic(floor, "/")).text();
    assert.match(page, /<dt>Win rate, %<\/dt>\s*<dd>none yet<\/dd>/);
    assert.match(page, /Nothing has resolved yet/);
  });
});

/** What has to be known of a signal and of a fire that ran its course, by the admin port's names. */
const SIGNAL_FIELDS =
  "entry stop_loss take_profit stop_pips target_pips risk_reward atr pattern session outcome".split(" ");
const FIRE_FIELDS =
  ("entry stop_loss take_profit lots risk_money ticket fill_price filled_lots close_price close_reason " +
    "profit sent_at_ms filled_at_ms closed_at_ms").split(" ");

Deno.test("F43: however many write a signal and a fire, both rows end whole, and the admin port shows no 0.0 and no UNKNOWN", async () => {
  await onFloor(async (floor) => {
    await floor.house.user("ann", ANN_EA);
    const ea = await floor.ready({ variant: "v2.06H" });
    const signal = floor.signal(ea, "EURUSD", {
      feed: ANN_EA as never,
      stopPips: pips(20),
      targetPips: pips(30),
    });
    await floor.raise(signal);
    const rival = await floor.answer(floor.house.at.store.commit([
      { insert: "signals", row: { ...signal, stopLoss: 0 as never, takeProfit: 0 as never, outcome: null } },
      { event: { kind: "signalRaised", signal }, source: "rival", atMs: signal.signaledAtMs },
    ]));
    await ea.confirm(ea.fill());
    await floor.run(35);
    ea.price("EURUSD", 1.1031, 1.1032);
    await floor.run(2);
    await ea.confirm(ea.close(ea.positions[0]!.ticket, 1.103, "TP"));
    await floor.run(35);

    assert.deepEqual([rival.ok, floor.count("signalRaised")], [false, 1]);
    const { outcome, ...row } = floor.rows("signals")[0]!;
    assert.deepEqual(row, signal);
    assert.equal(outcome!.result, "WIN");
    for (const [name, fields] of [["signals", SIGNAL_FIELDS], ["fires", FIRE_FIELDS]] as const) {
      const { body } = await floor.admin("GET", `/admin/api/${name}`);
      const [shown] = (body as Record<string, Record<string, unknown>[]>)[name]!;
      const missing = fields.filter((field) =>
        [undefined, null, 0, "UNKNOWN"].includes(shown![field] as never)
      );
      assert.deepEqual(missing, [], JSON.stringify(shown));
    }
  });
});

Deno.test("F32: a confidence is 0 to 100 everywhere: where it is made, gated, stored, published, shown and tracked", async () => {
  await onFloor(async (floor) => {
    await floor.house.user("ann", ANN_EA);
    const ea = await floor.ready();
    const published: string[] = [];
    const sub = floor.world.network.peers.sub({
      connect: `tcp://127.0.0.1:${floor.house.ports.signal}`,
      topics: [""],
    });
    sub.start((batch) => published.push(...batch.map(([frame]) => new TextDecoder().decode(frame))));
    const raise = (value: number) =>
      floor.raise(floor.signal(ea, "EURUSD", { confidence: confidence(value), feed: ANN_EA as never }));

    for (const outside of [0.825, 79.9, 89.1]) await raise(outside);
    await raise(89);
    ea.price("EURUSD", 1.1035, 1.1036);
    await floor.run(2);

    assert.deepEqual(floor.decisions(), [
      "ann CONFIDENCE_OUT_OF_BAND",
      "ann CONFIDENCE_OUT_OF_BAND",
      "ann CONFIDENCE_OUT_OF_BAND",
      "ann FIRED",
    ]);
    const { body } = await floor.admin("GET", "/admin/api/signals");
    const everywhere = [
      floor.rows("signals"),
      (body as { readonly signals: readonly { readonly confidence: number }[] }).signals,
      published.map((line) => JSON.parse(line.slice(line.indexOf("{")))),
      floor.world.journal.lines.map((line) => JSON.parse(line)),
    ].map((signals) => signals.map(({ confidence }) => confidence as number).toSorted((a, b) => a - b));
    assert.deepEqual(everywhere, Array(4).fill([0.825, 79.9, 89, 89.1]));
  });
});
