/**
 * Heartbeats that name no position: what closes by inference, what is asked, and what a late heartbeat cannot free.
 *
 * @module
 */
import assert from "node:assert/strict";
import { hearTick, NO_EVIDENCE, reconcile, restoreEvidence, type SlotLedger } from "../../../domain/slot.ts";
import type { Fire } from "../../../protocols/fire.ts";
import { fireId, lots, money, price, symbolName } from "../../../protocols/units.ts";
import { makeQuote } from "../../kit/decisions.ts";
import {
  brief,
  contextOf,
  eaTick,
  filledFire,
  makeHeartbeat,
  makeLedger,
  marketOf,
  moment,
  NOW,
  readyLedger,
} from "../../kit/slots.ts";

/** 0.29 lots bind 68.21 and lose 43.50 at the stop, 15 pips below. */
const FIRE = filledFire();
const PERIOD_MS = 30_000;

/** Ledger and time, stepped by heartbeats and ticks. */
class Watch {
  atMs = NOW + 2_000;
  said: ReturnType<typeof brief>[] = [];
  closed: Fire[] = [];

  constructor(public ledger: SlotLedger) {}

  beat(margin: number, balance: number, equity = balance): this {
    this.atMs += PERIOD_MS;
    const account = { margin: money(margin), balance: money(balance), equity: money(equity) };
    return this.take(reconcile(this.ledger, makeHeartbeat(account), contextOf(this.atMs)));
  }

  tick(bid: number, changes: Parameters<typeof eaTick>[2] = {}, afterMs = 1_000): this {
    this.atMs += afterMs;
    return this.take(hearTick(this.ledger, eaTick(bid, this.atMs, changes), "EURUSD.r", moment(this.atMs)));
  }

  take(step: ReturnType<typeof reconcile>): this {
    this.ledger = step.ledger;
    this.said.push(brief(step));
    this.closed.push(...step.fires.filter((fire) => fire.status === "closed"));
    return this;
  }

  get reasons(): readonly (readonly unknown[])[] {
    return this.closed.map((fire) => [fire.id, fire.closeReason, fire.closePrice]);
  }

  get questions(): readonly string[] {
    return this.said.flatMap((each) => each.conditions).filter((each) => each.startsWith("raise"));
  }
}

const watching = (...fires: readonly Fire[]) => new Watch(readyLedger(fires, { margin: money(0) }));
const second = (changes: Partial<Fire> = {}) =>
  filledFire({
    id: fireId("F2"),
    ticket: 8,
    symbol: symbolName("GBPUSD"),
    brokerSymbol: "GBPUSD.r",
    marginMoney: money(200),
    lots: lots(0.5),
    ...changes,
  });

Deno.test("a stop that was crossed closes the fire once the margin is 0.00", () => {
  const watch = watching(FIRE).beat(68.21, 9_998.99).tick(1.0984).beat(0, 9_955);

  assert.deepEqual(watch.reasons, [["F7Q2K9-u17", "CLOSED_INFERRED", 1.0984]]);
  assert.match(
    watch.closed[0]?.note ?? "",
    /^SL crossed at 1\.0984, margin 68\.21 → 0\.00, balance 9998\.99 → 9955\.00$/,
  );
  assert.equal(watch.closed[0]?.closedAtMs, NOW + 33_000);
  assert.deepEqual(watch.said.at(-1)?.events, ["fireClosed", "slotReleased"]);
});

Deno.test("a target that was crossed closes at the target's price", () => {
  const watch = watching(FIRE).beat(68.21, 9_998.99).tick(1.1025).beat(0, 10_056);

  assert.deepEqual(watch.reasons, [["F7Q2K9-u17", "CLOSED_INFERRED", 1.102]]);
});

Deno.test("a heartbeat made before the fill frees nothing, though it arrives after fill and crossing", () => {
  const watch = watching(FIRE).tick(1.0984, {}, 500).beat(0, 10_000);

  assert.deepEqual([watch.reasons, watch.questions], [[], []]);
  assert.deepEqual(watch.beat(68.21, 9_998.99).reasons, []);
  assert.deepEqual(watch.beat(0, 9_955).reasons.length, 1);
});

