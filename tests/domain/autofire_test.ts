/**
 * The decision: each gate refuses with its numbers, and of several the earliest answers.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { bestDecision, decide, type Decision } from "../../domain/autofire.ts";
import type { Fire } from "../../protocols/fire.ts";
import { GATE_CODES, type GateCode } from "../../protocols/gates.ts";
import {
  confidence,
  fireId,
  lots,
  money,
  price,
  signalId,
  symbolName,
  userId,
} from "../../protocols/units.ts";
import {
  makeAccount,
  makeContext,
  makeEa,
  makeQuote,
  makeUser,
  makeView,
  quotesOf,
} from "../kit/decisions.ts";
import {
  account,
  BREAKS,
  type Change,
  closed,
  elsewhere,
  fires,
  quote,
  settings,
  signal,
  user,
  view,
} from "../kit/gate_breaks.ts";
import { makeFire } from "../kit/records.ts";
import { makeSignal, TUESDAY_MS } from "../kit/signals.ts";

const ID = fireId("F1");
const HOUR_MS = 3_600_000;

function refusal(decision: Decision): { code: string; reason: string } {
  assert.equal(decision.ok, false);
  return decision.ok ? { code: "", reason: "" } : decision.refusal;
}

Deno.test("decide() answers a reserved fire with lots, levels and expiry when every gate passes", () => {
  const decision = decide(makeContext(), ID);

  const fire = makeFire({
    id: ID,
    lots: lots(2.99),
    requestedAtMs: TUESDAY_MS + 1_000,
    expiresAtMs: TUESDAY_MS + 60_000,
  });
  assert.deepEqual(decision.ok && cents(decision.fire), {
    ...fire,
    // By hand: (15 pips + 1 of slippage) × 10 USD + 7 USD = 167 USD a lot; 110,000 USD a lot at 1:500.
    riskMoney: 499.33,
    riskPercent: 4.99,
    marginMoney: 657.8,
  });
});

/** A fire with its figures rounded to cents. */
function cents(fire: Fire): Fire {
  const round = (value: number) => Math.round(value * 100) / 100;
  return {
    ...fire,
    riskMoney: money(round(fire.riskMoney)),
    riskPercent: round(fire.riskPercent),
    marginMoney: money(round(fire.marginMoney ?? NaN)),
  };
}

for (const code of GATE_CODES) {
  Deno.test(`decide() refuses with ${code} and says why`, () => {
    const answer = refusal(decide(BREAKS[code].change(makeContext()), ID));

    assert.equal(answer.code, code);
    assert.match(answer.reason, BREAKS[code].says);
  });
}

Deno.test("decide() answers the earliest of several failing gates", () => {
  // RATE_LIMITED changes the origin, which switches two earlier gates off.
  const free: readonly GateCode[] = GATE_CODES.filter((code) => code !== "RATE_LIMITED");
  fc.assert(
    fc.property(fc.shuffledSubarray([...free], { minLength: 1 }), (broken) => {
      const context = broken.reduce((each, code) => BREAKS[code].change(each), makeContext());

      const answer = refusal(decide(context, ID));

      assert.equal(answer.code, GATE_CODES.find((code) => broken.includes(code)));
    }),
    { numRuns: 1_000 },
  );
});

Deno.test("decide() refuses confidence 89.5 and 79.9 and takes 80.0 and 89.0 when the band is 80 to 89", () => {
  const codes = [79.9, 80, 89, 89.1, 89.5, NaN].map((value) => {
    const decision = decide(signal({ confidence: confidence(value) })(makeContext()), ID);
    return decision.ok ? "FIRED" : decision.refusal.code;
  });

  const out = "CONFIDENCE_OUT_OF_BAND";
  assert.deepEqual(codes, [out, "FIRED", "FIRED", out, out, out]);
});

Deno.test("decide() lets the band of a pattern stand before the user's", () => {
  const context = settings({ confidenceByPattern: { BB_SCALP: [70, 75] } })(makeContext());

  assert.match(refusal(decide(context, ID)).reason, /82\.5 is outside 70 to 75/);
  assert.equal(decide(signal({ confidence: confidence(72) })(context), ID).ok, true);
});

