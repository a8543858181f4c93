/**
 * The paper broker: fills, levels, margin, money and refusals.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { rateOf } from "../../scripts/sim/account.ts";
import type { BrokerOptions, MarketOrder } from "../../scripts/sim/orders.ts";
import { PaperBroker } from "../../scripts/sim/paper_broker.ts";
import type { MarketTick } from "../../scripts/sim/prices.ts";

/** A Wednesday noon. */
const AT = Date.UTC(2026, 8, 9, 12);
const tick = (symbol: string, bid: number, ask: number, atMs = AT): MarketTick => ({
  symbol,
  bid,
  ask,
  atMs,
});

function brokerWith(options: Partial<BrokerOptions> = {}): PaperBroker {
  const broker = new PaperBroker({
    symbols: ["EURUSD", "USDJPY", "EURJPY", "XAUUSD", "GBPUSD"],
    balance: 10_000,
    currency: "USD",
    leverage: 500,
    commissionPerLot: 7,
    stopOutLevelPercent: 50,
    slippagePointsMax: 0,
    random: () => 0,
    reject: () => null,
    ...options,
  });
  broker.tick(tick("EURUSD", 1.1, 1.10008));
  broker.tick(tick("USDJPY", 150, 150.01));
  broker.tick(tick("EURJPY", 165, 165.02));
  broker.tick(tick("XAUUSD", 2_400, 2_400.2));
  return broker;
}

const order = (changes: Partial<MarketOrder> = {}): MarketOrder => ({
  symbol: "EURUSD",
  direction: "BUY",
  lots: 1,
  stopLoss: 0,
  takeProfit: 0,
  comment: "SIG7Q2-u17",
  ...changes,
});

function retcode(broker: PaperBroker, changes: Partial<MarketOrder>, atMs = AT): number | "filled" {
  const result = broker.open(order(changes), atMs);
  return result.ok ? "filled" : result.retcode;
}

Deno.test("broker: BUY fills at ask and closes at bid, SELL fills at bid and closes at ask", () => {
  const broker = brokerWith({ commissionPerLot: 0 });
  const buy = broker.open(order(), AT);
  const sell = broker.open(order({ direction: "SELL" }), AT);

  const closings = [buy, sell].map((one) => one.ok ? broker.close(one.position.ticket, AT + 1_000) : one);

  const prices = [buy, sell].map((one) => one.ok && one.position.openPrice);
  assert.deepEqual(prices, [1.10008, 1.1]);
  assert.deepEqual(closings.map((one) => "price" in one && [one.price, one.profit]), [[1.1, -8], [
    1.10008,
    -8,
  ]]);
});

Deno.test("broker: half the commission is taken at the open and half at the close", () => {
  const broker = brokerWith();
  const result = broker.open(order({ lots: 2 }), AT);
  const opened = broker.account.balance;

  assert(result.ok);
  broker.tick(tick("EURUSD", 1.10108, 1.10116));
  broker.close(result.position.ticket, AT + 1_000);

  assert.deepEqual([opened, broker.account.balance], [9_993, 9_993 + 200 - 7]);
});

Deno.test("broker: profit in yen comes home at the broker's own rate", () => {
  const broker = brokerWith({ commissionPerLot: 0 });
  const result = broker.open(order({ symbol: "USDJPY", lots: 1 }), AT);
  assert(result.ok);

  broker.tick(tick("USDJPY", 151.01, 151.02));
  const closing = broker.close(result.position.ticket, AT);

  // 1.00 yen on 100,000 dollars is 100,000 yen, at 151.015 to the dollar.
  assert.equal("profit" in closing && closing.profit, Math.round(100_000 / 151.015 * 100) / 100);
});

Deno.test("broker: margin is the base currency's worth over the leverage, and on metals 100 at most", () => {
  const broker = brokerWith({ commissionPerLot: 0 });

  broker.open(order({ lots: 1 }), AT);
  const euro = broker.account.margin;
  broker.open(order({ symbol: "XAUUSD", lots: 0.1 }), AT);
  const { margin, freeMargin, equity, marginLevelPercent } = broker.account;

  assert(Math.abs(euro - 110_004 / 500) < 1e-6, `${euro}`);
  assert(Math.abs(margin - euro - 0.1 * 100 * 2_400.1 / 100) < 1e-6, `${margin}`);
  assert.equal(equity.toFixed(2), "9990.00");
  assert(Math.abs(freeMargin - (equity - margin)) < 1e-9);
  assert(Math.abs(marginLevelPercent - equity / margin * 100) < 1e-9);
});

Deno.test("broker: margin level reads 0 without positions, as in MT5", () => {
  assert.equal(brokerWith().account.marginLevelPercent, 0);
});