Deno.test("a fire that opened and closed between two heartbeats is closed by its result", () => {
  const watch = watching(FIRE).tick(1.0984).beat(0, 10_000 - 46.4);

  assert.deepEqual(watch.reasons, [["F7Q2K9-u17", "CLOSED_INFERRED", 1.0984]]);
});

Deno.test("without a crossing a close by hand needs margin and balance, twice", () => {
  const watch = watching(FIRE).beat(68.21, 9_998.99).tick(1.1008).tick(1.1009).beat(0, 10_023);

  assert.deepEqual(watch.reasons, []);
  assert.deepEqual(watch.beat(0, 10_023).reasons, [["F7Q2K9-u17", "CLOSED_MANUAL_INFERRED", 1.0999]]);
});

Deno.test("a crossing that arrives after its heartbeat is still a crossing", () => {
  const watch = watching(FIRE).beat(68.21, 9_998.99).tick(1.09855).beat(0, 9_955).tick(1.0985, {}, 500).beat(
    0,
    9_955,
  );

  assert.deepEqual(watch.reasons, [["F7Q2K9-u17", "CLOSED_INFERRED", 1.0985]]);
});

Deno.test("margin gone and a balance that fits nothing raise a question and release nothing", () => {
  const watch = watching(FIRE).beat(68.21, 9_998.99).tick(1.1001).beat(0, 12_000).beat(0, 12_000);

  assert.deepEqual([watch.reasons, watch.questions], [[], ["raise CLOSE_QUESTION", "raise CLOSE_QUESTION"]]);
});

Deno.test("a question that nothing answers stands until its position is settled by hand", () => {
  const watch = watching(FIRE, second()).beat(268.21, 9_997).tick(1.1001);
  for (let beats = 0; beats < 10; beats++) watch.beat(200, 12_000);

  assert.deepEqual([watch.reasons, [...new Set(watch.questions)]], [[], ["raise CLOSE_QUESTION"]]);
  const last = watch.said.slice(6).flatMap((each) => each.conditions);
  assert.equal(last.includes("clear CLOSE_QUESTION"), false);
});

Deno.test("a question is cleared when a later heartbeat answers it", () => {
  const watch = watching(FIRE).beat(68.21, 9_998.99).tick(1.1001).beat(0, 12_000).tick(1.0984).beat(0, 9_955);

  assert.deepEqual(watch.reasons.length, 1);
  assert.ok(watch.said.at(-1)?.conditions.includes("clear CLOSE_QUESTION"));
});

Deno.test("of two positions the crossed one is closed and the other stays", () => {
  const watch = watching(FIRE, second()).beat(268.21, 9_997).tick(1.0984).beat(200, 9_952);

  assert.deepEqual(watch.reasons.map(([id]) => id), ["F7Q2K9-u17"]);
  assert.deepEqual([...watch.ledger.fires.keys()], ["F2"]);
});

Deno.test("a balance that jumps by more than 10 while nothing closed is asked about until its positions are settled", () => {
  const watch = watching(FIRE).beat(68.21, 9_998.99).beat(68.21, 10_008.9);
  assert.deepEqual(watch.questions, []);
  watch.beat(68.21, 10_030).beat(68.21, 10_030);

  assert.deepEqual([watch.questions, watch.reasons], [["raise BALANCE_JUMP"], []]);
  assert.equal(watch.said.at(-1)?.conditions.includes("clear BALANCE_JUMP"), false);
  watch.tick(1.0984).beat(0, 9_986).beat(0, 9_986);
  assert.ok(watch.said.at(-1)?.conditions.includes("clear BALANCE_JUMP"));
});

Deno.test("a rise of the margin with nothing booked is another's position, and no question", () => {
  const watch = watching(FIRE).beat(68.21, 9_998.99).beat(568.21, 9_998.99);

  assert.deepEqual(watch.questions, []);
  assert.deepEqual(watch.tick(1.0984).beat(500, 9_955).reasons.length, 1);
});

