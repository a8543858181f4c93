/**
 * Listed positions (v2.06H): adopted, missed twice before they are closed, and never freed by an early heartbeat.
 *
 * @module
 */
import assert from "node:assert/strict";
import { reconcile, type SlotLedger, strangersIn } from "../../../domain/slot.ts";
import type { ReportedPosition } from "../../../protocols/ea.ts";
import type { Fire } from "../../../protocols/fire.ts";
import { fireId, lots, money, price } from "../../../protocols/units.ts";
import { makeFire } from "../../kit/records.ts";
import { brief, contextOf, filledFire, makeHeartbeat, NOW, readyLedger, sentFire } from "../../kit/slots.ts";

const position = (changes: Partial<ReportedPosition> = {}): ReportedPosition => ({
  ticket: 7,
  fireId: fireId("F7Q2K9-u17"),
  brokerSymbol: "EURUSD.r",
  direction: "BUY",
  lots: lots(0.28),
  openPrice: price(1.10002),
  profit: money(-3),
  ...changes,
});
const beat = (
  ledger: SlotLedger,
  positions: readonly ReportedPosition[],
  atMs = NOW + 30_000,
  ended: readonly Fire[] = [],
) => reconcile(ledger, makeHeartbeat({}, { positions }), contextOf(atMs, { ended }));

Deno.test("a listed position fills a fire that was sent and not answered, with its own figures", () => {
  const step = beat(readyLedger([sentFire()]), [position()]);

  assert.deepEqual(step.fires.map((fire) => [fire.status, fire.ticket, fire.fillPrice, fire.filledLots]), [
    ["filled", 7, 1.10002, 0.28],
  ]);
});

Deno.test("a position is matched by a comment cut short, and by its ticket when the comment is gone", () => {
  const fire = filledFire({ id: fireId("abcdefghijk-wxyz-t2haw0"), filledLots: lots(0.28) });
  const twice = (positions: readonly ReportedPosition[]) =>
    beat(beat(readyLedger([fire]), positions).ledger, positions, NOW + 60_000).ledger.fires.size;

  assert.equal(twice([position({ fireId: fireId("abcdefghijk-wx") })]), 1);
  assert.equal(twice([position({ fireId: null })]), 1);
  assert.equal(twice([position({ fireId: fireId("abcdefghijk-wx"), ticket: 99 })]), 1);
  assert.equal(twice([position({ fireId: null, ticket: 99 })]), 0);
});

Deno.test("a filled position missing from two heartbeats in a row is closed, from one it is not", () => {
  const first = beat(readyLedger([filledFire()]), []);
  const seen = beat(first.ledger, [position()], NOW + 60_000);
  const again = beat(seen.ledger, [], NOW + 90_000);
  const second = beat(again.ledger, [], NOW + 120_000);

  assert.deepEqual([first, again].map((step) => brief(step).fires), [[], []]);
  assert.deepEqual(brief(second).events, ["fireClosed", "slotReleased"]);
  assert.deepEqual(second.fires.map((fire) => [fire.closeReason, fire.closePrice, fire.profit]), [
    ["CLOSED_EA_SYNC", 1.0999, null],
  ]);
});

Deno.test("a heartbeat that arrived before the fill does not count against it", () => {
  const ledger = readyLedger([filledFire({ filledAtMs: NOW + 60_000 })]);
  const early = beat(beat(ledger, [], NOW + 30_000).ledger, [], NOW + 60_000);

  assert.deepEqual([early.ledger.fires.size, early.ledger.evidence.missing], [1, { "F7Q2K9-u17": 0 }]);
  assert.deepEqual(beat(beat(early.ledger, [], NOW + 90_000).ledger, [], NOW + 120_000).ledger.fires.size, 0);
});

Deno.test("a position of a fire we thought ended takes its slot back", () => {
  for (const status of ["rejected", "expired", "refused"] as const) {
    const step = beat(readyLedger(), [position()], NOW + 30_000, [sentFire({ status })]);

    assert.deepEqual(brief(step).events, ["slotTaken", "fireFilled"]);
  }
  const inferred = filledFire({ status: "closed", closeReason: "CLOSED_EA_SYNC", closedAtMs: NOW });
  assert.deepEqual(beat(readyLedger(), [position()], NOW + 60_000, [inferred]).fires, []);
  assert.deepEqual(
    beat(readyLedger(), [position()], NOW + 60_001, [inferred]).fires.map((fire) => fire.status),
    ["filled"],
  );
});

Deno.test("a position that the broker reported closed, and one with an unknown id, are questions", () => {
  const reported = filledFire({ status: "closed", closeReason: "SL_HIT", closedAtMs: NOW });
  const late = beat(readyLedger(), [position()], NOW + 90_000, [reported]);
  const unknown = beat(readyLedger(), [position({ fireId: fireId("NOBODYKNOWSME") })]);
  const reserved = beat(readyLedger([makeFire()]), [position()]);

  assert.deepEqual(
    [late, unknown, reserved].map((step) => [brief(step).fires, brief(step).conditions.at(-1)]),
    [
      [[], "raise POSITION_UNKNOWN"],
      [[], "raise POSITION_UNKNOWN"],
      [[], "raise POSITION_UNKNOWN"],
    ],
  );
});

Deno.test("a position opened by hand is none of ours and no question", () => {
  assert.deepEqual(brief(beat(readyLedger(), [position({ fireId: null, ticket: 99 })])).conditions, []);
});

Deno.test("strangersIn() names the positions that no fire of the ledger explains", () => {
  const mine = position();
  const other = position({ ticket: 8, fireId: fireId("ELSE") });

  assert.deepEqual(strangersIn([filledFire()], [mine, other]), [other]);
});

Deno.test("a heartbeat that lists positions closes nothing by margin or balance", () => {
  const ledger = readyLedger([filledFire()], { margin: money(68.21) });
  const step = reconcile(
    ledger,
    makeHeartbeat({ margin: money(0) }, { positions: [position()] }),
    contextOf(NOW + 30_000),
  );

  assert.equal(step.ledger.fires.size, 1);
});

Deno.test("a position that adds the filled lots to a filled fire is no second fill", () => {
  const fire = filledFire({ id: fireId("F7Q2K9-u17"), filledLots: null });

  const first = beat(readyLedger([fire]), [position()]);
  const second = beat(first.ledger, [position()], NOW + 60_000);

  assert.deepEqual([first, second].map((step) => brief(step).events), [["fireAmended"], []]);
});
