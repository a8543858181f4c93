/**
 * Levels that a late fill left behind: they are no evidence of a close, and the position does not stay without them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { fireOf, hearTick, runCycle, settle } from "../../../domain/slot.ts";
import { AUTOFIRE_DEFAULTS } from "../../../protocols/autofire.ts";
import { price } from "../../../protocols/units.ts";
import {
  eaTick,
  filledFire,
  makeConfirmation,
  marketOf,
  moment,
  NOW,
  readyLedger,
  recordOf,
  sentFire,
} from "../../kit/slots.ts";

const past = filledFire({ fillPrice: price(1.2), takeProfit: price(1.15), stopLoss: price(1.05) });

Deno.test("a quote past a target that the fill had left behind is no sign of a close", () => {
  const ledger = readyLedger([past]);

  const { ledger: after } = hearTick(ledger, eaTick(1.2, NOW + 5_000), "EURUSD.r", moment(NOW + 5_000));

  assert.deepEqual(after.evidence.touches, {});
});

Deno.test("a quote past a target that stands is one", () => {
  const ledger = readyLedger([{ ...past, fillPrice: price(1.1) }]);

  const { ledger: after } = hearTick(ledger, eaTick(1.2, NOW + 5_000), "EURUSD.r", moment(NOW + 5_000));

  assert.equal(after.evidence.touches[past.id]?.level, "TP");
});

Deno.test("a fill past its stop is reported and closed at once, and once", () => {
  const fire = sentFire({ stopLoss: price(1.0995), takeProfit: price(1.15) });
  const ledger = readyLedger([fire]);
  const record = recordOf(makeConfirmation({ price: price(1.0990) }));

  const { step } = settle(ledger, record, fireOf(ledger.fires.values(), record), marketOf());
  const later = runCycle(step.ledger, marketOf(), AUTOFIRE_DEFAULTS, moment(NOW + 2_000));

  assert.deepEqual(step.ledger.closes.map(({ ticket, why }) => `${why} ${ticket}`), ["asked 7"]);
  assert.match(step.conditions.find(({ code }) => code === "LEVEL_DROPPED")!.subject, /./);
  assert.deepEqual(later.ledger.closes, step.ledger.closes);
});

Deno.test("a fill between its levels is left alone", () => {
  const ledger = readyLedger([sentFire({ stopLoss: price(1.05), takeProfit: price(1.15) })]);
  const record = recordOf(makeConfirmation({ price: price(1.1) }));

  const { step } = settle(ledger, record, fireOf(ledger.fires.values(), record), marketOf());

  assert.deepEqual(step.ledger.closes, []);
});
