/**
 * Sizing: never more lost than was asked for, free margin kept, and a no for whatever is unknown.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { computeSize, floorToStep, sizeFire, type SizingInput } from "../../domain/sizing.ts";
import { KNOWN_SYMBOLS, specOf } from "../../domain/symbol_spec.ts";
import type { SymbolSpec } from "../../protocols/symbol_spec.ts";
import { type Direction, price, symbolName } from "../../protocols/units.ts";
import { makeQuote, quotesOf } from "../kit/decisions.ts";

const NOW = 1_000_000;
/** Value of one unit in USD, near to the rates of July 2026's fixtures; exactness does not matter here. */
const USD: Readonly<Record<string, number>> = {
  USD: 1,
  EUR: 1.16,
  GBP: 1.35,
  AUD: 0.65,
  NZD: 0.6,
  CAD: 0.73,
  CHF: 1.25,
  JPY: 0.0068,
  CNH: 0.14,
  MXN: 0.053,
  SEK: 0.105,
  NOK: 0.099,
  DKK: 0.155,
  TRY: 0.024,
  ZAR: 0.056,
  XAU: 3_400,
  XAG: 38,
  BTC: 60_000,
  US3: 44_000,
};
const SPREAD = 0.0002;
const TERMS = { slippagePips: 1, commissionUsd: 7, freeMarginPercentMin: 20, metalLeverageMax: 100 };
const EURUSD = specOf(symbolName("EURUSD"))!;

/** The built-in table and rows an operator might add: other contracts, steps and minimums. */
const SPECS: readonly SymbolSpec[] = [
  ...KNOWN_SYMBOLS.map((symbol) => specOf(symbol)!),
  { ...EURUSD, contractSize: 1_000, volumeStep: 0.1, volumeMin: 0.1 },
  { ...EURUSD, volumeStep: 0.001, volumeMin: 0.001 },
  { ...EURUSD, volumeStep: 0.25, volumeMin: 1 },
  { ...specOf(symbolName("XAUUSD"))!, contractSize: 10 },
  { ...specOf(symbolName("USDJPY"))!, volumeMin: 0.05, volumeStep: 0.05 },
  { ...EURUSD, symbol: symbolName("BTCUSD"), baseCurrency: "BTC", contractSize: 1, pipSize: 1, digits: 2 },
  { ...EURUSD, symbol: symbolName("US3USD"), baseCurrency: "US3", contractSize: 10, pipSize: 1, digits: 1 },
];
const CURRENCIES = ["USD", "EUR", "GBP", "JPY", "CHF", "CAD"] as const;

function midOf(base: string, quote: string): number {
  return USD[base]! / USD[quote]!;
}

function quoteOf(base: string, quote: string) {
  const mid = midOf(base, quote);
  return makeQuote(base + quote, mid * (1 - SPREAD / 2), mid * (1 + SPREAD / 2), NOW);
}

/** Every currency against USD, in the market's own order. */
const RATES = {
  quotes: quotesOf(
    ...["EUR", "GBP", "AUD", "NZD"].map((base) => quoteOf(base, "USD")),
    ...["CAD", "CHF", "JPY", "CNH", "MXN", "SEK", "NOK", "DKK", "TRY", "ZAR"].map((quote) =>
      quoteOf("USD", quote)
    ),
  ),
  nowMs: NOW,
  maxAgeMs: 60_000,
};

interface Case {
  readonly spec: SymbolSpec;
  readonly direction: Direction;
  readonly stopPips: number;
  readonly riskPercent: number;
  readonly balance: number;
  readonly equityShare: number;
  readonly currency: string;
  readonly leverage: number;
  readonly openRiskShare: number;
  readonly usedMarginShare: number;
}

const cases: fc.Arbitrary<Case> = fc.record({
  spec: fc.constantFrom(...SPECS),
  direction: fc.constantFrom<Direction>("BUY", "SELL"),
  stopPips: fc.double({ min: 3, max: 500, noNaN: true }),
  riskPercent: fc.double({ min: 0.01, max: 5, noNaN: true }),
  balance: fc.double({ min: 10, max: 5_000_000, noNaN: true }),
  equityShare: fc.double({ min: 0.3, max: 1.5, noNaN: true }),
  currency: fc.constantFrom(...CURRENCIES),
  leverage: fc.constantFrom(30, 100, 500, 2_000),
  openRiskShare: fc.double({ min: 0, max: 0.5, noNaN: true }),
  usedMarginShare: fc.double({ min: 0, max: 0.5, noNaN: true }),
});

