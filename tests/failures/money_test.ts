/**
 * Recorded failures of money: figures made up, volumes and stops that brokers refuse, margin without a cap.
 *
 * @module
 */
import assert from "node:assert/strict";
import { specOf } from "../../domain/symbol_spec.ts";
import type { Signal } from "../../protocols/signal.ts";
import { price, symbolName } from "../../protocols/units.ts";
import { accountOf, profitOf } from "../../scripts/sim/account.ts";
import { type Floor, onFloor } from "./floor.ts";
import type { Terminal, TerminalOptions } from "./terminal.ts";

/** A user with his own terminal, which says everything as `edit` makes it. */
async function user(
  floor: Floor,
  name: string,
  how: Partial<TerminalOptions> = {},
  edit: (text: string) => string = (text) => text,
): Promise<Terminal> {
  const uuid = `${name}_terminal_0001`;
  await floor.house.user(name, uuid);
  const ea = floor.terminal({ uuid, identity: uuid, login: 1_000_000 + name.charCodeAt(0), ...how });
  ea.edit = edit;
  await ea.introduce();
  return ea;
}

/** Lets zones be learned and every heartbeat be compared. */
async function settle(floor: Floor, terminals: Iterable<Terminal>): Promise<void> {
  await floor.run(7);
  for (const ea of terminals) await ea.beat();
  await floor.run(1);
}

/** What an EA may leave out or get wrong, and the code by which a fire is refused then. */
const UNKNOWN: Readonly<Record<string, readonly [RegExp, string, string]>> = {
  // Of an account without both figures nothing is taken, its currency neither.
  a: [/"balance":[\d.]+,/, "", "RATE_UNKNOWN"],
  b: [/"equity":[\d.]+,/, "", "RATE_UNKNOWN"],
  c: [/"balance":[\d.]+,/, '"balance":0.00,', "BALANCE_UNKNOWN"],
  d: [/"equity":[\d.]+,/, '"equity":-5.00,', "BALANCE_UNKNOWN"],
  e: [/"currency":"USD",/, "", "RATE_UNKNOWN"],
  f: [/"currency":"USD",/, '"currency":"USC",', "RATE_UNKNOWN"],
  g: [/"currency":"USD",/, '"currency":"CHF",', "RATE_UNKNOWN"],
  h: [/"leverage":500,/, "", "MARGIN_INSUFFICIENT"],
};

Deno.test("F27: an account that does not say its balance, currency or leverage gets no fire, and no figure is made up", async () => {
  await onFloor(async (floor) => {
    const terminals = new Map<string, Terminal>();
    for (const [name, [hide, by]] of Object.entries(UNKNOWN)) {
      terminals.set(name, await user(floor, name, {}, (text) => text.replace(hide, by)));
    }
    terminals.set("whole", await user(floor, "whole"));
    await settle(floor, terminals.values());

    await floor.raise(floor.signal(terminals.get("whole")!, "EURUSD"));
    await floor.run(2);

    const expected = Object.entries(UNKNOWN).map(([name, [, , code]]) => `${name} ${code}`);
    assert.deepEqual(floor.decisions(), [...expected, "whole FIRED"]);
    assert.deepEqual([...terminals].flatMap(([name, ea]) => ea.told.length > 0 ? [name] : []), ["whole"]);
    const stored = new Map(floor.rows("ea_instances").map((ea) => [ea.userId as string, ea]));
    assert.deepEqual(["a", "b"].map((name) => stored.get(name)!.balance), [null, null]);
    assert.deepEqual([stored.get("e")!.currency, stored.get("h")!.leverage], [null, null]);
  });
});

/** Balances from which the older system made lots with seventeen digits, or made up a lot. */
const BALANCES: Readonly<Record<string, number>> = {
  a: 458.88,
  b: 850,
  c: 944.17,
  d: 10_000.01,
  e: 43.5,
  f: 43.39,
  g: 1,
  h: 7_777_777,
};

