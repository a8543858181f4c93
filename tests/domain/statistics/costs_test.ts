/**
 * Costs: worked by hand for a pair and for gold, taken off once, and never guessed.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  applyCosts,
  costPips,
  costReport,
  type Costs,
  pipValueUsd,
} from "../../../domain/statistics/costs.ts";
import { specOf } from "../../../domain/symbol_spec.ts";
import { pips, symbolName } from "../../../protocols/units.ts";
import { cohort, ended, open, unknown } from "./cohort.ts";

const EURUSD = symbolName("EURUSD"), XAUUSD = symbolName("XAUUSD"), GBPJPY = symbolName("GBPJPY");
const costs: Costs = new Map([
  [EURUSD, { pipValueUsd: 10, slippagePips: 0.8, commissionUsd: 7 }],
  [XAUUSD, { pipValueUsd: 10, slippagePips: 2, commissionUsd: 0 }],
]);

const near = (actual: number | null, expected: number) => assert.ok(Math.abs(actual! - expected) < 1e-12);

Deno.test("pipValueUsd() is ten dollars for EURUSD and gold, and follows the yen", () => {
  near(pipValueUsd(specOf(EURUSD)!, 1), 10);
  near(pipValueUsd(specOf(XAUUSD)!, 1), 10);
  near(pipValueUsd(specOf(GBPJPY)!, 1 / 150), 1_000 / 150);
});

Deno.test("costPips() adds slippage and the commission's pips", () => {
  near(costPips(costs.get(EURUSD)!), 1.5);
  near(costPips(costs.get(XAUUSD)!), 2);
});

Deno.test("applyCosts() takes a tenth of an R off a stop of 15 pips that pays 1.5 pips", () => {
  const win = ended(0, 4 / 3), loss = ended(1, -1);
  const gold = ended(2, 1, { symbol: XAUUSD, stopPips: pips(40) });

  const { gross, net, uncosted } = applyCosts([win, loss, gold], costs);

  assert.deepEqual(gross, [win, loss, gold]);
  assert.deepEqual(uncosted, []);
  near(net[0]!.outcome.r, 4 / 3 - 0.1);
  near(net[0]!.outcome.pips, 18.5);
  near(net[1]!.outcome.r, -1.1);
  near(net[2]!.outcome.r, 0.95);
  assert.deepEqual(net.map(({ outcome }) => outcome.result), ["WIN", "LOSS", "WIN"]);
  assert.equal(win.outcome.r, 4 / 3);
});

Deno.test("applyCosts() passes open and unknown signals on and names symbols without costs", () => {
  const signals = [open(0), unknown(1), ended(2, 1, { symbol: GBPJPY }), open(3, { symbol: GBPJPY })];

  assert.deepEqual(applyCosts(signals, costs), {
    gross: signals.slice(0, 2),
    net: signals.slice(0, 2),
    uncosted: [GBPJPY],
  });
});

Deno.test("costReport() shows the same signals before and after", () => {
  const { before, after, meanCostR, uncosted } = costReport(
    [...cohort([1, -1, 0.05]), ended(3, 9, { symbol: GBPJPY })],
    costs,
  );

  near(before.totalR, 0.05);
  near(after.totalR, -0.25);
  near(meanCostR, 0.1);
  assert.deepEqual([before.n, after.n, before.wins, after.wins], [3, 3, 2, 2]);
  // A touched target that does not pay its costs stays a win by level and is a drop by R.
  near(after.profitFactor, 0.9 / 1.15);
  assert.deepEqual(uncosted, [GBPJPY]);
});

Deno.test("costReport() of nothing has null where there is no number", () => {
  const { before, after, meanCostR } = costReport([], costs);

  assert.deepEqual(after, before);
  assert.equal(meanCostR, null);
});

Deno.test("costs that pay, or a pip worth nothing, are refused", () => {
  const sound = { pipValueUsd: 10, slippagePips: 0, commissionUsd: 0 };

  for (
    const wrong of [{ pipValueUsd: 0 }, { slippagePips: -1 }, { commissionUsd: -1 }, { pipValueUsd: NaN }]
  ) {
    assert.throws(() => costPips({ ...sound, ...wrong }), RangeError);
  }
});