function inputOf(each: Case): SizingInput {
  const { spec, direction } = each;
  const quote = quoteOf(spec.baseCurrency, spec.quoteCurrency);
  const stop = each.stopPips * spec.pipSize;
  return {
    direction,
    spec,
    quote,
    stopLoss: price(direction === "BUY" ? quote.ask - stop : quote.bid + stop),
    account: {
      balance: each.balance,
      equity: each.balance * each.equityShare,
      currency: each.currency,
      leverage: each.leverage,
      openRiskMoney: each.balance * each.openRiskShare,
      usedMargin: each.balance * each.usedMarginShare,
    },
    riskPercent: each.riskPercent,
    rates: RATES,
    terms: TERMS,
  };
}

/** Loss of one lot at the stop by mid rates: what the account would lose at least a spread cheaper than counted. */
function lossByMid(each: Case): number {
  const distance = (each.stopPips + TERMS.slippagePips) * each.spec.pipSize;
  const inQuote = distance * each.spec.contractSize;
  return inQuote * midOf(each.spec.quoteCurrency, each.currency) + 7 * midOf("USD", each.currency);
}

Deno.test("sizeFire() never loses more at the stop than was asked for, over 44 specs and 6 currencies", () => {
  assert.ok(SPECS.length >= 40);
  let sized = 0;
  fc.assert(
    fc.property(cases, (each) => {
      const answer = sizeFire(inputOf(each));
      if (!answer.ok) return;

      sized += 1;
      const budget = each.balance * Math.min(1, each.equityShare) * each.riskPercent / 100;
      assert.ok(answer.size.lots * lossByMid(each) <= budget);
      assert.ok(answer.size.riskMoney <= budget);
      assert.ok(answer.size.lots >= each.spec.volumeMin && answer.size.lots <= each.spec.volumeMax);
    }),
    { numRuns: 3_000, seed: 11 },
  );
  assert.ok(sized > 500, `only ${sized} of 3000 cases were sized`);
});

Deno.test("sizeFire() gives whole steps with two decimals, and one step more would break a limit", () => {
  fc.assert(
    fc.property(cases, (each) => {
      const answer = sizeFire(inputOf(each));
      if (!answer.ok) return;

      const { size } = answer;
      const step = Math.max(0.01, each.spec.volumeStep);
      const more = size.lots + step * 1.001;
      assert.equal(size.lots, Number(size.lots.toFixed(2)));
      assert.ok(Math.abs(size.lots / step - Math.round(size.lots / step)) < 1e-6);
      assert.ok(more * size.lossPerLot > size.budget || more > size.marginLots!);
    }),
    { numRuns: 2_000, seed: 12 },
  );
});

Deno.test("sizeFire() leaves 20 % of the balance as free margin with every open stop hit", () => {
  fc.assert(
    fc.property(cases, (each) => {
      const answer = sizeFire(inputOf(each));
      if (!answer.ok) return;

      const { balance, openRiskMoney, usedMargin } = inputOf(each).account;
      const left = balance - openRiskMoney - answer.size.riskMoney - usedMargin - answer.size.marginMoney!;
      assert.ok(left >= balance * 0.2 * (1 - 1e-12));
    }),
    { numRuns: 2_000, seed: 13 },
  );
});

const ten = (changes: Partial<Case> = {}): Case => ({
  spec: EURUSD,
  direction: "BUY",
  stopPips: 15,
  riskPercent: 5,
  balance: 10_000,
  equityShare: 1,
  currency: "USD",
  leverage: 500,
  openRiskShare: 0,
  usedMarginShare: 0,
  ...changes,
});
const sized = (changes: Partial<Case>) => {
  const answer = sizeFire(inputOf(ten(changes)));
  return answer.ok ? answer.size.lots : answer.refusal.code;
};