Deno.test("decide() by hand asks neither mode nor band and lives as long as its mission", () => {
  const mission = {
    id: makeFire().missionId,
    signalId: makeSignal().id,
    userId: userId("u17"),
    status: "OFFERED" as const,
    offeredAtMs: TUESDAY_MS,
    expiresAtMs: TUESDAY_MS + 900_000,
  };
  const late = TUESDAY_MS + 890_000;
  const context = makeContext({
    origin: "MANUAL",
    mission,
    nowMs: late,
    user: makeUser({ mode: "SELECT" }),
    signal: makeSignal({ confidence: confidence(71) }),
    ea: makeView({
      lastHeartbeatAtMs: late,
      quotes: quotesOf(makeQuote("EURUSD", 1.0999, 1.1, late)),
    }),
  });

  const decision = decide(context, ID);

  assert.equal(decision.ok && decision.fire.origin, "MANUAL");
  assert.equal(decision.ok && decision.fire.expiresAtMs, TUESDAY_MS + 900_000);
  assert.equal(refusal(decide({ ...context, nowMs: TUESDAY_MS + 900_001 }, ID)).code, "SIGNAL_EXPIRED");
});

Deno.test("decide() by hand fires a signal again only after a fire that opened nothing", () => {
  const again = (status: Fire["status"], origin: "AUTO" | "MANUAL") => {
    const before = makeFire({ id: fireId("D1"), status, requestedAtMs: TUESDAY_MS });
    const decision = decide(makeContext({ origin, fires: [before] }), ID);
    return decision.ok ? "FIRED" : decision.refusal.code;
  };

  const duplicate = "SIGNAL_DUPLICATE";
  assert.deepEqual(
    (["refused", "rejected", "expired", "ambiguous", "filled", "closed"] as const).map((status) => [
      again(status, "MANUAL"),
      again(status, "AUTO"),
    ]),
    [
      ["FIRED", duplicate],
      ["FIRED", duplicate],
      [duplicate, duplicate],
      [duplicate, duplicate],
      [duplicate, duplicate],
      [duplicate, duplicate],
    ],
  );
});

Deno.test("decide() refuses a shadow signal and a tier that does not execute its class", () => {
  const shadow = decide(signal({ shadow: true, shadowReason: "spread" })(makeContext()), ID);
  const sniper = decide(
    makeContext({
      origin: "MANUAL",
      user: makeUser({ tier: "NIBBLER", riskPercent: 2 }),
      signal: makeSignal({ signalClass: "SNIPER" }),
    }),
    ID,
  );

  assert.deepEqual(
    [refusal(shadow), refusal(sniper)],
    [
      { code: "PATTERN_DISABLED", reason: "the signal is a shadow: vetoed by spread" },
      { code: "TIER_NOT_ALLOWED", reason: "NIBBLER does not fire SNIPER signals" },
    ],
  );
});

Deno.test("decide() widens every age by the clock's slack", () => {
  const tight = settings({ signalMaxAgeMs: 900, heartbeatMaxAgeMs: 5_900, quoteMaxAgeMs: 400 })(
    makeContext(),
  );

  assert.equal(refusal(decide(tight, ID)).code, "SIGNAL_EXPIRED");
  assert.equal(decide({ ...tight, slackMs: 100 }, ID).ok, true);
});

Deno.test("decide() refuses when a number of the quote, the stop or the risk is not finite", () => {
  const cases: readonly (readonly [Change, GateCode])[] = [
    [quote(NaN, 1.1), "PRICE_STALE"],
    [quote(1.0999, Infinity), "PRICE_STALE"],
    [signal({ stopLoss: price(NaN) }), "SPREAD_TOO_WIDE"],
    [signal({ takeProfit: price(Infinity) }), "STOP_INVALID"],
    [user({ openRiskPercentMax: NaN }), "OPEN_RISK_EXCEEDED"],
    [user({ maxAutoSlots: NaN }), "SLOTS_FULL"],
    [user({ riskPercent: Infinity }), "VOLUME_BELOW_MIN"],
    [settings({ currencyExposurePercentMax: NaN }), "CURRENCY_EXPOSURE_EXCEEDED"],
    [settings({ dailyLossPercentMax: NaN }), "DAILY_LOSS_REACHED"],
    [settings({ drawdownPercentMax: NaN }), "DRAWDOWN_REACHED"],
    [account({ margin: money(NaN) }), "MARGIN_INSUFFICIENT"],
    [account({ balance: money(Infinity) }), "BALANCE_UNKNOWN"],
    [
      fires(elsewhere({ symbol: symbolName("USDJPY"), status: "filled", riskPercent: NaN })),
      "OPEN_RISK_EXCEEDED",
    ],
    [fires(closed({ profit: money(NaN) })), "DAILY_LOSS_REACHED"],
  ];

  assert.deepEqual(
    cases.map(([change]) => refusal(decide(change(makeContext()), ID)).code),
    cases.map(([, code]) => code),
  );
});

