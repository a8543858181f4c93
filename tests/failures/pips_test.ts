/**
 * Recorded failure of pips: gold and silver meant another pip in every file, and a silver trade risked 77 %.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { levelsOf } from "../../domain/patterns/levels.ts";
import { pipsFromEntry } from "../../domain/outcome.ts";
import { KNOWN_SYMBOLS, pipsToPrice, priceToPips, roundPrice, specOf } from "../../domain/symbol_spec.ts";
import { eaId, pips, price, type SymbolName } from "../../protocols/units.ts";
import { makeSignal, makeTick } from "../kit/signals.ts";
import { textFiles } from "./files.ts";
import { ANN_EA, onFloor } from "./floor.ts";

/** A usual price of each symbol, and bid and ask around it. */
const PRICES: Readonly<Record<string, number>> = {
  XAUUSD: 3_350,
  XAGUSD: 38.4,
  USDMXN: 18.7,
  USDTRY: 41,
  USDZAR: 17.6,
};
const around = (symbol: SymbolName): number => PRICES[symbol] ?? (symbol.endsWith("JPY") ? 150 : 1.1);
const RUNS = { seed: 49, numRuns: 400 };

Deno.test("F49: for every symbol a distance in pips times its one pip is the distance in price, from levels to outcome", () => {
  const cases = fc.record({
    symbol: fc.constantFrom(...KNOWN_SYMBOLS),
    direction: fc.constantFrom("BUY" as const, "SELL" as const),
    atrPips: fc.integer({ min: 1, max: 80 }),
    spreadPips: fc.integer({ min: 0, max: 5 }),
    away: fc.double({ min: -3, max: 3, noNaN: true }),
  });
  fc.assert(
    fc.property(cases, ({ symbol, direction, atrPips, spreadPips, away }) => {
      const spec = specOf(symbol)!;
      const bid = around(symbol);
      const quote = makeTick(0, bid, { symbol, ask: price(bid + pipsToPrice(spec, spreadPips)) });
      const atr = pipsToPrice(spec, atrPips);
      const levels = levelsOf({ stopAtr: 1.5, riskReward: 0.75 }, { direction, atr }, quote, spec);
      const signal = makeSignal({ symbol, direction, ...levels });
      const exit = roundPrice(spec, signal.entry + away * atr);

      const stop = Math.abs(signal.entry - signal.stopLoss) / spec.pipSize;
      const target = Math.abs(signal.takeProfit - signal.entry) / spec.pipSize;
      assert.ok(Math.abs(stop - signal.stopPips) < 1e-6 && Math.abs(target - signal.targetPips) < 1e-6);
      assert.ok(signal.stopPips >= spec.stopFloorPips && signal.stopPips <= 200, `${signal.stopPips} pips`);
      const gained = pipsFromEntry(signal, exit, spec.pipSize);
      const moved = priceToPips(spec, exit - signal.entry) * (direction === "BUY" ? 1 : -1);
      assert.ok(Math.abs(gained - moved) <= 0.005 + 1e-9, `${gained} against ${moved}`);
      assert.ok(Math.abs(gained) <= 3 * atrPips + 1);
    }),
    RUNS,
  );
});

Deno.test("F49: only one file of the house says what a pip is", () => {
  const literal = /\b(0\.1|0?\.0+1|1e-?[1-5]|10_?000)\b/;
  const sayers = textFiles(["protocols", "domain", "actors", "edges"]).flatMap(({ path, text }) => {
    const code = text.split("\n").filter((line) => !/^\s*(\*|\/\/|\/\*)/.test(line));
    return code.some((line) => /pip/i.test(line) && literal.test(line)) ? [path] : [];
  });

  assert.deepEqual(sayers, ["domain/symbol_spec.ts"]);
});

/** Symbol, bid, ask, a stop in pips, what a pip is, units or ounces of one lot, and its quote currency in a dollar. */
const TRADES = [
  ["EURUSD", 1.0999, 1.1, 20, 0.0001, 100_000, 1],
  ["USDJPY", 150, 150.01, 20, 0.01, 100_000, 150],
  ["XAUUSD", 3_350, 3_350.2, 40, 0.1, 100, 1],
  ["XAGUSD", 38.4, 38.42, 30, 0.01, 5_000, 1],
] as const;

Deno.test("F49: at its stop a trade in gold or silver costs what one in euro does: at most the five percent asked for", async () => {
  for (const [symbol, bid, ask, stopPips, pip, units, perDollar] of TRADES) {
    await onFloor(async (floor) => {
      const ea = floor.terminal();
      ea.price("USDJPY", 150, 150.01);
      ea.price(symbol, bid, ask);
      await floor.house.user("ann", ANN_EA);
      await ea.introduce();
      await floor.run(8);
      await ea.beat();
      await floor.run(1);
      const stop = price(ask - stopPips * pip);
      const levels = {
        stopLoss: stop,
        takeProfit: price(ask + stopPips * pip),
        stopPips: pips(stopPips),
        targetPips: pips(stopPips),
      };
      await floor.raise(floor.signal(ea, symbol, { feed: eaId(ANN_EA), ...levels }));
      assert.deepEqual(floor.decisions(), ["ann FIRED"], symbol);
      const { lot, stopLoss } = ea.fires[0]!;
      ea.price(symbol, stop - pip / 10, stop + pip);
      await floor.run(3);

      const lost = lot * units * (ask - stopLoss) / perDollar;
      assert.ok(lost <= 500 && lost > 300, `${symbol} loses ${lost} of 10,000 at its stop`);
      const line = JSON.parse(floor.world.journal.lines[0]!);
      assert.deepEqual([line.symbol, line.outcome], [symbol, "LOSS"]);
      assert.ok(Math.abs(line.pips_result + stopPips) <= 0.5, `${line.pips_result} pips`);
    });
  }
});