Deno.test("sizeFire() matches sums done by hand", () => {
  const silver = specOf(symbolName("XAGUSD"))!;
  const gold = specOf(symbolName("XAUUSD"))!;

  assert.deepEqual([
    // 500 / (16 pips × 10 + 7) = 2.994
    sized({}),
    // equity 8,000 counts, not the balance: 400 / 167 = 2.395
    sized({ equityShare: 0.8 }),
    // 500 / (31 pips × 0.1 × 100 oz + 7) = 500 / 317 = 1.577
    sized({ spec: gold, stopPips: 30 }),
    // 200 / (26 pips × 0.01 × 5,000 oz + 7) = 200 / 1,307 = 0.153: ten times less than a pip of 5 USD gives
    sized({ spec: silver, stopPips: 25, riskPercent: 2 }),
    // 50 / 167 = 0.2994 and 1 / 167 = 0.00599
    sized({ balance: 1_000 }),
    sized({ balance: 20 }),
  ], [2.99, 2.39, 1.57, 0.15, 0.29, "VOLUME_BELOW_MIN"]);
});

Deno.test("sizeFire() cuts gold by a leverage of 1:100 whatever the account's", () => {
  const gold = specOf(symbolName("XAUUSD"))!;
  const rich = { spec: gold, stopPips: 30, balance: 10_000, leverage: 2_000 };

  // 3,400.34 × 100 oz / 100 = 3,400.34 a lot; (8,000 − 5,000) / (317 + 3,400.34) = 0.807
  assert.equal(sized({ ...rich, usedMarginShare: 0.5 }), 0.8);
  assert.equal(sized({ ...rich, usedMarginShare: 0 }), 1.57);
});

Deno.test("sizeFire() answers which figure is missing or too small", () => {
  const input = inputOf(ten());
  const account = (change: Partial<SizingInput["account"]>) => ({
    ...input,
    account: { ...input.account, ...change },
  });
  const code = (each: SizingInput) => {
    const answer = sizeFire(each);
    return answer.ok ? "FIRED" : answer.refusal.code;
  };

  assert.deepEqual([
    code({
      ...input,
      rates: { ...RATES, quotes: new Map() },
      account: { ...input.account, currency: "EUR" },
    }),
    code({
      ...input,
      rates: { ...RATES, nowMs: NOW + 60_001 },
      account: { ...input.account, currency: "EUR" },
    }),
    code(account({ currency: "USC" })),
    code(account({ balance: NaN })),
    code(account({ equity: 0 })),
    code(account({ balance: -5 })),
    code(account({ leverage: null })),
    code(account({ leverage: 0 })),
    code(account({ usedMargin: NaN })),
    code(account({ openRiskMoney: 8_000 })),
    code({ ...input, riskPercent: NaN }),
    code({ ...input, spec: { ...EURUSD, volumeMax: 1 } }),
  ], [
    "RATE_UNKNOWN",
    "RATE_UNKNOWN",
    "RATE_UNKNOWN",
    "BALANCE_UNKNOWN",
    "BALANCE_UNKNOWN",
    "BALANCE_UNKNOWN",
    "MARGIN_INSUFFICIENT",
    "MARGIN_INSUFFICIENT",
    "MARGIN_INSUFFICIENT",
    "MARGIN_INSUFFICIENT",
    "VOLUME_BELOW_MIN",
    "VOLUME_ABOVE_MAX",
  ]);
});

Deno.test("computeSize() throws when the stop is not on the losing side of the live quote", () => {
  const input = inputOf(ten());

  assert.throws(
    () => computeSize({ ...input, stopLoss: price(input.quote.ask) }),
    /stop distance must be > 0/,
  );
  assert.throws(() => computeSize({ ...input, stopLoss: price(NaN) }), /current value is NaN/);
});

Deno.test("floorToStep() rounds down, keeps whole steps whole, and gives 0 for anything unsound", () => {
  assert.deepEqual(
    [[0.3, 0.1], [0.29999, 0.1], [0.019, 0.01], [0.0194, 0.001], [-1, 0.01], [NaN, 0.01], [Infinity, 0.01]]
      .map(([volume, step]) => floorToStep(volume!, step!)),
    [0.3, 0.2, 0.01, 0.01, 0, 0, 0],
  );
});