Deno.test("decide() checks that both levels lie beyond both sides of the quote", () => {
  const sell = makeContext({
    signal: makeSignal({
      direction: "SELL",
      entry: price(1.0999),
      stopLoss: price(1.1),
      takeProfit: price(1.098),
    }),
  });

  assert.match(refusal(decide(sell, ID)).reason, /SPREAD|spread/);
  const wide = settings({ spreadFractionMax: 1, driftFractionMax: 1 })(sell);
  assert.deepEqual(refusal(decide(wide, ID)), {
    code: "STOP_INVALID",
    reason: "SELL with stop 1.1 and target 1.098 on the wrong side of 1.0999/1.1",
  });
});

Deno.test("decide() does not fire within 30 minutes before the market of the symbol or of the chart closes", () => {
  const fridayClose = Date.UTC(2026, 6, 10, 21);
  const at = (nowMs: number, chart = "EURUSD.r") =>
    decide(
      makeContext({
        nowMs,
        signal: makeSignal({ signaledAtMs: nowMs - 1_000 }),
        ea: makeView({
          ea: makeEa({ chartSymbol: chart }),
          lastHeartbeatAtMs: nowMs,
          brokerSymbols: new Map([[symbolName("EURUSD"), "EURUSD.r"], [symbolName("XAUUSD"), "GOLD"]]),
          quotes: quotesOf(makeQuote("EURUSD", 1.0999, 1.1, nowMs)),
        }),
      }),
      ID,
    );

  assert.equal(at(fridayClose - 1_800_001).ok, true);
  assert.match(refusal(at(fridayClose - 1_800_000)).reason, /EURUSD closes in 30 min/);
  assert.match(refusal(at(fridayClose + 1)).reason, /the market of EURUSD is closed/);
  const thursday = fridayClose - 24 * HOUR_MS;
  assert.equal(at(thursday - 60_000).ok, true);
  assert.match(refusal(at(thursday - 60_000, "GOLD")).reason, /XAUUSD closes in 1 min/);
});

Deno.test("decide() asks the calendar of the signal's symbol too, whatever the chart", () => {
  const nowMs = Date.UTC(2026, 6, 9, 20, 59);
  const gold = symbolName("XAUUSD");
  const decision = decide(
    makeContext({
      nowMs,
      signal: makeSignal({ symbol: gold, signaledAtMs: nowMs - 1_000 }),
      ea: makeView({
        lastHeartbeatAtMs: nowMs,
        brokerSymbols: new Map([[symbolName("EURUSD"), "EURUSD.r"], [gold, "GOLD"]]),
        quotes: quotesOf(makeQuote("XAUUSD", 3_400, 3_400.3, nowMs)),
      }),
    }),
    ID,
  );

  assert.match(refusal(decision).reason, /the market of XAUUSD closes in 1 min/);
});

Deno.test("decide() lets a fire through that lessens an exposure already over its limit", () => {
  const open = [1, 2, 3].map((nth) =>
    elsewhere({
      id: fireId(`X${nth}`),
      symbol: symbolName(["GBPUSD", "AUDUSD", "NZDUSD"][nth - 1]!),
      direction: "SELL",
      status: "filled",
      riskPercent: 10,
    })
  );

  assert.equal(decide(makeContext({ fires: open, user: makeUser({ openRiskPercentMax: 50 }) }), ID).ok, true);
});