Deno.test("a gain booked while the margin rose is asked about: one closed as another opened", () => {
  const late = second({ filledAtMs: NOW + 40_000, lots: lots(16), marginMoney: money(3_266) });
  const watch = watching(FIRE).beat(68.21, 9_998.99);
  watch.ledger = { ...watch.ledger, fires: new Map(watch.ledger.fires).set(late.id, late) };
  // 68.21 less, 3,266 more, and 110 earned: less than the new position may cost.
  for (let beats = 0; beats < 4; beats++) watch.beat(3_266, 10_109);

  assert.deepEqual(watch.questions.at(-1), "raise CLOSE_QUESTION");
  assert.deepEqual(watch.reasons, []);
});

Deno.test("the margin of a lone new position is measured when it differs from the expected one", () => {
  const gold = filledFire({ marginMoney: money(100), lots: lots(0.1) });
  const watch = watching(gold).beat(0, 10_000).beat(500, 9_999.3);

  assert.deepEqual(watch.ledger.evidence.margins, { "F7Q2K9-u17": 500 });
  assert.deepEqual(watch.questions, []);
});

Deno.test("a close by command between two heartbeats leaves its margin out of the next weighing", () => {
  const watch = watching(FIRE, second()).beat(268.21, 9_997);
  const fires = new Map(watch.ledger.fires);
  fires.delete(fireId("F2"));
  watch.ledger = {
    ...watch.ledger,
    fires,
    evidence: { ...watch.ledger.evidence, included: [FIRE.id], base: { margin: 68.21, balance: null } },
  };

  assert.deepEqual(watch.beat(68.21, 10_100).reasons, []);
  assert.deepEqual([watch.questions, watch.ledger.evidence.base], [[], { margin: 68.21, balance: 10_100 }]);
});

Deno.test("evidence outlives a restart: a crossing before it and a margin gone after it close the fire", () => {
  const before = watching(FIRE).beat(68.21, 9_998.99).tick(1.0984).ledger.evidence;
  const stored = JSON.parse(JSON.stringify(before));
  const after = new Watch(makeLedger([FIRE], { evidence: restoreEvidence(stored) }));

  assert.deepEqual(after.beat(0, 9_955).reasons, [["F7Q2K9-u17", "CLOSED_INFERRED", 1.0984]]);
});

Deno.test("what closed unseen while the house was away is told by margin and balance together, twice", () => {
  const before = watching(FIRE).beat(68.21, 9_998.99).ledger.evidence;
  const after = new Watch(makeLedger([FIRE], { evidence: restoreEvidence(before) }));

  assert.deepEqual(after.beat(0, 9_955).reasons, []);
  assert.deepEqual(after.beat(0, 9_955).reasons.map(([, reason]) => reason), ["CLOSED_MANUAL_INFERRED"]);
});

Deno.test("without any earlier heartbeat only a crossing and a margin of 0.00 close", () => {
  const fresh = () => new Watch(makeLedger([FIRE], { evidence: NO_EVIDENCE }));

  assert.deepEqual(fresh().beat(0, 9_955).beat(0, 9_955).beat(0, 9_955).reasons, []);
  assert.deepEqual(fresh().tick(1.0984).beat(0, 9_955).beat(0, 9_955).reasons.length, 1);
});

Deno.test("the results of a yen pair are converted by the EA's own quotes", () => {
  const yen = filledFire({
    symbol: symbolName("USDJPY"),
    fillPrice: price(150),
    entry: price(150),
    stopLoss: price(149.85),
    takeProfit: price(150.2),
    lots: lots(0.5),
    marginMoney: money(100),
  });
  const quote = makeQuote("USDJPY", 149.84, 149.86, NOW + 60_000);
  const start = readyLedger([yen], { margin: money(0) });
  const at = NOW + 60_000;
  const context = contextOf(at, { market: marketOf(quote) });
  const seen =
    reconcile(start, makeHeartbeat({ margin: money(100), balance: money(9_998) }), contextOf(NOW + 30_000))
      .ledger;
  const crossed =
    hearTick(seen, eaTick(149.84, at - 500, { symbol: yen.symbol }), "USDJPY", moment(at)).ledger;

  // 16 pips × 500 JPY = 8,000 JPY = 53.4 USD; the margin is bound by someone else again
  const step = reconcile(
    crossed,
    makeHeartbeat({ margin: money(100), balance: money(9_998 - 53.4) }),
    context,
  );

  assert.deepEqual(step.fires.map((fire) => fire.closeReason), ["CLOSED_INFERRED"]);
});