Deno.test("broker: SL of a BUY goes at the bid that reached it, TP at its own price", () => {
  const broker = brokerWith({ commissionPerLot: 0 });
  broker.open(order({ stopLoss: 1.099, takeProfit: 1.102 }), AT);
  broker.open(order({ stopLoss: 1.095, takeProfit: 1.102 }), AT);

  const near = broker.tick(tick("EURUSD", 1.09901, 1.09909, AT + 1_000));
  const through = broker.tick(tick("EURUSD", 1.0985, 1.09858, AT + 2_000));
  const up = broker.tick(tick("EURUSD", 1.1025, 1.10258, AT + 3_000));

  const told = [near, through, up].map((list) => list.map(({ reason, price }) => [reason, price]));
  assert.deepEqual(told, [[], [["SL", 1.0985]], [["TP", 1.102]]]);
  assert.deepEqual(broker.positions, []);
});

Deno.test("broker: SL and TP of a SELL are watched on the ask", () => {
  const broker = brokerWith({ commissionPerLot: 0 });
  broker.open(order({ direction: "SELL", stopLoss: 1.101, takeProfit: 1.099 }), AT);
  broker.open(order({ direction: "SELL", stopLoss: 1.105, takeProfit: 1.099 }), AT);

  const bidOnly = broker.tick(tick("EURUSD", 1.1009, 1.10099, AT + 1_000));
  const stopped = broker.tick(tick("EURUSD", 1.10095, 1.10103, AT + 2_000));
  const target = broker.tick(tick("EURUSD", 1.09885, 1.09893, AT + 3_000));

  const told = [bidOnly, stopped, target].map((list) => list.map(({ reason, price }) => [reason, price]));
  assert.deepEqual(told, [[], [["SL", 1.10103]], [["TP", 1.099]]]);
});

Deno.test("broker: a tick of another symbol touches no level", () => {
  const broker = brokerWith();
  broker.open(order({ stopLoss: 1.099 }), AT);

  assert.deepEqual(broker.tick(tick("GBPUSD", 0.5, 0.6)), []);
});

Deno.test("broker: 10014 for a volume off the step, below the least, above the most", () => {
  const broker = brokerWith({ balance: 1e9 });

  const answers = [0.09, 0.0944, 0.001, 0, 100, 100.01].map((lots) => retcode(broker, { lots }));

  assert.deepEqual(answers, ["filled", 10014, 10014, 10014, "filled", 10014]);
});

Deno.test("broker: 10016 for stops nearer than five pips to the price they would close at", () => {
  const broker = brokerWith();
  const stops: Partial<MarketOrder>[] = [
    { stopLoss: 1.0995 },
    { stopLoss: 1.09951 },
    { takeProfit: 1.1005 },
    { takeProfit: 1.10049 },
    { direction: "SELL", stopLoss: 1.10058 },
    { direction: "SELL", stopLoss: 1.10057 },
    { direction: "SELL", takeProfit: 1.09958 },
    { direction: "SELL", stopLoss: 1.09 },
  ];

  const answers = stops.map((one) => retcode(broker, { ...one, lots: 0.01 }));

  assert.deepEqual(answers, ["filled", 10016, "filled", 10016, "filled", 10016, "filled", 10016]);
});

Deno.test("broker: 10019 when the free margin does not bear it, 10021 without a quote or a rate", () => {
  const broker = brokerWith({ balance: 100 });
  const noRates = new PaperBroker({
    symbols: ["EURJPY"],
    balance: 10_000,
    currency: "USD",
    leverage: 500,
    commissionPerLot: 7,
    stopOutLevelPercent: 50,
    slippagePointsMax: 0,
    random: () => 0,
    reject: () => null,
  });
  noRates.tick(tick("EURJPY", 165, 165.02));

  const answers = [retcode(broker, { lots: 1 }), retcode(broker, { symbol: "GBPUSD", lots: 0.01 })];

  assert.deepEqual([...answers, retcode(noRates, { symbol: "EURJPY", lots: 0.01 })], [10019, 10021, 10021]);
});

Deno.test("broker: 10018 at the weekend, for orders and for closes", () => {
  const broker = brokerWith();
  const saturday = Date.UTC(2026, 8, 12, 12);
  const result = broker.open(order(), AT);
  assert(result.ok);

  const opened = retcode(broker, {}, saturday);
  const closed = broker.close(result.position.ticket, saturday);

  assert.deepEqual([opened, closed], [10018, { retcode: 10018 }]);
});

Deno.test("broker: the script refuses the second order, and only that", () => {
  const broker = brokerWith({ reject: (nth) => nth === 2 ? 10004 : null });

  const answers = [1, 2, 3].map(() => retcode(broker, { lots: 0.01 }));

  assert.deepEqual(answers, ["filled", 10004, "filled"]);
});

Deno.test("broker: slippage is against the trader on both sides, never more than its most", () => {
  const broker = brokerWith({ slippagePointsMax: 5, random: () => 0.999 });

  const fills = (["BUY", "SELL"] as const).map((direction) => broker.open(order({ direction }), AT));

  assert.deepEqual(fills.map((one) => one.ok && one.position.openPrice), [1.10013, 1.09995]);
});