Deno.test("decide() counts ten fires of five percent as fifty: the eleventh meets full slots, not open risk", () => {
  const symbols = "GBPJPY EURGBP AUDCAD NZDCHF CADJPY AUDNZD EURCHF GBPAUD CHFJPY NZDCAD".split(" ");
  const open = symbols.map((name, nth) =>
    elsewhere({
      id: fireId(`T${nth}`),
      symbol: symbolName(name),
      status: "filled",
      riskPercent: 5,
      direction: nth % 2 === 0 ? "BUY" : "SELL",
    })
  );
  const lax = settings({ currencyExposurePercentMax: 100 });

  assert.equal(decide(lax(makeContext({ fires: open.slice(0, 9) })), ID).ok, true);
  const last = refusal(
    decide(lax(makeContext({ fires: open, user: makeUser({ openRiskPercentMax: 55 }) })), ID),
  );
  assert.deepEqual(last, { code: "SLOTS_FULL", reason: "10 of 10 automatic slots are taken" });
});

Deno.test("decide() refuses for full slots of the tier and of the EA", () => {
  const byHand = makeContext({
    origin: "MANUAL",
    user: makeUser({ tier: "NIBBLER", riskPercent: 2 }),
    fires: [elsewhere({ symbol: symbolName("GBPJPY"), status: "ambiguous", riskPercent: 2 })],
  });
  const small = makeContext({
    ea: makeView({
      ea: makeEa({ slotsMax: 1 }),
      openFires: [
        makeFire({
          signalId: signalId("other"),
          symbol: symbolName("GBPJPY"),
          status: "sent",
          riskPercent: 2,
        }),
      ],
    }),
  });

  assert.equal(refusal(decide(byHand, ID)).reason, "1 of 1 slots of NIBBLER are taken");
  assert.equal(refusal(decide(small, ID)).reason, "1 of 1 slots of the EA are taken");
});

Deno.test("decide() assumes every open stop hit only in the prop profile", () => {
  const context = settings({ dailyLossPercentMax: 10 })(makeContext({
    fires: [makeFire({
      id: fireId("O1"),
      signalId: signalId("other"),
      symbol: symbolName("GBPJPY"),
      status: "filled",
      riskMoney: money(600),
      riskPercent: 5,
    })],
  }));

  assert.equal(decide(context, ID).ok, true);
  assert.match(
    refusal(decide(settings({ profile: "prop" })(context), ID)).reason,
    /loss since 17:00 New York is 10\.99 % of equity, limit 10 %/,
  );
});

Deno.test("decide() passes news, session, drawdown and streak when they are not configured", () => {
  const context = makeContext({
    fires: [1, 2, 3, 4, 5, 6].map((nth) =>
      closed({ id: fireId(`L${nth}`), signalId: signalId(`s${nth}`), profit: money(-1) })
    ),
  });

  assert.equal(decide(context, ID).ok, true);
});

Deno.test("decide() refuses a EURUSD fire on a cent account until an operator says what a cent is", () => {
  const cents = account({ currency: "USC", balance: money(1_000_000), equity: money(1_000_000) })(
    makeContext(),
  );

  assert.match(refusal(decide(cents, ID)).reason, /account currency USC is not in ISO 4217/);
  const told = decide(settings({ currencyUnits: { USC: { currency: "USD", worth: 0.01 } } })(cents), ID);
  assert.equal(told.ok && told.fire.lots, 2.99);
});

Deno.test("bestDecision() prefers a fire, and else the refusal that got furthest", () => {
  const offline = decide(view(() => ({ connected: false }))(makeContext()), ID);
  const busy = decide(BREAKS.SYMBOL_BUSY.change(makeContext()), ID);
  const fired = decide(makeContext(), ID);

  assert.equal(bestDecision([offline, busy]), busy);
  assert.equal(bestDecision([busy, fired, offline]), fired);
  assert.throws(() => bestDecision([]), /a decision must be known/);
});

Deno.test("decide() answers the same twice and changes nothing it was given", () => {
  const context = Object.freeze(makeContext({ ea: Object.freeze(makeView({ account: makeAccount() })) }));

  assert.deepEqual(decide(context, ID), decide(context, ID));
});