/** Lots of a loss of 5 % over so many pips and one of slippage, 7 USD a lot for commission, by hand. */
function byHand(balance: number, pips: number, pipValue: number): number {
  return Math.floor(balance * 0.05 / ((pips + 1) * pipValue + 7) * 100) / 100;
}

Deno.test("F28: the lots of every command are hundredths, rounded down, and below the least lot or above the most nothing is sent", async () => {
  await onFloor(async (floor) => {
    const terminals = new Map<string, Terminal>();
    for (const [name, balance] of Object.entries(BALANCES)) {
      const ea = await user(floor, name, { balance });
      ea.price("XAUUSD", 2_400, 2_400.2);
      terminals.set(name, ea);
    }
    await settle(floor, terminals.values());
    const { a } = Object.fromEntries(terminals) as { a: Terminal };
    await floor.raise(floor.signal(a, "EURUSD"));
    await floor.run(2);
    for (const ea of terminals.values()) {
      if (ea.told.length > 0) await ea.confirm(ea.refusal("Result: 10004"));
    }
    await floor.run(1);
    // 40 pips of gold: 4.00 USD.
    const gold = floor.signal(a, "XAUUSD", { stopLoss: price(2_396.2), takeProfit: price(2_408.2) });
    await floor.raise(gold);
    await floor.run(2);

    const lotsOf = (symbol: string) =>
      Object.fromEntries([...terminals].map(([name, { told }]) => {
        const text = told.find((each) => each.includes(`"symbol":"${symbol}.r"`));
        return [name, text === undefined ? null : /"lot":(\d+\.\d\d)\}$/.exec(text)?.[1]];
      }));
    const expected = (pips: number, pipValue: number) =>
      Object.fromEntries(
        Object.entries(BALANCES).map(([name, balance]) => {
          const lots = byHand(balance, pips, pipValue);
          return [name, lots < 0.01 || lots > 100 ? null : lots.toFixed(2)];
        }),
      );
    assert.deepEqual(lotsOf("EURUSD"), expected(20, 10));
    assert.deepEqual([lotsOf("EURUSD").e, lotsOf("EURUSD").f, lotsOf("EURUSD").h], ["0.01", null, null]);
    assert.deepEqual(lotsOf("XAUUSD"), expected(40, 10));
    const codes = floor.decisions().filter((each) => !each.endsWith("FIRED"));
    assert.deepEqual([...new Set(codes)], [
      "e VOLUME_BELOW_MIN",
      "f VOLUME_BELOW_MIN",
      "g VOLUME_BELOW_MIN",
      "h VOLUME_ABOVE_MAX",
    ]);
  });
});

Deno.test("F29: a stop or target that its broker would refuse or drop is refused here, also when the market moves before sending", async () => {
  await onFloor(async (floor) => {
    const ea = await user(floor, "ann");
    ea.price("XAUUSD", 2_400, 2_400.2);
    ea.price("XAGUSD", 30, 30.01);
    await settle(floor, [ea]);
    const gold = (changes: Partial<Signal>) => floor.signal(ea, "XAUUSD", changes);
    const wrong: readonly (readonly [Signal, string])[] = [
      // Nearer than 2.00 USD to the price.
      [gold({ stopLoss: price(2_398.1), takeProfit: price(2_405) }), "STOP_TOO_CLOSE"],
      [gold({ stopLoss: price(2_396), takeProfit: price(2_402.1) }), "STOP_TOO_CLOSE"],
      // Silver: 15 pips of a cent.
      [floor.signal(ea, "XAGUSD", { stopLoss: price(29.86), takeProfit: price(30.5) }), "STOP_TOO_CLOSE"],
      // On the wrong side, or not there at all.
      [gold({ stopLoss: price(2_404), takeProfit: price(2_408) }), "STOP_INVALID"],
      [gold({ stopLoss: price(2_396), takeProfit: price(2_399) }), "STOP_INVALID"],
      [gold({ takeProfit: price(0) }), "STOP_INVALID"],
      [gold({ stopLoss: price(0) }), "STOP_INVALID"],
    ];
    for (const [signal, code] of wrong) {
      await floor.raise(signal);
      assert.deepEqual(floor.rows("decisions").find(({ signalId }) => signalId === signal.id)!.code, code);
    }

    // Right at the decision; while it waits for its chart the spread eats what the broker asks for.
    ea.still.add("EURUSD");
    await floor.run(6);
    await floor.raise(gold({ stopLoss: price(2_397.8), takeProfit: price(2_405) }));
    assert.equal(floor.fire().status, "reserved");
    ea.price("XAUUSD", 2_399.7, 2_400.2);
    await floor.run(1);
    ea.still.delete("EURUSD");
    await floor.run(2);
    assert.deepEqual([floor.fires(), ea.told], [["ann XAUUSD refused STOP_INVALID"], []]);

    await floor.raise(gold({ direction: "SELL", stopLoss: price(2_404), takeProfit: price(2_395) }));
    await floor.run(1);
    const [sent] = ea.fires;
    assert.ok(sent!.stopLoss >= 2_400.2 + 2 && sent!.takeProfit <= 2_399.7 - 2);
    assert.equal(sent!.direction, "SELL");
  });
});

