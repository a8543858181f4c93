/**
 * Outcome: pips, R and excursions from the price at which a signal really ended.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  endAtLevel,
  endUnknown,
  exitSide,
  pipsFromEntry,
  type Seen,
  touchedLevel,
} from "../../domain/outcome.ts";
import { pips, price, symbolName } from "../../protocols/units.ts";
import { makeSignal, TUESDAY_MS } from "../kit/signals.ts";

const PIP = 0.0001;
const seen = (low: number, high: number): Seen => ({ low, high, gap: false, feedChanged: false });

Deno.test("exitSide() is bid for a BUY and ask for a SELL", () => {
  const quote = { bid: price(1.1), ask: price(1.1003) };

  assert.deepEqual([exitSide("BUY", quote), exitSide("SELL", quote)], [1.1, 1.1003]);
});

Deno.test("touchedLevel() takes a level as touched at its very price, and not one point before", () => {
  const buy = makeSignal(), sell = makeSignal({ direction: "SELL" });

  const touched = [1.0985, 1.09851, 1.10199, 1.102].map((exit) => touchedLevel(buy, exit));
  const mirrored = [1.1015, 1.10149, 1.09801, 1.098].map((exit) => touchedLevel(sell, exit));

  assert.deepEqual(touched, ["stop", null, null, "target"]);
  assert.deepEqual(mirrored, ["stop", null, null, "target"]);
});

Deno.test("touchedLevel() says stop where a price is beyond both levels", () => {
  const crossed = makeSignal({ stopLoss: price(1.101), takeProfit: price(1.1005) });

  assert.equal(touchedLevel(crossed, 1.1007), "stop");
});

Deno.test("endAtLevel() pays the tick's price for a gap through the stop", () => {
  const outcome = endAtLevel(
    makeSignal(),
    "stop",
    price(1.0965),
    TUESDAY_MS + 90_000,
    seen(1.0990, 1.1007),
    PIP,
  );

  assert.deepEqual(outcome, {
    signalId: makeSignal().id,
    result: "LOSS",
    exitPrice: 1.0965,
    pips: -35,
    r: -2.333,
    mfePips: 7,
    maePips: 35,
    resolvedAtMs: TUESDAY_MS + 90_000,
    durationMs: 90_000,
    gap: false,
    feedChanged: false,
  });
});

Deno.test("endAtLevel() gets the target's own price for a gap through it, also as the best excursion", () => {
  const sell = makeSignal({ direction: "SELL" });

  const outcome = endAtLevel(sell, "target", price(1.0900), TUESDAY_MS + 1, seen(1.0900, 1.1004), PIP);

  assert.deepEqual(
    [outcome.result, outcome.exitPrice, outcome.pips, outcome.r, outcome.mfePips, outcome.maePips],
    ["WIN", 1.098, 20, 1.333, 20, 4],
  );
});

Deno.test("endUnknown() has no price, no pips and no R, and always says gap", () => {
  const outcome = endUnknown(makeSignal(), TUESDAY_MS + 5, seen(1.0995, 1.1002), PIP);

  assert.deepEqual(
    [
      outcome.result,
      outcome.exitPrice,
      outcome.pips,
      outcome.r,
      outcome.mfePips,
      outcome.maePips,
      outcome.gap,
    ],
    ["UNKNOWN", null, null, null, 2, 5, true],
  );
});

Deno.test("endUnknown() of a signal that never saw a tick has excursions of 0", () => {
  const outcome = endUnknown(makeSignal(), TUESDAY_MS + 5, seen(Infinity, -Infinity), PIP);

  assert.deepEqual([outcome.mfePips, outcome.maePips], [0, 0]);
});

Deno.test("pipsFromEntry() counts gold in tenths and yen in hundredths", () => {
  const gold = makeSignal({ symbol: symbolName("XAUUSD"), entry: price(3350.1) });
  const yen = makeSignal({ symbol: symbolName("USDJPY"), direction: "SELL", entry: price(147.123) });

  assert.deepEqual([pipsFromEntry(gold, 3352.6, 0.1), pipsFromEntry(yen, 147.203, 0.01)], [25, -8]);
});

Deno.test("a mirrored signal on mirrored prices ends with the same pips, R and excursions", () => {
  const points = fc.integer({ min: -500, max: 500 });
  fc.assert(
    fc.property(points, points, points, (exit, low, high) => {
      const at = (offset: number) => 1.1 + offset / 100_000;
      const level = exit < 0 ? "stop" : "target";
      const buy = endAtLevel(makeSignal(), level, price(at(exit)), TUESDAY_MS, seen(at(low), at(high)), PIP);
      const sell = endAtLevel(
        makeSignal({ direction: "SELL" }),
        level,
        price(at(-exit)),
        TUESDAY_MS,
        seen(at(-high), at(-low)),
        PIP,
      );

      assert.deepEqual({ ...sell, exitPrice: null }, { ...buy, exitPrice: null });
    }),
  );
});

Deno.test("a stop at its own price is minus one R whatever the stop's distance", () => {
  fc.assert(
    fc.property(fc.integer({ min: 50, max: 5_000 }), (points) => {
      const stop = price(1.1 - points / 100_000);
      const signal = makeSignal({ stopLoss: stop, stopPips: pips(points / 10) });

      assert.equal(endAtLevel(signal, "stop", stop, TUESDAY_MS, seen(1.1, 1.1), PIP).r, -1);
    }),
  );
});
