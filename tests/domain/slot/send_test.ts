/**
 * Sending: one command per chart tick, one fire in the air, everything asked again with the live quote.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  askClose,
  hearResult,
  hearTick,
  nextWakeMs,
  pump,
  setHold,
  type SlotLedger,
  takeFire,
} from "../../../domain/slot.ts";
import { AUTOFIRE_DEFAULTS } from "../../../protocols/autofire.ts";
import type { Fire } from "../../../protocols/fire.ts";
import { fireId, lots, price, symbolName } from "../../../protocols/units.ts";
import { makeEa, makeQuote } from "../../kit/decisions.ts";
import { makeFire } from "../../kit/records.ts";
import { TUESDAY_MS } from "../../kit/signals.ts";
import {
  brief,
  EA,
  eaTick,
  filledFire,
  makeLedger,
  marketOf,
  moment,
  NODE,
  NOW,
  readyLedger,
  sentFire,
} from "../../kit/slots.ts";

const NOTHING = { fires: [], events: [], commands: [], conditions: [] };
const run = (ledger: SlotLedger, nowMs = NOW, market = marketOf(makeQuote("EURUSD", 1.0999, 1.1, nowMs))) =>
  pump(ledger, market, AUTOFIRE_DEFAULTS, moment(nowMs));
const chartTick = (ledger: SlotLedger, atMs: number) =>
  hearTick(ledger, eaTick(1.0999, atMs), "EURUSD.r", moment(atMs)).ledger;
const other = (changes: Partial<Fire> = {}) =>
  makeFire({
    id: fireId("F2"),
    symbol: symbolName("GBPUSD"),
    brokerSymbol: "GBPUSD.r",
    requestedAtMs: NOW + 1,
    ...changes,
  });

Deno.test("pump() sends a reserved fire right after a chart tick, and marks it sent with what is known", () => {
  const step = run(readyLedger([makeFire()]));

  assert.deepEqual(brief(step), {
    fires: ["sent"],
    events: ["fireSent"],
    commands: ["fire"],
    conditions: [],
  });
  assert.deepEqual(step.fires[0], {
    ...makeFire(),
    status: "sent",
    sentAtMs: NOW,
    sentToNodeId: NODE,
    preSendMargin: 0,
    preSendBalance: 10_000,
  });
  assert.deepEqual(step.commands, [{
    kind: "fire",
    eaId: EA,
    fireId: "F7Q2K9-u17",
    brokerSymbol: "EURUSD.r",
    direction: "BUY",
    stopLoss: 1.0985,
    takeProfit: 1.102,
    lots: 0.29,
    digits: 5,
  }]);
});

Deno.test("pump() waits while the EA is reconciling, not connected, or its chart has not ticked for 5 s", () => {
  const ready = readyLedger([makeFire()]);

  assert.deepEqual(brief(run({ ...ready, phase: "reconciling" })), NOTHING);
  assert.deepEqual(brief(run({ ...ready, connected: false })), NOTHING);
  assert.deepEqual(brief(run(ready, NOW + 5_001)), NOTHING);
  assert.deepEqual(brief(run(ready, NOW + 5_000)).commands, ["fire"]);
});

Deno.test("pump() sends one command per chart tick and one fire at a time", () => {
  const market = marketOf(makeQuote("EURUSD", 1.0999, 1.1, NOW), makeQuote("GBPUSD", 1.0999, 1.1, NOW));
  const first = run(readyLedger([makeFire(), other()]), NOW, market);
  const second = run(chartTick(first.ledger, NOW + 1_000), NOW + 1_000, market);
  const answered = {
    ...second.ledger,
    fires: new Map([...second.ledger.fires].filter(([id]) => id === "F2")),
  };

  assert.deepEqual(brief(first).commands, ["fire"]);
  assert.deepEqual(brief(run(first.ledger, NOW, market)), NOTHING);
  assert.deepEqual(brief(second), NOTHING);
  assert.deepEqual(brief(run(answered, NOW + 1_000, market)).commands, ["fire"]);
});

Deno.test("pump() counts ticks of the chart's symbol alone", () => {
  const used = run(readyLedger([makeFire(), other()])).ledger;
  const gbp =
    hearTick(used, eaTick(1.3, NOW + 1_000, { symbol: symbolName("GBPUSD") }), "GBPUSD.r", moment()).ledger;

  assert.equal(gbp.chart, used.chart);
  assert.equal(chartTick(gbp, NOW + 2_000).chart.ticks, used.chart.ticks + 1);
});

Deno.test("pump() sends a close before a fire, and a fire on the next tick", () => {
  const asked = askClose(readyLedger([makeFire(), filledFire({ id: fireId("F3") })]), 7, moment()).ledger;
  const first = run(asked);
  const second = run(chartTick(first.ledger, NOW + 500), NOW + 500);

  assert.deepEqual(first.commands, [{ kind: "closeTicket", eaId: EA, ticket: 7 }]);
  assert.equal(first.saves, true);
  assert.deepEqual(second.commands.map((each) => each.kind), ["fire"]);
});

Deno.test("askClose() asks once for the same ticket, and for everything with closeAll", () => {
  const once = askClose(askClose(readyLedger(), 7, moment()).ledger, 7, moment()).ledger;
  const all = askClose(once, null, moment()).ledger;

  assert.equal(once.closes.length, 1);
  assert.deepEqual(run({ ...all, closes: all.closes.slice(1) }).commands, [{ kind: "closeAll", eaId: EA }]);
});

Deno.test("pump() refuses what expired in the queue, and what a hold, a circuit or AutoTrading forbids", () => {
  const ready = readyLedger([makeFire()]);
  const end = makeFire().expiresAtMs;

  assert.deepEqual(brief(run(ready, end)).fires, []);
  assert.deepEqual(brief(run(ready, end + 1)), {
    fires: ["refused SIGNAL_EXPIRED"],
    events: ["fireRefused", "slotReleased"],
    commands: [],
    conditions: ["clear FIRE_OLD", "clear CLOSE_FAILED", "clear LEVEL_DROPPED"],
  });
  assert.deepEqual(brief(run(setHold(ready, "USER_HALTED", true))).fires, ["refused USER_HALTED"]);
  assert.deepEqual(brief(run(setHold(ready, "TRADING_HALTED", true))).fires, ["refused TRADING_HALTED"]);
  const lifted = setHold(setHold(ready, "TRADING_HALTED", true), "TRADING_HALTED", false);
  assert.deepEqual(brief(run(lifted)).commands, ["fire"]);
  assert.deepEqual(brief(run({ ...ready, ea: makeEa({ autotrading: false }) })).fires, [
    "refused AUTOTRADING_OFF",
  ]);
  const paused = { failuresAtMs: [], openUntilMs: NOW + 1 };
  assert.deepEqual(brief(run({ ...ready, circuit: paused })).fires, ["refused EA_CIRCUIT_OPEN"]);
});

Deno.test("pump() says which chart it waited for in vain", () => {
  const ready = readyLedger([makeFire()]);
  const late = makeFire().expiresAtMs + 1;
  const note = (ledger: SlotLedger) => run(ledger, late).fires[0]?.note;

  assert.equal(note(ready), "no tick of the EA's chart came in time; chart symbol EURUSD.r");
  assert.match(note({ ...ready, ea: makeEa({ chartSymbol: null }) })!, /unknown: restart the EA/);
  assert.match(note({ ...ready, phase: "reconciling" })!, /not compared with the ledger in time/);
});

Deno.test("pump() asks spread, drift and stops again at the live quote", () => {
  const ready = readyLedger([makeFire()]);
  const at = (bid: number, ask: number) => {
    const [fire] = run(ready, NOW, marketOf(makeQuote("EURUSD", bid, ask, NOW))).fires;
    return [fire?.status, fire?.code, fire?.note];
  };

  assert.deepEqual(at(1.0996, 1.1), [
    "refused",
    "SPREAD_TOO_WIDE",
    "spread 0.0004 is over 25 % of the stop distance 0.0015",
  ]);
  assert.deepEqual(at(1.1003, 1.1004).slice(0, 2), ["refused", "PRICE_RAN_AWAY"]);
  const lax = { ...AUTOFIRE_DEFAULTS, spreadFractionMax: 9, driftFractionMax: 9 };
  const stop = (bid: number, ask: number) =>
    pump(ready, marketOf(makeQuote("EURUSD", bid, ask, NOW)), lax, moment()).fires.map((
      fire,
    ) => [fire.code, fire.note]);
  assert.deepEqual(stop(1.0984, 1.0985), [[
    "STOP_INVALID",
    "BUY with stop 1.0985 and target 1.102 on the wrong side of 1.0984/1.0985",
  ]]);
  assert.deepEqual(stop(1.0988, 1.0989), [[
    "STOP_INVALID",
    "stop is 3.0 pips from 1.0988/1.0989, least is 5",
  ]]);
});

Deno.test("pump() waits for a quote of the fire's own symbol that is at most 30 s old", () => {
  const ready = readyLedger([makeFire()]);

  assert.deepEqual(brief(run(ready, NOW, marketOf(makeQuote("EURUSD", 1.0999, 1.1, NOW - 30_001)))), NOTHING);
  assert.deepEqual(brief(run(ready, NOW, marketOf(makeQuote("GBPUSD", 1.3, 1.3001, NOW)))), NOTHING);
});

Deno.test("pump() lets a fire whose quote is fresh pass one whose quote is not", () => {
  const market = marketOf(
    makeQuote("EURUSD", 1.0999, 1.1, NOW - 60_000),
    makeQuote("GBPUSD", 1.0999, 1.1, NOW),
  );

  assert.deepEqual(run(readyLedger([makeFire(), other()]), NOW, market).fires.map((fire) => fire.id), ["F2"]);
});

Deno.test("pump() sends nothing within 30 min before the chart's market closes", () => {
  const friday = Date.UTC(2026, 6, 10, 20, 30);
  const ready = readyLedger([makeFire({ requestedAtMs: friday, expiresAtMs: friday + 60_000 })]);
  const ticked = { ...ready, chart: { ticks: 1, lastAtMs: friday, usedAtTick: 0 } };

  assert.deepEqual(run(ticked, friday).fires.map((fire) => [fire.code, fire.note]), [
    ["MARKET_CLOSED", "the market of EURUSD closes in 30 min, limit 30 min"],
  ]);
});

Deno.test("pump() trims the lots when the stop is farther than at the decision, and never adds any", () => {
  const ready = readyLedger([makeFire({ lots: lots(0.3) })]);
  const sent = (ask: number) =>
    run(ready, NOW, marketOf(makeQuote("EURUSD", ask - 0.0001, ask, NOW))).fires[0];

  // 16 pips planned, 19 live: 0.3 × 16 / 19 = 0.2526
  assert.equal(sent(1.1003)?.lots, 0.25);
  assert.equal(sent(1.0998)?.lots, 0.3);
  const least = readyLedger([makeFire({ lots: lots(0.01) })]);
  const refused = run(least, NOW, marketOf(makeQuote("EURUSD", 1.1002, 1.1003, NOW))).fires[0];
  assert.deepEqual([refused?.status, refused?.code], ["refused", "VOLUME_BELOW_MIN"]);
});

Deno.test("a command that never left frees its slot, and one that did changes nothing", () => {
  const ledger = readyLedger([sentFire()]);
  const told = (result: Parameters<typeof hearResult>[2]) =>
    hearResult(ledger, fireId("F7Q2K9-u17"), result, moment()).fires.map((
      fire,
    ) => [fire.status, fire.code, fire.note]);

  assert.deepEqual(told({ result: "sent" }), []);
  assert.deepEqual(told({ result: "halted" }), [[
    "refused",
    "TRADING_HALTED",
    "the command was not sent: halted",
  ]]);
  assert.deepEqual(told({ result: "full", reason: "its queue is full" }), [[
    "refused",
    "EA_OFFLINE",
    "its queue is full",
  ]]);
  const filled = readyLedger([filledFire()]);
  assert.deepEqual(
    brief(hearResult(filled, fireId("F7Q2K9-u17"), { result: "unroutable" }, moment())),
    NOTHING,
  );
  assert.deepEqual(brief(hearResult(ledger, fireId("unheard"), { result: "unroutable" }, moment())), NOTHING);
});

Deno.test("a close that never left goes out again on a later tick", () => {
  const sent = run(askClose(readyLedger(), 7, moment()).ledger).ledger;
  const back = hearResult(sent, null, { result: "unroutable" }, moment()).ledger;

  assert.equal(back.closes[0]?.sentAtMs, null);
  assert.deepEqual(brief(run(chartTick(back, NOW + 1_000), NOW + 1_000)).commands, ["closeTicket"]);
});

Deno.test("takeFire() queues a reserved fire once, and refuses it when the EA is full", () => {
  const once = takeFire(readyLedger(), makeFire(), moment());
  const full = { ...readyLedger([filledFire({ id: fireId("F9") })]), ea: makeEa({ slotsMax: 1 }) };

  assert.deepEqual([brief(once), once.ledger.fires.size], [NOTHING, 1]);
  assert.deepEqual(brief(takeFire(once.ledger, makeFire(), moment())), NOTHING);
  const refused = takeFire(full, makeFire(), moment());
  assert.deepEqual(refused.fires.map((fire) => [fire.code, fire.note]), [[
    "SLOTS_FULL",
    "1 of 1 slots of the EA are taken",
  ]]);
  assert.deepEqual([...refused.ledger.fires.keys()], ["F9"]);
});

Deno.test("takeFire() throws for a fire that is not reserved for this EA", () => {
  assert.throws(
    () => takeFire(readyLedger(), sentFire(), moment()),
    /must be reserved for user_demo_00017: current value is sent/,
  );
});

Deno.test("nextWakeMs() is the earliest expiry or overdue answer", () => {
  assert.equal(nextWakeMs(makeLedger(), 20_000, 0), null);
  assert.equal(nextWakeMs(makeLedger([makeFire()]), 20_000, 0), TUESDAY_MS + 60_001);
  assert.equal(
    nextWakeMs(makeLedger([makeFire(), sentFire({ id: fireId("F2") })]), 20_000, 100),
    NOW + 20_101,
  );
});

Deno.test("hearTick() takes no crossing from a quote that was made before the fill, whenever it arrives", () => {
  const ledger = readyLedger([filledFire()]);
  const late = (atMs: number) =>
    hearTick(ledger, eaTick(1.0984, atMs, { receivedAtMs: NOW + 5_000 }), "EURUSD.r", moment(NOW + 5_000))
      .saves;

  assert.deepEqual([late(NOW - 1_001), late(NOW - 1_000)], [false, true]);
});

Deno.test("hearTick() notes a crossing of an open position once, and saves it", () => {
  const ledger = readyLedger([filledFire()]);
  const tick = (from: SlotLedger, bid: number, atMs: number) =>
    hearTick(from, eaTick(bid, atMs, { ask: price(bid + 0.0001) }), "EURUSD.r", moment(atMs));
  const before = tick(ledger, 1.0984, NOW + 500);
  const above = tick(ledger, 1.0986, NOW + 2_000);
  const crossed = tick(above.ledger, 1.0985, NOW + 3_000);
  const again = tick(crossed.ledger, 1.09, NOW + 4_000);

  assert.deepEqual([before, above, crossed, again].map((step) => step.saves), [false, false, true, false]);
  assert.deepEqual(again.ledger.evidence.touches, {
    "F7Q2K9-u17": { level: "SL", price: 1.0985, atMs: NOW + 3_000 },
  });
});