Deno.test("broker: stop-out closes the worst position first and stops when the level is restored", () => {
  const broker = brokerWith({ balance: 500, commissionPerLot: 0, leverage: 100 });
  broker.open(order({ lots: 0.3 }), AT);
  broker.open(order({ symbol: "USDJPY", lots: 0.1 }), AT);

  const closings = broker.tick(tick("EURUSD", 1.0885, 1.08858, AT + 1_000));

  assert.deepEqual(closings.map(({ reason, position }) => [reason, position.symbol]), [[
    "STOP_OUT",
    "EURUSD",
  ]]);
  assert.deepEqual(broker.positions.map((one) => one.symbol), ["USDJPY"]);
});

Deno.test("broker: closing a ticket twice, or one that never was, is 10036", () => {
  const broker = brokerWith();
  const result = broker.open(order(), AT);
  assert(result.ok);
  broker.close(result.position.ticket, AT);

  const answers = [broker.close(result.position.ticket, AT), broker.close(1, AT)];

  assert.deepEqual(answers, [{ retcode: 10036 }, { retcode: 10036 }]);
});

Deno.test("broker: it hedges: BUY and SELL of one symbol stand side by side, with tickets of their own", () => {
  const broker = brokerWith();
  broker.open(order(), AT);
  broker.open(order({ direction: "SELL" }), AT);

  assert.deepEqual(broker.positions.map(({ ticket, direction }) => [ticket, direction]), [
    [20_813_351, "BUY"],
    [20_813_352, "SELL"],
  ]);
});

Deno.test("broker: a comment is cut at 31 characters", () => {
  const broker = brokerWith();
  const result = broker.open(order({ comment: "x".repeat(40) }), AT);

  assert.equal(result.ok && result.position.comment.length, 31);
});

Deno.test("broker: a new broker with the old one's state goes on where it was", () => {
  const first = brokerWith();
  first.open(order({ stopLoss: 1.09 }), AT);
  const second = new PaperBroker({
    symbols: ["EURUSD"],
    balance: 1,
    currency: "USD",
    leverage: 500,
    commissionPerLot: 7,
    stopOutLevelPercent: 50,
    slippagePointsMax: 0,
    random: () => 0,
    reject: () => null,
  }, first.state());

  const closings = second.tick(tick("EURUSD", 1.0899, 1.08998, AT + 1_000));
  const next = second.open(order(), AT + 1_000);

  assert.deepEqual(closings.map(({ reason, position }) => [reason, position.ticket]), [["SL", 20_813_351]]);
  assert.equal(next.ok && next.position.ticket, 20_813_352);
});

Deno.test("broker: balance is the start plus what closed less commission, whatever happens", () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("tick" as const), bid: fc.integer({ min: 108_000, max: 112_000 }) }),
    fc.record({
      kind: fc.constant("open" as const),
      direction: fc.constantFrom("BUY" as const, "SELL" as const),
      lots: fc.integer({ min: 1, max: 200 }),
      stop: fc.integer({ min: 60, max: 900 }),
    }),
    fc.record({ kind: fc.constant("close" as const), nth: fc.nat(5) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const broker = brokerWith();
      let expected = 10_000;
      const book = (profit: number, lots: number) => void (expected += profit - 3.5 * lots);
      for (const one of steps) {
        if (one.kind === "tick") {
          const [bid, ask] = [one.bid / 1e5, (one.bid + 8) / 1e5];
          for (const { profit, position } of broker.tick(tick("EURUSD", bid, ask))) {
            book(profit, position.lots);
          }
        } else if (one.kind === "open") {
          const { bid } = broker.quote("EURUSD")!;
          const side = one.direction === "BUY" ? -1 : 1;
          const stopLoss = Number((bid + side * one.stop / 1e5).toFixed(5));
          const result = broker.open(order({ direction: one.direction, lots: one.lots / 100, stopLoss }), AT);
          if (result.ok) book(0, result.position.lots);
        } else {
          const ticket = broker.positions[one.nth]?.ticket ?? 0;
          const result = broker.close(ticket, AT);
          if ("profit" in result) book(result.profit, result.position.lots);
        }
        const { balance, equity, margin } = broker.account;
        const floating = broker.positions.reduce((sum, position) => sum + broker.floating(position), 0);
        assert(Math.abs(balance - expected) < 0.02 * steps.length + 0.01, `${balance} is not ${expected}`);
        assert(Math.abs(equity - balance - floating) < 1e-6);
        assert(broker.positions.length === 0 ? margin === 0 : margin > 0);
      }
    }),
    { numRuns: 100 },
  );
});

Deno.test("rateOf() converts directly, by the inverse, through USD, or says null", () => {
  const quotes = new Map([
    ["EURUSD", tick("EURUSD", 1.1, 1.1)],
    ["USDJPY", tick("USDJPY", 150, 150)],
  ]);
  const rates = [
    ["USD", "USD"],
    ["EUR", "USD"],
    ["USD", "EUR"],
    ["JPY", "USD"],
    ["EUR", "JPY"],
    ["GBP", "USD"],
    ["GBP", "JPY"],
  ].map(([from, to]) => rateOf(from!, to!, quotes));

  assert.deepEqual(rates.map((rate) => rate === null ? null : Math.round(rate * 1e6) / 1e6), [
    1,
    1.1,
    0.909091,
    0.006667,
    165,
    null,
    null,
  ]);
});
