/**
 * The 30 s cycle, an operator's settlements, and the check of a symbol's table by its first fill.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  askClose,
  assignEa,
  hearTick,
  pump,
  reconcile,
  resetCircuit,
  resolveFire,
  runCycle,
  type SlotLedger,
} from "../../../domain/slot.ts";
import { AUTOFIRE_DEFAULTS } from "../../../protocols/autofire.ts";
import type { Fire } from "../../../protocols/fire.ts";
import { fireId, lots, money, price, symbolName, userId } from "../../../protocols/units.ts";
import { makeEa, makeQuote } from "../../kit/decisions.ts";
import { makeFire } from "../../kit/records.ts";
import {
  brief,
  contextOf,
  EA,
  eaTick,
  filledFire,
  makeHeartbeat,
  makeLedger,
  marketOf,
  moment,
  NOW,
  readyLedger,
  sentFire,
} from "../../kit/slots.ts";

const HOUR_MS = 3_600_000;
const cycle = (ledger: SlotLedger, nowMs: number) =>
  runCycle(ledger, marketOf(makeQuote("EURUSD", 1.0999, 1.1, nowMs)), AUTOFIRE_DEFAULTS, moment(nowMs));

Deno.test("an EA silent for more than 75 s is lost, once", () => {
  const quiet = cycle(readyLedger(), NOW + 75_000);
  const lost = cycle(quiet.ledger, NOW + 75_001);

  assert.deepEqual(brief(quiet).events, []);
  assert.deepEqual(lost.events, [{ kind: "eaLost", eaId: EA, silentMs: 75_001 }]);
  assert.deepEqual(brief(cycle(lost.ledger, NOW + 105_001)).events, []);
  const back = reconcile(lost.ledger, makeHeartbeat(), contextOf(NOW + 120_000));
  assert.deepEqual(brief(back).events, ["eaConnected"]);
});

Deno.test("silence while the chart's market is closed is normal", () => {
  const saturday = Date.UTC(2026, 6, 11, 12);

  assert.deepEqual(
    brief(cycle({ ...readyLedger(), lastHeartbeatAtMs: saturday - HOUR_MS }, saturday)).events,
    [],
  );
});

Deno.test("an EA that never came back after a start is lost only if fires are open on it", () => {
  assert.deepEqual(brief(cycle(makeLedger(), NOW + HOUR_MS)).events, []);
  assert.deepEqual(brief(cycle(makeLedger([filledFire()]), NOW + HOUR_MS)).events, ["eaLost"]);
});

Deno.test("an EA that ticks and says nothing on its command channel for more than 75 s is reported until it beats", () => {
  const ticks = (ledger: SlotLedger, atMs: number) =>
    hearTick(ledger, eaTick(1.0999, atMs), "EURUSD.r", moment(atMs)).ledger;
  const never = ticks(makeLedger(), NOW);
  const frozen = ticks(readyLedger(), NOW);
  const said = (ledger: SlotLedger, atMs: number) => brief(cycle(ledger, atMs)).conditions;
  const silent = (ledger: SlotLedger) =>
    brief(runCycle(ledger, marketOf(), AUTOFIRE_DEFAULTS, moment(NOW + 75_001))).conditions;

  const raised = ["raise COMMAND_CHANNEL_SILENT"];
  assert.deepEqual([said(never, NOW + 75_000), said(never, NOW + 75_001)], [[], raised]);
  assert.deepEqual([said(frozen, NOW + 75_000), said(frozen, NOW + 75_001)], [[], raised]);
  // Neither the one that never ticked nor the one that stopped has a channel that is alive.
  assert.deepEqual([said(makeLedger(), NOW + HOUR_MS), silent(frozen)], [[], []]);
  const back = reconcile(cycle(frozen, NOW + 75_001).ledger, makeHeartbeat(), contextOf(NOW + 76_000));
  assert.equal(brief(back).conditions[0], "clear COMMAND_CHANNEL_SILENT");
});

Deno.test("a crossed position that nothing decided for 120 s is asked about with one close_ticket", () => {
  const crossed =
    hearTick(readyLedger([filledFire()]), eaTick(1.0984, NOW + 2_000), "EURUSD.r", moment(NOW + 2_000))
      .ledger;
  const early = cycle(crossed, NOW + 122_000);
  const due = cycle(crossed, NOW + 122_001);

  assert.deepEqual([early.ledger.closes, early.saves], [[], false]);
  assert.deepEqual([due.ledger.closes.map((each) => [each.ticket, each.why]), due.saves], [
    [[7, "probe"]],
    true,
  ]);
  assert.equal(cycle(due.ledger, NOW + 152_001).ledger.closes.length, 1);
  const done = { ...due.ledger, closes: [] };
  assert.deepEqual(cycle(done, NOW + 900_000).ledger.closes, []);
});

Deno.test("a position over 4 h old raises a question and keeps its slot", () => {
  const ledger = { ...readyLedger([filledFire()]), lost: true };
  const young = cycle(ledger, NOW + 1_000 + 4 * HOUR_MS);
  const old = cycle(ledger, NOW + 1_001 + 4 * HOUR_MS);

  assert.deepEqual([brief(young).conditions, brief(old).conditions], [[], ["raise FIRE_OLD"]]);
  assert.equal(old.ledger.fires.size, 1);
});

Deno.test("a close is given up 60 s after it went out, or 10 min after it was asked for, and said to have failed", () => {
  const asked = askClose(readyLedger([filledFire()]), 7, moment()).ledger;
  const sent = pump(asked, marketOf(), AUTOFIRE_DEFAULTS, moment()).ledger;
  const failed = cycle(sent, NOW + 60_001);

  assert.deepEqual([cycle(sent, NOW + 60_000).ledger.closes.length, failed.ledger.closes.length], [1, 0]);
  assert.deepEqual(failed.conditions, [{
    kind: "raise",
    code: "CLOSE_FAILED",
    subject: "F7Q2K9-u17",
    message: "close_ticket 7 was not answered: close by hand, then resolve",
  }]);
  assert.equal(cycle(asked, NOW + 600_000).ledger.closes.length, 1);
  assert.match(
    String((cycle({ ...asked, lost: true }, NOW + 600_001).conditions[0] as { message: string }).message),
    /found no tick of the EA's chart/,
  );
});

Deno.test("a cycle twice in one moment writes and says nothing new the second time", () => {
  const ledger = hearTick(
    readyLedger([filledFire(), sentFire({ id: fireId("F2") })]),
    eaTick(1.0984, NOW + 2_000),
    "EURUSD.r",
    moment(NOW + 2_000),
  ).ledger;
  const first = cycle(ledger, NOW + 200_000);
  const second = cycle(first.ledger, NOW + 200_000);

  assert.deepEqual([second.fires, second.events, second.saves, second.ledger.closes], [
    [],
    [],
    false,
    first.ledger.closes,
  ]);
});

Deno.test("an operator's reset closes the circuit, forgets return code 10027 and takes a new account for right", () => {
  const paused = {
    ...readyLedger(),
    ea: makeEa({ autotrading: false }),
    circuit: { failuresAtMs: [1, 2, 3], openUntilMs: NOW * 2 },
  };
  const step = resetCircuit(paused);

  assert.deepEqual([step.ledger.circuit.openUntilMs, step.ledger.ea.autotrading, step.saves], [
    null,
    null,
    true,
  ]);
  assert.deepEqual(brief(step).conditions, [
    "clear EA_ACCOUNT_CHANGED",
    "clear EA_IMPOSTOR",
    "clear EA_CIRCUIT_OPEN",
  ]);
  // With fires open on the earlier account these have to be settled first.
  const moved = brief(resetCircuit({ ...paused, accountChanged: true }));
  assert.deepEqual(moved.conditions, ["clear EA_IMPOSTOR", "clear EA_CIRCUIT_OPEN"]);
});

Deno.test("an operator settles an ambiguous fire as filled, closed or expired, under his name", () => {
  const doubtful = sentFire({ status: "ambiguous" });
  const ledger = readyLedger([doubtful]);
  const resolve = (resolution: Parameters<typeof resolveFire>[2], fire: Fire = doubtful) => {
    const step = resolveFire(ledger, fire, resolution, "ann", moment());
    return typeof step === "string"
      ? step
      : step.fires.map((each) => [each.status, each.ticket, each.closeReason, each.note]);
  };

  assert.deepEqual(resolve({ status: "filled", ticket: 9 }), [["filled", 9, null, null]]);
  assert.deepEqual(resolve({ status: "closed", reason: "CLOSED_BY_OPERATOR" }), [
    ["closed", null, "CLOSED_BY_OPERATOR", "settled by ann"],
  ]);
  assert.deepEqual(resolve({ status: "expired" }), [["expired", null, null, "settled by ann"]]);
  assert.equal(
    resolve({ status: "expired" }, filledFire()),
    "fire F7Q2K9-u17 is filled and cannot become expired",
  );
  assert.equal(
    resolve({ status: "closed", reason: "OTHER" }, makeFire()),
    "fire F7Q2K9-u17 is reserved and cannot become closed",
  );
});

Deno.test("an EA given to another user refuses what waited for the old one", () => {
  const step = assignEa(readyLedger([makeFire(), filledFire({ id: fireId("F2") })]), userId("u18"), moment());

  assert.deepEqual([step.ledger.ea.userId, step.saves, brief(step).fires], ["u18", true, [
    "refused EA_OFFLINE",
  ]]);
  assert.deepEqual(brief(assignEa(readyLedger([makeFire()]), userId("u17"), moment())).fires, []);
});

const gold = (changes: Partial<Fire> = {}) =>
  filledFire({
    symbol: symbolName("XAUUSD"),
    brokerSymbol: "GOLD",
    lots: lots(0.1),
    entry: price(3_400),
    fillPrice: price(3_400),
    stopLoss: price(3_390),
    takeProfit: price(3_420),
    ...changes,
  });
/** Heartbeats while gold is 2 USD, 20 pips, in profit: 0.1 lots of 100 oz float 20 USD. */
const floats = (fire: Fire, floating: number, beats: number) => {
  let ledger = readyLedger([fire]);
  const raised: string[] = [];
  for (let nth = 1; nth <= beats; nth++) {
    const atMs = NOW + nth * 30_000;
    const market = marketOf(makeQuote("XAUUSD", 3_402, 3_402.3, atMs));
    const step = reconcile(
      ledger,
      makeHeartbeat({ margin: money(34), equity: money(10_000 + floating) }),
      contextOf(atMs, { market }),
    );
    ledger = step.ledger;
    raised.push(...brief(step).conditions.filter((each) => each.includes("SPEC")));
  }
  return { raised, suspects: [...ledger.suspects] };
};

Deno.test("a first fill that floats more than 20 % off the table, twice, makes its symbol suspect", () => {
  assert.deepEqual(floats(gold(), 23.9, 3), { raised: [], suspects: [] });
  assert.deepEqual(floats(gold(), 24.1, 1), { raised: [], suspects: [] });
  assert.deepEqual(floats(gold(), 24.1, 3), { raised: ["raise SYMBOL_SPEC_SUSPECT"], suspects: ["XAUUSD"] });
  assert.deepEqual(floats(gold(), 200, 2).suspects, ["XAUUSD"]);
});

Deno.test("a fill is no witness when something else was open, or the move is too small to measure", () => {
  assert.deepEqual(floats(gold({ preSendMargin: money(50) }), 200, 3).suspects, []);
  assert.deepEqual(floats(gold({ fillPrice: price(3_401.5) }), 200, 3).suspects, []);
});
