/**
 * The ledger itself: opened from stored fires, viewed as it is, its account and its finding of fires.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  evidenceName,
  findFire,
  mergeAccount,
  NO_EVIDENCE,
  restoreEvidence,
  slotsTaken,
  viewLedger,
} from "../../../domain/slot.ts";
import { eaId, fireId, money } from "../../../protocols/units.ts";
import { makeFire } from "../../kit/records.ts";
import { EA, filledFire, makeLedger, makeReport, marketOf, readyLedger, sentFire } from "../../kit/slots.ts";

Deno.test("openLedger() counts slots from the fires, in order of request", () => {
  const ledger = makeLedger([
    filledFire({ id: fireId("F2"), requestedAtMs: 2 }),
    sentFire({ id: fireId("F1"), requestedAtMs: 1 }),
  ]);

  assert.deepEqual([slotsTaken(ledger), [...ledger.fires.keys()], ledger.phase], [
    2,
    ["F1", "F2"],
    "reconciling",
  ]);
});

Deno.test("openLedger() throws for a fire that is another EA's, or that holds no slot", () => {
  assert.throws(
    () => makeLedger([makeFire({ eaId: eaId("other") })]),
    /must be its own and hold a slot: current value is F7Q2K9-u17 of other, reserved/,
  );
  assert.throws(() => makeLedger([makeFire({ status: "rejected" })]), /of user_demo_00017, rejected/);
});

Deno.test("openLedger() replays the circuit from what ended lately, and a fill closes it", () => {
  const ended = (sentAtMs: number, status: "rejected" | "expired" | "closed") =>
    sentFire({
      id: fireId(`E${sentAtMs}`),
      status,
      sentAtMs,
      filledAtMs: status === "closed" ? sentAtMs : null,
    });
  const failed = [ended(1, "rejected"), ended(2, "expired"), ended(3, "rejected")];

  assert.equal(makeLedger([], { endedFires: failed }).circuit.openUntilMs, 600_003);
  assert.equal(makeLedger([], { endedFires: [...failed, ended(4, "closed")] }).circuit.openUntilMs, null);
  const doubtful = sentFire({ status: "ambiguous", sentAtMs: 4 });
  assert.equal(makeLedger([doubtful], { endedFires: failed.slice(1) }).circuit.openUntilMs, 600_004);
});

Deno.test("openLedger() remembers when a position last opened or closed", () => {
  const closed = filledFire({ id: fireId("C"), status: "closed", filledAtMs: 5, closedAtMs: 9 });

  assert.equal(makeLedger([], { endedFires: [closed] }).changedAtMs, 9);
});

Deno.test("viewLedger() shows fires, circuit and feed as they are", () => {
  const market = marketOf();
  const view = viewLedger(readyLedger([filledFire()]), market);

  assert.deepEqual([view.phase, view.connected, view.openFires.length, view.circuitOpenUntilMs], [
    "ready",
    true,
    1,
    null,
  ]);
  assert.equal(view.quotes, market.quotes);
});

Deno.test("mergeAccount() derives the margin, keeps what is not said, and takes nothing older", () => {
  const first = mergeAccount(null, makeReport(), 100);
  const confirmed = mergeAccount(
    first,
    makeReport({ margin: null, freeMargin: money(9_900), leverage: null, currency: null }),
    200,
  );

  assert.deepEqual([confirmed?.margin, confirmed?.leverage, confirmed?.currency], [100, 500, "USD"]);
  assert.equal(mergeAccount(confirmed, makeReport(), 199), confirmed);
  assert.equal(mergeAccount(confirmed, null, 300), confirmed);
  assert.equal(mergeAccount(null, makeReport({ margin: null, freeMargin: null }), 1)?.margin, null);
});

Deno.test("findFire() goes by id, then ticket, then a comment cut short but still its own", () => {
  const one = filledFire({ id: fireId("abcdefghijk-1"), ticket: 1 });
  const two = filledFire({ id: fireId("abcdefghijl-1"), ticket: 2 });
  const find = (id: string | null, ticket: number | null) =>
    findFire([one, two], id === null ? null : fireId(id), ticket)?.ticket ?? null;

  assert.deepEqual([
    find("abcdefghijl-1", 1),
    find(null, 2),
    find("abcdefghijk", null),
    find("abcdefghij", null),
    find("zzzzzzzzzzzz", 9),
    find(null, 0),
    find(null, null),
  ], [2, 2, 1, null, null, null, null]);
});

Deno.test("restoreEvidence() takes what was stored, fills in what was not, and knows that quotes were missed", () => {
  const stored = { ...NO_EVIDENCE, probed: [fireId("F1")], sentAtTick: { [fireId("F1")]: 9 } };

  assert.deepEqual(restoreEvidence(JSON.parse(JSON.stringify(stored))), {
    ...stored,
    sentAtTick: {},
    unobserved: true,
  });
  assert.deepEqual(restoreEvidence({ probed: [] }), { ...NO_EVIDENCE, unobserved: true });
  assert.deepEqual([restoreEvidence(undefined), restoreEvidence(null), restoreEvidence("x")], [
    NO_EVIDENCE,
    NO_EVIDENCE,
    NO_EVIDENCE,
  ]);
  assert.equal(evidenceName(EA), "slot/user_demo_00017");
});