const PRICES: Readonly<Record<string, number>> = {
  GBPUSD: 1.3,
  AUDUSD: 0.66,
  NZDUSD: 0.6,
  USDCAD: 1.36,
  USDCHF: 0.88,
  USDJPY: 150,
  EURGBP: 0.85,
  AUDNZD: 1.1,
  CADCHF: 0.65,
  EURCHF: 0.97,
  GBPJPY: 195,
  EURUSD: 1.1,
};

/** Free margin, in percent of the balance, once every open position has hit its stop. */
function freeAtStops(ea: Terminal, leverage: number): number {
  const terms = { currency: "USD", leverage, quotes: ea.quotes };
  const lost = ea.positions.reduce((sum, each) => sum + profitOf(each, each.stopLoss, terms), 0);
  const { margin } = accountOf(ea.balance, ea.positions, terms);
  return (ea.balance + lost - margin) / ea.balance * 100;
}

/** Leverage, risk of one trade in percent, and what ends the run. */
const RUNS = [[30, 5, "MARGIN_INSUFFICIENT"], [500, 5, "MARGIN_INSUFFICIENT"], [
  500,
  2,
  "SLOTS_FULL",
]] as const;

Deno.test("F51: positions are at most ten, never opposite, and leave a fifth of the balance free with every stop hit", async () => {
  for (const [leverage, riskPercent, code] of RUNS) {
    await onFloor(async (floor) => {
      const ea = await user(floor, "ann", { leverage });
      await floor.house.user("ann", "ann_terminal_0001", { riskPercent });
      for (const [symbol, bid] of Object.entries(PRICES)) {
        ea.price(symbol, bid, bid + specOf(symbolName(symbol))!.pipSize);
      }
      await settle(floor, [ea]);
      for (const [nth, symbol] of Object.keys(PRICES).entries()) {
        for (const direction of nth % 2 === 0 ? ["BUY", "SELL"] as const : ["SELL", "BUY"] as const) {
          await floor.raise(floor.signal(ea, symbol, { direction }));
          await floor.run(1);
          if (ea.positions.length < ea.fires.length) await ea.confirm(ea.fill());
          await floor.run(1);
          const free = freeAtStops(ea, leverage);
          assert.ok(free >= 20, `${ea.positions.length} positions leave ${free.toFixed(2)} %`);
        }
      }

      const symbols = ea.positions.map((each) => each.symbol);
      assert.ok(symbols.length >= 2 && symbols.length <= 10, `${symbols.length} positions`);
      assert.equal(new Set(symbols).size, symbols.length);
      const codes = new Set(floor.decisions());
      assert.deepEqual(["FIRED", "SYMBOL_BUSY", code].map((each) => codes.has(`ann ${each}`)), [
        true,
        true,
        true,
      ]);
    });
  }
});
